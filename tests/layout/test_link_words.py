"""What a check found is told in words of bounded length, whatever a page calls itself."""

from __future__ import annotations

from datetime import datetime

from zwgk_excel.domain.link_checks import LinkCheck, LinkVerdict, ReportedLink, Visit, VisitFinding
from zwgk_excel.domain.returns import Item
from zwgk_excel.layout.link_words import told


def said(reported: str, shown: str) -> str:
    visit = Visit("http://a.cn/1", datetime(2026, 12, 1), VisitFinding.READ, titles=(shown,))
    link = ReportedLink("市财政局", "a.xlsx", Item(title=reported, url=visit.url))
    return told(LinkCheck(link, visit, LinkVerdict.TITLE_DIFFERS))


def test_a_page_s_title_is_told_as_long_as_it_matters():
    assert said("公告", "通知") == "网页上是“通知”"
    assert said("公告", "题" * 500) == f"网页上是“{'题' * 60}…”"
    assert said("公" * 100, "题" * 500) == f"网页上是“{'题' * 100}…”", "both can be compared"
