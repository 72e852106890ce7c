"""The columns that the office added to the tracking table: they stay with their obligations, and nothing is lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from zwgk_excel.addin.journal import Journal
from zwgk_excel.addin.table_refresh import TableRefresh
from zwgk_excel.domain.text import clean
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.opening.grid import Grid, column_letters
from zwgk_excel.workbooks.reading.cell_reader import as_text
from zwgk_excel.workbooks.reading.sheet_reader import find_table
from zwgk_excel.workbooks.tracker.formula_moves import FILL_ROW, Moves
from zwgk_excel.workbooks.tracker.tables import Row


@dataclass(frozen=True, slots=True)
class Added:
    """What the office added, read before any row moves."""

    table: TableRefresh
    columns: dict[str, int]
    """Heading → column of the sheet, from 1."""
    fills: dict[int, str]
    """Column → the formula that all its rows share, as it stands in FILL_ROW."""
    moved: list[Row] = field(default_factory=list)
    """What stands in rows that go: one row of the sheet of removed values each."""

    @classmethod
    def read(cls, table: TableRefresh) -> Added:
        """The added columns of the tracking table, and what they hold for obligations that are gone."""
        grid, place = table.grid, table.old
        width = max((len(row) for row in grid.rows), default=0)
        others = [column for column in range(1, width + 1) if column not in place.columns]
        named = {column: clean(as_text(grid.value(place.header - 1, column - 1))) for column in others}
        columns = {named[column] or column_letters(column - 1): column for column in others}
        gone = [n for n in range(place.first, place.last + 1) if n not in table.plan.origins.values()]
        moved = [row for number in gone for row in _values(table, columns, number)]
        fills = {column: fill for column in others if (fill := _fill(table, column))}
        return cls(table, columns, fills, moved)


def _values(table: TableRefresh, columns: dict[str, int], number: int) -> list[Row]:
    """What the office has in one row that goes: values of its columns, and comments on any cell."""
    key = table.key_at(number)
    if not key:
        return []
    found: list[Row] = []
    for heading, column in columns.items():
        value = table.grid.value(number - 1, column - 1)
        if value is not None:
            found.append({"obligation": key, "column": heading, "value": value})
    comment: str = layout("tracker").settings["texts"]["comment"]
    for column in (*table.old.columns, *columns.values()):
        note = table.sheet.range((number, column)).note
        if note is not None:
            found.append({"obligation": key, "column": comment, "value": note.text})
    return found


def _fill(table: TableRefresh, column: int) -> str:
    place = table.old
    typed = table.sheet.range((place.first, column), (place.last, column)).formula
    texts = [row[0] for row in typed] if isinstance(typed, list | tuple) else [typed]
    if not texts[0].startswith("="):
        return ""
    fill = Moves(table.sheet.name).formula(texts[0], place.first, FILL_ROW)
    shared = all(fill.replace(str(FILL_ROW), str(row)) == text for row, text in enumerate(texts, place.first))
    return fill if shared else ""


def leave_behind(grid: Grid) -> list[Row]:
    """The rows of the sheet of removed values."""
    sheet = layout("tracker")["removed"]
    table = find_table(grid, sheet)
    if table is None or any(column.key not in table.positions for column in sheet):
        return []
    found = []
    for number in range(table.header + 1, len(grid.rows)):
        row: Row = {key: _shown(grid.value(number, place)) for key, place in table.positions.items()}
        if row["obligation"]:
            found.append(row)
    return found


def _shown(value: Any) -> Any:
    return "" if value is None else value


def fill_new_rows(added: Added, known: Sequence[Row], journal: Journal) -> list[Row]:
    """New rows get the formula of their column, and what was kept for their obligation; returns what was restored."""
    places = added.table.plan.places
    for column, fill in added.fills.items():
        for key in added.table.plan.added:
            cell = added.table.sheet.range((places[key], column))
            journal.write(cell, [[fill.replace(str(FILL_ROW), str(places[key]))]])
    restored = []
    for row in known:
        key, place = str(row["obligation"]), added.columns.get(str(row["column"]))
        if key in added.table.plan.added and place is not None:
            journal.write(added.table.sheet.range((places[key], place)), [[row["value"]]])
            restored.append(row)
    return restored
