"""待处理 in a saved tracker: what stands there, and what the office types there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl

from tests.workflow.desk import Desk
from zwgk_excel.layout.columns import layout

SHEET = layout("tracker")["in_tray"]
HEADER = 3


def tracker(desk: Desk) -> Path:
    return desk.root / layout("tracker").file_name


def table(desk: Desk) -> dict[str, dict[str, Any]]:
    """Subject → the row's values by column key; the number of the row under ``row``."""
    page = openpyxl.load_workbook(tracker(desk))[SHEET.name]
    return {str(row["subject"]): row for row in _rows(page)}


def _rows(page: Any) -> list[dict[str, Any]]:
    keys = [column.key for column in SHEET]
    return [
        {"row": number, **dict(zip(keys, (cell.value for cell in row), strict=False))}
        for number, row in enumerate(page.iter_rows(min_row=HEADER + 1), HEADER + 1)
        if any(cell.value for cell in row)
    ]


def fill(desk: Desk, subject: str, **typed: Any) -> None:
    """Type into a row and save."""
    book = openpyxl.load_workbook(tracker(desk))
    page = book[SHEET.name]
    number = next(row["row"] for row in _rows(page) if row["subject"] == subject)
    for key, value in typed.items():
        page.cell(number, SHEET.index(key) + 1).value = value
    book.save(tracker(desk))


def offered(desk: Desk, subject: str) -> list[str]:
    """The words that the dropdown of a row offers."""
    page = openpyxl.load_workbook(tracker(desk))[SHEET.name]
    cell = page.cell(table(desk)[subject]["row"], SHEET.index("choice") + 1).coordinate
    lists = [each.formula1 for each in page.data_validations.dataValidation if cell in each.sqref]
    (found,) = lists
    return found.strip('"').split(",")
