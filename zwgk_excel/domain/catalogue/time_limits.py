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


_ONES = "一二三四五六七八九"
_CHINESE = re.compile(rf"(?:([{_ONES}两])百零?)?(?:([{_ONES}])?(十))?([{_ONES}两])?")
_CHARS = f"零〇{_ONES}十两百千万"
_NUMBER = rf"(?<![\d.{_CHARS}])(?<!\d[-~—至到])(\d+|[{_CHARS}]+)"
_MOST_DAYS = 366
"""No time limit counts more days than a year has."""
_WORKDAYS = re.compile(_NUMBER + r"个?工作日内?")
_DAYS = re.compile(_NUMBER + r"(?:个?自然日|日内|天内|日以内|天以内|个?日历日)")
_YEARLY = re.compile(r"每年(?:度)?(\d{1,2})月份?(?:(\d{1,2})[日号]|底|末)?(?:之?前|以前)?")
_QUARTERLY = re.compile(r"每季度?|按季度?|季度末")
_MONTHLY = re.compile(r"每个?月|按月")
_YEAR_ONLY = re.compile(r"每年度?|按年度?|^年度")
_AT_ONCE = re.compile(r"^(?:及时|实时|即时|立即|随时|动态|适时)(?:公开|更新|发布|公布)?(?:更新)?[。.]?$")
_CITED = re.compile(r"第\d+[条款项]|[〔\[(]\d{4}[〕\])]\d+号")
"""A number that is no time: of the rule that sets the limit."""
_MORE = re.compile(
    r"\d|[次下本当上]月|月[底末初]|季|[次当]年|年[底末初]|半年|每[年月周日天]|按[年月周]|小时|工作日|日内|天内"
    r"|[一二三四五六七八九十两百]个?[日天月年周]"
)
"""A time beside the limit that was found: then it is not the only one, or only a part of one."""


def parse_limit(text: str) -> TimeLimit | None:
    """The time limit that a text says; None where it says none, several, an impossible one, or is not understood.

    ``20个工作日内``, ``自信息形成之日起二十个工作日内``, ``7日内``, ``及时公开``, ``每年1月底前``, ``每季度``.
    Nothing is understood in part: with another number or time beside the limit, it is not.
    """
    plain = "".join(clean(unicodedata.normalize("NFKC", text)).split())
    if _AT_ONCE.match(plain):
        return TimeLimit(LimitKind.AT_ONCE)
    found, rest = _spans(_CITED.sub("", plain))
    return found[0] if len(found) == 1 and not _MORE.search(rest) else None


def _spans(plain: str) -> tuple[list[TimeLimit | None], str]:
    """(The limits that a text names, equal ones once and None for an impossible one; what else the text says)."""
    found = [_counted(LimitKind.WORKDAYS, each) for each in _WORKDAYS.findall(plain)]
    rest = _WORKDAYS.sub("", plain)
    found += [_counted(LimitKind.DAYS, each) for each in _DAYS.findall(rest)]
    rest = _DAYS.sub("", rest)
    for pattern, limit in (
        (_YEARLY, None),
        (_QUARTERLY, TimeLimit(LimitKind.QUARTERLY)),
        (_MONTHLY, TimeLimit(LimitKind.MONTHLY)),
        (_YEAR_ONLY, TimeLimit(LimitKind.YEARLY, day=MonthDay(12, 31))),
    ):
        found += [limit or _yearly(each) for each in pattern.finditer(rest)]
        rest = pattern.sub("", rest)
    return list(dict.fromkeys(found)), rest


def _counted(kind: LimitKind, text: str) -> TimeLimit | None:
    count = _number(text)
    return TimeLimit(kind, count) if 0 < count <= _MOST_DAYS else None


def _yearly(found: re.Match[str]) -> TimeLimit | None:
    month, day = int(found[1]), int(found[2] or 31)
    try:
        date(2000, month, int(found[2] or 1))  # a leap year
    except ValueError:
        return None
    return TimeLimit(LimitKind.YEARLY, day=MonthDay(month, day))


def _number(text: str) -> int:
    """A number in digits, or one below 1000 in Chinese; 0 for what is none, as 二三."""
    if text.isdecimal():
        return int(text) if len(text) <= len(f"{_MOST_DAYS}") else 0
    found = _CHINESE.fullmatch(text)
    if found is None:
        return 0
    hundreds, tens, ten, ones = found.groups("")
    return 100 * _digit(hundreds) + (10 * (_digit(tens) or 1) if ten else 0) + _digit(ones)


def _digit(char: str) -> int:
    return 2 if char == "两" else _ONES.find(char) + 1 if char else 0
