"""An open workbook read: its sheets as grids of plain values, as the readers of files want them."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.contract.identity_sheet import PRODUCT
from zwgk_excel.workbooks.opening.open_book import CellValue, Grid
from zwgk_excel.workbooks.tracker.tracker_workbook import KIND


class LiveBook:
    """An xlwings book as grids; each sheet is read once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self.sheet_names: list[str] = [sheet.name for sheet in book.sheets]
        self._grids: dict[str, Grid] = {}

    def grid(self, sheet: str) -> Grid | None:
        """The cells of a sheet from A1 on; None where there is no such sheet."""
        if sheet not in self.sheet_names:
            return None
        if sheet not in self._grids:
            self._grids[sheet] = read_grid(self._book.sheets[sheet])
        return self._grids[sheet]


def read_grid(sheet: Any) -> Grid:
    """The cells of an xlwings sheet from A1 to the last one used; errors as text, apart."""
    last = sheet.used_range.last_cell
    cells = sheet.range((1, 1), (last.row, last.column))
    rows: list[list[Any]] = cells.options(ndim=2, err_to_str=True).value
    errors = {}
    plain: list[list[CellValue]] = []
    for number, row in enumerate(rows):
        plain.append([_value(value) for value in row])
        for column, value in enumerate(row):
            if isinstance(value, str) and value in _ERRORS:
                errors[number, column] = value
                plain[number][column] = None
    return Grid(sheet.name, plain, errors)


def comments(sheet: Any, grid: Grid) -> Iterator[tuple[int, str]]:
    """The row (from 1) and the text of every comment on an xlwings sheet, whose cells ``grid`` is."""
    if platform.system() == "Darwin":
        for row in range(1, len(grid.rows) + 1):
            notes = (sheet.range((row, column)).note for column in range(1, len(grid.rows[row - 1]) + 1))
            yield from ((row, note.text) for note in notes if note is not None)
        return
    # xlwings itself has no list of them.
    for comment in sheet.api.Comments:
        yield int(comment.Parent.Row), str(comment.Text())


_ERRORS = frozenset({"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"})


_EARLY = 1900
"""The year of such days."""


def _as_excel_shows(day: datetime) -> datetime:
    """A number up to 60 in a cell of dates as Excel shows it, which knows a 29 February 1900; COM counts without it."""
    return day + timedelta(days=1) if day < datetime(1900, 3, 1) else day


def _plain_day(day: datetime) -> CellValue:
    return day.date() if day.time() == time() else day


def _value(raw: Any) -> CellValue:
    if isinstance(raw, float) and raw.is_integer():
        return int(raw)
    if isinstance(raw, datetime):
        if raw.year <= _EARLY and platform.system() != "Darwin":
            return _plain_day(_as_excel_shows(raw))
        return _plain_day(raw)
    return None if raw == "" else raw


_IDENTITY_ROWS = 10
"""Rows of the very hidden sheet among which its keys stand."""


def is_tracker(book: Any) -> bool:
    """Whether an xlwings book is one of our trackers: its very hidden sheet says so."""
    name = layout("tracker")["identity"].name
    if name not in [sheet.name for sheet in book.sheets]:
        return False
    # Not the whole sheet, on which the rows of the tracker are counted.
    return [PRODUCT, KIND] in book.sheets[name].range((1, 1), (_IDENTITY_ROWS, 2)).value


def is_read_only(book: Any) -> bool:
    """Whether an xlwings book cannot be saved where it lies: somebody else has it open, or its file is read-only."""
    return platform.system() != "Darwin" and bool(book.api.ReadOnly)


def protected_sheets(book: Any) -> list[str]:
    """The tracker's own sheets that are protected against changes."""
    names = {sheet.name for sheet in layout("tracker").sheets.values()}
    return [sheet.name for sheet in book.sheets if sheet.name in names and sheet.api.ProtectContents]
