"""Opened workbooks as grids of plain values, independent of the file format."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from zwgk_excel.domain.problems import Problem
from zwgk_excel.workbooks.opening.file_kinds import FileKind
from zwgk_excel.workbooks.opening.sheet_survey import Cell, CellSet

CellValue = str | float | int | bool | date | datetime | None


@dataclass(frozen=True, slots=True)
class Grid:
    """The cells of one sheet from A1 on, as rows of equal length; trailing blank rows are dropped.

    An empty cell is None. A number without a fraction is an int, a day without a time of day is a ``date`` (a
    ``datetime`` always has a time), a time of day or a duration is text (``08:30:00``).
    """

    sheet: str
    rows: list[list[CellValue]]
    errors: Mapping[Cell, str] = field(default_factory=dict)
    """(row, column) → ``#REF!`` and the like; the cell's value is None."""
    uncached: CellSet = field(default_factory=CellSet)
    """(row, column) of formulas whose result the file does not hold; the cell's value is None. The self-check formulas
    of our own at the end of rows are left out."""
    merged: Sequence[tuple[Cell, Cell]] = ()
    """First and last cell of every merged range; the value is in the first."""
    shown: Mapping[Cell, str] = field(default_factory=dict)
    """Cell → the text that people see, of numbers whose format says more than they do: ``0713`` for 713."""
    date_1904: bool = False
    """Whether serial numbers without a format of dates count from 1904-01-01."""

    def value(self, row: int, column: int) -> CellValue:
        """The value of a cell, 0 for the first row and column; None outside the grid."""
        if not (0 <= row < len(self.rows) and 0 <= column < len(self.rows[row])):
            return None
        return self.rows[row][column]

    def seen(self, row: int, column: int) -> CellValue:
        """The value of a cell as people see it: a number with a format that says more is its text."""
        return self.shown.get((row, column)) or self.value(row, column)


class OpenedWorkbook:
    """A file that passed its guard; its sheets are read on demand."""

    def __init__(
        self,
        name: str,
        kind: FileKind,
        sheet_names: Sequence[str],
        read: Callable[[str], Grid],
        problems: Sequence[Problem] = (),
        links: Callable[[str], Mapping[Cell, str]] = lambda sheet: {},
    ) -> None:
        self.name = name
        self.kind = kind
        """What the file is by its content; what was encrypted or packed has the kind of what was within."""
        self.sheet_names: list[str] = list(sheet_names)
        """All sheets in their order, hidden ones included. The sheet of a text table is named as the file's stem."""
        self.problems: tuple[Problem, ...] = tuple(problems)
        """Notes of what was done to open the file; none of them blocks."""
        self._read, self._links = read, links

    def grid(self, sheet: str) -> Grid | None:
        """The grid of a sheet by its exact name; None where there is none.

        Raises RejectedFileError (file_unreadable, sheet_too_large).
        """
        return self._read(sheet) if sheet in self.sheet_names else None

    def links(self, sheet: str) -> Mapping[Cell, str]:
        """(row, column) → the address that a cell leads to; none in the formats of which it is not read (.xls, .ods).

        Raises RejectedFileError (file_unreadable).
        """
        return self._links(sheet) if sheet in self.sheet_names else {}
