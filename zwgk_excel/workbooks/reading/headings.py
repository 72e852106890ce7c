"""Repairs changed headings: split over two rows, misspelt, blanked, or missing altogether."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from difflib import SequenceMatcher

from zwgk_excel.domain.problems import CellRef, Problem, problem
from zwgk_excel.domain.text import fold, is_link
from zwgk_excel.layout.columns import Column, ColumnKind, SheetLayout
from zwgk_excel.workbooks.contract.template_text import is_check, is_hint, is_title
from zwgk_excel.workbooks.excel import address
from zwgk_excel.workbooks.opening.open_book import CellValue, Grid
from zwgk_excel.workbooks.reading.table_reader import LocatedTable, headings_in, is_visible
from zwgk_excel.workbooks.reading.titles import ABOVE

RepairedTable = tuple[LocatedTable, list[Problem]]

_ALIKE, _ALIAS_ALIKE, _BETWEEN_ALIKE = 0.6, 0.75, 0.5
"""Least likeness (difflib's ratio) of a heading to a column's own, to an alias, and where its place fits as well."""
_TASK = re.compile(r"[A-Z]\d+")
_LINKED = frozenset({ColumnKind.URL, ColumnKind.PARAGRAPH})


def repair_headings(table: LocatedTable, file: str) -> RepairedTable:
    """The table with the columns of changed headings found, and a note on each; ``file`` is for messages."""
    place, problems = CellRef(file, table.grid.sheet), list[Problem]()
    for repair in _REPAIRS:
        if table.missing(table.sheet):
            table, found = repair(table, place)
            problems += found
    return table, problems


def assume_headings(grid: Grid, sheet: SheetLayout, file: str) -> RepairedTable | None:
    """The table of a sheet without headings, with the columns as issued; None where its cells do not fit.

    They fit where a row has a task's id or a link in its column, and no id, link, date or result of 自查 is in another
    column.
    """
    looks = [_looks(row, sheet) for row in grid.rows]
    rows = [number for number, look in enumerate(looks) if True in look]
    if not rows or any(False in look for look in looks):
        return None
    ours = [
        number
        for number, row in enumerate(grid.rows[: min(ABOVE, rows[0])])
        if any(is_title(sheet, raw) or is_hint(sheet, raw) for raw in row)
    ]
    header = max(ours, default=-1)
    positions = {column.key: number for number, column in enumerate(sheet)}
    wide = [[*row, *[None] * (len(sheet.columns) - len(row))] for row in grid.rows]
    grid = replace(grid, rows=wide)
    table = LocatedTable(sheet, grid, header, positions, {number: key for key, number in positions.items()}, {}, {})
    return table, [problem("headings_assumed", CellRef(file, grid.sheet))]


def _looks(row: list[CellValue], sheet: SheetLayout) -> set[bool]:
    """Whether ids, links and dates are in their columns, False also for a misplaced 自查; empty for a row with none."""
    found = set()
    for number, raw in enumerate(row):
        column = sheet.columns[number] if number < len(sheet.columns) else None
        if isinstance(raw, date):
            found.add(column is not None and column.kind is ColumnKind.DATE)
        elif isinstance(raw, str) and is_link(raw):
            found.add(column is not None and column.kind in _LINKED)
        elif isinstance(raw, str) and _TASK.match(raw):
            found.add(number == 0)
        elif is_check(raw) and (column is None or column.kind is not ColumnKind.CHECK):
            found.add(False)
    return found


# --- one repair after the other ----------------------------------------------------------------


def join_headings(table: LocatedTable, place: CellRef) -> RepairedTable:
    """The table with the columns whose headings are in the row above or below the others, and a note on them."""
    missing = {column.key for column in table.missing(table.sheet)}
    below, above = _row(table, table.header + 1), _row(table, table.header - 1)
    found = {place: column for place, column, _ in headings_in(below, table.sheet)}
    new = {where: column for where, column in found.items() if column.key in missing and where not in table.keys}
    if new and all(where in found for where, raw in enumerate(below) if is_visible(raw)):
        raised = frozenset({*table.keys, *table.repeated} - new.keys())
        moved = replace(_with(table, new), header=table.header + 1, raised=raised)
        return moved, [problem("heading_split", place.at(address(moved.header, min(new))))]
    own = _row(table, table.header)
    new = {
        where: column
        for where, column, _ in headings_in(above, table.sheet)
        if column.key in missing and where not in table.keys and not (where < len(own) and is_visible(own[where]))
    }
    if not new:
        return table, []
    told = problem("heading_split", place.at(address(table.header - 1, min(new))))
    return replace(_with(table, new), raised=frozenset(new)), [told]


def _resembling(table: LocatedTable, place: CellRef) -> RepairedTable:
    """Columns by headings that are similar to exactly one missing column and to which no other heading is similar."""
    missing = table.missing(table.sheet)
    alike = {where: [c for c in missing if _likeness(text, c)] for where, text in table.unknown.items()}
    wanted = [column.key for columns in alike.values() for column in columns]
    single = {where: columns[0] for where, columns in alike.items() if len(columns) == 1}
    return _guessed(table, {where: c for where, c in single.items() if wanted.count(c.key) == 1}, place)


def _between(table: LocatedTable, place: CellRef) -> RepairedTable:
    """Columns with a blanked or hardly similar heading, by the known columns on both sides."""
    if 2 * len(table.positions) < len(table.sheet.columns):
        return table, []
    new = {where: column for run in _runs(table) for where, column in _placed(table, run).items()}
    return _guessed(table, new, place)


_REPAIRS: tuple[Callable[[LocatedTable, CellRef], RepairedTable], ...] = (join_headings, _resembling, _between)


def _runs(table: LocatedTable) -> Iterator[tuple[int, int]]:
    """(First, last) index, in the layout, of consecutive missing columns."""
    start = None
    for index, column in enumerate(table.sheet):
        if column.key in table.positions:
            if start is not None:
                yield start, index - 1
            start = None
        elif start is None:
            start = index
    if start is not None:
        yield start, len(table.sheet.columns) - 1


def _placed(table: LocatedTable, run: tuple[int, int]) -> dict[int, Column]:
    columns, count = table.sheet.columns, run[1] - run[0] + 1
    left = table.positions[columns[run[0] - 1].key] if run[0] else None
    right = table.positions[columns[run[1] + 1].key] if run[1] + 1 < len(columns) else None
    if left is None and right is None:
        return {}
    first = left + 1 if left is not None else (right or 0) - count
    if first < 0 or (left is not None and right is not None and right - left != count + 1):
        return {}
    places = {first + number: columns[run[0] + number] for number in range(count)}
    inner = left is not None and right is not None
    fits = all(_may_be(table, where, column) and (inner or _is_used(table, where)) for where, column in places.items())
    return places if fits else {}


def _may_be(table: LocatedTable, where: int, column: Column) -> bool:
    """Whether the heading at an unused position is blank or similar enough to the column's."""
    if where in table.keys or where in table.repeated:
        return False
    text = table.unknown.get(where, "")
    return not text.strip() or _likeness(text, column, least=_BETWEEN_ALIKE)


def _is_used(table: LocatedTable, where: int) -> bool:
    cells = (table.grid.value(row, where) for row in range(table.header + 1, len(table.grid.rows)))
    return where in table.grid.uncached.rows or any(is_visible(raw) for raw in cells)


def _likeness(text: str, column: Column, *, least: float = 0.0) -> bool:
    folded = fold(text)
    limits = (least or _ALIKE, *[least or _ALIAS_ALIKE] * len(column.aliases))
    pairs = zip(column.names, limits, strict=True)
    return any(SequenceMatcher(None, folded, name).ratio() >= limit for name, limit in pairs)


def _guessed(table: LocatedTable, new: Mapping[int, Column], place: CellRef) -> RepairedTable:
    problems = []
    for where, column in sorted(new.items()):
        text = table.unknown.get(where, "").strip()
        what = f"表头是“{text}”" if text else "表头是空的"
        at = place.at(address(table.header, where))
        problems.append(problem("heading_guessed", at, what=what, heading=column.heading))
    return _with(table, new), problems


def _with(table: LocatedTable, new: Mapping[int, Column]) -> LocatedTable:
    positions = {**table.positions, **{column.key: where for where, column in new.items()}}
    return replace(
        table,
        positions=positions,
        keys={where: key for key, where in positions.items()},
        unknown={where: text for where, text in table.unknown.items() if where not in new},
        repeated={where: key for where, key in table.repeated.items() if where not in new},
    )


def _row(table: LocatedTable, number: int) -> list[CellValue]:
    return table.grid.rows[number] if 0 <= number < len(table.grid.rows) else []


def heading_cell(table: LocatedTable, where: int) -> tuple[int, int]:
    """The cell of a column's heading."""
    return table.header - (where in table.raised), where
