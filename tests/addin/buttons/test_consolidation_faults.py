"""汇总 among refusals, faults and attacks: all is done or all is taken back, and the closing words are true."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
import xlwings as xw

from tests.addin.grid import GridApp
from tests.addin.taken_back import POINTS, break_at, everything, taken_back
from tests.addin.tracker_desk import (
    PURCHASES,
    TRACKING,
    click,
    open_tracker,
    returns,
    rows_of,
    saved,
    tracker,
)
from tests.workflow.desk import Desk
from zwgk_excel.addin.host import session


def test_a_locked_ledger_leaves_everything_as_it_was(grid: GridApp, desk: Desk):
    returns(desk)
    book = open_tracker(grid, desk)
    before, stamp = everything(book), tracker(desk).read_bytes()
    with desk.open() as office, office.ledger.exclusive():
        click()
    assert "另一个 zwgk 正在处理" in grid.alerts[-1][0]
    assert everything(book) == before
    assert tracker(desk).read_bytes() == stamp


def test_a_protected_tracking_sheet_is_refused_before_anything_happens(grid: GridApp, desk: Desk):
    returns(desk)
    book = open_tracker(grid, desk)
    book.sheets[TRACKING.name].api.Protect()
    before = everything(book)
    click()
    assert "受保护" in grid.alerts[-1][0]
    assert TRACKING.name in grid.alerts[-1][0]
    assert everything(book) == before
    with desk.open() as office:
        assert office.ledger.receipts() == ()


def test_a_tracker_that_somebody_else_has_open_is_refused_before_anything_happens(grid: GridApp, desk: Desk):
    returns(desk)
    book = xw.books.open(tracker(desk), read_only=True)
    book.set_mock_caller()
    before, stamp = everything(book), tracker(desk).read_bytes()
    click()
    assert "只读" in grid.alerts[-1][0]
    assert everything(book) == before
    assert tracker(desk).read_bytes() == stamp
    with desk.open() as office:
        assert office.ledger.receipts() == ()


def test_an_unreadable_return_is_told_and_hinders_nothing(grid: GridApp, desk: Desk):
    returns(desk)
    (desk.root / "收件箱" / "坏.xlsx").write_bytes(b"PK\x03\x04 not a workbook")
    open_tracker(grid, desk)
    click()
    assert "2 份待退回修改" in grid.alerts[-1][0]
    assert rows_of(saved(desk)[TRACKING.name])[PURCHASES][1][TRACKING.heading("items")] == 3


@pytest.mark.parametrize("point", POINTS)
def test_an_error_in_the_middle_takes_everything_back(
    grid: GridApp, desk: Desk, monkeypatch: pytest.MonkeyPatch, point: str
):
    taken_back(grid, desk, monkeypatch, point)


def test_what_cannot_be_taken_back_is_told(grid: GridApp, desk: Desk, monkeypatch: pytest.MonkeyPatch):
    from zwgk_excel.addin.refresh.journal import Journal

    returns(desk)
    open_tracker(grid, desk)
    stamp = tracker(desk).read_bytes()
    break_at(monkeypatch, "rules")
    monkeypatch.setattr(Journal, "roll_back", lambda self: 1 / 0)
    click()
    assert "未能恢复原样，请不要保存" in grid.alerts[-1][0]
    assert "2 份报送件已登记" in grid.alerts[-1][0]
    assert tracker(desk).read_bytes() == stamp
    log = (session.HOME / "addin.log").read_text(encoding="utf-8")
    assert "ZeroDivisionError" in log, "the first error is what somebody has to mend"


def test_an_open_book_with_settings_or_code_changes_nothing(grid: GridApp, desk: Desk, tmp_path: Path):
    attack = openpyxl.Workbook()
    for name in ("zwgk.conf", "xlwings.conf", "zwgk_excel.py", "sitecustomize.py"):
        page = attack.create_sheet(name)
        page["A1"], page["B1"] = "PYTHONPATH", str(tmp_path)
        page["A2"] = f"open({str(tmp_path / 'ran')!r}, 'w')"
    folder = desk.root / "附件"
    folder.mkdir()
    attack.save(folder / "攻击.xlsx")
    stamp = (folder / "攻击.xlsx").read_bytes()
    book = xw.books.open(folder / "攻击.xlsx")
    book.set_mock_caller()
    returns(desk)
    before = everything(book)
    click()
    assert "汇总完成" in grid.alerts[-1][0]
    assert everything(book) == before
    assert (folder / "攻击.xlsx").read_bytes() == stamp
    assert not (tmp_path / "ran").exists()
    assert PURCHASES in rows_of(saved(desk)[TRACKING.name])
