"""Reads what the office chose on 待处理; columns are found by heading, rows by what they are about, in any order."""

from __future__ import annotations

from datetime import date, timedelta

from zwgk_excel.domain.problems import CellRef
from zwgk_excel.domain.text import clean, clean_paragraph
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.words import code_of
from zwgk_excel.workbooks.excel import address
from zwgk_excel.workbooks.reading.cell_reader import as_text
from zwgk_excel.workbooks.reading.table_reader import LocatedTable, find_table, is_visible, read_row
from zwgk_excel.workbooks.tracker.rows.row_keys import ROW_KEYS, GridSource
from zwgk_excel.workbooks.tracker.rows.view import TrayEntry, TypedValue

FORMULA = "（公式没有结果）"
"""What stands for a formula whose result the file does not hold."""
_A_YEAR = timedelta(days=364)
"""A day without a year is the one of the twelve months from the day since when something waits."""


def read_tray(book: GridSource, name: str) -> tuple[TrayEntry, ...]:
    """The rows in which the office typed anything, in their order; none where there is no such sheet.

    ``name`` is the file's. A row may stand there more than once.
    """
    sheet = layout("tracker")["in_tray"]
    grid = book.grid(sheet.name)
    table = find_table(grid, sheet) if grid else None
    if table is None or table.missing([sheet[key] for key in (*ROW_KEYS["in_tray"], "choice")]):
        return ()
    rows = range(table.header + 1, len(table.grid.rows))
    entries = (_entry(table, row, name) for row in rows)
    return tuple(each for each in entries if each.typed)


def _entry(table: LocatedTable, number: int, name: str) -> TrayEntry:
    columns = [column for column in table.sheet if column.office]
    since = _cell(table, number, "since")
    latest = since + _A_YEAR if isinstance(since, date) else date.max
    row = read_row(table, number, columns, name, by=latest)
    typed = {each.key: value for each in columns if (value := _typed(table, number, each.key)) is not None}
    unread = row.unread | {key for key, value in typed.items() if value == FORMULA}
    kind, subject = (clean(as_text(_cell(table, number, key))) for key in ROW_KEYS["in_tray"])
    code = code_of("waiting", kind)
    places = {
        each.key: CellRef(name, table.grid.sheet, address(number, table.positions[each.key]))
        for each in columns
        if each.key in table.positions
    }
    told = clean_paragraph(as_text(_cell(table, number, "told")))
    key = f"{code}/{subject}" if code and subject else ""
    shown = "：".join(filter(None, (kind, subject)))
    return TrayEntry(key, shown, told, row.values, frozenset(unread), typed, places)


def _cell(table: LocatedTable, row: int, key: str) -> TypedValue | None:
    place = table.positions.get(key)
    return None if place is None else table.grid.value(row, place)


def _typed(table: LocatedTable, row: int, key: str) -> TypedValue | None:
    """What stands in a cell; an error as its text."""
    cell = row, table.positions.get(key, -1)
    if cell in table.grid.errors:
        return table.grid.errors[cell]
    if cell in table.grid.uncached:
        return FORMULA
    raw = _cell(table, row, key)
    return as_text(raw) if isinstance(raw, bool) else raw if is_visible(raw) else None
