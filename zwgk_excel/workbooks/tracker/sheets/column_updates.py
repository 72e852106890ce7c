"""Writes 栏目更新: what each unit published last in each of its columns, with live days and states."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zwgk_excel.domain.column_updates import UpdateState
from zwgk_excel.layout.columns import Column, ColumnKind, layout
from zwgk_excel.layout.words import word
from zwgk_excel.workbooks.excel import column_letters
from zwgk_excel.workbooks.tracker.rows.formulas import quoted, update_name
from zwgk_excel.workbooks.tracker.rows.row_values import RowValues
from zwgk_excel.workbooks.tracker.rows.update_rows import LIVE, update_formula, update_rows
from zwgk_excel.workbooks.tracker.rows.view import TrackerView
from zwgk_excel.workbooks.tracker.sheets.page import (
    FIRST_ROW,
    SheetWriter,
    add_table,
    area,
    excel_value,
    fit_columns,
    fit_row,
    open_page,
    put,
    tell_beside_title,
)
from zwgk_excel.workbooks.writing import style
from zwgk_excel.workbooks.writing.formats import Formats

_FROZEN = 3
_LOOKS: Mapping[UpdateState, tuple[str, str]] = {
    UpdateState.NEVER: ("red", style.BAD),
    UpdateState.STALE: ("red", style.BAD),
    UpdateState.SOON: ("yellow", style.WATCH),
    UpdateState.FRESH: ("green", style.GOOD),
    UpdateState.UNLIMITED: ("grey", style.OPTIONAL),
}
"""The colour of each state and the mark before its word, so that nothing depends on colour alone."""
_LEFT = '0;"超 "0;0;@'


def write_column_updates(book: Any, formats: Formats, view: TrackerView) -> None:
    """Add the sheet to an ``xlsxwriter`` workbook, with a name for the states, which 总览 counts."""
    sheet, rows = layout("tracker")["column_updates"], update_rows(view)
    page = open_page(book, formats, sheet, view.office, frozen=_FROZEN)
    if view.updates and not view.updates_confirmed:
        tell_beside_title(page, sheet, layout("tracker").settings["column_updates"]["sample"], style.RED_INK)
    for position, column in enumerate(sheet):
        page.sheet.set_column(position, position, column.width)
    fit_columns(page, sheet, len(rows))
    add_table(page, sheet.table, [column.heading for column in sheet], [formats.head] * len(sheet.columns), len(rows))
    for row, values in enumerate(rows or [{}], FIRST_ROW):
        fit_row(page, sheet, row, values)
        _write_row(page, row, values)
    state = area(column_letters(sheet.index("state")), len(rows))
    _colour(page, state)
    book.define_name(update_name("state"), f"='{sheet.name}'!{state}")


def _write_row(page: SheetWriter, row: int, values: RowValues) -> None:
    sheet = layout("tracker")["column_updates"]
    cells = {column.key: f"${column_letters(place)}{row + 1}" for place, column in enumerate(sheet)}
    for place, column in enumerate(sheet):
        value, form = values.get(column.key), _format(page, column)
        if column.key in LIVE and values:
            page.sheet.write_formula(row, place, update_formula(column.key, cells), form, excel_value(value))
        else:
            put(page, row, place, value, form)


def _format(page: SheetWriter, column: Column) -> Any:
    if column.key == "days_left":
        return page.formats.named("integer", num_format=_LEFT)
    if column.key == "state":
        # A formula in a cell of the text format turns into text the moment somebody edits it.
        return page.formats.named("text", text_wrap=False, align="center", num_format="General")
    if column.kind is ColumnKind.INTEGER:
        return page.formats.named("integer", num_format="0;-0;0;@")
    return page.format_of(column)


def _colour(page: SheetWriter, cells: str) -> None:
    first = cells.partition(":")[0].replace("$", "")
    for state, (colour, mark) in _LOOKS.items():
        criterion = f"=${first}={quoted(word('update_state', state))}"
        marked = page.formats.named(colour, num_format=f'"{mark} "@')
        page.sheet.conditional_format(cells, {"type": "formula", "criteria": criterion, "format": marked})
