"""A workbook as data: cells by row and column, and what lies over them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from openpyxl.styles.numbers import is_date_format
from xlwings import XlwingsError

from tests.addin.grid.shifts import Area, Shift, meet, without
from tests.calc.engine.values import COM_ERRORS, as_typed, serial

EPOCH = dt.datetime(1899, 12, 30)
_LINK = re.compile(r'=HYPERLINK\("(?P<address>(?:[^"]|"")*)","(?P<text>(?:[^"]|"")*)"\)')
Colour = tuple[int, int, int]


class GridError(XlwingsError):
    """The grid refuses what Excel would refuse."""


@dataclass(slots=True)
class Cell:
    """One cell. ``content`` is a text, a number (a date is one), a truth value, or nothing."""

    content: str | float | bool | None = None
    formula: str = ""
    number_format: str = "General"
    color: Colour | None = None
    bold: bool = False
    note: str = ""
    link: str = ""

    def write(self, value: Any) -> None:
        """What Excel makes of a value: text becomes a number or formula where the cell is not a text cell."""
        self.formula, self.link, self.content = "", "", None
        if isinstance(value, str) and value:
            if value.startswith("'"):
                self.content = value[1:]
                return
            if self.number_format == "@":
                self.content = value
                return
            if value.startswith("=") and len(value) > 1:
                self.formula, self.content = value, _computed(value)
                return
            value = as_typed(value)
        if isinstance(value, dt.datetime):
            if self.number_format == "General":
                self.number_format = "yyyy/m/d" if value.time() == dt.time() else "yyyy/m/d h:mm"
            value = serial(value, EPOCH)
        self.content = None if value in ("", None) else float(value) if type(value) is int else value

    @property
    def value(self) -> Any:
        """As COM delivers it: dates by their format, errors as numbers."""
        if isinstance(self.content, float) and is_date_format(self.number_format):
            return EPOCH + dt.timedelta(seconds=round(self.content * 86400, 3))
        return COM_ERRORS.get(self.content, self.content) if isinstance(self.content, str) else self.content

    @property
    def typed(self) -> str:
        """The formula, or the constant as one would type it."""
        if self.formula or self.content is None:
            return self.formula
        if isinstance(self.content, bool):
            return str(self.content).upper()
        return f"{self.content:.15g}" if isinstance(self.content, float) else self.content

    def like(self) -> Cell:
        """An empty cell that looks the same."""
        return Cell(number_format=self.number_format, color=self.color, bold=self.bold)


def _computed(formula: str) -> str | None:
    found = _LINK.fullmatch(formula)
    return found["text"].replace('""', '"') if found else None


@dataclass(slots=True)
class Table:
    """An Excel table with its header row, or (without a name) the filter of a sheet."""

    name: str
    area: Area
    criteria: dict[int, dict[str, Any]] = field(default_factory=dict)
    """Field, from 1 → the criterion as xlwings describes it."""


@dataclass(slots=True)
class Rule:
    """A conditional format: its areas, ``custom`` or ``cell_value`` (others are ``unknown``), its formula."""

    areas: list[Area]
    kind: str
    formula: str
    looks: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Validation:
    """What may be typed into some areas."""

    areas: list[Area]
    kind: str
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(eq=False)
class Page:
    """One sheet."""

    name: str
    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    widths: dict[int, float] = field(default_factory=dict)
    tables: list[Table] = field(default_factory=list)
    filter: Table | None = None
    rules: list[Rule] = field(default_factory=list)
    validations: list[Validation] = field(default_factory=list)
    charts: list[list[str]] = field(default_factory=list)
    """The formula of every series of every chart."""
    followers: list[Any] = field(default_factory=list)
    """Blocks that were selected: they go where their cells go."""
    protected: bool = False
    visible: bool = True
    print_area: str = ""

    def cell(self, row: int, column: int) -> Cell:
        """The cell of that place, made where there was none."""
        return self.cells.setdefault((row, column), Cell())

    @property
    def used(self) -> Area:
        """From the first to the last cell that holds or shows anything."""
        places = [place for place, cell in self.cells.items() if cell != Cell()] or [(1, 1)]
        rows, columns = zip(*places, strict=True)
        return min(rows), min(columns), max(rows), max(columns)

    def hidden_rows(self) -> set[int]:
        """The rows that no filter lets through."""
        filters = [*self.tables, *([self.filter] if self.filter else [])]
        return {row for each in filters for row in _hidden(self, each)}

    def validation_at(self, row: int, column: int) -> Validation | None:
        """What may be typed into a cell."""
        spot = row, column, row, column
        return next((each for each in self.validations if any(meet(area, spot) for area in each.areas)), None)

    def clear_validations(self, area: Area) -> None:
        """Let anything be typed into an area."""
        for each in self.validations:
            each.areas = [part for one in each.areas for part in without(one, area)]
        self.validations = [each for each in self.validations if each.areas]

    def move(self, shift: Shift) -> None:
        """Put rows or columns in, or take them out; formulas are the workbook's affair."""
        axis = 0 if shift.rows else 1
        old, self.cells = self.cells, {}
        for place, cell in old.items():
            line = shift.line(place[axis])
            if line is not None:
                self.cells[(line, place[1]) if shift.rows else (place[0], line)] = cell
        if shift.count > 0 and shift.origin:
            for place, cell in old.items():
                if place[axis] == shift.origin:
                    for new in range(shift.at, shift.at + shift.count):
                        self.cells[(new, place[1]) if shift.rows else (place[0], new)] = cell.like()
        if not shift.rows:
            self.widths = {line: w for column, w in self.widths.items() if (line := shift.line(column)) is not None}
        self._move_overlays(shift)

    def _move_overlays(self, shift: Shift) -> None:
        for table in [*self.tables, *([self.filter] if self.filter else [])]:
            left = table.area[1]
            table.area = shift.area(table.area) or table.area
            if not shift.rows:
                lines = {n: shift.line(left + n - 1) for n in table.criteria}
                table.criteria = {at - table.area[1] + 1: table.criteria[n] for n, at in lines.items() if at}
        for rule in self.rules:
            rule.formula = shift.rule(rule.formula, min(rule.areas), self.name)
        overlays: list[Rule | Validation] = [*self.rules, *self.validations]
        for each in overlays:
            moved = (shift.area(area, with_origin=True) for area in each.areas)
            each.areas = [area for area in moved if area]
        self.rules = [each for each in self.rules if each.areas]
        self.validations = [each for each in self.validations if each.areas]
        for block in self.followers:
            if area := shift.area(block.area):
                block.lie_over(area)


_COMPARED = {
    "equal_to": lambda one, other: one == other,
    "not_equal_to": lambda one, other: one != other,
    "greater_than": lambda one, other: one > other,
    "less_than": lambda one, other: one < other,
    "greater_than_or_equal": lambda one, other: one >= other,
    "less_than_or_equal": lambda one, other: one <= other,
}


def _hidden(page: Page, table: Table) -> Iterator[int]:
    top, left, bottom, _ = table.area
    for row in range(top + 1, bottom + 1):
        for number, criterion in table.criteria.items():
            cell = page.cells.get((row, left + number - 1), Cell())
            if not _passes(cell.typed if not cell.formula else str(cell.content or ""), criterion):
                yield row
                break


def _passes(text: str, criterion: dict[str, Any]) -> bool:
    if criterion["type"] == "values":
        return text in criterion["values"]
    if criterion["operator"] is None:
        return True  # a kind of filter that only its own dialog knows
    one, other = as_typed(text), as_typed(str(criterion["value1"]))
    return type(one) is type(other) and bool(_COMPARED[criterion["operator"]](one, other))


@dataclass(eq=False)
class Workbook:
    """One open workbook."""

    path: Path | None
    """None for one that was never saved."""
    pages: list[Page]
    names: dict[str, str] = field(default_factory=dict)
    """Defined name → what it refers to, with its ``=``."""
    active: Page | None = None
    selected: Any = None
    read_only: bool = False
    address: str = ""
    """The web address by which Excel names one of OneDrive or SharePoint."""
    saved: int = 0
    """How often it was saved."""

    def page(self, name: str) -> Page:
        """The sheet of that name. Raises KeyError."""
        found = next((page for page in self.pages if page.name.casefold() == name.casefold()), None)
        if found is None:
            raise KeyError(name)
        return found

    def move(self, page: Page, shift: Shift) -> None:
        """Put rows or columns of a sheet in, or take them out; everything that speaks of them follows."""
        if page.protected:
            raise GridError(f"{page.name}: the sheet is protected")
        page.move(shift)
        for each in self.pages:
            for place, cell in each.cells.items():
                if cell.formula:
                    each.cells[place] = replace(cell, formula=shift.text(cell.formula, each.name, page.name))
            each.charts = [[shift.text(series, "", page.name) for series in chart] for chart in each.charts]
        # Excel's own, by which it knows what of a sheet is printed and filtered, are only counted here.
        moved = {name: shift.text(text, "", page.name) for name, text in self.names.items() if "!" not in name}
        self.names |= moved
