"""What callers in Python write for months, days, people and names, as the values that the use cases take.

Every function raises InvalidValueError, with a Chinese sentence, for what it cannot read.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime

from zwgk_excel.domain.month_range import MonthRange
from zwgk_excel.domain.periods import Month, Period
from zwgk_excel.workflow import clock
from zwgk_excel.workflow.errors import InvalidValueError

_MOMENT = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?\s+(\d{1,2}):(\d{2})")
Months = str | Month | Period | MonthRange
"""Which months: ``"2026-11"``, ``"2026Q4"``, ``"2026"``, ``"2025-07..2026-06"``, or the value that it stands for."""


def month_of(given: str | Month) -> Month:
    """A month, or its text such as ``2026-11``."""
    try:
        return given if isinstance(given, Month) else Month.parse(_text(given))
    except ValueError:
        raise InvalidValueError(f"“{given}”不是月份；请写成 2026-11 的形式。") from None


def period_of(given: str | Month | Period) -> Period:
    """A period, a month as one, or its text such as ``2026Q4``."""
    if isinstance(given, Month):
        return Period.month(given)
    try:
        return given if isinstance(given, Period) else Period.parse(_text(given).upper())
    except ValueError:
        raise InvalidValueError(f"“{given}”不是期间；请写成 2026-11（月）、2026Q4（季）或 2026（年）。") from None


def months_of(given: Months) -> MonthRange:
    """A range of months, what is one, or its text such as ``2026-01..2026-12``."""
    try:
        return MonthRange.of(given if isinstance(given, Month | Period | MonthRange) else _text(given))
    except ValueError:
        raise InvalidValueError(
            f"“{given}”不是期间；请写成 2026-11、2026Q4、2026，或先后两端 2026-01..2026-12 的形式。"
        ) from None


def day_of(given: date | str | None) -> date | None:
    """A day: of a moment (in China, where it has a zone), of ISO text, or None for None."""
    try:
        found = datetime.fromisoformat(given) if isinstance(given, str) else given
    except ValueError:
        raise _no_day(given) from None
    if isinstance(found, datetime):
        return clock.local(found).date()
    if found is not None and not isinstance(found, date):
        raise _no_day(given)
    return found


def moment_of(given: str) -> datetime:
    """A moment as typed, with or without a zone, as local time: ``2026-11-26T09:30``, ``2026/11/26 9:30``."""
    typed = unicodedata.normalize("NFKC", given).strip()
    if found := _MOMENT.fullmatch(typed):
        year, month, day, hour, minute = found.groups()
        typed = f"{year}-{month:>02}-{day:>02}T{hour:>02}:{minute}"
    try:
        return clock.local(datetime.fromisoformat(typed))
    except ValueError:
        raise InvalidValueError(f"“{given}”不是时间；请写成 2026-11-26 09:30 的形式。") from None


def _no_day(given: object) -> InvalidValueError:
    return InvalidValueError(f"“{given}”不是日期；请写成 date(2026, 11, 26) 或 2026-11-26 的形式。")


def person(who: str) -> str:
    """The name of the person who decides; must not be blank."""
    name = who.strip() if isinstance(who, str) else ""
    if not name:
        raise InvalidValueError("由谁决定要写明：who 应是人的姓名，不能是空的。")
    return name


def names_of(given: str | Iterable[str]) -> list[str]:
    """Names, of units or duties; a text is one name."""
    names: list[object] = [given] if isinstance(given, str) or not isinstance(given, Iterable) else list(given)
    for each in names:
        if not isinstance(each, str):
            raise InvalidValueError(f"“{each}”不是名称；单位、任务编号应是文本，多个写成列表。")
    return list(map(str, names))


def _text(given: object) -> str:
    """A text; raises ValueError for another value."""
    if not isinstance(given, str):
        raise ValueError(given)
    return given
