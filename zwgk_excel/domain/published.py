"""The website's own list (网站清单): what the site says was published, by the exports that the office imported.

An export is a file of the site's back office with a row for each piece of information. What it says of an item replaces
what an earlier export said; an item that the export should have and has not is no longer on the site. Nothing is
deleted: each import is an act, and the items are what the imports in force say.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise

from zwgk_excel.domain.same_items import comparable_link
from zwgk_excel.domain.text import fold

_PATH = re.compile(r"\s*(?:>+|›|»|→|/|\\|\||——|--)\s*")
"""What stands between the parts of a column's path: ``政务公开>财政预决算``."""
_BETWEEN = "、"
_APART, _TIMES, _FEW, _MISTYPED = timedelta(days=31), 3, 10, 4
"""Days stand apart from the rest of a list (:func:`listed_from`) by more than so much, and by more than so many times
what lies between any two of the rest; of so many rows no more than one, or where the year alone may be wrong, of so
many."""


@dataclass(frozen=True, slots=True)
class PublishedItem:
    """One piece of information as the site's list has it (网站条目)."""

    title: str
    published_on: date
    url: str = ""
    """As exported; empty where the export has none."""
    column: str = ""
    """栏目 as the site calls it; of several, with ``、`` between them."""
    department: str = ""
    """Who published it, as the site calls it."""
    doc_no: str = ""
    formed_on: date | None = None
    unit: str = ""
    """The unit that the department is; empty where nobody has said which."""
    duties: tuple[str, ...] = ()
    """Ids of the duties that the column is; empty where nobody has said which."""
    source: str = ""
    """The row that said so last: ``清单.xlsx!Sheet1!A5``."""
    key: str = ""
    """Its name in the ledger, which later corrections leave as it is; empty for a row that was only read."""
    listed: bool = True
    """Whether it is still on the site."""

    @property
    def link(self) -> str:
        """Its link as links are compared; empty for none."""
        return comparable_link(self.url)

    @property
    def _publisher(self) -> str:
        return fold(self.department)

    @property
    def place(self) -> tuple[str, str]:
        """(Department, link), which two rows about one item have in common."""
        return self._publisher, self.link

    @property
    def name(self) -> tuple[str, str, date]:
        """(Department, title, day): the same, where one of them has no link or another one."""
        return self._publisher, fold(self.title), self.published_on

    def says_as(self, other: PublishedItem) -> bool:
        """Whether it says the same, wherever it was read."""
        return replace(self, source="", key="") == replace(other, source="", key="")


@dataclass(frozen=True, slots=True)
class PublishedSpan:
    """What an export covers: what it has not of these days and units is not on the site."""

    first: date
    last: date
    units: tuple[str, ...]
    duties: tuple[str, ...] | None = None
    """The duties that it covers; None for all."""
    files: tuple[tuple[str, str], ...] = ()
    """(Name, sha256) of the files, where all names in them were known."""
    at: datetime | None = None
    """When it was imported; None before that."""

    def covers(self, unit: str, day: date, duties: Collection[str] = ()) -> bool:
        """Whether what a unit published on a day for one of some duties would be in the export."""
        known = self.duties is None or not set(self.duties).isdisjoint(duties)
        return known and unit in self.units and self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class PublishedRecord:
    """What the imports in force say."""

    items: tuple[PublishedItem, ...] = ()
    """Those that vanished too, in the order in which they were first imported."""
    spans: tuple[PublishedSpan, ...] = ()


@dataclass(frozen=True, slots=True)
class ListChanges:
    """What an export changes about what is on record."""

    new: tuple[PublishedItem, ...] = ()
    corrected: tuple[tuple[PublishedItem, PublishedItem], ...] = ()
    """(Before, after), those that came back among them."""
    vanished: tuple[PublishedItem, ...] = ()
    """As they were, of those that the export should have and has not."""
    same: int = 0
    repeated: int = 0
    """Rows about an item that another row of the export has, too."""

    @property
    def written(self) -> tuple[PublishedItem, ...]:
        """The items as they are to be recorded."""
        gone = (replace(each, listed=False) for each in self.vanished)
        return (*self.new, *(after for _, after in self.corrected), *gone)


def one_each(rows: Iterable[PublishedItem]) -> tuple[PublishedItem, ...]:
    """The items of an export, each once: what stands in several columns of the site has all of them.

    Two rows are one item where their links lead to one page; without a link, where title and day are equal.
    """
    by_link: dict[tuple[str, str], int] = {}
    by_name: dict[tuple[str, str, date], int] = {}
    found: list[PublishedItem] = []
    listed = list(rows)
    # Those with a link first: one without may be any of them.
    for each in sorted(listed, key=lambda row: not row.link):
        place = by_link.get(each.place) if each.link else by_name.get(each.name)
        if place is None:
            place = len(found)
            found.append(each)
            if each.link:
                by_link[each.place] = place
            by_name.setdefault(each.name, place)
        else:
            found[place] = _joined(found[place], each)
    return tuple(found)


def _joined(one: PublishedItem, other: PublishedItem) -> PublishedItem:
    columns = dict.fromkeys([*one.column.split(_BETWEEN), *other.column.split(_BETWEEN)])
    duties = tuple(dict.fromkeys((*one.duties, *other.duties)))
    # Of several files the last one was exported last.
    last = other if other.link else replace(other, url=one.url)
    return replace(last, column=_BETWEEN.join(filter(None, columns)), duties=duties)


def compare(known: Sequence[PublishedItem], rows: Sequence[PublishedItem], span: PublishedSpan) -> ListChanges:
    """What an export changes: ``known`` is on record, ``rows`` the export says, and ``span`` what it covers.

    A row is an item on record by its link; else by title and day, where one of the two has no link or the item's link
    is not in the export any more (the page has moved). Where one of the two does not say whose it is, the other does.
    """
    items = one_each(rows)
    found = _recognised(known, items)
    keys = {each.key for each in known}
    new: list[PublishedItem] = []
    corrected: list[tuple[PublishedItem, PublishedItem]] = []
    same = 0
    for row in items:
        before = found.get(id(row))
        each = _owned(row, before) if before else row
        if before is None:
            named = replace(each, key=_fresh_key(each, keys))
            keys.add(named.key)
            new.append(named)
        elif before.says_as(each):
            same += 1
        else:
            corrected.append((before, replace(each, key=before.key)))
    there = {each.key for each in found.values()}
    vanished = tuple(
        each
        for each in known
        if each.listed and each.key not in there and span.covers(each.unit, each.published_on, each.duties)
    )
    return ListChanges(tuple(new), tuple(corrected), vanished, same, len(rows) - len(items))


def _recognised(known: Sequence[PublishedItem], items: Sequence[PublishedItem]) -> dict[int, PublishedItem]:
    """``id`` of an item of an export → the item on record that it is."""
    by_link = {each.place: each for each in known if each.link}
    found = {id(each): by_link[each.place] for each in items if each.link and each.place in by_link}
    taken = {each.key for each in found.values()}
    links = {each.place for each in items if each.link}
    free: dict[tuple[str, str, date], PublishedItem] = {}
    for each in known:
        if each.key not in taken and (not each.link or each.place not in links):
            free.setdefault(each.name, each)
    for each in items:
        if id(each) not in found and each.name in free:
            found[id(each)] = free.pop(each.name)
    return _with_unnamed(known, items, found)


def _with_unnamed(
    known: Sequence[PublishedItem], items: Sequence[PublishedItem], found: Mapping[int, PublishedItem]
) -> dict[int, PublishedItem]:
    """What was found, and what has the same link, or else title, day and column, where one of both has no publisher.

    An item on record has none whose unit nobody has said, whatever the list called it; a row none that names none.
    Nothing is found for what several could be.
    """
    done = dict(found)
    links = {each.link for each in items if each.link}
    for name in (_linked, _titled):
        taken = {each.key for each in done.values()}
        left = [each for each in items if id(each) not in done]
        free = [each for each in known if each.key not in taken and (name is _linked or each.link not in links)]
        rows, records = _by_name(left, name), _by_name(free, name)
        for shared in rows.keys() & records.keys():
            same, own = rows[shared], records[shared]
            if len(same) == len(own) == 1 and not (own[0].unit and same[0].department):
                done[id(same[0])] = own[0]
    return done


def _linked(item: PublishedItem) -> Hashable:
    return item.link


def _titled(item: PublishedItem) -> Hashable:
    return fold(item.title), item.published_on, fold(item.column)


def _by_name(
    items: Iterable[PublishedItem], name: Callable[[PublishedItem], Hashable]
) -> dict[Hashable, list[PublishedItem]]:
    named: dict[Hashable, list[PublishedItem]] = {}
    for each in items:
        if name(each):
            named.setdefault(name(each), []).append(each)
    return named


def _owned(row: PublishedItem, before: PublishedItem) -> PublishedItem:
    """A row that does not say whose it is, with the publisher of the item on record."""
    if row.department:
        return row
    return replace(row, department=before.department, unit=before.unit, duties=row.duties or before.duties)


def _fresh_key(item: PublishedItem, taken: Collection[str]) -> str:
    """The key of a new item: of what it is recognised by, so that it is the same whichever import came first."""
    publisher, title, day = item.name
    key = f"{publisher}|{item.link or f'{title}|{day}'}"
    while key in taken:  # the link was another item's, which has moved since
        key += "'"
    return key


def listed_from(days: Iterable[date]) -> date | None:
    """The day from which on a list has everything, by the days of its rows; None without rows.

    It is the first, but for a few that lie far before all others: years that were mistyped. They may be more where in
    the year of the rest they would lie among it, and the rest is shorter than what lies between.
    No source: chosen so that a list of a month or a year tells such a day, and one that is thin throughout none.
    """
    ordered = sorted(days)
    gaps = [after - before for before, after in pairwise(ordered)]
    first, widest = 0, timedelta()
    for place in range(len(gaps) - 1, -1, -1):  # so many rows less one are before the gap
        if _are_few(ordered, place + 1) and gaps[place] > _APART and gaps[place] > _TIMES * widest:
            first = place + 1
            break
        widest = max(widest, gaps[place])
    return ordered[first] if ordered else None


def _are_few(ordered: Sequence[date], count: int) -> bool:
    """Whether so many days at the beginning are few enough to be mistyped, beside two others at least."""
    rest = ordered[count:]
    if not rest[1:]:
        return False  # which of two days is wrong nobody can say
    short = rest[-1] - rest[0] < rest[0] - ordered[count - 1]
    slips = sum(short and _would_lie(day, rest[0], rest[-1]) for day in ordered[:count])
    return count <= max(1, len(ordered) // _MISTYPED) and count - slips <= max(1, len(ordered) // _FEW)


def _would_lie(day: date, first: date, last: date) -> bool:
    """Whether a day lies between two others but for its year."""
    begins, ends = first.timetuple()[:3], last.timetuple()[:3]
    return any(begins <= (year, day.month, day.day) <= ends for year in {first.year, last.year})


def latest(rows: Iterable[PublishedItem]) -> tuple[PublishedItem, ...]:
    """Of each item what was said last, from all that was said in the order recorded."""
    found: dict[str, PublishedItem] = {}
    for each in rows:
        found[each.key] = each
    return tuple(found.values())


def duties_named(text: str, columns: Mapping[str, Sequence[str]], owned: Collection[str]) -> tuple[str, ...]:
    """The duty that a column of the site is; none where it is none, or several that the unit owes.

    ``columns`` are folded 栏目 → ids of the duties; ``owned`` are the unit's own. Of a path the last part that names a
    duty counts. Where several duties have the name, it is the only one that the unit owes.
    """
    for part in reversed([text, *_PATH.split(text)]):
        named = columns.get(fold(part), ())
        own = [each for each in named if each in owned]
        if len(named) == 1 or len(own) == 1:
            return tuple(own or named)
    return ()
