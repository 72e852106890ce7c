"""``zwgk generate``: one report workbook for every unit of a cycle."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from pathlib import Path

from zwgk_excel.domain.identity import sign_identity
from zwgk_excel.domain.obligations import Obligation, ReportTask, label, tasks_by_unit
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.prefilled import PrefilledRow
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.manuals import REPORT, REPORT_FILE, manual_bytes
from zwgk_excel.ledger import WorkbookRecord
from zwgk_excel.workbooks.contract.identity_sheet import added_text
from zwgk_excel.workbooks.report.content import asked_tasks, tasks_of
from zwgk_excel.workbooks.report.report_workbook import ReportContent, fingerprint, report_name
from zwgk_excel.workbooks.writing.files import write_atomic
from zwgk_excel.workbooks.writing.style import cell_text
from zwgk_excel.workflow.errors import UserError, reason_of, remedy_of
from zwgk_excel.workflow.issuing.common_values import common_values
from zwgk_excel.workflow.issuing.issued_months import issue
from zwgk_excel.workflow.office.context import Office, Progress, find_unit, no_progress, store_tables
from zwgk_excel.workflow.office.partial_files import remove_partial
from zwgk_excel.workflow.published.prefilling import Prefilling
from zwgk_excel.workflow.workers.reports import build_reports

_RECORDED = 100
"""So many workbooks are noted at a time."""


class WorkbookChange(StrEnum):
    """The change of a unit's workbook by a run."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Generated:
    """One unit's workbook."""

    unit: str
    path: Path
    change: WorkbookChange
    tasks: int
    prefilled: int = 0
    """Rows of 信息明细 that it goes out with."""


@dataclass(frozen=True, slots=True)
class _Draft:
    """The content of one unit's workbook."""

    content: ReportContent
    fingerprint: str
    path: Path
    change: WorkbookChange
    changes: bool
    """Whether its file must be written."""
    oldest_schema: int
    """Of all workbooks that the unit was sent for the cycle."""
    prefilled: tuple[PrefilledRow, ...] = ()
    """All rows that a workbook of the unit for the cycle ever went out with: any of these workbooks may come back."""


@dataclass(frozen=True, slots=True)
class Generation:
    """The result of ``generate`` for a cycle."""

    cycle: Month
    workbooks: tuple[Generated, ...]
    leftover: tuple[Path, ...]
    """Workbooks in the cycle's 发件箱 of units that owe nothing any more; left where they are."""
    lapsed: tuple[Obligation, ...] = ()
    """What the workbooks of the month before still listed as 补报, and these do not any more (``carry_months``)."""
    provisional: tuple[int, ...] = ()
    """The years without an announced calendar that moved dates of its tasks rest on."""


def generate(
    office: Office,
    cycle: Month,
    *,
    units: Sequence[str] = (),
    as_of: date,
    who: str = "",
    sure: bool = False,
    as_issued: bool = False,
    progress: Progress = no_progress,
) -> Generation:
    """Issue ``cycle`` where it is not issued yet, and write its workbooks into its 发件箱, for all units or some.

    What is owed is recorded for the whole month with the first workbook. Unchanged workbooks keep their issue date and
    so their bytes. ``sure`` issues also a month far ahead or before the first one; ``as_issued`` makes the workbooks of
    an issued month whatever the tables say by now. Raises UserError for an unknown unit, one that owes nothing, a cycle
    that is closed, and a file that cannot be written; TablesChangedError and UnusualMonthError as
    :func:`zwgk_excel.workflow.issuing.issued_months.issue` does.
    """
    _refuse_closed(office, cycle)
    with office.ledger.exclusive():
        remove_partial(office, office.workspace.outbox(cycle))
        office.issues.reload()
        tasks, lapsed = office.listing_and_lapsed(cycle, as_of)
        listed = tasks_by_unit(tasks)
        wanted = _wanted(office, units, listed, cycle)
        issue(office, cycle, on=as_of, who=who, sure=sure, as_issued=as_issued)
        store_tables(office)
        known = office.ledger.workbooks(cycle)
        left = lapsed_by_unit(office, cycle, lapsed)
        prefill = Prefilling(office, cycle)
        drafts = [
            _draft(office, cycle, unit, listed[unit], left(unit), known.get(unit), as_of, prefill) for unit in wanted
        ]
        books = build_reports(draft.content for draft in drafts if draft.changes)
        done: list[Generated] = []
        written = 0
        with _recording(office) as record:
            for count, draft in enumerate(drafts):
                progress(count, len(drafts), draft.content.unit)
                if draft.changes:
                    record(_written(office, draft, next(books), written))
                    written += 1
                content = draft.content
                done.append(
                    Generated(content.unit, draft.path, draft.change, len(content.listed), len(content.prefilled))
                )
        _put_manual(office, cycle)
        progress(len(wanted), len(wanted), "")
    names = {report_name(unit, cycle) for unit in listed}
    folder = office.workspace.outbox(cycle)
    leftover = tuple(path for path in sorted(folder.glob("*.xlsx")) if path.name not in names)
    provisional = office.provisional_years(each.obligation for each in tasks)
    return Generation(cycle, tuple(done), () if units else leftover, lapsed, provisional)


def _put_manual(office: Office, cycle: Month) -> None:
    """Put 填报手册 beside a month's workbooks, for an office that mails them by hand.

    Not where no unit is to get it (``mail.manual``). One that lies there is kept: the office may have written in it.
    """
    path = office.workspace.outbox(cycle) / REPORT_FILE
    if office.workspace.settings.mail.manual == "never" or path.exists():
        return
    try:
        write_atomic(path, manual_bytes(REPORT))
    except OSError as error:
        told = f"无法写入“{path}”：{reason_of(error)}；报送表都已生成，{remedy_of(error)}后再次运行。"
        raise UserError(told) from None


def behind_amendment(office: Office, cycle: Month, as_of: date) -> tuple[str, ...]:
    """The units whose tasks of an issued month were amended and whose workbooks are still those of before.

    There are such where a run that amended was killed before it had made them.
    """
    tasks, lapsed = office.listing_and_lapsed(cycle, as_of)
    listed, left, known = tasks_by_unit(tasks), lapsed_by_unit(office, cycle, lapsed), office.ledger.workbooks(cycle)
    units = [unit for unit in office.issues.issue(cycle).amended if unit in listed]
    prefill = Prefilling(office, cycle) if units else None
    drafts = (_draft(office, cycle, unit, listed[unit], left(unit), known.get(unit), as_of, prefill) for unit in units)
    return tuple(each.content.unit for each in drafts if each.changes)


def lapsed_by_unit(
    office: Office, cycle: Month, lapsed: Sequence[Obligation]
) -> Callable[[str], tuple[Obligation, ...]]:
    """A function that gives those of the obligations that a unit answers for in a cycle."""
    answering = office.issues.issue(cycle).successor
    return lambda unit: tuple(each for each in lapsed if answering(each.unit) == unit)


def _refuse_closed(office: Office, cycle: Month) -> None:
    if any(record.cycle == cycle and record.closed_at for record in office.ledger.cycles()):
        raise UserError(f"{cycle} 已结账，不能再生成报送表；未报的任务会列入以后月份的补报。")


def _wanted(office: Office, units: Sequence[str], listed: dict[str, tuple[ReportTask, ...]], cycle: Month) -> list[str]:
    names = [find_unit(office, unit) for unit in units] or [u.name for u in office.units() if u.name in listed]
    for name in names:
        if name not in listed:
            raise UserError(f"“{name}”在 {cycle} 没有报送任务；请核对责任分工表和启用、停用月份。")
    return list(dict.fromkeys(names))


def _draft(
    office: Office,
    cycle: Month,
    unit: str,
    listed: tuple[ReportTask, ...],
    lapsed: Sequence[Obligation],
    known: WorkbookRecord | None,
    as_of: date,
    prefill: Prefilling | None,
) -> _Draft:
    # Once a unit has its workbook, what it went out with stays, whatever is imported later.
    rows = known.prefilled if known else prefill.rows(unit, listed) if prefill else ()
    shown = listed_rows(rows, listed)
    content = replace(_content(office, cycle, unit, listed, lapsed, as_of), prefilled=shown)
    mark = fingerprint(content)
    path = office.workspace.outbox(cycle) / report_name(unit, cycle)
    schema: int = layout("report").settings["schema"]
    oldest = min(schema, known.oldest_schema) if known else schema
    if known is None or known.fingerprint != mark:
        content = _with_common(office, content)
        change = WorkbookChange.CHANGED if known else WorkbookChange.NEW
        return _Draft(content, mark, path, change, changes=True, oldest_schema=oldest, prefilled=rows)
    whole = _is_as_made(path, known.sha256)
    if not whole:
        plain = _content(office, cycle, unit, listed, lapsed, known.issued_on)
        content = _with_common(office, replace(plain, prefilled=shown))
    unchanged = WorkbookChange.UNCHANGED
    return _Draft(content, mark, path, unchanged, changes=not whole, oldest_schema=oldest, prefilled=rows)


def listed_rows(rows: Iterable[PrefilledRow], listed: Iterable[ReportTask]) -> tuple[PrefilledRow, ...]:
    """The prefilled rows whose task the workbook still lists: an amendment may have taken it away."""
    labels = {cell_text(each.label) for each in listed}
    return tuple(row for row in rows if row.task in labels)


def _is_as_made(path: Path, sha256: str) -> bool:
    try:
        return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == sha256
    except OSError as error:
        raise UserError(f"“{path.name}”不能读取：{reason_of(error)}；{remedy_of(error)}后再次运行。") from None


def is_outdated(
    office: Office, record: WorkbookRecord, listed: tuple[ReportTask, ...], lapsed: Sequence[Obligation]
) -> bool:
    """Whether a workbook that was made is not what :func:`generate` would make of these tasks now."""
    content = _content(office, record.cycle, record.unit, listed, lapsed, record.issued_on)
    return fingerprint(replace(content, prefilled=listed_rows(record.prefilled, listed))) != record.fingerprint


@contextmanager
def _recording(office: Office) -> Iterator[Callable[[WorkbookRecord], None]]:
    """Gives a function that records workbooks in groups, the last group also on an error.

    When the process is killed a few are not recorded; the next run makes them again.
    """
    waiting: list[WorkbookRecord] = []

    def flush() -> None:
        office.ledger.record_workbooks(waiting)
        waiting.clear()

    def record(written: WorkbookRecord) -> None:
        waiting.append(written)
        if len(waiting) >= _RECORDED:
            flush()

    try:
        yield record
    finally:
        if waiting:
            flush()


def _written(office: Office, draft: _Draft, data: bytes, before: int) -> WorkbookRecord:
    """Write a workbook; returns its record. ``before`` it so many were written."""
    try:
        write_atomic(draft.path, data)
    except OSError as error:
        done = f"这次已写好 {before} 份" if before else "这次还没有写成一份"
        raise UserError(
            f"无法写入“{draft.path}”：{reason_of(error)}。{done}；{draft.content.cycle} 的任务已记为下发，"
            f"{remedy_of(error)}后再次运行，接着生成其余的。"
        ) from None
    return WorkbookRecord(
        cycle=draft.content.cycle,
        unit=draft.content.unit,
        fingerprint=draft.fingerprint,
        issued_on=draft.content.issued_on,
        file=office.workspace.relative(draft.path),
        sha256=hashlib.sha256(data).hexdigest(),
        oldest_schema=draft.oldest_schema,
        prefilled=draft.prefilled,
    )


def _content(
    office: Office,
    cycle: Month,
    unit: str,
    listed: tuple[ReportTask, ...],
    lapsed: Iterable[Obligation],
    issued_on: date,
) -> ReportContent:
    settings = office.workspace.settings.office
    schema = layout("report").settings["schema"]
    content = ReportContent(
        unit=unit,
        cycle=cycle,
        issued_on=issued_on,
        listed=listed,
        mailbox=settings.mailbox,
        office=settings.name,
        amended_on=office.issues.issue(cycle).amended.get(unit),
        signature="",
        officers=_officers(office, cycle, unit, listed),
        contact=(settings.contact, settings.telephone),
        publish_within=office.issues.issue(cycle).publish_within,
        lapsed=tuple(label(each, plain=False, by=unit) for each in lapsed),
    )
    signed = unit, cycle, issued_on, added_text(), asked_tasks(tasks_of(listed))
    return replace(content, signature=sign_identity(office.ledger.key, schema, *signed))


def _with_common(office: Office, content: ReportContent) -> ReportContent:
    return replace(content, common=common_values(office, content.unit, content.cycle))


def _officers(office: Office, cycle: Month, unit: str, listed: Sequence[ReportTask]) -> tuple[tuple[str, str], ...]:
    """(Task, who reports it) in the order of the tasks, a duty once; by the roster of today, as addresses are."""
    duties = {each.obligation.duty.id: each.obligation.duty for each in listed}
    contacts: dict[str, list[str]] = {}
    for each in office.roster.officers_of(unit, duties, cycle):
        contacts.setdefault(each.duty, []).append(each.contact)
    return tuple(
        (f"{duty.id} {duty.column}", "；".join(filter(None, contacts[duty.id])))
        for duty in duties.values()
        if any(contacts.get(duty.id, ()))
    )
