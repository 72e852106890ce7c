"""Who has reported what; closing a month."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zwgk_excel.api.use_cases.arguments import Day, day_in, silent
from zwgk_excel.domain.periods import Month
from zwgk_excel.workflow.arguments import day_of, month_of, person

if TYPE_CHECKING:
    from zwgk_excel.workflow.assessment.closing import Closing
    from zwgk_excel.workflow.consolidation.consolidating import ConsolidationResult
    from zwgk_excel.workflow.office.context import Office, Progress
    from zwgk_excel.workflow.tracking.statuses import CycleStatus


def consolidate(
    office: Office, *, who: str, as_of: Day | None = None, progress: Progress = silent
) -> ConsolidationResult:
    """Import what is new in 收件箱 and in the tracker, and rewrite the tracker; without ``as_of`` its day moves on."""
    from zwgk_excel.workflow.consolidation.consolidating import consolidate as run

    return run(office, as_of=day_of(as_of), who=person(who), progress=progress)


def status(office: Office, cycle: str | Month, *, as_of: Day | None = None) -> CycleStatus:
    """The statuses of the obligations of a cycle as of a day, with its receipts and problems."""
    from zwgk_excel.workflow.tracking.statuses import cycle_status as run

    return run(office, month_of(cycle), day_in(office, as_of))


def close(office: Office, cycle: str | Month, *, who: str, as_of: Day | None = None) -> Closing:
    """Close a cycle: the figures and scores of its ripe tasks no longer change."""
    from zwgk_excel.workflow.assessment.closing import close as run

    return run(office, month_of(cycle), as_of=day_in(office, as_of), who=person(who))


def plan_closing(office: Office, cycle: str | Month, *, as_of: Day | None = None) -> Closing:
    """What :func:`close` would settle and leave, and what is unusual about it; nothing is changed."""
    from zwgk_excel.workflow.assessment.closing import plan_closing as run

    return run(office, month_of(cycle), as_of=day_in(office, as_of))
