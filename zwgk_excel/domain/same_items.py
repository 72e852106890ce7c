"""Which rows tell of one and the same piece of information: repeated for another task or month, or corrected later.

The office's habit, no source: two rows are the same item where their links lead to one page, or where title and day of
publication are equal. A row of a newer return is a corrected one where a link, a title or a 文号 stayed, or where the
new title resembles the old one (:data:`TITLE_ALIKE`, :data:`ALIKE_IN_PLACE`) and has the same numbers in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from zwgk_excel.domain.returns import Item
from zwgk_excel.domain.text import fold

TITLE_ALIKE = 0.8
"""Titles so alike (``difflib`` ratio) are one, somewhere else in the sheet: a word changed or added."""
ALIKE_IN_PLACE = 0.6
"""Titles so alike are one in the same row, where a correction is expected."""
_NUMBER = re.compile(r"\d+")
_SCHEME = re.compile(r"^https?://")


@dataclass(frozen=True, slots=True)
class EarlierItem:
    """An item that counts already, for another task."""

    item: Item
    where: str
    """File, month, task and row, as people read it."""


class SeenItems:
    """Items in the order in which they were reported, found by what makes two of them the same."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, object], EarlierItem] = {}

    def add(self, item: Item, where: str) -> None:
        """Remember an item, unless the same was remembered before it."""
        for mark in _marks(item):
            self._known.setdefault(mark, EarlierItem(item, where))

    def find(self, item: Item) -> EarlierItem | None:
        """The first item that is the same as ``item``."""
        return next((self._known[mark] for mark in _marks(item) if mark in self._known), None)


def _marks(item: Item) -> list[tuple[str, object]]:
    """What another row must have for it to be the same item: a link, or title and day; nothing of empty cells."""
    found: list[tuple[str, object]] = []
    if link := comparable_link(item.url):
        found.append(("link", link))
    if (title := fold(item.title)) and item.published_on:
        found.append(("title", (title, item.published_on)))
    return found


def comparable_link(url: str) -> str:
    """A link as it is compared: without its scheme, its fragment and a slash at its end, in small letters."""
    return _SCHEME.sub("", url.casefold().partition("#")[0]).removesuffix("/")


def lost_items(before: Sequence[Item], now: Iterable[Item]) -> tuple[Item, ...]:
    """The items of ``before`` that a newer content has neither as they were nor corrected.

    Both are of one obligation. Each row of ``now`` can be the correction of one item only. What was reported in two
    rows is there as long as one of them is: the unit is told to delete the other. Where both are gone, one is lost.
    """
    left = list(now)
    missing = [each for each in before if not _taken(each, left, _stayed)]
    missing = [each for each in missing if not _taken(each, left, _resembles)]
    gone = set(map(id, missing))
    there = [each for each in before if id(each) not in gone]
    seen, named = SeenItems(), {each.identity for each in there}
    for each in there:
        seen.add(each, "")
    lost: list[Item] = []
    for each in missing:
        if seen.find(each) or (each.identity[1] and each.identity in named):
            continue
        seen.add(each, "")
        named.add(each.identity)
        lost.append(each)
    return tuple(lost)


def lost_along(versions: Sequence[Sequence[Item]]) -> tuple[Item, ...]:
    """The items of any of several contents, oldest first, that the newest has neither as they were nor corrected.

    Every content is compared with the next one, so that a correction may itself be corrected: first the title and then
    the link leaves nothing of the first row. What is gone in one and there again in a later one is not lost.
    """
    lost: tuple[Item, ...] = ()
    for earlier, later in pairwise(versions):
        lost = lost_items([*earlier, *lost], later)
    return lost


def _taken(item: Item, left: list[Item], is_it: Callable[[Item, Item], bool]) -> bool:
    """Whether a row left over is that item; it is then no longer left over."""
    found = next((each for each in left if is_it(item, each)), None)
    if found is None:
        return False
    left.remove(found)
    return True


def _stayed(one: Item, other: Item) -> bool:
    pairs: tuple[tuple[str, str], ...] = (
        (comparable_link(one.url), comparable_link(other.url)),
        (fold(one.title), fold(other.title)),
        (fold(one.doc_no), fold(other.doc_no)),
    )
    return any(first and first == second for first, second in pairs)


def _resembles(one: Item, other: Item) -> bool:
    title, changed = fold(one.title), fold(other.title)
    numbers = [_NUMBER.findall(each) for each in (title, changed)]
    if not title or not changed or (all(numbers) and numbers[0] != numbers[1]):
        return False  # the report of October is not that of November
    in_place = bool(one.row) and (one.row, one.sheet) == (other.row, other.sheet)
    alike = SequenceMatcher(None, title, changed, autojunk=False).ratio()
    return alike >= (ALIKE_IN_PLACE if in_place else TITLE_ALIKE)
