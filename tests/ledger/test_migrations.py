"""Named migrations: in order, each whole, and never by a program that does not know them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, inspect, text

from tests.ledger.samples import now, receipt
from zwgk_excel.ledger import Ledger, LedgerMissingError, LedgerTooNewError, open_ledger
from zwgk_excel.ledger.engine import connect, writing
from zwgk_excel.ledger.migrations import MIGRATIONS, Migration, migrate
from zwgk_excel.ledger.postgresql import prepare
from zwgk_excel.ledger.schema import METADATA
from zwgk_excel.ledger.urls import url_of


def _add_note(connection: Connection, at: datetime) -> None:
    connection.execute(text("ALTER TABLE receipts ADD COLUMN note TEXT NOT NULL DEFAULT ''"))
    connection.execute(text("UPDATE receipts SET note = unit || '!'"))


def _fail_halfway(connection: Connection, at: datetime) -> None:
    _add_note(connection, at)
    raise RuntimeError("power cut")


_TIMES = re.compile("DATETIME|TIMESTAMP WITHOUT TIME ZONE")
NOTE = Migration("9999_note", _add_note)


def _migrate(place: Path | str, *migrations: Migration, create: bool = False) -> None:
    engine = connect(url_of(place), 0.2)
    try:
        if create and not isinstance(place, Path):
            with writing(engine) as connection:
                prepare(connection, url_of(place))
        migrate(engine, migrations, create=create, now=now)
    finally:
        engine.dispose()


def test_the_tables_are_those_the_program_uses(place: Path | str, ledger: Ledger) -> None:
    engine = connect(url_of(place), 0.2)
    found = inspect(engine)
    assert set(found.get_table_names()) == set(METADATA.tables)
    for name, table in METADATA.tables.items():
        made = {c["name"]: (str(c["type"]), c["nullable"]) for c in found.get_columns(name)}
        types = {c.name: _TIMES.sub("TIMESTAMP", c.type.compile(engine.dialect)) for c in table.columns}
        assert list(made) == list(types), name
        assert made == {c.name: (types[c.name], bool(c.nullable)) for c in table.columns}, name
        assert found.get_pk_constraint(name)["constrained_columns"] == [c.name for c in table.primary_key], name
        keys = {(k["constrained_columns"][0], k["referred_table"]) for k in found.get_foreign_keys(name)}
        assert keys == {(k.parent.name, k.column.table.name) for k in table.foreign_keys}, name
        assert _unique(found.get_unique_constraints(name)) == _unique_of(table), name
        indexes = {i["name"] for i in found.get_indexes(name) if not i.get("duplicates_constraint")}
        assert indexes == {i.name for i in table.indexes}, name
    engine.dispose()


def _unique(constraints: list) -> set[tuple[str, ...]]:
    return {tuple(each["column_names"]) for each in constraints}


def _unique_of(table) -> set[tuple[str, ...]]:
    from sqlalchemy import UniqueConstraint

    return {tuple(c.name for c in each.columns) for each in table.constraints if isinstance(each, UniqueConstraint)}


def test_names_are_in_order_and_differ() -> None:
    names = [each.name for each in MIGRATIONS]
    assert names == sorted(set(names))
    assert names[0] == "0001_initial"


def test_a_ledger_of_migration_1_is_brought_up_to_date_with_its_data(
    place: Path | str, query: Callable[[str], list]
) -> None:
    _migrate(place, MIGRATIONS[0], create=True)
    with open_ledger(place, now=now) as ledger:
        key = ledger.key
        ledger.add_receipts([receipt(1)], "inbox")
    _migrate(place, *MIGRATIONS, NOTE)
    assert query("SELECT name FROM migrations ORDER BY name")[-1] == ("9999_note",)
    assert query("SELECT file, note FROM receipts") == [(receipt(1).file, "市教育局!")]
    assert query("SELECT value FROM meta WHERE name = 'key'") == [(key.hex(),)]
    assert len(query("SELECT * FROM items")) == 3


def test_a_migration_is_applied_once(place: Path | str, query: Callable[[str], list]) -> None:
    _migrate(place, *MIGRATIONS, NOTE, create=True)
    _migrate(place, *MIGRATIONS, NOTE)
    assert query("SELECT name, applied_at FROM migrations")[-1] == ("9999_note", "2026-11-26 09:30:00.000000")


def test_a_migration_that_fails_halfway_leaves_nothing_behind(place: Path | str, query: Callable[[str], list]) -> None:
    _migrate(place, *MIGRATIONS, create=True)
    with pytest.raises(RuntimeError, match="power cut"):
        _migrate(place, *MIGRATIONS, Migration("9999_note", _fail_halfway))
    assert query("SELECT name FROM migrations ORDER BY name")[-1] == (MIGRATIONS[-1].name,)
    _migrate(place, *MIGRATIONS, NOTE)
    assert query("SELECT note FROM receipts") == []


def test_an_older_program_refuses_a_newer_ledger(place: Path | str) -> None:
    _migrate(place, *MIGRATIONS, NOTE, create=True)
    with pytest.raises(LedgerTooNewError, match=r"9999_note.*请先升级") as refused:
        open_ledger(place, now=now)
    assert refused.value.unknown == ("9999_note",)


def test_there_is_no_ledger_unless_one_is_asked_for(path: Path) -> None:
    with pytest.raises(LedgerMissingError, match=re.escape(str(path))):
        open_ledger(path, now=now)
    assert not path.exists()
    path.touch()
    with pytest.raises(LedgerMissingError):
        open_ledger(path, now=now)
    assert path.stat().st_size == 0


def test_a_creation_that_was_cut_off_can_be_done_again(path: Path) -> None:
    path.touch()
    with open_ledger(path, create=True, now=now) as ledger:
        assert len(ledger.key) == 32


def test_an_up_to_date_ledger_is_opened_and_read_without_writing(path: Path, ledger: Ledger) -> None:
    ledger.add_receipts([receipt(1)], "inbox")
    ledger.close()
    before = path.read_bytes(), path.stat().st_mtime_ns
    with open_ledger(path, now=now) as opened:
        assert opened.receipts() == (receipt(1),)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
