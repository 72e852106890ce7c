"""Scores, their adjustment, and what follows from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zwgk_excel.api.use_cases.arguments import Day, Names, Points, day_in
from zwgk_excel.domain.escalation import EscalationLevel, NoteKind
from zwgk_excel.domain.periods import Month, Period
from zwgk_excel.workflow.arguments import day_of, month_of, names_of, period_of, person

if TYPE_CHECKING:
    from zwgk_excel.domain.escalation import Rectification
    from zwgk_excel.domain.scoring import Assessment
    from zwgk_excel.workflow.assessment.adjusting import AdjustmentEffect
    from zwgk_excel.workflow.escalation.escalating import Escalation
    from zwgk_excel.workflow.office.context import Office


def assess(office: Office, period: str | Month | Period, *, as_of: Day | None = None) -> Assessment:
    """The scores of a month, a quarter or a year."""
    from zwgk_excel.workflow.assessment.assessing import assess as run

    return run(office, period_of(period), day_in(office, as_of))


def preview_adjustment(
    office: Office, cycle: str | Month, unit: str, points: Points, *, who: str, reason: str
) -> AdjustmentEffect:
    """What :func:`adjust` would change, as of today; nothing is written."""
    from zwgk_excel.workflow.assessment.adjusting import points_of
    from zwgk_excel.workflow.assessment.adjusting import preview_adjustment as run

    return run(office, month_of(cycle), unit, points_of(points), who=person(who), reason=reason)


def adjust(office: Office, cycle: str | Month, unit: str, points: Points, *, who: str, reason: str) -> AdjustmentEffect:
    """Give a unit points in a month (``5``) or take them (``"-0.5"``) after an objection; also in a closed month."""
    from zwgk_excel.workflow.assessment.adjusting import adjust as run
    from zwgk_excel.workflow.assessment.adjusting import points_of

    return run(office, month_of(cycle), unit, points_of(points), who=person(who), reason=reason)


def escalate(office: Office, cycle: str | Month, *, as_of: Day | None = None) -> Escalation:
    """The units that have reached an escalation level in a cycle, with the evidence."""
    from zwgk_excel.workflow.escalation.escalating import escalate as run

    return run(office, month_of(cycle), day_in(office, as_of))


def rectify(
    office: Office,
    cycle: str | Month,
    units: Names,
    step: EscalationLevel | None = None,
    *,
    who: str,
    reason: str = "",
    mend_by: Day | None = None,
    as_of: Day | None = None,
) -> tuple[Rectification, ...]:
    """Open rectifications for units that have reached a level, or (with a ``reason``) for a level not reached."""
    from zwgk_excel.workflow.escalation.rectifying import open_due_rectifications as run

    by, day, mended = person(who), day_in(office, as_of), day_of(mend_by)
    return run(office, month_of(cycle), names_of(units), step, mend_by=mended, as_of=day, who=by, reason=reason)


def note_rectification(
    office: Office, number: int, kind: NoteKind, words: str, *, who: str, on: Day | None = None
) -> Rectification:
    """Add a note to a rectification: measures, closed or withdrawn."""
    from zwgk_excel.workflow.escalation.rectifying import note as run

    return run(office, number, kind, words, on=day_in(office, on), who=person(who))
