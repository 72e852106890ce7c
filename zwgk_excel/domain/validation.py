"""Validation of a return: its rows are tied to obligations, and the rules of the notice (part 三.2) are applied.

What a unit says of its tasks is reviewed in :mod:`zwgk_excel.domain.answers`, the items here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from zwgk_excel.domain.answers import review_tasks, tie_answers, told_of_revoked, with_sound_statement
from zwgk_excel.domain.cell_locator import CellLocator
from zwgk_excel.domain.companions import (
    Companion,
    CompanionColumn,
    has_normative_number,
    has_normative_title,
    says_nothing,
)
from zwgk_excel.domain.consultations import UNTIL
from zwgk_excel.domain.deadlines import Policy
from zwgk_excel.domain.identity import AskedTask
from zwgk_excel.domain.persons import person
from zwgk_excel.domain.problems import CellRef, Problem, problem, with_severities
from zwgk_excel.domain.returns import EMPTY, Item, Return
from zwgk_excel.domain.same_items import EarlierItem, SeenItems, comparable_link
from zwgk_excel.domain.task_lookup import TaskLookup
from zwgk_excel.domain.text import fold
from zwgk_excel.domain.workdays import PROVISIONAL, Workdays

_MISSING = {
    Companion.DRAFT_NOTE: "item_draft_note_missing",
    Companion.READING: "item_reading_missing",
    Companion.DECISION_NOTE: "item_decision_note_missing",
    Companion.CONSULTATION: "item_consultation_missing",
}
"""Companion → the code of a problem with an item that lacks it."""
_REVIEWS = ("first_review", "second_review", "final_review")


def validate(
    content: Return,
    tasks: TaskLookup,
    locator: CellLocator,
    *,
    required: Sequence[str],
    companions: Sequence[CompanionColumn] = (),
    elsewhere: Sequence[EarlierItem] = (),
    asked: Sequence[AskedTask] = (),
    received_on: date,
    policy: Policy,
    workdays: Workdays,
) -> Return:
    """The return with every row tied to its obligation, the validity of its items decided, its problems complete.

    ``required`` are the keys of item columns that must be filled, ``companions`` the columns of companions that the
    workbook was issued with, ``elsewhere`` the items that the unit reported in other months before, oldest first. Where
    the workbook's signature says what it ``asked``, a row of 任务清单 that names another task is tied to none.
    ``content.problems`` (of the reader) come first. An item is valid when its obligation is known and its row has no
    error.
    """
    answers, answer_problems = tie_answers(content.answers, tasks, locator, {each.row for each in asked})
    tied = [item.tied_to(tasks.of_label(item.task) if item.task else "") for item in content.items]
    context = _Context(tasks, locator, tuple(required), tuple(companions), received_on, policy, workdays)
    found = [*content.problems, *answer_problems, *(p for item in tied for p in _review_item(item, context))]
    found += _repeated(tied, locator)
    found += _reported_before(tied, elsewhere, context)
    found = with_severities(found, policy.severities)
    bad_rows = {_row_of(p.place) for p in found if p.is_error}
    valid = [context.row(item) not in bad_rows and bool(item.obligation) for item in tied]
    with_validity = zip(tied, valid, strict=True)
    items = tuple(item if item.valid is sound else replace(item, valid=sound) for item, sound in with_validity)
    reviewed = replace(content, answers=tuple(answers), items=items)
    found += with_severities(review_tasks(reviewed, tasks, locator), policy.severities)
    owners = {context.row(item): item.obligation for item in items}
    revoked = {each.obligation.key for each in tasks.revoked}
    owned = [each for p in found if (each := _owned(p, owners)).obligation not in revoked]
    # What is not asked stays on record as typed.
    sound = (each if each.obligation in {"", *revoked} else with_sound_statement(each) for each in answers)
    told = (*owned, *told_of_revoked(reviewed, tasks, locator))
    return replace(reviewed, answers=tuple(sound), problems=told)


@dataclass(frozen=True, slots=True)
class _Context:
    tasks: TaskLookup
    locator: CellLocator
    required: tuple[str, ...]
    companions: tuple[CompanionColumn, ...]
    received_on: date
    policy: Policy
    workdays: Workdays

    def cell(self, item: Item, key: str) -> CellRef:
        return self.locator.place("items", key, item.row, item.sheet)

    def row(self, item: Item) -> tuple[str, int]:
        """(Sheet, row) of an item, comparable with :func:`_row_of` of a cell."""
        return item.sheet or self.locator.sheets.get("items", ""), item.row

    def heading(self, key: str) -> str:
        return self.locator.heading("items", key)


def _row_of(place: CellRef) -> tuple[str, int]:
    digits = re.search(r"\d+$", place.cell)
    return place.sheet, int(digits[0]) if digits else 0


def _owned(each: Problem, owners: Mapping[tuple[str, int], str]) -> Problem:
    """A reader's problem in an item row, with the obligation of that item."""
    return each if each.obligation else replace(each, obligation=owners.get(_row_of(each.place), ""))


def _review_item(item: Item, context: _Context) -> Iterator[Problem]:
    yield from _task_of(item, context)
    # What the reader could not understand is empty here but complained about already: one complaint per cell.
    for key in context.required:
        if key != "task" and item.value(key) in EMPTY and key not in item.unread:
            heading = context.heading(key)
            yield problem("item_field_missing", context.cell(item, key), obligation=item.obligation, heading=heading)
    yield from _dates_of(item, context)
    yield from _until_of(item, context)
    yield from _reviewers_of(item, context)
    yield from _companions_of(item, context)
    yield from _disguise_of(item, context)


def _task_of(item: Item, context: _Context) -> Iterator[Problem]:
    label = context.tasks.label_of(item.obligation) if item.obligation else ""
    if label and fold(item.task) != fold(label):
        values = {"heading": context.heading("task"), "value": item.task, "result": label}
        yield problem("normalised", context.cell(item, "task"), obligation=item.obligation, **values)
    elif item.task and not item.obligation:
        yield problem("task_unknown", context.cell(item, "task"), heading=context.heading("task"), value=item.task)
    elif not item.task and "task" not in item.unread:
        yield problem("task_missing", context.cell(item, "task"), heading=context.heading("task"))


def _dates_of(item: Item, context: _Context) -> Iterator[Problem]:
    formed, published = item.formed_on, item.published_on
    received = context.received_on
    for key, day in (("formed_on", formed), ("published_on", published)):
        if day is not None and day > received:
            values = {"heading": context.heading(key), "value": day, "received": received}
            yield problem("item_published_future", context.cell(item, key), obligation=item.obligation, **values)
            return
    if too_old := _published_before(item, context):
        yield too_old
        return
    if formed is None or published is None:
        return
    if published < formed:
        place = context.cell(item, "published_on")
        yield problem("item_published_early", place, obligation=item.obligation, published=published, formed=formed)
        return
    limit = context.policy.publish_within_workdays
    # Every second calendar day at most is off, so a short span cannot be over the limit: no need to count it.
    if published - formed > timedelta(days=limit) and (days := context.workdays.between(formed, published)) > limit:
        provisional = PROVISIONAL if context.workdays.provisional(formed, published) else ""
        values = {"days": days, "limit": limit, "provisional": provisional}
        place = context.cell(item, "published_on")
        yield problem("item_overdue", place, obligation=item.obligation, **values)


def _until_of(item: Item, context: _Context) -> Iterator[Problem]:
    """The problem with opinions that are collected until a day before the call for them was published.

    An item of another type, as one of the result, may well name the end of what is over.
    """
    until, published = item.value(UNTIL), item.published_on
    calls = any(each.key == UNTIL and item.type in each.types for each in context.companions)
    if calls and isinstance(until, date) and published is not None and until < published:
        values = {"heading": context.heading(UNTIL), "until": until, "published": published}
        yield problem("item_until_early", context.cell(item, UNTIL), obligation=item.obligation, **values)


def _published_before(item: Item, context: _Context) -> Problem | None:
    """The problem with an item published before its task's window; that opens with the issue, and closes on receipt."""
    listed, published = context.tasks.by_key.get(item.obligation), item.published_on
    first = listed.obligation.published_from if listed else None
    if listed is None or first is None or published is None or published >= first:
        return None
    values = {"published": published, "first": first, "reference": listed.reference}
    place = context.cell(item, "published_on")
    return problem("item_published_before", place, obligation=item.obligation, **values)


def _reviewers_of(item: Item, context: _Context) -> Iterator[Problem]:
    signed: dict[str, str] = {}
    for key in _REVIEWS:
        name = getattr(item, key)
        who = person(name)
        if who and who in signed:
            values = {"first": context.heading(signed[who]), "second": context.heading(key), "value": name}
            place = context.cell(item, key)
            yield problem("item_reviewer_repeated", place, obligation=item.obligation, **values)
        elif who:
            signed[who] = key


def _companions_of(item: Item, context: _Context) -> Iterator[Problem]:
    listed = context.tasks.by_key.get(item.obligation)
    asked = listed.obligation.duty.companions if listed else ()
    for column in context.companions:
        key, value = column.key, item.value(column.key)
        if column.companion not in asked or item.type not in column.types or key in item.unread:
            continue
        if column.unless_none and item.value(column.unless_none) == 0:
            continue
        if value in EMPTY or (isinstance(value, str) and (says_nothing(value) or _is_itself(value, item))):
            said = "" if value in EMPTY else f"（填的是“{value}”）"
            values, code = {"heading": context.heading(key), "said": said}, _MISSING[column.companion]
            yield problem(code, context.cell(item, key), obligation=item.obligation, **values)


def _is_itself(companion: str, item: Item) -> bool:
    """Whether a companion is only the page of the item that it should go with."""
    return comparable_link(companion) == comparable_link(item.url) != ""


def _disguise_of(item: Item, context: _Context) -> Iterator[Problem]:
    """The problem with a 规范性文件 that is reported as something else where its duty asks for companions."""
    listed = context.tasks.by_key.get(item.obligation)
    if listed is None or not listed.obligation.duty.companions:
        return
    if has_normative_number(item):
        values = {"heading": context.heading("doc_no"), "value": item.doc_no}
        yield problem("item_type_disguised", context.cell(item, "type"), obligation=item.obligation, **values)
    elif has_normative_title(item):
        values = {"heading": context.heading("title")}
        yield problem("item_type_doubtful", context.cell(item, "type"), obligation=item.obligation, **values)


def _reported_before(
    items: Iterable[Item], elsewhere: Iterable[EarlierItem], context: _Context
) -> Iterator[Problem]:
    """The problems with items that count already for another task, of this return or of another month's."""
    seen = SeenItems()
    for earlier in elsewhere:
        seen.add(earlier.item, earlier.where)
    for item in (each for each in items if each.obligation):
        first = seen.find(item)
        if first and first.item.obligation != item.obligation:
            place = context.cell(item, "title")
            yield problem("item_reported_before", place, obligation=item.obligation, where=first.where)
        seen.add(item, f"第 {item.row} 行（{item.task}）")


def _repeated(items: Iterable[Item], locator: CellLocator) -> Iterator[Problem]:
    first: dict[tuple[str, str], int] = {}
    for item in items:
        identity = item.identity
        if not item.obligation or not identity[1]:
            continue
        if identity in first:
            place = locator.place("items", "title", item.row)
            yield problem("item_repeated", place, obligation=item.obligation, row=first[identity])
        first.setdefault(identity, item.row)
