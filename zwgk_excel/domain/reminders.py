"""Which units are to be reminded of which obligations on a day: a pure function over statuses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from zwgk_excel.domain.consultations import Consultation
from zwgk_excel.domain.deadlines import ReminderLevel, ReminderRule
from zwgk_excel.domain.obligations import extended
from zwgk_excel.domain.site_faults import FaultState
from zwgk_excel.domain.tracking import ObligationStatus


@dataclass(frozen=True, slots=True)
class Reminder:
    """The obligations that one unit is to be reminded of."""

    unit: str
    """Who answers for it now: the obligations' unit, or the one that took it over."""
    level: ReminderLevel
    """The highest level that one of the obligations has reached."""
    upcoming: tuple[ObligationStatus, ...]
    """Not due yet."""
    late: tuple[ObligationStatus, ...]
    """Past the due date."""
    feedback: tuple[Consultation, ...] = ()
    """Its consultations whose result is past its term and still to be told."""
    faults: tuple[FaultState, ...] = ()
    """The faults on the website that it has to put right, past their day or near it."""


def reminders(
    statuses: Iterable[ObligationStatus],
    reminder_rules: Sequence[ReminderRule],
    as_of: date,
    owner: Callable[[str], str],
) -> tuple[Reminder, ...]:
    """One reminder for each unit with an open obligation that has reached a level, in the order first met.

    ``owner`` maps an earlier unit's name to the present unit. Satisfied, waived, undated, advisory and not yet open
    obligations are skipped; an extension moves both dates. A reminder of late obligations also lists those that are due
    soon.
    """
    owed: dict[str, list[tuple[ReminderLevel, ObligationStatus]]] = {}
    for status in statuses:
        step = highest_level(status, reminder_rules, as_of)
        if step is not None:
            owed.setdefault(owner(status.obligation.unit), []).append((step, status))
    return tuple(_reminder(unit, steps) for unit, steps in owed.items())


def with_late_feedback(found: Iterable[Reminder], late: Iterable[Consultation]) -> tuple[Reminder, ...]:
    """The reminders with the consultations whose feedback is ``late``; a unit that owes nothing else gets one, too."""
    owed: dict[str, list[Consultation]] = {}
    for each in late:
        owed.setdefault(each.unit, []).append(each)
    told = [replace(each, feedback=tuple(owed.pop(each.unit, ()))) for each in found]
    alone = (Reminder(unit, ReminderLevel.URGE, (), (), tuple(mine)) for unit, mine in owed.items())
    return (*told, *alone)


def with_site_faults(
    found: Iterable[Reminder],
    owed: Iterable[FaultState],
    reminder_rules: Sequence[ReminderRule],
    as_of: date,
    owner: Callable[[str], str],
) -> tuple[Reminder, ...]:
    """The reminders with the faults on the website that are past their day, or as near it as what is due soon.

    A unit that owes nothing else gets one, too; ``owner`` maps an earlier unit's name to the present unit.
    """
    soon = next((rule.days for rule in reminder_rules if rule.level is ReminderLevel.DUE_SOON), 0)
    near: dict[str, list[FaultState]] = {}
    for each in owed:
        if (each.case.mend_by - as_of).days <= soon:
            near.setdefault(owner(each.case.fault.unit), []).append(each)
    told = [replace(each, faults=tuple(near.pop(each.unit, ()))) for each in found]
    alone = (Reminder(unit, _level_of(mine, as_of), (), (), faults=tuple(mine)) for unit, mine in near.items())
    return (*told, *alone)


def _level_of(faults: Iterable[FaultState], as_of: date) -> ReminderLevel:
    late = any(each.case.mend_by < as_of for each in faults)
    return ReminderLevel.URGE if late else ReminderLevel.DUE_SOON


def highest_level(
    status: ObligationStatus, reminder_rules: Sequence[ReminderRule], as_of: date
) -> ReminderLevel | None:
    """The highest level that an obligation has reached on a day; None where no reminder applies."""
    if not status.is_open or as_of < status.obligation.opens:
        return None
    return next((rule.level for rule in reversed(reminder_rules) if _reached(rule, status, as_of)), None)


def owed_by(reminder: Reminder) -> tuple[ObligationStatus, ...]:
    """Everything that a unit is reminded of, the late ones first."""
    return (*reminder.late, *reminder.upcoming)


def due_of(status: ObligationStatus) -> tuple[date, date]:
    """(Due, final) of a dated obligation, with its extension."""
    until = status.decisions.extended_to
    dated = extended(status.obligation, until) if until else status.obligation
    assert dated.due is not None
    assert dated.final is not None
    return dated.due, dated.final


def _reached(rule: ReminderRule, status: ObligationStatus, as_of: date) -> bool:
    due, final = due_of(status)
    match rule.level:
        case ReminderLevel.DUE_SOON:
            return 0 <= (due - as_of).days <= rule.days
        case ReminderLevel.URGE:
            return (as_of - due).days >= max(rule.days, 1)
        case ReminderLevel.SUPERVISE:
            return (as_of - final).days >= max(rule.days, 1)


def _reminder(unit: str, steps: Sequence[tuple[ReminderLevel, ObligationStatus]]) -> Reminder:
    order = list(ReminderLevel)
    level = max((step for step, _ in steps), key=order.index)
    upcoming = tuple(status for step, status in steps if step is ReminderLevel.DUE_SOON)
    late = tuple(status for step, status in steps if step is not ReminderLevel.DUE_SOON)
    return Reminder(unit, level, upcoming, late)
