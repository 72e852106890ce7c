"""What is read from a page: title and date by the meta tags, else as people see them; in whatever charset."""

from datetime import date

import pytest

from tests.web.site import article
from zwgk_excel.domain.link_checks import VisitFinding
from zwgk_excel.web.pages import read_page, text_of

TITLE, DAY = "关于印发大冶市2026年政务公开工作要点的通知", date(2026, 11, 3)


def test_the_meta_tags_come_first():
    page = article(TITLE, DAY).replace("<h1>", "<h1>冶政办〔2026〕1号 ")
    found = read_page(page.encode(), "text/html")
    assert (found.finding, found.titles[0], found.published_on) == (VisitFinding.READ, TITLE, DAY)


def test_without_them_what_people_see():
    found = read_page(article(TITLE, DAY, meta=False).encode(), "text/html")
    assert (found.titles, found.published_on) == ((TITLE, f"{TITLE}_大冶市人民政府"), DAY)


@pytest.mark.parametrize(
    ("shown", "day"),
    [
        ("发布时间：2026-11-03 09:30", DAY),
        ("发布日期: 2026年11月3日", DAY),
        ("[ 日期：2026/11/03 ]", DAY),
        ("公开日期 2026.11.3", DAY),
        ("成文日期：2026-11-03", None),
        ("报名截止时间：2026-11-03", None),
        ("会议时间：2026-11-03", None),
        ("2026-11-03", None),
        ("发布时间：2026-13-03", None),
    ],
)
def test_the_day_of_publication_as_it_is_shown(shown, day):
    page = f"<h1>{TITLE}</h1><p>来源　{shown}</p><p>{'正文' * 40}</p>"
    assert read_page(page.encode(), "").published_on == day


@pytest.mark.parametrize(
    ("body", "header"),
    [
        (TITLE.encode(), "text/html; charset=utf-8"),
        (TITLE.encode("gbk"), "text/html;charset=GBK"),
        (TITLE.encode("gbk"), "text/html"),
        (TITLE.encode(), "text/html; charset=gbk"),  # which it is not
        (TITLE.encode("gbk"), "text/html; charset=utf-8"),
        (TITLE.encode("gbk"), "text/html; charset=iso-8859-1"),
        (b"\xef\xbb\xbf" + TITLE.encode(), "text/html; charset=gb2312"),
        (b"\xff\xfe" + TITLE.encode("utf-16-le"), "text/html"),
        (b'<meta charset="gb18030">' + TITLE.encode("gb18030"), "text/html; charset=nonsense"),
        (TITLE.encode("gbk") + b"\xcd", "text/html; charset=gbk"),  # cut within a character
    ],
)
def test_the_charset(body, header):
    assert TITLE in text_of(body, header)


SIGNS = {
    "<title>提示信息</title><p>您访问的文章不存在</p>": VisitFinding.SOFT_NOT_FOUND,
    "<h1>404</h1><p>页面走丢了</p>": VisitFinding.SOFT_NOT_FOUND,
    "<title>404号公告</title>" + "<p>公告的正文内容</p>" * 9: VisitFinding.READ,
    "<title>Just a moment...</title>": VisitFinding.CHALLENGE,
    "<script src=/x.js></script><script>$_ts={}</script>": VisitFinding.CHALLENGE,
    "<p>您的请求已被拦截，事件编号 1</p>": VisitFinding.BLOCKED,
    "<title>用户登录</title><input type='password'>": VisitFinding.LOGIN,
    "<title>首页</title><div id=root></div><script>x</script>": VisitFinding.SCRIPT_ONLY,
    "<p>" + "没有标题的正文" * 9: VisitFinding.NO_TITLE,
    f"<meta name=ArticleTitle content='{TITLE}'><div id=app></div>": VisitFinding.READ,
    "<meta name=ArticleTitle content='您访问的页面不存在'>" + "<p>本站的栏目</p>" * 99: VisitFinding.SOFT_NOT_FOUND,
}


@pytest.mark.parametrize("page", SIGNS)
def test_by_which_signs_a_page_is_no_article(page):
    assert read_page(page.encode(), "text/html; charset=utf-8").finding is SIGNS[page]
