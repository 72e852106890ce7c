"""法定节假日: the days off that are fixed by 全国年节及纪念日放假办法 (revised 2024-11-10, in force from 2025).

They are what can be said of a year whose 放假安排 the State Council has not announced yet; which weekends are worked
for longer holidays (调休) is never known before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from zwgk_excel.domain.workdays import SATURDAY

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Festivals:
    """The days of a year that follow the lunar calendar and the sun."""

    spring: date
    """正月初一; the day before is 除夕."""
    tomb_sweeping: date
    """清明."""
    dragon_boat: date
    """端午."""
    mid_autumn: date
    """中秋."""


def statutory_days_off(festivals: Festivals) -> frozenset[date]:
    """The days off of the year of ``festivals``: 13 days, and a working day for each that falls on a weekend.

    第二条: 元旦 1, 春节 4 (除夕 to 初三), 清明 1, 劳动节 2, 端午 1, 中秋 1, 国庆 3. 第六条: 适逢周六、周日，应当在
    工作日补假; on which working day it does not say: the next one is taken, for two holidays on one day as well.
    """
    year, spring = festivals.spring.year, festivals.spring
    fixed = [date(year, 1, 1), *(date(year, 5, day) for day in (1, 2)), *(date(year, 10, day) for day in (1, 2, 3))]
    moving = [festivals.tomb_sweeping, festivals.dragon_boat, festivals.mid_autumn]
    holidays = sorted([*fixed, *moving, *(spring + offset * _DAY for offset in range(-1, 3))])
    found: set[date] = set()
    for day in holidays:
        instead = day
        while instead.weekday() >= SATURDAY or instead in found or (instead != day and instead in holidays):
            instead += _DAY
        found |= {day, instead}
    return frozenset(found)
