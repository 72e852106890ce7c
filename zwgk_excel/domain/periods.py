"""Months and reference periods (所属期)."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta, timezone
from enum import StrEnum

CHINA = timezone(timedelta(hours=8))
"""The zone of every day and moment: China has had no daylight saving time since 1991."""

_MONTH = re.compile(r"(\d{4})-(\d{1,2})")
_QUARTER = re.compile(r"(\d{4})Q([1-4])")
_YEAR = re.compile(r"(\d{4})")


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month; as a cycle (报送月份), the month for which workbooks are issued."""

    year: int
    month: int

    def __post_init__(self) -> None:
        if not (1 <= self.month <= 12 and 1900 <= self.year <= 9999):
            raise ValueError(f"not a month: {self.year}-{self.month}")

    @classmethod
    def parse(cls, text: str) -> Month:
        """Read ``2026-11`` (also ``2026-1``); raises ValueError for anything else."""
        found = _MONTH.fullmatch(text.strip())
        if not found:
            raise ValueError(f"not a month: {text!r}")
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def of(cls, day: date) -> Month:
        """The month of a day."""
        return cls(day.year, day.month)

    @property
    def first(self) -> date:
        """The first day of the month."""
        return date(self.year, self.month, 1)

    @property
    def last(self) -> date:
        """The last day of the month."""
        return self.day(31)

    def day(self, number: int) -> date:
        """Day ``number`` of the month, or its last day where the month is shorter."""
        return date(self.year, self.month, min(number, calendar.monthrange(self.year, self.month)[1]))

    def __add__(self, months: int) -> Month:
        years, month = divmod(self.month - 1 + months, 12)
        return Month(self.year + years, month + 1)

    def __sub__(self, months: int) -> Month:
        return self + -months

    def __str__(self) -> str:
        return f"{self.year}-{self.month:02}"


class PeriodLength(StrEnum):
    """The length of a reference period."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A reference period: the months ``first`` to ``last``, written ``2026-11``, ``2026Q4`` or ``2026``."""

    first: Month
    last: Month

    @classmethod
    def month(cls, month: Month) -> Period:
        """The period of one month."""
        return cls(month, month)

    @classmethod
    def quarter(cls, month: Month) -> Period:
        """The quarter that contains ``month``."""
        first = Month(month.year, (month.month - 1) // 3 * 3 + 1)
        return cls(first, first + 2)

    @classmethod
    def year(cls, year: int) -> Period:
        """A calendar year."""
        return cls(Month(year, 1), Month(year, 12))

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read ``2026-11``, ``2026Q4`` or ``2026``; raises ValueError for anything else."""
        text = text.strip()
        if found := _QUARTER.fullmatch(text):
            return cls.quarter(Month(int(found[1]), int(found[2]) * 3))
        if found := _YEAR.fullmatch(text):
            return cls.year(int(found[1]))
        return cls.month(Month.parse(text))

    @property
    def months(self) -> tuple[Month, ...]:
        """Its months, oldest first."""
        count = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1
        return tuple(self.first + number for number in range(count))

    @property
    def span(self) -> PeriodLength:
        """Month, quarter or year."""
        if self.first == self.last:
            return PeriodLength.MONTH
        return PeriodLength.YEAR if self.last == self.first + 11 else PeriodLength.QUARTER

    def __str__(self) -> str:
        match self.span:
            case PeriodLength.MONTH:
                return str(self.first)
            case PeriodLength.QUARTER:
                return f"{self.first.year}Q{self.last.month // 3}"
            case PeriodLength.YEAR:
                return str(self.first.year)


LAST_DAY = 31
"""A day number that means the last day of any month."""


@dataclass(frozen=True, slots=True, order=True)
class MonthDay:
    """A day of the month that lies ``months`` months after the last month of the reference period.

    ``MonthDay(0, 25)`` is the 25th of the period's last month, ``MonthDay(2, 31)`` the end of February after a year.
    """

    months: int
    day: int

    def after(self, period: Period) -> date:
        """The date for a reference period; day 31 means the month's last day."""
        return (period.last + self.months).day(self.day)
