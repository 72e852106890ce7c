"""The headings of a published table: one to three rows, some of them merged, in the words of the county."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from zwgk_excel.domain.catalogue.updates import OFFICIAL
from zwgk_excel.domain.text import fold
from zwgk_excel.layout.columns import SheetLayout, layout
from zwgk_excel.workbooks.catalogue.sources import SourceGrid

_MOST_ROWS = 3
_LEAST_KNOWN = 4
"""So many columns must be known for a row to be one of headings."""
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Slot:
    """What a column of a published table holds."""

    column: int
    """From 0."""
    key: str
    """Key of the catalogue's column; empty for one that it does not have."""
    part: str = ""
    """The part that is ticked here, of a column that the county splits: ``县级`` of 公开层级."""
    heading: str = ""
    """As the table has it."""
    is_number: bool = False
    """Whether it only counts the rows."""
    own_part: bool = False
    """Whether its part is in the county's own words."""


@dataclass(frozen=True, slots=True)
class Headings:
    """The columns of one table."""

    last: int
    """The last row of headings, from 0; the entries follow it."""
    slots: tuple[Slot, ...]

    def of(self, key: str) -> tuple[Slot, ...]:
        """The table's columns for one of the catalogue."""
        return tuple(slot for slot in self.slots if slot.key == key)


@cache
def entries_sheet() -> SheetLayout:
    """The catalogue's own sheet."""
    return layout("catalogue")["entries"]


@cache
def parts_of(key: str) -> Mapping[str, str]:
    """Folded heading → the part that it means, of a column that counties split; empty for others."""
    parts = layout("catalogue").settings["parts"].get(key, {})
    return {fold(name): word for word, aliases in parts.items() for name in (word, *aliases)}


@cache
def _all_parts() -> Mapping[str, tuple[str, str]]:
    keys = layout("catalogue").settings["parts"]
    return {name: (key, word) for key in keys for name, word in parts_of(key).items()}


@cache
def _folded(setting: str) -> frozenset[str]:
    return frozenset(map(fold, layout("catalogue").settings[setting]))


def headings_at(grid: SourceGrid, row: int) -> Headings | None:
    """The headings that begin in a row; None where it is none of headings."""
    if len({key for key in map(_key_of, grid.rows[row]) if key}) < _LEAST_KNOWN - 1:
        return None
    last = row
    while last + 1 < len(grid.rows) and last + 1 - row < _MOST_ROWS and _goes_on(grid, last + 1):
        last += 1
    slots = tuple(_slots(grid, row, last))
    keys = {slot.key for slot in slots} - {""}
    if len(keys) < _LEAST_KNOWN or not keys & {"primary", "secondary", "content"}:
        return None
    return Headings(last, slots)


def _key_of(text: str) -> str:
    """The official column that a heading means; the office's own ones (备注) are no published table's to fill."""
    if not text or len(text) > _LONGEST:
        return ""
    if fold(text) in _folded("owner_headings"):
        return "owner"
    column = entries_sheet().find(text)
    return column.key if column and column.key in OFFICIAL else ""


def _goes_on(grid: SourceGrid, row: int) -> bool:
    """Whether a row below headings has some, too: known words, and no more of other texts than of these.

    The first entry may say 全社会, 主动 and 县级, too, but says more beside them.
    """
    own = {column: text for column, text in enumerate(grid.rows[row]) if text and grid.owns(row, column)}
    named = sum(fold(text) in _all_parts() or _key_of(text) in {"primary", "secondary"} for text in own.values())
    others = sum(not _is_below(text, grid.text(row - 1, column)) for column, text in own.items())
    return named >= 2 and others < named and all(len(text) <= _LONGEST for text in own.values())


def _is_below(text: str, above: str) -> bool:
    """Whether a text may be a heading below another."""
    if _key_of(text) or fold(text) in _all_parts() or not above or fold(above) in _all_parts():
        return True
    key = _key_of(above)
    if not key:
        return fold(above) not in _folded("number_headings")
    return key == "primary" or bool(layout("catalogue").settings["parts"].get(key))


def _slots(grid: SourceGrid, first: int, last: int) -> Iterator[Slot]:
    group = ""
    for column in range(max(len(grid.rows[row]) for row in range(first, last + 1))):
        texts = [grid.text(row, column) for row in range(first, last + 1)]
        path = list(dict.fromkeys(text for text in texts if text))
        if texts[0]:
            group = _key_of(texts[0])
        if path:
            yield _slot(column, path, group)


def _slot(column: int, path: list[str], group: str) -> Slot:
    leaf, heading = path[-1], path[0]
    keys = [key for key in map(_key_of, path) if key]
    of_group = next((key for key in (*keys, group) if layout("catalogue").settings["parts"].get(key)), "")
    if of_group and (word := parts_of(of_group).get(fold(leaf))):
        return Slot(column, of_group, word, heading)
    if of_group and len(path) > 1 and not _key_of(leaf):
        return Slot(column, of_group, leaf.replace("、", ""), heading, own_part=True)
    if fold(leaf) in _all_parts():
        key, word = _all_parts()[fold(leaf)]
        return Slot(column, key, word, heading)
    if any(fold(each) in _folded("number_headings") for each in path):
        return Slot(column, "", heading=heading, is_number=True)
    # Below the joint heading 公开事项 its columns have names of their own.
    return Slot(column, keys[-1] if keys else "", heading=leaf)
