"""Rows of 信息明细 that a workbook goes out with (预填): what the website's list says the unit published.

Such a row counts only when the unit has completed it. One that came back as it went out was not confirmed: it is no
item, and no fault.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from zwgk_excel.domain.returns import EMPTY, ITEM_COLUMNS, CellValue, Item
from zwgk_excel.domain.text import fold


@dataclass(frozen=True, slots=True)
class PrefilledRow:
    """The filled cells of one prefilled row, as they are written."""

    task: str
    title: str
    published_on: date
    url: str = ""
    doc_no: str = ""
    formed_on: date | None = None
    remark: str = ""
    """What tells the unit where the row comes from."""

    @property
    def cells(self) -> Mapping[str, CellValue]:
        """Column key → value of the filled cells."""
        keys = ("task", "title", "doc_no", "formed_on", "published_on", "url", "remark")
        return {key: value for key in keys if (value := getattr(self, key)) not in EMPTY}


def unconfirmed(items: Iterable[Item], prefilled: Sequence[PrefilledRow]) -> tuple[tuple[Item, ...], tuple[Item, ...]]:
    """(The items that the unit has made its own, those that are still as they were prefilled), each in their order.

    An item is as it was where its row has what a prefilled row has and nothing else; that the remark was cleared
    confirms nothing.
    """
    if not prefilled:
        return tuple(items), ()
    known = {_said(row.cells) for row in prefilled}
    mine: list[Item] = []
    left: list[Item] = []
    for item in items:
        (left if not item.unread and _said(_own_cells(item)) in known else mine).append(item)
    return tuple(mine), tuple(left)


def by_task(items: Iterable[Item]) -> dict[str, list[Item]]:
    """Task as typed → the items, in the order first met."""
    found: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        found[item.task].append(item)
    return found


def _own_cells(item: Item) -> dict[str, CellValue]:
    keys = (*ITEM_COLUMNS - item.common, *item.more)
    return {key: value for key in keys if (value := item.value(key)) is not None and value not in EMPTY}


def _said(cells: Mapping[str, CellValue]) -> frozenset[tuple[str, str]]:
    """What cells say, for comparison, but for the remark."""
    return frozenset((key, fold(str(value))) for key, value in cells.items() if key != "remark")
