"""What the office added beside the tables stays with its row; of rows that go it is kept apart, and comes back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import xlwings as xw

from tests.addin.refresh.conftest import Views
from tests.addin.sheets import journal_on, sheet_of
from zwgk_excel.addin.refresh.journal import Journal
from zwgk_excel.addin.refresh.live_book import OpenSheets, read_grid
from zwgk_excel.addin.refresh.office_columns import AddedColumns, fill_new_rows, removed_values_of
from zwgk_excel.addin.refresh.table_refresh import TableRefresh
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.tracker.rows.row_values import RowValues
from zwgk_excel.workbooks.tracker.rows.view import TrackerView
from zwgk_excel.workbooks.tracker.tracker_workbook import recorded_tracker

SHAPE = layout("tracker")["tracking"]
REMOVED = layout("tracker")["removed"]
LEFT = len(SHAPE.columns) + 1
NOTE, SUM = "我的列", "剩余加一"
DECEMBER = "D02/市财政局/2026-12"


def decorated(book: xw.Book) -> xw.Sheet:
    """A column of notes, a column of formulas, and a comment, on the first row."""
    sheet = book.sheets[SHAPE.name]
    table = sheet.tables[SHAPE.table]
    last = table.range.last_cell.row
    table.resize(sheet.range((3, 1), (last, LEFT + 1)))
    sheet.range((3, LEFT), (3, LEFT + 1)).value = [NOTE, SUM]
    sheet.range((4, LEFT)).value = "电话问过"
    sheet.range((4, LEFT + 1), (last, LEFT + 1)).formula = [[f"=N(N{row})+1"] for row in range(4, last + 1)]
    sheet.impl.page.cell(4, 2).note = "张科长说缓几天"
    return sheet


def table_of(sheet: xw.Sheet, view: TrackerView, journal: Journal | None = None) -> TableRefresh:
    page = recorded_tracker(view).sheets[SHAPE.name]
    return TableRefresh(OpenSheets(sheet.book), SHAPE, page, journal or journal_on(sheet))


def key_at(sheet: xw.Sheet, row: int) -> str:
    cells = read_grid(sheet).rows[row - 1]
    return "/".join(str(cells[SHAPE.index(key)]) for key in ("duty", "unit", "reference"))


def added_row(sheet: xw.Sheet, key: str) -> list[Any]:
    """What stands in the office's two columns of a row, formulas as typed."""
    row = next(n for n in range(4, len(read_grid(sheet).rows) + 1) if key_at(sheet, n) == key)
    return [sheet.range((row, LEFT)).value, str(sheet.range((row, LEFT + 1)).formula).replace(str(row), "#")]


@pytest.fixture
def december(opened: Callable[..., xw.Book], views: Views) -> xw.Sheet:
    """The tracker with two months, the newer one first."""
    return decorated(opened(views.december))


def test_added_columns_are_found_by_their_headings(december: xw.Sheet, views: Views):
    added = AddedColumns.read(table_of(december, views.december))
    assert added.columns == {NOTE: LEFT, SUM: LEFT + 1}
    assert list(added.fills) == [LEFT + 1], "one formula for all rows"
    assert added.removed == []


def test_a_column_of_different_formulas_is_not_filled_down(december: xw.Sheet, views: Views):
    december.range((6, LEFT + 1)).formula = "=1+1"
    assert AddedColumns.read(table_of(december, views.december)).fills == {}


def test_what_stands_in_rows_that_go_is_kept_with_their_comments(december: xw.Sheet, views: Views):
    key = key_at(december, 4)
    found = AddedColumns.read(table_of(december, views.silent)).removed
    assert {"obligation": key, "column": NOTE, "value": "电话问过"} in found
    comment = layout("tracker").settings["texts"]["comment"]
    assert {"obligation": key, "column": comment, "value": "张科长说缓几天"} in found
    assert len(found) == 2


def test_new_rows_get_the_columns_formula_and_what_was_kept_for_them(opened: Callable[..., xw.Book], views: Views):
    sheet = decorated(opened(views.silent))
    journal = journal_on(sheet)
    table = table_of(sheet, views.december, journal)
    added = AddedColumns.read(table)
    table.apply()
    kept: list[RowValues] = [
        {"obligation": DECEMBER, "column": NOTE, "value": "上次问过"},
        {"obligation": DECEMBER, "column": "没有的列", "value": "留着"},
        {"obligation": "D99/市教育局/2026-12", "column": NOTE, "value": "也留着"},
    ]
    assert fill_new_rows(added, kept, journal) == kept[:1]
    assert added_row(sheet, DECEMBER) == ["上次问过", "=N(N#)+1"]
    assert added_row(sheet, "D01/市政府办/2026-12") == [None, "=N(N#)+1"]


def test_a_row_that_was_there_keeps_what_the_office_typed(opened: Callable[..., xw.Book], views: Views):
    sheet = decorated(opened(views.silent))
    journal = journal_on(sheet)
    key = key_at(sheet, 4)
    table = table_of(sheet, views.december, journal)
    added = AddedColumns.read(table)
    table.apply()
    fill_new_rows(added, [], journal)
    assert added_row(sheet, key) == ["电话问过", "=N(N#)+1"]


def test_the_sheet_of_removed_values_is_read_by_its_headings(opened: Callable[..., xw.Book]):
    headings = [column.heading for column in REMOVED]
    rows: list[list[Any]] = [headings, [DECEMBER, NOTE, 3], [None, "没有任务", "x"]]
    grid = read_grid(sheet_of(rows, name=REMOVED.name))
    assert removed_values_of(grid) == [{"obligation": DECEMBER, "column": NOTE, "value": 3}]
    assert removed_values_of(read_grid(sheet_of([["别的", "表头"], ["x", "y"]], name="x"))) == []
