from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from zwgk_excel.domain.workdays import Workdays

# National Day 2026: the 1st to the 7th are off, Saturday the 10th is worked.
OCTOBER = Workdays(
    {date(2026, 10, day): False for day in range(1, 8)} | {date(2026, 10, 10): True}, announced=frozenset({2026})
)
DAYS = st.dates(date(2026, 9, 1), date(2026, 11, 30))


def test_holidays_and_worked_saturdays():
    assert not OCTOBER.is_workday(date(2026, 10, 5))
    assert OCTOBER.is_workday(date(2026, 10, 10))
    assert not OCTOBER.is_workday(date(2026, 10, 11))


def test_a_plain_week_is_worked_from_monday_to_friday():
    week = [date(2026, 11, day) for day in range(2, 9)]
    assert [OCTOBER.is_workday(day) for day in week] == [True] * 5 + [False] * 2


def test_the_first_day_does_not_count():
    assert OCTOBER.between(date(2026, 9, 30), date(2026, 10, 8)) == 1
    assert OCTOBER.between(date(2026, 9, 30), date(2026, 10, 12)) == 4
    assert OCTOBER.between(date(2026, 10, 12), date(2026, 10, 12)) == 0
    assert OCTOBER.between(date(2026, 10, 12), date(2026, 10, 1)) == 0


def test_moving_off_days_that_are_not_worked():
    assert OCTOBER.next_or_same(date(2026, 10, 1)) == date(2026, 10, 8)
    assert OCTOBER.previous_or_same(date(2026, 10, 7)) == date(2026, 9, 30)


def test_a_year_that_is_not_announced_is_provisional():
    assert not OCTOBER.provisional(date(2026, 1, 1), date(2026, 12, 31))
    assert OCTOBER.provisional(date(2026, 12, 1), date(2027, 1, 5))


def test_statutory_days_off_count_until_the_year_is_announced_and_the_offices_own_word_before_them():
    holidays = frozenset({date(2027, 1, 1), date(2027, 2, 5)})
    calendar = Workdays({date(2027, 2, 5): True}, frozenset({2026}), holidays)
    assert not calendar.is_workday(date(2027, 1, 1))
    assert calendar.is_workday(date(2027, 2, 5))
    assert calendar.provisional(date(2027, 1, 1), date(2027, 1, 2))


@given(DAYS, st.integers(1, 40))
def test_adding_working_days_and_counting_them(start, count):
    end = OCTOBER.add(start, count)
    assert OCTOBER.is_workday(end)
    assert OCTOBER.between(start, end) == count


@given(DAYS, DAYS)
def test_counting_is_additive(first, second):
    first, second = sorted((first, second))
    middle = first + (second - first) // 2
    assert OCTOBER.between(first, second) == OCTOBER.between(first, middle) + OCTOBER.between(middle, second)
    assert OCTOBER.between(first, second) <= (second - first) // timedelta(days=1)
