"""An open workbook read: its sheets as grids of plain values, as the readers of files want them."""

from __future__ import annotations

import platform
import re
from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.contract.identity_sheet import PRODUCT
from zwgk_excel.workbooks.excel import column_letters
from zwgk_excel.workbooks.opening.open_book import CellValue, Grid
from zwgk_excel.workbooks.tracker.recording_workbook import Area
from zwgk_excel.workbooks.tracker.tracker_workbook import KIND
from zwgk_excel.workflow.errors import UserError


class OpenSheets:
    """The sheets of an xlwings book by their names, each looked for when it is first wanted: to go through all of them
    is two calls for each.

    What was read of one is kept for whoever comes next: while a button works, nobody types.
    """

    def __init__(self, book: Any) -> None:
        self.book = book
        self._all = book.sheets
        self._found: dict[str, Any] = {}
        self._read: dict[str, tuple[Any, Grid]] = {}
        self._tables: dict[tuple[str, str], Any] = {}

    def __contains__(self, name: str) -> bool:
        return self._find(name) is not None

    def __getitem__(self, name: str) -> Any:
        if (sheet := self._find(name)) is None:
            raise KeyError(name)
        return sheet

    def __setitem__(self, name: str, sheet: Any) -> None:
        self._found[name] = sheet

    def _find(self, name: str) -> Any:
        if name not in self._found:
            self._found[name] = member_of(self._all, name)
        return self._found[name]

    @property
    def active(self) -> Any:
        """The sheet in front."""
        return self._all.active

    @property
    def names(self) -> list[str]:
        """The names of all sheets, in their order."""
        return [sheet.name for sheet in self._all]

    def read(self, name: str) -> tuple[Any, Grid]:
        """The cells of a sheet from A1 to the last one used, and what stood in them when they were first read."""
        if name not in self._read:
            used = used_cells(self[name])
            self._read[name] = used, grid_of(used, name)
        return self._read[name]

    def read_again(self, name: str) -> tuple[Any, Grid]:
        """The same after something on the sheet has changed."""
        self._read.pop(name, None)
        return self.read(name)

    def table(self, name: str, table: str) -> Any:
        """An Excel table of a sheet, which stays the same however its rows move; None where that has none so called."""
        if (name, table) not in self._tables:
            self._tables[name, table] = member_of(self[name].tables, table)
        return self._tables[name, table]


class LiveBook:
    """An xlwings book as grids; each sheet is found and read once."""

    def __init__(self, sheets: OpenSheets) -> None:
        self.sheets = sheets

    @property
    def sheet_names(self) -> list[str]:
        """The names of all sheets, in their order."""
        return self.sheets.names

    def grid(self, sheet: str) -> Grid | None:
        """The cells of a sheet from A1 on; None where there is no such sheet."""
        return self.sheets.read(sheet)[1] if sheet in self.sheets else None


_LONGEST_ADDRESS = 255
"""What Excel takes for one."""
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


def cells_at(sheet: Any, area: Area) -> Any:
    """A block of an xlwings sheet, by its address: that is one call, by the numbers of its corners three."""
    return sheet.range(_address(area))


def several(sheet: Any, areas: Sequence[Area]) -> Iterator[Any]:
    """Blocks of an xlwings sheet as ranges of several blocks each, as few as there can be."""
    if platform.system() == "Darwin":
        yield from (cells_at(sheet, area) for area in areas)
        return
    listed = ""
    for text in map(_address, areas):
        if len(listed) + len(text) >= _LONGEST_ADDRESS:
            yield sheet.range(listed)
            listed = ""
        listed += "," * bool(listed) + text
    if listed:
        yield sheet.range(listed)


def _address(area: Area) -> str:
    top, left, bottom, right = area
    return f"{column_letters(left - 1)}{top}:{column_letters(right - 1)}{bottom}"


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


def is_tracker(sheets: OpenSheets) -> bool:
    """Whether an open book is one of our trackers: its very hidden sheet says so."""
    name = layout("tracker")["identity"].name
    # Whoever asks reads all of the sheet later.
    return name in sheets and [PRODUCT, KIND] in [row[:2] for row in sheets.read(name)[1].rows[:_IDENTITY_ROWS]]


def member_of(members: Any, name: str) -> Any:
    """The sheet, table or defined name so called; None where such a collection of xlwings has none.

    ``name in sheets`` is always False on Windows, where xlwings compares sheets with the name.
    """
    if platform.system() == "Darwin":  # where what is not there is an object too
        return next((each for each in members if each.name == name), None)
    try:
        return members[name]
    except Exception:  # each program has an error of its own for it
        return None


def save(app: Any, book: Any) -> None:
    """Save a book of an xlwings app where it lies, without questions of the program.

    By itself xlwings asks for its path, name and format first.
    """
    if platform.system() == "Darwin":
        book.save()
        return
    with app.properties(display_alerts=False):
        book.api.Save()


def is_read_only(book: Any) -> bool:
    """Whether an xlwings book cannot be saved where it lies: somebody else has it open, or its file is read-only."""
    return platform.system() != "Darwin" and bool(book.api.ReadOnly)


def require_unprotected(sheets: OpenSheets, *, office: bool) -> None:
    """Raise UserError where sheets of the tracker's own are protected against changes: of those into which the
    ``office`` types, or of the others."""
    shapes = layout("tracker").sheets.values()
    names = [shape.name for shape in shapes if any(column.office for column in shape) is office]
    if found := [name for name in names if name in sheets and _is_protected(sheets[name])]:
        listed = "、".join(f"“{name}”" for name in found)
        raise UserError(f"{listed}受保护，不能刷新，台账没有改动；请先在“审阅”中撤销工作表保护。")


def _is_protected(sheet: Any) -> bool:
    return bool(sheet.api.ProtectContents)
