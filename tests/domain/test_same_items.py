"""A corrected row is the same item; what nothing resembles is lost."""

from dataclasses import replace
from datetime import date

import pytest

from zwgk_excel.domain.returns import Item
from zwgk_excel.domain.same_items import comparable_link, lost_items

FIRST = Item(
    title="2026年10月政府采购项目实施情况公告",
    url="http://a.gov.cn/zwgk/202611/t1_100.html",
    published_on=date(2026, 11, 3),
    row=4,
)
SECOND = replace(FIRST, title="医疗救助资金发放公示", url="http://a.gov.cn/zwgk/202611/t2_200.html", row=5)


@pytest.mark.parametrize(
    "changed",
    [
        {"url": "http://a.gov.cn/zwgk/202611/t1_111.html"},
        {"url": ""},
        {"title": "更正后的标题"},
        {"title": "2026年10月政府采购项目执行情况公告", "url": "http://b.gov.cn/9", "row": 9},
        {"title": "2026年10月政府采购情况", "url": "http://a.gov.cn/9"},
    ],
)
def test_a_correction_is_no_disappearance(changed):
    assert lost_items([FIRST, SECOND], [replace(FIRST, **changed), SECOND]) == ()


@pytest.mark.parametrize(
    "now",
    [
        [],
        [SECOND],
        [replace(SECOND, row=4), replace(SECOND, row=5, url="http://a.gov.cn/3", title="别的事")],
        [replace(FIRST, title="2026年9月政府采购项目实施情况公告", url="http://a.gov.cn/9")],
        [replace(FIRST, title="2026年10月采购", url="http://a.gov.cn/9", row=7)],
    ],
)
def test_what_nothing_resembles_is_lost(now):
    assert lost_items([FIRST, SECOND], now)[0] == FIRST


def test_one_row_corrects_one_item():
    twin = replace(FIRST, url="http://a.gov.cn/zwgk/202611/t1_200.html", row=5)
    assert lost_items([FIRST, twin], [replace(FIRST, url="http://a.gov.cn/zwgk/202611/t1_300.html")]) == (twin,)


def test_links_to_one_page_are_one():
    assert comparable_link("HTTPS://A.gov.cn/1/#top") == comparable_link("http://a.gov.cn/1")
