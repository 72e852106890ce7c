"""The days off that are known of years whose 放假安排 is not announced yet (``holidays.toml``)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from functools import cache

from zwgk_excel.domain.statutory_holidays import Festivals, statutory_days_off
from zwgk_excel.layout.resources import read_toml


@cache
def _years() -> Mapping[int, frozenset[date]]:
    return {int(year): statutory_days_off(Festivals(*days)) for year, days in read_toml("holidays.toml").items()}


def provisional_days_off(announced: Collection[int]) -> frozenset[date]:
    """The statutory days off of every year of the table that is not one of ``announced``."""
    return frozenset(day for year, days in _years().items() if year not in announced for day in days)
