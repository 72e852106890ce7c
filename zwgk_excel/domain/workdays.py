"""Counting of working days (工作日) by a calendar that knows which years are announced."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

_DAY = timedelta(days=1)
PROVISIONAL_START = "（放假安排未公布"
"""What :data:`PROVISIONAL` begins with, in every version."""
PROVISIONAL = f"{PROVISIONAL_START}，按周一至周五和法定节假日暂定）"
"""Said of a span for which :meth:`Workdays.provisional` is true."""
SATURDAY = 5
"""The first day of the week that is no working day, Monday being 0."""


@dataclass(frozen=True, slots=True)
class Workdays:
    """The working days: exceptions to Monday-to-Friday, and the years that are announced.

    ``exceptions`` maps a day to True (worked, 调休上班) or False (off). The State Council announces each year in the
    autumn before; a year that is not in ``announced`` is computed as Monday to Friday without the ``statutory`` days
    off (:func:`zwgk_excel.domain.statutory_holidays.statutory_days_off`) and is *provisional*.
    """

    exceptions: Mapping[date, bool] = field(default_factory=dict)
    announced: frozenset[int] = frozenset()
    statutory: frozenset[date] = frozenset()

    def is_workday(self, day: date) -> bool:
        """Whether ``day`` is a working day."""
        return self.exceptions.get(day, day.weekday() < SATURDAY and day not in self.statutory)

    def provisional(self, first: date, last: date) -> bool:
        """Whether any year from ``first`` to ``last`` has no announced calendar yet."""
        return any(year not in self.announced for year in range(first.year, last.year + 1))

    def between(self, start: date, end: date) -> int:
        """Working days after ``start`` up to and including ``end``; 0 when ``end`` is not after ``start``.

        The day an item was formed does not count (行政法上期间开始的日不计算在内).
        """
        days = (end - start).days
        return sum(self.is_workday(start + offset * _DAY) for offset in range(1, days + 1))

    def add(self, start: date, count: int) -> date:
        """The ``count``-th working day after ``start``; ``start`` itself when ``count`` is 0."""
        day = start
        while count > 0:
            day += _DAY
            count -= self.is_workday(day)
        return day

    def next_or_same(self, day: date) -> date:
        """``day`` if it is a working day, else the next one."""
        while not self.is_workday(day):
            day += _DAY
        return day

    def previous_or_same(self, day: date) -> date:
        """``day`` if it is a working day, else the last one before it."""
        while not self.is_workday(day):
            day -= _DAY
        return day
