from datetime import date

import pytest

from zwgk_excel.domain.deadlines import MonthDay, Shift
from zwgk_excel.domain.duties import Cadence
from zwgk_excel.domain.periods import Month, Period
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


@pytest.mark.parametrize(
    ("overlay", "named"),
    [
        ({"shift": "sometimes"}, "shift"),
        ({"due_soon_days": -1}, "due_soon_days"),
        ({"due_soon_days": True}, "due_soon_days"),
        ({"due_soon_days": "5"}, "due_soon_days"),
        ({"deadlines": {"monthly": {"due": {"months": 0, "day": 40}}}}, "deadlines.monthly.due"),
        ({"deadlines": {"monthly": {"due": 25}}}, "deadlines.monthly.due"),
        ({"deadlines": {"monthly": {"due": {"months": 1, "day": 25}}}}, "deadlines.monthly"),
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
    ],
)
def test_what_makes_no_sense_is_named(overlay, named):
    with pytest.raises(ValueError, match=named):
        load_policy(overlay)
