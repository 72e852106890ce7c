"""Which rows of an open table stay, which come and which go; whoever stays keeps its place.

A row is the office's own: its height, its comments, its colours and what stands in added columns belong to the
obligation (or file, or item) that it shows. So rows are matched by key, new ones are put where the new order has them,
and nothing is sorted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LiveRow:
    """A row below the header, as it is on the sheet."""

    key: str
    """What it shows; empty where its key columns are."""
    blank: bool
    """Nothing stands in any of its cells."""


@dataclass(frozen=True, slots=True)
class RowPlan:
    """What happens to the rows; all row numbers are those of the sheet."""

    inserts: tuple[tuple[int, int], ...]
    """Before which row of now, how many; from the bottom up."""
    deletes: tuple[tuple[int, int], ...]
    """First and last row, as numbered after all inserts; from the bottom up."""
    rows_after: dict[str, int]
    """Key → row afterwards."""
    rows_before: dict[str, int]
    """Key → row of now, for those that stay."""
    last: int
    """The last row of the table afterwards."""
    emptied: int = 0
    """The row afterwards that stays only because a table needs one, and is to be emptied; 0 for none."""

    @property
    def added(self) -> list[str]:
        """The keys of new rows."""
        return [key for key in self.rows_after if key not in self.rows_before]


def plan_rows(live: Sequence[LiveRow], first: int, wanted: Sequence[str]) -> RowPlan:
    """Match the rows from row ``first`` on against the wanted keys, which are all different and in their order.

    A row without key that has something in it stays where it is: somebody wrote it. Of a key that stands twice the
    first row stays.
    """
    rows_before = _kept(live, first, set(wanted))
    before = _anchors(wanted, rows_before, first + len(live))
    going = set(_going(live, first, rows_before, bool(wanted)))
    keeper = first if len(going) == len(live) and not before and live else 0
    going.discard(keeper)
    rows_after: dict[str, int] = {}
    row, kept_keys = first, {number: key for key, number in rows_before.items()}
    doomed: list[int] = []
    shifted = 0
    for number in range(first, first + len(live) + 1):
        for key in before.get(number, ()):
            rows_after[key] = row
            row, shifted = row + 1, shifted + 1
        if number in going:
            doomed.append(number + shifted)
        elif number < first + len(live):
            if number in kept_keys:
                rows_after[kept_keys[number]] = row
            row += 1
    inserts = tuple((number, len(keys)) for number, keys in sorted(before.items(), reverse=True))
    deletes = tuple(reversed(list(runs(doomed))))
    return RowPlan(inserts, deletes, rows_after, rows_before, max(row - 1, first), keeper)


def runs(numbers: Collection[int]) -> Iterator[tuple[int, int]]:
    """First and last of each run of consecutive numbers, ascending."""
    ordered = sorted(numbers)
    start = None
    for position, number in enumerate(ordered):
        start = number if start is None else start
        if position + 1 == len(ordered) or ordered[position + 1] != number + 1:
            yield start, number
            start = None


def _kept(live: Sequence[LiveRow], first: int, wanted: Collection[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for number, row in enumerate(live, first):
        if row.key in wanted:
            found.setdefault(row.key, number)
    return found


def _anchors(wanted: Sequence[str], rows_before: dict[str, int], end: int) -> dict[int, list[str]]:
    """The row before which new keys go: the first of all rows that the new order has after them.

    So a new month stands above every older one, however these are sorted.
    """
    before: dict[int, list[str]] = defaultdict(list)
    anchor = end
    for key in reversed(wanted):
        if key in rows_before:
            anchor = min(anchor, rows_before[key])
        else:
            before[anchor].insert(0, key)
    return dict(before)


def _going(live: Sequence[LiveRow], first: int, rows_before: dict[str, int], filled: bool) -> Iterator[int]:
    for number, row in enumerate(live, first):
        gone = row.key and rows_before.get(row.key) != number
        if gone or (row.blank and filled):
            yield number
