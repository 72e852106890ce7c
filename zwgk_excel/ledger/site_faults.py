"""Faults on the website (网站整改): cases and words are appended with their acts, never changed or deleted.

A case whose raising is undone is withdrawn; a word whose act is undone does not count; answers are those of receipts
that count.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection, func, select

from zwgk_excel.domain.acts import Act, ActKind, Change
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.returns import FaultAnswer, FaultAnswerStatus, Verdict
from zwgk_excel.domain.site_faults import ExplanationWord, FaultCase, FaultKind, GivenAnswer, SiteFault
from zwgk_excel.ledger.acts import Undoing, append_act, select_undone
from zwgk_excel.ledger.bulk import insert_rows
from zwgk_excel.ledger.errors import NotUndoableError
from zwgk_excel.ledger.schema import FAULT_ANSWERS, FAULT_CASES, FAULT_WORDS, RECEIPTS

_FIELDS = (
    "kind",
    "unit",
    "obligation",
    "task",
    "title",
    "url",
    "found",
    "expected",
    "formed_on",
    "published_on",
)
_COUNTED = (str(Verdict.ACCEPTED), str(Verdict.ACCEPTED_WITH_PROBLEMS), str(Verdict.RETURNED))


def raise_faults(
    connection: Connection, faults: Sequence[SiteFault], cycle: Month, mend_by: date, act: Act
) -> tuple[FaultCase, ...]:
    """Insert the faults that a unit is asked to put right, by one act; returns the cases with their numbers."""
    first = (connection.scalar(select(func.max(FAULT_CASES.c.number))) or 0) + 1
    numbers = range(first, first + len(faults))
    changes = tuple(Change(str(number), "", "asked") for number in numbers)
    units = tuple(dict.fromkeys(each.unit for each in faults))
    table = append_act(connection, replace(act, cycle=cycle, units=units, changes=changes))
    cases = tuple(
        FaultCase(number, cycle, each, act.at, mend_by, table)
        for number, each in zip(numbers, faults, strict=True)
    )
    insert_rows(connection, FAULT_CASES, (_row(each) for each in cases))
    return cases


def _row(case: FaultCase) -> dict[str, object]:
    fault = {name: getattr(case.fault, name) for name in _FIELDS} | {"kind": str(case.fault.kind)}
    made = {"raised_at": case.raised_at, "mend_by": case.mend_by, "act": case.table}
    return {"number": case.number, "cycle": case.cycle, **fault, **made}


def append_word(connection: Connection, number: int, word: ExplanationWord, act: Act) -> None:
    """Append the office's word on an explanation, by an act."""
    id_ = (connection.scalar(select(func.max(FAULT_WORDS.c.id))) or 0) + 1
    case = next(each for each in select_fault_cases(connection) if each.number == number)
    change = Change(str(number), "", "accepted" if word.accepted else "unmended")
    done = replace(act, cycle=case.cycle, units=(case.fault.unit,), changes=(change,))
    row = {"accepted": word.accepted, "at": word.at, "who": word.who, "reason": word.reason}
    insert_rows(connection, FAULT_WORDS, [{"id": id_, "fault": number, **row, "act": append_act(connection, done)}])


def select_fault_cases(connection: Connection, *, shown: int | None = None) -> tuple[FaultCase, ...]:
    """All cases by number, with their answers and the office's words in force.

    With ``shown`` without the undoings after that act.
    """
    taken_back = select_undone(connection, shown=shown)
    answers = _answers(connection)
    words: dict[int, list[ExplanationWord]] = defaultdict(list)
    for row in connection.execute(select(FAULT_WORDS).order_by(FAULT_WORDS.c.id)):
        if row.act not in taken_back:
            words[row.fault].append(ExplanationWord(row.accepted, row.at, row.who, row.reason))
    return tuple(
        FaultCase(
            row.number,
            row.cycle,
            _fault(row),
            row.raised_at,
            row.mend_by,
            row.act,
            tuple(answers.get(row.number, ())),
            tuple(words.get(row.number, ())),
            row.act in taken_back,
        )
        for row in connection.execute(select(FAULT_CASES).order_by(FAULT_CASES.c.number))
    )


def _fault(row: object) -> SiteFault:
    fields = {name: getattr(row, name) for name in _FIELDS}
    return SiteFault(**fields | {"kind": FaultKind(fields["kind"])})


def _answers(connection: Connection) -> dict[int, list[GivenAnswer]]:
    """Number of a case → what its unit said of it, oldest first."""
    a, r = FAULT_ANSWERS.c, RECEIPTS.c
    query = (
        select(FAULT_ANSWERS, r.received_at, r.file, r.recorded_at)
        .join(RECEIPTS, a.receipt == r.id)
        .where(r.verdict.in_(_COUNTED))
        .order_by(r.received_at, r.id, a.position)
    )
    found: dict[int, list[GivenAnswer]] = defaultdict(list)
    for row in connection.execute(query):
        answer = FaultAnswer(row.number, FaultAnswerStatus(row.status), row.url, row.explanation, row.row)
        found[row.number].append(GivenAnswer(answer, row.received_at, row.file, row.recorded_at))
    return found


def undo_faults(connection: Connection, undoing: Undoing) -> tuple[Change, ...]:
    """What an undoing, already recorded, does to cases: nothing needs to be written.

    Raises NotUndoableError where it would ask a unit a second time what it is asked already.
    """
    numbers = [int(each.subject) for each in undoing.root.changes]
    former = {each.number: each for each in select_fault_cases(connection, shown=undoing.act.number - 1)}
    now = {each.number: each for each in select_fault_cases(connection)}
    if undoing.root.kind is ActKind.RAISE_FAULTS:
        asked = {each.fault.identity: each.number for each in now.values() if not each.withdrawn}
        for number in numbers:
            other = asked.get(now[number].fault.identity, number)
            if not now[number].withdrawn and other != number:
                raise NotUndoableError.of(
                    undoing.root.number, f"第 {number} 条已另列为第 {other} 条", "请先撤销那一次"
                )
    return tuple(Change(str(each), _state(former[each]), _state(now[each])) for each in numbers)


def _state(case: FaultCase) -> str:
    if case.withdrawn:
        return "withdrawn"
    last = case.words[-1] if case.words else None
    return "asked" if last is None else "accepted" if last.accepted else "unmended"
