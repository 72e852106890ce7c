"""Validation of a return: its rows are tied to obligations, and the rules of the notice (part 三.2) are applied.

What a unit says of its tasks is reviewed in :mod:`zwgk_excel.domain.answers`, the items here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby, islice

from zwgk_excel.domain.answers import review_tasks, tie_answers, told_of_revoked, with_sound_statement
from zwgk_excel.domain.catalogue.entries import ENTRY, NONE_OF_THEM, entry_id, entry_ids
from zwgk_excel.domain.cell_locator import CellLocator
from zwgk_excel.domain.companions import (
    NAMED,
    REVIEWS,
    Companion,
    CompanionColumn,
    has_normative_number,
    has_normative_title,
    is_unnamed,
    names_nobody,
    says_nothing,
)
from zwgk_excel.domain.consultations import UNTIL
from zwgk_excel.domain.deadlines import Policy
from zwgk_excel.domain.identity import AskedTask
from zwgk_excel.domain.persons import bare_person, names_in, person
from zwgk_excel.domain.problems import CellRef, Problem, problem, with_severities
from zwgk_excel.domain.returns import EMPTY, ITEM_COLUMNS, Item, Return
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
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
"""A day as messages write it."""
_STUB = 2
"""A row with so many filled cells at most may be a remark that somebody wrote into the table."""


def validate(
    content: Return,
    tasks: TaskLookup,
    locator: CellLocator,
    *,
    required: Sequence[str],
    companions: Sequence[CompanionColumn] = (),
    elsewhere: Sequence[EarlierItem] = (),
    asked: Sequence[AskedTask] = (),
    asks_entries: bool = True,
    received_on: date,
    policy: Policy,
    workdays: Workdays,
) -> Return:
    """The return with every row tied to its obligation, the validity of its items decided, its problems complete.

    ``required`` are the keys of item columns that must be filled, ``companions`` the columns of companions that the
    workbook was issued with, ``elsewhere`` the items that the unit reported in other months before, oldest first. Where
    the workbook's signature says what it ``asked``, a row of 任务清单 that names another task is tied to none.
    ``asks_entries`` says whether the workbook has a column for entries of the catalogue.
    ``content.problems`` (of the reader) come first. An item is valid when its obligation is known and its row has no
    error.
    """
    answers, answer_problems = tie_answers(content.answers, tasks, locator, {each.row for each in asked})
    tied = [item.tied_to(tasks.of_label(item.task) if item.task else "") for item in content.items]
    lacking = _lacking(tied, required)
    known = tuple(required), lacking, tuple(companions), received_on, policy, workdays, asks_entries
    context = _Context(tasks, locator, *known)
    severities = policy.severities
    read = with_severities(_told_of_common(content.problems, tied, locator), severities)
    reviews = [with_severities(_review_item(item, context), severities) for item in tied]
    # What is wrong with a value of the cover is found in every row that takes it, and is one complaint for each task.
    found = [*read, *with_severities(answer_problems, severities), *dict.fromkeys(p for own in reviews for p in own)]
    found += with_severities([*_repeated(tied, locator), *_reported_before(tied, elsewhere, context)], severities)
    bad_rows = {_row_of(p.place) for p in found if p.is_error}
    bad_places = {p.place for p in read if p.is_error}
    bad_common = {key for key, place in locator.common.items() if place in bad_places}
    valid = [
        bool(item.obligation)
        and context.row(item) not in bad_rows
        and not item.common & bad_common
        and not any(p.is_error for p in own)
        for item, own in zip(tied, reviews, strict=True)
    ]
    with_validity = zip(tied, valid, strict=True)
    items = tuple(item if item.valid is sound else replace(item, valid=sound) for item, sound in with_validity)
    reviewed = replace(content, answers=tuple(answers), items=items)
    found += with_severities(review_tasks(reviewed, tasks, locator, received_on), severities)
    owners = {context.row(item): item.obligation for item in items}
    revoked = {each.obligation.key for each in tasks.revoked}
    owned = [each for p in found if (each := _owned(p, owners)).obligation not in revoked]
    # What is not asked stays on record as typed.
    sound = (
        each
        if each.obligation in {"", *revoked}
        else with_sound_statement(each, tasks.by_key.get(each.obligation), received_on)
        for each in answers
    )
    told = (*_with_years(owned), *told_of_revoked(reviewed, tasks, locator))
    return replace(reviewed, answers=tuple(sound), problems=told)


@dataclass(frozen=True, slots=True)
class _Context:
    tasks: TaskLookup
    locator: CellLocator
    required: tuple[str, ...]
    lacking: Mapping[str, tuple[int, ...]]
    """Key of a column → the rows that lack its value, which the cover lacks too, where these are several."""
    companions: tuple[CompanionColumn, ...]
    received_on: date
    policy: Policy
    workdays: Workdays
    asks_entries: bool

    def cell(self, item: Item, key: str) -> CellRef:
        return self.locator.place("items", key, item.row, item.sheet)

    def filled_cell(self, item: Item, key: str) -> CellRef:
        """The cell that holds the item's value of a column: its own, or the one of the cover."""
        return self.locator.common[key] if key in item.common else self.cell(item, key)

    def row(self, item: Item) -> tuple[str, int]:
        """(Sheet, row) of an item, comparable with :func:`_row_of` of a cell."""
        return item.sheet or self.locator.sheets.get("items", ""), item.row

    def heading(self, key: str) -> str:
        return self.locator.heading("items", key)


def _row_of(place: CellRef) -> tuple[str, int]:
    digits = re.search(r"\d+$", place.cell)
    return place.sheet, int(digits[0]) if digits else 0


def _with_years(problems: Sequence[Problem]) -> list[Problem]:
    """The problems, of which those about a day whose year the reader has chosen say what was typed."""
    typed: dict[tuple[str, int], list[Problem]] = {}
    for each in problems:
        if each.code == "date_year":
            typed.setdefault(_row_of(each.place), []).append(each)
    return [_with_year(each, typed.get(_row_of(each.place), ())) for each in problems] if typed else list(problems)


def _with_year(each: Problem, typed: Iterable[Problem]) -> Problem:
    days = () if each.code == "date_year" else _ISO_DAY.findall(each.found)
    for note in typed:
        if any(day in note.found for day in days):
            each = replace(each, found=f"{each.found}（{note.found}）", action=f"{each.action}；{note.action}")
    return each


def _owned(each: Problem, owners: Mapping[tuple[str, int], str]) -> Problem:
    """A reader's problem in an item row, with the obligation of that item."""
    return each if each.obligation else replace(each, obligation=owners.get(_row_of(each.place), ""))


def _told_of_common(problems: Iterable[Problem], items: Sequence[Item], locator: CellLocator) -> Iterator[Problem]:
    """The reader's problems, those with common cells once for each task whose items take the value.

    A fault of a cell that no item takes is only told.
    """
    keys = {place: key for key, place in locator.common.items()}
    for each in problems:
        key = keys.get(each.place)
        takers = [item for item in items if key in item.common] if key else []
        if takers:
            yield from (replace(each, obligation=owed) for owed in dict.fromkeys(item.obligation for item in takers))
        elif key and each.counts:
            yield problem("common_unused", each.place, what=each.found)
        else:
            yield each


def _lacking(items: Iterable[Item], required: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """Key of a column → the rows whose items lack its value, where the cover has a cell for it: two or more."""
    whole = [item for item in items if not _is_stub(item)]
    found = {key: [item.row for item in whole if key in item.common and _is_lacking(item, key)] for key in required}
    return {key: tuple(rows) for key, rows in found.items() if len(rows) > 1}


def _is_lacking(item: Item, key: str) -> bool:
    value = item.value(key)
    if key in NAMED and isinstance(value, str) and is_unnamed(key, value):
        return True
    return value in EMPTY and key not in item.unread


def runs(rows: Iterable[int]) -> str:
    """Row numbers for people: ``4–9、12``."""
    grouped = groupby(enumerate(sorted(set(rows))), key=lambda each: each[1] - each[0])
    ends = [[row for _, row in run] for _, run in grouped]
    return "、".join(f"{run[0]}–{run[-1]}" if len(run) > 1 else str(run[0]) for run in ends)


def _review_item(item: Item, context: _Context) -> Iterator[Problem]:
    if _is_stub(item):
        first = min(_own_keys(item), key=lambda key: (len(context.cell(item, key).cell), context.cell(item, key).cell))
        yield problem("item_stub", context.cell(item, first), row=item.row, value=item.value(first))
        return
    yield from _task_of(item, context)
    # What the reader could not understand is empty here but complained about already: one complaint per cell.
    for key in context.required:
        if key != "task" and _is_lacking(item, key):
            rows = context.lacking.get(key, ()) if key in item.common else ()
            place = context.filled_cell(item, key) if rows else context.cell(item, key)
            told = problem("item_field_missing", place, obligation=item.obligation, heading=context.heading(key))
            said = "" if item.value(key) in EMPTY else f"，填的是“{item.value(key)}”"
            where = f"，第 {runs(rows)} 行都没有填" if rows else ""
            yield replace(told, found=told.found + said + where)
    yield from _dates_of(item, context)
    yield from _until_of(item, context)
    yield from _reviewers_of(item, context)
    yield from _companions_of(item, context)
    yield from _disguise_of(item, context)
    yield from _entry_of(item, context)


def _entry_of(item: Item, context: _Context) -> Iterator[Problem]:
    """What of the catalogue the item is of, where its task is tied to entries and its workbook offered them."""
    listed = context.tasks.by_key.get(item.obligation)
    if listed is None or not listed.entries or not context.asks_entries or ENTRY in item.unread:
        return
    typed, place, heading = item.value(ENTRY), context.cell(item, ENTRY), context.heading(ENTRY)
    if typed in EMPTY:
        yield problem("item_entry_missing", place, obligation=item.obligation, heading=heading)
        return
    labels = {entry_id(each): each for each in listed.entries}
    named, values = entry_ids(f"{typed}", labels), {"heading": heading, "value": typed}
    if not named or not labels.keys() >= {*named} or (len(named) > 1 and entry_id(NONE_OF_THEM) in named):
        yield problem("item_entry_foreign", place, obligation=item.obligation, task=listed.label, **values)
    elif (result := "”和“".join(labels[each] for each in named)).casefold() != f"{typed}".casefold():
        yield problem("normalised", place, obligation=item.obligation, result=result, **values)


def _own_keys(item: Item) -> list[str]:
    """The columns of which the row itself has a value."""
    keys = (*ITEM_COLUMNS, *item.more)
    return [key for key in keys if key not in item.common and item.value(key) not in EMPTY]


def _is_stub(item: Item) -> bool:
    """Whether a row is hardly an item: a word or two, and neither a task of the unit nor a link nor a day.

    It is one complaint, not one for each cell that an item must have.
    """
    dated = {"task", "url", "formed_on", "published_on"} & {*item.unread}
    told = item.obligation or item.url or item.formed_on or item.published_on or dated
    return not told and 0 < len(_own_keys(item)) <= _STUB


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
    """Who signs twice. Where only marks or a rank before a name make it so, which 自查 does not take off, a person
    judges."""
    signed: dict[str, str] = {}
    bare: dict[str, str] = {}
    rules = (("item_reviewer_repeated", str, signed), ("item_reviewer_similar", bare_person, bare))
    for key in REVIEWS:
        names = {person(each): each for each in names_in(getattr(item, key)) if not names_nobody(each)}
        twice = ((code, who, before[form(who)]) for code, form, before in rules for who in names if form(who) in before)
        for code, who, first in islice(twice, 1):
            values = {"first": context.heading(first), "second": context.heading(key), "value": names[who]}
            own = key if key not in item.common or first in item.common else first
            yield problem(code, context.filled_cell(item, own), obligation=item.obligation, **values)
        for _, form, before in rules:
            before.update({form(who): key for who in names if form(who) not in before})


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
    return comparable_link(unicodedata.normalize("NFKC", companion)) == comparable_link(item.url) != ""


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
