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
    (change,) = undoing.root.changes
    number = undoing.root.number
    before, after = ("" if number in back else change.after for back in (undoing.before, undoing.after))
    return () if before == after else (Change(change.subject, before, after),)
