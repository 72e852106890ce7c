"""汇总 with the tracker open, closed, missing, read-only or protected; and on its saved file."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
import xlwings as xw

import zwgk_excel.addin as addin
from tests.addin.clicks import click
from tests.addin.grid import GridApp
from tests.addin.sheets import state
from tests.addin.tracker_desk import LAYOUT, POLICY, PURCHASES, TRACKING, returns, rows_of, saved, tracker, type_live
from tests.workflow.desk import Desk
from zwgk_excel.addin.buttons import consolidation
from zwgk_excel.addin.host import workspace_choice, wps_fallback
from zwgk_excel.domain.decisions import DecisionKind
from zwgk_excel.layout.columns import layout


@pytest.fixture
def front(grid: GridApp, desk: Desk) -> GridApp:
    """The application with the tracker in front, and two returns in 收件箱."""
    returns(desk)
    xw.books.open(tracker(desk)).set_mock_caller()
    return grid


def items_of(desk: Desk) -> int:
    return int(rows_of(saved(desk, values=False)[TRACKING.name])[PURCHASES][1][TRACKING.heading("items")])


def receipts(desk: Desk) -> int:
    with desk.open() as office:
        return len(office.ledger.receipts())


def test_what_came_in_and_what_was_typed_is_taken_in(front: GridApp, desk: Desk):
    (book,) = xw.books
    type_live(book, POLICY, "opinion", "同意缓报")
    words = click(front, "consolidate")
    assert "本次新收 2 份，记下台账意见 1 条。" in words
    assert items_of(desk) == 3
    with desk.open() as office:
        assert [(each.kind, each.value) for each in office.ledger.decisions()] == [(DecisionKind.OPINION, "同意缓报")]
    assert "新收 0 份" in click(front, "consolidate")


def test_the_tracker_is_opened_where_another_book_is_in_front(grid: GridApp, desk: Desk):
    returns(desk)
    xw.books.open(desk.root / layout("roster").file_name).set_mock_caller()
    assert "新收 2 份" in click(grid, "consolidate")
    assert [book.name for book in xw.books] == [layout("roster").file_name, LAYOUT.file_name]
    assert items_of(desk) == 3


def test_an_open_tracker_comes_to_the_front(front: GridApp, desk: Desk):
    xw.books.open(desk.root / layout("roster").file_name)
    click(front, "consolidate")
    assert xw.books.active.name == LAYOUT.file_name
    assert len(xw.books) == 2


def test_without_a_tracker_one_is_made(grid: GridApp, desk: Desk):
    tracker(desk).unlink()
    returns(desk)
    xw.books.open(desk.root / layout("roster").file_name).set_mock_caller()
    assert "新收 2 份" in click(grid, "consolidate")
    assert LAYOUT.file_name in [book.name for book in xw.books]
    assert items_of(desk) == 3


def test_a_file_of_that_name_that_is_no_tracker_is_left_alone(grid: GridApp, desk: Desk):
    openpyxl.Workbook().save(tracker(desk))
    stamp = tracker(desk).read_bytes()
    xw.books.open(desk.root / layout("roster").file_name).set_mock_caller()
    assert "不是本程序的台账；请把它移到别处" in click(grid, "consolidate")
    assert tracker(desk).read_bytes() == stamp


def test_a_read_only_tracker_is_refused_before_anything_happens(grid: GridApp, desk: Desk):
    returns(desk)
    xw.books.open(tracker(desk), read_only=True).set_mock_caller()
    assert "只读" in click(grid, "consolidate")
    assert receipts(desk) == 0


def test_a_protected_sheet_is_named_before_anything_happens(front: GridApp, desk: Desk):
    (book,) = xw.books
    book.sheets[TRACKING.name].api.Protect()
    before = state(book)
    assert f"“{TRACKING.name}”受保护" in click(front, "consolidate")
    assert (state(book), receipts(desk)) == (before, 0)


def test_a_failed_refresh_says_what_is_in_the_ledger_already(
    front: GridApp, desk: Desk, monkeypatch: pytest.MonkeyPatch
):
    (book,) = xw.books
    type_live(book, POLICY, "opinion", "同意缓报")
    before = state(book)
    with monkeypatch.context() as patch:
        patch.setattr(consolidation, "refresh_tracker", lambda *_: 1 / 0)
        words = click(front, "consolidate")
    assert "新收的 2 份报送件和台账上填写的 1 条意见已登记，不会丢失" in words
    assert (state(book), receipts(desk)) == (before, 2)
    assert "新收 0 份" in click(front, "consolidate")


def test_sheets_that_were_left_out_and_moved_values_are_told(front: GridApp, desk: Desk):
    (book,) = xw.books
    book.sheets[LAYOUT["letters"].name].delete()
    assert f"“{LAYOUT['letters'].name}”的版面已改动或已删除，未刷新" in click(front, "consolidate")


def test_a_changed_heading_is_one_sentence(front: GridApp, desk: Desk):
    (book,) = xw.books
    book.sheets[TRACKING.name].range("3:3").clear_contents()
    assert "表头" in click(front, "consolidate")


def test_the_saved_file_is_consolidated_without_the_program(desk: Desk, grid: GridApp, monkeypatch: pytest.MonkeyPatch):
    """As under WPS: nothing answers xlwings."""
    said: list[str] = []
    opened: list[Path] = []
    monkeypatch.setattr(wps_fallback, "show", said.append)
    monkeypatch.setattr(wps_fallback, "open_path", opened.append)
    workspace_choice.remember(desk.root)
    returns(desk)
    addin.consolidate()
    assert "已改用命令行汇总已保存的文件：汇总完成。\n本次新收 2 份" in said[0]
    assert opened == [tracker(desk)]
    assert items_of(desk) == 3
