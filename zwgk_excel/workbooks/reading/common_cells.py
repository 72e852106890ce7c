"""Reads what a unit filled once on the cover, and gives it to the items that leave it blank."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from zwgk_excel.domain.problems import CellRef, Problem
from zwgk_excel.domain.returns import EMPTY, ITEM_COLUMNS, Item
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.contract.common_cells import find_common
from zwgk_excel.workbooks.excel import address
from zwgk_excel.workbooks.opening.open_book import Grid
from zwgk_excel.workbooks.reading.find_sheets import ITEMS
from zwgk_excel.workbooks.reading.table_reader import LocatedTable, read_row


@dataclass(frozen=True, slots=True)
class CommonCells:
    """The cells of the cover that count for every row that leaves them blank; none of a workbook without them."""

    places: Mapping[str, CellRef] = field(default_factory=dict)
    """Column key → its cell."""
    values: Mapping[str, str] = field(default_factory=dict)
    """Column key → what stands there, of the filled cells that could be understood."""
    unread: frozenset[str] = frozenset()
    """Keys of the cells that hold something that could not be understood; a problem names each."""
    problems: tuple[Problem, ...] = ()

    def of(self, item: Item) -> Item:
        """The item with the values of the cells that count for it."""
        blank = [key for key in self.places if key not in item.unread and item.value(key) in EMPTY]
        if not blank:
            return item
        given = {key: self.values[key] for key in blank if key in self.values}
        fields: dict[str, Any] = {key: value for key, value in given.items() if key in ITEM_COLUMNS}
        more = {**item.more, **{key: value for key, value in given.items() if key not in ITEM_COLUMNS}}
        unread = item.unread | self.unread.intersection(blank)
        return replace(item, **fields, more=more, unread=unread, common=frozenset(blank))


def read_common(covers: Sequence[Grid], file: str, by: date) -> CommonCells:
    """The common cells of the first cover that has any; ``file`` and ``by`` as for ``read_cell``."""
    sheet = layout("report")[ITEMS]
    for grid in covers:
        cells = find_common(grid.rows)
        if not cells:
            continue
        places = {key: CellRef(file, grid.sheet, address(*cell)) for key, cell in cells.items()}
        values: dict[str, str] = {}
        unread: set[str] = set()
        problems: list[Problem] = []
        for key, (row, column) in cells.items():
            table = LocatedTable(sheet, grid, row, {key: column}, {column: key}, {}, {})
            read = read_row(table, row, [sheet[key]], file, by=by)
            values |= {key: str(value) for key, value in read.values.items() if value not in EMPTY}
            unread |= read.unread
            problems += read.problems
        return CommonCells(places, values, frozenset(unread), tuple(problems))
    return CommonCells()


def cells_elsewhere(covers: Iterable[Grid], known: CommonCells) -> dict[str, set[tuple[int, int]]]:
    """Sheet → the cells in copies of the cover where something else stands than in those that count."""
    counted = {place.sheet for place in known.places.values()}
    found: dict[str, set[tuple[int, int]]] = {}
    for grid in covers:
        if grid.sheet not in counted:
            cells = find_common(grid.rows).items()
            found[grid.sheet] = {cell for key, cell in cells if grid.value(*cell) != known.values.get(key)}
    return found
