"""Closing (结账): which tasks of a month are ripe, and where one that is not is counted; pure functions.

A task is ripe once the mere passing of time can change nothing about it any more: it was answered, it is waived, or the
last day on which it might have been answered or corrected has passed. A closing settles what is ripe. What is not stays
open and is counted in the first later month that is not closed when it ripens. What was reported with a fault ripens
later than silence about it: it costs nothing in a month in which silence does not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from zwgk_excel.domain.obligations import Obligation
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.scoring_cases import (
    ScoringContext,
    ScoringEvidence,
    last_day_to_mend,
    owed_by,
    scoring_cases,
)
from zwgk_excel.domain.tracking import SATISFIED, ObligationStatus, TrackerRow


@dataclass(frozen=True, slots=True)
class UnripeTask:
    """A task that may still become something else by the mere passing of time."""

    status: ObligationStatus
    until: date
    """The last day on which it may: its final date, with extension, or the last day to correct what was returned."""


@dataclass(frozen=True, slots=True)
class Ripeness:
    """Tasks on the day of a closing."""

    ripe: tuple[ObligationStatus, ...]
    unripe: tuple[UnripeTask, ...]


def ripeness(statuses: Iterable[ObligationStatus], found: ScoringEvidence, by: ScoringContext) -> Ripeness:
    """Which tasks are ripe on the day of ``by``, each in the order given.

    Answered ones are, unless an error of theirs may still be corrected without a deduction; so are waived ones. Others
    ripen when their final date (with extension), or the time to correct them, is over. Those without dates are never
    late as a whole: they are ripe when their month ends, before which none is closed.
    """
    given = tuple(statuses)
    mending = {case.key: last_day_to_mend(case, by) for case in scoring_cases(given, found)}
    ends = [(status, _ends(status, mending.get(status.obligation.key))) for status in given]
    return Ripeness(
        tuple(status for status, until in ends if until is None or until < by.as_of),
        tuple(UnripeTask(status, until) for status, until in ends if until is not None and until >= by.as_of),
    )


def _ends(status: ObligationStatus, mending: date | None) -> date | None:
    """The last day on which time may change a task; None where it changes nothing."""
    if status.decisions.waived:
        return None
    if mending is not None or status.outcome in SATISFIED:
        return mending
    return owed_by(status).final


def month_that_counts(own: Month, issued: Collection[Month], closed: Collection[Month]) -> Month:
    """The month that a task not ripe when its ``own`` month was closed is counted in, as things stand.

    The first later month that was issued and is not closed; where there is none yet, the one after the last issued.
    """
    later = [month for month in issued if month > own and month not in closed]
    return min(later, default=max([own, *issued]) + 1)


def outlived(statuses: Iterable[ObligationStatus], month: Month, closed: Mapping[Month, date]) -> frozenset[str]:
    """Keys of the tasks that ``month`` settles though silence about them was settled before.

    That is by one of the months ``closed`` (→ the day of the closing), from their own on, after their final date.
    """
    return frozenset(
        each.obligation.key
        for each in statuses
        if (final := owed_by(each).final) is not None
        and any(final < day and each.obligation.cycle <= one < month for one, day in closed.items())
    )


def settled_later(rows: Iterable[TrackerRow], own: Month) -> tuple[TrackerRow, ...]:
    """The tasks of a month that the closing of a later one has settled: left by a closing of ``own``, they stay there
    when that is taken back."""
    return tuple(row for row in rows if row.closed and row.counted_in and row.status.obligation.cycle == own)


def may_answer(cycle: Month | None, tasks: Iterable[Obligation]) -> bool:
    """Whether a file for ``cycle`` (None: unknown) may answer one of the tasks: its workbook lists them, or as 补报."""
    if cycle is None:
        return True
    return any(each.listed_in(cycle) or (each.due is not None and each.cycle < cycle) for each in tasks)
