"""Which cells problems speak of: addresses taken apart, gathered by cell, and put together again as areas."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from zwgk_excel.domain.problems import Problem
from zwgk_excel.workbooks.opening.open_book import address

Cell = tuple[int, int]
"""Row and column, 0 for the first."""

_AREA = re.compile(r"(?<![A-Za-z0-9$])\$?([A-Z]{1,3})\$?(\d{1,7})(?::\$?([A-Z]{1,3})\$?(\d{1,7}))?(?![A-Za-z0-9])")
_ROWS, _COLUMNS = 1_048_576, 16_384
_SEPARATOR = "、"


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
        """How many cells it has."""
        return (self.bottom - self.top + 1) * (self.right - self.left + 1)

    def cells(self) -> Iterator[Cell]:
        """Its cells, row by row."""
        rows, columns = range(self.top, self.bottom + 1), range(self.left, self.right + 1)
        return ((row, column) for row in rows for column in columns)


@dataclass(frozen=True, slots=True)
class MergedProblem:
    """Equal problems of one sheet, as one line for people to read."""

    problem: Problem
    """The first of them."""
    areas: tuple[Area, ...]

    @property
    def cells(self) -> str:
        """``F4:F12、F15``; empty for a problem of a whole sheet or file."""
        return _SEPARATOR.join(map(str, self.areas))


def areas_in(text: str) -> list[Area]:
    """The areas that a problem's place names: ``F4``, ``F4:F9、F12``; what is none is skipped."""
    found = []
    for first, top, last, bottom in _AREA.findall(text):
        rows = sorted((int(top), int(bottom or top)))
        columns = sorted((_column(first), _column(last or first)))
        if rows[0] >= 1 and rows[1] <= _ROWS and columns[1] < _COLUMNS:
            found.append(Area(rows[0] - 1, columns[0], rows[1] - 1, columns[1]))
    return found


def by_cell(problems: Iterable[Problem], most: int) -> dict[str, dict[Cell, list[Problem]]]:
    """Sheet name → cell → its problems, for the first ``most`` cells."""
    found: dict[str, dict[Cell, list[Problem]]] = defaultdict(dict)
    room = most
    for each in problems:
        for cell in (cell for area in areas_in(each.place.cell) for cell in area.cells()):
            known = found[each.place.sheet]
            if cell not in known:
                if room == 0:
                    break
                room -= 1
                known[cell] = []
            known[cell].append(each)
    return dict(found)


def merge_problems(problems: Iterable[Problem]) -> list[MergedProblem]:
    """Equal problems of one sheet put together, in the order of their first."""
    groups: dict[tuple[str, ...], list[Problem]] = defaultdict(list)
    for each in problems:
        groups[each.severity, each.place.sheet, each.found, each.expected, each.action].append(each)
    return [_complaint(group) for group in groups.values()]


def _complaint(group: Sequence[Problem]) -> MergedProblem:
    areas = [area for each in group for area in areas_in(each.place.cell)]
    return MergedProblem(group[0], tuple(joined(areas)))


def joined(areas: Iterable[Area]) -> list[Area]:
    """Single cells that stand below one another made one area; larger areas stay, nothing twice. Column by column."""
    every = dict.fromkeys(areas)
    single = sorted((area.left, area.top) for area in every if area.size == 1)
    runs: list[Area] = []
    for column, row in single:
        if runs and runs[-1].left == column and runs[-1].bottom == row - 1:
            runs[-1] = Area(runs[-1].top, column, row, column)
        else:
            runs.append(Area(row, column, row, column))
    return [area for area in every if area.size > 1] + runs


def by_severity(problems: Iterable[Problem]) -> list[Problem]:
    """What is to be mended: errors, then warnings, each in the order given; notes left out."""
    return sorted((each for each in problems if each.counts), key=lambda each: not each.is_error)


def count(problems: Iterable[Problem]) -> Mapping[bool, int]:
    """How many places errors (True) and warnings (False) speak of."""
    counted = {True: 0, False: 0}
    for each in problems:
        counted[each.is_error] += max(1, sum(area.size for area in areas_in(each.place.cell)))
    return counted


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1
