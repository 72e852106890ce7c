"""Writes a table that the office edits: title, hint, headings, rows as text, and formatted blank rows below."""

from __future__ import annotations

import io
import math
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from zwgk_excel.layout.columns import Column, ColumnKind, SheetLayout, layout
from zwgk_excel.layout.seed import duty_rows, office_groups, unit_rows
from zwgk_excel.layout.words import words
from zwgk_excel.workbooks.excel import address, column_letters
from zwgk_excel.workbooks.writing import paper, style
from zwgk_excel.workbooks.writing.formats import BOOK_OPTIONS, Formats

_TITLE, _HINT, _HEAD, _FIRST = 0, 1, 2, 3
_CHECKED_BELOW = 200
"""Rows below the last one in which cells are still checked as they are typed; fewer are drawn ready."""

_LINE_HEIGHT, _ROW_PADDING, _HIGHEST_ROW = 16.5, 6.0, 409.0
"""In points; the last is Excel's own limit."""
_REPEATED = 2
"""Columns printed again on the page across, and frozen on the screen."""
_NARROW = 8
"""Columns narrower than this have their text centred."""
_LONGEST_MESSAGE = 255
"""Characters of an input message; Excel's own limit."""
_BORN = datetime(2000, 1, 1)
"""A creation time that does not change, so that equal tables are equal files."""
_MONTH_FORMULA = '=AND(LEN({0})=7,MID({0},5,1)="-",ISNUMBER(--LEFT({0},4)),--RIGHT({0},2)>=1,--RIGHT({0},2)<=12)'


Offers = Mapping[tuple[str, str], Sequence[str] | str]
"""(Key of a sheet, of a column) → the entries of its dropdown, or a formula for the cells that hold them."""


@dataclass(frozen=True, slots=True)
class _TableWriter:
    """Writes one sheet."""

    book: Any
    page: Any
    sheet: SheetLayout
    formats: Formats
    rows: Sequence[Mapping[str, str]]

    @property
    def last_drawn(self) -> int:
        """The last formatted row, from 0."""
        return _FIRST + len(self.rows) + self.sheet.blank_rows - 1

    @property
    def last_checked(self) -> int:
        """The last row with data validation, from 0."""
        return self.last_drawn + _CHECKED_BELOW

    @property
    def office_from(self) -> int:
        """The position of the first of the office's columns; 0 for a table without any."""
        return next((position for position, column in enumerate(self.sheet) if column.office), 0)


def duty_table_workbook() -> bytes:
    """The shipped duty table as a workbook for the office to edit; always the same bytes."""
    return table_workbook(layout("duty_table")["duties"], duty_rows(), more=[layout("task_table")["tasks"]])


def roster_workbook() -> bytes:
    """The shipped roster as a workbook for the office to edit; always the same bytes.

    The groups whose members only the office knows are offered in a dropdown; several may be typed. The sheet of
    officers for single duties is empty, and offers the units.
    """
    units, rows = layout("roster")["units"], unit_rows()
    last = _FIRST + len(rows) + units.blank_rows
    names = f"='{units.name}'!${column_letters(0)}${_FIRST + 1}:${column_letters(0)}${last}"
    offers = {("units", "groups"): office_groups(), ("officers", "name"): names}
    return table_workbook(units, rows, offers=offers, more=[layout("roster")["officers"]])


def table_workbook(
    sheet: SheetLayout,
    rows: Sequence[Mapping[str, str]],
    *,
    offers: Offers | None = None,
    more: Sequence[SheetLayout] = (),
    more_rows: Mapping[str, Sequence[Mapping[str, str]]] | None = None,
) -> bytes:
    """A workbook with one table: ``rows`` are column key → text; equal bytes for equal rows.

    ``offers`` are dropdowns beside whose entries any text is accepted. ``more`` are further sheets, with the rows that
    ``more_rows`` has for their keys.
    """
    # Slow to load, and most commands only read.
    from zwgk_excel.workbooks.writing.fast_book import StreamingWorkbook

    stream = io.BytesIO()
    with StreamingWorkbook(stream, dict(BOOK_OPTIONS)) as book:
        book.set_properties({"title": sheet.title, "created": _BORN})
        formats = Formats(book)
        _write_table(_TableWriter(book, book.add_worksheet(sheet.name), sheet, formats, rows), offers or {})
        for each in more:
            further = (more_rows or {}).get(each.key, ())
            _write_table(_TableWriter(book, book.add_worksheet(each.name), each, formats, further), offers or {})
    return stream.getvalue()


def _write_table(table: _TableWriter, offers: Offers) -> None:
    _write_head(table)
    _write_rows(table)
    for position, column in enumerate(table.sheet):
        _validate(table, position, column, offers.get((table.sheet.key, column.key), ()))
    _mark_missing(table)
    _set_page(table)


def _write_head(table: _TableWriter) -> None:
    page, formats = table.page, table.formats
    # Neither merged nor wrapped: they run over the empty cells to their right, whatever columns the office inserts.
    # They stand right of the columns that are printed again on the next page, which would show them cut off.
    start = _REPEATED if table.office_from else 0
    page.set_row(_TITLE, 30)
    page.write_string(_TITLE, start, table.sheet.title, formats.title)
    page.set_row(_HINT, 20)
    page.write_string(_HINT, start, table.sheet.hint, formats.named("hint", text_wrap=False))
    page.set_row(_HEAD, 34)
    for position, column in enumerate(table.sheet):
        page.set_column(position, position, column.width)
        page.write_string(_HEAD, position, column.heading, formats.input_head if column.office else formats.head)
    page.autofilter(_HEAD, 0, table.last_drawn, len(table.sheet.columns) - 1)


def _write_rows(table: _TableWriter) -> None:
    cell_formats = [_cell_format(table.formats, column) for column in table.sheet]
    blank = dict.fromkeys((column.key for column in table.sheet), "")
    for number, row in enumerate([*table.rows, *[blank] * table.sheet.blank_rows], start=_FIRST):
        table.page.set_row(number, _height(table.sheet, row))
        for position, (column, cell_format) in enumerate(zip(table.sheet, cell_formats, strict=True)):
            if text := style.cell_text(row[column.key]):
                table.page.write_string(number, position, text, cell_format)
            else:
                table.page.write_blank(number, position, None, cell_format)


def _cell_format(formats: Formats, column: Column) -> Any:
    # A paragraph must not be in text format: some versions show #### for more than 255 characters in it.
    kind = "" if column.kind is ColumnKind.PARAGRAPH else "_text"
    name = f"input{kind}" if column.office else ("text" if kind else "cell")
    centred = column.kind in {ColumnKind.CHOICE, ColumnKind.MONTH} or column.width < _NARROW
    return formats.named(name, align="center") if centred else formats.named(name)


def _height(sheet: SheetLayout, row: Mapping[str, str]) -> float:
    lines = max(_lines(row[column.key], column.width) for column in sheet)
    return min(_HIGHEST_ROW, max(lines, 1) * _LINE_HEIGHT + _ROW_PADDING)


def _lines(text: str, width: float) -> int:
    return sum(max(1, math.ceil(_width(line) / width)) for line in text.split("\n")) if text else 0


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WFA" else 1 for character in text)


def _validate(table: _TableWriter, position: int, column: Column, offers: Sequence[str] | str) -> None:
    rule: dict[str, Any] = {"validate": "any"}
    if offers:
        rule = {"validate": "list", "source": offers if isinstance(offers, str) else list(offers), "show_error": False}
    elif column.kind is ColumnKind.CHOICE:
        choices = list(words(column.list).values())
        message = f"请从下拉列表选择：{'、'.join(choices)}。"
        rule = {"validate": "list", "source": choices, "error_title": column.heading, "error_message": message}
    elif column.kind is ColumnKind.MONTH:
        formula = _MONTH_FORMULA.format(address(_FIRST, position))
        message = "请按 2026-11 的形式填写月份。"
        rule = {"validate": "custom", "value": formula, "error_title": column.heading, "error_message": message}
    if column.prompt:
        prompt = column.prompt.format(offers="、".join(offers))
        rule |= {"input_title": column.heading, "input_message": prompt[:_LONGEST_MESSAGE]}
    if len(rule) > 1:
        table.page.data_validation(_FIRST, position, table.last_checked, position, rule)


def _mark_missing(table: _TableWriter) -> None:
    """Colour empty required cells of started rows red, and equal keys in the first column.

    A table whose rows are in force for some months has its key there; in one that ended nothing is asked for.
    """
    sheet, last_column = table.sheet, len(table.sheet.columns) - 1
    row = f"{_cell(0)}:{_cell(last_column)}"
    keyed = [column.key for column in sheet if column.key in {"valid_to", "cancelled"}]
    going_on = "".join(f',{_cell(sheet.index(key))}=""' for key in keyed)
    red = table.formats.condition(bg_color=style.RED_FILL, font_color=style.RED_INK)
    for position, column in enumerate(sheet):
        if column.required:
            formula = f'=AND(COUNTA({row})>0,TRIM({_cell(position)})=""{going_on})'
            where = (_FIRST, position, table.last_checked, position)
            table.page.conditional_format(*where, {"type": "formula", "criteria": formula, "format": red})
    if not keyed:
        return
    where = (_FIRST, 0, table.last_checked, 0)
    table.page.conditional_format(*where, {"type": "duplicate", "format": red})


def _cell(position: int) -> str:
    """The cell of a column in the first row, its column absolute and its row relative, for conditions."""
    return f"${column_letters(position)}{_FIRST + 1}"


def _set_page(table: _TableWriter) -> None:
    page, sheet = table.page, table.sheet
    page.freeze_panes(_FIRST, _REPEATED if table.office_from else 1)
    paper.set_page(page, f"&L{sheet.name}&R第 &P 页，共 &N 页")
    paper.fit_to_paper(page, [column.width for column in sheet], _REPEATED)
    page.repeat_rows(_HEAD)
