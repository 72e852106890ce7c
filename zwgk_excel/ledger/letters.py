"""Sent mails (往来邮件) with their delivery state."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from zwgk_excel.domain.correspondence import LetterKind, LetterState, OutgoingMessage
from zwgk_excel.domain.periods import Month
from zwgk_excel.ledger.errors import LedgerError
from zwgk_excel.ledger.schema import LETTERS


def select_letters(connection: Connection, cycle: Month | None) -> tuple[OutgoingMessage, ...]:
    """The letters in the order of their first insertion: all, or those of a cycle."""
    query = select(LETTERS).order_by(LETTERS.c.id)
    rows = connection.execute(query if cycle is None else query.where(LETTERS.c.cycle == cycle))
    return tuple(_letter(row) for row in rows)


def prepare(connection: Connection, letter: OutgoingMessage) -> None:
    """Insert a letter, replacing one with its key that was not handed over; LedgerError where it was."""
    known = connection.execute(select(LETTERS).where(LETTERS.c.key == letter.key)).one_or_none()
    if known is None:
        last = connection.scalar(select(func.max(LETTERS.c.id))) or 0
        connection.execute(insert(LETTERS).values(_values(letter) | {"id": last + 1}))
        return
    if known.state != LetterState.PREPARED:
        raise LedgerError(f"邮件 {letter.key} 已经交出过（{known.state}），没有再发。")
    connection.execute(update(LETTERS).where(LETTERS.c.key == letter.key).values(_values(letter)))


def change_state(
    connection: Connection, key: str, before: LetterState, after: LetterState, at: datetime, detail: str
) -> None:
    """Change a letter's state from ``before`` to ``after``; LedgerError where it is not in ``before``."""
    where = (LETTERS.c.key == key, LETTERS.c.state == str(before))
    done = connection.execute(update(LETTERS).where(*where).values(state=str(after), at=at, detail=detail))
    if done.rowcount != 1:
        raise LedgerError(f"邮件 {key} 的状态与预期不符（应为 {before}），没有改动。")


def _values(letter: OutgoingMessage) -> dict[str, Any]:
    return {
        "key": letter.key,
        "kind": str(letter.kind),
        "unit": letter.unit,
        "cycle": letter.cycle,
        "recipients": "\n".join(letter.to),
        "copies": "\n".join(letter.copies),
        "subject": letter.subject,
        "message_id": letter.message_id,
        "state": str(letter.state),
        "at": letter.at,
        "level": letter.level,
        "detail": letter.detail,
        "sha256": letter.sha256,
    }


def _letter(row: Row[Any]) -> OutgoingMessage:
    return OutgoingMessage(
        key=row.key,
        kind=LetterKind(row.kind),
        unit=row.unit,
        cycle=row.cycle,
        to=tuple(row.recipients.splitlines()),
        copies=tuple(row.copies.splitlines()),
        subject=row.subject,
        message_id=row.message_id,
        state=LetterState(row.state),
        at=row.at,
        level=row.level,
        detail=row.detail,
        sha256=row.sha256,
    )
