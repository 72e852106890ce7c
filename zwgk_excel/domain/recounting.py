"""Working days that were counted by a provisional calendar when a file came, counted again by the calendar of now."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from zwgk_excel.domain.problems import Problem, merge_equal, problem, single_cells
from zwgk_excel.domain.returns import Item, Receipt
from zwgk_excel.domain.workdays import PROVISIONAL, PROVISIONAL_START, Workdays

OVERDUE = "item_overdue"
_RECOUNTED = "（放假安排公布前暂按 {days} 个计）"
_DAYS = re.compile(r"\d+")


def is_provisional(receipt: Receipt) -> bool:
    """Whether a problem of a receipt rests on a calendar that was provisional when the file came."""
    return any(map(_is_provisional, receipt.problems))


def recounted(receipt: Receipt, workdays: Workdays, limit: int) -> Receipt:
    """A receipt with content, whose problems say the working days as ``workdays`` now have them.

    ``limit`` is the number of working days within which an item must be published. What is no longer over it becomes a
    note. A problem whose count stays the same is left as it was said.
    """
    found = [now for each in receipt.problems for now in _recounted(each, receipt, workdays, limit)]
    return replace(receipt, problems=tuple(merge_equal(found)))


def _is_provisional(found: Problem) -> bool:
    return found.code == OVERDUE and PROVISIONAL_START in found.found


def _recounted(said: Problem, receipt: Receipt, workdays: Workdays, limit: int) -> Iterator[Problem]:
    number = _DAYS.search(said.found)
    if not _is_provisional(said) or receipt.content is None or number is None:
        yield said
        return
    items = {each.row: each for each in receipt.content.items if each.sheet in {"", said.place.sheet}}
    for cell in single_cells(said.place):
        row = _DAYS.search(cell)
        span = _span(items.get(int(row[0]))) if row else None
        before, days = int(number[0]), workdays.between(*span) if span else int(number[0])
        if span is None or (days == before and workdays.provisional(*span)):
            yield replace(said, place=said.place.at(cell))
            continue
        told = PROVISIONAL if workdays.provisional(*span) else _RECOUNTED.format(days=before)
        code = OVERDUE if days > limit else "item_in_time"
        place = said.place.at(cell)
        now = problem(code, place, obligation=said.obligation, days=days, limit=limit, provisional=told)
        yield replace(now, severity=said.severity) if code == OVERDUE else now


def _span(item: Item | None) -> tuple[date, date] | None:
    if item is None or item.formed_on is None or item.published_on is None:
        return None
    return item.formed_on, item.published_on
