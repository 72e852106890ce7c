"""Looking at a ledger without changing it."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.ledger.samples import now, receipt
from zwgk_excel.ledger import LedgerDamagedError, LedgerMissingError, LedgerTooNewError, inspect_ledger, open_ledger
from zwgk_excel.ledger.migrations import MIGRATIONS

NAMES = tuple(each.name for each in MIGRATIONS)


@pytest.fixture
def place(tmp_path) -> Path:
    path = tmp_path / "zwgk.db"
    with open_ledger(path, create=True, now=now) as ledger:
        ledger.add_receipts([receipt(number) for number in range(200)], "inbox")
    return path


def alter(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(statement)
        connection.commit()


def test_a_sound_one_is_left_as_it_is(place):
    before = place.read_bytes()
    found = inspect_ledger(place)
    assert (found.applied, found.pending, found.exposed) == (NAMES, (), False)
    assert place.read_bytes() == before
    assert [path.name for path in place.parent.iterdir()] == [place.name]


def test_one_of_an_earlier_version_is_not_migrated(place):
    alter(place, f"DELETE FROM migrations WHERE name = '{NAMES[-1]}'")
    before = place.read_bytes()
    assert inspect_ledger(place).pending == NAMES[-1:]
    assert place.read_bytes() == before


def test_one_of_a_later_version(place):
    alter(place, "INSERT INTO migrations VALUES ('9999_later', '2099-01-01')")
    with pytest.raises(LedgerTooNewError, match="9999_later"):
        inspect_ledger(place)


def test_none(tmp_path):
    with pytest.raises(LedgerMissingError):
        inspect_ledger(tmp_path / "zwgk.db")
    with closing(sqlite3.connect(tmp_path / "other.db")) as connection:
        connection.execute("CREATE TABLE t (x)")
    with pytest.raises(LedgerMissingError):
        inspect_ledger(tmp_path / "other.db")


def test_a_damaged_page_is_found(place):
    data = bytearray(place.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 8192] = b"\xff" * 8192
    place.write_bytes(data)
    with pytest.raises(LedgerDamagedError, match="损坏"):
        inspect_ledger(place)


def test_a_text_that_sqlite_has_no_quarrel_with(place):
    alter(place, "UPDATE receipts SET verdict = 'accfpted' WHERE id = 7")
    with pytest.raises(LedgerDamagedError):
        inspect_ledger(place)
