"""A unit fills the 整改链接表 that it got, in another program than ours."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from openpyxl import load_workbook

from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.words import word

SHEET = layout("site_faults")["faults"]
FIRST = 4
"""The first row below the headings."""


def rows_of(data: bytes) -> dict[int, dict[str, Any]]:
    """整改号 → its row as a viewer shows it, by column key."""
    page = load_workbook(io.BytesIO(data), data_only=True)[SHEET.name]
    keys = [column.key for column in SHEET]
    rows = (dict(zip(keys, line, strict=True)) for line in page.iter_rows(min_row=FIRST, values_only=True))
    return {row["number"]: row for row in rows}


def answered(data: bytes, answers: Mapping[int, Mapping[str, str]]) -> bytes:
    """The table with the cells of some rows typed, by 整改号 and column key; ``status`` is a code."""
    book = load_workbook(io.BytesIO(data))
    page = book[SHEET.name]
    places = {page.cell(row, 1).value: row for row in range(FIRST, page.max_row + 1)}
    for number, cells in answers.items():
        for key, value in cells.items():
            typed = word("fault_answer", value) if key == "status" else value
            page.cell(places[number], SHEET.index(key) + 1).value = typed
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
