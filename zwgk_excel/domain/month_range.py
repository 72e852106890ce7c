"""A range of months, such as the months of an export."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from zwgk_excel.domain.periods import Month, Period

SEPARATOR = ".."


@dataclass(frozen=True, slots=True)
class MonthRange:
    """The months ``first`` to ``last``, both included; ValueError where ``last`` comes before ``first``."""

    first: Month
    last: Month

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"{self.last} comes before {self.first}")

    @classmethod
    def parse(cls, text: str) -> MonthRange:
        """Read a month, a quarter or a year (``2026-11``, ``2026Q4``, ``2026``), or two of them with ``..`` between.

        Of two, the range goes from the first month of the one to the last month of the other. Raises ValueError for
        anything else.
        """
        begin, separator, end = text.strip().upper().partition(SEPARATOR)
        first = Period.parse(begin)
        last = Period.parse(end) if separator else first
        return cls(first.first, last.last)

    @classmethod
    def of(cls, months: str | Month | Period | MonthRange) -> MonthRange:
        """The range of a text, a month, a period or a range; raises ValueError for an unreadable text."""
        match months:
            case MonthRange():
                return months
            case Month():
                return cls(months, months)
            case Period():
                return cls(months.first, months.last)
        return cls.parse(months)

    def __contains__(self, month: object) -> bool:
        return isinstance(month, Month) and self.first <= month <= self.last

    def __iter__(self) -> Iterator[Month]:
        month = self.first
        while month <= self.last:
            yield month
            month = month + 1

    @property
    def words(self) -> str:
        """The range as a sentence has it: ``2026-01 至 2026-12``; str() gives what :meth:`parse` reads."""
        return str(self.first) if self.first == self.last else f"{self.first} 至 {self.last}"

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}{SEPARATOR}{self.last}"
