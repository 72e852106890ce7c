"""What can be decided about an obligation, at the edges of each rule."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.domain.make import obligation
from zwgk_excel.domain.decision_checks import decision_problem
from zwgk_excel.domain.decisions import NO_DECISIONS, ActiveDecisions, DecisionKind, decided
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.problems import CellRef
from zwgk_excel.layout.policy import shipped_policy

TASK = obligation()
UNDATED = replace(TASK, due=None, final=None)


def code(kind, value, *, about=TASK, closed=None, on=date(2026, 11, 20), days=30):
    policy = replace(shipped_policy(), extend_within_days=days)
    found = decision_problem(about, kind, value, closed=closed, on=on, policy=policy, what="所填", place=CellRef("表"))
    return found and found.code


@pytest.mark.parametrize(
    ("until", "on", "expected"),
    [
        ("2026-11-25", date(2026, 11, 20), "extension_early"),
        ("2026-11-26", date(2026, 11, 20), None),
        ("2026-12-25", date(2026, 11, 20), None),
        ("2026-12-26", date(2026, 11, 20), "extension_far"),
        ("2026-12-26", date(2026, 11, 26), None),
        ("2027-04-01", date(2027, 3, 2), None),
        ("2027-04-02", date(2027, 3, 2), "extension_far"),
    ],
)
def test_an_extension_lies_between_the_due_date_and_so_many_days_from_it_or_today(until, on, expected):
    assert TASK.due == date(2026, 11, 25)
    assert code(DecisionKind.EXTENSION, until, on=on) == expected


@pytest.mark.parametrize("kind", list(DecisionKind))
@pytest.mark.parametrize("value", ["", "2026-12-01"])
def test_nothing_is_decided_on_what_is_closed(kind, value):
    assert code(kind, value, closed=Month(2026, 12)) == "decision_closed"


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (DecisionKind.EXTENSION, "2026-12-01", "decision_undated"),
        (DecisionKind.WAIVER, "yes", "decision_undated"),
        (DecisionKind.OPINION, "好", None),
        (DecisionKind.EXTENSION, "", None),
        (DecisionKind.WAIVER, "", None),
    ],
)
def test_without_a_date_only_an_opinion_is_of_use_and_everything_can_be_cancelled(kind, value, expected):
    assert code(kind, value, about=UNDATED) == expected


def test_a_decision_changes_its_own_kind_only():
    every = ActiveDecisions(date(2026, 12, 1), True, "好")
    assert decided(every, DecisionKind.EXTENSION, "") == replace(every, extended_to=None)
    assert decided(every, DecisionKind.WAIVER, "") == replace(every, waived=False)
    assert decided(NO_DECISIONS, DecisionKind.OPINION, "好") == replace(NO_DECISIONS, opinion="好")
