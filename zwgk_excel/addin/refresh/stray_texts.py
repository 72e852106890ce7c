"""What was typed onto the open tracker's sheets where no column takes it, and what of that a refresh would take away.

In a saved tracker all of it goes to the sheet of removed values, because its sheets are written anew. In an open one
it stays where it is, until its row goes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from zwgk_excel.addin.refresh.table_refresh import TableRefresh
from zwgk_excel.domain.text import clean
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.excel import address
from zwgk_excel.workbooks.opening.open_book import Grid
from zwgk_excel.workbooks.reading.cell_reader import as_text
from zwgk_excel.workbooks.reading.table_reader import is_visible
from zwgk_excel.workbooks.tracker.previous.stray_cells import BESIDE_KEPT, StrayCell, is_row_of_ours


def strays_of_table(table: TableRefresh) -> Iterator[StrayCell]:
    """The stray cells in the rows of a table that go, read before any row moves.

    Of a row of ours those beside it, where the table keeps no columns of the office; of a line that somebody typed
    into the table, all.
    """
    grid, area, staying = table.grid, table.old, set(table.plan.rows_before.values())
    ours, keys = [column - 1 for column in area.columns], [column - 1 for column in table.keys_at]
    columns_kept = table.shape.key in BESIDE_KEPT
    text: str = layout("tracker").settings["texts"]["stray"]
    for row in range(area.first - 1, min(area.last, len(grid.rows))):
        if row + 1 in staying or not table.key_at(row + 1):  # a line without a key stays, or has nothing in it
            continue
        filled = _filled(grid, row)
        lost = not is_row_of_ours(filled, ours, keys)
        for place in filled:
            if lost if place in ours else not columns_kept:
                heading = "" if place in ours else clean(as_text(grid.value(area.header - 1, place)))
                yield _stray(table.sheet.name, grid, row, place, heading or text)


def strays_in_rows(sheet: str, grid: Grid, rows: range, ours: Collection[int]) -> Iterator[StrayCell]:
    """The same of whole rows that go, from 0, on a sheet that is no table; ``ours`` are our columns, from 0."""
    text: str = layout("tracker").settings["texts"]["stray"]
    for row in rows:
        yield from (_stray(sheet, grid, row, place, text) for place in _filled(grid, row) if place not in ours)


def _filled(grid: Grid, row: int) -> list[int]:
    if row >= len(grid.rows):
        return []
    places = range(len(grid.rows[row]))
    return [place for place in places if is_visible(grid.value(row, place)) or (row, place) in grid.errors]


def _stray(sheet: str, grid: Grid, row: int, place: int, heading: str) -> StrayCell:
    value = grid.value(row, place)
    return StrayCell(sheet, address(row, place), heading, grid.errors.get((row, place), "") if value is None else value)
