"""Writes 待处理: a row for everything that waits for the office, with the choices of each."""

from __future__ import annotations

from typing import Any

from zwgk_excel.domain.text import shown_in_a_name
from zwgk_excel.layout.columns import Column, layout
from zwgk_excel.workbooks.excel import column_letters
from zwgk_excel.workbooks.tracker.rows.row_values import FileLink, RowValues
from zwgk_excel.workbooks.tracker.rows.tray_rows import MOST, tray_choices, tray_rows
from zwgk_excel.workbooks.tracker.rows.view import TrackerView
from zwgk_excel.workbooks.tracker.sheets.office_cells import choice_prompt, input_format, validate_office_columns
from zwgk_excel.workbooks.tracker.sheets.page import (
    FIRST_ROW,
    SheetWriter,
    add_table,
    area,
    file_url,
    fit_columns,
    fit_row,
    open_page,
    put,
)
from zwgk_excel.workbooks.writing.formats import Formats
from zwgk_excel.workbooks.writing.style import cell_text

_FROZEN = 2


def write_in_tray(book: Any, formats: Formats, view: TrackerView) -> None:
    """Add the in-tray to an ``xlsxwriter`` workbook."""
    sheet, rows = layout("tracker")["in_tray"], tray_rows(view)
    left = len(view.tray) - MOST
    more = layout("tracker").settings["texts"]["rows_left"].format(shown=MOST, left=left) if left > 0 else ""
    page = open_page(book, formats, sheet, view.office, frozen=_FROZEN, more=more)
    for position, column in enumerate(sheet):
        page.sheet.set_column(position, position, column.width)
    fit_columns(page, sheet, len(rows))
    heads = [formats.input_head if column.office else formats.head for column in sheet]
    add_table(page, sheet.table, [column.heading for column in sheet], heads, len(rows))
    for row, values in enumerate(rows, FIRST_ROW):
        fit_row(page, sheet, row, values)
        _write_row(page, row, values)
    validate_office_columns(page, sheet, len(rows), but=["choice"])
    place = sheet.index("choice")
    for row, choices in enumerate(tray_choices(view), FIRST_ROW):
        rule = {"validate": "list", "source": choices}
        page.sheet.data_validation(row, place, row, place, {**rule, **choice_prompt(sheet["choice"])})
    _colour(page, len(rows))


def _write_row(page: SheetWriter, row: int, values: RowValues) -> None:
    for place, column in enumerate(layout("tracker")["in_tray"]):
        value, form = values.get(column.key), _format(page, column)
        if isinstance(value, FileLink):
            _write_link(page, row, place, value)
        else:
            put(page, row, place, value, form)


def _write_link(page: SheetWriter, row: int, place: int, link: FileLink) -> None:
    """A link as a formula: rows come and go here, and of a row that comes back a link of another kind would be lost."""
    url = file_url(link)
    if formula := url.formula if url else "":
        form = page.formats.link
        page.sheet.write_formula(row, place, formula, form, cell_text(shown_in_a_name(link.text)))
    else:
        put(page, row, place, shown_in_a_name(link.text), page.formats.text)


def _format(page: SheetWriter, column: Column) -> Any:
    return input_format(page.formats, column) if column.office else page.format_of(column)


def _colour(page: SheetWriter, count: int) -> None:
    """What was not carried out is red; what is chosen and not carried out yet is yellow."""
    sheet = layout("tracker")["in_tray"]
    letters = {key: column_letters(sheet.index(key)) for key in ("choice", "result")}
    told, chosen = (f"${letters[key]}{FIRST_ROW + 1}" for key in ("result", "choice"))
    for key, criterion, colour in (
        ("result", f'={told}<>""', "red"),
        ("choice", f'={told}<>""', "red"),
        ("choice", f'={chosen}<>""', "yellow"),
    ):
        options = {"type": "formula", "criteria": criterion, "format": page.formats.named(colour)}
        page.sheet.conditional_format(area(letters[key], count), options)
