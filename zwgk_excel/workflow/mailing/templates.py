"""Mail texts: the office's templates (else the shipped ones) rendered with values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from zwgk_excel.domain.column_updates import ColumnUpdate
from zwgk_excel.domain.mend_time import MendTime
from zwgk_excel.domain.obligations import ListedAs, Obligation, ReportTask, reference_of
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.reconciliation import Reconciled
from zwgk_excel.domain.reminders import Reminder, due_of, owed_by
from zwgk_excel.domain.returns import Receipt
from zwgk_excel.domain.subject_codes import reply_code
from zwgk_excel.domain.tracking import ObligationStatus
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.resources import names, read_text
from zwgk_excel.layout.words import word
from zwgk_excel.mail.text import MailTable, PlaceholderValue, RenderedMail, TemplateError, render
from zwgk_excel.workbooks.correction.complaints import count
from zwgk_excel.workbooks.report.content import UNDATED, extended_words, format_cycle, tasks_by_kind, tasks_of
from zwgk_excel.workbooks.report.cover import day_words, deadline
from zwgk_excel.workbooks.writing.files import write_atomic
from zwgk_excel.workflow.errors import UserError, reason_of
from zwgk_excel.workflow.intake.mend_times import cost_words, mend_values
from zwgk_excel.workflow.mailing.asked_corrections import (
    AskedCorrection,
    problem_table,
    returned_table,
    task_table,
)
from zwgk_excel.workflow.office.context import Office
from zwgk_excel.workflow.office.workspace import Workspace
from zwgk_excel.workflow.published.line_words import titles_of
from zwgk_excel.workflow.tracking.feedback import feedback_due


def export_texts(workspace: Workspace) -> tuple[tuple[Path, bool], ...]:
    """Copy the shipped mail texts into 邮件文字/ for the office to edit; existing ones are not changed.

    Returns (path, whether it is new) of each. Raises UserError where one cannot be written.
    """
    places = [workspace.mail_texts / name for name in names("mail_", ".txt")]
    return tuple((place, not place.exists() and _put(place)) for place in places)


def _put(path: Path) -> bool:
    # The mark and the line ends are for the Notepad of an old Windows, which knows UTF-8 and lines by them alone.
    data = read_text(path.name).replace("\n", "\r\n").encode("utf-8-sig")
    try:
        return write_atomic(path, data)
    except OSError as error:
        raise UserError(f"无法写入“{path}”：{reason_of(error)}；排除后再次运行即可。") from None


def workbook_text(
    office: Office,
    unit: str,
    cycle: Month,
    listed: Iterable[ReportTask],
    *,
    lapsed: Iterable[Obligation] = (),
    correction: bool,
    feedback: str = "",
    unfilled: str = "",
    manual: str = "",
    prefilled: int = 0,
) -> RenderedMail:
    """The mail with a unit's report workbook; raises UserError for a template that cannot be rendered.

    ``lapsed`` are the unit's obligations that are asked for no more from this cycle on; ``feedback`` names its
    consultations whose result is still to be told, ``unfilled`` the entries of the catalogue that it never filled;
    ``manual`` is the file name of 填报手册 where it goes along; ``prefilled`` is how many rows of 信息明细 the workbook
    goes out with.
    """
    left = [(*_named(each, unit), _day(each.due, each)) for each in lapsed]
    tasks = tuple(listed)
    kinds = tasks_by_kind((each for each in tasks if not each.decisions.waived), cycle)
    officers = _officers(office, unit, cycle)
    values: dict[str, PlaceholderValue] = {
        "due": deadline(tasks_of(tasks)).due_words,
        "tasks": _listing(kinds[ListedAs.OWN], officers),
        "task_count": str(len(kinds[ListedAs.OWN]) or ""),
        "backlog": _listing(kinds[ListedAs.BACKLOG], officers),
        "backlog_count": str(len(kinds[ListedAs.BACKLOG]) or ""),
        "early": _listing(kinds[ListedAs.EARLY], officers),
        "early_count": str(len(kinds[ListedAs.EARLY]) or ""),
        "other_count": str(len(kinds[UNDATED]) or ""),
        "lapsed": MailTable(_headings(), tuple(left)),
        "lapsed_count": str(len(left) or ""),
        "feedback": feedback,
        "unfilled": unfilled,
        "manual": manual,
        "prefilled_count": str(prefilled or ""),
    }
    return filled(office, "mail_correction.txt" if correction else "mail_issue.txt", unit, cycle, values)


def return_text(office: Office, receipt: Receipt, time: MendTime, markup: str, *, listed: bool) -> RenderedMail:
    """The mail that sends a faulty return back with its marked-up copy, the file ``markup``; raises UserError.

    ``listed`` says that it is the list of problems alone, without what came.
    """
    assert receipt.cycle is not None
    found = count([each for each in receipt.problems if each.counts])
    errors = found[True]
    values: dict[str, PlaceholderValue] = {
        "result": word("return_result", "mend" if errors else "look"),
        "received_at": f"{receipt.received_at:%Y-%m-%d %H:%M}",
        "file": receipt.file.rpartition("/")[2],
        "markup": markup,
        "marked": "" if listed else markup,
        "listed": markup if listed else "",
        "error_count": str(errors or ""),
        "warning_count": "" if errors else str(found[False]),
        **mend_values(time),
        "tasks": task_table(time, receipt.unit),
        "mend": problem_table([receipt]),
    }
    return filled(office, "mail_return.txt", receipt.unit, receipt.cycle, values)


def reminder_text(
    office: Office,
    reminder: Reminder,
    cycle: Month,
    asked: Mapping[str, AskedCorrection],
    columns: Iterable[ColumnUpdate] = (),
    unreported: Sequence[Reconciled] = (),
    unfilled: str = "",
) -> RenderedMail:
    """The mail that reminds a unit; ``cycle`` is the one whose workbook it answers with. Raises UserError.

    One that owes only the feedback on consultations has a text of its own: 本期无更新 is no answer to that.
    ``asked`` are by key the tasks that were reported with errors: they are told apart, with their last day. ``columns``
    are those of the unit in which something new should be published, ``unreported`` is what the website's list has of
    the unit and no return, ``unfilled`` names the entries of the catalogue that it never filled.
    """
    officers = _officers(office, reminder.unit, Month.of(office.now().date()))
    nearest = min((due_of(each)[0] for each in reminder.upcoming), default=None)
    back = [asked[each.obligation.key] for each in owed_by(reminder) if each.obligation.key in asked]
    silent = {
        name: [each for each in statuses if each.obligation.key not in asked]
        for name, statuses in (("upcoming", reminder.upcoming), ("late", reminder.late))
    }
    time = MendTime(tuple(each.task for each in back), office.now().date())
    values: dict[str, PlaceholderValue] = {
        "unreported_upcoming": _statuses(silent["upcoming"], reminder.unit, officers),
        "unreported_late": _statuses(silent["late"], reminder.unit, officers),
        "unreported_late_count": str(len(silent["late"]) or ""),
        "returned": returned_table(back, reminder.unit, office.now().date()),
        "returned_count": str(len(back) or ""),
        "returned_cost": cost_words(time),
        "level": word("reminder_level", reminder.level),
        "nearest": day_words(nearest) if nearest else "",
        "upcoming": _statuses(reminder.upcoming, reminder.unit, officers),
        "late": _statuses(reminder.late, reminder.unit, officers),
        "late_count": str(len(reminder.late) or ""),
        "feedback": feedback_due(office, reminder.feedback, office.now().date()).get(reminder.unit, ""),
        "columns": _columns(columns, office.now().date()),
        "faults": _faults(reminder),
        "fault_count": str(len(reminder.faults) or ""),
        "published": titles_of(unreported),
        "published_count": str(len(unreported) or ""),
        "unfilled": unfilled,
    }
    alone = "mail_feedback.txt" if reminder.feedback else "mail_unmended.txt"
    name = f"mail_{reminder.level}.txt" if owed_by(reminder) else alone
    return filled(office, name, reminder.unit, cycle, values)


def _faults(reminder: Reminder) -> MailTable:
    """The faults on the website that a unit is reminded of, with the day of each."""
    sheet = layout("tracker")["site_faults"]
    headings = tuple(sheet.heading(key) for key in ("number", "title", "found", "mend_by"))
    rows = tuple(
        (str(case.number), case.fault.title or case.fault.task, case.fault.found, day_words(case.mend_by))
        for case in (each.case for each in reminder.faults)
    )
    return MailTable(headings, rows)


def filled(office: Office, name: str, unit: str, cycle: Month, values: Mapping[str, PlaceholderValue]) -> RenderedMail:
    """A template rendered with ``values`` and the values of every mail; raises UserError that names the file."""
    settings = office.workspace.settings
    common: dict[str, PlaceholderValue] = {
        "unit": unit,
        "cycle": str(cycle),
        "month": format_cycle(cycle),
        "token": reply_code(office.ledger.key, unit, cycle),
        "mailbox": settings.office.mailbox or settings.sender,
        "contact": settings.office.contact_words,
        "office": settings.office.name,
        "today": day_words(office.now().date()),
    }
    try:
        return render(_template(office, name), {**common, **values})
    except TemplateError as fault:
        place = office.workspace.mail_texts.name
        raise UserError(f"邮件文字 {name} 写法有误：{fault}；请改正“{place}”文件夹中的这个文件。") from None


def _template(office: Office, name: str) -> str:
    own = office.workspace.mail_texts / name
    try:
        return own.read_text(encoding="utf-8-sig") if own.is_file() else read_text(name)
    except UnicodeDecodeError:
        raise UserError(f"“{own.parent.name}/{name}”不是 UTF-8 编码的文本；请在记事本中另存为 UTF-8。") from None
    except OSError as error:
        raise UserError(f"无法读取“{own.parent.name}/{name}”：{reason_of(error)}。") from None


def _officers(office: Office, unit: str, month: Month) -> Mapping[str, str]:
    """Duty id → names of those who report it for a unit, of the duties for which any are named."""
    named: dict[str, list[str]] = {}
    for each in office.roster.officers_of(unit, {duty.duty for duty in office.roster.duty_officers}, month):
        named.setdefault(each.duty, []).extend(each.officers)
    return {duty: "、".join(dict.fromkeys(names)) for duty, names in named.items() if names}


def _listing(tasks: Iterable[ReportTask], officers: Mapping[str, str]) -> MailTable:
    told = tuple(tasks)
    rows = tuple((*_named(each.obligation, each.unit), _day(each.due, each.obligation)) for each in told)
    return _with_officers(MailTable(_headings(), rows), [each.obligation.duty.id for each in told], officers)


def _statuses(statuses: Iterable[ObligationStatus], by: str, officers: Mapping[str, str]) -> MailTable:
    """Tasks with both dates: a task is overdue from its final date on."""
    tracking, told = layout("tracker")["tracking"], tuple(statuses)
    headings = (*_headings(), *(tracking.heading(key) for key in ("final", "outcome", "timeliness")))
    rows = tuple((*_named(each.obligation, by), *_due_and_final(each), *_state(each)) for each in told)
    table = _with_officers(MailTable(headings, rows), [each.obligation.duty.id for each in told], officers)
    return replace(table, lines=tuple(_with_named_dates(table.headings, row) for row in table.rows))


def _columns(updates: Iterable[ColumnUpdate], today: date) -> MailTable:
    sheet = layout("tracker")["column_updates"]
    keys = ("duty", "column", "published_on", "days_since", "limit", "state")
    rows = tuple(
        (
            each.duty.id,
            each.duty.column,
            str(each.published_on or ""),
            "" if each.published_on is None else f"{each.days_since(today)} 天",
            f"{each.limit.days} 天" if each.limit else "",
            word("update_state", each.state(today)),
        )
        for each in updates
    )
    return MailTable(tuple(sheet.heading(key) for key in keys), rows)


def _with_named_dates(headings: Sequence[str], row: Sequence[str]) -> str:
    """A row in plain text, where nothing else says which of two dates is which."""
    tracking = layout("tracker")["tracking"]
    dates = {tracking.heading("due"), tracking.heading("final")}
    cells = ((f"{name} {cell}" if name in dates else cell) for name, cell in zip(headings, row, strict=True) if cell)
    return "，".join(cells)


def _due_and_final(status: ObligationStatus) -> tuple[str, str]:
    due, final = due_of(status)
    return _day(due, status.obligation), day_words(final)


def _with_officers(table: MailTable, duties: Sequence[str], officers: Mapping[str, str]) -> MailTable:
    """The table with who reports each of its duties, where that is said of any of them."""
    if not officers.keys() & set(duties):
        return table
    rows = tuple((*row, officers.get(duty, "")) for row, duty in zip(table.rows, duties, strict=True))
    return MailTable((*table.headings, layout("roster")["officers"].heading("officers")), rows)


def _headings() -> tuple[str, ...]:
    tracking = layout("tracker")["tracking"]
    return tuple(tracking.heading(key) for key in ("duty", "column", "reference", "due"))


def _named(obligation: Obligation, by: str) -> tuple[str, str, str]:
    return obligation.duty.id, obligation.duty.column, reference_of(obligation, by)


def _day(day: date | None, obligation: Obligation) -> str:
    """The due date of an obligation, and that it was extended to it."""
    return extended_words(day_words(day), day_words(obligation.due)) if day and obligation.due else ""


def _state(status: ObligationStatus) -> tuple[str, str]:
    late = f" {status.days_late} 天" if status.days_late else ""
    return word("outcome", status.outcome), f"{word('timeliness', status.timeliness or '')}{late}"
