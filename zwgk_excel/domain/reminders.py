"""Who is to be reminded of what on a day: one pure function over statuses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from zwgk_excel.domain.obligations import extended
from zwgk_excel.domain.rungs import Level, Rung
from zwgk_excel.domain.tracking import Status


@dataclass(frozen=True, slots=True)
class Reminder:
    """What one unit is to be reminded of."""

    unit: str
    """Who answers for it now: the obligations' unit, or the one that took it over."""
    level: Level
    """The highest step that one of the obligations has reached."""
    upcoming: tuple[Status, ...]
    """Not due yet."""
    late: tuple[Status, ...]
    """Past the due date."""


def reminders(
    statuses: Iterable[Status], rungs: Sequence[Rung], as_of: date, owner: Callable[[str], str]
) -> tuple[Reminder, ...]:
    """One reminder for each unit with an open obligation that has reached a step, in the order first met.

    ``owner`` says who answers now for a unit of an earlier time. What is satisfied, waived, undated, only advised or
    not open yet is nothing to remind of; an extension moves both dates. A unit that is late is also told what else it
    owes soon.
    """
    owed: dict[str, list[tuple[Level, Status]]] = {}
    for status in statuses:
        step = level_of(status, rungs, as_of)
        if step is not None:
            owed.setdefault(owner(status.obligation.unit), []).append((step, status))
    return tuple(_reminder(unit, steps) for unit, steps in owed.items())


def level_of(status: Status, rungs: Sequence[Rung], as_of: date) -> Level | None:
    """The highest step that an obligation has reached on a day; None where there is nothing to remind of."""
    if not status.is_open or as_of < status.obligation.opens:
        return None
    return next((rung.level for rung in reversed(rungs) if _reached(rung, status, as_of)), None)


def due_of(status: Status) -> tuple[date, date]:
    """Due and final date of a dated obligation, with its extension."""
    until = status.standing.extended_to
    dated = extended(status.obligation, until) if until else status.obligation
    assert dated.due is not None
    assert dated.final is not None
    return dated.due, dated.final


def _reached(rung: Rung, status: Status, as_of: date) -> bool:
    due, final = due_of(status)
    match rung.level:
        case Level.DUE_SOON:
            return 0 <= (due - as_of).days <= rung.days
        case Level.URGE:
            return (as_of - due).days >= max(rung.days, 1)
        case Level.SUPERVISE:
            return (as_of - final).days >= max(rung.days, 1)


def _reminder(unit: str, steps: Sequence[tuple[Level, Status]]) -> Reminder:
    order = list(Level)
    level = max((step for step, _ in steps), key=order.index)
    upcoming = tuple(status for step, status in steps if step is Level.DUE_SOON)
    late = tuple(status for step, status in steps if step is not Level.DUE_SOON)
    return Reminder(unit, level, upcoming, late)
