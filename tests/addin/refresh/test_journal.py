"""Whatever a journal did to a workbook, it takes back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import xlwings as xw
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.addin.grid import GridApp, register
from tests.addin.sheets import journal_on, rows_of, sheet_of, state
from tests.examples import examples
from zwgk_excel.addin.refresh.journal import FROM_ABOVE, FROM_BELOW, Journal

ROWS = [["编号", "单位", "合计"], ["D01", "市教育局", "=A2"], ["D02", "市财政局", "=A3"], ["D03", "市司法局", "=A4"]]


def made() -> xw.Sheet:
    """A table, a name over its first column, a rule, and a sheet that speaks of it."""
    sheet = sheet_of(ROWS, table="t_a")
    book = sheet.book
    book.names.add("编号", "='台账'!$A$2:$A$4")
    sheet.range("B2:B4").conditional_formats.add_custom('=$B2="市财政局"', fill_color="#FF0000")
    sheet.range("B2:B4").data_validation.set_list(["市教育局", "市财政局"])
    other = book.sheets.add("其他", after=sheet)
    other.range("A1").value = "=SUM(台账!$A$1:$A$5)"
    other.impl.page.charts.append(["=SERIES(,台账!$A$1:$A$5,台账!$C$1:$C$5,1)"])
    return sheet


def _series(journal: Journal, sheet: xw.Sheet) -> None:
    series = sheet.book.sheets["其他"].charts[0].api[1].SeriesCollection(1)
    journal.series(series, series.Formula.replace("$5", "$3"))


def _table(sheet: xw.Sheet) -> tuple[Any, str]:
    table = sheet.tables["t_a"]
    return table, table.range.address


CHANGES: dict[str, Callable[[Journal, xw.Sheet], Any]] = {
    "write": lambda journal, sheet: journal.write(sheet.range("A2:B3"), [["x", 1], [None, "=B1"]]),
    "write over a link": lambda journal, sheet: journal.write(sheet.range("B2"), [["x"]]),
    "link": lambda journal, sheet: journal.link(sheet.range("B2"), "收件箱/表.xlsx", "表"),
    "clear": lambda journal, sheet: journal.clear(sheet.range("A2:C3")),
    "number format": lambda journal, sheet: journal.format(sheet.range("B2:B3"), "number_format", "@"),
    "color": lambda journal, sheet: journal.format(sheet.range("B2"), "color", (255, 0, 0)),
    "rows inside": lambda journal, sheet: journal.insert_rows(sheet, 3, 2, FROM_ABOVE),
    "rows before the first": lambda journal, sheet: journal.insert_rows(sheet, 2, 1, FROM_BELOW),
    "a column": lambda journal, sheet: journal.insert_column(sheet, 2, FROM_BELOW),
    "the first row goes": lambda journal, sheet: journal.delete_rows(sheet, 2, 2, FROM_BELOW),
    "a row inside goes": lambda journal, sheet: journal.delete_rows(sheet, 3, 3, FROM_ABOVE),
    "the last rows go": lambda journal, sheet: journal.delete_rows(sheet, 3, 4, FROM_ABOVE),
    "table": lambda journal, sheet: journal.resize(sheet, *_table(sheet), "$A$1:$C$3"),
    "name": lambda journal, sheet: journal.name("编号", "='台账'!$A$2:$A$3"),
    "new name": lambda journal, sheet: journal.name("单位", "='台账'!$B$2:$B$4"),
    "series": _series,
    "sheet": lambda journal, sheet: journal.add_sheet(sheet.book, "移出台账的内容", sheet),
}


@pytest.mark.parametrize("change", CHANGES)
def test_each_change_is_taken_back(grid: GridApp, change: str):
    sheet = made()
    journal = journal_on(sheet)
    before = state(sheet.book)
    CHANGES[change](journal, sheet)
    assert state(sheet.book) != before
    journal.roll_back()
    assert state(sheet.book) == before


@settings(deadline=None, max_examples=examples(60))
@given(st.lists(st.sampled_from(sorted(CHANGES)), unique=True, max_size=8))
def test_any_sequence_is_taken_back(changes: list[str]):
    """As a refresh does it: rows come, then they go, once, then the cells that there are get their looks and values."""
    come = [change for change in changes if change.startswith(("rows", "a column"))]
    gone = [change for change in changes if " go" in change]
    changes = come + gone[:1] + [change for change in changes if change not in come + gone]
    register()
    sheet = made()
    journal = journal_on(sheet)
    before = state(sheet.book)
    for change in changes:
        CHANGES[change](journal, sheet)
    journal.roll_back()
    assert state(sheet.book) == before


def test_what_is_the_same_already_is_not_touched(grid: GridApp):
    sheet = made()
    journal = journal_on(sheet)
    before = state(sheet.book)
    journal.format(sheet.range("A1"), "number_format", "General")
    journal.resize(sheet, sheet.tables["t_a"], "$A$1:$C$4", "$A$1:$C$4")
    journal.name("编号", "=台账!$A$2:$A$4")
    assert state(sheet.book) == before
    sheet.range("A1").number_format = "@"
    journal.roll_back()
    assert sheet.range("A1").number_format == "@", "the office did this, not the journal"


def test_new_rows_look_like_their_neighbours(grid: GridApp):
    sheet = made()
    journal = journal_on(sheet)
    sheet.range("B2").number_format = "@"
    journal.insert_rows(sheet, 2, 1, FROM_BELOW)
    journal.insert_rows(sheet, 4, 1, FROM_ABOVE)
    assert [sheet.range((row, 2)).number_format for row in (2, 3, 4, 5)] == ["@", "@", "@", "General"]
    assert rows_of(sheet, "A1:A6") == [["编号"], [""], ["D01"], [""], ["D02"], ["D03"]]
    assert sheet.range("C3").formula == "=A3"
