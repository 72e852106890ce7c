"""汇总 with the tracker open, closed, missing, read-only or protected."""

from __future__ import annotations

from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest
import xlwings as xw

import zwgk_excel.addin as addin
from tests.addin.clicks import click
from tests.addin.grid import GridApp
from tests.addin.sheets import state
from tests.addin.tracker_desk import (
    JOBS,
    LAYOUT,
    POLICY,
    PURCHASES,
    TRACKING,
    returns,
    rows_of,
    saved,
    tracker,
    type_live,
)
from tests.workflow.desk import CYCLE, Desk
from zwgk_excel.addin.buttons import live_tracker
from zwgk_excel.addin.refresh.live_book import read_grid
from zwgk_excel.domain.decisions import DecisionKind
from zwgk_excel.layout.columns import layout
from zwgk_excel.workflow.assessment.closing import close
from zwgk_excel.workflow.decisions.extend_and_waive import extend
from zwgk_excel.workflow.issuing.generation import generate


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


def test_a_protected_sheet_of_ours_is_named_before_the_tracker_changes(front: GridApp, desk: Desk):
    """To ask each of twenty sheets beforehand costs as many calls as to read them all."""
    (book,) = xw.books
    book.sheets[LAYOUT["items"].name].api.Protect()
    before = state(book)
    words = click(front, "consolidate")
    assert f"“{LAYOUT['items'].name}”受保护，不能刷新，台账没有改动" in words
    assert "新收的 2 份报送件已登记，不会丢失" in words
    assert (state(book), receipts(desk)) == (before, 2)
    book.sheets[LAYOUT["items"].name].api.Unprotect()
    assert "新收 0 份" in click(front, "consolidate")
    assert items_of(desk) == 3


def test_what_stays_as_it_is_may_be_protected(front: GridApp, desk: Desk):
    (book,) = xw.books
    click(front, "consolidate")
    book.sheets[LAYOUT["items"].name].api.Protect()
    assert "新收 0 份" in click(front, "consolidate")


def test_a_failed_refresh_says_what_is_in_the_ledger_already(
    front: GridApp, desk: Desk, monkeypatch: pytest.MonkeyPatch
):
    (book,) = xw.books
    type_live(book, POLICY, "opinion", "同意缓报")
    before = state(book)
    with monkeypatch.context() as patch:
        patch.setattr(live_tracker, "refresh_tracker", lambda *_: 1 / 0)
        words = click(front, "consolidate")
    assert "新收的 2 份报送件和台账上填写的 1 条意见已登记，不会丢失" in words
    assert (state(book), receipts(desk)) == (before, 2)
    assert "新收 0 份" in click(front, "consolidate")


def test_sheets_that_were_left_out_and_moved_values_are_told(front: GridApp, desk: Desk):
    (book,) = xw.books
    book.sheets[LAYOUT["letters"].name].delete()
    assert f"“{LAYOUT['letters'].name}”的版面已改动或已删除，未刷新" in click(front, "consolidate", "cancel")
    assert LAYOUT["letters"].name not in [each.name for each in book.sheets]
    assert click(front, "consolidate", "ok").endswith("台账已重新写成。")
    (book,) = xw.books
    assert LAYOUT["letters"].name in [each.name for each in book.sheets]


def test_a_changed_heading_is_one_sentence(front: GridApp, desk: Desk):
    (book,) = xw.books
    book.sheets[TRACKING.name].range("3:3").clear_contents()
    assert "表头" in click(front, "consolidate")


def cell(book: xw.Book, key: str, column: str) -> xw.Range:
    """The office's cell in the open tracker."""
    sheet = book.sheets[TRACKING.name]
    rows = read_grid(sheet).rows
    header = next(number for number, row in enumerate(rows) if TRACKING.heading("outcome") in row)
    at = {each.key: rows[header].index(each.heading) for each in TRACKING}
    names = ("duty", "unit", "reference")
    number = next(n for n, row in enumerate(rows) if "/".join(str(row[at[name]]) for name in names) == key)
    return sheet.range((number + 1, at[column] + 1))


@pytest.mark.parametrize(
    ("column", "typed"),
    [("extended_to", "下周"), ("extended_to", "12月32日"), ("extended_to", datetime(2028, 1, 1)), ("waived", "再议")],
)
def test_what_is_typed_wrongly_stays_in_its_cell_and_is_told_on_every_click(
    front: GridApp, desk: Desk, column: str, typed: Any
):
    (book,) = xw.books
    type_live(book, JOBS, column, typed)
    with desk.open() as office:
        generate(office, CYCLE + 1, as_of=desk.now.date())
    for _ in range(2):
        words = click(front, "consolidate")
        here = cell(book, JOBS, column)
        assert here.value == typed
        assert f"{TRACKING.name}!{here.get_address(False, False)}：市财政局 D04（2026-11）" in words
        assert TRACKING.heading(column) in cell(book, JOBS, "refusal").value
        assert cell(book, PURCHASES, "refusal").value is None
    type_live(book, JOBS, column, datetime(2026, 12, 8) if column == "extended_to" else "同意")
    assert "记下台账意见 1 条" in click(front, "consolidate")
    assert cell(book, JOBS, "refusal").value is None
    with desk.open() as office:
        (taken,) = office.ledger.decisions()
    assert taken.value == ("2026-12-08" if column == "extended_to" else "yes")


def test_on_a_closed_row_of_the_open_tracker_it_is_refused_and_stays(front: GridApp, desk: Desk):
    (book,) = xw.books
    click(front, "consolidate")
    with desk.open() as office:
        close(office, CYCLE, as_of=date(2026, 12, 1), who="科长")
    type_live(book, POLICY, "waived", "是")
    for _ in range(2):
        assert "2026-11 已结账，免报“是”没有办理" in click(front, "consolidate")
        assert cell(book, POLICY, "waived").value == "是"
    with desk.open() as office:
        assert office.ledger.decisions() == ()


def test_a_command_after_the_refresh_is_not_undone_by_the_open_tracker(front: GridApp, desk: Desk):
    (book,) = xw.books
    type_live(book, POLICY, "extended_to", "12月8日")
    click(front, "consolidate")
    assert cell(book, POLICY, "extended_to").value == datetime(2026, 12, 8)
    with desk.open() as office:
        extend(office, CYCLE, "市政府办", ["D01"], date(2026, 12, 20), who="科长", reason="")
    type_live(book, PURCHASES, "opinion", "已催")
    click(front, "consolidate")
    assert cell(book, POLICY, "extended_to").value == datetime(2026, 12, 20)


# --- beside workbooks that are not ours --------------------------------------------------------

CLOUD = "https://contoso.sharepoint.com/teams/office/值班表.xlsx"


def cloud_book(address: str = CLOUD) -> xw.Book:
    """A workbook of a cloud that no folder of this computer mirrors."""
    book = xw.books.add()
    book.impl.model.address = address
    return book


@pytest.mark.parametrize("in_front", [True, False], ids=["in front", "behind"])
def test_a_workbook_of_a_cloud_is_not_ours(grid: GridApp, desk: Desk, in_front: bool):
    returns(desk)
    books = [xw.books.open(desk.root / layout("roster").file_name), cloud_book()]
    for book in books if in_front else reversed(books):
        book.activate()
    books[0].set_mock_caller()
    assert "新收 2 份" in click(grid, "consolidate")
    assert LAYOUT.file_name in [book.name for book in xw.books]


def test_a_copy_of_the_tracker_in_the_cloud_stops_before_anything_happens(grid: GridApp, desk: Desk):
    returns(desk)
    cloud_book(f"https://contoso.sharepoint.com/teams/office/{LAYOUT.file_name}").set_mock_caller()
    assert "同名" in click(grid, "consolidate")
    assert receipts(desk) == 0


def test_a_tracker_in_protected_view_stops_before_anything_happens(grid: GridApp, desk: Desk):
    returns(desk)
    xw.books.add().set_mock_caller()
    grid.ProtectedViewWindows.append(SimpleNamespace(SourcePath=str(desk.root), SourceName=LAYOUT.file_name))
    assert "启用编辑" in click(grid, "consolidate")
    assert receipts(desk) == 0


@pytest.mark.parametrize("lock", ["~$", ".~", ".~lock.{}#"])
def test_a_tracker_open_in_another_excel_stops_before_anything_happens(grid: GridApp, desk: Desk, lock: str):
    returns(desk)
    xw.books.add().set_mock_caller()
    held = lock.format(LAYOUT.file_name) if "{" in lock else lock + LAYOUT.file_name
    (desk.root / held).write_bytes(b"x")
    assert "正在 Excel、WPS 或其他程序中打开" in click(grid, "consolidate")
    assert receipts(desk) == 0


def test_a_workbook_never_saved_in_front_does_no_harm(grid: GridApp, desk: Desk):
    returns(desk)
    xw.books.add().set_mock_caller()
    assert "新收 2 份" in click(grid, "consolidate")


@pytest.mark.parametrize("button", ["check", "self_test", "help", "generate", "assess", "remind", "publish", "fetch"])
@pytest.mark.parametrize("front_book", ["cloud", "never saved"])
def test_no_button_fails_beside_a_foreign_workbook(grid: GridApp, desk: Desk, button: str, front_book: str):
    (cloud_book() if front_book == "cloud" else xw.books.add()).set_mock_caller()
    grid.alerts.clear()
    grid.answers[:] = ["cancel"] * 3
    getattr(addin, button)()
    told = " ".join(text for text, _ in grid.alerts)
    assert told
    assert "意外的错误" not in told
