"""The days of an item against each other, and against the day from which items of its task count."""

from __future__ import annotations

from functools import partial

from zwgk_excel.domain.periods import Month
from zwgk_excel.layout.columns import ColumnKind, layout
from zwgk_excel.workbooks.contract.defined_names import PUBLISHED_FROM, SLOW_AFTER
from zwgk_excel.workbooks.contract.excel_value import FIRST_DAY, LAST_DAY
from zwgk_excel.workbooks.contract.undated_days import latest_day
from zwgk_excel.workbooks.excel import serial
from zwgk_excel.workbooks.report.self_check.rule import OF_TASK, CheckedRow, CheckRule, is_one_of, is_type


def _is_earlier(one: str, other: str, row: CheckedRow) -> bool:
    return row[one].is_day and row[other].is_day and row[one].day < row[other].day


def _precedes(one: str, other: str) -> str:
    """The condition that there is a day, and that it is before another one, of which 0 stands for none."""
    return f"IFERROR({other}/{one}>1,0)"  # each is looked at once: LibreOffice takes so many tokens only


def slow_after(publish_within: int) -> int:
    """Calendar days beyond which any calendar has more working days than so many: a sheet knows no holidays.

    Of a week five days are worked; what the longest holidays take of them in addition is less than 12 days.
    """
    return publish_within * 7 // 5 + _HOLIDAYS


def latest_days(cycle: Month) -> dict[str, int]:
    """The last day that a day without a year may mean in a workbook of a month: serial numbers by column key."""
    sheet = layout("report")["items"]
    return {each.key: serial(latest_day(each, cycle)) for each in sheet.inputs if each.kind is ColumnKind.DATE}


def _is_surely_late(row: CheckedRow) -> bool:
    formed, published = row["formed_on"].number, row["published_on"].number  # days as text would take many tokens
    return formed >= serial(FIRST_DAY) and published <= serial(LAST_DAY) and published - formed > row.slow_after


_HOLIDAYS = 12
SLOW_AT_FIRST = 40
"""The days in workbooks of before their number was kept in them."""
_CALL_TYPES = layout("report")["items"]["opinions_until"].types

DATE_RULES = (
    CheckRule(
        "{published_on}早于{formed_on}",
        _precedes("{published_on.day}", "{formed_on.day}"),
        partial(_is_earlier, "published_on", "formed_on"),
        ("formed_on", "published_on"),
    ),
    CheckRule(
        "{published_on}在{formed_on} {slow_after} 天以后，可能超期公开",
        f"AND(N({{formed_on}})>={serial(FIRST_DAY)},N({{published_on}})<={serial(LAST_DAY)},"
        f"N({{published_on}})-N({{formed_on}})>{SLOW_AFTER})",
        _is_surely_late,
        ("published_on",),
        warning=True,
    ),
    CheckRule(
        "{opinions_until}早于{published_on}",
        f"AND({is_one_of(_CALL_TYPES)},{_precedes('{opinions_until.day}', '{published_on.day}')})",
        lambda row: (
            any(is_type(row, each) for each in _CALL_TYPES) and _is_earlier("opinions_until", "published_on", row)
        ),
        ("opinions_until", "published_on"),
    ),
    CheckRule(
        "{published_on}早于该任务的起算日期 {first_day}",
        _precedes("{published_on.day}", f"SUMPRODUCT({OF_TASK}*{PUBLISHED_FROM})"),
        lambda row: (
            row.flags.published_from is not None
            and row["published_on"].is_day
            and row["published_on"].day < serial(row.flags.published_from)
        ),
        ("published_on",),
    ),
)
