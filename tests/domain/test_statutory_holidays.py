"""The days off that the law fixes, against the years that the State Council has announced."""

from __future__ import annotations

from datetime import date

import chinese_calendar
import pytest

from zwgk_excel.domain.statutory_holidays import Festivals, statutory_days_off

KNOWN = {
    2025: Festivals(date(2025, 1, 29), date(2025, 4, 4), date(2025, 5, 31), date(2025, 10, 6)),
    2026: Festivals(date(2026, 2, 17), date(2026, 4, 5), date(2026, 6, 19), date(2026, 9, 25)),
}


@pytest.mark.parametrize("year", KNOWN)
def test_each_is_off_in_what_was_announced(year: int) -> None:
    assert not [day for day in statutory_days_off(KNOWN[year]) if chinese_calendar.is_workday(day)]


def test_the_days_of_2027() -> None:
    """春节 on a Saturday and the first two days of May on a weekend: two working days are off for each."""
    festivals = Festivals(date(2027, 2, 6), date(2027, 4, 5), date(2027, 6, 9), date(2027, 9, 15))
    worked = sorted(day for day in statutory_days_off(festivals) if day.weekday() < 5)
    assert [f"{day:%m-%d}" for day in worked] == [
        *("01-01", "02-05", "02-08", "02-09", "02-10", "04-05", "05-03", "05-04"),
        *("06-09", "09-15", "10-01", "10-04", "10-05"),
    ]
    assert len(worked) == 13


def test_two_holidays_on_one_day_are_two_days() -> None:
    """中秋 2031 is the 1st of October."""
    festivals = Festivals(date(2031, 1, 23), date(2031, 4, 5), date(2031, 6, 24), date(2031, 10, 1))
    found = statutory_days_off(festivals)
    assert [date(2031, 10, day) in found for day in range(1, 8)] == [True, True, True, False, False, True, False]
