"""Adjustments of scores (复核调整): each is an act and nothing else, in force unless the act is undone."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from sqlalchemy import Connection, select

from zwgk_excel.domain.acts import Act, ActKind, ActSource, Change
from zwgk_excel.domain.adjustments import Adjustment
from zwgk_excel.domain.scoring import format_points
from zwgk_excel.ledger.acts import Undoing, append_act, select_undone
from zwgk_excel.ledger.schema import ACTS


def append_adjustment(connection: Connection, adjustment: Adjustment, source: ActSource) -> Adjustment:
    """Append an adjustment's act; returns the adjustment with its number."""
    change = Change(adjustment.unit, "", format_points(adjustment.points))
    said = adjustment.at, adjustment.who, adjustment.reason, source
    act = Act(ActKind.ADJUST, *said, adjustment.cycle, (adjustment.unit,), (change,))
    return replace(adjustment, act=append_act(connection, act))


def select_adjustments(connection: Connection) -> tuple[Adjustment, ...]:
    """The adjustments in force, by number."""
    rows = connection.execute(select(ACTS).where(ACTS.c.kind == str(ActKind.ADJUST)).order_by(ACTS.c.number)).all()
    taken_back = select_undone(connection) if rows else {}
    return tuple(
        Adjustment(row.cycle, subject, Decimal(after), row.at, row.who, row.reason, row.number)
        for row in rows
        if row.number not in taken_back
        for subject, _, after in row.changes
    )


def undo_adjustment(connection: Connection, undoing: Undoing) -> tuple[Change, ...]:
    """What an undoing, already recorded, does to an adjustment: nothing needs to be written."""
    (change,) = undoing.root.changes
    number = undoing.root.number
    before, after = ("" if number in back else change.after for back in (undoing.before, undoing.after))
    return () if before == after else (Change(change.subject, before, after),)
