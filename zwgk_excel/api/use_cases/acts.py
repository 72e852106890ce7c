"""What the office decides, on record, and taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zwgk_excel.api.use_cases.arguments import Day, Names
from zwgk_excel.domain.acts import ActKind
from zwgk_excel.domain.periods import Month
from zwgk_excel.workflow.arguments import day_of, month_of, names_of, person

if TYPE_CHECKING:
    from zwgk_excel.domain.acts import Act
    from zwgk_excel.domain.obligations import Obligation
    from zwgk_excel.workflow.acts.reopening import Reopening
    from zwgk_excel.workflow.acts.undoing import UndoEffect
    from zwgk_excel.workflow.office.context import Office


def extend(
    office: Office,
    cycle: str | Month,
    units: Names | None,
    until: Day | None,
    *,
    duties: Names = (),
    who: str,
    reason: str = "",
) -> tuple[Obligation, ...]:
    """Extend the deadlines of some duties (ids) of units or groups in a month, or of all still owed; None cancels.

    Returns the obligations for which it holds now; None for ``units`` means every unit.
    """
    from zwgk_excel.workflow.decisions.extend_and_waive import extend as run

    wanted = None if units is None else names_of(units)
    return run(office, month_of(cycle), wanted, names_of(duties), day_of(until), who=person(who), reason=reason)


def waive(
    office: Office,
    cycle: str | Month,
    units: Names | None,
    *,
    duties: Names = (),
    who: str,
    reason: str = "",
    cancel: bool = False,
) -> tuple[Obligation, ...]:
    """Waive some duties (ids) of units or groups in a month, or all still owed; ``cancel`` cancels waivers.

    The rest as in :func:`extend`.
    """
    from zwgk_excel.workflow.decisions.extend_and_waive import waive as run

    wanted = None if units is None else names_of(units)
    return run(office, month_of(cycle), wanted, names_of(duties), cancel=cancel, who=person(who), reason=reason)


def history(
    office: Office, *, unit: str = "", cycle: str | Month | None = None, kind: ActKind | None = None
) -> tuple[Act, ...]:
    """What people decided, the oldest first: everything, or what concerns a unit, a month or a kind."""
    from zwgk_excel.workflow.acts.history import history as run

    return run(office, unit=unit, cycle=None if cycle is None else month_of(cycle), kind=kind)


def preview_undo(office: Office, number: int, *, who: str, reason: str) -> UndoEffect:
    """What :func:`undo` would change, as of today; nothing is written."""
    from zwgk_excel.workflow.acts.undoing import preview_undo as run

    return run(office, number, who=person(who), reason=reason)


def undo(office: Office, number: int, *, who: str, reason: str) -> UndoEffect:
    """Undo an act by a new one; later acts about the same stay in force."""
    from zwgk_excel.workflow.acts.undoing import undo as run

    return run(office, number, who=person(who), reason=reason)


def preview_reopen(office: Office, cycle: str | Month, *, who: str, reason: str) -> Reopening:
    """What :func:`reopen` would change, as of today; nothing is written."""
    from zwgk_excel.workflow.acts.reopening import preview_reopen as run

    return run(office, month_of(cycle), who=person(who), reason=reason)


def reopen(office: Office, cycle: str | Month, *, who: str, reason: str) -> Reopening:
    """Take back the closing of a cycle; undoing that closes it again with the figures it had."""
    from zwgk_excel.workflow.acts.reopening import reopen as run

    return run(office, month_of(cycle), who=person(who), reason=reason)
