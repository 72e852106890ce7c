"""Rectifications (整改台账): rows and notes are appended, never changed or deleted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, func, select

from zwgk_excel.domain.escalation import EscalationLevel, NoteKind, Rectification, RectificationNote, with_note
from zwgk_excel.ledger.bulk import insert_rows
from zwgk_excel.ledger.errors import LedgerError
from zwgk_excel.ledger.schema import RECTIFICATION_NOTES, RECTIFICATIONS


def raise_rectifications(
    connection: Connection, raised: Iterable[Rectification], at: datetime
) -> tuple[Rectification, ...]:
    """Insert rectifications; returns them with their numbers."""
    first = (connection.scalar(select(func.max(RECTIFICATIONS.c.number))) or 0) + 1
    numbered = tuple(replace(each, number=number) for number, each in enumerate(raised, first))
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
        }
        for each in numbered
    )
    insert_rows(connection, RECTIFICATIONS, rows)
    return numbered


def append_notes(
    connection: Connection, notes: Iterable[tuple[int, RectificationNote]], at: datetime
) -> tuple[Rectification, ...]:
    """Append (number, note) pairs; returns the rectifications concerned, each once, with the notes applied.

    Raises LedgerError where a number does not exist or its rectification is closed or withdrawn.
    """
    known = {each.number: each for each in select_rectifications(connection)}
    now: dict[int, Rectification] = {}
    first = (connection.scalar(select(func.max(RECTIFICATION_NOTES.c.id))) or 0) + 1
    rows = []
    for id_, (number, note) in enumerate(notes, first):
        now[number] = known[number] = with_note(_open(known, number), note)
        values = {"kind": str(note.kind), "on_day": note.on, "who": note.who, "words": note.words}
        rows.append({"id": id_, "rectification": number, **values, "recorded_at": at})
    insert_rows(connection, RECTIFICATION_NOTES, rows)
    return tuple(now.values())


def _open(known: Mapping[int, Rectification], number: int) -> Rectification:
    found = known.get(number)
    if found is None:
        raise LedgerError(f"整改台账中没有第 {number} 号；请用 zwgk rectify list 查看。")
    if not found.is_open:
        state = "已撤销" if found.withdrawn else f"已于 {found.closed_on} 销号"
        raise LedgerError(f"第 {number} 号（{found.unit}）{state}，不能再改。")
    return found


def select_rectifications(connection: Connection) -> tuple[Rectification, ...]:
    """All rectifications with their notes applied, by number."""
    r, n = RECTIFICATIONS.c, RECTIFICATION_NOTES.c
    found = {row.number: _rectification(row) for row in connection.execute(select(RECTIFICATIONS).order_by(r.number))}
    for row in connection.execute(select(RECTIFICATION_NOTES).order_by(n.id)):
        note = RectificationNote(NoteKind(row.kind), row.on_day, row.who, row.words)
        found[row.rectification] = with_note(found[row.rectification], note)
    return tuple(found.values())


def _rectification(row: object) -> Rectification:
    fields = row._asdict()  # type: ignore[attr-defined]
    fields |= {
        "step": EscalationLevel(fields["step"]),
        "evidence": tuple(fields["evidence"]),
        "facts": tuple(fields["facts"]),
    }
    del fields["recorded_at"]
    return Rectification(**fields)
