"""公开时限 as counties write it: understood, or told as not understood."""

from __future__ import annotations

from datetime import date

import pytest

from zwgk_excel.domain.catalogue.time_limits import LimitKind, TimeLimit, parse_limit
from zwgk_excel.domain.periods import MonthDay
from zwgk_excel.domain.workdays import Workdays

TWENTY = TimeLimit(LimitKind.WORKDAYS, 20)
YEARLY = TimeLimit(LimitKind.YEARLY, day=MonthDay(1, 31))


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("20个工作日内", TWENTY),
        ("２０ 个工作日", TWENTY),
        ("自信息形成或者变更之日起\n20个工作日内予以公开", TWENTY),
        ("信息形成之日起二十个工作日内", TWENTY),
        ("十五个工作日内", TimeLimit(LimitKind.WORKDAYS, 15)),
        ("7日内", TimeLimit(LimitKind.DAYS, 7)),
        ("公示期满后三天内", TimeLimit(LimitKind.DAYS, 3)),
        ("及时公开", TimeLimit(LimitKind.AT_ONCE)),
        ("实时更新。", TimeLimit(LimitKind.AT_ONCE)),
        ("每年1月底前", YEARLY),
        ("每年5月20日前公开", TimeLimit(LimitKind.YEARLY, day=MonthDay(5, 20))),
        ("每季度", TimeLimit(LimitKind.QUARTERLY)),
        ("每月更新", TimeLimit(LimitKind.MONTHLY)),
        ("长期公开", None),
        ("视情况而定", None),
        ("按进展情况及时公开，最迟不超过", None),
        ("重大项目5个工作日内，其他20个工作日内", None),
        ("公开期限5个工作日；每年1月底前更新", None),
        ("每年13月前", None),
        ("收到申请之日起10日内或次月15日前", None),
        ("每年2月30日前", None),
        ("每年4月31日前", None),
        ("每年2月29日前", TimeLimit(LimitKind.YEARLY, day=MonthDay(2, 29))),
        ("每年3月、9月底前", None),
        ("每年1月底前，次月15日前更新", None),
        ("每季度首月15日前", None),
        ("每年第一季度", None),
        ("0个工作日内", None),
        ("零个工作日内", None),
        ("99999999个工作日内", None),
        ("367日内", None),
        ("1.5个工作日内", None),
        ("5至10个工作日内", None),
        ("5、10个工作日内", None),
        ("二三天内", None),
        ("一百二十日内", TimeLimit(LimitKind.DAYS, 120)),
        ("百个工作日内", None),
        ("24小时内或5个工作日内", None),
        ("三个月内，特殊的20个工作日内", None),
        ("条例第26条规定的20个工作日内", TWENTY),
        ("20个工作日内；另有规定的，20个工作日内", TWENTY),
        ("", None),
    ],
)
def test_understood_or_not(text, limit):
    assert parse_limit(text) == limit


def test_late_by_working_days_and_by_days():
    calendar, formed = Workdays(), date(2026, 11, 2)
    assert not TWENTY.is_late(formed, date(2026, 11, 30), calendar)
    assert TWENTY.is_late(formed, date(2026, 12, 1), calendar)
    week = TimeLimit(LimitKind.DAYS, 7)
    assert not week.is_late(formed, date(2026, 11, 9), calendar)
    assert week.is_late(formed, date(2026, 11, 10), calendar)
    assert not week.is_late(None, date(2027, 1, 1), calendar), "without a day nothing tells"
    assert not TimeLimit(LimitKind.AT_ONCE).is_late(formed, date(2027, 1, 1), calendar)


@pytest.mark.parametrize(
    ("limit", "last", "since", "as_of", "missed"),
    [
        (YEARLY, date(2026, 1, 20), date(2025, 11, 1), date(2026, 3, 1), False),
        (YEARLY, date(2025, 1, 20), date(2025, 11, 1), date(2026, 3, 1), True),
        (YEARLY, date(2025, 1, 20), date(2025, 11, 1), date(2026, 1, 31), False),
        (YEARLY, None, date(2026, 2, 1), date(2026, 3, 1), False),
        (TimeLimit(LimitKind.QUARTERLY), date(2026, 8, 1), date(2026, 1, 1), date(2026, 11, 5), False),
        (TimeLimit(LimitKind.QUARTERLY), date(2026, 6, 30), date(2026, 1, 1), date(2026, 11, 5), True),
        (TimeLimit(LimitKind.MONTHLY), date(2026, 9, 30), date(2026, 1, 1), date(2026, 11, 5), True),
        (TimeLimit(LimitKind.MONTHLY), date(2026, 10, 1), date(2026, 1, 1), date(2026, 11, 5), False),
        (TimeLimit(LimitKind.MONTHLY), None, date(2026, 11, 1), date(2026, 11, 5), False),
        (TWENTY, None, date(2026, 1, 1), date(2026, 11, 5), False),
    ],
)
def test_a_regular_publication_that_was_not_made(limit, last, since, as_of, missed):
    assert limit.missed(last, since, as_of) is missed
