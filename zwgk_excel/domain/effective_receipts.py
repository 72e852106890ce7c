"""Which returns of a unit and cycle are effective: the newest, or all of them where the office merged them.

And which of the problems stored with a return still stand, now that the office has decided about its tasks
(:func:`without_settled_problems`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace

from zwgk_excel.domain.decisions import NO_DECISIONS, ActiveDecisions
from zwgk_excel.domain.problems import Problem
from zwgk_excel.domain.returns import Item, Receipt, Return, TaskAnswer

BLANK_REPORT_CODE = "report_untouched"
"""The code of a workbook in which nothing was filled in although something was due."""
NOTHING_DUE_CODE = "report_of_nothing"
"""The code of one in which nothing was filled in and nothing was due: it reports that there is nothing."""
BLANK_CODES = frozenset({BLANK_REPORT_CODE, NOTHING_DUE_CODE})
"""What is said of workbooks that replace nothing, because nothing was filled in."""

_ANSWERED_ELSEWHERE = frozenset({"task_unanswered", "task_without_items"})
"""Complaints that another file's items settle."""
_NOT_DUE_YET = frozenset({"task_unanswered"})
"""Complaints that an extension into a later month settles: until then the row may be left open."""
_ASKED_FOR = _ANSWERED_ELSEWHERE | {"nil_refused", "nil_too_early", "nil_without_statement"}
"""Complaints that something owed is not there, which a waiver settles; what is wrong with an item stays wrong."""


def effective_receipts(history: Sequence[Receipt], *, merged: bool) -> list[Receipt]:
    """The effective receipts of one unit and cycle, oldest first; ``history`` holds read receipts, oldest first.

    Without ``merged`` the newest that is not blank (a workbook in which nothing was filled in replaces nothing). With
    it all of them, each reduced to the content and problems that no newer one replaces.
    """
    filled = [receipt for receipt in history if not _untouched(receipt)]
    if merged and len(filled) > 1:
        return _merged_receipts(filled)
    return [(filled or history)[-1]]


def without_settled_problems(receipt: Receipt, decided: Mapping[str, ActiveDecisions]) -> Receipt:
    """A receipt without the stored problems that decisions made since have settled; itself where there are none.

    ``decided`` is by obligation key. A file that comes after the decision is judged alike when it comes
    (:attr:`zwgk_excel.domain.obligations.ReportTask.expected`).
    """
    standing = tuple(
        each
        for each in receipt.problems
        if each.code not in _ASKED_FOR or not _settles(decided.get(each.obligation, NO_DECISIONS), each, receipt)
    )
    return receipt if len(standing) == len(receipt.problems) else replace(receipt, problems=standing)


def _settles(decisions: ActiveDecisions, each: Problem, receipt: Receipt) -> bool:
    if decisions.waived:
        return True
    until, month = decisions.extended_to, receipt.cycle
    return each.code in _NOT_DUE_YET and until is not None and month is not None and until > month.last


def _untouched(receipt: Receipt) -> bool:
    if not receipt.was_read:
        return True
    told = any(each.code in BLANK_CODES for each in receipt.problems)
    return told and not any(tally.items or tally.answers for tally in receipt.tallies.values())


def _merged_receipts(history: Sequence[Receipt]) -> list[Receipt]:
    """Items united by :attr:`Item.identity`, of equal ones the newest; of answers the newest that is not empty."""
    contents = [receipt.content for receipt in history if receipt.content]
    parts: list[tuple[Receipt, Return]] = []
    items: set[tuple[str, str]] = set()
    answered: set[str] = set()
    for receipt, content in zip(reversed(history), reversed(contents), strict=True):
        kept = replace(content, items=_unseen(content.items, items), answers=_unanswered(content.answers, answered))
        items |= {item.identity for item in kept.items}
        answered |= {answer.obligation for answer in kept.answers}
        parts.append((receipt, kept))
    return _with_open_problems(parts)[::-1]


def _unseen(items: Sequence[Item], seen: set[tuple[str, str]]) -> tuple[Item, ...]:
    # An item with neither link nor title is like no other one.
    return tuple(item for item in items if not item.identity[1] or item.identity not in seen)


def _unanswered(answers: Sequence[TaskAnswer], answered: set[str]) -> tuple[TaskAnswer, ...]:
    return tuple(answer for answer in answers if not answer.is_empty and answer.obligation not in answered)


def _with_open_problems(parts: Sequence[tuple[Receipt, Return]]) -> list[Receipt]:
    """The receipts, newest first as given, with the problems that remain when all of them are effective."""
    listed = {item.obligation for _, content in parts for item in content.items}
    spoken = listed | {answer.obligation for _, content in parts for answer in content.answers}
    told: set[str] = set()
    found: list[Receipt] = []
    for receipt, content in parts:
        own = {item.obligation for item in content.items} | {answer.obligation for answer in content.answers}
        # What no file speaks of is complained about once, by the newest file that does.
        open_ones = {each.obligation for each in receipt.problems} - spoken - told
        standing = tuple(each for each in receipt.problems if _stands(each, own | open_ones, listed))
        told |= open_ones
        found.append(replace(receipt, content=content, problems=standing))
    return found


def _stands(each: Problem, own: Set[str], listed: Set[str]) -> bool:
    if each.code in _ANSWERED_ELSEWHERE and each.obligation in listed:
        return False
    return not each.obligation or each.obligation in own
