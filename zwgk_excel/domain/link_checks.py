"""Whether a link shows what was reported: what a visit found, judged against the item (链接核验).

A visit is a fact about an address at a time. The verdict is computed from it and the item, so a corrected title is
judged anew without another visit. What nobody could see for certain is 无法判断, never 打不开.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from difflib import SequenceMatcher
from enum import StrEnum

from zwgk_excel.domain.returns import Item
from zwgk_excel.domain.text import fold
from zwgk_excel.domain.workdays import Workdays

TITLE_SIMILAR = 0.8
"""Titles so alike (``difflib`` ratio of the folded texts) are the same, where their numbers agree: a mark, a word or
「关于」 more or less. No source: the habit of :data:`zwgk_excel.domain.same_items.TITLE_ALIKE`."""
_WHOLE_TITLE = 6
"""So many characters of a title found whole in the other (behind the city's name, before that of the site) are it."""
_COMPARED = 300
"""So many characters of a title are compared."""
_NUMBERS = re.compile(r"[0-9]+|[〇零一二三四五六七八九十百]+")
_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"〇": 0}
_SCALES = {"十": 10, "百": 100}


class LinkVerdict(StrEnum):
    """Whether a link shows what was reported (核验结论)."""

    FINE = "fine"
    UNREACHABLE = "unreachable"
    GONE = "gone"
    TITLE_DIFFERS = "title_differs"
    DATE_DIFFERS = "date_differs"
    UNCERTAIN = "uncertain"


LINK_FAULTS = frozenset(LinkVerdict) - {LinkVerdict.FINE, LinkVerdict.UNCERTAIN}
"""The verdicts by which a link is faulty."""


class VisitFinding(StrEnum):
    """What a visit came to (访问情况): a page that was read, or why there is none."""

    READ = "read"
    NO_NAME = "no_name"
    REFUSED = "refused"
    TIMEOUT = "timeout"
    BROKEN = "broken"
    CERTIFICATE = "certificate"
    LOOP = "loop"
    STATUS = "status"
    NOT_FOUND = "not_found"
    SOFT_NOT_FOUND = "soft_not_found"
    HOME = "home"
    NO_LINK = "no_link"
    NOT_LISTED = "not_listed"
    INTERNAL = "internal"
    OFFLINE = "offline"
    UNVERIFIED = "unverified"
    ENCRYPTION = "encryption"
    COOKIE = "cookie"
    CHALLENGE = "challenge"
    LOGIN = "login"
    BLOCKED = "blocked"
    SCRIPT_ONLY = "script_only"
    FILE = "file"
    TOO_LARGE = "too_large"
    UNDECODABLE = "undecodable"
    NO_TITLE = "no_title"


_VERDICTS: Mapping[VisitFinding, LinkVerdict] = {
    **dict.fromkeys(VisitFinding, LinkVerdict.UNCERTAIN),
    **dict.fromkeys(
        (
            VisitFinding.NO_NAME,
            VisitFinding.REFUSED,
            VisitFinding.TIMEOUT,
            VisitFinding.BROKEN,
            VisitFinding.CERTIFICATE,
            VisitFinding.LOOP,
            VisitFinding.STATUS,
        ),
        LinkVerdict.UNREACHABLE,
    ),
    **dict.fromkeys((VisitFinding.NOT_FOUND, VisitFinding.SOFT_NOT_FOUND, VisitFinding.HOME), LinkVerdict.GONE),
}
"""What each finding but READ, which is judged, comes to."""


@dataclass(frozen=True, slots=True)
class Visit:
    """What an address showed at a time; of a page only what is evidence, the page itself where it was kept."""

    url: str
    """As reported."""
    at: datetime
    """Local time in China, without a zone."""
    finding: VisitFinding
    status: int = 0
    """Of the last answer; 0 where none came, 304 where the page is as at the visit before."""
    final_url: str = ""
    """Where redirects led to; empty where nothing was asked."""
    titles: tuple[str, ...] = ()
    """What the page may be called, the surest first."""
    published_on: date | None = None
    sha256: str = ""
    """Of the decoded body, of all that was read of it; empty for no page."""
    etag: str = ""
    last_modified: str = ""

    @property
    def is_decided(self) -> bool:
        """Whether another visit soon would find the same: not of what nobody could see for certain."""
        return self.finding is VisitFinding.READ or _VERDICTS[self.finding] is not LinkVerdict.UNCERTAIN


@dataclass(frozen=True, slots=True)
class ReportedLink:
    """An item that counts and has a link, and whose it is."""

    unit: str
    file: str
    """The return, as :attr:`zwgk_excel.domain.returns.Receipt.name`."""
    item: Item


@dataclass(frozen=True, slots=True)
class LinkCheck:
    """A reported link with its verdict; ``visit`` is None for one that was not visited yet."""

    link: ReportedLink
    visit: Visit | None
    verdict: LinkVerdict | None = None
    similarity: float = 0.0
    """Of the reported title and the page's most similar one, 0 to 1; 0 where no page was read."""
    late_by: int = 0
    """Working days from forming to the page's day of publication where these are too many and by the row's day were
    not; else 0."""

    @property
    def is_faulty(self) -> bool:
        """Whether the office should look at it: a faulty link, or one that was published late by its page alone."""
        return self.verdict in LINK_FAULTS or bool(self.late_by)


def judge(link: ReportedLink, visit: Visit | None, workdays: Workdays, publish_within: int) -> LinkCheck:
    """The verdict on a reported link by what was found; ``publish_within`` is in working days (条例第二十六条)."""
    if visit is None:
        return LinkCheck(link, None)
    similarity = max((title_similarity(link.item.title, each) for each in visit.titles), default=0.0)
    verdict = LinkVerdict.TITLE_DIFFERS if visit.finding is VisitFinding.READ else _VERDICTS[visit.finding]
    # A letter that says 「您申请的信息不存在」 looks like a page that is gone: its title tells that it is not.
    if verdict not in {LinkVerdict.TITLE_DIFFERS, LinkVerdict.GONE} or similarity < TITLE_SIMILAR:
        return LinkCheck(link, visit, verdict, similarity)
    reported, shown = link.item.published_on, visit.published_on
    if not reported or not shown or reported == shown:
        return LinkCheck(link, visit, LinkVerdict.FINE, similarity)
    late = _late_by(link.item, shown, workdays, publish_within)
    return LinkCheck(link, visit, LinkVerdict.DATE_DIFFERS, similarity, late)


def title_similarity(reported: str, shown: str) -> float:
    """How alike two titles are, 0 to 1: 1 for one that the other has whole, 0 where a number is another one."""
    one, other = fold(reported[:_COMPARED]), fold(shown[:_COMPARED])
    if not one or not other or not _numbers_agree(one, other):
        return 0.0
    short, long = sorted((one, other), key=len)
    if len(short) >= _WHOLE_TITLE and short in long:
        return 1.0
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _numbers_agree(one: str, other: str) -> bool:
    """Whether one has all numbers of the other: the report of October is not that of November."""
    first, second = (Counter(map(_value, _NUMBERS.findall(each))) for each in (one, other))
    return first <= second or second <= first


def _value(number: str) -> str:
    """``12`` of ``12``, ``012``, ``一二`` and ``十二``."""
    if not _SCALES.keys() & set(number):
        return "".join(str(_DIGITS.get(each, each)) for each in number).lstrip("0")
    total, digit = 0, 0
    for each in number:
        if each in _SCALES:
            total, digit = total + (digit or 1) * _SCALES[each], 0
        else:
            digit = _DIGITS[each]
    return str(total + digit)


def _late_by(item: Item, shown: date, workdays: Workdays, publish_within: int) -> int:
    """As :attr:`LinkCheck.late_by`."""
    if not item.formed_on or not item.published_on:
        return 0
    by_row, by_page = (workdays.between(item.formed_on, day) for day in (item.published_on, shown))
    return by_page if by_page > publish_within >= by_row else 0
