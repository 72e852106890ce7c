"""What becomes of rows, columns, areas and references when rows or columns are put in or taken out."""

from __future__ import annotations

import re
from dataclasses import dataclass

from xlwings import utils

from tests.calc.engine.block import number

Area = tuple[int, int, int, int]
"""Top, left, bottom, right; from 1."""

_STRING = re.compile(r'("(?:[^"]|"")*")')
_REFERENCE = re.compile(
    r"(?:(?P<sheet>'(?:[^']|'')+'|[\w\u4e00-\u9fff]+)!)?"
    r"(?P<first>\$?[A-Z]{1,3}\$?[1-9]\d*)(?::(?P<last>\$?[A-Z]{1,3}\$?[1-9]\d*))?(?![\w(.])"
)
_CORNER = re.compile(r"(\$?)([A-Z]{1,3})(\$?)(\d+)")


@dataclass(frozen=True, slots=True)
class Shift:
    """``count`` rows (or columns) put in before ``at``, or taken out from ``at`` on where ``count`` is negative."""

    rows: bool
    at: int
    count: int
    origin: int = 0
    """The row or column whose formats new ones take, as numbered before; 0 for none."""

    def line(self, place: int) -> int | None:
        """Where a row (or column) goes; None where it is taken out."""
        if place < self.at:
            return place
        if place < self.at - self.count:
            return None
        return place + self.count

    def span(self, first: int, last: int, *, with_origin: bool = False) -> tuple[int, int] | None:
        """Where a run of them goes: it grows by what is put in inside it; None where nothing of it is left.

        ``with_origin``: it grows at its edge as well, where it holds the line whose formats new ones take.
        """
        if self.count > 0:
            grows = with_origin and first <= self.origin <= last
            start = first if first < self.at or (grows and first == self.at) else first + self.count
            end = last if last < self.at and not (grows and last == self.at - 1) else last + self.count
            return start, end
        gone_until = self.at - self.count - 1
        start = first if first < self.at else max(first, gone_until + 1) + self.count
        end = last + self.count if last > gone_until else min(last, self.at - 1)
        return (start, end) if start <= end else None

    def area(self, area: Area, *, with_origin: bool = False) -> Area | None:
        """Where an area goes."""
        top, left, bottom, right = area
        found = (
            self.span(top, bottom, with_origin=with_origin)
            if self.rows
            else self.span(left, right, with_origin=with_origin)
        )
        if found is None:
            return None
        return (found[0], left, found[1], right) if self.rows else (top, found[0], bottom, found[1])

    def text(self, formula: str, own: str, changed: str) -> str:
        """A formula of sheet ``own`` after the shift on sheet ``changed``; strings in it are left alone."""
        parts = _STRING.split(formula)
        parts[::2] = [_REFERENCE.sub(lambda found: self._reference(found, own, changed), part) for part in parts[::2]]
        return "".join(parts)

    def _reference(self, found: re.Match[str], own: str, changed: str) -> str:
        sheet = (found["sheet"] or own).strip("'").replace("''", "'")
        if sheet != changed:
            return found[0]
        marks, corners = zip(*(_corner(found[name]) for name in ("first", "last") if found[name]), strict=True)
        area = self.area((corners[0][0], corners[0][1], corners[-1][0], corners[-1][1]))
        prefix = f"{found['sheet']}!" if found["sheet"] else ""
        if area is None:
            return f"{prefix}#REF!"
        ends = (area[:2], area[2:])[: len(corners)]
        return prefix + ":".join(
            f"{mark[0]}{utils.col_name(column)}{mark[1]}{row}" for mark, (row, column) in zip(marks, ends, strict=True)
        )

    def rule(self, formula: str, area: Area, own: str) -> str:
        """The formula of a rule over ``area``, which is meant for its first cell, for the first cell afterwards."""
        first, last = (area[0], area[2]) if self.rows else (area[1], area[3])
        after = self.area(area, with_origin=True)
        line = next((n for n in range(first, last + 1) if self.line(n)), None)
        if after is None or line is None:
            return formula
        moved = self.text(self._copied(formula, line - first), own, own)
        return self._copied(moved, (after[0] if self.rows else after[1]) - (self.line(line) or 0))

    def _copied(self, formula: str, lines: int) -> str:
        """A formula as it reads so many rows (or columns) further: references without a mark go along."""

        def one(found: re.Match[str]) -> str:
            (column_mark, row_mark), (row, column) = _corner(found[0])
            row += lines if self.rows and not row_mark else 0
            column += lines if not self.rows and not column_mark else 0
            return f"{column_mark}{utils.col_name(column)}{row_mark}{row}"

        parts = _STRING.split(formula)
        parts[::2] = [re.sub(r"\$?\b[A-Z]{1,3}\$?[1-9]\d*\b(?![(!])", one, part) for part in parts[::2]]
        return "".join(parts)


def _corner(text: str) -> tuple[tuple[str, str], tuple[int, int]]:
    """The dollar signs, and row and column."""
    found = _CORNER.fullmatch(text)
    assert found
    return (found[1], found[3]), (int(found[4]), number(found[2]))


def without(area: Area, hole: Area) -> list[Area]:
    """What is left of an area, as up to four."""
    top, left, bottom, right = area
    t, x, b, y = max(top, hole[0]), max(left, hole[1]), min(bottom, hole[2]), min(right, hole[3])
    if t > b or x > y:
        return [area]
    parts = [(top, left, t - 1, right), (b + 1, left, bottom, right), (t, left, b, x - 1), (t, y + 1, b, right)]
    return [each for each in parts if each[0] <= each[2] and each[1] <= each[3]]


def meet(one: Area, other: Area) -> bool:
    """Whether two areas have a cell in common."""
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]
