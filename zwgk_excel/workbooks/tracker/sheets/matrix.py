"""Writes 单位矩阵: units by months, texts with conditional colours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from zwgk_excel.domain.tracking import Timeliness
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.excel import column_letters
from zwgk_excel.workbooks.tracker.rows.figures import (
    ON_TIME_RATE,
    URGENCY,
    closed_cycles,
    cycles_of,
    figure_heading,
    matrix,
)
from zwgk_excel.workbooks.tracker.rows.formulas import MATRIX_NAMES, matrix_formula, total_formula, urgency_formula
from zwgk_excel.workbooks.tracker.rows.row_values import RowValues
from zwgk_excel.workbooks.tracker.rows.view import TrackerView
from zwgk_excel.workbooks.tracker.sheets.page import (
    FIRST_ROW,
    HEADER_ROW,
    HINT_ROW,
    TITLE_ROW,
    SheetWriter,
    area,
    last_row,
    open_page,
    put,
)
from zwgk_excel.workbooks.writing import style
from zwgk_excel.workbooks.writing.formats import Formats
from zwgk_excel.workbooks.writing.paper import fit_to_paper

TOTALS = (Timeliness.OVERDUE, Timeliness.LATE, ON_TIME_RATE, URGENCY)
_MONTH_WIDTH, _TOTAL_WIDTH = 13, 8


def write_matrix(book: Any, formats: Formats, view: TrackerView) -> None:
    """Add the matrix to an ``xlsxwriter`` workbook: unit, kind, totals, then the months, newest first."""
    sheet = layout("tracker")["matrix"]
    months = [str(cycle) for cycle in reversed(cycles_of(view))]
    page = open_page(book, formats, sheet, view.office, frozen=1)
    hint = formats.named("hint", text_wrap=False)
    page.sheet.write_rich_string(
        TITLE_ROW, 0, formats.title, sheet.title, hint, f"　{_marks()['colours']}", formats.title
    )
    page.sheet.write_string(HINT_ROW, 0, _marks()["hint"], hint)
    keys = [column.key for column in sheet] + [*TOTALS, *months]
    _write_header(page, keys)
    rows = matrix(view)
    static = {str(cycle) for cycle in closed_cycles(view)}
    for row, values in enumerate(rows, FIRST_ROW):
        _write_row(page, row, keys, values, static)
    _colour(page, keys, months, len(rows))
    page.sheet.autofilter(HEADER_ROW, 0, last_row(len(rows)), len(keys) - 1)
    for key, name in MATRIX_NAMES.items():
        book.define_name(name, f"='{sheet.name}'!{area(column_letters(keys.index(key)), len(rows))}")


def _marks() -> Mapping[str, str]:
    marks: Mapping[str, str] = layout("tracker").settings["matrix"]
    return marks


def _write_header(page: SheetWriter, keys: Sequence[str]) -> None:
    sheet, widths = layout("tracker")["matrix"], []
    fixed = {column.key: (column.heading, column.width) for column in sheet}
    for position, key in enumerate(keys):
        total = (_marks()["urgency"] if key == URGENCY else figure_heading(key)) if key in TOTALS else key
        heading, width = fixed.get(key, (total, _TOTAL_WIDTH if key in TOTALS else _MONTH_WIDTH))
        # The order of reminders is for the overview to look up.
        page.sheet.set_column(position, position, width, None, {"hidden": key == URGENCY})
        page.sheet.write_string(HEADER_ROW, position, heading, page.formats.head)
        widths += [width] * (key != URGENCY)
    fit_to_paper(page.sheet, widths, repeated=1)


def _write_row(page: SheetWriter, row: int, keys: Sequence[str], values: RowValues, static: set[str]) -> None:
    formats = page.formats
    plain, centred = formats.named("text", text_wrap=False), formats.named("text", align="center", text_wrap=False)
    # A formula in a cell of the text format turns into text the moment somebody edits it.
    computed = formats.named("centre", num_format="General", text_wrap=False)
    for position, key in enumerate(keys):
        value: Any = values[key]
        if position == 0:
            put(page, row, position, value, plain)
        elif key in TOTALS:
            form = formats.named("centre", num_format="0%" if key == ON_TIME_RATE else "0;-0;;@")
            formula = urgency_formula() if key == URGENCY else total_formula(key)
            cached = (value - (row + 1) / 100_000 if value else 0) if key == URGENCY else value
            page.sheet.write_formula(row, position, formula, form, "" if cached is None else cached)
        elif key in static or position == 1:
            put(page, row, position, value, centred)
        else:
            cycle = f"{column_letters(position)}${HEADER_ROW + 1}"
            page.sheet.write_formula(row, position, matrix_formula(cycle), computed, value)


def _colour(page: SheetWriter, keys: Sequence[str], months: Sequence[str], count: int) -> None:
    if not months:
        return
    marks = _marks()
    first = len(keys) - len(months)
    cell = f"{column_letters(first)}{FIRST_ROW + 1}"
    area_ = f"{cell}:{column_letters(len(keys) - 1)}{last_row(count) + 1}"
    looks = [
        ("red", f'ISNUMBER(FIND("{marks["overdue"]}",{cell}))'),
        ("amber", f'OR(ISNUMBER(FIND("{marks["late"]}",{cell})),ISNUMBER(FIND("{marks["in_grace"]}",{cell})))'),
        ("yellow", f'ISNUMBER(FIND("{marks["grace"]}",{cell}))'),
        ("green", f'LEFT({cell}&" ",FIND(" ",{cell}&" "))={_full(cell)}'),
    ]
    for colour, condition in looks:
        form = page.formats.named(colour)
        options = {"type": "formula", "criteria": f"={condition}", "format": form, "stop_if_true": True}
        page.sheet.conditional_format(area_, options)
    grey = page.formats.condition(font_color=style.GREY_INK)
    page.sheet.conditional_format(area_, {"type": "formula", "criteria": f'={cell}<>""', "format": grey})


def _full(cell: str) -> str:
    """The text ``5/5 `` for a cell that begins ``5/``: the beginning of a cell where all obligations are satisfied."""
    done = f'LEFT({cell},FIND("/",{cell}&"/")-1)'
    return f'{done}&"/"&{done}&" "'
