"""Writes 整改台账: candidates and rectifications, with the office's measures and closing days."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zwgk_excel.layout.columns import Column, ColumnKind, layout
from zwgk_excel.workbooks.excel import column_letters
from zwgk_excel.workbooks.tracker.rows.formulas import MENDED, name_of, quoted, rectification_name
from zwgk_excel.workbooks.tracker.rows.row_values import RowValues
from zwgk_excel.workbooks.tracker.rows.score_rows import rectification_rows
from zwgk_excel.workbooks.tracker.rows.view import TrackerView
from zwgk_excel.workbooks.tracker.sheets.office_cells import input_format, validate_office_columns
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
)
from zwgk_excel.workbooks.writing.formats import DATE, Formats

_FROZEN = 3
_LOOKS = {"due": "amber", "mending": "yellow", "overdue": "red", "closed": "green", "withdrawn": "grey"}


def write_rectifications(book: Any, formats: Formats, view: TrackerView) -> None:
    """Add the rectification ledger to an ``xlsxwriter`` workbook, with names for the columns used on 单位情况."""
    sheet, rows = layout("tracker")["rectifications"], rectification_rows(view)
    page = open_page(book, formats, sheet, view.office, frozen=_FROZEN)
    for position, column in enumerate(sheet):
        page.sheet.set_column(position, position, column.width)
    fit_columns(page, sheet, len(rows))
    heads = [formats.input_head if column.office else formats.head for column in sheet]
    add_table(page, sheet.table, [column.heading for column in sheet], heads, len(rows))
    for row, values in enumerate(rows or [{}], FIRST_ROW):
        fit_row(page, sheet, row, values)
        _write_row(page, row, values)
    validate_office_columns(page, sheet, len(rows))
    _colour(page, len(rows))
    for key in MENDED:
        book.define_name(
            rectification_name(key), f"='{sheet.name}'!{area(column_letters(sheet.index(key)), len(rows))}"
        )


def _write_row(page: SheetWriter, row: int, values: RowValues) -> None:
    sheet = layout("tracker")["rectifications"]
    cells = {column.key: f"${column_letters(place)}{row + 1}" for place, column in enumerate(sheet)}
    withdrawn = layout("tracker").settings["rectifications"]["withdrawn"]
    for place, column in enumerate(sheet):
        value, form = values.get(column.key), _format(page, column)
        if column.key == "state" and values and value != withdrawn:
            page.sheet.write_formula(row, place, state_formula(cells), form, excel_value(value))
        else:
            put(page, row, place, value, form)


def state_formula(cells: Mapping[str, str]) -> str:
    """The formula of 状态 for a row that is not withdrawn.

    It gives what :func:`zwgk_excel.workbooks.tracker.rows.score_rows.state_of` gives.
    """
    spoken = {key: quoted(text) for key, text in layout("tracker").settings["rectifications"].items()}
    overdue = f"AND(N({cells['mend_by']})>0,INT({name_of('as_of')})>N({cells['mend_by']}))"
    being = f"IF({overdue},{spoken['overdue']},{spoken['mending']})"
    open_ = f"IF(N({cells['raised_on']})=0,{spoken['due']},{being})"
    return f"=IF(N({cells['closed_on']})>0,{spoken['closed']},{open_})"


def _format(page: SheetWriter, column: Column) -> Any:
    if column.office:
        return input_format(page.formats, column)
    if column.kind is ColumnKind.NUMBER:
        return page.formats.named("centre", num_format="General")
    if column.kind is ColumnKind.DATE:
        return page.formats.named("centre", num_format=DATE)
    wrap = column.kind is ColumnKind.PARAGRAPH
    code = {"num_format": "General", "align": "center"} if column.key == "state" else {}
    return page.formats.named("text", text_wrap=wrap, **code)


def _colour(page: SheetWriter, count: int) -> None:
    letters = column_letters(layout("tracker")["rectifications"].index("state"))
    for key, colour in _LOOKS.items():
        spoken = layout("tracker").settings["rectifications"][key]
        criterion = f"=${letters}{FIRST_ROW + 1}={quoted(spoken)}"
        options = {"type": "formula", "criteria": criterion, "format": page.formats.named(colour)}
        page.sheet.conditional_format(area(letters, count), options)
