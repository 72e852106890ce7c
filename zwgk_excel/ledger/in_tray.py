"""What the office chose to ignore in the in-tray (待处理): each is an act alone, in force unless it is undone."""

from __future__ import annotations

from sqlalchemy import Connection, select

from zwgk_excel.domain.acts import Act, ActKind, Change
from zwgk_excel.ledger.acts import Undoing, append_act, select_undone
from zwgk_excel.ledger.schema import ACTS


def append_ignoring(connection: Connection, act: Act) -> int:
    """Append the act that ignores something; returns its number."""
    return append_act(connection, act)


def select_ignored(connection: Connection) -> dict[str, str]:
    """Key of what is ignored → the mark of its facts, of the acts in force; of several about the same the last one."""
    kind = str(ActKind.IGNORE)
    rows = connection.execute(
        select(ACTS.c.number, ACTS.c.changes).where(ACTS.c.kind == kind).order_by(ACTS.c.number)
    ).all()
    taken_back = select_undone(connection) if rows else {}
    standing = (row.changes for row in rows if row.number not in taken_back)
    return {subject: mark for changes in standing for subject, _, mark in changes}


def undo_ignoring(connection: Connection, undoing: Undoing) -> tuple[Change, ...]:
    """What an undoing, already recorded, does to something ignored: nothing needs to be written."""
    number = undoing.root.number
    was, is_now = (number not in back for back in (undoing.before, undoing.after))
    if was == is_now:
        return ()
    marks = ((each.subject, each.after) for each in undoing.root.changes)
    return tuple(Change(subject, mark if was else "", mark if is_now else "") for subject, mark in marks)
