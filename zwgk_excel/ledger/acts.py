"""Acts (办理): one list, appended in the transaction of what they did, never changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, func, insert, select, update

from zwgk_excel.domain.acts import Act, ActKind, ActSource, Change, undone
from zwgk_excel.ledger.bulk import insert_rows
from zwgk_excel.ledger.schema import ACT_STATES, ACTS


class Undoing(NamedTuple):
    """An act that undoes another, as it is recorded, and what it is about."""

    act: Act
    root: Act
    """What is undone, or done again, in the end: no undoing itself."""
    before: Mapping[int, int]
    """Acts that were undone before it."""
    after: Mapping[int, int]
    """Acts that are undone with it."""


def append_act(connection: Connection, act: Act, recorded_at: datetime | None = None) -> int:
    """Append an act and return its number; ``recorded_at`` is by default its own time."""
    (number,) = append_acts(connection, [act], recorded_at)
    return number


def append_acts(connection: Connection, acts: Sequence[Act], recorded_at: datetime | None = None) -> list[int]:
    """Append acts in their order and return their numbers, the first one more than the last of the list.

    Writers come one after the other, so that two programs on one ledger never get the same number.
    """
    first = (connection.scalar(select(func.max(ACTS.c.number))) or 0) + 1
    insert_rows(connection, ACTS, (_row(number, act, recorded_at) for number, act in enumerate(acts, first)))
    return list(range(first, first + len(acts)))


def _row(number: int, act: Act, recorded_at: datetime | None) -> dict[str, Any]:
    return {
        "number": number,
        "kind": str(act.kind),
        "at": act.at,
        "who": act.who,
        "reason": act.reason,
        "source": str(act.source),
        "cycle": act.cycle,
        "units": list(act.units),
        "changes": [[each.subject, each.before, each.after] for each in act.changes],
        "undoes": act.undoes,
        "recorded_at": recorded_at or act.at,
    }


def set_changes(connection: Connection, number: int, changes: Iterable[Change]) -> None:
    """Complete the act just appended by what it turned out to change."""
    written = [[each.subject, each.before, each.after] for each in changes]
    connection.execute(update(ACTS).where(ACTS.c.number == number).values(changes=written))


def select_acts(connection: Connection) -> tuple[Act, ...]:
    """All acts by number."""
    rows = connection.execute(select(ACTS).order_by(ACTS.c.number)).all()
    taken_back = undone((row.number, row.undoes) for row in rows)
    return tuple(replace(_act(row), undone_by=taken_back.get(row.number, 0)) for row in rows)


def _act(row: Any) -> Act:
    return Act(
        ActKind(row.kind),
        row.at,
        row.who,
        row.reason,
        ActSource(row.source),
        row.cycle,
        tuple(row.units),
        tuple(Change(*each) for each in row.changes),
        row.undoes,
        row.number,
    )


def select_undone(connection: Connection, *, shown: int | None = None) -> Mapping[int, int]:
    """Act → the act in force that undoes it; with ``shown`` as it was when that was the last act."""
    query = select(ACTS.c.number, ACTS.c.undoes).where(ACTS.c.undoes > 0)
    rows = connection.execute(query if shown is None else query.where(ACTS.c.number <= shown))
    return undone((number, undoes) for number, undoes in rows)


# --- what acts replaced ------------------------------------------------------------------------


def keep_state(connection: Connection, subject: str, act: int, payload: Mapping[str, Any]) -> None:
    """Keep what an act made of a subject, as JSON values."""
    same = ACT_STATES.c.subject == subject, ACT_STATES.c.act == act
    connection.execute(delete(ACT_STATES).where(*same))
    connection.execute(insert(ACT_STATES).values(subject=subject, act=act, payload=dict(payload)))


def kept_state(connection: Connection, subject: str, act: int) -> dict[str, Any] | None:
    """What :func:`keep_state` kept; None for nothing."""
    same = ACT_STATES.c.subject == subject, ACT_STATES.c.act == act
    found = connection.execute(select(ACT_STATES.c.payload).where(*same)).scalar_one_or_none()
    return None if found is None else dict(found)


def last_in_force(numbers: Iterable[int], taken_back: Mapping[int, int]) -> int:
    """The last of the given acts that is not undone; 0 for none."""
    return max((number for number in numbers if number not in taken_back), default=0)
