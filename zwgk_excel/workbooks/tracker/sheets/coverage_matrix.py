"""Writes 目录矩阵: units by 公开领域, texts with marks and conditional colours."""

from __future__ import annotations

from typing import Any

from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.words import words
from zwgk_excel.workbooks.excel import column_letters
from zwgk_excel.workbooks.tracker.rows.coverage_rows import coverage_domains, coverage_matrix, mark_of
from zwgk_excel.workbooks.tracker.rows.formulas import quoted
from zwgk_excel.workbooks.tracker.rows.view import TrackerView
from zwgk_excel.workbooks.tracker.sheets.page import (
    FIRST_ROW,
    HEAD_HEIGHT,
    HEADER_ROW,
    HINT_ROW,
    SheetWriter,
    colours_of,
    last_row,
    open_page,
    put,
    tell_beside_title,
)
from zwgk_excel.workbooks.writing import style
from zwgk_excel.workbooks.writing.formats import TEXT, Formats, row_height
from zwgk_excel.workbooks.writing.paper import fit_to_paper

_DOMAIN_WIDTH = 15


def write_coverage_matrix(book: Any, formats: Formats, view: TrackerView) -> None:
    """Add the matrix to an ``xlsxwriter`` workbook: unit, the domains, and the total at the end.

    A new domain comes before the total, so that it stays within filter and colours of an open workbook.
    """
    sheet = layout("tracker")["coverage_matrix"]
    page = open_page(book, formats, sheet, view.office, frozen=1)
    tell_beside_title(page, sheet, "　".join(words("coverage").values()), style.MUTED)
    hint = layout("tracker").settings["coverage_matrix"]["hint"]
    page.sheet.write_string(HINT_ROW, 0, hint, formats.named("hint", text_wrap=False))
    unit, total = sheet.columns
    headings = {unit.key: unit.heading, **{each: each for each in coverage_domains(view)}, total.key: total.heading}
    widths = [unit.width, *[_DOMAIN_WIDTH] * (len(headings) - 2), total.width]
    _write_header(page, list(headings.values()), widths)
    rows = coverage_matrix(view)
    plain, centred = formats.named("text", text_wrap=False), formats.named("text", align="center", text_wrap=False)
    for row, values in enumerate(rows or [{}], FIRST_ROW):
        for position, key in enumerate(headings):
            put(page, row, position, values.get(key), centred if position else plain)
    last = last_row(len(rows)), len(headings) - 1
    _colour(page, *last)
    page.sheet.autofilter(HEADER_ROW, 0, *last)


def _write_header(page: SheetWriter, headings: list[str], widths: list[float]) -> None:
    # A domain is a stranger's word: in a cell of the text format it is none that acts, however it is written there.
    form = page.formats.named("head", num_format=TEXT)
    for position, (heading, width) in enumerate(zip(headings, widths, strict=True)):
        page.sheet.set_column(position, position, width)
        page.sheet.write_string(HEADER_ROW, position, heading, form)
    page.sheet.set_row(HEADER_ROW, row_height(zip(headings, widths, strict=True), least=HEAD_HEIGHT))
    fit_to_paper(page.sheet, widths, repeated=1)


def _colour(page: SheetWriter, last: int, right: int) -> None:
    """Colour each cell by the worst mark in it; from the units on, so that a column put in behind them is coloured."""
    first = f"A{FIRST_ROW + 1}"
    area = f"{first}:{column_letters(right)}{last + 1}"
    for state, colour in colours_of("coverage").items():
        condition = f"=ISNUMBER(FIND({quoted(mark_of(state))},{first}))"
        options = {"type": "formula", "criteria": condition, "format": page.formats.named(colour)}
        page.sheet.conditional_format(area, {**options, "stop_if_true": True})
