"""对账: what the website's list has and what a unit reported, item by item.

A reported item is one of the list where their links lead to one page, or title and day are equal; of what is left,
where the titles are equal and the days no more than :data:`SAME_TITLE_DAYS` apart, or the titles are alike
(:data:`zwgk_excel.domain.link_checks.TITLE_SIMILAR`, their numbers agreeing) and the days no more than
:data:`ALIKE_DAYS`. No source: the office's habit.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from zwgk_excel.domain.link_checks import TITLE_SIMILAR, title_similarity
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.published import PublishedItem, PublishedRecord, PublishedSpan
from zwgk_excel.domain.returns import Item
from zwgk_excel.domain.same_items import comparable_link
from zwgk_excel.domain.text import fold

SAME_TITLE_DAYS = 31
"""So many days apart equal titles are one item, of which one of the two days is wrong."""
ALIKE_DAYS = 7
"""So many days apart similar titles are one item."""
_COMPARED = 40
"""With so many items of the list, the nearest in time, the title of one reported item is compared at most."""


class Agreement(StrEnum):
    """对账结果 of an item."""

    SAME = "same"
    DIFFERS = "differs"
    """In title, date, link or column."""
    UNREPORTED = "unreported"
    """On the site, and in no return."""
    ABSENT = "absent"
    """Reported, and not on the site."""


class Difference(StrEnum):
    """In what the list and the return differ; the keys of the columns of 信息明细."""

    TITLE = "title"
    DATE = "published_on"
    LINK = "url"
    COLUMN = "task"


@dataclass(frozen=True, slots=True)
class ReportedItem:
    """An item of an effective return."""

    unit: str
    """Who answers for it now."""
    cycle: Month
    file: str
    """The return, as :attr:`zwgk_excel.domain.returns.Receipt.name`."""
    item: Item

    @property
    def duty(self) -> str:
        """The id of its duty; empty where its task is none."""
        return self.item.obligation.partition("/")[0]


@dataclass(frozen=True, slots=True)
class Reconciled:
    """One line of 对账: an item of the list, a reported one, or both."""

    unit: str
    cycle: Month
    """The month in which it was reported; of one that was not, the month in which it was published."""
    agreement: Agreement
    published: PublishedItem | None
    reported: ReportedItem | None
    differences: tuple[Difference, ...] = ()
    until: date | None = None
    """Of one that is not on the site: the last day that the newest list has."""
    tasks: tuple[str, ...] = ()
    """Of one that was not reported: the names of the duties in question that its column on the site is."""


def matches(
    published: Sequence[PublishedItem], reported: Sequence[ReportedItem]
) -> dict[int, PublishedItem]:
    """``id`` of a reported item → the item of the list that it is; all of one unit.

    What was reported twice is twice the same item of the list, by its link or by title and day.
    """
    by_link: dict[str, PublishedItem] = {}
    by_name: dict[tuple[str, date], PublishedItem] = {}
    for each in published:
        if each.link:
            by_link.setdefault(each.link, each)
        by_name.setdefault((fold(each.title), each.published_on), each)
    found: dict[int, PublishedItem] = {}
    for own in reported:
        link, day = comparable_link(own.item.url), own.item.published_on
        same = by_link.get(link) if link else None
        if same is None and day is not None:
            same = by_name.get((fold(own.item.title), day))
        if same is not None:
            found[id(own)] = same
    taken = {each.key for each in found.values()}
    left = [each for each in reported if id(each) not in found and each.item.published_on and each.item.title]
    return found | _alike([each for each in published if each.key not in taken], left)


def _alike(published: Iterable[PublishedItem], reported: Sequence[ReportedItem]) -> dict[int, PublishedItem]:
    """The same of what neither link nor name tells, the most similar first, each once."""
    listed = sorted(published, key=lambda each: each.published_on)
    days = [each.published_on for each in listed]
    pairs: list[tuple[float, int, int, int]] = []
    for number, own in enumerate(reported):
        day = own.item.published_on
        assert day is not None
        title = fold(own.item.title)
        for place in _near(days, day):
            apart = abs((days[place] - day).days)
            other = listed[place].title
            if fold(other) == title:
                pairs.append((-1.0, apart, number, place))
            elif apart <= ALIKE_DAYS and (likeness := title_similarity(own.item.title, other)) >= TITLE_SIMILAR:
                pairs.append((-likeness, apart, number, place))
    found: dict[int, PublishedItem] = {}
    used: set[int] = set()
    for _, _, number, place in sorted(pairs):
        if id(reported[number]) not in found and place not in used:
            used.add(place)
            found[id(reported[number])] = listed[place]
    return found


def _near(days: Sequence[date], day: date) -> list[int]:
    """The positions of the days that may be the same item's, the nearest first and no more than are compared."""
    first = bisect_left(days, day - timedelta(days=SAME_TITLE_DAYS))
    last = bisect_left(days, day + timedelta(days=SAME_TITLE_DAYS + 1))
    return sorted(range(first, last), key=lambda place: abs((days[place] - day).days))[:_COMPARED]


def reconcile(
    record: PublishedRecord,
    reported: Iterable[ReportedItem],
    cycle: Month,
    asked: Mapping[str, Mapping[str, str]],
    owner: Callable[[str], str] = str,
) -> tuple[Reconciled, ...]:
    """The lines of a month, by unit in the order of ``asked``.

    ``reported`` are the items of all months, because what was published in one may be reported in another; ``asked``
    are unit → id → name of the duties in its workbook of the month; ``owner`` maps an earlier unit to the present
    one. What is not covered by any export is neither missed nor called absent.
    """
    listed: dict[str, list[PublishedItem]] = defaultdict(list)
    for each in record.items:
        if each.listed and each.unit:
            listed[owner(each.unit)].append(each)
    mine: dict[str, list[ReportedItem]] = defaultdict(list)
    for own in reported:
        mine[owner(own.unit)].append(own)
    spans = [_owned(span, owner) for span in record.spans]
    return tuple(
        line
        for unit, duties in asked.items()
        for line in _of_unit(unit, listed.get(unit, []), mine.get(unit, []), cycle, duties, spans)
    )


def _owned(span: PublishedSpan, owner: Callable[[str], str]) -> PublishedSpan:
    return replace(span, units=tuple(map(owner, span.units)))


def _of_unit(
    unit: str,
    listed: Sequence[PublishedItem],
    mine: Sequence[ReportedItem],
    cycle: Month,
    asked: Mapping[str, str],
    spans: Sequence[PublishedSpan],
) -> Iterable[Reconciled]:
    if not spans:
        return
    found = matches(listed, mine)
    told = {each.key for each in found.values()}
    for own in mine:
        if own.cycle != cycle:
            continue
        same, day = found.get(id(own)), own.item.published_on
        if same is not None:
            differs = tuple(_differences(same, own))
            yield Reconciled(unit, cycle, Agreement.DIFFERS if differs else Agreement.SAME, same, own, differs)
        elif day is not None and any(span.covers(unit, day, (own.duty,)) for span in spans):
            until = max(span.last for span in spans if span.covers(unit, day, (own.duty,)))
            yield Reconciled(unit, cycle, Agreement.ABSENT, None, own, until=until)
    for each in listed:
        tasks = tuple(asked[duty] for duty in each.duties if duty in asked)
        if tasks and each.key not in told and Month.of(each.published_on) == cycle:
            yield Reconciled(unit, cycle, Agreement.UNREPORTED, each, None, tasks=tasks)


def _differences(same: PublishedItem, own: ReportedItem) -> Iterable[Difference]:
    if title_similarity(own.item.title, same.title) < 1:
        yield Difference.TITLE
    if own.item.published_on != same.published_on:
        yield Difference.DATE
    if same.link and own.item.url and comparable_link(own.item.url) != same.link:
        yield Difference.LINK
    if same.duties and own.duty and own.duty not in same.duties:
        yield Difference.COLUMN
