"""临时任务: a task by a date of its own, added to the duty table's second sheet, or cancelled there.

Where the month of its date is issued already, that is amended by this task alone, whatever else the tables say by now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from zwgk_excel.domain.acts import Act, ActKind
from zwgk_excel.domain.issues import issued_duty
from zwgk_excel.domain.lint.one_off_tasks import LONGEST_TITLE, title_fault
from zwgk_excel.domain.lint.tables import ReferenceTables, TableRow
from zwgk_excel.domain.obligations import Obligation, one_off_obligations
from zwgk_excel.domain.one_off_tasks import OneOffTask
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.problems import CellRef
from zwgk_excel.domain.table_edits import CellEdit, EditedTable
from zwgk_excel.domain.text import clean, fold
from zwgk_excel.layout import seed
from zwgk_excel.layout.words import word
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.issuing.generation import Generation, generate
from zwgk_excel.workflow.issuing.issued_months import amend
from zwgk_excel.workflow.office.context import Office, Progress, find_unit, no_progress
from zwgk_excel.workflow.office.table_files import finish_table_edit, prepare_edit

_SEPARATOR = "、"


@dataclass(frozen=True, slots=True)
class TaskPlan:
    """A one-off task that is not added, or not cancelled, yet."""

    kind: ActKind
    task: OneOffTask
    obligations: tuple[Obligation, ...]
    """What comes, or goes, with it."""
    edits: tuple[CellEdit, ...]
    places: tuple[CellRef, ...]
    """The cell of each edit."""
    amends: bool
    """Whether its month is issued, and is amended therefore."""


@dataclass(frozen=True, slots=True)
class TaskDone:
    """A one-off task added or cancelled."""

    act: Act
    generation: Generation | None
    """The workbooks that were made anew; None where its month is not issued yet, or nobody has a task left in it."""


def plan_task(
    office: Office,
    title: str,
    *,
    units: Sequence[str],
    due: date,
    final: date | None = None,
    duty: str = "",
    content: str = "",
) -> TaskPlan:
    """A task for ``units`` (names, aliases, groups) by ``due``, of the duty for special reports where none is named.

    Nothing is written. Raises UserError for a title that cannot be one, unknown units and duties, a date that is over
    or in a closed month, the same task once more, and where the table cannot be written.
    """
    _require_finished(office)
    name = clean(title)
    if title_fault(name):
        raise UserError(f"任务名称应为 {LONGEST_TITLE} 个字以内、不含斜线的文字；请修改。")
    if due < office.now().date():
        raise UserError(f"时限 {due} 已经过了；请核对日期。")
    if final is not None and final < due:
        raise UserError(f"{final} 早于报送时限 {due}；请核对最迟时限。")
    owners = [_owner(office, each, Month.of(due)) for each in units]
    if not owners:
        raise UserError("请用 --unit 写明由哪些单位报送。")
    number = _next_id(office)
    cells = {
        "id": number,
        "title": name,
        "duty": _duty(office, duty),
        "owners": _SEPARATOR.join(dict.fromkeys(owners)),
        "due": due.isoformat(),
        "final": final.isoformat() if final and final != due else "",
        "content": content.strip(),
    }
    edits = [CellEdit(EditedTable.TASKS, number, key, "", text) for key, text in cells.items() if text]
    return _plan(office, ActKind.ADD_TASK, number, edits)


def plan_cancellation(office: Office, task: str) -> TaskPlan:
    """A one-off task that is not asked for any more; raises UserError for an unknown id, and one that is cancelled."""
    _require_finished(office)
    wanted = fold(task).upper()
    found = next((each for each in _tables(office).tasks if each.id == wanted), None)
    if found is None:
        raise UserError(f"没有临时任务“{task}”，或者已经取消；请用 zwgk task list 查看编号。")
    row = _tables(office).rows[found.id]
    edit = CellEdit(EditedTable.TASKS, found.id, "cancelled", row["cancelled"], word("yes_no", "yes"))
    return _plan(office, ActKind.CANCEL_TASK, found.id, [edit])


def carry_out_task(
    office: Office, plan: TaskPlan, *, who: str, reason: str, progress: Progress = no_progress
) -> TaskDone:
    """Record the act, write the table, and amend the month and its workbooks where it is issued.

    A run that is killed meanwhile leaves a table that differs from what was issued: ``generate --amend`` finishes it.
    Raises UserError, and changes nothing, without a reason, and as :func:`plan_task` does.
    """
    if not reason.strip():
        raise UserError("请用 --reason 写明理由。")
    month, today = plan.task.month, office.now().date()
    with office.ledger.exclusive():
        office.issues.reload()
        _require_not_closed(office, month)
        prepare_edit(office.workspace, plan.edits)
        act = office.ledger.record_table_edit(
            plan.kind,
            [each.change for each in plan.edits],
            cycle=month,
            units=dict.fromkeys(each.unit for each in plan.obligations),
            who=who,
            reason=reason,
        )
        finish_table_edit(office.workspace, office.ledger)
        office.reload_tables()
        if month not in office.issued():
            return TaskDone(act, None)
        keys = {each.key for each in plan.obligations}
        amend(office, month, on=today, who=who, reason=reason, only=keys)
        owing = {each.unit for each in office.listing(month, today)}
        answering = office.issues.issue(month).successor
        units = [unit for each in plan.obligations if (unit := answering(each.unit)) in owing]
        done = generate(office, month, units=units, as_of=today, as_issued=True, progress=progress) if units else None
    return TaskDone(act, done)


@dataclass(frozen=True, slots=True)
class ListedTask:
    """A row of 临时任务, as ``zwgk task list`` shows it."""

    id: str
    cells: TableRow
    task: OneOffTask | None
    """None where it is cancelled."""
    issued: bool
    """Whether its month is."""


def listed_tasks(office: Office) -> tuple[ListedTask, ...]:
    """Every row of 临时任务, in the order of the sheet."""
    tables, issued = _tables(office), office.issued()
    standing = {each.id: each for each in tables.tasks}
    return tuple(
        ListedTask(key, row, standing.get(key), key in standing and standing[key].month in issued)
        for key, row in _rows(tables).items()
    )


def _plan(office: Office, kind: ActKind, number: str, edits: Sequence[CellEdit]) -> TaskPlan:
    prepared = prepare_edit(office.workspace, edits)
    tables = _tables(office) if kind is ActKind.CANCEL_TASK else prepared.tables
    task = next(each for each in tables.tasks if each.id == number)
    _require_not_closed(office, task.month)
    duty = next(each for each in tables.duties if each.id == task.duty)
    policy = office.workspace.settings.policy
    obligations = tuple(one_off_obligations(task, issued_duty(duty), tables.roster, policy))
    if not obligations:
        raise UserError(f"{task.month} 没有一个单位要报“{task.title}”；请核对单位和单位组。")
    return TaskPlan(kind, task, obligations, tuple(edits), prepared.places, task.month in office.issued())


def _tables(office: Office) -> ReferenceTables:
    assert office.tables is not None
    return office.tables


def _rows(tables: ReferenceTables) -> Mapping[str, TableRow]:
    name = seed.task_sheet_name()
    return {key: row for key, row in tables.rows.items() if row.place.sheet == name}


def _require_finished(office: Office) -> None:
    if (left := office.ledger.table_edit()) is not None:
        raise UserError(f"第 {left[0]} 号办理还没有写进表里；请先按提示处理，或用 zwgk undo 撤销它。")


def _require_not_closed(office: Office, month: Month) -> None:
    if any(record.cycle == month and record.closed_at for record in office.ledger.cycles()):
        raise UserError(f"{month} 已结账，不能再增减任务；请先用 zwgk reopen {month} --reason 理由 撤销结账。")


def _next_id(office: Office) -> str:
    numbers = [int(key[1:]) for key in _rows(_tables(office)) if key[:1] == "T" and key[1:].isdecimal()]
    return f"T{max(numbers, default=0) + 1:02}"


def _duty(office: Office, text: str) -> str:
    """The id of a duty; without one that of the only duty for special reports."""
    if not text.strip():
        special = [each.id for each in office.duties if each.category == word("category", "special_report")]
        if len(special) != 1:
            raise UserError("请用 --duty 写明属于责任分工表的哪一项，如 D40。")
        return special[0]
    wanted = fold(text).upper()
    if all(each.id != wanted for each in office.duties):
        raise UserError(f"责任分工表中没有“{text}”；请核对编号，如 D40。")
    return wanted


def _owner(office: Office, text: str, month: Month) -> str:
    """The proper name of a unit or a group."""
    groups = {*office.roster.kind_groups, *seed.office_groups(), *(g for unit in office.roster for g in unit.groups)}
    group = next((each for each in groups if fold(each) == fold(text)), "")
    return group or office.roster.successor(find_unit(office, text), month)
