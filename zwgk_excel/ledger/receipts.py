"""Receipts with their content, converted from and to rows in bulk."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    Select,
    Table,
    and_,
    case,
    delete,
    func,
    or_,
    select,
    tuple_,
    update,
)

from zwgk_excel.domain.acts import Act, Change
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.problem_catalogue import Severity
from zwgk_excel.domain.problems import CellRef, Problem
from zwgk_excel.domain.returns import (
    REPORTED_OR_NIL,
    AnswerStatus,
    ContentCounts,
    FaultAnswer,
    FaultAnswerStatus,
    Item,
    Receipt,
    Return,
    TaskAnswer,
    Verdict,
)
from zwgk_excel.domain.senders import HELD_FOR_SENDER
from zwgk_excel.ledger.acts import append_act
from zwgk_excel.ledger.bulk import insert_rows, listed
from zwgk_excel.ledger.more import more_text, more_values
from zwgk_excel.ledger.schema import ANSWERS, FAULT_ANSWERS, ITEMS, PROBLEMS, RECEIPTS
from zwgk_excel.ledger.types import LocalTime, MonthText

_T = TypeVar("_T")
_Row = dict[str, Any]
_FETCH = 5000
"""Rows taken from the database at a time."""

_CHILDREN = (ANSWERS, ITEMS, PROBLEMS, FAULT_ANSWERS)
"""The tables of what a receipt holds."""
BY_HAND = "command"
"""The source of receipts that a person registered."""
IN_RECEIPT, IN_CONTENT, IN_BOTH = "receipt", "content", "both"


class ReceiptFilter(NamedTuple):
    """Conditions on receipts; None for any value."""

    since: datetime | None = None
    unit: str | None = None
    cycle: Month | None = None
    sha256: str | None = None

    @property
    def conditions(self) -> list[ColumnElement[bool]]:
        """The filter as conditions on the receipts table."""
        found: list[ColumnElement[bool]] = []
        if self.since is not None:
            found.append(RECEIPTS.c.received_at >= self.since)
        if self.unit is not None:
            found.append(RECEIPTS.c.unit == self.unit)
        if self.cycle is not None:
            found.append(RECEIPTS.c.cycle == self.cycle)
        if self.sha256 is not None:
            found.append(RECEIPTS.c.sha256 == self.sha256)
        return found


class FirstCopy(NamedTuple):
    """The first receipt with a certain content, and its unit and cycle."""

    file: str
    unit: str = ""
    cycle: Month | None = None
    held: bool = False
    """Whether it is quarantined for its sender: received another way, the content is new."""


def select_known(connection: Connection) -> set[tuple[str, str]]:
    """File and sha256 of every receipt."""
    return {(row.file, row.sha256) for row in connection.execute(select(RECEIPTS.c.file, RECEIPTS.c.sha256))}


def insert_receipts(
    connection: Connection, receipts: Iterable[Receipt], source: str, at: datetime, by: Act | None = None
) -> int:
    """Insert receipts that are not recorded yet, and the act ``by`` which a person did so; returns how many."""
    given = {(receipt.file, receipt.sha256): receipt for receipt in receipts}
    for known in select_numbers(connection, list(given)):
        del given[known]
    first = (connection.scalar(select(func.max(RECEIPTS.c.id))) or 0) + 1
    new = list(enumerate(given.values(), first))
    recorded = {"source": source, "recorded_at": at}
    insert_rows(connection, RECEIPTS, (_receipt_row(id_, receipt) | recorded for id_, receipt in new))
    _insert_children(connection, new)
    if by is not None and new:
        arrived = [receipt for _, receipt in new]
        changes = tuple(Change(each.file, "", receipt_state(each.verdict, each.unit, each.cycle)) for each in arrived)
        units = tuple(dict.fromkeys(each.unit for each in arrived if each.unit))
        cycles = {each.cycle for each in arrived}
        cycle = cycles.pop() if len(cycles) == 1 else None
        append_act(connection, replace(by, cycle=cycle, units=units, changes=changes))
    return len(new)


def receipt_state(verdict: str, unit: str, cycle: Month | None) -> str:
    """A receipt's verdict, unit and cycle as one text, for the changes of an act; the last two may be missing."""
    return "/".join(str(each) for each in (verdict, unit, cycle) if each)


def replace_receipt(connection: Connection, id_: int, receipt: Receipt) -> None:
    """Replace the receipt with this id; the time and source of its recording are kept.

    Duplicates of its content get the same unit and cycle.
    """
    for table in _CHILDREN:
        connection.execute(delete(table).where(table.c.receipt == id_))
    connection.execute(update(RECEIPTS).where(RECEIPTS.c.id == id_).values(_receipt_row(id_, receipt)))
    _insert_children(connection, [(id_, receipt)])
    _adjust_copies(connection, receipt.sha256, receipt.unit, receipt.cycle)


def _adjust_copies(connection: Connection, sha256: str, unit: str, cycle: Month | None) -> None:
    copies = RECEIPTS.c.sha256 == sha256, RECEIPTS.c.verdict == str(Verdict.DUPLICATE)
    connection.execute(update(RECEIPTS).where(*copies).values(unit=unit, cycle=cycle))


def select_rows(connection: Connection, id_: int) -> dict[str, list[_Row]]:
    """All rows of a receipt as JSON values, by table, to be put back by :func:`restore_rows`."""
    found: dict[str, list[_Row]] = {}
    for table, of in _ROWS_OF.items():
        rows = connection.execute(select(table).where(of == id_)).mappings()
        found[table.name] = [{key: _as_json(value) for key, value in row.items()} for row in rows]
    return found


def restore_rows(connection: Connection, id_: int, kept: Mapping[str, Sequence[_Row]]) -> None:
    """Make a receipt again what :func:`select_rows` found, as :func:`replace_receipt` does."""
    for table in _CHILDREN:
        connection.execute(delete(table).where(table.c.receipt == id_))
        # What an earlier version kept lacks the tables that came later.
        insert_rows(connection, table, [_from_json(table, row) for row in kept.get(table.name, ())])
    (row,) = (_from_json(RECEIPTS, each) for each in kept[RECEIPTS.name])
    connection.execute(update(RECEIPTS).where(RECEIPTS.c.id == id_).values(row))
    _adjust_copies(connection, row["sha256"], row["unit"], row["cycle"])


_ROWS_OF: Mapping[Table, ColumnElement[int]] = {
    RECEIPTS: RECEIPTS.c.id,
    **{table: table.c.receipt for table in _CHILDREN},
}


def _as_json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else str(value) if isinstance(value, Month) else value


def _from_json(table: Table, row: _Row) -> _Row:
    """The values of a row by the types of their columns; a column that came later has its default."""
    return {key: _READ.get(type(table.c[key].type), _as_it_is)(value) for key, value in row.items()}


def _as_it_is(value: Any) -> Any:
    return value


_READ: Mapping[type, Callable[[Any], Any]] = {
    Date: lambda value: None if value is None else date.fromisoformat(value),
    LocalTime: lambda value: None if value is None else datetime.fromisoformat(value),
    MonthText: lambda value: None if value is None else Month.parse(value),
}


def select_numbers(connection: Connection, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """(File, sha256) → number, of the receipts that are recorded."""
    c = RECEIPTS.c
    found: dict[tuple[str, str], int] = {}
    for some in listed(keys):
        query = select(c.file, c.sha256, c.id).where(tuple_(c.file, c.sha256).in_(some))
        found.update(((row.file, row.sha256), row.id) for row in connection.execute(query))
    return found


def select_file(connection: Connection, number: int) -> str | None:
    """The file of the receipt with a number; None for none."""
    return connection.scalar(select(RECEIPTS.c.file).where(RECEIPTS.c.id == number))


def select_originals(connection: Connection) -> dict[str, FirstCopy]:
    """sha256 → the first receipt with that content; one not held for its sender is preferred.

    What was withdrawn is none, nor are copies of it: the same file sent again counts.
    """
    c = RECEIPTS.c
    code = select(PROBLEMS.c.code).where(PROBLEMS.c.receipt == c.id, PROBLEMS.c.code.in_(HELD_FOR_SENDER)).exists()
    held = (c.verdict == str(Verdict.QUARANTINED)) & code
    copy = c.verdict == str(Verdict.DUPLICATE)
    gone = select(c.sha256).where(c.verdict == str(Verdict.WITHDRAWN))
    query = select(c.sha256, c.file, c.unit, c.cycle, held.label("held")).where(
        c.verdict != str(Verdict.WITHDRAWN), ~copy | c.sha256.not_in(gone)
    )
    rows = connection.execute(query.order_by(copy.desc(), held.desc(), c.id.desc()))
    return {row.sha256: FirstCopy(row.file, row.unit, row.cycle, bool(row.held)) for row in rows}


def select_units(connection: Connection, files: Sequence[str]) -> dict[str, str]:
    """File → unit, of the files that have a receipt."""
    found: dict[str, str] = {}
    for some in listed(files):
        query = select(RECEIPTS.c.file, RECEIPTS.c.unit).where(RECEIPTS.c.file.in_(some))
        found.update((row.file, row.unit) for row in connection.execute(query))
    return found


def select_receipts(connection: Connection, wanted: ReceiptFilter) -> tuple[Receipt, ...]:
    """The receipts with content, in :attr:`zwgk_excel.domain.returns.Receipt.order`."""
    found = _whole(connection, wanted.conditions)
    return tuple(sorted(found, key=lambda receipt: receipt.order))


def select_receipt_summaries(connection: Connection) -> tuple[Receipt, ...]:
    """All receipts without content, in :attr:`zwgk_excel.domain.returns.Receipt.order`.

    They have the counts per obligation, and what a 整改链接表 says.
    """
    tallies = _tallies(connection)
    problems = _children(connection, PROBLEMS, [], _part_and_problem)
    nothing: Mapping[str, ContentCounts] = {}
    said = _children(connection, FAULT_ANSWERS, [], _fault_answer)
    found = [
        _receipt(row, problems, said, condensed=None if row.content_unit is None else tallies.get(row.id, nothing))
        for row in connection.execute(select(RECEIPTS).execution_options(yield_per=_FETCH))
    ]
    return tuple(sorted(found, key=lambda receipt: receipt.order))


def select_with_content(connection: Connection, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Receipt]:
    """(File, sha256) → the receipt with content."""
    key = tuple_(RECEIPTS.c.file, RECEIPTS.c.sha256)
    return {(each.file, each.sha256): each for each in _whole(connection, [key.in_(keys)])}


def _whole(connection: Connection, conditions: Sequence[ColumnElement[bool]]) -> list[Receipt]:
    rows = connection.execute(select(RECEIPTS).where(*conditions)).all()
    answers = _children(connection, ANSWERS, conditions, _answer)
    items = _children(connection, ITEMS, conditions, _item)
    problems = _children(connection, PROBLEMS, conditions, _part_and_problem)
    said = _children(connection, FAULT_ANSWERS, conditions, _fault_answer)
    return [_receipt(row, problems, said, answers, items) for row in rows]


def _insert_children(connection: Connection, receipts: Sequence[tuple[int, Receipt]]) -> None:
    rows_by_table = (
        (ANSWERS, _answer_rows),
        (ITEMS, _item_rows),
        (PROBLEMS, _problem_rows),
        (FAULT_ANSWERS, _fault_answer_rows),
    )
    for table, rows_of in rows_by_table:
        insert_rows(connection, table, (row for id_, receipt in receipts for row in rows_of(id_, receipt)))


# --- values to rows ----------------------------------------------------------------------------


def _receipt_row(id_: int, receipt: Receipt) -> _Row:
    content = receipt.content
    return {
        "id": id_,
        "file": receipt.file,
        "sha256": receipt.sha256,
        "received_at": receipt.received_at,
        "verdict": str(receipt.verdict),
        "estimated": receipt.estimated,
        "unit": receipt.unit,
        "cycle": receipt.cycle,
        "items": receipt.items,
        "content_unit": content.unit if content else None,
        "content_cycle": content.cycle if content else None,
        "content_common": more_text(content.common) if content else "",
        "file_time": receipt.file_time,
    }


def _answer_rows(id_: int, receipt: Receipt) -> Iterator[_Row]:
    for position, answer in enumerate(receipt.content.answers if receipt.content else ()):
        yield {
            "receipt": id_,
            "position": position,
            "obligation": answer.obligation,
            "task_duty": answer.task[0],
            "task_reference": answer.task[1],
            "status": str(answer.status) if answer.status is not None else None,
            "statement": answer.statement,
            "remark": answer.remark,
            "row": answer.row,
            "task_column": answer.column,
            "sheet": answer.sheet,
            "more": more_text(answer.more),
        }


# The columns of an item are its fields, in the same order, after the two of the key.
_ITEM_FIELDS = tuple(column.name for column in ITEMS.columns)[2:]
_UNREAD, _MORE = _ITEM_FIELDS.index("unread"), _ITEM_FIELDS.index("more")
_item_values = attrgetter(*_ITEM_FIELDS)


def _item_rows(id_: int, receipt: Receipt) -> Iterator[_Row]:
    for position, item in enumerate(receipt.content.items if receipt.content else ()):
        row = dict(zip(_ITEM_FIELDS, _item_values(item), strict=True))
        row["unread"] = json.dumps(sorted(item.unread), ensure_ascii=False) if item.unread else ""
        row["more"] = more_text(item.more)
        yield row | {"receipt": id_, "position": position}


def _problem_rows(id_: int, receipt: Receipt) -> Iterator[_Row]:
    for position, (part, each) in enumerate(_parts(receipt)):
        yield {
            "receipt": id_,
            "position": position,
            "part": part,
            "code": each.code,
            "severity": str(each.severity),
            "file": each.place.file,
            "sheet": each.place.sheet,
            "cell": each.place.cell,
            "found": each.found,
            "expected": each.expected,
            "action": each.action,
            "obligation": each.obligation,
        }


def _fault_answer_rows(id_: int, receipt: Receipt) -> Iterator[_Row]:
    for position, each in enumerate(receipt.fault_answers):
        said = {"status": str(each.status), "url": each.url, "explanation": each.explanation, "row": each.row}
        yield {"receipt": id_, "position": position, "number": each.number, **said}


def _parts(receipt: Receipt) -> Iterator[tuple[str, Problem]]:
    """The problems of the receipt and of its content; a common beginning is written once."""
    own, read = receipt.problems, receipt.content.problems if receipt.content else ()
    shared = next((i for i, (a, b) in enumerate(zip(own, read, strict=False)) if a != b), min(len(own), len(read)))
    yield from ((IN_BOTH, each) for each in own[:shared])
    yield from ((IN_RECEIPT, each) for each in own[shared:])
    yield from ((IN_CONTENT, each) for each in read[shared:])


# --- rows to values ----------------------------------------------------------------------------


def _children(
    connection: Connection,
    table: Table,
    conditions: Sequence[ColumnElement[bool]],
    make: Callable[[Sequence[Any]], _T],
) -> dict[int, list[_T]]:
    """Receipt id → its rows of a table, in order, converted by ``make`` from the columns after the key."""
    query = select(table).order_by(table.c.receipt, table.c.position)
    if conditions:
        query = query.where(table.c.receipt.in_(select(RECEIPTS.c.id).where(*conditions)))
    rows = connection.execute(query.execution_options(yield_per=_FETCH))
    # The same few texts stand in thousands of rows: kept once, they take a third of the memory.
    shared: dict[Any, Any] = {}
    once = shared.setdefault
    return {
        id_: [make([once(value, value) if type(value) is str else value for value in row[2:]]) for row in group]
        for id_, group in groupby(rows, key=itemgetter(0))
    }


def _tallies(connection: Connection) -> dict[int, dict[str, ContentCounts]]:
    """Receipt id → its counts per obligation, by SQL; equal to ``Return.tallies``."""
    found: dict[int, dict[str, ContentCounts]] = defaultdict(dict)
    # Thousands of returns say the same in figures, and of the same obligations.
    keys: dict[str, str] = {}
    tallies: dict[tuple[Any, ...], ContentCounts] = {}
    types = _types(connection)
    none: frozenset[str] = frozenset()

    def once(*counts: Any) -> ContentCounts:
        return tallies.get(counts) or tallies.setdefault(counts, ContentCounts(*counts))

    for id_, key, *counts, distinct in connection.execute(_counted_items().execution_options(yield_per=_FETCH)):
        found[id_][keys.setdefault(key, key)] = once(*counts, types.get((id_, key), none), 0, 0, 0, distinct)
    for id_, key, *counts in connection.execute(_counted_answers().execution_options(yield_per=_FETCH)):
        listed = found[id_].get(key)
        figures = (listed.items, listed.valid, listed.types) if listed else (0, 0, none)
        found[id_][keys.setdefault(key, key)] = once(*figures, *counts, listed.distinct if listed else 0)
    return found


def _types(connection: Connection) -> dict[tuple[int, str], frozenset[str]]:
    """Receipt id and obligation → the types of its valid items."""
    c = ITEMS.c
    query = select(c.receipt, c.obligation, c.type).where(c.valid).distinct()
    found: dict[tuple[int, str], frozenset[str]] = {}
    # A few sets stand for thousands of returns.
    shared: dict[frozenset[str], frozenset[str]] = {}
    for id_, key, type_ in connection.execute(query.execution_options(yield_per=_FETCH)):
        whole = found.get((id_, key), frozenset()) | {type_}
        found[id_, key] = shared.setdefault(whole, whole)
    return found


def _counted_items() -> Select[Any]:
    c, count = ITEMS.c, func.count
    identity = case((c.url != "", func.lower(c.url)), else_=c.title)  # as Item.identity, but for letters not of ASCII
    distinct = count(identity.distinct()).filter(c.valid)
    figures = count(), count().filter(c.valid), distinct
    return select(c.receipt, c.obligation, *figures).group_by(c.receipt, c.obligation)


def _counted_answers() -> Select[Any]:
    c, count = ANSWERS.c, func.count
    told = or_(c.status.is_not(None), c.statement != "", c.remark != "", c.more != "")
    nil = and_(c.status == str(AnswerStatus.NIL), c.statement != "")
    figures = count().filter(told), count().filter(nil), count().filter(c.status.in_(sorted(map(str, REPORTED_OR_NIL))))
    return select(c.receipt, c.obligation, *figures).group_by(c.receipt, c.obligation)


_STATUSES: Mapping[str | None, AnswerStatus | None] = {None: None, **{str(each): each for each in AnswerStatus}}
_SEVERITIES = {str(each): each for each in Severity}


def _answer(values: Sequence[Any]) -> TaskAnswer:
    obligation, duty, reference, status, *rest = values
    rest[-1] = more_values(rest[-1], "tasks")
    return TaskAnswer(obligation, (duty, reference), _STATUSES[status], *rest)


_NONE_UNREAD: frozenset[str] = frozenset()


def _item(values: Sequence[Any]) -> Item:
    fields = list(values)
    fields[_UNREAD] = frozenset(json.loads(fields[_UNREAD])) if fields[_UNREAD] else _NONE_UNREAD
    fields[_MORE] = more_values(fields[_MORE], "items")
    return Item(*fields)


def _problem(values: Sequence[Any]) -> Problem:
    code, severity, file, sheet, cell, found, expected, action, obligation = values
    return Problem(code, _SEVERITIES[severity], CellRef(file, sheet, cell), found, expected, action, obligation)


def _fault_answer(values: Sequence[Any]) -> FaultAnswer:
    number, status, *rest = values
    return FaultAnswer(number, FaultAnswerStatus(status), *rest)


def _part_and_problem(values: Sequence[Any]) -> tuple[str, Problem]:
    return values[0], _problem(values[1:])


def _receipt(
    row: Any,
    problems: Mapping[int, list[tuple[str, Problem]]],
    fault_answers: Mapping[int, list[FaultAnswer]],
    answers: Mapping[int, list[TaskAnswer]] | None = None,
    items: Mapping[int, list[Item]] | None = None,
    condensed: Mapping[str, ContentCounts] | None = None,
) -> Receipt:
    parts: dict[str, list[Problem]] = {IN_RECEIPT: [], IN_CONTENT: []}
    for part, each in problems.get(row.id, ()):
        for where in (IN_RECEIPT, IN_CONTENT) if part == IN_BOTH else (part,):
            parts[where].append(each)
    content = None
    if answers is not None and items is not None and row.content_unit is not None:
        read = tuple(answers.get(row.id, ())), tuple(items.get(row.id, ())), tuple(parts[IN_CONTENT])
        common = json.loads(row.content_common) if row.content_common else {}
        content = Return(row.content_unit, row.content_cycle, *read, common)
    return Receipt(
        row.file,
        row.sha256,
        row.received_at,
        Verdict(row.verdict),
        row.estimated,
        row.unit,
        row.cycle,
        row.items,
        tuple(parts[IN_RECEIPT]),
        content,
        condensed,
        row.file_time,
        row.id,
        tuple(fault_answers.get(row.id, ())),
    )
