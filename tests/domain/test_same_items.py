"""A corrected row is the same item; what nothing resembles is lost."""

from dataclasses import replace
from datetime import date

import pytest

from zwgk_excel.domain.returns import Item
from zwgk_excel.domain.same_items import comparable_link, lost_along, lost_items

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
    twin = replace(FIRST, url="http://a.gov.cn/zwgk/202611/t1_200.html", published_on=date(2026, 11, 4), row=5)
    assert lost_items([FIRST, twin], [replace(FIRST, url="http://a.gov.cn/zwgk/202611/t1_300.html")]) == (twin,)


@pytest.mark.parametrize("double", [{}, {"title": "同一条"}, {"url": "http://a.gov.cn/9"}])
@pytest.mark.parametrize("kept", [0, 1])
def test_a_doubled_row_that_is_deleted_as_told_is_no_loss(double, kept):
    rows = [FIRST, replace(FIRST, row=5, **double)]
    assert lost_items([*rows, SECOND], [replace(rows[kept], row=4), replace(SECOND, row=5)]) == ()


def test_so_is_one_of_two_rows_with_a_title_alone():
    bare = replace(FIRST, url="", published_on=None)
    assert lost_items([bare, replace(bare, row=5)], [bare]) == ()


def test_a_doubled_item_of_which_both_rows_are_gone_is_lost_once():
    assert lost_items([FIRST, replace(FIRST, row=5), SECOND], [SECOND]) == (FIRST,)


RETITLED = replace(FIRST, title="更正后的标题")
MOVED = replace(RETITLED, url="http://a.gov.cn/zwgk/202611/t1_111.html")


@pytest.mark.parametrize(
    "versions",
    [
        [[FIRST, SECOND], [RETITLED, SECOND], [MOVED, SECOND]],
        [[FIRST, SECOND], [RETITLED], [MOVED, SECOND]],
        [[FIRST], [], [FIRST]],
        [[FIRST], [FIRST, SECOND], [RETITLED, SECOND]],
    ],
)
def test_a_correction_may_be_corrected(versions):
    assert lost_along(versions) == ()


@pytest.mark.parametrize(
    "versions", [[[FIRST, SECOND], [RETITLED, SECOND], [SECOND]], [[FIRST, SECOND], [SECOND], [replace(SECOND, row=4)]]]
)
def test_what_is_gone_since_any_version_is_lost_once(versions):
    (lost,) = lost_along(versions)
    assert lost.url == FIRST.url


def test_links_to_one_page_are_one():
    assert comparable_link("HTTPS://A.gov.cn/1/#top") == comparable_link("http://a.gov.cn/1")
    assert comparable_link("http://a.gov.cn/1//") != comparable_link("http://a.gov.cn/1"), "as the formula"
