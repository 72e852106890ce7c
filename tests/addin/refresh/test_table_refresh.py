"""One table of the open tracker brought up to date: found by its headings, rows matched, put in place, written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import xlwings as xw

from tests.addin.refresh.conftest import Views
from tests.addin.sheets import journal_on, state
from zwgk_excel.addin.host.failures import UnrecognisedSheet
from zwgk_excel.addin.refresh.journal import Journal
from zwgk_excel.addin.refresh.live_book import OpenSheets, read_grid
from zwgk_excel.addin.refresh.table_refresh import TableRefresh
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.tracker.rows.view import TrackerView
from zwgk_excel.workbooks.tracker.tracker_workbook import recorded_tracker

TRACKER = layout("tracker")
TRACKING = TRACKER["tracking"]


def refreshed(book: xw.Book, view: TrackerView, key: str = "tracking", journal: Journal | None = None) -> TableRefresh:
    """Lay one sheet of a view over an open tracker."""
    shape = TRACKER[key]
    page = recorded_tracker(view).sheets[shape.name]
    table = TableRefresh(OpenSheets(book), shape, page, journal or journal_on(book.sheets[shape.name]))
    table.apply()
    return table


def keys(book: xw.Book) -> list[str]:
    """Duty, unit and period of every row, as they stand."""
    at = [TRACKING.index(each) for each in ("duty", "unit", "reference")]
    return ["/".join(str(row[n]) for n in at) for row in read_grid(book.sheets[TRACKING.name]).rows[3:] if row[at[0]]]


def column(book: xw.Book, key: str, shape: Any = TRACKING) -> list[Any]:
    return [row[shape.index(key)] for row in read_grid(book.sheets[shape.name]).rows[3:]]


@pytest.fixture
def book(opened: Callable[..., xw.Book], views: Views) -> xw.Book:
    return opened(views.silent)


def test_the_same_view_changes_nothing(book: xw.Book, views: Views):
    before = state(book)
    assert not refreshed(book, views.silent).rows_change
    assert state(book) == before


def test_rows_that_were_there_keep_their_place_and_show_what_is_new(
    book: xw.Book, views: Views, opened: Callable[..., xw.Book]
):
    before = keys(book)
    assert not refreshed(book, views.answered).rows_change
    assert keys(book) == before
    items = dict(zip(before, column(book, "items"), strict=True))
    assert items["D02/市财政局/2026-11"] == 3
    assert items["D01/市政府办/2026-11"] == 0


def test_rows_of_a_new_month_come_above_and_the_table_covers_them(book: xw.Book, views: Views):
    before = keys(book)
    table = refreshed(book, views.december)
    after = keys(book)
    new = len(after) - len(before)
    assert (table.rows_change, new > 0) == (True, True)
    assert [key for key in after if key in before] == before
    assert all(key.endswith("2026-12") for key in after[:1])
    assert book.sheets[TRACKING.name].tables[TRACKING.table].range.last_cell.row == 3 + len(after)
    place = TRACKING.index("timeliness") + 1
    states = book.sheets[TRACKING.name].range((4, place), (3 + len(after), place)).formula
    assert {row[0][:4] for row in states} == {"=IF("}


def test_rows_that_come_after_the_last_belong_to_the_table_too(book: xw.Book, views: Views):
    """Somebody deleted the last two; put in below a table, rows do not belong to it by themselves."""
    sheet, before = book.sheets[TRACKING.name], keys(book)
    last = sheet.tables[TRACKING.table].range.last_cell.row
    sheet.range(f"{last - 1}:{last}").delete("up")
    refreshed(book, views.silent)
    assert keys(book) == before
    assert sheet.tables[TRACKING.table].range.last_cell.row == last


def test_new_rows_look_like_the_others(book: xw.Book, views: Views):
    sheet = book.sheets[TRACKING.name]
    formats = [sheet.range((4, number + 1)).number_format for number in range(len(TRACKING.columns))]
    refreshed(book, views.december)
    assert [sheet.range((4, number + 1)).number_format for number in range(len(TRACKING.columns))] == formats


def test_rows_that_are_owed_no_more_go(opened: Callable[..., xw.Book], views: Views):
    book = opened(views.december)
    refreshed(book, views.silent)
    wanted = opened_keys(opened, views)
    assert sorted(keys(book)) == sorted(wanted)
    assert book.sheets[TRACKING.name].tables[TRACKING.table].range.last_cell.row == 3 + len(wanted)


def opened_keys(opened: Callable[..., xw.Book], views: Views) -> list[str]:
    for each in list(xw.books):
        each.close()
    return keys(opened(views.silent))


def test_what_the_office_moved_is_found_by_its_heading(book: xw.Book, views: Views):
    sheet = book.sheets[TRACKING.name]
    sheet.range("A:A").insert("right", copy_origin="format_from_right_or_below")
    sheet.range("1:1").insert("down")
    sheet.range((4, 1)).value = "我的列"
    sheet.range((5, 1)).value = "别动"
    table = refreshed(book, views.answered)
    assert (table.area.header, table.area.columns[0]) == (4, 2)
    assert sheet.range((5, 1)).value == "别动"
    rows = read_grid(sheet).rows[4:]
    assert next(row[TRACKING.index("items") + 1] for row in rows if row[TRACKING.index("duty") + 1] == "D02") == 3


def test_a_column_that_somebody_deleted_comes_back_in_its_place(book: xw.Book, views: Views):
    sheet, place = book.sheets[TRACKING.name], TRACKING.index("due") + 1
    before = column(book, "due")
    letters = sheet.range((1, place)).get_address(False, False).rstrip("1")
    sheet.range(f"{letters}:{letters}").delete("left")
    assert refreshed(book, views.silent).rows_change
    assert sheet.range((3, place)).value == TRACKING.heading("due")
    assert column(book, "due") == before


def test_the_sorted_order_of_the_office_stays(book: xw.Book, views: Views):
    sheet = book.sheets[TRACKING.name]
    last = sheet.tables[TRACKING.table].range.last_cell
    rows = sheet.range((4, 1), (last.row, last.column)).formula
    sheet.range((4, 1), (last.row, last.column)).formula = rows[::-1]
    turned = keys(book)
    refreshed(book, views.answered)
    assert keys(book) == turned


def test_a_row_that_somebody_wrote_below_stays(book: xw.Book, views: Views):
    sheet = book.sheets[TRACKING.name]
    table = sheet.tables[TRACKING.table]
    last = table.range.last_cell
    table.resize(sheet.range((3, 1), (last.row + 1, last.column)))
    sheet.range((last.row + 1, TRACKING.index("opinion") + 1)).value = "合计见另表"
    refreshed(book, views.answered)
    assert column(book, "opinion")[-1] == "合计见另表"


def test_a_table_without_rows_keeps_one_that_is_empty(opened: Callable[..., xw.Book], views: Views):
    shape = TRACKER["items"]
    book = opened(views.answered)
    refreshed(book, views.silent, "items")
    assert column(book, "title", shape) in ([], [None])
    assert book.sheets[shape.name].tables[shape.table].range.address.endswith("$4")


def test_a_changed_heading_makes_the_sheet_unrecognised(book: xw.Book, views: Views):
    sheet = book.sheets[TRACKING.name]
    for number in range(1, len(TRACKING.columns) + 1):
        sheet.range((3, number)).value = f"列{number}"
    with pytest.raises(UnrecognisedSheet, match=TRACKING.name):
        refreshed(book, views.answered)


def test_all_of_it_is_taken_back(book: xw.Book, views: Views):
    journal, before = journal_on(book.sheets[TRACKING.name]), state(book)
    refreshed(book, views.december, journal=journal)
    assert state(book) != before
    journal.roll_back()
    assert state(book) == before


def test_what_was_taken_out_comes_back_too(opened: Callable[..., xw.Book], views: Views):
    """Also at the edge of the table, where rows that are put in do not belong to it by themselves."""
    book = opened(views.december)
    before, journal = state(book), journal_on(book.sheets[TRACKING.name])
    refreshed(book, views.silent, journal=journal)
    assert state(book) != before
    journal.roll_back()
    after = state(book)
    assert after["names"] == before["names"]
    page, old = after["pages"][TRACKING.name], before["pages"][TRACKING.name]
    assert (page["tables"], page["validations"]) == (old["tables"], old["validations"])
    assert {place: cell.typed for place, cell in page["cells"].items() if cell.typed} == {
        place: cell.typed for place, cell in old["cells"].items() if cell.typed
    }
    assert column(book, "due")[0] is None or isinstance(column(book, "due")[0], date)
