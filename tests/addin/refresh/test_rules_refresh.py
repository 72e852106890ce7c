"""Conditional formats and validations reach every row of a table; the office's own are left alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import xlwings as xw

from tests.addin.refresh.conftest import Views
from tests.addin.sheets import state
from zwgk_excel.addin.refresh.row_writer import TableArea
from zwgk_excel.addin.refresh.rules_refresh import refresh_rules, select_again
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.tracker.recording_workbook import RecordedSheet
from zwgk_excel.workbooks.tracker.tracker_workbook import recorded_tracker

SHAPE = layout("tracker")["tracking"]
TIMELINESS, EXTENDED = SHAPE.index("timeliness") + 1, SHAPE.index("extended_to") + 1
MINE = '=$A4="我的"'


@pytest.fixture
def book(opened: Callable[..., xw.Book], views: Views) -> xw.Book:
    return opened(views.answered)


@pytest.fixture
def recorded(views: Views) -> RecordedSheet:
    return recorded_tracker(views.answered).sheets[SHAPE.name]


def area_of(book: xw.Book) -> TableArea:
    last = book.sheets[SHAPE.name].tables[SHAPE.table].range.last_cell.row
    return TableArea(3, 4, last, tuple(range(1, len(SHAPE.columns) + 1)))


def refreshed(book: xw.Book, recorded: RecordedSheet, *, rows_change: bool) -> None:
    refresh_rules(book.sheets[SHAPE.name], recorded, area_of(book), rows_change=rows_change)


def rules_at(book: xw.Book, row: int, column: int = TIMELINESS) -> set[str]:
    return {
        str(rule.formula or rule.formula1) for rule in book.sheets[SHAPE.name].range((row, column)).conditional_formats
    }


@pytest.mark.parametrize("rows_change", [True, False])
def test_what_is_right_is_left_as_it_is(book: xw.Book, recorded: RecordedSheet, rows_change: bool):
    before = state(book)
    refreshed(book, recorded, rows_change=rows_change)
    assert state(book) == before


def test_rules_that_somebody_cleared_come_back_for_all_rows(book: xw.Book, recorded: RecordedSheet):
    last, wanted = area_of(book).last, rules_at(book, 4)
    sheet = book.sheets[SHAPE.name]
    sheet.range((4, TIMELINESS), (last, TIMELINESS)).conditional_formats.clear()
    refreshed(book, recorded, rows_change=False)
    assert rules_at(book, 4) == rules_at(book, last)
    assert len(rules_at(book, 4)) == len(wanted) > 0


def test_a_new_last_row_is_reached_again(book: xw.Book, recorded: RecordedSheet):
    """Not every program lets rules grow at the edge of their cells."""
    last = area_of(book).last
    sheet = book.sheets[SHAPE.name]
    sheet.range((last, 1), (last, len(SHAPE.columns))).conditional_formats.clear()
    assert rules_at(book, last) == set()
    refreshed(book, recorded, rows_change=True)
    assert rules_at(book, last) == rules_at(book, 4) != set()


def test_rules_of_the_office_stay(book: xw.Book, recorded: RecordedSheet):
    sheet = book.sheets[SHAPE.name]
    sheet.range((4, TIMELINESS), (area_of(book).last, TIMELINESS)).conditional_formats.clear()
    sheet.range((4, TIMELINESS), (9, TIMELINESS)).conditional_formats.add_custom(MINE, fill_color="#123456")
    refreshed(book, recorded, rows_change=True)
    assert MINE in rules_at(book, 5)
    assert MINE not in rules_at(book, 10)
    assert len(rules_at(book, 5)) == len(rules_at(book, 10)) + 1


def test_rules_are_laid_once_however_often_they_are_refreshed(book: xw.Book, recorded: RecordedSheet):
    sheet = book.sheets[SHAPE.name]
    count = len(sheet.impl.page.rules)
    for _ in range(3):
        sheet.range((4, TIMELINESS), (4, TIMELINESS)).conditional_formats.clear()
        refreshed(book, recorded, rows_change=True)
    assert len(sheet.impl.page.rules) == count


def test_formulas_of_rules_speak_of_the_columns_and_the_first_row_that_there_are(
    book: xw.Book, recorded: RecordedSheet
):
    sheet = book.sheets[SHAPE.name]
    sheet.range("A:A").insert("right")
    sheet.range("1:2").insert("down")
    for each in list(sheet.range((6, TIMELINESS + 1)).conditional_formats):
        each.delete()
    last = sheet.tables[SHAPE.table].range.last_cell.row
    moved = TableArea(5, 6, last, tuple(range(2, len(SHAPE.columns) + 2)))
    refresh_rules(sheet, recorded, moved, rows_change=True)
    found = [str(rule.formula) for rule in sheet.range((6, TIMELINESS + 1)).conditional_formats if rule.formula]
    assert found
    assert all("6" in formula and "4" not in formula.split('"')[0] for formula in found), found


def test_validations_come_back_with_their_words(book: xw.Book, recorded: RecordedSheet):
    cells = book.sheets[SHAPE.name].range((4, EXTENDED), (area_of(book).last, EXTENDED))
    cells.data_validation.delete()
    refreshed(book, recorded, rows_change=False)
    assert cells.data_validation.type == "date"
    (options,) = [each.options for each in book.sheets[SHAPE.name].impl.page.validations if each.options]
    assert options["operator"] == "between"
    assert options["InputMessage"]


def test_the_selection_of_a_sheet_stays_while_rules_are_laid(book: xw.Book, recorded: RecordedSheet):
    sheet = book.sheets[SHAPE.name]
    sheet.range("B7:C8").select()
    sheet.range((4, TIMELINESS), (6, TIMELINESS)).conditional_formats.clear()
    sheet.visible = False
    refreshed(book, recorded, rows_change=True)
    assert (book.selection and book.selection.address, sheet.visible) == ("$B$7:$C$8", False)


def test_cells_that_cannot_be_selected_are_no_error():
    class Gone:
        def select(self) -> None:
            raise RuntimeError("0x800A03EC")

    select_again(Gone())
    select_again(None)
