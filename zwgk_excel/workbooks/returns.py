"""A returned report workbook, read: who it says it is, its answers and items, and the problems met on the way.

Every non-empty cell that a unit typed into 任务清单 or 信息明细 ends up in a field of an answer or an item, or is named
with its text in a problem.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.problems import Place, Problem, problem
from zwgk_excel.domain.returns import Answer, AnswerStatus, Item, Return
from zwgk_excel.domain.review import Locator
from zwgk_excel.domain.text import clean, fold
from zwgk_excel.layout.columns import ColumnKind, Sheet, layout
from zwgk_excel.workbooks import identity_sheet
from zwgk_excel.workbooks.cell_reader import as_text
from zwgk_excel.workbooks.grid import Book, Grid, address, column_letters, open_book
from zwgk_excel.workbooks.guard import Rejected
from zwgk_excel.workbooks.sheet_part import Cell
from zwgk_excel.workbooks.sheet_reader import Row, Table, find_table, is_visible, read_row, read_rows, typed_rows

_TASKS, _ITEMS = "tasks", "items"
_ID, _REFERENCE = "id", "reference"
_COMPUTED = frozenset({ColumnKind.CHECK, ColumnKind.INTEGER})
"""Kinds of columns that only formulas fill."""
_TITLE_ABOVE = identity_sheet.HEADER_ROW - identity_sheet.TITLE_ROW


@dataclass(frozen=True, slots=True)
class Claim:
    """What the hidden identity sheet of a workbook says; nothing of it is proven yet."""

    schema: int
    unit: str
    cycle: Month
    issued_on: date
    signature: str


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything read from one workbook."""

    identity: Claim | None
    """None where the identity sheet is gone or makes no sense."""
    content: Return
    """Not tied to obligations yet. Without an identity the unit is empty, and the cycle the month of ``by``."""
    locator: Locator


@dataclass(frozen=True, slots=True)
class _Part:
    """One of the two sheets as it came back."""

    sheet: Sheet
    grid: Grid | None = None
    table: Table | None = None


def read_return(data: bytes, name: str, *, by: date) -> Reading:
    """Read a report workbook from its bytes; ``name`` is the file's name for messages.

    ``by`` is the day by which it was filled: a date without a year is the latest such day not after it. Raises
    :class:`Rejected` with one of the guard's problems, file_unreadable, or not_a_report.
    """
    book = open_book(data, name)
    parts = {key: _part(book, layout("report")[key]) for key in (_TASKS, _ITEMS)}
    if all(part.grid is None for part in parts.values()):
        wanted = "、".join(f"“{part.sheet.name}”" for part in parts.values())
        raise Rejected(problem("not_a_report", Place(name), reason=f"没有名为{wanted}的表"))
    claim = _claim(book)
    answers, answer_problems = _answers(parts[_TASKS], name, by)
    items, item_problems = _items(parts[_ITEMS], name, by)
    missing = [p for part in parts.values() for p in _missing(part, name)]
    outside = [p for part in parts.values() for p in _outside(part, name)]
    content = Return(
        unit=claim.unit if claim else "",
        cycle=claim.cycle if claim else Month.of(by),
        answers=tuple(answers),
        items=tuple(items),
        problems=(*missing, *answer_problems, *item_problems, *outside),
    )
    return Reading(claim, content, _locator(parts, name))


def _part(book: Book, sheet: Sheet) -> _Part:
    names = [name for name in book.sheet_names if fold(name) == fold(sheet.name)]
    exact = sheet.name if sheet.name in names else next(iter(names), "")
    grid = book.grid(exact)
    return _Part(sheet, grid, find_table(grid, sheet) if grid else None)


def _locator(parts: Mapping[str, _Part], name: str) -> Locator:
    found = {key: part.table for key, part in parts.items() if part.table}
    return Locator(
        file=name,
        sheets={key: part.grid.sheet if part.grid else part.sheet.name for key, part in parts.items()},
        letters={
            (sheet, key): column_letters(place)
            for sheet, table in found.items()
            for key, place in table.positions.items()
        },
        headings={(key, column.key): column.heading for key, part in parts.items() for column in part.sheet},
    )


# --- the identity ------------------------------------------------------------------------------


def _claim(book: Book) -> Claim | None:
    grid = book.grid(layout("report")["identity"].name)
    if grid is None:
        return None
    pairs = {as_text(row[0]).strip(): row[1] for row in grid.rows if len(row) > 1}
    texts = {key: as_text(pairs.get(key)).strip() for key in identity_sheet.KEYS}
    if texts[identity_sheet.PRODUCT] != identity_sheet.PRODUCT_NAME or not texts[identity_sheet.UNIT]:
        return None
    try:
        return Claim(
            schema=int(texts[identity_sheet.SCHEMA]),
            unit=texts[identity_sheet.UNIT],
            cycle=Month.parse(texts[identity_sheet.CYCLE]),
            issued_on=date.fromisoformat(texts[identity_sheet.ISSUED_ON]),
            signature=texts[identity_sheet.SIGNATURE],
        )
    except ValueError:
        # Edited by hand beyond understanding: as good as none, and quarantined as such.
        return None


# --- answers and items -------------------------------------------------------------------------


def _answers(part: _Part, name: str, by: date) -> tuple[list[Answer], list[Problem]]:
    if part.table is None:
        return [], []
    rows = [read_row(part.table, row, part.sheet.inputs, name, by=by) for row in _task_rows(part.table)]
    return [_answer(part.table, row) for row in rows], [p for row in rows for p in row.problems]


def _task_rows(table: Table) -> list[int]:
    """The rows of 任务清单 that say which task they are."""
    return [row for row in typed_rows(table, [table.sheet[_ID]]) if _task_cell(table, row, _ID)]


def _task_cell(table: Table, row: int, key: str) -> str:
    raw = table.grid.value(row, table.positions[key]) if key in table.positions else None
    # Retyped by hand, 2026-11 becomes the first day of that month.
    return str(Month.of(raw)) if key == _REFERENCE and isinstance(raw, date) else clean(as_text(raw))


def _answer(table: Table, row: Row) -> Answer:
    task = _task_cell(table, row.number - 1, _ID), _task_cell(table, row.number - 1, _REFERENCE)
    status = AnswerStatus(row.values["status"]) if row.values["status"] else None
    return Answer("", task, status, row.values["statement"], row.values["remark"], row.number)


def _items(part: _Part, name: str, by: date) -> tuple[list[Item], list[Problem]]:
    if part.table is None:
        return [], []
    rows = list(read_rows(part.table, part.sheet.inputs, name, by=by))
    items = [Item(**row.values, row=row.number, unread=row.unread) for row in rows]
    return items, [p for row in rows for p in row.problems]


# --- what is missing, and what stands where it does not belong ---------------------------------


def _missing(part: _Part, name: str) -> Iterator[Problem]:
    grid, table = part.grid, part.table
    if grid is None:
        yield problem("sheet_missing", Place(name), value=part.sheet.name)
        return
    needed = [column for column in part.sheet if column.input or column.key == _ID]
    if table is None:
        for column in needed:
            yield problem("heading_missing", Place(name, grid.sheet), heading=column.heading)
        return
    for column in table.missing(needed):
        yield problem("heading_missing", Place(name, grid.sheet, address(table.header, 0)), heading=column.heading)
    for place, key in table.repeated.items():
        what = f"“{part.sheet.heading(key)}”一列出现两次，未读取这一列"
        yield problem("row_repaired", Place(name, grid.sheet, address(table.header, place)), what=what)


def _outside(part: _Part, name: str) -> Iterator[Problem]:
    """Name every cell with something in it that belongs to no column, no task, and not to the workbook itself."""
    grid = part.grid
    if grid is None:
        return
    place = Place(name, grid.sheet)
    tasks = frozenset(_task_rows(part.table)) if part.table and part.sheet.key == _TASKS else None
    for row, column in sorted(_filled(grid, part.table if tasks is None else None)):
        text = _text_of(grid, row, column)
        if text and not (part.table and _belongs(part.table, row, column, tasks)):
            yield problem("text_outside", place.at(address(row, column)), value=text)


def _filled(grid: Grid, table: Table | None) -> set[Cell]:
    """The cells with something in them, but for formulas in the columns of ``table``: 自查 alone has thousands."""
    filled = {(r, c) for r, row in enumerate(grid.rows) for c, raw in enumerate(row) if raw is not None}
    filled.update(grid.errors)
    for column, rows in grid.uncached.rows.items():
        if not (table and column in table.keys):
            filled.update((row, column) for row in rows)
        elif table:
            filled.update((row, column) for row in rows if row <= table.header)
    return filled


def _text_of(grid: Grid, row: int, column: int) -> str:
    if (row, column) in grid.uncached:
        return "（公式）"
    raw = grid.errors.get((row, column)) or grid.value(row, column)
    return as_text(raw).strip() if is_visible(raw) else ""


def _belongs(table: Table, row: int, column: int, tasks: frozenset[int] | None) -> bool:
    """Whether a cell is part of the table or one of our own; ``tasks``, for 任务清单, are its rows of tasks."""
    if row < table.header:
        return _is_ours(table, row, column)
    key = table.keys.get(column, "")
    if row == table.header:
        return bool(key) or column in table.repeated
    if tasks is None or row in tasks:
        return bool(key)
    return bool(key) and not table.sheet[key].input and table.sheet[key].kind in _COMPUTED


def _is_ours(table: Table, row: int, column: int) -> bool:
    """Whether a cell above the headings is the title, or the hint below it, where we wrote them."""
    title = table.header - _TITLE_ABOVE
    if column != 0 or row < title or title < 0:
        return False
    pattern = re.sub(r"\\\{\w+\\\}", ".+", re.escape(table.sheet.title))
    return re.fullmatch(pattern, as_text(table.grid.value(title, 0)).strip()) is not None
