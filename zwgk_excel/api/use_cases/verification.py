"""What links of reported items show on the website."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zwgk_excel.api.use_cases.arguments import Names, silent
from zwgk_excel.domain.periods import Month
from zwgk_excel.workflow.arguments import month_of, names_of

if TYPE_CHECKING:
    from zwgk_excel.domain.link_checks import LinkCheck
    from zwgk_excel.workflow.office.context import Office, Progress
    from zwgk_excel.workflow.verification.verifying import VerificationPlan


def planned_verification(
    office: Office, cycle: str | Month, *, units: Names = (), again: bool = False
) -> VerificationPlan:
    """The links of a cycle with what is known of them, and those :func:`verify` would visit; nothing is visited."""
    from zwgk_excel.workflow.verification import plan_verification as run

    return run(office, month_of(cycle), units=names_of(units), again=again)


def verify(
    office: Office,
    cycle: str | Month,
    *,
    units: Names = (),
    again: bool = False,
    keep: bool = False,
    progress: Progress = silent,
) -> tuple[LinkCheck, ...]:
    """Visit the links of a cycle that are due, only at the hosts of [verify] hosts, and judge all of them.

    ``again`` visits also what was decided a short time ago, ``keep`` stores the pages in 网页存档.
    """
    from zwgk_excel.workflow.verification import verify as run

    plan = planned_verification(office, cycle, units=units, again=again)
    return run(office, plan, keep=keep, progress=progress)
