"""Parses rows of 任务清单 and 信息明细 to answers and items, from the sheets and from copies of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any, Generic, TypeAlias, TypeVar

from zwgk_excel.domain.identity import AskedTask
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.problems import CellRef, Problem, problem
from zwgk_excel.domain.returns import EMPTY, AnswerStatus, CellValue, Item, TaskAnswer
from zwgk_excel.domain.text import clean
from zwgk_excel.layout.columns import Column, ColumnKind, added_columns, layout
from zwgk_excel.layout.words import words
from zwgk_excel.workbooks.contract.aside_rows import is_aside
from zwgk_excel.workbooks.contract.excel_value import ExcelValue
from zwgk_excel.workbooks.excel import address
from zwgk_excel.workbooks.opening.rejected import RejectedFileError
from zwgk_excel.workbooks.reading.cell_reader import as_text
from zwgk_excel.workbooks.reading.data_rows import TableRows, classify_rows
from zwgk_excel.workbooks.reading.find_sheets import ITEMS, TASKS, TableSheet
from zwgk_excel.workbooks.reading.table_reader import LocatedTable, ParsedRow, read_row, typed_rows

_Entry = TypeVar("_Entry", bound=TaskAnswer | Item)
_Made: TypeAlias = tuple[_Entry, tuple[Problem, ...]]
"""An entry and the problems with its cells."""
_ID, _REFERENCE, _COLUMN, _CATEGORY, _DUE = "id", "reference", "column", "category", "due"
_WELL_FORMED = re.compile(r"[A-Za-z]\s*\d+")
_PERIOD = "（"
"""Before the 所属期 in the label of a task of which there are several."""
_COMPUTED = frozenset({ColumnKind.CHECK, ColumnKind.INTEGER})


@dataclass(frozen=True, slots=True)
class SheetEntries(Generic[_Entry]):
    """The entries and problems of one sheet."""

    part: TableSheet
    body: TableRows | None
    """None where the sheet has no headings."""
    entries: tuple[_Entry, ...] = ()
    """Without those that a sheet before it has just the same."""
    problems: tuple[Problem, ...] = ()
    """Of what was repaired, of rows that are none, and of the cells of the entries; each about a cell of its own, or
    about the sheet."""


@dataclass(frozen=True, slots=True)
class _Reader(Generic[_Entry]):
    rows: Callable[[LocatedTable], list[int]]
    """The rows that hold something."""
    is_row: Callable[[LocatedTable, int], bool]
    make: Callable[[LocatedTable, ParsedRow, str], _Entry]
    keys: tuple[str, ...]
    """The columns that, besides the inputs, decide whether two rows are equal."""
    is_aside: Callable[[LocatedTable, int], bool] = lambda table, row: False
    """Whether a row is only a remark."""


def read_items(
    parts: list[TableSheet], file: str, by: date, cycle: Month | None, answers: Sequence[TaskAnswer] = ()
) -> list[SheetEntries[Item]]:
    """The items of each sheet; ``file`` is for messages, ``by`` and ``cycle`` as for ``read_row``.

    ``answers`` are the rows of 任务清单: what names one of their tasks is an item. Raises :class:`RejectedFileError`
    (rows_too_many) above the limit of filled rows.
    """
    seen: set[tuple[str, ...]] | None = set() if len(parts) > 1 else None
    names = {name for answer in answers for name in _names(answer)}
    reader = replace(_ITEMS, is_aside=partial(_is_aside, names))
    return [_read(part, reader, seen, file, by, cycle) for part in parts]


def read_answers(parts: list[TableSheet], file: str, by: date, cycle: Month | None) -> list[SheetEntries[TaskAnswer]]:
    """The answers of each sheet, as :func:`read_items`.

    A row is a task's by its 编号, or where that was changed by its 大项, 栏目 and 所属期.
    """
    seen: set[tuple[str, ...]] | None = set() if len(parts) > 1 else None
    return [_read(part, _ANSWERS, seen, file, by, cycle) for part in parts]


def _read(
    part: TableSheet,
    reader: _Reader[_Entry],
    seen: set[tuple[str, ...]] | None,
    file: str,
    by: date,
    cycle: Month | None,
) -> SheetEntries[_Entry]:
    if part.table is None:
        return SheetEntries(part, None, (), part.problems)
    rows = reader.rows(part.table)
    tests = {"is_row": partial(reader.is_row, part.table), "is_aside": partial(reader.is_aside, part.table)}
    body = classify_rows(part.table, rows, file, **tests)
    _check_count(len(body.rows), CellRef(file, part.grid.sheet))
    made = [_entry(body, row, part, reader, file, by, cycle) for row in body.rows]
    new = made if seen is None else _unseen(made, body, part, reader, seen)
    told = _copied(part, len(made) - len(new), file) if part.copy else ()
    cells = [each for _, found in new for each in found]
    entries = tuple([each for each, _ in new])
    return SheetEntries(part, body, entries, (*told, *part.problems, *body.skipped.values(), *cells))


def task_rows(read: SheetEntries[TaskAnswer]) -> tuple[AskedTask, ...]:
    """The rows of one 任务清单 as what they ask; a text is empty where its column is missing."""
    rows = [(read.body.table, row) for row in read.body.rows] if read.body else []
    return tuple(AskedTask(*(_task_cell(*row, key) for key in (_ID, _REFERENCE, _DUE))) for row in rows)


def _check_count(count: int, place: CellRef) -> None:
    limit = layout("report").settings["rows_read"]
    if count > limit:
        raise RejectedFileError(problem("rows_too_many", place, count=count, limit=limit))


def _entry(
    body: TableRows, row: int, part: TableSheet, reader: _Reader[_Entry], file: str, by: date, cycle: Month | None
) -> _Made[_Entry]:
    read = read_row(body.table, row, part.sheet.inputs, file, by=by, cycle=cycle)
    found = _with_merged(read, body) if body.filled else read.problems
    return reader.make(body.table, read, part.grid.sheet if part.copy else ""), found


def _unseen(
    made: list[_Made[_Entry]], body: TableRows, part: TableSheet, reader: _Reader[_Entry], seen: set[tuple[str, ...]]
) -> list[_Made[_Entry]]:
    """All entries; of a copy of a sheet those that are not in ``seen``, which is updated."""
    inputs, keys = part.sheet.inputs, [part.sheet[key] for key in reader.keys]
    typed = [tuple(_text(body.table, row, column) for column in inputs) for row in body.rows]
    texts = [(*own, *(_text(body.table, row, key) for key in keys)) for own, row in zip(typed, body.rows, strict=True)]
    rows = zip(made, typed, texts, strict=True)
    new = [each for each, own, text in rows if not (part.copy and (text in seen or not any(own)))]
    seen.update(texts)
    return new


def _with_merged(row: ParsedRow, body: TableRows) -> tuple[Problem, ...]:
    """The problems of a row; a cell filled from a merged one has its error, else the note about merging."""
    merged = {note.place.cell: note for (number, _), note in body.filled.items() if number == row.number - 1}
    kept = [each for each in row.problems if each.counts or each.place.cell not in merged]
    told = {each.place.cell for each in kept}
    return (*kept, *(note for cell, note in merged.items() if cell not in told))


def _copied(part: TableSheet, same: int, file: str) -> tuple[Problem, ...]:
    note = f"，其中 {same} 行没有新的内容，未重复计入" if same else ""
    return (problem("sheet_copied", CellRef(file, part.grid.sheet), value=part.sheet.name, same=note),)


def _text(table: LocatedTable, row: int, column: Column) -> str:
    place = table.positions.get(column.key, -1)
    if (row, place) in table.grid.uncached:
        return f"={address(row, place)}"
    return table.grid.errors.get((row, place)) or clean(as_text(table.grid.value(row, place)))


def _parted(values: Mapping[str, Any], sheet: str) -> tuple[Mapping[str, Any], dict[str, CellValue]]:
    """(Values of the columns that are fields, non-empty values of added columns)."""
    added = [column.key for column in added_columns(sheet)]
    if not added:
        return values, {}
    fields = {key: value for key, value in values.items() if key not in added}
    return fields, {key: values[key] for key in added if values[key] not in EMPTY}


# --- items -------------------------------------------------------------------------------------


def _item(_: LocatedTable, row: ParsedRow, sheet: str) -> Item:
    fields, more = _parted(row.values, ITEMS)
    return Item(**fields, row=row.number, unread=row.unread, sheet=sheet, more=more)


def _names(answer: TaskAnswer) -> tuple[str, ...]:
    """What 自查 knows a task by: its 编号, its 栏目, and both, of which a 所属期 may follow."""
    id_, column = answer.task[0].casefold(), answer.column.casefold()
    return (id_, column, f"{id_} {column}", f"{id_}{column}") if id_ and column else ()


def _is_aside(names: Collection[str], table: LocatedTable, row: int) -> bool:
    """Whether 自查 leaves a row to intake: what it cannot tell is no reason to send a report back."""
    grid, places = table.grid, {column.key: table.positions.get(column.key) for column in table.sheet.inputs}
    if any((row, place) in cells for place in places.values() for cells in (grid.errors, grid.uncached)):
        return False
    cells = {key: ExcelValue(None if place is None else grid.value(row, place)) for key, place in places.items()}
    task = cells["task"].text.casefold()
    of_task = {task, task.partition(_PERIOD)[0]} & {*names} if names else _WELL_FORMED.match(task)
    return not of_task and is_aside(cells)


_ITEMS: _Reader[Item] = _Reader(
    rows=lambda table: typed_rows(table, table.sheet.inputs),
    is_row=lambda table, row: True,
    make=_item,
    keys=(),
)


# --- answers -----------------------------------------------------------------------------------


def _task_cell(table: LocatedTable, row: int, key: str) -> str:
    raw = table.grid.value(row, table.positions[key]) if key in table.positions else None
    # Retyped by hand, 2026-11 becomes the first day of that month.
    if isinstance(raw, date):
        return str(Month.of(raw)) if key == _REFERENCE else raw.isoformat()[:10]
    return clean(as_text(raw))


def _is_task(table: LocatedTable, row: int) -> bool:
    if _WELL_FORMED.fullmatch(_task_cell(table, row, _ID)):
        return True
    # A row that somebody added has other words there, and all of it is named.
    issued = _CATEGORY not in table.positions or _task_cell(table, row, _CATEGORY) in words("category").values()
    return bool(issued and _task_cell(table, row, _COLUMN) and _task_cell(table, row, _REFERENCE))


def _answer(table: LocatedTable, row: ParsedRow, sheet: str) -> TaskAnswer:
    number, (values, more) = row.number - 1, _parted(row.values, TASKS)
    id_, reference, column = (_task_cell(table, number, key) for key in (_ID, _REFERENCE, _COLUMN))
    status = AnswerStatus(values["status"]) if values["status"] else None
    typed = values["statement"], values["remark"]
    return TaskAnswer("", (id_, reference), status, *typed, row.number, column, sheet, more)


_ANSWERS: _Reader[TaskAnswer] = _Reader(
    rows=lambda table: typed_rows(table, [c for c in table.sheet if c.input or c.kind not in _COMPUTED]),
    is_row=_is_task,
    make=_answer,
    keys=(_ID, _REFERENCE),
)
