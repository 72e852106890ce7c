"""Where cells are: what every engine of xlwings has to know, whatever program is behind it."""

from __future__ import annotations

import re
from typing import Any, Self

from xlwings import base_classes as base
from xlwings import utils

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
_CELLS = re.compile(r"([A-Z]{1,3})(\d+)(?::([A-Z]{1,3})(\d+))?")
_COLUMNS = re.compile(r"([A-Z]{1,3}):([A-Z]{1,3})")
_ROWS = re.compile(r"(\d+):(\d+)")


class Block(base.Range):
    """A rectangle of a sheet; rows and columns count from 1."""

    def __init__(self, sheet: Any, row: int, column: int, height: int, width: int) -> None:
        self._sheet, self._row, self._column = sheet, row, column
        self.nrows, self.ncols = height, width
        self.options: Any = {}

    @property
    def sheet(self) -> Any:
        return self._sheet

    @property
    def book(self) -> Any:
        return self._sheet.book

    @property
    def row(self) -> int:
        return self._row

    @property
    def column(self) -> int:
        return self._column

    @property
    def shape(self) -> tuple[int, int]:
        return self.nrows, self.ncols

    @property
    def coords(self) -> Any:
        return self._sheet, self._row, self._column, self.nrows, self.ncols

    def __len__(self) -> int:
        return self.nrows * self.ncols

    def __call__(self, row: int, column: int | None = None) -> Self:
        if column is None:
            row, column = (row - 1) // self.ncols + 1, (row - 1) % self.ncols + 1
        return self.part(row - 1, column - 1, 1, 1)

    def part(self, row: int, column: int, height: int, width: int) -> Self:
        """A block inside it, from 0."""
        return type(self)(self._sheet, self._row + row, self._column + column, height, width)

    @property
    def rows(self) -> Self:
        return self

    @property
    def columns(self) -> Self:
        return self

    def get_address(self, row_absolute: bool = True, col_absolute: bool = True, external: bool = False) -> str:
        def one(row: int, column: int) -> str:
            return f"{'$' * col_absolute}{utils.col_name(column)}{'$' * row_absolute}{row}"

        text = one(self._row, self._column)
        if len(self) > 1:
            text += ":" + one(self._row + self.nrows - 1, self._column + self.ncols - 1)
        return f"[{self.book.name}]{self._sheet.name}!{text}" if external else text

    @property
    def address(self) -> str:
        return self.get_address()

    @property
    def max_cells_per_read(self) -> None:
        return None

    @property
    def max_cells_per_write(self) -> None:
        return None


class Areas(base.Range):
    """Several blocks of a sheet, of which only how they look is asked and set."""

    def __init__(self, blocks: list[Any]) -> None:
        self._blocks = blocks

    @property
    def api(self) -> list[Any]:
        return self._blocks

    @property
    def number_format(self) -> str | None:
        """What all cells share; None where they differ."""
        found = {block.number_format for block in self._blocks}
        return found.pop() if len(found) == 1 else None

    @number_format.setter
    def number_format(self, code: str) -> None:
        for block in self._blocks:
            block.number_format = code

    @property
    def color(self) -> Any:
        found = {block.color for block in self._blocks}
        return found.pop() if len(found) == 1 else None

    @color.setter
    def color(self, value: Any) -> None:
        for block in self._blocks:
            block.color = value


class Sheet(base.Sheet):
    """A sheet whose cells are asked for by numbers, other ranges, or addresses."""

    block: type[Any]

    @property
    def cells(self) -> Any:
        return self.block(self, 1, 1, LAST_ROW, LAST_COLUMN)

    def range(self, first: Any, last: Any = None) -> Any:
        start = self._one(first)
        if last is None:
            return start
        end = self._one(last)
        row, column = min(start.row, end.row), min(start.column, end.column)
        bottom = max(start.row + start.nrows, end.row + end.nrows)
        right = max(start.column + start.ncols, end.column + end.ncols)
        return self.block(self, row, column, bottom - row, right - column)

    def _one(self, place: Any) -> Any:
        if isinstance(place, Block):
            return place
        if isinstance(place, tuple):
            if 0 in place:
                raise IndexError("rows and columns count from 1")
            return self.block(self, *place) if len(place) == 4 else self.block(self, place[0], place[1], 1, 1)
        if "," in place:
            return Areas([self._one(each) for each in place.split(",")])
        area = area_of(place)
        return self.named(place) if area is None else self.block(self, *area)

    def named(self, text: str) -> Any:
        """The range of a defined name."""
        raise NotImplementedError


def area_of(text: str) -> tuple[int, int, int, int] | None:
    """Row, column, height and width of an address such as ``$B$5:C7``, ``B:C`` or ``5:7``; None for other texts."""
    plain = text.replace("$", "").upper()
    if found := _CELLS.fullmatch(plain):
        left, top = number(found[1]), int(found[2])
        right, bottom = (number(found[3]), int(found[4])) if found[3] else (left, top)
        return top, left, bottom - top + 1, right - left + 1
    if found := _COLUMNS.fullmatch(plain):
        return 1, number(found[1]), LAST_ROW, number(found[2]) - number(found[1]) + 1
    if found := _ROWS.fullmatch(plain):
        return int(found[1]), 1, int(found[2]) - int(found[1]) + 1, LAST_COLUMN
    return None


def number(letters: str) -> int:
    """``AA`` → 27."""
    found = 0
    for letter in letters:
        found = found * 26 + ord(letter) - 64
    return found


def rectangle(data: Any, height: int, width: int) -> list[list[Any]]:
    """What COM makes of a scalar or a single row: repeated over the target."""
    if not isinstance(data, list | tuple):
        return [[data] * width for _ in range(height)]
    if not isinstance(data[0], list | tuple):
        return [list(data) for _ in range(height)]
    return [list(row) for row in data]
