"""Units and owners of duties that change from a month on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zwgk_excel.api.use_cases.arguments import Names
from zwgk_excel.domain.periods import Month
from zwgk_excel.workflow.arguments import month_of, names_of, person

if TYPE_CHECKING:
    from zwgk_excel.domain.acts import Act
    from zwgk_excel.workflow.office.context import Office


def rename_unit(office: Office, old: str, new: str, month: str | Month, *, who: str, reason: str) -> Act:
    """Another name for a unit from a month on that is not issued yet, written into the roster."""
    from zwgk_excel.workflow.responsibilities import carry_out, plan_renaming

    return carry_out(office, plan_renaming(office, old, new, month_of(month)), who=person(who), reason=reason)


def merge_units(office: Office, old: Names, into: str, month: str | Month, *, who: str, reason: str) -> Act:
    """Units merged into another, which may be new, from a month on that is not issued yet."""
    from zwgk_excel.workflow.responsibilities import carry_out, plan_merger

    plan = plan_merger(office, names_of(old), into, month_of(month))
    return carry_out(office, plan, who=person(who), reason=reason)


def end_unit(office: Office, unit: str, month: str | Month, *, who: str, reason: str) -> Act:
    """A unit that is no more, without a successor, from a month on that is not issued yet."""
    from zwgk_excel.workflow.responsibilities import carry_out, plan_end

    return carry_out(office, plan_end(office, unit, month_of(month)), who=person(who), reason=reason)


def reassign_duty(office: Office, duty: str, to: Names, month: str | Month, *, who: str, reason: str) -> Act:
    """A duty that other units or groups owe from a month on that is not issued yet, written into the duty table."""
    from zwgk_excel.workflow.responsibilities import carry_out, plan_reassignment

    plan = plan_reassignment(office, duty, names_of(to), month_of(month))
    return carry_out(office, plan, who=person(who), reason=reason)
