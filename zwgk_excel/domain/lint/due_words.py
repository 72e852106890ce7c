"""Dates of a duty in an office worker's words (每月20日、季末月15日、次年2月20日), as the duty table has them."""

from __future__ import annotations

import re
import unicodedata

from zwgk_excel.domain.duties import Cadence
from zwgk_excel.domain.periods import LAST_DAY, MonthDay
from zwgk_excel.domain.text import clean

_END = "(?:底|末|最后一[天日])"
_DAY = rf"(?:(?P<day>\d{{1,2}})[日号]|{_END})前?"
_MONTHLY = re.compile(rf"(?:(?P<next>次月)|每月|当月|本月|月(?=[底末])|(?=\d)){_DAY}|(?P<bare>\d{{1,2}})")
_QUARTERLY = re.compile(rf"(?:(?P<next>次月)|季末月|每?季度?(?={_END})){_DAY}")
_YEARLY = re.compile(rf"(?:(?P<next>次年)|当年)(?P<month>\d{{1,2}})月{_DAY}")
_WRITTEN = {
    Cadence.MONTHLY: _MONTHLY,
    Cadence.QUARTERLY: _QUARTERLY,
    Cadence.YEARLY: _YEARLY,
    Cadence.ANNUAL_REPORT: _YEARLY,
}
_IN_YEAR = 12
"""Months of a year, and the number of its last."""
DUE_FORMS = {
    Cadence.MONTHLY: "每月20日、每月底、次月5日这样的日期",
    Cadence.QUARTERLY: "季末月15日、季末月底、次月10日这样的日期",
    Cadence.YEARLY: "次年2月20日、次年2月底、当年12月20日这样的日期",
    Cadence.ANNUAL_REPORT: "次年1月31日、次年2月底这样的日期",
    Cadence.ON_DEMAND: "空的（实时更新的没有时限）",
}
"""How a date is written, by cadence: the one syntax of the duty table's 报送时限 and 最迟时限."""


def parse_due(text: str, cadence: Cadence) -> MonthDay | None:
    """The date that the words of a cell mean for a cadence; None for words that are none of :data:`DUE_FORMS`.

    20日前 is the 20th, as 每月 25 日前 in the notice is the 25th; so is 20 alone, as a number, of every month.
    """
    plain = clean(unicodedata.normalize("NFKC", text)).replace(" ", "")
    pattern = _WRITTEN.get(cadence)
    found = pattern.fullmatch(plain) if pattern else None
    if not found:
        return None
    bare = found["bare"] if pattern is _MONTHLY else None
    day = int(bare or found["day"] or LAST_DAY)
    months = int(bool(found["next"]))
    if pattern is _YEARLY:
        month = int(found["month"])
        months = month if found["next"] else month - _IN_YEAR
        if not 1 <= month <= _IN_YEAR:
            return None
    return MonthDay(months, day) if 1 <= day <= LAST_DAY else None
