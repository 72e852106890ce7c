"""Whether a decision about an obligation can be taken: the same checks for commands and for the tracker."""

from __future__ import annotations

from datetime import date, timedelta

from zwgk_excel.domain.deadlines import Policy
from zwgk_excel.domain.decisions import DecisionKind
from zwgk_excel.domain.obligations import Obligation
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.problems import CellRef, Problem, problem


def decision_problem(
    obligation: Obligation,
    kind: DecisionKind,
    value: str,
    *,
    closed: Month | None,
    on: date,
    policy: Policy,
    what: str,
    place: CellRef,
) -> Problem | None:
    """Why a decision cannot be taken on a day; None where it can.

    ``value`` is that of :class:`zwgk_excel.domain.decisions.Decision`, ``closed`` the month whose closing fixed the
    obligation's figures, ``what`` and ``place`` name the decision in the sentences. On what is closed nothing is
    decided; an extension or a waiver is of no use without a due date; an extension goes beyond the due date, and no
    further than :attr:`zwgk_excel.domain.deadlines.Policy.extend_within_days` from the due date or from today,
    whichever is later. Cancelling, and the office's opinion, need only that it is not closed.
    """
    key, due = obligation.key, obligation.due
    if closed:
        return problem("decision_closed", place, obligation=key, month=closed, what=what)
    if not value or kind is DecisionKind.OPINION:
        return None
    if due is None:
        return problem("decision_undated", place, obligation=key, what=what)
    if kind is DecisionKind.WAIVER:
        return None
    until, days = date.fromisoformat(value), policy.extend_within_days
    latest = max(due, on) + timedelta(days=days)
    if until <= due:
        return problem("extension_early", place, obligation=key, what=what, due=due)
    if until > latest:
        return problem("extension_far", place, obligation=key, what=what, latest=latest, days=days)
    return None
