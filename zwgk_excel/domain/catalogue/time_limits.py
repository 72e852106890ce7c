"""公开时限 as counties write it: parsed where it is understood, and never guessed."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from zwgk_excel.domain.periods import Month, MonthDay
from zwgk_excel.domain.text import clean
from zwgk_excel.domain.workdays import Workdays


class LimitKind(StrEnum):
    """How a time limit is counted."""

    WORKDAYS = "workdays"
    """Working days from the day on which the information was formed (条例 第二十六条)."""
    DAYS = "days"
    """Calendar days from that day."""
    AT_ONCE = "at_once"
    """及时, 实时: without a number that anything could be late by."""
    YEARLY = "yearly"
    """By a day of every year."""
    QUARTERLY = "quarterly"
    """Once in every quarter."""
    MONTHLY = "monthly"
    """Once in every month."""


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """A time limit that is understood."""

    kind: LimitKind
    count: int = 0
    """Days, of the first two kinds."""
    day: MonthDay | None = None
    """The day of every year, its months those after December of the year before."""

    def is_late(self, formed: date | None, published: date, workdays: Workdays) -> bool:
        """Whether something formed on a day was published later than the limit has it; False where no day tells."""
        if formed is None:
            return False
        if self.kind is LimitKind.DAYS:
            return published > formed + timedelta(days=self.count)
        if self.kind is LimitKind.WORKDAYS and published - formed > timedelta(days=self.count):
            return workdays.between(formed, published) > self.count
        return False

    def missed(self, last: date | None, since: date, as_of: date) -> bool:
        """Whether the newest regular publication that was due from ``since`` to ``as_of`` was not made.

        ``last`` is the day of the newest one, None for none. A publication belongs to the period that it is made in:
        the year, for one that is due by a day of every year; the quarter or month that ended last, for the others.
        """
        period = self._newest_due(as_of)
        if period is None:
            return False
        start, due = period
        return since <= due and (last is None or last < start)

    def _newest_due(self, as_of: date) -> tuple[date, date] | None:
        """(First day of the newest period whose publication is due before a day, the day on which it was due)."""
        month = Month.of(as_of)
        if self.kind is LimitKind.YEARLY and self.day is not None:
            due = Month(month.year, self.day.months).day(self.day.day)
            if due >= as_of:
                due = Month(month.year - 1, self.day.months).day(self.day.day)
            return date(due.year, 1, 1), due
        if self.kind in {LimitKind.QUARTERLY, LimitKind.MONTHLY}:
            length = 3 if self.kind is LimitKind.QUARTERLY else 1
            last = month - 1 - (month.month - 1) % length
            return (last - (length - 1)).first, last.last
        return None


_NUMERALS = {char: value for value, char in enumerate("零一二三四五六七八九十")} | {"两": 2}
_NUMBER = r"(\d{1,3}|[一二三四五六七八九十两]{1,3})"
_WORKDAYS = re.compile(_NUMBER + r"\s*个?\s*工作日")
_DAYS = re.compile(_NUMBER + r"\s*(?:个?自然日|日内|天内|日以内|天以内|个?日历日)")
_YEARLY = re.compile(r"每年(?:度)?\s*(\d{1,2})\s*月\s*(?:(\d{1,2})\s*[日号]|底|末)?\s*(?:之?前|以前)?")
_QUARTERLY = re.compile(r"每季度?|按季度?|季度末")
_MONTHLY = re.compile(r"每个?月|按月")
_YEAR_ONLY = re.compile(r"每年|按年|年度")
_AT_ONCE = re.compile(r"^(?:及时|实时|即时|立即|随时|动态|适时)(?:公开|更新|发布|公布)?(?:更新)?[。.]?$")


def parse_limit(text: str) -> TimeLimit | None:
    """The time limit that a text says; None where it says none, several, or is not understood.

    ``20个工作日内``, ``自信息形成之日起二十个工作日内``, ``7日内``, ``及时公开``, ``每年1月底前``, ``每季度``.
    """
    plain = clean(unicodedata.normalize("NFKC", text)).replace(" ", "")
    found = [*_spans(plain)]
    if len(found) != 1:
        return None
    return found[0]


def _spans(plain: str) -> list[TimeLimit]:
    """The limits that a text names, equal ones once."""
    found = [TimeLimit(LimitKind.WORKDAYS, _number(each)) for each in _WORKDAYS.findall(plain)]
    rest = _WORKDAYS.sub("", plain)
    found += [TimeLimit(LimitKind.DAYS, _number(each)) for each in _DAYS.findall(rest)]
    if yearly := _YEARLY.search(rest):
        month, day = int(yearly[1]), int(yearly[2] or 31)
        if 1 <= month <= 12 and 1 <= day <= 31:
            found.append(TimeLimit(LimitKind.YEARLY, day=MonthDay(month, day)))
    elif _QUARTERLY.search(rest):
        found.append(TimeLimit(LimitKind.QUARTERLY))
    elif _MONTHLY.search(rest):
        found.append(TimeLimit(LimitKind.MONTHLY))
    elif not found and _YEAR_ONLY.search(rest):
        found.append(TimeLimit(LimitKind.YEARLY, day=MonthDay(12, 31)))
    if not found and _AT_ONCE.match(plain):
        found.append(TimeLimit(LimitKind.AT_ONCE))
    return list(dict.fromkeys(found))


def _number(text: str) -> int:
    """A number from 1 to 999 in digits, or to 99 in Chinese."""
    if text.isdecimal():
        return int(text)
    tens, mark, ones = text.partition("十")
    if not mark:
        return _NUMERALS[text[-1]]
    return 10 * (_NUMERALS[tens] if tens else 1) + (_NUMERALS[ones] if ones else 0)
