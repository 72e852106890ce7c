"""What units owe in a month, and their report workbooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zwgk_excel.api.use_cases.arguments import Day, Names, day_in, silent, units_of
from zwgk_excel.domain.periods import Month
from zwgk_excel.workflow.arguments import day_of, month_of, names_of, person

if TYPE_CHECKING:
    from zwgk_excel.domain.issues import IssueDifference
    from zwgk_excel.domain.obligations import ReportTask
    from zwgk_excel.workflow.issuing.generation import Generation
    from zwgk_excel.workflow.issuing.issued_months import Cancellation
    from zwgk_excel.workflow.issuing.one_off_tasks import TaskDone
    from zwgk_excel.workflow.office.context import Office, Progress


def plan(office: Office, cycle: str | Month, *, as_of: Day | None = None) -> tuple[ReportTask, ...]:
    """What the workbooks of a cycle ask for: obligations of the cycle, then older ones still unsatisfied."""
    return office.listing(month_of(cycle), day_in(office, as_of))


def generate(
    office: Office,
    cycle: str | Month,
    *,
    units: Names = (),
    as_of: Day | None = None,
    progress: Progress = silent,
) -> Generation:
    """Write the report workbooks of a cycle into 发件箱, for all units or some (names or aliases)."""
    from zwgk_excel.workflow.issuing.generation import generate as run

    day = day_in(office, as_of)
    office.refuse_ahead(day, "下发")
    return run(office, month_of(cycle), units=units_of(office, units), as_of=day, progress=progress)


def amend(
    office: Office, cycle: str | Month, *, who: str, reason: str, as_of: Day | None = None
) -> tuple[IssueDifference, ...]:
    """Change what an issued month asks for to what the tables say now; returns what differs from before.

    Then :func:`generate` makes the workbooks of the units concerned anew. Raises UserError as ``zwgk generate --amend``
    ends: without a reason, for a closed month, one that was not issued, and where nothing differs.
    """
    from zwgk_excel.workflow.issuing import amend as run

    day = day_in(office, as_of)
    office.refuse_ahead(day, "更正下发")
    return run(office, month_of(cycle), on=day, who=person(who), reason=reason)


def cancel_issue(office: Office, cycle: str | Month, *, who: str, reason: str) -> Cancellation:
    """Take back a month that no unit has answered; unchanged workbooks are removed from 发件箱.

    Raises UserError as ``zwgk generate --cancel`` ends: without a reason, for a closed month, one that was not issued,
    and one with returns.
    """
    from zwgk_excel.workflow.issuing import cancel as run

    return run(office, month_of(cycle), who=person(who), reason=reason)


def add_task(
    office: Office,
    title: str,
    units: Names,
    due: Day,
    *,
    who: str,
    reason: str,
    final: Day | None = None,
    duty: str = "",
    content: str = "",
) -> TaskDone:
    """A one-off task for units or groups by a date of its own; its month is amended where it is issued.

    Without ``duty`` (an id) it belongs to the one for special reports. Raises UserError as ``zwgk task add`` ends.
    """
    from zwgk_excel.workflow.issuing import carry_out_task, plan_task

    by = person(who)
    first, last = day_in(office, due), day_of(final)
    plan = plan_task(office, title, units=names_of(units), due=first, final=last, duty=duty, content=content)
    return carry_out_task(office, plan, who=by, reason=reason)


def cancel_task(office: Office, task: str, *, who: str, reason: str) -> TaskDone:
    """A one-off task (``T01``) that is not asked for any more; raises UserError as ``zwgk task cancel`` ends."""
    from zwgk_excel.workflow.issuing import carry_out_task, plan_cancellation

    by = person(who)
    return carry_out_task(office, plan_cancellation(office, task), who=by, reason=reason)
