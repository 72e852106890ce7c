"""The content of a report workbook as plain texts and flags, and its fingerprint."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import astuple, dataclass, replace
from datetime import date
from functools import cache

from zwgk_excel.domain.deadlines import PUBLISH_WITHIN
from zwgk_excel.domain.duties import Cadence
from zwgk_excel.domain.file_names import UNIT_BYTES, safe_part
from zwgk_excel.domain.identity import AskedTask
from zwgk_excel.domain.obligations import ListedAs, ReportTask, listed_as
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.prefilled import PrefilledRow
from zwgk_excel.domain.text import clean
from zwgk_excel.domain.tracking import Outcome
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.resources import read_text
from zwgk_excel.layout.words import word, words
from zwgk_excel.workbooks.report.self_check import TaskFlags
from zwgk_excel.workbooks.writing.style import cell_text

LAYOUT_REVISION = 12
"""Raise it when the workbook changes in a way that neither the templates nor the content show."""
BACKLOG = "补报"
UNDATED = "undated"
WHENEVER = "有信息即报"
"""What is said of tasks without a date."""

_TEMPLATES = ("report.toml", "cover.txt")


@dataclass(frozen=True, slots=True)
class ReportContent:
    """The input of one unit's workbook for one cycle."""

    unit: str
    cycle: Month
    issued_on: date
    listed: tuple[ReportTask, ...]
    mailbox: str
    office: str
    signature: str
    """Hexadecimal, from ``domain.identity.sign_identity`` over the same unit, cycle, issue date and tasks."""
    amended_on: date | None = None
    """The day of its last amendment (更正下发); None for none."""
    officers: tuple[tuple[str, str], ...] = ()
    """(Task, who reports it with telephones) of those of its duties for which the roster names somebody."""
    common: tuple[tuple[str, str], ...] = ()
    """(Column key, value) of what the unit most probably fills in the common cells of the cover; it may change it."""
    contact: tuple[str, str] = ("", "")
    """Whom in the office to ask, and the telephone number; empty texts for none."""
    prefilled: tuple[PrefilledRow, ...] = ()
    """Rows of 信息明细 that it goes out with, for the unit to complete."""
    publish_within: int = PUBLISH_WITHIN
    """Working days within which information is to be published, as frozen with the issue."""
    lapsed: tuple[str, ...] = ()
    """Tasks that the workbooks before still listed and this one does not (``carry_months``)."""


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One row of 任务清单: its locked texts and the flags for the self-check."""

    label: str
    id: str
    category: str
    column: str
    content: str
    requirement: str
    reference: str
    due: str
    due_on: date | None
    final_on: date | None
    flags: TaskFlags
    owed: bool
    backlog: bool

    def text(self, key: str) -> str:
        """The text of a locked column."""
        return str(getattr(self, key))


def tasks_of(listed: Iterable[ReportTask]) -> tuple[TaskRow, ...]:
    """The rows of 任务清单, in the order given."""
    rows = [_task(each) for each in listed]
    named = Counter(row.flags.other_names[0].casefold() for row in rows)
    return tuple(row if named[row.flags.other_names[0].casefold()] == 1 else _unnamed(row) for row in rows)


def _unnamed(row: TaskRow) -> TaskRow:
    """The row of a task whose 栏目 is also that of another one: alone it means neither."""
    return replace(row, flags=replace(row.flags, other_names=("", *row.flags.other_names[1:])))


def asked_tasks(rows: Iterable[TaskRow]) -> tuple[AskedTask, ...]:
    """What the signature covers of the rows of 任务清单, as the reader reads it back."""
    return tuple(AskedTask(clean(each.id), clean(each.reference), clean(each.due)) for each in rows)


def _task(listed: ReportTask) -> TaskRow:
    duty = listed.obligation.duty
    return TaskRow(
        label=cell_text(listed.label),
        id=cell_text(duty.id),
        category=cell_text(words("category").get(duty.category, duty.category)),
        column=cell_text(duty.column),
        content=cell_text(duty.content),
        requirement=cell_text(duty.requirement),
        reference=cell_text(listed.reference),
        due=_due(listed),
        due_on=listed.due,
        final_on=listed.final,
        flags=TaskFlags.of(listed),
        owed=listed.owed,
        backlog=listed.backlog,
    )


def _due(listed: ReportTask) -> str:
    obligation = listed.obligation
    if not obligation.mandatory:
        return word("mandatory", "no")
    if obligation.due is None:
        return word("cadence", Cadence.ON_DEMAND)
    if listed.decisions.waived:
        return word("outcome", Outcome.WAIVED)
    if listed.due != obligation.due:
        moved = extended_words(str(listed.due), str(obligation.due))
        return f"{BACKLOG}：{moved}" if listed.backlog else moved
    return f"{BACKLOG}（原时限 {obligation.due}）" if listed.backlog else str(obligation.due)


def tasks_by_kind(listed: Iterable[ReportTask], cycle: Month) -> dict[str, list[ReportTask]]:
    """The tasks of workbooks of a month by codes of :class:`zwgk_excel.domain.obligations.ListedAs`, in their order.

    Those without a date are under UNDATED.
    """
    found: dict[str, list[ReportTask]] = {kind: [] for kind in (*ListedAs, UNDATED)}
    for each in listed:
        found[listed_as(each.obligation, cycle) or UNDATED].append(each)
    return found


def format_task_counts(listed: Iterable[ReportTask], cycle: Month) -> str:
    """The numbers of tasks that workbooks of a month list: ``本月应报 3 项（其中免报 1 项），有信息即报 2 项``."""
    parts = []
    for kind, tasks in tasks_by_kind(listed, cycle).items():
        shown = WHENEVER if kind == UNDATED else word("listed_as", kind)
        waived = sum(each.decisions.waived for each in tasks)
        among = f"（其中{word('outcome', Outcome.WAIVED)} {waived} 项）" if waived else ""
        parts += [f"{shown} {len(tasks)} 项{among}"] if tasks else []
    return "，".join(parts) or "本月没有报送任务"


def extended_words(due: str, original: str) -> str:
    """A due date as units read it, with the one it was extended from."""
    return due if due == original else f"{due}（原 {original}，已延期）"


def format_cycle(cycle: Month) -> str:
    """``2026年11月``."""
    return f"{cycle.year}年{cycle.month}月"


def report_name(unit: str, cycle: Month) -> str:
    """The workbook's file name."""
    return file_name(layout("report").file_name, unit, cycle)


def file_name(pattern: str, unit: str, cycle: Month) -> str:
    """A file name for a unit and cycle, valid on Windows and of a length that mail systems accept."""
    return pattern.format(unit=safe_part(unit, UNIT_BYTES), cycle=cycle)


@cache
def list_names() -> tuple[str, ...]:
    """The lists of ``lists.toml`` that the workbook contains whole, for its dropdowns.

    Single labels of other lists come with its tasks.
    """
    inputs = (column for key in ("tasks", "items") for column in layout("report")[key].inputs)
    return tuple(dict.fromkeys(column.list for column in inputs if column.is_coded))


def fingerprint(content: ReportContent) -> str:
    """SHA-256 over all that the workbook shows except the day of issue, the signature over it, and the common values.

    Contents with equal fingerprints give equal workbooks but for these: that a unit has reported since, and its common
    values may be others, makes no other workbook of the one that it has. What the workbook does not show, such as the
    other owners of a duty, is not part of it.
    """
    shown: tuple[str, ...] = (content.unit, str(content.cycle), content.mailbox, content.office)
    if content.amended_on:
        shown += (content.amended_on.isoformat(),)
    if content.officers:
        shown += (repr(content.officers),)
    if any(content.contact):
        shown += (repr(content.contact),)
    if content.lapsed:
        shown += (repr(content.lapsed),)
    if content.publish_within != PUBLISH_WITHIN:
        shown += (repr(content.publish_within),)
    if content.prefilled:
        shown += (repr(content.prefilled),)
    tasks = [astuple(task) for task in tasks_of(content.listed)]
    lists = [(name, *words(name).items()) for name in list_names()]
    parts = [str(LAYOUT_REVISION), repr(shown), repr(tasks), repr(lists), *(read_text(name) for name in _TEMPLATES)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
