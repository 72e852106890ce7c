"""改正时限: until when a unit has to correct a faulty return, and what it costs after; pure functions.

The same day that :func:`zwgk_excel.domain.scoring_cases.last_day_to_mend` gives the scores, told beforehand: in the
mark-up, in the mail that brings it and in reminders.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from zwgk_excel.domain.decisions import NO_DECISIONS, ActiveDecisions
from zwgk_excel.domain.duties import UnitKind
from zwgk_excel.domain.obligations import Obligation, extended
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.returns import ContentCounts, Receipt
from zwgk_excel.domain.rules_in_force import RulesInForce
from zwgk_excel.domain.score_rules import ScoreRule
from zwgk_excel.domain.scoring_cases import ScoringContext, last_day_to_mend, scoring_cases, scoring_evidence
from zwgk_excel.domain.tracking import SATISFIED, ObligationStatus, Outcome, is_mendable, is_satisfied_by, outcome_of


@dataclass(frozen=True, slots=True)
class TaskToMend:
    """One task that a return reports with an error, or does not report because it is faulty as a whole."""

    obligation: Obligation
    """With its extension."""
    until: date | None
    """The last day on which a correction costs nothing; None for a task without a date, which costs nothing at all."""
    points: Decimal
    """What it costs after that day, with the weight of the unit's kind; 0 for a task without a date."""
    in_time: bool
    """Whether what is corrected by then counts as reported when the faulty return came."""
    late: bool
    """Whether that return came after the final date already: then the correction counts as late, and no more."""
    confirmed: bool
    """Whether the office has confirmed the scoring rules; else the points are those of the sample."""
    provisional: bool
    """Whether the working days of a year are counted in which are not announced yet."""


@dataclass(frozen=True, slots=True)
class MendTime:
    """What is to be corrected in a return, by task."""

    tasks: tuple[TaskToMend, ...] = ()
    as_of: date = date.min
    """The day on which it is told: last days before it are over."""

    @property
    def until(self) -> date | None:
        """The first of the last days that are not over, the latest where all are; None where no task has one."""
        still = (each.until for each in self.still_open if each.until)
        return min(still, default=max((each.until for each in self.over if each.until), default=None))

    @property
    def is_over(self) -> bool:
        """Whether there are last days, and all of them are over."""
        return bool(self.over) and not self.still_open

    @property
    def still_open(self) -> tuple[TaskToMend, ...]:
        """The tasks with a last day that is not over."""
        return tuple(each for each in self.tasks if each.until and each.until >= self.as_of)

    @property
    def over(self) -> tuple[TaskToMend, ...]:
        """The tasks with a last day that is over."""
        return tuple(each for each in self.tasks if each.until and each.until < self.as_of)


def mend_time(
    receipt: Receipt,
    history: Iterable[Receipt],
    obligations: Mapping[str, Obligation],
    own: Iterable[Obligation],
    decided: Mapping[str, ActiveDecisions],
    rules_of: Callable[[Month], RulesInForce],
    kind: UnitKind | None,
    as_of: date = date.min,
) -> MendTime:
    """What ``receipt`` has to have corrected, in the order of its tasks' keys.

    ``history`` are the returns of the same unit and cycle, in any order, without content or with it: the time runs from
    the first faulty one of them, not from a correction that is faulty again. Those later than ``receipt`` are left out.
    ``obligations`` and ``decided`` are by key; ``own`` are those of the unit for the cycle: where the return as a whole
    is faulty, those are at stake that nothing reported. ``rules_of`` gives the rules of a month, ``as_of`` is the
    day it is told on.
    """
    earlier = [each for each in history if each.was_read and each.order < receipt.order]
    wrong = {each.obligation for each in receipt.problems if each.is_error}
    at_stake = {each.key: each for each in own if each.dated} if "" in wrong else {}
    tasks: list[TaskToMend] = []
    for key in sorted((wrong | receipt.tallies.keys() | at_stake.keys()) - {""}):
        obligation = obligations.get(key)
        decisions = decided.get(key, NO_DECISIONS)
        if obligation is None or not obligation.mandatory or decisions.waived:
            continue
        outcome = outcome_of(receipt.tallies.get(key, ContentCounts()), obligation)
        status = ObligationStatus(obligation, outcome, None, decisions=decisions)
        rules = rules_of(obligation.cycle)
        if key in wrong or outcome is Outcome.RETURNED:
            tasks.append(_task(status, receipt, earlier, rules, kind))
        elif key in at_stake and not any(is_satisfied_by(obligation, each) for each in (*earlier, receipt)):
            tasks.append(_unreported(status, rules, kind))
    return MendTime(tuple(tasks), as_of)


def _owed(status: ObligationStatus) -> Obligation:
    until = status.decisions.extended_to
    return extended(status.obligation, until) if until else status.obligation


def _points(rule: ScoreRule, rules: RulesInForce, kind: UnitKind | None) -> Decimal:
    weight = rules.scoring.weights.get(kind, Decimal(1)) if kind else Decimal(1)
    return rules.scoring.point_rules[rule].points * weight


def _unreported(status: ObligationStatus, rules: RulesInForce, kind: UnitKind | None) -> TaskToMend:
    """A task of which nothing usable came: it costs what silence costs, after its final date."""
    owed = _owed(status)
    points = _points(ScoreRule.MISSING, rules, kind)
    return TaskToMend(owed, owed.final, points, False, False, rules.scoring.confirmed, False)


def _counts_from_before(status: ObligationStatus, returns: Iterable[Receipt]) -> bool:
    """Whether a task is done already, or one of the returns so far reports it, though wrongly."""
    owed = status.obligation
    given = ((each, each.tallies.get(owed.key, ContentCounts())) for each in returns)
    return status.outcome in SATISFIED or any(is_mendable(each, tally, owed) for each, tally in given)


def _came_late(owed: Obligation, returns: Iterable[Receipt]) -> bool:
    """Whether the first return that reports a task, rightly or wrongly, came after its final date."""
    given = ((each, each.tallies.get(owed.key, ContentCounts())) for each in returns)
    days = [
        each.received_at.date()
        for each, tally in given
        if is_satisfied_by(owed, each) or is_mendable(each, tally, owed)
    ]
    return bool(days) and owed.final is not None and min(days) > owed.final


def _task(
    status: ObligationStatus, receipt: Receipt, earlier: list[Receipt], rules: RulesInForce, kind: UnitKind | None
) -> TaskToMend:
    scoring = rules.scoring
    came = receipt.received_at.date()
    (case,) = scoring_cases([status], scoring_evidence([*earlier, receipt], [receipt], rules.publish_within))
    if case.is_bare_claim and case.mendable is None:
        return _unreported(status, rules, kind)
    rule = ScoreRule.MISSING if case.is_bare_claim else ScoreRule.RETURNED
    until = last_day_to_mend(case, ScoringContext(scoring, rules.workdays, rules.publish_within, came))
    return TaskToMend(
        _owed(status),
        until,
        _points(rule, rules, kind) if until else Decimal(0),
        scoring.mended_in_time and _counts_from_before(status, [*earlier, receipt]),
        _came_late(_owed(status), [*earlier, receipt]),
        scoring.confirmed,
        until is not None and rules.workdays.provisional(came, until),
    )
