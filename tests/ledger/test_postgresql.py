"""PostgreSQL as the ledger: who may not in is told why, several at once come one after the other, nothing is lost."""

from __future__ import annotations

import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, func, select
from sqlalchemy.exc import DataError

from tests.ledger.samples import NOVEMBER, issue, now, receipt, receipts
from tests.postgres import PASSWORD, Server
from zwgk_excel.domain.acts import ActSource
from zwgk_excel.domain.decisions import Decision, DecisionKind
from zwgk_excel.domain.returns import Receipt
from zwgk_excel.ledger import (
    Ledger,
    LedgerBusyError,
    LedgerFailedError,
    LedgerMissingError,
    display_location,
    open_ledger,
    url_of,
)
from zwgk_excel.ledger.engine import connect, writing
from zwgk_excel.ledger.schema import ANSWERS, ITEMS, PROBLEMS, RECEIPTS


@pytest.fixture(scope="module")
def shared(postgresql: Server) -> str:
    """The URL of a ledger that several examples of one test use."""
    return postgresql.new_url()


@contextmanager
def _database(url: str) -> Iterator[Engine]:
    """The database of a ledger, past the program."""
    engine = connect(url_of(url), 0.2)
    try:
        yield engine
    finally:
        engine.dispose()


def _opened(url: str) -> Ledger:
    return open_ledger(url, create=True, now=now, timeout=0.2)


# --- who may not in ----------------------------------------------------------------------------


def _nobody_listens() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"password": "错的"}, "用户名或密码不对"),
        ({"user": "nobody"}, "用户名或密码不对"),
        ({"database": "nowhere"}, "没有这个库"),
        ({"port": "closed"}, "无法连接数据库服务器"),
        ({"host": "nowhere.invalid"}, "无法连接数据库服务器"),
    ],
)
def test_what_is_wrong_with_an_address_is_told_without_the_password(
    postgresql: Server, wrong: dict[str, str], sentence: str
) -> None:
    password = wrong.pop("password", PASSWORD)
    url = postgresql.url(
        user=wrong.get("user", "zwgk"),
        database=wrong.get("database", "zwgk"),
        port=_nobody_listens() if "port" in wrong else 0,
    )
    with pytest.raises(LedgerFailedError, match=sentence) as failed:
        open_ledger(url.replace("127.0.0.1", wrong.get("host", "127.0.0.1")), create=True, now=now, password=password)
    assert password not in str(failed.value)


def test_a_password_that_nobody_gave(postgresql: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PGPASSFILE")
    monkeypatch.setenv("PGPASSWORD", PASSWORD)  # whose server is it for?
    with pytest.raises(LedgerFailedError, match="需要密码"):
        _opened(postgresql.url())


def test_a_user_who_may_create_nothing(postgresql: Server) -> None:
    with postgresql.connection() as admin:
        admin.execute(f"CREATE ROLE guest LOGIN PASSWORD '{PASSWORD}'")
    for schema in ("", "guests"):
        with pytest.raises(LedgerFailedError, match="没有建表或读写的权限"):
            _opened(postgresql.url(schema, user="guest"))


def test_a_database_that_would_lose_characters(postgresql: Server) -> None:
    with postgresql.connection() as admin:
        admin.execute("CREATE DATABASE ascii OWNER zwgk ENCODING 'SQL_ASCII' TEMPLATE template0 LOCALE 'C'")
    with pytest.raises(LedgerFailedError, match="SQL_ASCII"):
        _opened(postgresql.url(database="ascii"))


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg", "PostgreSQL"])
def test_every_way_to_write_the_scheme(postgresql: Server, scheme: str) -> None:
    with _opened(postgresql.new_url().replace("postgresql+psycopg", scheme)) as ledger:
        assert ledger.receipts() == ()


def test_no_ledger_in_a_schema_or_no_schema_at_all(postgresql: Server) -> None:
    with pytest.raises(LedgerMissingError, match=r"/zwgk\?schema=nothing_here"):
        open_ledger(postgresql.url("nothing_here"), now=now)


@pytest.mark.parametrize("schema", ["a;drop", "Jinhu", "a b", "x" * 64, "1a", '"a"'])
def test_names_that_are_no_schema(postgresql: Server, schema: str) -> None:
    with pytest.raises(LedgerFailedError, match="不能用"):
        _opened(postgresql.url(schema))


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://zwgk:secret@db.example:5433/zwgk?schema=jinhu",
        "postgresql://zwgk@db.example:5433/zwgk?schema=jinhu&password=secret",
    ],
)
def test_a_place_is_shown_without_its_password(url: str) -> None:
    assert display_location(url) == "zwgk@db.example:5433/zwgk?schema=jinhu"
    assert display_location("postgresql://u:secret@[::1/x") == "…"


# --- what is kept ------------------------------------------------------------------------------


@settings(max_examples=25)
@given(st.lists(receipts(), max_size=3, unique_by=lambda r: (r.file, r.sha256)))
def test_any_receipts_come_back_as_they_were(shared: str, arrived: list[Receipt]) -> None:
    with _opened(shared) as ledger, _database(shared) as database:
        with writing(database) as connection:
            for table in (ANSWERS, ITEMS, PROBLEMS, RECEIPTS):
                connection.execute(delete(table))
        ledger.add_receipts(arrived, "inbox")
        assert ledger.receipts() == tuple(sorted(arrived, key=lambda r: r.order))


@pytest.mark.parametrize("items", [3, 500])
def test_few_rows_and_many_come_back_the_same(postgresql: Server, items: int) -> None:
    """Many go another way into the database than few."""
    odd = replace(receipt(1, items=items), file="收件箱/a\0b\t\\N\udcff\n.xlsx")
    with _opened(postgresql.new_url()) as ledger:
        ledger.add_receipts([odd], "inbox")
        assert ledger.receipts() == (odd,)


def test_a_failure_among_many_rows_writes_none(postgresql: Server) -> None:
    wrong = replace(receipt(2, items=300), items=2**40)
    with _opened(postgresql.new_url()) as ledger:
        with pytest.raises(DataError, match="out of range"):
            ledger.add_receipts([receipt(1, items=300), wrong], "inbox")
        assert ledger.receipts() == ()


def test_schemas_are_ledgers_of_their_own(postgresql: Server) -> None:
    with _opened(postgresql.new_url()) as one, _opened(postgresql.new_url()) as other:
        assert one.key != other.key
        with one.exclusive(wait=0), other.exclusive(wait=0):
            one.add_receipts([receipt(1)], "inbox")
        assert other.receipts() == ()


def test_a_ledger_that_grows_out_of_its_file_keeps_everything(postgresql: Server, tmp_path) -> None:
    with open_ledger(tmp_path / "zwgk.db", create=True, now=now) as old, _opened(postgresql.new_url()) as new:
        old.add_receipts([receipt(number) for number in range(300)], "mail")
        issue(old)
        old.close_cycle(NOVEMBER, now().date(), "王主任", now(), {"D01/市教育局/2026-11": {"项": [1.5, None]}})
        old.decide([Decision("D01/市教育局/2026-11", DecisionKind.WAIVER, "yes", "王主任", now())], ActSource.TRACKER)
        assert new.key != old.key
        assert new.import_from(old) == 300
        assert new.key == old.key
        assert new.receipts() == old.receipts()
        assert (new.cycles(), new.decisions(source="tracker")) == (old.cycles(), old.decisions(source="tracker"))
        assert new.snapshot(NOVEMBER) == old.snapshot(NOVEMBER)
        assert new.import_from(old) is None


# --- several at once ---------------------------------------------------------------------------


def test_a_writer_waits_for_the_one_before_and_sees_what_it_wrote(postgresql: Server) -> None:
    url = postgresql.new_url()
    with open_ledger(url, create=True, now=now, timeout=30) as ledger:
        barrier = threading.Barrier(4)
        new: list[int] = []

        def add() -> None:
            barrier.wait()
            for number in range(20):
                new.append(ledger.add_receipts([receipt(number), receipt(number + 100)], "inbox"))

        threads = [threading.Thread(target=add) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sum(new) == 40
        assert len(ledger.receipts()) == 40


def test_a_writer_whose_turn_never_comes(postgresql: Server) -> None:
    url = postgresql.new_url()
    with _opened(url) as ledger, _database(url) as other:
        with writing(other), pytest.raises(LedgerBusyError, match="另一个 zwgk 正在处理"):
            ledger.add_receipts([receipt(1)], "inbox")
        assert ledger.add_receipts([receipt(1)], "inbox") == 1


def test_a_reader_sees_one_moment_throughout(postgresql: Server) -> None:
    url = postgresql.new_url()
    count = select(func.count()).select_from(RECEIPTS)
    with _opened(url) as other, _database(url) as database, database.begin() as reading:
        assert reading.scalar(count) == 0
        assert other.add_receipts([receipt(1)], "inbox") == 1
        assert reading.scalar(count) == 0


def test_a_server_that_restarts_between_two_steps(postgresql: Server) -> None:
    with _opened(postgresql.new_url()) as ledger:
        ledger.add_receipts([receipt(1)], "inbox")
        postgresql.control("restart", "-m", "fast")
        assert ledger.receipts() == (receipt(1),)
        assert ledger.add_receipts([receipt(2)], "inbox") == 1


def test_a_run_that_lost_its_lock_to_a_restart_is_told(postgresql: Server) -> None:
    url = postgresql.new_url()
    with _opened(url) as ledger, _opened(url) as other:
        with pytest.raises(LedgerFailedError, match="重新运行"), ledger.exclusive():
            postgresql.control("restart", "-m", "fast")
        with other.exclusive(wait=0):
            assert other.add_receipts([receipt(1)], "inbox") == 1


def test_a_server_that_is_down(postgresql: Server) -> None:
    with _opened(postgresql.new_url()) as ledger:
        ledger.add_receipts([receipt(1)], "inbox")
        postgresql.control("stop", "-m", "fast")
        try:
            with pytest.raises(LedgerFailedError, match=r"无法连接数据库服务器|连接断开"):
                ledger.receipts()
        finally:
            postgresql.control("start")
        assert ledger.receipts() == (receipt(1),)


def test_the_url_alone_says_which_driver_and_schema() -> None:
    url = url_of("postgres://zwgk@db.example/zwgk?schema=jinhu")
    assert (url.drivername, url.query["schema"]) == ("postgresql+psycopg", "jinhu")


def test_a_dump_of_the_schema_is_a_backup(postgresql: Server, tmp_path: Path) -> None:
    """The two commands that docs/postgresql.md gives."""
    dump = tmp_path / "zwgk.dump"
    with postgresql.connection() as admin:
        admin.execute("CREATE DATABASE restored OWNER zwgk ENCODING 'UTF8' TEMPLATE template0")
    with _opened(postgresql.url("backed_up")) as ledger:
        ledger.add_receipts([receipt(number) for number in range(30)], "inbox")
        plain = postgresql.url().replace("+psycopg", "")
        told = ("--format=custom", "--schema=backed_up", f"--file={dump}", plain)
        subprocess.run([postgresql.programs / "pg_dump", *told], check=True)
        into = postgresql.url(database="restored").replace("+psycopg", "")
        subprocess.run([postgresql.programs / "pg_restore", f"--dbname={into}", dump], check=True)
        with open_ledger(postgresql.url("backed_up", database="restored"), now=now) as restored:
            assert restored.receipts() == ledger.receipts()
            assert restored.key == ledger.key
            assert restored.add_receipts([receipt(31)], "inbox") == 1
