"""Rectangles of cells, and the references that name them."""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_ROWS, MAX_COLUMNS = 1_048_576, 16_384
_CELL = re.compile(r"\$?([A-Z]{1,3})\$?([1-9]\d{0,6})")


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of cells, 1-based and inclusive."""

    top: int
    left: int
    bottom: int
    right: int

    def overlaps(self, other: Area) -> bool:
        """Whether both share a cell."""
        return (
            self.top <= other.bottom
            and other.top <= self.bottom
            and self.left <= other.right
            and other.left <= self.right
        )


def area_of(ref: str) -> Area | None:
    """The rectangle that a reference such as ``A1`` or ``A1:C9`` names, or ``None`` when it names none."""
    start, _, end = ref.partition(":")
    first, last = _CELL.fullmatch(start), _CELL.fullmatch(end or start)
    if first is None or last is None:
        return None
    area = Area(int(first[2]), _column(first[1]), int(last[2]), _column(last[1]))
    fits = area.top <= area.bottom <= MAX_ROWS and area.left <= area.right <= MAX_COLUMNS
    return area if fits else None


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def cell_name(row: int, column: int) -> str:
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"
