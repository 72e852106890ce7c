"""The dates of an obligation, and which periods a month's workbooks may have to list."""

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from zwgk_excel.domain.deadlines import DeadlineRule, Shift, Window, candidate_periods, window
from zwgk_excel.domain.duties import Cadence
from zwgk_excel.domain.periods import Month, MonthDay, Period
from zwgk_excel.domain.workdays import Workdays

NOVEMBER = Period.parse("2026-11")
HOLIDAYS = Workdays({date(2026, 11, 25): False}, frozenset({2026}))
MONTHLY = DeadlineRule(opens=MonthDay(0, 1), due=MonthDay(0, 25), final=MonthDay(0, 31))


@pytest.mark.parametrize(
    ("shift", "due", "final"),
    [
        (Shift.NONE, date(2026, 11, 25), date(2026, 11, 30)),
        (Shift.NEXT_WORKDAY, date(2026, 11, 26), date(2026, 11, 30)),
        (Shift.PREVIOUS_WORKDAY, date(2026, 11, 24), date(2026, 11, 30)),
    ],
)
def test_due_and_final_are_moved_off_a_day_that_is_not_worked(shift, due, final):
    assert window(NOVEMBER, MONTHLY, shift, HOLIDAYS) == Window(date(2026, 11, 1), due, final)


def test_the_day_it_opens_is_never_moved():
    """1 November 2026 is a Sunday."""
    assert window(NOVEMBER, MONTHLY, Shift.NEXT_WORKDAY, HOLIDAYS).opens == date(2026, 11, 1)


def test_what_has_no_date_of_its_own_has_none():
    undated = DeadlineRule(opens=MonthDay(0, 1), due=None, final=None)
    assert window(NOVEMBER, undated, Shift.NEXT_WORKDAY, HOLIDAYS) == Window(date(2026, 11, 1), None, None)


@pytest.mark.parametrize(
    ("period", "day", "expected"),
    [
        ("2026-11", MonthDay(0, 25), date(2026, 11, 25)),
        ("2026-11", MonthDay(0, 31), date(2026, 11, 30)),
        ("2026", MonthDay(2, 31), date(2027, 2, 28)),
        ("2026Q4", MonthDay(-1, 1), date(2026, 11, 1)),
    ],
)
def test_days_are_counted_from_the_last_month_of_the_period(period, day, expected):
    assert day.after(Period.parse(period)) == expected


MONTHS = st.integers(-24, 24)


def all_periods(cadence):
    match cadence:
        case Cadence.QUARTERLY:
            return [Period.quarter(Month(year, month)) for year in range(2021, 2033) for month in (1, 4, 7, 10)]
        case Cadence.YEARLY | Cadence.ANNUAL_REPORT:
            return [Period.year(year) for year in range(2021, 2033)]
    return [Period.month(Month(year, month)) for year in range(2021, 2033) for month in range(1, 13)]


@example(Cadence.MONTHLY, 0, 0, Shift.NEXT_WORKDAY, 11)
@example(Cadence.MONTHLY, -2, 0, Shift.NONE, 1)
@given(st.sampled_from(Cadence), MONTHS, MONTHS, st.sampled_from(Shift), st.integers(1, 12))
def test_every_period_that_is_open_in_a_month_is_looked_at_for_it(cadence, opens, lasts, shift, month):
    """With any setting that policy.toml allows: 24 months before to 24 months after a period."""
    cycle, final = Month(2026, month), MonthDay(max(opens, lasts), 31)
    deadline = DeadlineRule(MonthDay(opens, 1), final, final)
    listed = candidate_periods(cadence, [deadline], cycle)
    for period in all_periods(cadence):
        dates = window(period, deadline, shift, HOLIDAYS)
        assert dates.final is not None
        if dates.opens <= cycle.last and dates.final >= cycle.first:
            assert period in listed
    assert listed == sorted(listed, key=lambda each: each.first)
    assert len(set(listed)) == len(listed)
