"""The dates of an obligation (opens, due, final) and its reminder levels, from cadence and policy.

The shipped dates come from part 二 of the notice and from the duty table; ``policy.toml`` quotes the sentence of each.
The reminder levels are the office's habit, not in the notice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import reduce

from zwgk_excel.domain.duties import UNFIT_AT_FIRST, Cadence, Duty
from zwgk_excel.domain.nil_policy import NilPolicy
from zwgk_excel.domain.periods import Month, MonthDay, Period
from zwgk_excel.domain.update_policy import UpdatePolicy
from zwgk_excel.domain.workdays import Workdays


class Shift(StrEnum):
    """How a date that is not a working day is moved."""

    NONE = "none"
    NEXT_WORKDAY = "next_workday"
    PREVIOUS_WORKDAY = "previous_workday"


class ReminderLevel(StrEnum):
    """A level of reminder (临期提醒 → 催报 → 督办提醒), the mildest first."""

    DUE_SOON = "due_soon"
    URGE = "urge"
    SUPERVISE = "supervise"


@dataclass(frozen=True, slots=True)
class ReminderRule:
    """When a level is reached (calendar days), and the least number of days between two mails of it."""

    level: ReminderLevel
    days: int
    """Calendar days: for ``due_soon`` before the due date, for ``urge`` after it, for ``supervise`` after the final."""
    every: int
    """The least number of calendar days between two mails of this level or a higher one to one unit."""


@dataclass(frozen=True, slots=True)
class DeadlineRule:
    """The three dates of a cadence; ``due`` and ``final`` are None for on-demand duties."""

    opens: MonthDay
    due: MonthDay | None
    final: MonthDay | None


@dataclass(frozen=True, slots=True)
class OwnDeadline:
    """Dates of one duty, of one unit, or of one duty of one unit, in place of those of the cadence."""

    duty: str = ""
    """Id of the duty; empty for all of ``cadence``."""
    cadence: Cadence | None = None
    unit: str = ""
    """Name or alias; empty for all units."""
    opens: MonthDay | None = None
    """None where it stays as it is, as are the next two."""
    due: MonthDay | None = None
    final: MonthDay | None = None

    def is_about(self, duty: Duty) -> bool:
        """Whether it may give dates to a duty."""
        return self.duty == duty.id or self.cadence is duty.cadence


@dataclass(frozen=True, slots=True)
class ExtraSubject:
    """A second obligation of one unit for a subject of its own: the city's annual report (市本级, 责任分工表 D41)."""

    unit: str
    subject: str
    due: MonthDay
    final: MonthDay
    duty: str = ""
    """Id of the duty; empty for all of ``cadence``."""
    cadence: Cadence | None = None

    def is_about(self, duty: Duty) -> bool:
        """Whether it is a subject of a duty."""
        return self.duty == duty.id or self.cadence is duty.cadence


@dataclass(frozen=True, slots=True)
class Window:
    """The dates of one obligation."""

    opens: date
    due: date | None
    final: date | None
    moved_from: Month | None = None
    """The month of the due date before it was moved off days that are not worked; None where that is the same one."""


PUBLISH_WITHIN = 20
"""政府信息公开条例 第二十六条: within so many working days after the information was formed. Issues of before the
number was kept with them had it."""


@dataclass(frozen=True, slots=True)
class Policy:
    """The settings that decide dates and findings (``policy.toml``, overlaid by ``zwgk.toml``)."""

    deadlines: Mapping[Cadence, DeadlineRule]
    own_deadlines: tuple[OwnDeadline, ...] = ()
    extra_subjects: tuple[ExtraSubject, ...] = ()
    shift: Shift = Shift.NONE
    due_soon_days: int = 5
    """临期: so many calendar days or fewer before the due date."""
    publish_within_workdays: int = PUBLISH_WITHIN
    """政府信息公开条例 第二十六条: within 20 working days after the information was formed."""
    feedback_within_workdays: int = 20
    """The result of a consultation (征集) is told so many working days after its end, or sooner: the office's habit."""
    mend_site_within_workdays: int = 5
    """A fault on the website is put right so many working days after its unit was asked, or sooner: a sample."""
    extend_within_days: int = 180
    """An extension goes no further than so many calendar days from the due date or from today: the office's habit."""
    carry_months: int = 12
    """So many months after its own an open task is listed as 补报; 0 for no limit: the office's habit."""
    severities: Mapping[str, str] = field(default_factory=dict)
    """Problem code → severity, where the office wants another than the catalogue's."""
    published_from: Mapping[Cadence, MonthDay] = field(default_factory=dict)
    """The first day of publication of what counts for a period; none for a cadence that is not there."""
    nil_reports: NilPolicy = field(default_factory=NilPolicy)
    """Where a unit may report that nothing happened."""
    column_updates: UpdatePolicy = field(default_factory=UpdatePolicy)
    """How long a column may stay without anything new."""
    unfit_types: frozenset[str] = UNFIT_AT_FIRST
    """Types of items that do not satisfy a policy column."""
    reminders: tuple[ReminderRule, ...] = ()
    """The reminder rules, the mildest level first."""


def deadline_of(duty: Duty, policy: Policy, unit_deadlines: Sequence[OwnDeadline] = ()) -> DeadlineRule:
    """The dates of a duty; ``unit_deadlines`` are the policy's own deadlines of one unit, for the dates of that unit.

    The nearer word counts: the duty's own for the unit, then the duty table's, then the policy's for the duty, then
    that for the unit and the cadence, then that for the cadence. An on-demand duty has no dates, whoever names it.
    """
    usual = policy.deadlines[duty.cadence]
    if usual.due is None:
        return usual
    mine = [each for each in unit_deadlines if each.is_about(duty)]
    everybody = (each for each in policy.own_deadlines if each.duty == duty.id and not each.unit)
    table = OwnDeadline(duty.id, due=duty.due, final=duty.final)
    nearer = (*(each for each in mine if not each.duty), *everybody, table, *(each for each in mine if each.duty))
    return reduce(_replaced, nearer, usual)


def _replaced(rule: DeadlineRule, own: OwnDeadline) -> DeadlineRule:
    """The dates with those of ``own`` in their place; the others move where they would be out of order."""
    if own == OwnDeadline(own.duty, own.cadence, own.unit) or rule.due is None or rule.final is None:
        return rule
    final = own.final or max(rule.final, own.due or rule.final)
    due = own.due or min(rule.due, final)
    # Opened with its month, where the usual day would be too late.
    return DeadlineRule(own.opens or min(rule.opens, MonthDay(due.months, 1)), due, final)


def window(period: Period, deadline: DeadlineRule, shift: Shift, workdays: Workdays) -> Window:
    """The dates of ``period`` under ``deadline``; due and final moved off non-working days as ``shift`` says."""
    due = _shifted(deadline.due, period, shift, workdays)
    planned = Month.of(deadline.due.after(period)) if deadline.due else None
    return Window(
        opens=deadline.opens.after(period),
        due=due,
        final=_shifted(deadline.final, period, shift, workdays),
        moved_from=planned if due and planned != Month.of(due) else None,
    )


def _shifted(rule: MonthDay | None, period: Period, shift: Shift, workdays: Workdays) -> date | None:
    if rule is None:
        return None
    day = rule.after(period)
    match shift:
        case Shift.NEXT_WORKDAY:
            return workdays.next_or_same(day)
        case Shift.PREVIOUS_WORKDAY:
            return workdays.previous_or_same(day)
        case Shift.NONE:
            return day


def candidate_periods(cadence: Cadence, deadlines: Sequence[DeadlineRule], cycle: Month) -> list[Period]:
    """The reference periods of a cadence whose opens..final by any of ``deadlines`` may overlap ``cycle``.

    Oldest first.
    """
    back = max(0, *(max(each.opens.months, (each.final or each.opens).months) for each in deadlines)) + 12
    ahead = max(0, *(-each.opens.months for each in deadlines))  # what opens before its period ends
    months = [cycle + offset for offset in range(-back, ahead + 1)]
    match cadence:
        case Cadence.MONTHLY | Cadence.ON_DEMAND:
            periods = [Period.month(month) for month in months]
        case Cadence.QUARTERLY:
            periods = [Period.quarter(month) for month in months]
        case Cadence.YEARLY | Cadence.ANNUAL_REPORT:
            periods = [Period.year(month.year) for month in months]
    return list(dict.fromkeys(periods))
