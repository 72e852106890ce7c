from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zwgk_excel.domain.periods import Month, Period, PeriodLength

MONTHS = st.builds(Month, st.integers(2000, 2100), st.integers(1, 12))


def test_a_month_is_written_and_read_the_same_way():
    assert str(Month.parse("2026-11")) == "2026-11"
    assert Month.parse(" 2026-1 ") == Month(2026, 1)


@pytest.mark.parametrize("text", ["", "2026", "2026-13", "2026-00", "2026/11", "11-2026", "2026-11-01", "二〇二六"])
def test_anything_else_is_no_month(text):
    with pytest.raises(ValueError, match="not a month"):
        Month.parse(text)


def test_the_31st_means_the_last_day():
    assert Month(2024, 2).day(31) == date(2024, 2, 29)
    assert Month(2026, 2).last == date(2026, 2, 28)


@given(MONTHS, st.integers(-600, 600))
def test_adding_months_and_taking_them_away_again(month, months):
    assert month + months - months == month
    assert ((month + months).year - month.year) * 12 + (month + months).month - month.month == months


@pytest.mark.parametrize(
    ("text", "span", "first", "last"),
    [
        ("2026-11", PeriodLength.MONTH, date(2026, 11, 1), date(2026, 11, 30)),
        ("2026Q4", PeriodLength.QUARTER, date(2026, 10, 1), date(2026, 12, 31)),
        ("2026", PeriodLength.YEAR, date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_periods(text, span, first, last):
    period = Period.parse(text)
    assert (str(period), period.span, period.first.first, period.last.last) == (text, span, first, last)


@given(MONTHS)
def test_every_period_is_read_back(month):
    for period in (Period.month(month), Period.quarter(month), Period.year(month.year)):
        assert Period.parse(str(period)) == period
        assert period.first <= month <= period.last
