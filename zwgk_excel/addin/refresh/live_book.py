"""An open workbook read: its sheets as grids of plain values, as the readers of files want them."""

from __future__ import annotations

import platform
import re
from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.contract.identity_sheet import PRODUCT
from zwgk_excel.workbooks.opening.open_book import CellValue, Grid
from zwgk_excel.workbooks.tracker.tracker_workbook import KIND


class OpenSheets(dict[str, Any]):
    """The name of every sheet of an xlwings book → the xlwings sheet, in their order.

    What was read of one is kept for whoever comes next: while a button works, nobody types.
    """

    def __init__(self, book: Any) -> None:
        super().__init__((sheet.name, sheet) for sheet in book.sheets)
        self._read: dict[str, tuple[Any, Grid]] = {}

    def read(self, name: str) -> tuple[Any, Grid]:
        """The cells of a sheet from A1 to the last one used, and what stood in them when they were first read."""
        if name not in self._read:
            used = used_cells(self[name])
            self._read[name] = used, grid_of(used, name)
        return self._read[name]


class LiveBook:
    """An xlwings book as grids; each sheet is found and read once."""

    def __init__(self, book: Any) -> None:
        self.sheets = OpenSheets(book)

    @property
    def sheet_names(self) -> list[str]:
        """The names of all sheets, in their order."""
        return list(self.sheets)

    def grid(self, sheet: str) -> Grid | None:
        """The cells of a sheet from A1 on; None where there is no such sheet."""
        return self.sheets.read(sheet)[1] if sheet in self.sheets else None


_BLOCK = re.compile(r"(\$[A-Z]+\$\d+)(?::(\$[A-Z]+\$\d+))?")


def used_cells(sheet: Any) -> Any:
    """The cells of an xlwings sheet from A1 to the last one used."""
    used = sheet.used_range
    # Its own word for where it lies is one call; rows and columns, asked one by one, are ten.
    found = _BLOCK.fullmatch(used.address)
    if found is None:  # Excel calls a block as wide as the sheet $1:$9
        last = used.last_cell
        return sheet.range((1, 1), (last.row, last.column))
    return used if found[1] == "$A$1" else sheet.range(f"$A$1:{found[2] or found[1]}")


def formulas_of(cells: Any) -> list[list[str]]:
    """What is typed into a block of an xlwings sheet, row by row: formulas, and constants as text. One cell too is a
    row."""
    typed = cells.formula
    return [list(row) for row in typed] if isinstance(typed, list | tuple) else [[typed]]


def typed_at(typed: Sequence[Sequence[str]], row: int, column: int) -> str:
    """What :func:`formulas_of` found in a cell, from 0; empty outside of it."""
    return typed[row][column] if row < len(typed) and column < len(typed[row]) else ""


def read_grid(sheet: Any) -> Grid:
    """The cells of an xlwings sheet from A1 to the last one used; errors as text, apart."""
    return grid_of(used_cells(sheet), sheet.name)


def grid_of(cells: Any, name: str) -> Grid:
    """A block of the xlwings sheet of this name, that begins at A1."""
    rows = _values(cells)
    errors = {}
    plain: list[list[CellValue]] = []
    for number, row in enumerate(rows):
        plain.append([_value(value) for value in row])
        for column, value in enumerate(row):
            if isinstance(value, str) and value in _ERRORS:
                errors[number, column] = value
                plain[number][column] = None
    return Grid(name, plain, errors)


def lacks_name(cells: Any) -> bool:
    """Whether a formula in a block of an xlwings sheet counts a name that the workbook does not have."""
    return any(NO_NAME in row for row in _values(cells))


def _values(cells: Any) -> list[list[Any]]:
    """The values of a block as xlwings understands them, in one call: by itself it asks a range for the program first,
    on the way over its sheet and its book."""
    options = {"ndim": 2, "err_to_str": True}
    if platform.system() == "Darwin":  # where large blocks are read in parts
        return list(cells.options(**options).value)
    from xlwings import conversion

    read: Any = conversion.read
    return list(read(None, cells.raw_value, options, engine_name=_engine()))


def put_values(cells: Any, rows: Sequence[Sequence[Any]]) -> None:
    """Write values and formulas into an xlwings range of that size, in one call as well."""
    if platform.system() == "Darwin":
        cells.value = rows
        return
    from xlwings import conversion

    write: Any = conversion.write
    cells.raw_value = write([list(row) for row in rows], None, {}, engine_name=_engine())


def _engine() -> str:
    """What xlwings calls the program that it drives."""
    from xlwings import engines

    active: Any = engines.active
    return str(active.name)


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


NO_NAME = "#NAME?"
"""What a formula shows where a name that it counts is gone."""
_ERRORS = frozenset({"#DIV/0!", "#N/A", NO_NAME, "#NULL!", "#NUM!", "#REF!", "#VALUE!"})


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
    sheet = _sheet_of(book, layout("tracker")["identity"].name)
    # Not the whole sheet, on which the rows of the tracker are counted.
    return sheet is not None and [PRODUCT, KIND] in _values(sheet.range(f"A1:B{_IDENTITY_ROWS}"))


def _sheet_of(book: Any, name: str) -> Any:
    """The sheet of this name; None where an xlwings book has none.

    ``name in book.sheets`` is always False on Windows, where xlwings compares sheets with the name, and to go through
    all of them is two calls for each.
    """
    if platform.system() == "Darwin":  # where a sheet that is not there is an object too
        return next((each for each in book.sheets if each.name == name), None)
    try:
        return book.sheets[name]
    except Exception:  # each program has an error of its own for it
        return None


def save(book: Any) -> None:
    """Save an xlwings book where it lies, without questions of the program.

    By itself xlwings asks for its path, name and format first.
    """
    if platform.system() == "Darwin":
        book.save()
        return
    with book.app.properties(display_alerts=False):
        book.api.Save()


def is_read_only(book: Any) -> bool:
    """Whether an xlwings book cannot be saved where it lies: somebody else has it open, or its file is read-only."""
    return platform.system() != "Darwin" and bool(book.api.ReadOnly)


def protected_sheets(book: LiveBook) -> list[str]:
    """The tracker's own sheets that are protected against changes."""
    names = {sheet.name for sheet in layout("tracker").sheets.values()}
    return [name for name, sheet in book.sheets.items() if name in names and sheet.api.ProtectContents]
