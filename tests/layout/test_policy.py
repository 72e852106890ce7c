from datetime import date

import pytest

from zwgk_excel.domain.deadlines import Shift
from zwgk_excel.domain.duties import Cadence
from zwgk_excel.domain.periods import Month, MonthDay, Period
from zwgk_excel.layout.policy import load_policy, shipped_policy


def test_the_notices_dates():
    monthly = shipped_policy().deadlines[Cadence.MONTHLY]
    november = Period.month(Month(2026, 11))
    assert monthly.due
    assert monthly.final
    assert monthly.due.after(november) == date(2026, 11, 25)
    assert monthly.final.after(november) == date(2026, 11, 30)


def test_the_office_changes_one_date_and_keeps_the_others():
    policy = load_policy({"shift": "next_workday", "deadlines": {"monthly": {"due": {"months": 0, "day": 20}}}})
    monthly = policy.deadlines[Cadence.MONTHLY]
    assert (monthly.due, monthly.final, policy.shift) == (MonthDay(0, 20), MonthDay(0, 31), Shift.NEXT_WORKDAY)
    assert policy.deadlines[Cadence.YEARLY] == shipped_policy().deadlines[Cadence.YEARLY]


DAY = {"months": 0, "day": 20}


def test_the_offices_own_deadlines_and_subjects_are_added_to_those_shipped():
    (shipped,) = shipped_policy().extra_subjects
    again = {"cadence": "annual_report", "unit": "市政府办", "subject": "市本级", "due": DAY, "final": DAY}
    other = {"duty": "D01", "unit": "市教育局", "subject": "学校", "due": DAY, "final": DAY}
    assert load_policy({"own_deadlines": [{"duty": "D01", "due": DAY}]}).extra_subjects == (shipped,)
    replaced, added = load_policy({"extra_subjects": [again, other]}).extra_subjects
    assert (replaced.subject, replaced.due) == ("市本级", MonthDay(0, 20))
    assert (added.duty, added.cadence, added.subject) == ("D01", None, "学校")
    assert load_policy({"extra_subjects": []}).extra_subjects == ()


def test_a_subject_among_the_own_deadlines_is_read_as_earlier_versions_wrote_it():
    earlier = {"cadence": "monthly", "unit": "市教育局", "subject": "学校", "due": DAY, "final": DAY}
    policy = load_policy({"own_deadlines": [earlier]})
    assert (policy.own_deadlines, [each.subject for each in policy.extra_subjects]) == ((), ["市本级", "学校"])


@pytest.mark.parametrize(
    ("overlay", "named"),
    [
        ({"shift": "sometimes"}, "shift"),
        ({"published_from": {"monthly": {"months": 5, "day": 1}}}, r"published_from\.monthly.*应不晚于时限"),
        ({"published_from": {"monthly": {"months": 0, "day": 26}}}, r"published_from\.monthly"),
        ({"published_from": {"on_demand": {"months": 1, "day": 1}}}, r"published_from\.on_demand.*应不晚于所属期末"),
        ({"due_soon_days": -1}, "due_soon_days"),
        ({"carry_months": -1}, "carry_months"),
        ({"policy_columns": {"satisfied_by": []}}, r"policy_columns\.satisfied_by = \[\]"),
        ({"policy_columns": {"satisfied_by": ["news"]}}, "政策性栏目不得用新闻信息代替"),
        ({"policy_columns": {"satisfied_by": ["公告"]}}, "normative、policy、"),
        ({"policy_columns": {"never": []}}, "policy_columns"),
        ({"due_soon_days": True}, "due_soon_days"),
        ({"due_soon_days": "5"}, "due_soon_days"),
        ({"deadlines": {"monthly": {"due": {"months": 0, "day": 40}}}}, "deadlines.monthly.due"),
        ({"deadlines": {"monthly": {"due": 25}}}, "deadlines.monthly.due"),
        ({"deadlines": {"monthly": {"due": {"months": 1, "day": 25}}}}, "deadlines.monthly"),
        ({"deadlines": {"monthly": {"final": {"months": 0, "day": 10}}}}, "最迟时限不能早于报送时限 25 日"),
        ({"deadlines": {"monthly": {"deu": {"months": 0, "day": 5}}}}, "deadlines.monthly"),
        ({"deadlines": {"monthly_day": 20}}, r"deadlines\.monthly_day = 20.*可以写的有 monthly、quarterly、"),
        ({"deadlines": {"monthly": 20}}, "deadlines.monthly = 20"),
        ({"deadlines": {"monthly": {"day": 20}}}, r"deadlines\.monthly\.day = 20.*可以写的有 opens、due、final"),
        ({"deadlines": 20}, "deadlines = 20"),
        ({"reminders": {"urgent": {"days": 1, "every": 1}}}, r"reminders\.urgent.*有 due_soon、urge、supervise"),
        ({"own_deadlines": [3]}, "own_deadlines"),
        ({"own_deadlines": [{"cadence": "monthly", "units": "市政府办"}]}, r"own_deadlines\.units = .*没有这一项"),
        ({"severities": {"no_such_code": "error"}}, "no_such_code"),
        ({"severities": {"date_form": "fatal"}}, "date_form"),
        ({"own_deadlines": [{"cadence": "weekly"}]}, "own_deadlines"),
        ({"own_deadlines": [{"due": DAY}]}, "duty 和 cadence 应写一个"),
        ({"own_deadlines": [{"duty": "D01", "cadence": "monthly", "due": DAY}]}, "duty 和 cadence 应写一个"),
        ({"own_deadlines": [{"cadence": "monthly", "due": DAY}]}, r"\[deadlines\.monthly\]"),
        ({"own_deadlines": [{"duty": "D01"}]}, r"\[\[own_deadlines\]\] 没有写 due"),
        ({"own_deadlines": [{"duty": 1, "due": DAY}]}, r"own_deadlines\.duty = 1"),
        ({"own_deadlines": [{"duty": "D01", "due": DAY, "final": {"months": 0, "day": 9}}]}, "D01）的最迟时限不能早"),
        ({"extra_subjects": [{"duty": "D01", "unit": "市政府办", "due": DAY, "final": DAY}]}, "没有写 subject"),
        ({"extra_subjects": 3}, "extra_subjects = 3"),
    ],
)
def test_what_makes_no_sense_is_named(overlay, named):
    with pytest.raises(ValueError, match=named):
        load_policy(overlay)
