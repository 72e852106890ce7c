"""A 整改链接表 with a fault of each kind, one of them on a page whose title would act."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from zwgk_excel.domain.identity import sign_fault_table
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.site_faults import FaultCase, FaultKind, SiteFault
from zwgk_excel.workbooks.fault_table.fault_workbook import FaultTable

UNIT, CYCLE, KEY = "市财政局", Month(2026, 11), b"k" * 32
HOSTILE = "=HYPERLINK(\"http://evil.test\",\"公告\")"


def fault(
    title: str = "采购公告",
    url: str = "http://a.cn/1",
    found: str = "页面不存在",
    *,
    kind: FaultKind = FaultKind.LINK,
    published_on: date = date(2026, 11, 3),
) -> SiteFault:
    """A fault of one unit's item."""
    about = f"D02/{UNIT}/2026-11", "D02 政府采购", title, url, found, "链接打得开"
    return SiteFault(kind, UNIT, *about, date(2026, 11, 2), published_on)


def case(number: int = 1, of: SiteFault | None = None, **values: Any) -> FaultCase:
    """The fault on record, asked on 1 December."""
    given: dict[str, Any] = {"raised_at": datetime(2026, 12, 1, 9), "mend_by": date(2026, 12, 8), "table": 17} | values
    return FaultCase(number, CYCLE, of or fault(), **given)


def table() -> FaultTable:
    """Three rows: a dead link, a hostile title, and a column that stands nowhere."""
    faults = (
        fault(),
        fault(HOSTILE, "http://a.cn/2", f"标题不符：网页上是“{HOSTILE}”"),
        fault("", "", "栏目很久没有更新", kind=FaultKind.COLUMN),
    )
    cases = tuple(case(number, each) for number, each in enumerate(faults, 21))
    plain = FaultTable("市政务公开办", UNIT, CYCLE, 17, date(2026, 12, 1), date(2026, 12, 8), cases)
    return replace(plain, signature=sign_fault_table(KEY, plain.identity))
