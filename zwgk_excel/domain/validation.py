"""Validation of a return: its rows are tied to obligations, and the rules of the notice (part 三.2) are applied."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from zwgk_excel.domain.companions import (
    Companion,
    CompanionColumn,
    has_normative_number,
    has_normative_title,
    says_nothing,
)
from zwgk_excel.domain.deadlines import Policy
from zwgk_excel.domain.identity import AskedTask
from zwgk_excel.domain.obligations import ReportTask
from zwgk_excel.domain.periods import Period
from zwgk_excel.domain.problems import CellRef, Problem, problem, with_severities
from zwgk_excel.domain.returns import EMPTY, AnswerStatus, Item, Return, TaskAnswer
from zwgk_excel.domain.same_items import EarlierItem, SeenItems
from zwgk_excel.domain.text import clean, fold
from zwgk_excel.domain.tracking import satisfies
from zwgk_excel.domain.workdays import PROVISIONAL, Workdays

_ID = re.compile(r"\s*([A-Za-z]\s*\d+)")
_REFERENCE = re.compile(r"[（(]\s*(\d{4}(?:-\d{1,2}|Q[1-4])?[^（）()]*?)\s*[）)]\s*$")
_WELL_FORMED = re.compile(r"[A-Z]\d+")
_MISSING = {
    Companion.DRAFT_NOTE: "item_draft_note_missing",
    Companion.READING: "item_reading_missing",
    Companion.DECISION_NOTE: "item_decision_note_missing",
    Companion.CONSULTATION: "item_consultation_missing",
}
"""Companion → the code of a problem with an item that lacks it."""
_REVIEWS = ("first_review", "second_review", "final_review")


@dataclass(frozen=True, slots=True)
class CellLocator:
    """Sheets and columns of a workbook as the reader found them, so that a rule can name a cell."""

    file: str
    sheets: Mapping[str, str]
    """Sheet key (``tasks``, ``items``) → the sheet's name in this file."""
    letters: Mapping[tuple[str, str], str]
    """(sheet key, column key) → column letter; a column the file lacks is not there."""
    headings: Mapping[tuple[str, str], str]
    """(sheet key, column key) → heading, for messages."""
    copies: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Name of a further sheet that was read as a copy of one of the two → column key → column letter."""

    def place(self, sheet: str, key: str, row: int, copy: str = "") -> CellRef:
        """The cell of a column in a row, of the ``copy`` of the sheet where one is named; the sheet alone for row 0."""
        letter = self.copies[copy].get(key, "A") if copy else self.letters.get((sheet, key), "A")
        return CellRef(self.file, copy or self.sheets.get(sheet, ""), f"{letter}{row}" if row else "")

    def heading(self, sheet: str, key: str) -> str:
        """The heading of a column."""
        return self.headings[sheet, key]


class TaskLookup:
    """The obligations that one unit may answer in a cycle, found by typed text."""

    def __init__(
        self, listed: Sequence[ReportTask], others: Sequence[ReportTask] = (), revoked: Sequence[ReportTask] = ()
    ) -> None:
        """``listed`` are the tasks of the cycle's workbook; ``others`` are accepted as well.

        ``revoked`` were asked of the unit before a month was amended or cancelled: what is said of them is kept, and
        nothing is wrong with it.
        """
        self.listed, self.others, self.revoked = listed, others, revoked
        every = (*listed, *others, *revoked)
        self.by_key = {each.obligation.key: each for each in every}
        self._labels = {fold(each.label): each.obligation.key for each in reversed(every)}
        self._references: dict[tuple[str, str], str] = {}
        self._plain: dict[str, str] = {}
        for each in every:
            duty = each.obligation.duty.id
            self._references.setdefault((duty, fold(each.reference)), each.obligation.key)
            if fold(each.label) == fold(f"{duty} {each.obligation.duty.column}"):
                self._plain.setdefault(duty, each.obligation.key)
        # Without the name of the unit that was taken over it is the unit's own task, else that one's.
        for each in every:
            self._references.setdefault((each.obligation.duty.id, fold(each.obligation.reference)), each.obligation.key)
        taken_over = (each for each in listed if each.obligation.unit != each.unit and not each.backlog)
        for each in sorted(taken_over, key=lambda each: each.obligation.period, reverse=True):
            if not each.obligation.subject:
                self._plain.setdefault(each.obligation.duty.id, each.obligation.key)

    def of_label(self, text: str) -> str:
        """The obligation key of a task text: the label, else the id with its reference; empty for none."""
        text = clean(text)
        if key := self._labels.get(fold(text)):
            return key
        if not (found := _ID.match(text)):
            return ""
        duty = fold(found[1]).upper()
        reference = _REFERENCE.search(text)
        return self.of_row(duty, reference[1]) if reference else self._plain.get(duty, "")

    def of_row(self, duty: str, reference: str) -> str:
        """The obligation key of a 任务清单 row, by 编号 and 所属期; empty for none."""
        duty = fold(duty).upper()
        if not reference:
            return self._plain.get(duty, "")
        return self._references.get((duty, fold(reference)), "")

    def of_changed_row(self, answer: TaskAnswer, free: Iterable[str]) -> str:
        """The key among ``free`` that a row with a changed 编号 or 所属期 means by its 栏目; empty if ambiguous.

        A row with a well-formed period means that period, so nothing is guessed.
        """
        duty, reference = answer.task
        wanted = fold(answer.column)
        named = [each for key in free if fold((each := self.by_key[key]).obligation.duty.column) == wanted]
        if not (answer.column and named) or (_is_period(reference) and _WELL_FORMED.fullmatch(fold(duty).upper())):
            return ""
        by_id = [each for each in named if each.obligation.duty.id == fold(duty).upper()] or named
        by_period = [each for each in by_id if fold(each.reference) == fold(reference)] or by_id
        found = [each for each in by_period if each in self.listed] or by_period
        return found[0].obligation.key if len(found) == 1 else ""


def _is_period(text: str) -> bool:
    try:
        Period.parse(text)
    except ValueError:
        return False
    return True


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
    answers, answer_problems = _tie_answers(content.answers, tasks, locator, {each.row for each in asked})
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
    found += with_severities(_review_tasks(reviewed, context), policy.severities)
    owners = {context.row(item): item.obligation for item in items}
    revoked = {each.obligation.key for each in tasks.revoked}
    owned = [each for p in found if (each := _owned(p, owners)).obligation not in revoked]
    return replace(reviewed, problems=(*owned, *_told_of_revoked(reviewed, context)))


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


def _tie_answers(
    answers: Sequence[TaskAnswer], tasks: TaskLookup, locator: CellLocator, asked: Set[tuple[str, str]]
) -> tuple[list[TaskAnswer], list[Problem]]:
    """Every answer with its obligation's key; filled rows without one, or with a repeated one, come last."""
    keys, guesses = _keys_of_rows(answers, tasks, locator, asked)
    tied: dict[str, TaskAnswer] = {}
    loose: list[TaskAnswer] = []
    problems = guesses
    for answer, key in zip(answers, keys, strict=True):
        place = locator.place("tasks", "id", answer.row, answer.sheet)
        name = " ".join(answer.task).strip() or answer.column
        if not key:
            # A row as issued whose task is no longer the unit's says nothing; a changed one was typed by somebody.
            if not answer.is_empty or not _WELL_FORMED.fullmatch(fold(answer.task[0]).upper()):
                problems.append(problem("task_unlisted", place, value=name))
                loose.append(answer)
        elif key not in tied or (tied[key].is_empty and not answer.is_empty):
            tied[key] = replace(answer, obligation=key)
        elif not answer.is_empty:
            problems.append(problem("task_repeated", place, obligation=key, value=name))
            loose.append(answer)
    return [*tied.values(), *loose], problems


def _keys_of_rows(
    answers: Sequence[TaskAnswer], tasks: TaskLookup, locator: CellLocator, asked: Set[tuple[str, str]]
) -> tuple[list[str], list[Problem]]:
    """The obligation's key of every row, by 编号 and 所属期, else by 栏目 among those that no other row names."""
    rows = [(fold(answer.task[0]), fold(answer.task[1])) for answer in answers]
    keys = [
        tasks.of_row(*answer.task) if not asked or row in asked else ""
        for answer, row in zip(answers, rows, strict=True)
    ]
    problems: list[Problem] = []
    for number, answer in enumerate(answers):
        if keys[number]:
            continue
        free = tasks.by_key.keys() - set(keys)
        if key := tasks.of_changed_row(answer, free):
            keys[number] = key
            values = {"value": " ".join(answer.task).strip(), "column": answer.column, "label": tasks.by_key[key].label}
            headings = f"{locator.heading('tasks', 'id')}、{locator.heading('tasks', 'reference')}"
            place = locator.place("tasks", "id", answer.row, answer.sheet)
            problems.append(problem("task_guessed", place, obligation=key, headings=headings, **values))
    return keys, problems


def _review_item(item: Item, context: _Context) -> Iterator[Problem]:
    yield from _task_of(item, context)
    # What the reader could not understand is empty here but complained about already: one complaint per cell.
    for key in context.required:
        if key != "task" and item.value(key) in EMPTY and key not in item.unread:
            heading = context.heading(key)
            yield problem("item_field_missing", context.cell(item, key), obligation=item.obligation, heading=heading)
    yield from _dates_of(item, context)
    yield from _reviewers_of(item, context)
    yield from _companions_of(item, context)
    yield from _disguise_of(item, context)


def _task_of(item: Item, context: _Context) -> Iterator[Problem]:
    if item.task and not item.obligation:
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
        person = fold(name)  # 张 三 and Ａnn are 张三 and Ann
        if person and person in signed:
            values = {"first": context.heading(signed[person]), "second": context.heading(key), "value": name}
            place = context.cell(item, key)
            yield problem("item_reviewer_repeated", place, obligation=item.obligation, **values)
        elif person:
            signed[person] = key


def _companions_of(item: Item, context: _Context) -> Iterator[Problem]:
    listed = context.tasks.by_key.get(item.obligation)
    asked = listed.obligation.duty.companions if listed else ()
    for column in context.companions:
        key, value = column.key, item.value(column.key)
        if column.companion not in asked or item.type not in column.types or key in item.unread:
            continue
        if column.unless_none and item.value(column.unless_none) == 0:
            continue
        if value in EMPTY or (isinstance(value, str) and says_nothing(value)):
            said = "" if value in EMPTY else f"（填的是“{value}”）"
            values, code = {"heading": context.heading(key), "said": said}, _MISSING[column.companion]
            yield problem(code, context.cell(item, key), obligation=item.obligation, **values)


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


def _review_tasks(content: Return, context: _Context) -> Iterator[Problem]:
    """Problems where an answer, its statement and its items contradict each other."""
    items: dict[str, list[Item]] = defaultdict(list)
    for item in content.items:
        items[item.obligation].append(item)
    answers = {answer.obligation: answer for answer in content.answers}
    spoken_of = {*answers, *items}
    others = [each for each in context.tasks.others if each.obligation.key in spoken_of]
    for listed in (*context.tasks.listed, *others):
        key = listed.obligation.key
        yield from _review_task(listed, answers.get(key, TaskAnswer(key)), items.get(key, []), content, context)


def _told_of_revoked(content: Return, context: _Context) -> Iterator[Problem]:
    """A note for each task that is not asked any more and of which the return says something."""
    answers = {each.obligation: each for each in content.answers if not each.is_empty}
    items = {each.obligation: each for each in reversed(content.items)}
    for listed in context.tasks.revoked:
        key = listed.obligation.key
        if answer := answers.get(key):
            place = context.locator.place("tasks", "status", answer.row, answer.sheet)
        elif item := items.get(key):
            place = context.cell(item, "task")
        else:
            continue
        yield problem("task_revoked", place, obligation=key, value=listed.label)


def _review_task(
    listed: ReportTask, answer: TaskAnswer, items: Sequence[Item], content: Return, context: _Context
) -> Iterator[Problem]:
    key, value, count = listed.obligation.key, listed.label, len(items)

    def at(column: str) -> CellRef:
        return context.locator.place("tasks", column, answer.row, answer.sheet)

    if answer.status is AnswerStatus.NIL and not answer.statement:
        yield problem("nil_without_statement", at("statement"), obligation=key, value=value)
    if answer.status is AnswerStatus.NIL and items:
        yield problem("nil_with_items", at("status"), obligation=key, value=value, count=count)
    if answer.status is AnswerStatus.PENDING and items:
        yield problem("pending_with_items", at("status"), obligation=key, value=value, count=count)
    if answer.status is AnswerStatus.REPORTED and not items:
        yield problem("task_without_items", at("status"), obligation=key, value=value)
    if answer.statement and answer.status is not AnswerStatus.NIL:
        yield problem("statement_without_nil", at("statement"), obligation=key, value=value)
    valid = [item for item in items if item.valid]
    if valid and not satisfies(content, listed.obligation):
        yield problem("news_for_policy", at("status"), obligation=key, value=value)
    if listed.owed and not items and answer.status in {None, AnswerStatus.PENDING} and not answer.statement:
        yield problem("task_unanswered", at("status"), obligation=key, value=value)
