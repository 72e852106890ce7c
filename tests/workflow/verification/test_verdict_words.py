"""What is said of a visit."""

from __future__ import annotations

from datetime import datetime

import pytest

from zwgk_excel.domain.link_checks import LinkCheck, LinkVerdict, ReportedLink, Visit, VisitFinding
from zwgk_excel.domain.returns import Item
from zwgk_excel.layout.link_words import told

LINK = ReportedLink("市财政局", "a.xlsx", Item("D02/市财政局/2026-11", "D02", "公告", url="http://a.gov.cn/1"))


def words(finding: VisitFinding, status: int = 0, final_url: str = "http://a.gov.cn/1") -> str:
    visit = Visit(LINK.item.url, datetime(2026, 12, 1), finding, status, final_url)
    return told(LinkCheck(LINK, visit, LinkVerdict.UNCERTAIN))


@pytest.mark.parametrize("finding", [VisitFinding.NOT_LISTED, VisitFinding.INTERNAL])
def test_where_a_link_leads_is_not_called_visited(finding: VisitFinding) -> None:
    said = words(finding, 302, "http://169.254.169.254/")
    assert said.startswith("转向 http://169.254.169.254/（302），")
    assert said.endswith("，没有访问")


def test_an_intranet_s_host_says_which_setting_opens_the_way() -> None:
    assert "networks" in words(VisitFinding.INTERNAL)
