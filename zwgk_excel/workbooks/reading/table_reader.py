"""Reads tables by their headings: finds the table and its columns, parses its rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.problems import CellRef, Problem, problem
from zwgk_excel.domain.text import clean, fold
from zwgk_excel.layout.columns import Column, ColumnKind, SheetLayout
from zwgk_excel.workbooks.contract.cell_pictures import PICTURE
from zwgk_excel.workbooks.contract.undated_days import latest_day
from zwgk_excel.workbooks.excel import address
from zwgk_excel.workbooks.opening.open_book import CellValue, Grid
from zwgk_excel.workbooks.reading.cell_reader import ParsedValue, as_text, empty, plain_value, read_cell

_HEADING_LENGTH = 60
"""No heading is longer; what is, is prose."""


@dataclass(frozen=True, slots=True)
class LocatedTable:
    """The positions of a layout sheet's columns in a grid. Rows and columns count from 0."""

    sheet: SheetLayout
    grid: Grid
    header: int
    """The row of the headings; the rows of the table follow it."""
    positions: Mapping[str, int]
    """Column key → column."""
    keys: Mapping[int, str]
    """Column → column key: the same the other way round."""
    unknown: Mapping[int, str]
    """Column → heading that no column has."""
    repeated: Mapping[int, str]
    """Column → key of a column that was found elsewhere; its cells are not part of the table."""
    raised: frozenset[int] = frozenset()
    """Columns whose heading is one row above ``header``."""

    def missing(self, columns: Iterable[Column]) -> list[Column]:
        """Those of ``columns`` that the grid lacks."""
        return [column for column in columns if column.key not in self.positions]


@dataclass(frozen=True, slots=True)
class ParsedRow:
    """The values and problems of one row."""

    number: int
    """Row number in the sheet, 1 for the first."""
    values: Mapping[str, Any]
    """Column key → value as :func:`read_cell` gives it; empty for a column the sheet lacks."""
    unread: frozenset[str]
    """Keys of the columns whose cell held something that could not be understood; a problem names each."""
    problems: tuple[Problem, ...]


def find_table(grid: Grid, sheet: SheetLayout, *, within: int = 30) -> LocatedTable | None:
    """The table of a layout sheet in a grid, at the row of the first ``within`` with the most known headings.

    At least two must be known (one in a sheet of up to three columns); None where no row has them. Stars, spaces and
    line breaks in headings are ignored, aliases accepted. Of a column found twice the one with the proper heading
    counts, else the first.
    """
    best: list[tuple[int, Column, bool]] = []
    header, names = -1, _names(sheet)
    for number, row in enumerate(grid.rows[:within]):
        found = _named(row, names)
        if len({column.key for _, column, _ in found}) > len({column.key for _, column, _ in best}):
            best, header = found, number
            if len(_positions(best)) == len(sheet.columns):
                break
    positions = _positions(best)
    if len(positions) < min(2, (len(sheet.columns) + 1) // 2):
        return None
    repeated = {place: column.key for place, column, _ in best if positions[column.key] != place}
    headings = {place: as_text(raw) for place, raw in enumerate(grid.rows[header]) if raw is not None}
    known = {*positions.values(), *repeated}
    unknown = {place: text for place, text in headings.items() if place not in known}
    keys = {place: key for key, place in positions.items()}
    return LocatedTable(sheet, grid, header, positions, keys, unknown, repeated)


def headings_in(row: list[CellValue], sheet: SheetLayout) -> list[tuple[int, Column, bool]]:
    """The headings in a row: (position, column, whether it is the proper heading and no alias)."""
    return _named(row, _names(sheet))


def _named(row: list[CellValue], names: Mapping[str, tuple[Column, bool]]) -> list[tuple[int, Column, bool]]:
    texts = ((place, raw) for place, raw in enumerate(row) if isinstance(raw, str) and len(raw) <= _HEADING_LENGTH)
    found = ((place, names.get(fold(raw))) for place, raw in texts)
    return [(place, *named) for place, named in found if named]


@cache
def _names(sheet: SheetLayout) -> dict[str, tuple[Column, bool]]:
    """Folded heading or alias → (column, whether it is the proper heading); a heading precedes an alias."""
    names: dict[str, tuple[Column, bool]] = {}
    for column in reversed(sheet.columns):
        names.update(dict.fromkeys(column.names[1:], (column, False)))
    names.update({column.names[0]: (column, True) for column in reversed(sheet.columns)})
    return names


def _positions(found: Iterable[tuple[int, Column, bool]]) -> dict[str, int]:
    positions: dict[str, int] = {}
    for place, column, _ in sorted(found, key=lambda each: (not each[2], each[0])):
        positions.setdefault(column.key, place)
    return positions


def typed_rows(table: LocatedTable, columns: Iterable[Column]) -> list[int]:
    """The rows (from 0) with a visible value in any of ``columns``.

    Formatting does not count; an error, or a formula without a cached result, does.
    """
    places = [table.positions[column.key] for column in columns if column.key in table.positions]
    damaged = {row for row, place in table.grid.errors if place in places}
    damaged.update(*(table.grid.uncached.rows.get(place, ()) for place in places))
    first = table.header + 1
    filled = (
        number
        for number, row in enumerate(table.grid.rows[first:], first)
        if any(is_visible(row[place]) for place in places)
    )
    return sorted({*filled, *(row for row in damaged if row >= first)})


def is_visible(raw: CellValue) -> bool:
    """Whether a value shows anything; text of spaces only does not."""
    return raw is not None and (not isinstance(raw, str) or raw[:1].isalnum() or bool(clean(raw)))


def read_row(
    table: LocatedTable, row: int, columns: Iterable[Column], file: str, *, by: date, cycle: Month | None = None
) -> ParsedRow:
    """One row (from 0) of a table, parsed for ``columns``.

    ``by`` is the day by which it was filled. A day without a year in a column that is ``ahead_of`` another is the next
    such day from that one's on, or from ``by`` where that one has none. In a report workbook of a known ``cycle`` it is
    the one that 自查 takes (:func:`~zwgk_excel.workbooks.contract.undated_days.latest_day`).
    """
    values: dict[str, ParsedValue] = {}
    unread: set[str] = set()
    problems: list[Problem] = []
    for column in columns:
        until, since = (latest_day(column, cycle), None) if cycle else (by, _since(column, values, by))
        values[column.key], found = _read(table, row, column, file, until, since)
        if found:
            problems += found
            if any(each.is_error for each in found) and values[column.key] == empty(column):
                unread.add(column.key)
    return ParsedRow(row + 1, values, frozenset(unread), tuple(problems))


def _since(column: Column, values: Mapping[str, ParsedValue], by: date) -> date | None:
    if not column.ahead_of or values.get("type") not in column.types:
        return None  # an item of the result names the end of what is over
    first = values.get(column.ahead_of)
    return first if isinstance(first, date) else by


def _read(
    table: LocatedTable, row: int, column: Column, file: str, by: date, since: date | None
) -> tuple[ParsedValue, list[Problem]]:
    where = table.positions.get(column.key)
    if where is None or column.kind is ColumnKind.CHECK:
        return empty(column), []
    grid, cell = table.grid, (row, where)
    raw = grid.value(row, where)
    is_damaged = cell in grid.errors or (where in grid.uncached.rows and cell in grid.uncached)
    if raw is None and not is_damaged:
        return empty(column), []
    # Nearly every cell of a report is as it should be: its place is only worked out where there is something to tell.
    if not is_damaged and (value := plain_value(column, raw)) is not None:
        return value, []
    place = CellRef(file, grid.sheet, address(*cell))
    if grid.errors.get(cell) == PICTURE:
        return empty(column), [problem("cell_picture", place, heading=column.heading)]
    if cell in grid.errors:
        return empty(column), [problem("cell_error", place, heading=column.heading, value=grid.errors[cell])]
    if is_damaged:
        return empty(column), [problem("cell_formula", place, heading=column.heading)]
    shown = grid.shown.get(cell, "")
    return read_cell(column, raw, place, by=by, since=since, date_1904=grid.date_1904, shown=shown)
