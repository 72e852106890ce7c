"""总览 and 单位情况 brought up to date: lines come and go, figures are written anew, what the office typed stays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
import xlwings as xw

from tests.addin.refresh.conftest import Views
from tests.addin.sheets import journal_on, state
from zwgk_excel.addin.host.failures import UnrecognisedSheet
from zwgk_excel.addin.refresh.journal import Journal
from zwgk_excel.addin.refresh.live_book import formulas_of, used_cells
from zwgk_excel.addin.refresh.overview_refresh import refresh_overview, refresh_unit_page
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.tracker.recording_workbook import RecordingWorkbook
from zwgk_excel.workbooks.tracker.rows.formulas import name_of
from zwgk_excel.workbooks.tracker.rows.view import TrackerView
from zwgk_excel.workbooks.tracker.tracker_workbook import recorded_tracker

OVERVIEW, UNIT_PAGE = layout("tracker")["overview"].name, layout("tracker")["unit_page"].name
SECTIONS = layout("tracker").settings["overview"]["sections"]


def refreshed(book: xw.Book, view: TrackerView, journal: Journal | None = None) -> None:
    sheet = book.sheets[OVERVIEW]
    refresh_overview(sheet, formulas_of(used_cells(sheet)), recorded_tracker(view), journal or journal_on(sheet))


def unit_page(book: xw.Book, recorded: RecordingWorkbook) -> None:
    sheet = book.sheets[UNIT_PAGE]
    refresh_unit_page(sheet, formulas_of(used_cells(sheet)), recorded, journal_on(sheet))


def first_column(book: xw.Book) -> list[Any]:
    sheet = book.sheets[OVERVIEW]
    return [row[0] for row in sheet.range((1, 1), (sheet.used_range.last_cell.row, 2)).value]


def months(book: xw.Book) -> list[str]:
    """The lines of the section of months."""
    column = first_column(book)
    start = column.index(SECTIONS["cycles"]) + 2
    return [str(text) for text in column[start : column.index(None, start)]]


def typed(book: xw.Book) -> list[list[str]]:
    sheet = book.sheets[OVERVIEW]
    return [list(row) for row in sheet.range((1, 1), sheet.used_range.last_cell).formula]


def test_the_same_view_changes_nothing(opened: Callable[..., xw.Book], views: Views):
    book = opened(views.december)
    before = state(book)
    refreshed(book, views.december)
    assert state(book) == before


def test_a_new_month_gets_a_line_and_the_sections_below_move_down(opened: Callable[..., xw.Book], views: Views):
    book = opened(views.answered)
    before, old = months(book), first_column(book)
    refreshed(book, views.december)
    assert len(months(book)) == len(before) + 1
    assert "2026-12" in months(book)
    moved = {title: first_column(book).index(title) - old.index(title) for title in SECTIONS.values()}
    assert moved[SECTIONS["cycles"]] == 0
    assert max(moved.values()) >= 1


@pytest.mark.parametrize(("shown", "wanted"), [("answered", "december"), ("december", "answered")])
def test_in_the_end_it_reads_as_if_it_had_been_written_so(
    opened: Callable[..., xw.Book], views: Views, shown: str, wanted: str
):
    book = opened(getattr(views, shown))
    refreshed(book, getattr(views, wanted))
    found = typed(book)
    book.close()
    expected = typed(opened(getattr(views, wanted)))
    for row, other in zip(found, expected, strict=False):
        plain = [[text.replace("'", "").replace(" ", "").upper() for text in each] for each in (row, other)]
        assert plain[0] == plain[1]
    assert all(not any(row) for row in found[len(expected) :])


def test_charts_show_the_month_that_came(opened: Callable[..., xw.Book], views: Views):
    book = opened(views.answered)
    last = first_column(book).index(SECTIONS["cycles"]) + 2 + len(months(book))
    refreshed(book, views.december)
    series = [each for chart in book.sheets[OVERVIEW].impl.page.charts for each in chart]
    assert any(f"${last}," in each for each in series), series


def test_a_day_that_the_office_typed_stays(opened: Callable[..., xw.Book], views: Views):
    book = opened(views.answered)
    as_of = book.names[name_of("as_of")].refers_to_range
    as_of.value = datetime(2026, 12, 24)
    refreshed(book, views.december)
    assert book.names[name_of("as_of")].refers_to_range.value == datetime(2026, 12, 24)


def test_what_somebody_wrote_into_a_figure_is_written_over(opened: Callable[..., xw.Book], views: Views):
    book = opened(views.answered)
    row = first_column(book).index(SECTIONS["cycles"]) + 3
    formula = book.sheets[OVERVIEW].range((row, 2)).formula
    book.sheets[OVERVIEW].range((row, 2)).value = 12345
    refreshed(book, views.answered)
    assert book.sheets[OVERVIEW].range((row, 2)).formula == formula


@pytest.mark.parametrize("damage", ["title", "first"])
def test_sections_that_are_not_where_they_were_put_make_it_unrecognised(
    opened: Callable[..., xw.Book], views: Views, damage: str
):
    book = opened(views.answered)
    sheet = book.sheets[OVERVIEW]
    if damage == "title":
        sheet.range((first_column(book).index(SECTIONS["cycles"]) + 1, 1)).value = "我的标题"
    else:
        sheet.range("3:3").insert("down")
    before = state(book)
    with pytest.raises(UnrecognisedSheet, match=OVERVIEW):
        refreshed(book, views.december)
    assert state(book) == before


def test_it_is_taken_back(opened: Callable[..., xw.Book], views: Views):
    book = opened(views.answered)
    before, journal = state(book), journal_on(book.sheets[OVERVIEW])
    refreshed(book, views.december, journal)
    assert state(book) != before
    journal.roll_back()
    assert state(book) == before


# --- 单位情况 -----------------------------------------------------------------------------------


def test_the_chosen_unit_stays_and_figures_are_written_anew(opened: Callable[..., xw.Book], views: Views):
    book = opened(views.answered)
    recorded = recorded_tracker(views.answered)
    chosen = book.names[name_of("chosen_unit")].refers_to_range
    before = state(book)
    unit_page(book, recorded)
    assert state(book) == before
    chosen.value = "金湖街道"
    cell = book.sheets[UNIT_PAGE].used_range.last_cell
    figure = book.sheets[UNIT_PAGE].range((cell.row, 2))
    formula, figure.value = figure.formula, 999
    unit_page(book, recorded)
    assert (chosen.value, figure.formula) == ("金湖街道", formula)


def test_a_unit_page_without_its_headings_is_unrecognised(opened: Callable[..., xw.Book], views: Views):
    book = opened(views.answered)
    book.sheets[UNIT_PAGE].range("1:1").insert("down")
    with pytest.raises(UnrecognisedSheet, match=UNIT_PAGE):
        unit_page(book, recorded_tracker(views.answered))
