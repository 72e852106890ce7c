"""调查征集: what was put to the public until a day, and whether its result was told (反馈) in time afterwards.

The notice's part 1 has 调查征集 as the second of its three. A consultation is an item that says until when opinions are
collected; its feedback is what says how many came: the same row filled in later, or another item of the same unit about
the same matter, or whose remark names the consultation's link or title. The notice's annex (行政决策公开) wants
征集意见的数量、主要内容及采纳情况 published and names no term; the term is policy.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from zwgk_excel.domain.problems import CellRef, Problem, problem
from zwgk_excel.domain.returns import EMPTY, Item, Receipt
from zwgk_excel.domain.text import fold
from zwgk_excel.domain.workdays import PROVISIONAL, Workdays

UNTIL, OPINIONS, ADOPTION = "opinions_until", "opinions", "adoption"
"""Columns of 信息明细: until when opinions are collected, how many came, and what became of them."""
_SUBJECT = 4
"""Letters that a matter must have to be known again within a longer one: 犬只管理 in 城市犬只管理办法 (a habit)."""
_MARKS = re.compile(r"[\W_]+")
_ABOUT = re.compile(
    "关于|对于|面向|社会|公众|公开|征求|征集|意见|建议|采纳|情况|结果|反馈|说明|公告|公示|通知|启事|调查|问卷|网上|活动|草案|送审稿|稿|的|对"
)
"""What titles of consultations and of their feedback say around the matter itself."""


@dataclass(frozen=True, slots=True)
class Consultation:
    """One consultation, as it was reported last, and its feedback."""

    item: Item
    receipt: Receipt
    """The return that reported it last; without content."""
    unit: str
    """Who answers for it now."""
    until: date
    """The last day on which opinions were collected."""
    answered_on: date | None = None
    """The day on which its feedback was published, of the same row filled in later the day on which that was received;
    None while there is none."""

    def due(self, workdays: Workdays, within: int) -> date:
        """The day until which its feedback is in time: ``within`` working days after the end of the collection."""
        return workdays.add(self.until, within)

    def is_late(self, workdays: Workdays, within: int, as_of: date) -> bool:
        """Whether the feedback came after that day, or by the end of a later day has not come."""
        return (self.answered_on or as_of) > self.due(workdays, within)


def consultations(contents: Iterable[Receipt], successor: Callable[[str], str] = str) -> tuple[Consultation, ...]:
    """Every consultation in these returns (the effective ones with content, oldest first), in the order of their first
    report; a row with an error is no consultation.

    ``successor`` maps a unit to the one that answers for its tasks now: the feedback may be that one's. A consultation
    that is reported again is the same one, by its later dates.
    """
    items: dict[str, list[tuple[Item, Receipt]]] = {}
    for receipt in contents:
        bare = replace(receipt, content=None)
        for item in receipt.content.items if receipt.content else ():
            if _calls(item) or _tells_result(item):
                items.setdefault(successor(receipt.unit), []).append((item, bare))
    return tuple(each for unit, mine in items.items() for each in _of_unit(unit, mine))


def about_consultations(receipt: Receipt) -> bool:
    """Whether a return, with content, has anything that :func:`consultations` looks at."""
    items = receipt.content.items if receipt.content else ()
    # All of these are added columns: most items have none, and a county has a million items.
    return any(item.more and (_calls(item) or _tells_result(item)) for item in items)


def late_feedback(found: Iterable[Consultation], workdays: Workdays, within: int, as_of: date) -> Iterator[Problem]:
    """A problem for each consultation whose feedback is late; ``within`` are working days."""
    for each in found:
        if not each.is_late(workdays, within, as_of):
            continue
        due = each.due(workdays, within)
        values = {
            "title": each.item.title or each.item.url,
            "row": each.item.row,
            "until": each.until,
            "due": due,
            "limit": within,
            "provisional": PROVISIONAL if workdays.provisional(each.until, due) else "",
        }
        code = "feedback_missing" if each.answered_on is None else "feedback_late"
        place = CellRef(each.receipt.name, each.item.sheet)
        yield problem(code, place, obligation=each.item.obligation, **values, answered=each.answered_on)


def _calls(item: Item) -> bool:
    return isinstance(item.value(UNTIL), date)


def _tells_result(item: Item) -> bool:
    return item.value(OPINIONS) not in EMPTY or item.value(ADOPTION) not in EMPTY


def _of_unit(unit: str, mine: Sequence[tuple[Item, Receipt]]) -> Iterator[Consultation]:
    """The consultations of one unit; ``mine`` are its items about consultations, oldest first."""
    last: dict[tuple[str, str], Consultation] = {}
    for item, receipt in mine:
        until = item.value(UNTIL)
        if item.valid and isinstance(until, date):
            same = next((key for key, each in last.items() if _same_matter(item, each.item)), item.identity)
            last[same] = Consultation(item, receipt, unit, until)
    for each in last.values():
        days = [_told_on(item, receipt) for item, receipt in mine if _is_feedback(item, each)]
        since = each.item.published_on or date.min  # what is older is of an earlier consultation about the same
        yield replace(each, answered_on=min((day for day in days if day >= since), default=None))


def _is_feedback(item: Item, to: Consultation) -> bool:
    return item.valid and _tells_result(item) and (_same_matter(item, to.item) or _names(item, to.item))


def _names(item: Item, call: Item) -> bool:
    """Whether an item's remark says of which consultation it is the result, by its link or its whole title."""
    said = item.remark.casefold()
    if call.url and re.search(re.escape(call.url.casefold()) + r"(?![\w./?&=%#-])", said):
        return True
    title = _MARKS.sub("", fold(call.title))
    return len(title) >= _SUBJECT and title in _MARKS.sub("", fold(said))


def _told_on(item: Item, receipt: Receipt) -> date:
    """When a result was told: the day of its own publication; of the consultation's own row nobody knows but by us."""
    return receipt.received_at.date() if _calls(item) or item.published_on is None else item.published_on


def _same_matter(first: Item, second: Item) -> bool:
    """Whether two items of a unit are about the same matter: by their link, or by what their titles are about."""
    if first.url and first.url.casefold() == second.url.casefold():
        return True
    one, other = sorted((_matter(first.title), _matter(second.title)), key=len)
    return one == other != "" or (len(one) >= _SUBJECT and one in other)


def _matter(title: str) -> str:
    """What a title is about: ``关于《城市犬只管理办法（征求意见稿）》公开征求意见的公告`` → ``城市犬只管理办法``."""
    return _ABOUT.sub("", _MARKS.sub("", fold(title)))
