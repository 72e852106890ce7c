"""Acts that edit the tables that the office keeps: the act and what is still to be written are one transaction.

The workbooks are files, so they follow: whoever opens the office next writes what a killed program did not.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import Connection, func, select

from zwgk_excel.domain.acts import OF_TASKS, Act, ActKind, Change
from zwgk_excel.domain.periods import Month
from zwgk_excel.ledger.acts import Undoing, append_act
from zwgk_excel.ledger.errors import NotUndoableError, damage_told
from zwgk_excel.ledger.meta import TABLE_EDIT, replace_value, select_value
from zwgk_excel.ledger.schema import CYCLES


def append_table_edit(connection: Connection, act: Act) -> Act:
    """Append an act that edits a table; returns it with its number."""
    number = append_act(connection, act)
    leave_table_edit(connection, number, act.changes)
    return replace(act, number=number)


def undo_table_edit(connection: Connection, undoing: Undoing) -> tuple[Change, ...]:
    """Let the cells say again what they said before, or after; returns the changes.

    Raises NotUndoableError where a month was issued by what they say now.
    """
    month = undoing.root.cycle
    last = connection.scalar(select(func.max(CYCLES.c.cycle)).where(CYCLES.c.issued_on.is_not(None)))
    if month is not None and last is not None and last >= month:
        raise NotUndoableError(
            f"{last} 已按现在的表下发，第 {undoing.root.number} 号办理不能再撤销；"
            f"要改回的，请{_otherwise(undoing, last + 1)}。"
        )
    changes = restored(undoing.root.changes, undoing)
    leave_table_edit(connection, undoing.act.number, changes)
    return changes


def restored(changes: tuple[Change, ...], undoing: Undoing) -> tuple[Change, ...]:
    """What an undoing makes of the changes of its root: reversed, or done again."""
    if undoing.root.number not in undoing.after:
        return changes
    return tuple(replace(each, before=each.after, after=each.before) for each in changes)


def _otherwise(undoing: Undoing, next_month: Month) -> str:
    """What to do instead: a one-off task is cancelled, or added anew; other edits are made again from a month on."""
    root = undoing.root
    if root.kind not in OF_TASKS:
        return f"从 {next_month} 起另办一次"
    goes = (root.kind is ActKind.ADD_TASK) == (root.number in undoing.after)
    task = root.changes[0].subject.split("/")[1]
    return f"用 zwgk task cancel {task} 取消这项临时任务" if goes else "用 zwgk task add 另加一项临时任务"


def select_table_edit(connection: Connection) -> tuple[int, tuple[Change, ...]] | None:
    """The number of the act whose changes are still to be written into the tables, and these; None for none."""
    value = select_value(connection, TABLE_EDIT)
    if not value:
        return None
    with damage_told():
        number, changes = json.loads(value)
        return int(number), tuple(Change(*each) for each in changes)


def end_table_edit(connection: Connection) -> None:
    """Note that the tables say what they are to say."""
    replace_value(connection, TABLE_EDIT, "")


def leave_table_edit(connection: Connection, number: int, changes: Iterable[Change]) -> None:
    """Note what an act still has to write into the tables."""
    rows = [[each.subject, each.before, each.after] for each in changes]
    replace_value(connection, TABLE_EDIT, json.dumps([number, rows], ensure_ascii=False))
