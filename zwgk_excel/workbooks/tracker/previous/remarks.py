"""Reads 整改情况 (考核评分) and the inputs on 整改台账; columns are found by heading, in any order and on any row."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from zwgk_excel.domain.problems import CellRef, Problem, problem
from zwgk_excel.domain.text import clean, clean_paragraph
from zwgk_excel.layout.columns import Column, SheetLayout, layout
from zwgk_excel.workbooks.excel import address
from zwgk_excel.workbooks.opening.open_book import CellValue
from zwgk_excel.workbooks.reading.cell_reader import as_text
from zwgk_excel.workbooks.reading.table_reader import LocatedTable, find_table, is_visible, read_row
from zwgk_excel.workbooks.tracker.rows.row_keys import GridSource, unique_keys
from zwgk_excel.workbooks.tracker.rows.score_rows import SCORE_KEY, STEP_KEY
from zwgk_excel.workbooks.tracker.rows.view import RectificationInput


def read_remarks(book: GridSource) -> dict[str, str]:
    """Row key → 整改情况, including those on the sheet of removed values."""
    sheet = layout("tracker")["scores"]
    found = dict(_set_aside(book, sheet.heading("remark")))
    table = _table(book, sheet)
    if table is None or table.missing([sheet[key] for key in (*SCORE_KEY, "remark")]):
        return found
    for row, key in _keys(table, SCORE_KEY):
        if text := clean_paragraph(as_text(table.grid.value(row, table.positions["remark"]))):
            found[key] = text
    return found


def read_rectification_inputs(book: GridSource, name: str) -> tuple[dict[str, RectificationInput], list[Problem]]:
    """(Row key → 整改措施 and 销号日期, problems); ``name`` is the file's."""
    sheet = layout("tracker")["rectifications"]
    table = _table(book, sheet)
    aside = CellRef(name, layout("tracker")["removed"].name)
    found = {key: RectificationInput(0, text, None, aside) for key, text in _set_aside(book, sheet.heading("measures"))}
    if table is None or table.missing([sheet[key] for key in STEP_KEY]):
        return found, []
    problems: list[Problem] = []
    for number, key in _keys(table, STEP_KEY):
        entry, wrong = _entry(table, number, key, name)
        problems += wrong
        found[key] = entry
    return found, problems


def _entry(table: LocatedTable, number: int, key: str, name: str) -> tuple[RectificationInput, list[Problem]]:
    columns = [column for column in table.sheet if column.office]
    row = read_row(table, number, columns, name, by=date.max)
    unread = row.unread | {column.key for column in table.missing(columns)}
    wrong = [_wrong(table, number, column, key, name) for column in columns if column.key in row.unread]
    place = CellRef(name, table.grid.sheet, address(number, table.positions.get("closed_on", 0)))
    serial = key.partition("/")[0]
    which = int(serial) if serial.isascii() and serial.isdecimal() else 0
    return RectificationInput(which, row.values["measures"], row.values["closed_on"], place, frozenset(unread)), wrong


def _wrong(table: LocatedTable, number: int, column: Column, key: str, name: str) -> Problem:
    cell = number, table.positions[column.key]
    place = CellRef(name, table.grid.sheet, address(*cell))
    value = as_text(table.grid.value(*cell)) or table.grid.errors.get(cell, "")
    expected = layout("tracker").settings["texts"]["date_expected"]
    what = f"{key} 的{column.heading}“{value}”"
    return problem("office_cell_form", place, obligation=key, what=what, expected_value=expected)


def _table(book: GridSource, sheet: SheetLayout) -> LocatedTable | None:
    grid = book.grid(sheet.name)
    return find_table(grid, sheet) if grid else None


def _keys(table: LocatedTable, key: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    """The rows (from 0) that have a row key, with it."""
    rows = range(table.header + 1, len(table.grid.rows))
    texts = [[as_text(table.grid.value(row, table.positions[each])) for each in key] for row in rows]
    return ((row, name) for row, name in zip(rows, unique_keys(texts), strict=True) if name)


def _set_aside(book: GridSource, heading: str) -> Iterator[tuple[str, str]]:
    """The remarks on the sheet of removed values."""
    sheet = layout("tracker")["removed"]
    table = _table(book, sheet)
    if table is None or table.missing(sheet):
        return
    for row in range(table.header + 1, len(table.grid.rows)):
        cells: dict[str, CellValue] = {key: table.grid.value(row, place) for key, place in table.positions.items()}
        if clean(as_text(cells["column"])) == heading and is_visible(cells["value"]):
            yield clean(as_text(cells["obligation"])), as_text(cells["value"])
