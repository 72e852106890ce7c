"""Databases that fail: one Chinese sentence each, and nothing half-written."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Pool, event
from sqlalchemy.exc import IntegrityError

from tests.ledger.samples import issue, now, receipt
from zwgk_excel.ledger import Ledger, LedgerBusyError, LedgerFailedError, open_ledger


@contextmanager
def _with_pragma(path: Path, statement: str) -> Iterator[Ledger]:
    """The ledger opened so that each of its connections runs a PRAGMA first."""

    def run(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(statement)

    event.listen(Pool, "connect", run)
    try:
        with open_ledger(path, now=now) as limited:
            yield limited
    finally:
        event.remove(Pool, "connect", run)


def test_a_full_disk(ledger: Ledger, path: Path) -> None:
    ledger.add_receipts([receipt(1)], "inbox")
    with _with_pragma(path, f"PRAGMA max_page_count = {path.stat().st_size // 4096 + 2}") as full:
        with pytest.raises(LedgerFailedError, match="磁盘已满"):
            full.add_receipts([receipt(2, items=2000)], "inbox")
        assert full.receipts() == (receipt(1),)
        assert full.add_receipts([receipt(3, items=0)], "inbox") == 1


def test_a_read_only_ledger_can_still_be_read(ledger: Ledger, path: Path) -> None:
    ledger.add_receipts([receipt(1)], "inbox")
    with _with_pragma(path, "PRAGMA query_only = ON") as limited:
        with pytest.raises(LedgerFailedError, match="只读"):
            issue(limited)
        assert limited.receipts() == (receipt(1),)
    assert ledger.cycles() == ()


def test_something_else_under_the_ledgers_name(path: Path) -> None:
    path.write_bytes(b"PK\x03\x04" * 1000)
    with pytest.raises(LedgerFailedError, match="已损坏"):
        open_ledger(path, now=now)
    assert path.read_bytes() == b"PK\x03\x04" * 1000


def test_a_damaged_ledger(ledger: Ledger, path: Path) -> None:
    ledger.add_receipts([receipt(number) for number in range(200)], "inbox")
    ledger.close()
    data = bytearray(path.read_bytes())
    data[4096:] = b"\xff" * (len(data) - 4096)
    path.write_bytes(data)
    with pytest.raises(LedgerFailedError, match="已损坏，请停止使用，从备份恢复"), open_ledger(path, now=now) as opened:
        opened.receipts()


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(LedgerFailedError, match="无法打开"):
        open_ledger(tmp_path / "没有" / "zwgk.db", create=True, now=now)


def test_a_ledger_held_by_another_program(ledger: Ledger, path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(LedgerBusyError, match="另一个 zwgk 正在处理"):
            ledger.add_receipts([receipt(1)], "inbox")
        with pytest.raises(LedgerBusyError):
            ledger.receipts()
    assert ledger.add_receipts([receipt(1)], "inbox") == 1


def test_a_run_lock_that_cannot_be_written(ledger: Ledger, path: Path) -> None:
    path.with_name("zwgk.db-lock").mkdir()
    with pytest.raises(LedgerFailedError, match=r"zwgk\.db-lock"), ledger.exclusive():
        pass


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("postgresql://[::1/x", "数据库地址写得不对"),
        ("post gres://host/x", "数据库地址写得不对"),
        ("nonsense://host/x", "缺少数据库驱动"),
    ],
)
def test_a_wrong_url(url: str, sentence: str) -> None:
    with pytest.raises(LedgerFailedError, match=sentence):
        open_ledger(url, create=True, now=now)


def test_a_url_of_a_file_is_as_good_as_its_path(path: Path, ledger: Ledger) -> None:
    with open_ledger(f"sqlite:///{path}", now=now) as opened:
        assert opened.key == ledger.key


def test_rows_of_a_receipt_cannot_stand_alone(ledger: Ledger, query: Callable[[str], object]) -> None:
    with pytest.raises(IntegrityError, match=r"(?i)foreign key"):
        query("INSERT INTO answers VALUES (99, 0, '', '', '', NULL, '', '', 1, '', '', '')")


def test_between_transactions_the_one_file_is_the_whole_ledger(ledger: Ledger, path: Path, tmp_path: Path) -> None:
    with ledger.exclusive():
        ledger.add_receipts([receipt(1)], "inbox")
        assert sorted(each.name for each in path.parent.iterdir() if each.stat().st_size) == ["zwgk.db"]
        copy = tmp_path / "备份.db"
        copy.write_bytes(path.read_bytes())
    with open_ledger(copy, now=now) as restored:
        assert restored.receipts() == (receipt(1),)
        assert restored.key == ledger.key


def test_the_ledger_starts_without_the_libraries_of_workbooks() -> None:
    heavy = {"pandas", "numpy", "openpyxl", "xlsxwriter", "python_calamine", "typer", "rich", "pydantic"}
    code = f"import sys, zwgk_excel.ledger; print(sorted({heavy!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
