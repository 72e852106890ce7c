"""What a return takes back of what was accepted before: items it no longer has, nil reports it no longer makes.

A correction may well do so. That another sender does it for the unit is for the office to decide.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from zwgk_excel.domain.returns import AnswerStatus, Item, Return
from zwgk_excel.domain.same_items import lost_items

TAKEN_BACK_CODE = "task_taken_back"
"""The code of what the unit is told; :mod:`zwgk_excel.domain.tracking` asks the office by ``report_taken_back``."""


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What one return takes back of one obligation."""

    obligation: str
    """Its key."""
    before: AnswerStatus
    """Reported, or nil."""
    after: AnswerStatus | None
    """What the newer return says: reported with fewer items, nil, pending, or (None) nothing."""
    items: tuple[Item, ...] = ()
    """The accepted items that it no longer has."""


def taken_back(
    accepted: Sequence[Return], newer: Return, is_void: Callable[[str], bool] = lambda _: False
) -> tuple[TakenBack, ...]:
    """What ``newer`` takes back of the ``accepted`` contents that it would replace, in the order they have it.

    Both are tied to obligations. Accepted are valid items and nil reports with a statement, but those for which
    ``is_void`` holds by the obligation's key: it is refused, or another month's return answers the task. An item is
    still there when the newer return has it, or a correction of it, under the same obligation
    (:func:`zwgk_excel.domain.same_items.lost_items`).
    """
    before = _items_by_obligation(item for content in accepted for item in content.items if item.valid)
    nil = [
        answer.obligation
        for content in accepted
        for answer in content.answers
        if answer.status is AnswerStatus.NIL and answer.statement
    ]
    now, said = _items_by_obligation(newer.items), {each.obligation: each.status for each in newer.answers}
    found: list[TakenBack] = []
    for key in dict.fromkeys((*before, *nil)):
        if not key:
            continue
        after = AnswerStatus.REPORTED if key in now else said.get(key)
        if lost := lost_items(before.get(key, []), now.get(key, [])):
            found.append(TakenBack(key, AnswerStatus.REPORTED, after, lost))
        elif key not in before and after not in {AnswerStatus.REPORTED, AnswerStatus.NIL} and not is_void(key):
            found.append(TakenBack(key, AnswerStatus.NIL, after))
    return tuple(found)


def _items_by_obligation(items: Iterable[Item]) -> dict[str, list[Item]]:
    found: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        found[item.obligation].append(item)
    return dict(found)
