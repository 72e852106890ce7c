"""The columns that the office added to the tables: what is in them stays with its row, and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from zwgk_excel.addin.refresh.journal import Journal
from zwgk_excel.addin.refresh.live_book import comments
from zwgk_excel.addin.refresh.row_plan import runs
from zwgk_excel.addin.refresh.table_refresh import TableRefresh
from zwgk_excel.domain.text import clean
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.excel import column_letters
from zwgk_excel.workbooks.opening.open_book import Grid
from zwgk_excel.workbooks.reading.cell_reader import as_text
from zwgk_excel.workbooks.reading.table_reader import find_table
from zwgk_excel.workbooks.tracker.previous.formula_moves import FILL_ROW, RowMapping
from zwgk_excel.workbooks.tracker.rows.row_keys import removed_key
from zwgk_excel.workbooks.tracker.rows.row_values import RowValues


@dataclass(frozen=True, slots=True)
class AddedColumns:
    """What the office added, read before any row moves."""

    table: TableRefresh
    columns: dict[str, int]
    """Heading → column of the sheet, from 1."""
    fills: dict[int, str]
    """Column → the formula that all its rows share, as it stands in FILL_ROW."""
    removed: list[RowValues] = field(default_factory=list)
    """What stands in rows that go: one row of the sheet of removed values each."""

    @classmethod
    def read(cls, table: TableRefresh) -> AddedColumns:
        """The added columns of a table, and what they and comments hold in rows that go."""
        grid, area = table.grid, table.old
        width = max((len(row) for row in grid.rows), default=0)
        others = [column for column in range(1, width + 1) if column not in area.columns]
        named = {column: clean(as_text(grid.value(area.header - 1, column - 1))) for column in others}
        columns = {named[column] or column_letters(column - 1): column for column in others}
        staying = set(table.plan.rows_before.values())
        gone = [n for n in range(area.first, area.last + 1) if n not in staying and table.key_at(n)]
        removed = [row for number in gone for row in _values(table, columns, number)] + _notes(table, gone)
        fills = {column: fill for column in others if (fill := _fill(table, column))}
        return cls(table, columns, fills, removed)


def _values(table: TableRefresh, columns: dict[str, int], number: int) -> Iterator[RowValues]:
    """What the office has in its columns of one row that goes."""
    for heading, column in columns.items():
        value = table.grid.value(number - 1, column - 1)
        if value is not None:
            yield {"obligation": removed_key(table.shape, table.key_at(number)), "column": heading, "value": value}


def _notes(table: TableRefresh, gone: Sequence[int]) -> list[RowValues]:
    """The comments on rows that go; the application's own list, since asking every cell would take a call each."""
    if not gone:
        return []
    heading: str = layout("tracker").settings["texts"]["comment"]
    rows = set(gone)
    texts = ((number, text) for number, text in comments(table.sheet, table.grid) if number in rows)
    return [
        {"obligation": removed_key(table.shape, table.key_at(number)), "column": heading, "value": text}
        for number, text in texts
    ]


def _fill(table: TableRefresh, column: int) -> str:
    area = table.old
    typed = table.sheet.range((area.first, column), (area.last, column)).formula
    texts = [row[0] for row in typed] if isinstance(typed, list | tuple) else [typed]
    if not texts[0].startswith("="):
        return ""
    fill = RowMapping(table.sheet.name).formula(texts[0], area.first, FILL_ROW)
    shared = all(fill.replace(str(FILL_ROW), str(row)) == text for row, text in enumerate(texts, area.first))
    return fill if shared else ""


def removed_values_of(grid: Grid) -> list[RowValues]:
    """The rows of the sheet of removed values."""
    sheet = layout("tracker")["removed"]
    table = find_table(grid, sheet)
    if table is None or any(column.key not in table.positions for column in sheet):
        return []
    found = []
    for number in range(table.header + 1, len(grid.rows)):
        row: RowValues = {key: _shown(grid.value(number, place)) for key, place in table.positions.items()}
        if row["obligation"]:
            found.append(row)
    return found


def _shown(value: Any) -> Any:
    return "" if value is None else value


def fill_new_rows(added: AddedColumns, known: Sequence[RowValues], journal: Journal) -> list[RowValues]:
    """New rows get the formula of their column, and what was kept for their obligation; returns what was restored."""
    sheet, rows = added.table.sheet, added.table.plan.rows_after
    journal.on(added.table.shape.name)
    new = {removed_key(added.table.shape, key): rows[key] for key in added.table.plan.added}
    for column, fill in added.fills.items():
        for first, last in runs(new.values()):
            formulas = [[fill.replace(str(FILL_ROW), str(row))] for row in range(first, last + 1)]
            journal.write(sheet.range((first, column), (last, column)), formulas)
    restored = []
    for row in known:
        number, place = new.get(str(row["obligation"])), added.columns.get(str(row["column"]))
        if number is not None and place is not None:
            journal.write(sheet.range((number, place)), [[row["value"]]])
            restored.append(row)
    return restored
