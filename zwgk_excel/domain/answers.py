"""The answers of a return: rows of 任务清单 tied to obligations, and reviewed together with the items."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence, Set
from dataclasses import replace
from datetime import date

from zwgk_excel.domain.cell_locator import CellLocator
from zwgk_excel.domain.companions import says_nothing
from zwgk_excel.domain.obligations import Obligation, ReportTask
from zwgk_excel.domain.problems import CellRef, Problem, problem
from zwgk_excel.domain.returns import AnswerStatus, Item, Return, TaskAnswer
from zwgk_excel.domain.task_lookup import WELL_FORMED_ID, TaskLookup
from zwgk_excel.domain.text import fold
from zwgk_excel.domain.tracking import satisfies


def tie_answers(
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
            if not answer.is_empty or not WELL_FORMED_ID.fullmatch(fold(answer.task[0]).upper()):
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


def review_tasks(content: Return, tasks: TaskLookup, locator: CellLocator, received_on: date) -> Iterator[Problem]:
    """Problems where an answer, its statement and its items contradict each other, or a nil report comes too early."""
    items: dict[str, list[Item]] = defaultdict(list)
    for item in content.items:
        items[item.obligation].append(item)
    answers = {answer.obligation: answer for answer in content.answers}
    spoken_of = {*answers, *items}
    others = [each for each in tasks.others if each.obligation.key in spoken_of]
    for listed in (*tasks.listed, *others):
        key = listed.obligation.key
        answer = answers.get(key, TaskAnswer(key))
        yield from _review_task(listed, answer, items.get(key, []), content, locator, received_on)


def with_sound_statement(answer: TaskAnswer, listed: ReportTask | None, received_on: date) -> TaskAnswer:
    """An answer; a nil report without its statement where that only fills the cell (无, /), or says of a period that
    has not begun that nothing happens in it: it counts as the empty one."""
    if answer.status is not AnswerStatus.NIL:
        return answer
    is_early = listed is not None and _is_too_early(listed.obligation, received_on)
    return replace(answer, statement="") if is_early or says_nothing(answer.statement) else answer


def _is_too_early(obligation: Obligation, received_on: date) -> bool:
    """Whether nobody can know yet that nothing happens in the period of an obligation: it has not begun.

    Before the period has ended it is usual, because reports are due before its end.
    """
    return received_on < obligation.period.first.first


def told_of_revoked(content: Return, tasks: TaskLookup, locator: CellLocator) -> Iterator[Problem]:
    """A note for each task that is not asked any more and of which the return says something."""
    answers = {each.obligation: each for each in content.answers if not each.is_empty}
    items = {each.obligation: each for each in reversed(content.items)}
    for listed in tasks.revoked:
        key = listed.obligation.key
        if answer := answers.get(key):
            place = locator.place("tasks", "status", answer.row, answer.sheet)
        elif item := items.get(key):
            place = locator.place("items", "task", item.row, item.sheet)
        else:
            continue
        yield problem("task_revoked", place, obligation=key, value=listed.label)


def _review_task(
    listed: ReportTask,
    answer: TaskAnswer,
    items: Sequence[Item],
    content: Return,
    locator: CellLocator,
    received_on: date,
) -> Iterator[Problem]:
    key, value, count = listed.obligation.key, listed.label, len(items)

    def at(column: str) -> CellRef:
        return locator.place("tasks", column, answer.row, answer.sheet)

    if answer.status is AnswerStatus.NIL and not items and not listed.obligation.duty.nil:
        yield problem("nil_refused", at("status"), obligation=key, value=value)
    elif answer.status is AnswerStatus.NIL and not items and _is_too_early(listed.obligation, received_on):
        values = {"received": received_on, "first": listed.obligation.period.first.first}
        yield problem("nil_too_early", at("status"), obligation=key, value=value, **values)
    elif answer.status is AnswerStatus.NIL and not items and says_nothing(answer.statement):
        said = f"（填的是“{answer.statement}”）" if answer.statement else ""
        yield problem("nil_without_statement", at("statement"), obligation=key, value=value, said=said)
    if answer.status is AnswerStatus.NIL and items:
        yield problem("nil_with_items", at("status"), obligation=key, value=value, count=count)
    if answer.status is AnswerStatus.PENDING and items:
        yield problem("pending_with_items", at("status"), obligation=key, value=value, count=count)
    backlog = listed.backlog and listed.expected
    if answer.status is AnswerStatus.REPORTED and not items and not backlog:
        yield problem("task_without_items", at("status"), obligation=key, value=value)
    if answer.statement and answer.status is not AnswerStatus.NIL:
        counted = "" if items or answer.status is AnswerStatus.REPORTED else "，现按没有填报计"
        yield problem("statement_without_nil", at("statement"), obligation=key, value=value, counted=counted)
    valid = [item for item in items if item.valid]
    if valid and not satisfies(content, listed.obligation):
        types = listed.obligation.duty.unfit_types
        fit, unfit = locator.words_of_types(locator.type_words.keys() - types), locator.words_of_types(types)
        yield problem("news_for_policy", at("status"), obligation=key, value=value, fit=fit, unfit=unfit)
    unsaid = answer.status in {None, AnswerStatus.PENDING} and not answer.statement
    # Of an earlier month the unit may have sent its own workbook, of which this one knows nothing: 自查 only asks.
    if listed.expected and not items and (unsaid or (backlog and answer.status is AnswerStatus.REPORTED)):
        yield problem("task_unanswered", at("status"), obligation=key, value=value)
