"""The verdict on a link: what was found on the page, against what was reported."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from zwgk_excel.domain.link_checks import (
    TITLE_SIMILAR,
    LinkVerdict,
    ReportedLink,
    Visit,
    VisitFinding,
    judge,
    title_similarity,
)
from zwgk_excel.domain.returns import Item
from zwgk_excel.domain.workdays import Workdays

TITLE = "关于公布2026年第三季度重点民生实事进展情况的通告"
ITEM = Item(title=TITLE, url="http://a.cn/1", formed_on=date(2026, 10, 9), published_on=date(2026, 10, 12))
LINK = ReportedLink("市财政局", "a.xlsx", ITEM)
PAGE = Visit(ITEM.url, datetime(2026, 12, 1), VisitFinding.READ, 200, ITEM.url, (TITLE,), ITEM.published_on)


def judged(visit: Visit | None, link: ReportedLink = LINK):
    return judge(link, visit, Workdays(), 20)


SAME = [
    TITLE,
    f"{TITLE}_大冶市人民政府",
    f"大冶市人民政府{TITLE}（冶政发〔2026〕12号）",
    TITLE.replace("关于公布", "公布"),
    TITLE.replace("第三季度", " 第 三 季度 "),
    TITLE.replace("通告", "公告"),
    TITLE.replace("第三", "第3").replace("2026", "二〇二六"),
]
OTHERS = [
    "",
    "大冶市人民政府",
    "通告",
    TITLE.replace("2026", "2025"),
    TITLE.replace("第三", "第二"),
    "关于召开全市秋季森林防火工作会议的通知",
]


@pytest.mark.parametrize("shown", SAME)
def test_titles_that_are_the_same(shown):
    assert title_similarity(TITLE, shown) >= TITLE_SIMILAR


@pytest.mark.parametrize("shown", OTHERS)
def test_titles_that_are_not(shown):
    assert title_similarity(TITLE, shown) < TITLE_SIMILAR


NUMBERS = [("11", "十一"), ("20", "二十"), ("1", "01"), ("105", "一百零五"), ("1985", "一九八五")]


@pytest.mark.parametrize(("one", "other"), NUMBERS)
def test_a_number_in_either_script(one, other):
    assert title_similarity(f"关于第{one}次会议的公告", f"关于第{other}次会议的公告") > 0
    assert title_similarity(f"关于第{one}次会议的公告", f"关于第9{one}次会议的公告") == 0


def test_a_number_without_end_is_one_too():
    assert title_similarity("9" * 30_000, "9" * 299) == 0


def test_a_sound_link():
    assert (judged(PAGE).verdict, judged(PAGE).is_faulty) == (LinkVerdict.FINE, False)
    assert judged(replace(PAGE, published_on=None)).verdict is LinkVerdict.FINE


def test_any_of_the_titles_is_enough():
    assert judged(replace(PAGE, titles=("大冶市人民政府", TITLE))).verdict is LinkVerdict.FINE
    assert judged(replace(PAGE, titles=("大冶市人民政府",))).verdict is LinkVerdict.TITLE_DIFFERS


def test_published_late_by_the_page_and_in_time_by_the_row():
    found = judged(replace(PAGE, published_on=date(2026, 11, 20)))
    assert (found.verdict, found.late_by) == (LinkVerdict.DATE_DIFFERS, 30)
    assert judged(replace(PAGE, published_on=date(2026, 10, 13))).late_by == 0
    slow = replace(ITEM, published_on=date(2026, 11, 19))  # late by its row too, as everybody was told
    assert judged(replace(PAGE, published_on=date(2026, 11, 20)), replace(LINK, item=slow)).late_by == 0


def test_a_page_that_says_what_was_reported_is_not_gone():
    told = replace(ITEM, title="关于您申请的信息不存在的告知书")
    page = replace(PAGE, finding=VisitFinding.SOFT_NOT_FOUND, titles=(told.title,))
    assert judged(page, replace(LINK, item=told)).verdict is LinkVerdict.FINE
    assert judged(page).verdict is LinkVerdict.GONE


@pytest.mark.parametrize("finding", VisitFinding)
def test_what_nobody_could_see_is_never_called_dead(finding):
    check = judged(replace(PAGE, finding=finding, titles=(), published_on=None))
    sure = {"no_name", "refused", "timeout", "broken", "certificate", "loop", "status"}
    gone = {"not_found", "soft_not_found", "home"}
    right = {LinkVerdict.UNREACHABLE: sure, LinkVerdict.GONE: gone, LinkVerdict.TITLE_DIFFERS: {"read"}}
    assert check.verdict is next((each for each, names in right.items() if finding in names), LinkVerdict.UNCERTAIN)
    assert replace(PAGE, finding=finding).is_decided is (check.verdict is not LinkVerdict.UNCERTAIN)


def test_one_that_was_not_visited():
    assert (judged(None).verdict, judged(None).is_faulty) == (None, False)
