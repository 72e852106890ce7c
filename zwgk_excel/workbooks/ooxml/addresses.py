"""Cell ranges parsed from A1 text, and joined."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from zwgk_excel.workbooks.excel import COLUMNS, ROWS, address, column_number

Cell = tuple[int, int]
"""Row and column, 0 for the first."""

_AREA = re.compile(r"(?<![A-Za-z0-9$])\$?([A-Z]{1,3})\$?(\d{1,7})(?::\$?([A-Z]{1,3})\$?(\d{1,7}))?(?![A-Za-z0-9])")


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of cells, first and last included; rows and columns count from 0."""

    top: int
    left: int
    bottom: int
    right: int

    def __str__(self) -> str:
        first, last = address(self.top, self.left), address(self.bottom, self.right)
        return first if first == last else f"{first}:{last}"

    @property
    def size(self) -> int:
        """The number of cells."""
        return (self.bottom - self.top + 1) * (self.right - self.left + 1)

    def cells(self) -> Iterator[Cell]:
        """Its cells as (row, column), row by row."""
        rows, columns = range(self.top, self.bottom + 1), range(self.left, self.right + 1)
        return ((row, column) for row in rows for column in columns)


def areas_in(text: str) -> list[Area]:
    """The ranges in a problem's cell text: ``F4``, ``F4:F9、F12``; invalid parts are skipped."""
    found = []
    for first, top, last, bottom in _AREA.findall(text):
        rows = sorted((int(top), int(bottom or top)))
        columns = sorted((column_number(first), column_number(last or first)))
        if rows[0] >= 1 and rows[1] <= ROWS and columns[1] < COLUMNS:
            found.append(Area(rows[0] - 1, columns[0], rows[1] - 1, columns[1]))
    return found


def joined(areas: Iterable[Area]) -> list[Area]:
    """The ranges with vertically adjacent single cells joined and duplicates removed, column by column."""
    every = dict.fromkeys(areas)
    single = sorted((area.left, area.top) for area in every if area.size == 1)
    runs: list[Area] = []
    for column, row in single:
        if runs and runs[-1].left == column and runs[-1].bottom == row - 1:
            runs[-1] = Area(runs[-1].top, column, row, column)
        else:
            runs.append(Area(row, column, row, column))
    return [area for area in every if area.size > 1] + runs


