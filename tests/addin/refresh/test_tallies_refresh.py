"""The tallies on the hidden sheet of the open tracker: what the writer would write, also where there was none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import xlwings as xw

from tests.addin.refresh.conftest import Views
from tests.addin.sheets import journal_on, state
from zwgk_excel.addin.host.excel import Excel
from zwgk_excel.addin.host.session import Session
from zwgk_excel.addin.refresh.journal import Journal
from zwgk_excel.addin.refresh.live_book import formulas_of, used_cells
from zwgk_excel.addin.refresh.tallies_refresh import refresh_tallies
from zwgk_excel.addin.refresh.tracker_refresh import refresh_tracker
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.tracker.rows.formulas import TALLIES, tally_name
from zwgk_excel.workbooks.tracker.rows.view import TrackerView
from zwgk_excel.workbooks.tracker.tracker_workbook import recorded_tracker

IDENTITY = layout("tracker")["identity"].name


def refreshed(book: xw.Book, view: TrackerView) -> Journal:
    sheet = book.sheets[IDENTITY]
    journal = journal_on(sheet)
    refresh_tallies(sheet, recorded_tracker(view), formulas_of(used_cells(sheet)), journal)
    return journal


def shown(book: xw.Book) -> tuple[list[Any], dict[str, Any]]:
    """The filled lines of the hidden sheet as typed, and what the names of the tallies mean."""
    cells = [list(row) for row in book.sheets[IDENTITY].used_range.formula]
    names = {key: book.names[tally_name(key)].refers_to for key in TALLIES}
    return [row for row in cells if any(row)], names


def test_the_same_view_changes_nothing(opened: Callable[..., xw.Book], views: Views):
    book = opened(views.answered)
    before = state(book)
    refreshed(book, views.answered)
    assert state(book) == before


def test_lines_come_and_go_with_the_rows(opened: Callable[..., xw.Book], views: Views):
    book = opened(views.december)
    more = shown(book)
    book.close()
    book = opened(views.answered)
    fewer = shown(book)
    assert len(fewer[0]) < len(more[0])
    refreshed(book, views.december)
    assert (shown(book)[0][3:], shown(book)[1]) == (more[0][3:], more[1])
    refreshed(book, views.answered)
    assert (shown(book)[0][3:], shown(book)[1]) == (fewer[0][3:], fewer[1])


def test_lines_that_somebody_typed_between_the_rows_get_tallies_too(opened: Callable[..., xw.Book], views: Views):
    book = opened(views.answered)
    before = len(shown(book)[0])
    page = book.sheets[layout("tracker")["tracking"].name]
    for _ in range(2):
        page.range("6:6").insert("down")
        page.range("D6").value = "以下为重点任务"
    refresh_tracker(Session(Excel(book.app, book)), book, views.answered)
    assert len(shown(book)[0]) == before + 2


def test_a_tracker_of_an_earlier_version_gets_it(opened: Callable[..., xw.Book], views: Views):
    book = opened(views.answered)
    before = shown(book)
    book.sheets[IDENTITY].range("D1:Z9999").clear_contents()
    for key in TALLIES:
        book.names[tally_name(key)].delete()
    bare = state(book)
    journal = refreshed(book, views.answered)
    assert shown(book) == before
    journal.roll_back()
    assert state(book) == bare
