"""Finds what the office typed onto our own sheets where no table and no column of its own takes it.

Those sheets are written anew, so it would be gone: it goes to the sheet of removed values instead. What is ours is
told from the file: the rows of our table with something in them, the area of the filter (单位矩阵), the printed area
(总览, 单位情况). Text typed into a gap within a printed area is not found.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.text import clean
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.contract.cell_pictures import PICTURE
from zwgk_excel.workbooks.excel import address, cell_at
from zwgk_excel.workbooks.ooxml.package import SheetEntry, main, parse
from zwgk_excel.workbooks.opening.open_book import CellValue, Grid
from zwgk_excel.workbooks.reading.cell_reader import as_text
from zwgk_excel.workbooks.reading.table_reader import LocatedTable, is_visible
from zwgk_excel.workbooks.tracker.previous.opened_tracker import OpenedTracker
from zwgk_excel.workbooks.tracker.rows.row_keys import ROW_KEYS
from zwgk_excel.workbooks.tracker.rows.row_values import PLAIN_TABLES

BESIDE_KEPT = frozenset({"tracking", *PLAIN_TABLES})
"""The tables whose columns of the office are kept beside ours, by the module ``read_additions``."""
_OURS = 3
"""A row of ours has at least so many filled cells; a line that somebody typed below a table hardly ever has."""
_HEAD_LINES = 2
"""Title and hint, above every table."""
_AREA = re.compile(r"\$?([A-Z]{1,3})\$?(\d+):\$?([A-Z]{1,3})\$?(\d+)$")
_AREA_NAMES = ("_xlnm._FilterDatabase", "_xlnm.Print_Area")


Typed = str | float | int | bool | date | datetime


@dataclass(frozen=True, slots=True)
class StrayCell:
    """A value outside of what is ours on one of our sheets."""

    sheet: str
    cell: str
    """As in the office's file: ``B200``."""
    heading: str
    """The heading of its column, where the office gave it one; else what the sheet of removed values calls it."""
    value: Typed

    @property
    def place(self) -> str:
        """Sheet and cell: ``待处理!A20``."""
        return f"{self.sheet}!{self.cell}"


def strays_beside_table(tracker: OpenedTracker, entry: SheetEntry, table: LocatedTable) -> Iterator[StrayCell]:
    """The stray cells on the sheet of a table of ours, whose columns are found by their headings."""
    grid, numbers = table.grid, tracker.numbers.get(entry.part, {})
    area = None if numbers else _area(tracker, entry)
    bottom = area[1][0] if area else len(grid.rows)
    texts: str = layout("tracker").settings["texts"]["stray"]
    beside_kept = table.sheet.key in BESIDE_KEPT
    keys = [table.positions[key] for key in ROW_KEYS[table.sheet.key] if key in table.positions]
    heads = 0
    for row, line in enumerate(grid.rows):
        filled = [place for place in range(len(line)) if _is_filled(grid, row, place)]
        if not filled:
            continue
        if row < table.header:
            heads += 1
            strays = filled[1:] if heads <= _HEAD_LINES else filled
        else:
            is_ours = row == table.header or (row <= bottom and is_row_of_ours(filled, table.keys, keys))
            strays = [place for place in filled if (not beside_kept if place not in table.keys else not is_ours)]
        for place in strays:
            heading = "" if row <= table.header else clean(as_text(grid.value(table.header, place)))
            known = place in table.keys or not heading
            where = address(numbers.get(row + 1, row + 1) - 1, place)
            yield StrayCell(entry.name, where, texts if known else heading, _value(grid, row, place))


def is_row_of_ours(filled: Collection[int], ours: Collection[int], keys: Collection[int]) -> bool:
    """Whether a line inside of our table is a row of ours and none that somebody typed there.

    ``filled`` are the places of its cells with something in them, ``ours`` those of our columns, ``keys`` those of the
    columns that make up its key.
    """
    own = [place for place in filled if place in ours]
    keyed = sum(place in keys for place in own)
    return keyed > 0 and (len(own) >= _OURS or keyed == len(keys) > 1)  # an empty in-tray's line has its key alone


def strays_around_area(
    tracker: OpenedTracker, entry: SheetEntry, grid: Grid, hidden: Mapping[int, Any]
) -> Iterator[StrayCell]:
    """The stray cells on a sheet that is no table; ``hidden`` are its hidden columns, which are ours."""
    area = _area(tracker, entry)
    if area is None:
        return
    (top, left), (bottom, right) = area
    heading: str = layout("tracker").settings["texts"]["stray"]
    months = {place for place, text in enumerate(grid.rows[top] if top < len(grid.rows) else []) if _is_month(text)}
    for row, line in enumerate(grid.rows):
        filled = [place for place in range(len(line)) if place not in hidden and _is_filled(grid, row, place)]
        within = [place for place in filled if left <= place <= right or place in months]
        # A refresh of the open tracker may have added rows below the area.
        is_ours = row <= bottom or len(within) >= _OURS
        for place in filled:
            if not is_ours or place not in within:
                yield StrayCell(entry.name, address(row, place), heading, _value(grid, row, place))


def _is_filled(grid: Grid, row: int, place: int) -> bool:
    return is_visible(grid.value(row, place)) or grid.errors.get((row, place), PICTURE) != PICTURE


def _value(grid: Grid, row: int, place: int) -> Typed:
    value = grid.value(row, place)
    return grid.errors.get((row, place), "") if value is None else value


def _is_month(value: CellValue) -> bool:
    try:
        Month.parse(as_text(value))
    except ValueError:
        return False
    return True


def _area(tracker: OpenedTracker, entry: SheetEntry) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """First and last cell of a sheet's table, else of its filter, else of what is printed of it; None for none."""
    package = tracker.package
    for relation in package.relations(entry.part):
        if relation.type == "table" and relation.target in package.parts:
            return _cells(parse(package.parts[relation.target]).get("ref", ""))
    number = str(tracker.entries.index(entry))
    named = {
        each.get("name"): each.text or ""
        for each in parse(package.parts[package.workbook_name]).iter(main("definedName"))
        if each.get("localSheetId") == number
    }
    return next((found for name in _AREA_NAMES if (found := _cells(named.get(name, "")))), None)


def _cells(text: str) -> tuple[tuple[int, int], tuple[int, int]] | None:
    found = _AREA.search(text)
    return (cell_at(found[1] + found[2]), cell_at(found[3] + found[4])) if found else None
