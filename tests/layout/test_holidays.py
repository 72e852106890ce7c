"""The table of lunar days against two computed calendars."""

from __future__ import annotations

from datetime import date

import chinese_calendar
import pytest
from lunardate import LunarDate

from zwgk_excel.layout.holidays import provisional_days_off
from zwgk_excel.layout.resources import read_toml

TABLE = read_toml("holidays.toml")


@pytest.mark.parametrize("year", TABLE)
def test_the_days_are_those_of_the_lunar_calendar_and_of_the_solar_terms(year: str) -> None:
    spring, tomb_sweeping, dragon_boat, mid_autumn = TABLE[year]
    lunar = [LunarDate(int(year), month, day).to_solar_date() for month, day in ((1, 1), (5, 5), (8, 15))]
    assert [spring, dragon_boat, mid_autumn] == lunar
    april = chinese_calendar.get_solar_terms(date(int(year), 4, 1), date(int(year), 4, 10))
    assert [day for day, name in april if name == "清明"] == [tomb_sweeping]


def test_years_follow_each_other() -> None:
    assert list(map(int, TABLE)) == list(range(2027, 2051))


def test_what_is_announced_is_not_provisional() -> None:
    assert {day.year for day in provisional_days_off({2027})} == set(range(2028, 2051))
    assert date(2028, 1, 26) in provisional_days_off({2027})
