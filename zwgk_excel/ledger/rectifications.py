"""Rectifications (整改台账): rows and notes are appended with their acts, never changed or deleted.

A note whose act is undone does not count; a rectification whose raising is undone is withdrawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, func, select

from zwgk_excel.domain.acts import Act, ActKind, ActSource, Change
from zwgk_excel.domain.escalation import (
    EscalationLevel,
    NoteKind,
    Rectification,
    RectificationNote,
    open_rectification_of,
    with_note,
)
from zwgk_excel.ledger.acts import Undoing, append_acts, select_undone
from zwgk_excel.ledger.bulk import insert_rows
from zwgk_excel.ledger.errors import LedgerError, NotUndoableError
from zwgk_excel.ledger.schema import ACTS, RECTIFICATION_NOTES, RECTIFICATIONS

_NOTED: Mapping[NoteKind, ActKind] = {
    NoteKind.MENDED: ActKind.MEND,
    NoteKind.CLOSED: ActKind.CLOSE_RECTIFICATION,
    NoteKind.WITHDRAWN: ActKind.WITHDRAW_RECTIFICATION,
}


def raise_rectifications(
    connection: Connection, raised: Iterable[Rectification], source: ActSource, at: datetime
) -> tuple[Rectification, ...]:
    """Insert rectifications, each by an act of its own; returns them with their numbers."""
    first = (connection.scalar(select(func.max(RECTIFICATIONS.c.number))) or 0) + 1
    numbered = tuple(replace(each, number=number) for number, each in enumerate(raised, first))
    acts = append_acts(connection, [_raising(each, source, at) for each in numbered])
    rows = (
        {
            "number": each.number,
            "unit": each.unit,
            "cycle": each.cycle,
            "step": str(each.step),
            "raised_on": each.raised_on,
            "mend_by": each.mend_by,
            "evidence": list(each.evidence),
            "facts": list(each.facts),
            "who": each.who,
            "reason": each.reason,
            "recorded_at": at,
            "act": act,
        }
        for each, act in zip(numbered, acts, strict=True)
    )
    insert_rows(connection, RECTIFICATIONS, rows)
    return numbered


def _raising(each: Rectification, source: ActSource, at: datetime) -> Act:
    change = Change(str(each.number), "", str(each.step))
    return Act(ActKind.RECTIFY, at, each.who, each.reason, source, each.cycle, (each.unit,), (change,))


def append_notes(
    connection: Connection, notes: Iterable[tuple[int, RectificationNote]], source: ActSource, at: datetime
) -> tuple[Rectification, ...]:
    """Append (number, note) pairs, each by an act of its own.

    Returns the rectifications concerned, each once, with the notes applied.

    Raises LedgerError where a number does not exist or its rectification is closed or withdrawn.
    """
    known = {each.number: each for each in select_rectifications(connection)}
    now: dict[int, Rectification] = {}
    first = (connection.scalar(select(func.max(RECTIFICATION_NOTES.c.id))) or 0) + 1
    rows, acts = [], []
    for id_, (number, note) in enumerate(notes, first):
        former = _open(known, number)
        now[number] = known[number] = with_note(former, note)
        values = {"kind": str(note.kind), "on_day": note.on, "who": note.who, "words": note.words}
        acts.append(_noting(former, note, source, at))
        rows.append({"id": id_, "rectification": number, **values, "recorded_at": at})
    numbers = append_acts(connection, acts)
    numbered = (row | {"act": act} for row, act in zip(rows, numbers, strict=True))
    insert_rows(connection, RECTIFICATION_NOTES, numbered)
    return tuple(now.values())


def _noting(former: Rectification, note: RectificationNote, source: ActSource, at: datetime) -> Act:
    change = Change(str(former.number), "", str(note.on))
    done = _NOTED[note.kind], at, note.who, note.words, source, former.cycle
    return Act(*done, (former.unit,), (change,))


def _open(known: Mapping[int, Rectification], number: int) -> Rectification:
    found = known.get(number)
    if found is None:
        raise LedgerError(f"整改台账中没有第 {number} 号；请用 zwgk rectify list 查看。")
    if not found.is_open:
        state = "已撤销" if found.withdrawn else f"已于 {found.closed_on} 销号"
        raise LedgerError(f"第 {number} 号（{found.unit}）{state}，不能再改。")
    return found


def select_rectifications(connection: Connection, *, shown: int | None = None) -> tuple[Rectification, ...]:
    """All rectifications with their notes applied, by number.

    With ``shown`` as they were when that was the last act, but with all notes so far.
    """
    r, n = RECTIFICATIONS.c, RECTIFICATION_NOTES.c
    taken_back = select_undone(connection, shown=shown)
    rows = connection.execute(select(RECTIFICATIONS).order_by(r.number)).all()
    found = {row.number: _rectification(row) for row in rows}
    for row in connection.execute(select(RECTIFICATION_NOTES).order_by(n.id)):
        if row.act not in taken_back:
            note = RectificationNote(NoteKind(row.kind), row.on_day, row.who, row.words)
            found[row.rectification] = with_note(found[row.rectification], note)
    for row in rows:
        if row.act in taken_back:
            found[row.number] = with_note(found[row.number], _undoing_note(connection, taken_back[row.act]))
    return tuple(found.values())


def _undoing_note(connection: Connection, act: int) -> RectificationNote:
    """What the undoing of a raising comes to."""
    row = connection.execute(select(ACTS).where(ACTS.c.number == act)).one()
    return RectificationNote(NoteKind.WITHDRAWN, row.at.date(), row.who, row.reason)


def undo_rectification(connection: Connection, undoing: Undoing) -> tuple[Change, ...]:
    """What an undoing, already recorded, does to a rectification: nothing needs to be written.

    Raises NotUndoableError where it would leave one closed that was not raised, or two open ones about the same.
    """
    root = undoing.root
    number = int(root.changes[0].subject)
    former = {each.number: each for each in select_rectifications(connection, shown=undoing.act.number - 1)}
    every = {each.number: each for each in select_rectifications(connection)}
    each = every.pop(number)
    if root.kind is ActKind.RECTIFY and each.withdrawn and each.closed_on:
        raise NotUndoableError.of(root.number, f"第 {number} 号整改已于 {each.closed_on} 销号", "请先撤销销号")
    twin = open_rectification_of(list(every.values()), each.unit, each.step, each.cycle) if each.is_open else None
    if twin:
        raise NotUndoableError.of(root.number, f"同一事项已另立第 {twin.number} 号整改，尚未销号", "请先撤销那一件")
    return (Change(str(number), _state(former[number]), _state(each)),)


def _state(each: Rectification) -> str:
    return "withdrawn" if each.withdrawn else "closed" if each.closed_on else "open"


def _rectification(row: object) -> Rectification:
    fields = row._asdict()  # type: ignore[attr-defined]
    fields |= {
        "step": EscalationLevel(fields["step"]),
        "evidence": tuple(fields["evidence"]),
        "facts": tuple(fields["facts"]),
    }
    del fields["recorded_at"], fields["act"]
    return Rectification(**fields)
