"""``zwgk reopen`` (撤销结账): a closed month is open again, with the effect known beforehand, as of any undoing."""

from __future__ import annotations

from dataclasses import dataclass

from zwgk_excel.domain.acts import ActKind
from zwgk_excel.domain.closing import settled_later
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.tracking import TrackerRow
from zwgk_excel.workflow.acts.undoing import UndoEffect, preview_undo, undo
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.office.context import Office
from zwgk_excel.workflow.tracking.statuses import closed_rows


@dataclass(frozen=True, slots=True)
class Reopening:
    """What reopening a month changes, or has changed."""

    cycle: Month
    effect: UndoEffect
    elsewhere: tuple[TrackerRow, ...]
    """The month's own tasks that a later month's closing counts; they stay there."""


def preview_reopen(office: Office, cycle: Month, *, who: str, reason: str) -> Reopening:
    """What :func:`reopen` would change, as of today; nothing is written. Raises UserError as it does."""
    number = _closing(office, cycle)
    effect = preview_undo(office, number, who=who, reason=reason, kind=ActKind.REOPEN)
    return Reopening(cycle, effect, _elsewhere(office, cycle))


def reopen(office: Office, cycle: Month, *, who: str, reason: str, after: int | None = None) -> Reopening:
    """Take back the closing of a month by an act of its own, which can be undone: the month is closed as before then.

    What was reported for it since counts from now on. ``after`` as in :func:`zwgk_excel.workflow.acts.undoing.undo`.
    Raises UserError, and changes nothing, without a reason, for a month that is not closed, and where others have acted
    since ``after``.
    """
    with office.ledger.exclusive():
        number = _closing(office, cycle)
        effect = undo(office, number, who=who, reason=reason, after=after, kind=ActKind.REOPEN)
        return Reopening(cycle, effect, _elsewhere(office, cycle))


def _closing(office: Office, cycle: Month) -> int:
    number = office.ledger.closing_of(cycle)
    if not number and cycle not in office.issued():
        raise UserError(f"{cycle} 还没有生成报送表，更没有结账；请核对月份。")
    if not number:
        raise UserError(f"{cycle} 没有结账，不用撤销。")
    return number


def _elsewhere(office: Office, cycle: Month) -> tuple[TrackerRow, ...]:
    return settled_later(closed_rows(office).values(), cycle)
