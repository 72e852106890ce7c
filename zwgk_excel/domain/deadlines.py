"""The dates of an obligation (opens, due, final) and its reminder levels, from cadence and policy.

The shipped dates come from part 二 of the notice and from the duty table; ``policy.toml`` quotes the sentence of each.
The reminder levels are the office's habit, not in the notice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from zwgk_excel.domain.duties import Cadence
from zwgk_excel.domain.nil_policy import NilPolicy
from zwgk_excel.domain.periods import Month, Period
from zwgk_excel.domain.workdays import Workdays

LAST_DAY = 31
"""A day number that means the last day of any month."""


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
class MonthDay:
    """A day of the month that lies ``months`` months after the last month of the reference period.

    ``MonthDay(0, 25)`` is the 25th of the period's last month, ``MonthDay(2, 31)`` the end of February after a year.
    """

    months: int
    day: int

    def after(self, period: Period) -> date:
        """The date for a reference period; day 31 means the month's last day."""
        return (period.last + self.months).day(self.day)


@dataclass(frozen=True, slots=True)
class DeadlineRule:
    """The three dates of a cadence; ``due`` and ``final`` are None for on-demand duties."""

    opens: MonthDay
    due: MonthDay | None
    final: MonthDay | None


@dataclass(frozen=True, slots=True)
class ExtraDeadline:
    """A second obligation of one unit for a subject of its own: the city's annual report (市本级, 责任分工表 D41)."""

    cadence: Cadence
    unit: str
    subject: str
    due: MonthDay
    final: MonthDay


@dataclass(frozen=True, slots=True)
class Window:
    """The dates of one obligation."""

    opens: date
    due: date | None
    final: date | None


@dataclass(frozen=True, slots=True)
class Policy:
    """The settings that decide dates and findings (``policy.toml``, overlaid by ``zwgk.toml``)."""

    deadlines: Mapping[Cadence, DeadlineRule]
    own_deadlines: tuple[ExtraDeadline, ...] = ()
    shift: Shift = Shift.NONE
    due_soon_days: int = 5
    """临期: so many calendar days or fewer before the due date."""
    publish_within_workdays: int = 20
    """政府信息公开条例 第二十六条: within 20 working days after the information was formed."""
    extend_within_days: int = 180
    """An extension goes no further than so many calendar days from the due date or from today: the office's habit."""
    severities: Mapping[str, str] = field(default_factory=dict)
    """Problem code → severity, where the office wants another than the catalogue's."""
    nil_reports: NilPolicy = field(default_factory=NilPolicy)
    """Where a unit may report that nothing happened."""
    reminders: tuple[ReminderRule, ...] = ()
    """The reminder rules, the mildest level first."""


def window(period: Period, deadline: DeadlineRule, shift: Shift, workdays: Workdays) -> Window:
    """The dates of ``period`` under ``deadline``; due and final moved off non-working days as ``shift`` says."""
    return Window(
        opens=deadline.opens.after(period),
        due=_shifted(deadline.due, period, shift, workdays),
        final=_shifted(deadline.final, period, shift, workdays),
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


def candidate_periods(cadence: Cadence, deadline: DeadlineRule, cycle: Month) -> list[Period]:
    """The reference periods of a cadence whose opens..final may overlap ``cycle``, oldest first."""
    back = max(deadline.opens.months, (deadline.final or deadline.opens).months, 0) + 12
    ahead = max(-deadline.opens.months, 0)  # what opens before its period ends
    months = [cycle + offset for offset in range(-back, ahead + 1)]
    match cadence:
        case Cadence.MONTHLY | Cadence.ON_DEMAND:
            periods = [Period.month(month) for month in months]
        case Cadence.QUARTERLY:
            periods = [Period.quarter(month) for month in months]
        case Cadence.YEARLY | Cadence.ANNUAL_REPORT:
            periods = [Period.year(month.year) for month in months]
    return list(dict.fromkeys(periods))
