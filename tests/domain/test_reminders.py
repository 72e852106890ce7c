"""Who is reminded of what, on which day, and how severely."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.make import duty
from zwgk_excel.domain.deadlines import ReminderLevel, ReminderRule
from zwgk_excel.domain.decisions import ActiveDecisions
from zwgk_excel.domain.obligations import Obligation
from zwgk_excel.domain.periods import Month, Period
from zwgk_excel.domain.reminders import highest_level, reminders
from zwgk_excel.domain.tracking import SATISFIED, ObligationStatus, Outcome, Timeliness
from zwgk_excel.layout.policy import load_policy, shipped_policy

DUE, FINAL = date(2026, 11, 25), date(2026, 11, 30)
RUNGS = (
    ReminderRule(ReminderLevel.DUE_SOON, 3, 3),
    ReminderRule(ReminderLevel.URGE, 1, 2),
    ReminderRule(ReminderLevel.SUPERVISE, 5, 5),
)


def owed(unit="市教育局", **values):
    """An obligation of November that nobody has answered."""
    obligation = Obligation(duty("D01"), unit, Period.month(Month(2026, 11)), date(2026, 11, 1), DUE, FINAL)
    return replace(ObligationStatus(obligation, Outcome.MISSING, Timeliness.NOT_DUE), **values)


@pytest.mark.parametrize(
    ("day", "level"),
    [
        ("2026-10-31", None),
        ("2026-11-21", None),
        ("2026-11-22", ReminderLevel.DUE_SOON),
        ("2026-11-25", ReminderLevel.DUE_SOON),
        ("2026-11-26", ReminderLevel.URGE),
        ("2026-12-04", ReminderLevel.URGE),
        ("2026-12-05", ReminderLevel.SUPERVISE),
        ("2027-03-01", ReminderLevel.SUPERVISE),
    ],
)
def test_the_steps_of_the_ladder(day, level):
    assert highest_level(owed(), RUNGS, date.fromisoformat(day)) is level
    assert highest_level(owed(outcome=Outcome.RETURNED), RUNGS, date.fromisoformat(day)) is level


def test_between_two_steps_nobody_is_reminded():
    """Past its date nothing is due soon any more, although urging begins only after three days."""
    patient = (RUNGS[0], ReminderRule(ReminderLevel.URGE, 3, 2), RUNGS[2])
    days = [date(2026, 11, day) for day in (25, 26, 27, 28)]
    assert [highest_level(owed(), patient, day) for day in days] == [
        ReminderLevel.DUE_SOON,
        None,
        None,
        ReminderLevel.URGE,
    ]


def test_what_is_not_open_yet_is_nothing_to_remind_of():
    early = (ReminderRule(ReminderLevel.DUE_SOON, 60, 3), *RUNGS[1:])
    assert highest_level(owed(), early, date(2026, 10, 31)) is None
    assert highest_level(owed(), early, date(2026, 11, 1)) is ReminderLevel.DUE_SOON


@given(st.sampled_from([*SATISFIED, Outcome.WAIVED]), st.integers(-60, 200))
def test_who_has_delivered_or_need_not_is_never_reminded(outcome, days):
    assert reminders([owed(outcome=outcome)], RUNGS, DUE + timedelta(days), str) == ()


@given(st.integers(-60, 200))
def test_what_is_only_advised_or_has_no_date_is_nothing_to_remind_of(days):
    advised = replace(owed().obligation, mandatory=False)
    undated = replace(owed().obligation, due=None, final=None)
    statuses = [owed(obligation=each) for each in (advised, undated)]
    assert reminders(statuses, RUNGS, DUE + timedelta(days), str) == ()


def test_an_extension_moves_every_step():
    extended = owed(decisions=ActiveDecisions(extended_to=date(2026, 12, 20)))
    assert highest_level(extended, RUNGS, date(2026, 12, 5)) is None
    assert highest_level(extended, RUNGS, date(2026, 12, 17)) is ReminderLevel.DUE_SOON
    assert highest_level(extended, RUNGS, date(2026, 12, 21)) is ReminderLevel.URGE


def test_a_unit_gets_one_reminder_of_the_highest_step_with_both_lists():
    late = owed(obligation=replace(owed().obligation, due=date(2026, 10, 25), final=date(2026, 10, 31)))
    found = reminders([owed(), owed("茗山乡"), late], RUNGS, date(2026, 11, 24), lambda unit: unit.replace("育", "科"))
    assert [(each.unit, each.level) for each in found[:1]] == [("市教科局", ReminderLevel.SUPERVISE)]
    assert (found[0].upcoming, found[0].late) == ((owed(),), (late,))


def test_the_office_sets_the_steps():
    assert [rule.level for rule in shipped_policy().reminders] == list(ReminderLevel)
    policy = load_policy({"reminders": {"urge": {"days": 4}}})
    assert (policy.reminders[1].days, policy.reminders[1].every) == (4, shipped_policy().reminders[1].every)


@pytest.mark.parametrize("wrong", [{"urge": {"days": -1}}, {"urge": {"day": 1}}, {"scold": {"days": 1, "every": 1}}])
def test_a_wrong_step_is_told(wrong):
    with pytest.raises(ValueError, match="reminders"):
        load_policy({"reminders": wrong})
