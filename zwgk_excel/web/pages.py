"""What a page says of itself: titles and day of publication, or by which signs it is no page of an article.

Government sites must carry meta tags (网页标签 of 政府网站发展指引, 国办发〔2017〕47号): ArticleTitle and PubDate are
taken first, else what people see. Nothing in a page acts: no script runs, nothing it names is fetched.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from lxml import etree

from zwgk_excel.domain.link_checks import VisitFinding
from zwgk_excel.domain.text import one_line

_TITLES, _TITLE_LENGTH = 6, 300
_DAYS = ("pubdate", "publishdate", "article:published_time")
_CODECS = {
    **dict.fromkeys(("gb2312", "gbk", "gb_2312-80", "x-gbk", "cp936", "gb18030"), "gb18030"),
    **dict.fromkeys(("big5", "big5-hkscs", "x-x-big5", "cp950"), "big5hkscs"),
}
"""The charsets that a page may name and that mean something: what is UTF-8 is known by itself, and others (iso-8859-1,
utf-7) are named by servers that know nothing of the page, or to deceive."""
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_META_CHARSET = re.compile(rb"<meta[^>]{1,200}charset\s*=\s*[\"']?\s*([\w-]{1,40})", re.IGNORECASE)
_HEADER_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w-]{1,40})", re.IGNORECASE)
_HEAD = 4096
_DATE = r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})(?!\d)"
_DAY = re.compile(_DATE)
_LABELLED = (
    re.compile(rf"(?:发布|公开|发稿)(?:日期|时间)\s*[:：]?\s*{_DATE}"),
    re.compile(rf"(?<![\u4e00-\u9fff])(?:日期|时间)\s*[:：]\s*{_DATE}"),
)
"""A day that people see as that of publication; 成文日期, 截止时间 and the like are others."""
_LOOKED_AT = 20_000
"""Characters of the visible text in which signs are looked for."""
_SHORT, _BARE, _GATE = 600, 30, 300
"""Visible characters: a page that may be only a message; one that shows nothing; one that may be only a gate."""
_GONE = re.compile(
    r"(?:页面|网页|文章|信息|内容|文件|栏目|链接)(?:已经|已|可能)?(?:不存在|未找到|没有找到|找不到|已?被?删除|已?下线|失效|走丢)"
    r"|(?:找不到|未找到|没有找到)[^。，\s]{0,12}(?:页面|网页|文章|信息|内容)|\bpage not found\b|\b404 not found\b",
    re.IGNORECASE,
)
_GONE_TITLE = re.compile(r"\s*(?:404|error\s*404|not found)(?!\d|号)", re.IGNORECASE)
_CHALLENGE = re.compile(
    r"(?:安全|人机|访问|滑动|身份)验证|请完成验证|正在(?:进行安全)?检查您?的?浏览器|请输入验证码|拖动滑块"
    r"|just a moment|captcha",
    re.IGNORECASE,
)
_CHALLENGE_CODE = re.compile(r"jsl_clearance|__jsluid|acw_sc__v2|cf-chl|challenge-platform|\$_ts\s*=", re.IGNORECASE)
_BLOCKED = re.compile(
    r"(?:访问|请求)(?:已?被)(?:阻断|拦截|拒绝|禁止)|您的访问.{0,12}(?:风险|异常)|access denied", re.IGNORECASE
)
_LOGIN = re.compile(r"登录|登陆|单点登录|统一身份认证|log ?in|sign in", re.IGNORECASE)
_REFRESH = re.compile(r"\s*(\d{1,3})(?:\.\d*)?\s*[;,]\s*(?:url\s*=\s*)?[\"']?([^\"'>]{1,2000})", re.IGNORECASE)
_AT_ONCE = 10
"""Seconds after which a page that leads on is still only a step on the way."""


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What a page is and says."""

    finding: VisitFinding
    titles: tuple[str, ...] = ()
    published_on: date | None = None
    refresh: str = ""
    """Where the page leads on by itself; empty for nowhere."""


def read_page(body: bytes, content_type: str) -> PageFacts:
    """The facts of a page's decoded body; whatever is in it, something is found and nothing raised."""
    tree = _parsed(text_of(body, content_type))
    if tree is None:
        return PageFacts(VisitFinding.SCRIPT_ONLY)
    metas = _metas(tree)
    article = one_line(metas.get("articletitle", ""))[:_TITLE_LENGTH]
    coded = bool(_CHALLENGE_CODE.search(" ".join(_scripts(tree))))
    seen = _visible(tree)
    titles = tuple(_titles(tree, article))
    if not article:
        if target := _refresh(metas):
            return PageFacts(VisitFinding.READ, titles, refresh=target)
        if sign := _sign(tree, seen, titles, coded=coded):
            return PageFacts(sign, titles, _published(metas, seen))
    elif _says_gone(article):
        return PageFacts(VisitFinding.SOFT_NOT_FOUND, titles, _published(metas, seen))
    if not titles:
        return PageFacts(VisitFinding.NO_TITLE)
    return PageFacts(VisitFinding.READ, titles, _published(metas, seen))


def sign_of_refusal(body: bytes, content_type: str) -> VisitFinding | None:
    """By which sign the page of an error is a challenge, a login or a block; None for none."""
    tree = _parsed(text_of(body, content_type))
    if tree is None:
        return None
    coded = bool(_CHALLENGE_CODE.search(" ".join(_scripts(tree))))
    seen = _visible(tree)
    found = _sign(tree, seen, tuple(_titles(tree, "")), coded=coded)
    return found if found in {VisitFinding.CHALLENGE, VisitFinding.LOGIN, VisitFinding.BLOCKED} else None


# --- text ----------------------------------------------------------------------------------------


def text_of(body: bytes, content_type: str) -> str:
    """A page as text: by its BOM, as UTF-8, by the header, its own meta tag, as GB18030; what decodes all of it first.

    Text in another charset is not UTF-8 by chance, while nearly every text is something in GB18030.
    """
    marked = [name for mark, name in _BOMS if body.startswith(mark)]
    header = _HEADER_CHARSET.search(content_type)
    own = _META_CHARSET.search(body[:_HEAD])
    named = (header[1] if header else "", own[1].decode("ascii") if own else "")
    declared = [_CODECS[each.lower()] for each in named if each.lower() in _CODECS]
    for name in (*marked, "utf-8", *declared, "gb18030"):
        try:
            return codecs.getincrementaldecoder(name)().decode(body)  # a cut character at the end is no fault
        except UnicodeError:
            continue
    return body.decode([*declared, "utf-8"][0], errors="replace")


def _parsed(text: str) -> Any:
    """The tree of a page; None for one with nothing in it."""
    parser = etree.HTMLParser(encoding="utf-8", recover=True, no_network=True, remove_comments=True, remove_pis=True)
    try:
        return etree.fromstring(text.replace("\x00", "").encode("utf-8", "replace"), parser)
    except etree.LxmlError:
        return None


# --- what is in the tree -----------------------------------------------------------------------------


def _metas(tree: Any) -> dict[str, str]:
    """Meta tag in small letters → content, of several the first that says anything."""
    found: dict[str, str] = {}
    for each in tree.iter("meta"):
        name = each.get("name") or each.get("property") or each.get("http-equiv") or ""
        if content := (each.get("content") or "").strip():
            found.setdefault(name.strip().lower(), content)
    return found


def _scripts(tree: Any) -> Iterator[str]:
    for each in tree.iter("script"):
        yield f"{each.get('src') or ''} {each.text or ''}"


def _visible(tree: Any) -> str:
    """What people see, as one line; not scripts, styles and what is said without them."""
    etree.strip_elements(tree, "script", "style", "noscript", "template", with_tail=False)
    body = tree.find("body")
    return one_line(" ".join((tree if body is None else body).itertext())[: 4 * _LOOKED_AT])[:_LOOKED_AT]


def _titles(tree: Any, article: str) -> Iterator[str]:
    """What the page may be called, the surest first, each once."""
    head = [one_line(" ".join(each.itertext()))[:_TITLE_LENGTH] for each in list(tree.iter("title"))[:1]]
    parts = [re.split(r"\s*[_|｜–—-]\s*", each)[0] for each in head]
    large = (each for name in ("h1", "h2") for each in list(tree.iter(name))[:2])
    headings = [one_line(" ".join(each.itertext()))[:_TITLE_LENGTH] for each in large]
    yield from list(dict.fromkeys(filter(None, (article, *headings[:2], *head, *parts, *headings[2:]))))[:_TITLES]


def _refresh(metas: dict[str, str]) -> str:
    found = _REFRESH.fullmatch(metas.get("refresh", ""))
    return found[2].strip() if found and int(found[1]) <= _AT_ONCE else ""


def _published(metas: dict[str, str], seen: str) -> date | None:
    """The day of publication by the meta tag, else as it is shown under its name."""
    said = (found for name in _DAYS if (found := _DAY.search(metas.get(name, ""))))
    shown = (found for pattern in _LABELLED if (found := pattern.search(seen)))
    return next((day for found in (*said, *shown) if (day := _date(found))), None)


def _date(found: re.Match[str]) -> date | None:
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None


def _says_gone(title: str) -> bool:
    return bool(_GONE_TITLE.match(title) or _GONE.search(title))


def _sign(tree: Any, seen: str, titles: tuple[str, ...], *, coded: bool) -> VisitFinding | None:
    """By which sign a page without the meta tag of an article is none; None for none of them."""
    said = " ".join((*titles, seen))
    if (coded or _CHALLENGE.search(said)) and len(seen) < _GATE:
        return VisitFinding.CHALLENGE
    if len(seen) < _SHORT and _BLOCKED.search(said):
        return VisitFinding.BLOCKED
    if any(map(_says_gone, titles)):
        return VisitFinding.SOFT_NOT_FOUND
    if len(seen) < _SHORT and _GONE.search(seen):
        return VisitFinding.SOFT_NOT_FOUND
    if len(seen) < _SHORT and tree.find(".//input[@type='password']") is not None and _LOGIN.search(said):
        return VisitFinding.LOGIN
    return VisitFinding.SCRIPT_ONLY if len(seen) < _BARE else None
