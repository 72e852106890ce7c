"""The open tracker refreshed in place: all of it or nothing, with everything that the office set."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import xlwings as xw

from tests.addin.grid.model import GridError
from tests.addin.refresh.conftest import Views
from tests.addin.sheets import state
from tests.workbooks.tracker_sample import realistic
from zwgk_excel.addin.host.excel import Excel
from zwgk_excel.addin.host.failures import NotRestored, UnrecognisedSheet
from zwgk_excel.addin.host.session import Session
from zwgk_excel.addin.refresh import tracker_refresh
from zwgk_excel.addin.refresh.journal import Journal
from zwgk_excel.addin.refresh.live_book import read_grid
from zwgk_excel.addin.refresh.tracker_refresh import Refreshed, refresh_tracker
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.excel import column_letters
from zwgk_excel.workbooks.tracker.previous.office_input import LAST_ACT_KEY, LEDGER_REVISION_KEY
from zwgk_excel.workbooks.tracker.rows.row_values import link_check_rows
from zwgk_excel.workbooks.tracker.rows.view import TrackerView
from zwgk_excel.workbooks.tracker.sheets.page import HEADER_ROW
from zwgk_excel.workbooks.tracker.tracker_workbook import recorded_tracker

TRACKER = layout("tracker")
TRACKING, REMOVED = TRACKER["tracking"], TRACKER["removed"]


def refreshed(book: xw.Book, view: TrackerView) -> Refreshed:
    return refresh_tracker(Session(Excel(book.app, book)), book, view)


def rows(book: xw.Book, name: str) -> list[list[Any]]:
    return read_grid(book.sheets[name]).rows


@pytest.fixture
def book(opened: Callable[..., xw.Book], views: Views) -> xw.Book:
    return opened(views.silent)


def test_all_sheets_show_the_new_view_and_the_file_is_saved(book: xw.Book, views: Views):
    done = refreshed(book, views.answered)
    assert (done.skipped_sheets, done.removed_values, done.lost_filters) == ((), (), ())
    items = rows(book, TRACKER["items"].name)[3:]
    assert len(items) == views.answered.item_count
    assert len(rows(book, TRACKER["receipts"].name)[3:]) == 2
    assert book.impl.model.saved == 1
    statuses = book.app.impl.statuses
    assert statuses[:2] == [f"核对“{TRACKER.file_name}”", f"刷新“{TRACKING.name}”"]
    assert statuses[-1] == "保存台账"


def test_what_is_printed_follows_the_rows(book: xw.Book, views: Views):
    page = book.sheets[TRACKING.name].page_setup
    refreshed(book, views.december)
    printed = recorded_tracker(views.december).sheets[TRACKING.name].printed
    assert printed is not None
    assert page.print_area == f"$A$1:${column_letters(printed[3])}${printed[2] + 1}"
    assert TRACKING.columns[printed[3]] == TRACKING.printed[-1] == TRACKING["refusal"]
    page.print_area = "$C$1:$D$5"
    refreshed(book, views.answered)
    assert page.print_area == "$C$1:$D$5", "what the office set is the office's"


def test_refreshed_again_nothing_changes(book: xw.Book, views: Views):
    refreshed(book, views.december)
    before = state(book)
    refreshed(book, views.december)
    assert state(book) == before


def test_the_revision_says_which_view_is_shown(book: xw.Book, views: Views):
    refreshed(book, views.december)
    found = {row[0]: row[1] for row in rows(book, TRACKER["identity"].name)}
    assert found[LEDGER_REVISION_KEY] == str(views.december.revision)
    assert found[LAST_ACT_KEY] == str(views.december.last_act) != "0"


def test_a_tracker_of_an_earlier_version_learns_the_last_act(book: xw.Book, views: Views):
    identity = book.sheets[TRACKER["identity"].name]
    place = next(number for number, row in enumerate(rows(book, identity.name), 1) if row[0] == LAST_ACT_KEY)
    identity.range((place, 1), (place, 2)).clear_contents()
    refreshed(book, views.december)
    found = {row[0]: row[1] for row in rows(book, identity.name)}
    assert found[LAST_ACT_KEY] == str(views.december.last_act)


def test_a_tracker_of_an_earlier_version_gets_the_sheet_of_columns(book: xw.Book, views: Views):
    shape = TRACKER["column_updates"]
    book.sheets[shape.name].delete()
    refreshed(book, views.december)
    headings, *shown = rows(book, shape.name)[HEADER_ROW:]
    assert headings == [column.heading for column in shape]
    assert {(row[0], row[1]) for row in shown} == {(each.unit, each.duty.id) for each in views.december.updates}
    counted = book.names["cu_state"].refers_to_range
    assert counted.sheet.name == shape.name


def test_new_acts_come_on_top(book: xw.Book, views: Views):
    refreshed(book, views.december)
    shape = TRACKER["acts"]
    shown = [row[0] for row in rows(book, shape.name) if isinstance(row[0], int | float)]
    assert shown == [each.number for each in reversed(views.december.acts)]


def test_names_of_counted_columns_cover_the_new_rows(book: xw.Book, views: Views):
    refreshed(book, views.december)
    last = book.sheets[TRACKING.name].tables[TRACKING.table].range.last_cell.row
    area = book.names["tk_due"].refers_to_range
    assert (area.row, area.last_cell.row) == (4, last)


def test_a_name_that_somebody_deleted_comes_back_though_no_row_does(book: xw.Book, views: Views):
    """Excel shows it in every formula that counts the name."""
    name, formula = book.names["tk_due"], book.sheets[TRACKER["overview"].name].range("Z1")
    means = name.refers_to
    name.delete()
    formula.value = "#NAME?"
    refreshed(book, views.silent)
    assert book.names["tk_due"].refers_to == means


def test_own_sheets_values_and_the_selection_stay(book: xw.Book, views: Views):
    mine = book.sheets.add("我的笔记", after=book.sheets[0])
    mine.range("A1").value = "别删"
    tracking = book.sheets[TRACKING.name]
    tracking.activate()
    tracking.range("B5").select()
    key = [cell.value for cell in tracking.range("B5:D5")]
    refreshed(book, views.december)
    assert mine.range("A1").value == "别删"
    assert book.sheets.active.name == TRACKING.name
    assert book.selection is not None
    row = book.selection.row
    assert row > 5
    assert [cell.value for cell in tracking.range((row, 2), (row, 4))] == key


def test_rows_that_a_filter_hides_are_written_too(book: xw.Book, views: Views):
    """Excel leaves them out of a block."""
    table = book.sheets[TRACKING.name].tables[TRACKING.table]
    table.autofilter.apply_values(TRACKING.index("unit") + 1, ["市人社局"])
    hidden = book.sheets[TRACKING.name].impl.page.hidden_rows()
    refreshed(book, views.answered)
    counts = {row: book.sheets[TRACKING.name].range((row, TRACKING.index("items") + 1)).value for row in hidden}
    assert 3 in counts.values()
    assert book.sheets[TRACKING.name].impl.page.hidden_rows() == hidden


def test_rows_that_go_leave_what_was_added_on_a_sheet_of_its_own(opened: Callable[..., xw.Book], views: Views):
    book = opened(views.december)
    sheet = book.sheets[TRACKING.name]
    left = len(TRACKING.columns) + 1
    sheet.range((3, left)).value = "我的列"
    sheet.range((4, left)).value = "电话问过"
    assert REMOVED.name not in [each.name for each in book.sheets]
    done = refreshed(book, views.silent)
    assert [row["value"] for row in done.removed_values] == ["电话问过"]
    assert [row[2] for row in rows(book, REMOVED.name)[3:]] == ["电话问过"]
    assert book.sheets[REMOVED.name].tables[REMOVED.table].range.address == "$A$3:$C$4"
    refreshed(book, views.december)
    assert sheet.range((4, left)).value == "电话问过", "the task is back, and so is what was noted"
    assert rows(book, REMOVED.name)[3:] in ([], [[None, None, None]])


def test_lines_and_cells_typed_where_no_column_takes_them_are_kept_when_their_row_goes(
    opened: Callable[..., xw.Book], views: Views
):
    book = opened(views.december)
    tracking, matrix = book.sheets[TRACKING.name], book.sheets[TRACKER["matrix"].name]
    end = tracking.tables[TRACKING.table].range.last_cell
    tracking.range((end.row + 1, 2)).value = "下周一开会"
    tracking.tables[TRACKING.table].resize(tracking.range((3, 1), (end.row + 1, end.column)))  # as Excel does
    beside = len(rows(book, matrix.name)[2]) + 2
    matrix.range((4, beside)).value = "先问一下"
    overview = book.sheets[TRACKER["overview"].name]
    first = next(n for n, row in enumerate(rows(book, overview.name), 1) if row[0] == "2026-12")
    overview.range((first + 1, 30)).value = "记在总览"
    done = refreshed(book, views.silent)
    kept = {row["obligation"]: row["value"] for row in done.removed_values}
    assert kept[f"{TRACKING.name}!B{end.row + 1}"] == "下周一开会"
    everything = [cell for each in book.sheets for row in rows(book, each.name) for cell in row]
    assert everything.count("先问一下") == 1, "its row stays, and so does it"
    assert everything.count("记在总览") == 1
    again = refreshed(book, views.silent)
    assert again.removed_values == ()
    assert [cell for row in rows(book, REMOVED.name) for cell in row].count("下周一开会") == 1


def test_sheets_that_are_gone_or_changed_are_left_out_and_named(book: xw.Book, views: Views):
    book.sheets[TRACKER["letters"].name].delete()
    problems = book.sheets[TRACKER["problems"].name]
    problems.range((3, 1), (3, len(TRACKER["problems"].columns))).value = "改过"
    book.sheets[TRACKER["overview"].name].range("2:2").insert("down")
    done = refreshed(book, views.answered)
    assert set(done.skipped_sheets) == {TRACKER[key].name for key in ("letters", "problems", "overview")}
    assert len(rows(book, TRACKER["items"].name)[3:]) == views.answered.item_count


def test_a_tracker_of_earlier_versions_gets_the_checked_links(book: xw.Book, views: Views):
    sheet = TRACKER["link_checks"]
    book.sheets[sheet.name].delete()
    assert refreshed(book, views.answered).skipped_sheets == ()
    assert not any(map(any, rows(book, sheet.name)[3:]))
    checked = replace(views.answered, link_checks=realistic().link_checks)
    assert refreshed(book, checked).skipped_sheets == ()
    listed = [row[0] for row in rows(book, sheet.name)[3:]]
    assert listed == [row["verdict"] for row in link_check_rows(checked)]
    assert "标题不符" in listed


def test_without_the_tracking_table_nothing_is_touched(book: xw.Book, views: Views):
    book.sheets[TRACKING.name].range("3:3").clear_contents()
    before = state(book)
    with pytest.raises(UnrecognisedSheet, match=TRACKING.name):
        refreshed(book, views.answered)
    assert state(book) == before
    assert book.impl.model.saved == 0


def _fails_at(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, after: int) -> None:
    real, count = getattr(owner, name), [0]

    def failing(*args: Any, **options: Any) -> Any:
        count[0] += 1
        if count[0] > after:
            raise ZeroDivisionError
        return real(*args, **options)

    monkeypatch.setattr(owner, name, failing)


@pytest.mark.parametrize("after", [0, 1, 3, 6, 10])
def test_wherever_it_fails_everything_is_as_it_was(
    book: xw.Book, views: Views, monkeypatch: pytest.MonkeyPatch, after: int
):
    table = book.sheets[TRACKING.name].tables[TRACKING.table]
    table.autofilter.apply_values(TRACKING.index("unit") + 1, ["市财政局"])
    before = state(book)
    _fails_at(monkeypatch, Journal, "write", after)
    with pytest.raises(ZeroDivisionError):
        refreshed(book, views.december)
    assert state(book) == before
    app = book.app.impl
    assert (app.screen_updating, app.calculation, book.impl.model.saved) == (True, "automatic", 0)


@pytest.mark.parametrize("step", ["refresh_rules", "refresh_overview", "refresh_unit_page"])
def test_a_failure_after_rows_came_takes_them_away_again(
    book: xw.Book, views: Views, monkeypatch: pytest.MonkeyPatch, step: str
):
    before = state(book)
    _fails_at(monkeypatch, tracker_refresh, step, 0)
    with pytest.raises(ZeroDivisionError):
        refreshed(book, views.december)
    assert state(book) == before


def test_a_book_that_cannot_be_saved_is_as_it_was(book: xw.Book, views: Views):
    before = state(book)
    book.impl.model.read_only = True
    with pytest.raises(GridError, match="read-only"):
        refreshed(book, views.december)
    assert state(book) == before


def test_what_cannot_be_taken_back_is_said(book: xw.Book, views: Views, monkeypatch: pytest.MonkeyPatch):
    _fails_at(monkeypatch, tracker_refresh, "refresh_overview", 0)
    monkeypatch.setattr(Journal, "roll_back", lambda self: 1 / 0)
    with pytest.raises(NotRestored):
        refreshed(book, views.december)
