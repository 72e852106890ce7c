"""Wraps python-calamine: values converted to ours, errors and panics raised as RejectedFileError."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from zwgk_excel.workbooks.opening.book import CellValue
from zwgk_excel.workbooks.opening.rejected import unreadable
from zwgk_excel.workbooks.opening.sheet_survey import Cell

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

Merged = Sequence[tuple[Cell, Cell]]
"""First and last cell of every merged range; the value is in the first."""
SheetValues = tuple[list[list[CellValue]], Merged]
"""Values of a sheet from A1 on without trailing blank rows, its merged ranges."""
_Raw = str | float | bool | date | datetime | time | timedelta


def open_workbook(data: bytes, name: str) -> CalamineWorkbook:
    """Open a workbook in any format of calamine; only after a guard. Raises RejectedFileError (file_unreadable)."""
    from python_calamine import CalamineWorkbook

    try:
        return CalamineWorkbook.from_object(io.BytesIO(data))
    except BaseException as error:
        raise _translated(error, name) from error


def read_sheet(workbook: CalamineWorkbook, sheet: str, name: str) -> SheetValues:
    """The values and merged ranges of a sheet.

    Raises RejectedFileError (file_unreadable).
    """
    try:
        found = workbook.get_sheet_by_name(sheet)
        rows, merged = found.to_python(skip_empty_area=False), found.merged_cell_ranges
    except BaseException as error:
        raise _translated(error, name, sheet) from error
    return _plain(rows), merged or ()


def _translated(error: BaseException, name: str, sheet: str = "") -> BaseException:
    """The error to raise for one of calamine, whose panics are not of class ``Exception``."""
    if isinstance(error, MemoryError):
        return error
    if isinstance(error, Exception) or type(error).__name__ == "PanicException":
        return unreadable(name, "内容损坏", sheet)
    return error


def _plain(rows: list[list[_Raw]]) -> list[list[CellValue]]:
    """Calamine's values as ours; blank rows, nearly all rows of a report, are recognised without a loop over cells."""
    count = len(rows)
    while count and rows[count - 1].count("") == len(rows[count - 1]):
        count -= 1
    return [_blank(row) if row.count("") == len(row) else [_value(raw) for raw in row] for row in rows[:count]]


def _blank(row: list[_Raw]) -> list[CellValue]:
    return [None] * len(row)


def _value(raw: _Raw) -> CellValue:
    if raw == "":
        return None
    if isinstance(raw, float) and raw.is_integer():
        return int(raw)
    if isinstance(raw, datetime) and raw.time() == time():
        return raw.date()
    return str(raw) if isinstance(raw, time | timedelta) else raw
