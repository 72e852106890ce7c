"""``plan``, ``generate`` and ``status``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from zwgk_excel.cli.chinese import typer
from zwgk_excel.cli.options import (
    HERE,
    AsOf,
    CycleArgument,
    Json,
    Reason,
    Units,
    Who,
    Workspace,
    cycle,
    day,
    who,
    who_if_named,
)
from zwgk_excel.cli.receipt import receipt_fields
from zwgk_excel.workflow.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zwgk_excel.domain.counts import Counts, MonthCounts
    from zwgk_excel.domain.issues import IssueDifference
    from zwgk_excel.domain.obligations import Obligation, ReportTask
    from zwgk_excel.domain.periods import Month
    from zwgk_excel.domain.tracking import ObligationStatus, TrackerRow
    from zwgk_excel.workflow.issuing.generation import Generation
    from zwgk_excel.workflow.tracking.statuses import CycleStatus


def plan(
    month: CycleArgument, workspace: Workspace = HERE, unit: Units = None, as_of: AsOf = "", json: Json = False
) -> int:
    """List the obligations of a cycle, of all units or of some."""
    from zwgk_excel.cli import show
    from zwgk_excel.layout.words import word
    from zwgk_excel.workbooks.report.content import format_task_counts
    from zwgk_excel.workflow.office.context import find_unit, open_records

    wanted, on = cycle(month), day(as_of)
    with open_records(workspace) as office:
        units = {find_unit(office, each) for each in unit or ()}
        listed, lapsed = office.listing_and_lapsed(wanted, on or office.now().date())
        provisional = office.provisional_years(each.obligation for each in listed)
    if units:
        listed = tuple(each for each in listed if each.unit in units)
        lapsed = tuple(each for each in lapsed if each.unit in units)
    if json:
        decided = ({"extended_to": e.decisions.extended_to, "waived": e.decisions.waived} for e in listed)
        fields = (plan_fields(each.obligation, wanted) for each in listed)
        show.as_json([each | more for each, more in zip(fields, decided, strict=True)])
        return 0
    rows = [
        (
            each.unit,
            each.label,
            word("cadence", each.obligation.duty.cadence),
            each.reference,
            each.due or "",
            each.final or "",
            _nature(each),
        )
        for each in listed
    ]
    headings = [_tracking(key) for key in ("unit", "column", "cadence", "reference", "due", "final")]
    show.table(f"{wanted} 报送任务（{len(rows)} 项）", [*headings, "性质"], rows, wraps=headings[1:2])
    show.print_line(format_task_counts(listed, wanted))
    _report_provisional(provisional)
    _report_lapsed(lapsed)
    return 0


def _nature(listed: ReportTask) -> str:
    """Whether a task counts as 应报, in the words of the totals: one without a date does not."""
    from zwgk_excel.layout.words import word
    from zwgk_excel.workbooks.report.content import WHENEVER

    if not listed.obligation.dated:
        return WHENEVER if listed.obligation.mandatory else word("mandatory", "no")
    owed = word("outcome", "waived") if listed.decisions.waived else word("mandatory", "yes")
    return f"{owed}，{word('listed_as', 'backlog')}" if listed.backlog else owed


def generate(
    month: CycleArgument,
    workspace: Workspace = HERE,
    unit: Units = None,
    as_of: AsOf = "",
    amend: Annotated[bool, typer.Option("--amend", metavar="", help="更正下发：按现在的表改已下发的月份。")] = False,
    cancel: Annotated[bool, typer.Option("--cancel", metavar="", help="撤回还没有单位答复的月份。")] = False,
    as_issued: Annotated[
        bool, typer.Option("--as-issued", metavar="", help="按已下发的任务重做报送表，不采用表中后来的改动。")
    ] = False,
    reason: Reason = "",
    name: Who = "",
    yes: Annotated[bool, typer.Option("--yes", metavar="", help="月份过早或过晚也下发。")] = False,
    json: Json = False,
) -> int:
    """Issue a cycle and write its report workbooks; amend it, or take it back."""
    from zwgk_excel.cli import show
    from zwgk_excel.workflow.issuing import (
        NothingToAmendError,
        TablesChangedError,
        behind_amendment,
        differing_months,
        later_listings,
    )
    from zwgk_excel.workflow.issuing import amend as amend_month
    from zwgk_excel.workflow.issuing.generation import generate as run
    from zwgk_excel.workflow.office.context import find_unit, open_office

    wanted, on = cycle(month), day(as_of)
    if amend and (cancel or unit):
        raise UserError("--amend 按现在的表更正全部有改动的单位，不能与 --cancel、--unit 同时使用。")
    if cancel:
        return _cancel(workspace, wanted, name, reason, json=json)
    changes: tuple[IssueDifference, ...] = ()
    owing: set[str] = set()
    later: tuple[Month, ...] = ()
    with open_office(workspace) as office, show.progress("生成报送表", quiet=json) as step:
        today = on or office.now().date()
        office.refuse_ahead(today, "更正下发" if amend else "下发")
        units = [find_unit(office, each) for each in unit or ()]
        if amend:
            before = later_listings(office, wanted, today)
            try:
                changes = amend_month(office, wanted, on=today, who=who(office, name), reason=reason)
                later = differing_months(before, later_listings(office, wanted, today))
                owing = {each.unit for each in office.listing(wanted, today)}
                units = [each for each in dict.fromkeys(change.unit for change in changes) if each in owing]
            except NothingToAmendError:
                units = list(behind_amendment(office, wanted, today))
                if not units:
                    raise
        try:
            by = who_if_named(office, name)
            done = run(
                office, wanted, units=units, as_of=today, who=by, sure=yes, as_issued=as_issued, progress=step
            )
        except TablesChangedError as error:
            _report_differences(wanted, error.differences, f"{error}", json=json)
            return 1
        folder = office.workspace.outbox(wanted)
    if changes and not json:
        for each in dict.fromkeys(change.unit for change in changes if change.unit not in owing):
            show.print_line(f"“{each}”本月已无任务，请勿再发出原来的报送表。", "yellow")
        told = f"已更正下发；下一步运行 zwgk send {wanted} --correction 发给有关单位。"
        _report_differences(wanted, changes, told, json=False)
    elif amend and not json:
        show.print_line(f"{wanted} 此前已更正下发，这次做完有关单位的报送表；", "yellow")
        show.print_line(f"下一步运行 zwgk send {wanted} --correction 发给有关单位。")
    return _report_generation(done, folder, later, json=json)


def _report_later(later: Sequence[Month]) -> None:
    """What to do about the workbooks of later months that list what was changed."""
    from zwgk_excel.cli import show

    for month in later:
        todo = f"请运行 zwgk generate {month} --as-issued，再用 zwgk send {month} --correction 重发"
        show.print_line(f"{month} 的报送表列有改动的任务（补报或提前列出）；{todo}。", "yellow")


def _report_provisional(years: Sequence[int]) -> None:
    """That dates moved off days that are not worked rest on a calendar that is not announced yet."""
    from zwgk_excel.cli import show

    if years:
        which = "、".join(map(str, years))
        show.print_line(
            f"{which} 年的放假安排未公布，逢休息日移动的时限暂按周一至周五和法定节假日推算；"
            "公布以后可能有变，届时运行 zwgk check 查看。",
            "yellow",
        )


def _report_lapsed(lapsed: Sequence[Obligation]) -> None:
    """What is not asked for any more from this month on: said once."""
    from zwgk_excel.cli import show
    from zwgk_excel.domain.obligations import label
    from zwgk_excel.layout.words import word

    if lapsed:
        first = f"{lapsed[0].unit} {label(lapsed[0], plain=False)}"
        which = first if len(lapsed) == 1 else f"{len(lapsed)} 项任务（如{first}）"
        show.print_line(
            f"以前月份的 {which} 一直没有报送，已超过补报月数（zwgk.toml 的 carry_months）；"
            f"从本月起不再列为{word('listed_as', 'backlog')}、不再催报，仍记为{word('outcome', 'missing')}。",
            "yellow",
        )


def _report_generation(done: Generation, folder: Path, later: Sequence[Month], *, json: bool) -> int:
    from zwgk_excel.cli import show
    from zwgk_excel.workflow.issuing.generation import WorkbookChange

    if json:
        books = [
            {"unit": b.unit, "file": b.path, "change": b.change, "tasks": b.tasks, "prefilled": b.prefilled}
            for b in done.workbooks
        ]
        lapsed = [each.key for each in done.lapsed]
        told = {"workbooks": books, "leftover": done.leftover, "later": later, "lapsed": lapsed}
        show.as_json({"cycle": done.cycle, **told})
        return 0
    by_change = {change: [b.unit for b in done.workbooks if b.change is change] for change in WorkbookChange}
    words = {WorkbookChange.NEW: "新生成", WorkbookChange.CHANGED: "有变化，已更新", WorkbookChange.UNCHANGED: "无变化"}
    for change, names in by_change.items():
        if names:
            detail = "" if change is WorkbookChange.UNCHANGED else f"：{'、'.join(names)}"
            show.print_line(
                f"{words[change]} {len(names)} 个{detail}", "green" if change is not WorkbookChange.UNCHANGED else ""
            )
    if prefilled := [b.prefilled for b in done.workbooks if b.prefilled]:
        show.print_line(f"按网站清单预填了 {sum(prefilled)} 条（{len(prefilled)} 个单位）。")
    for path in done.leftover:
        show.print_line(f"“{path.name}”对应的单位本月已无任务，文件未删除，请勿发出。", "yellow")
    show.print_line(f"报送表在 {folder}")
    if by_change[WorkbookChange.NEW]:
        month = done.cycle
        show.print_line(f"下一步：zwgk send {month} 看发给谁，加 --yes 发出；不用邮件的，把这些文件发给各单位。")
    _report_provisional(done.provisional)
    _report_lapsed(done.lapsed)
    _report_later(later)
    return 1 if done.leftover else 0


def _cancel(workspace: Path, wanted: Month, name: str, reason: str, *, json: bool) -> int:
    """Take a month back."""
    from zwgk_excel.cli import show
    from zwgk_excel.workflow.issuing import cancel
    from zwgk_excel.workflow.office.context import open_office

    with open_office(workspace) as office:
        done = cancel(office, wanted, who=who(office, name), reason=reason)
    if json:
        counted = {"removed": done.removed, "kept": done.kept, "mailed": done.mailed}
        show.as_json({"cycle": wanted, **counted, "later": done.later})
        return 0
    show.print_line(f"{wanted} 已撤回，删除 {done.removed} 份报送表。", "green")
    for path in done.kept:
        show.print_line(f"“{path.name}”已被改动、正打开着或没有登记，没有删除，请勿发出。", "yellow")
    if done.mailed:
        show.print_line(f"已有 {done.mailed} 个单位收到邮件，请另行通知。", "yellow")
    _report_later(done.later)
    return 0


def _report_differences(wanted: Month, found: Sequence[IssueDifference], told: str, *, json: bool) -> None:
    """What of an issued month is different by the tables of today, a row each."""
    from zwgk_excel.cli import show
    from zwgk_excel.domain.obligations import label
    from zwgk_excel.layout.columns import layout
    from zwgk_excel.layout.words import word

    if json:
        rows = [
            {"unit": e.unit, "change": e.change, "obligation": e.obligation.key if e.obligation else None}
            for e in found
        ]
        show.as_json({"cycle": wanted, "differences": rows})
        return
    tasks = (label(each.obligation, plain=False) if each.obligation else "" for each in found)
    lines = [
        (each.unit, shown, word("issue_change", each.change), *_sides(each))
        for each, shown in zip(found, tasks, strict=True)
    ]
    title = f"{wanted} 与现在的表不同之处（{len(lines)} 处）"
    task, sides = layout("report")["items"].heading("task"), ("下发时", "现在")
    show.table(title, [_tracking("unit"), task, "变化", *sides], lines, wraps=[task, *sides])
    show.print_line(told, "yellow")


def _sides(each: IssueDifference) -> tuple[str, str]:
    """Before and after: kinds, or the due and final dates where they differ."""
    from zwgk_excel.domain.issues import IssueChange
    from zwgk_excel.domain.obligations import Obligation
    from zwgk_excel.layout.words import word

    if each.change not in {IssueChange.DATES, IssueChange.KIND}:
        return "", ""
    before, after = (
        f"{side.due or ''} / {side.final or ''}" if isinstance(side, Obligation) else word("unit_kind", side or "")
        for side in (each.before, each.after)
    )
    return before, after


def status(
    month: CycleArgument, workspace: Workspace = HERE, unit: Units = None, as_of: AsOf = "", json: Json = False
) -> int:
    """Show the statuses of a cycle; of some units, with each of their tasks."""
    from zwgk_excel.cli import show
    from zwgk_excel.workflow.office.context import find_unit, open_records
    from zwgk_excel.workflow.tracking.statuses import cycle_status, of_units

    wanted, on = cycle(month), day(as_of)
    with open_records(workspace) as office:
        units = {find_unit(office, each) for each in unit or ()}
        found = cycle_status(office, wanted, on or office.now().date())
        show.warn_ahead(office.ahead(found.as_of))
    if units:
        found = of_units(found, units)
    if json:
        show.as_json(status_fields(found))
        return 0
    if units:
        _print_tasks(found)
    print_status(found, full=True)
    return 0


def _print_tasks(found: CycleStatus) -> None:
    """Every task of a status that is about few units, a row each."""
    from zwgk_excel.cli import show
    from zwgk_excel.domain.obligations import label
    from zwgk_excel.layout.words import word

    keys = ("unit", "column", "reference", "due", "received_at", "outcome", "timeliness")
    statuses = [row.status for row in found.rows]
    rows = [
        (
            each.obligation.unit,
            label(each.obligation, plain=True),
            each.obligation.reference,
            each.obligation.due or "",
            each.received_at.date() if each.received_at else "",
            word("outcome", each.outcome),
            word("timeliness", each.timeliness or ""),
        )
        for each in statuses
    ]
    headings = [_tracking(key) for key in keys]
    show.table(f"{found.cycle} 各项任务（{len(rows)} 项）", headings, rows, wraps=headings[1:2])


def plan_fields(obligation: Obligation, month: Month) -> dict[str, Any]:
    """An obligation as ``plan --json`` gives it."""
    return {
        "key": obligation.key,
        "cycle": str(month),
        "unit": obligation.unit,
        "duty": obligation.duty.id,
        "column": obligation.duty.column,
        "cadence": str(obligation.duty.cadence),
        "reference": obligation.reference,
        "due": obligation.due,
        "final": obligation.final,
        "mandatory": obligation.mandatory,
    }


def status_fields(found: CycleStatus) -> dict[str, Any]:
    """A cycle's status as ``status --json`` gives it."""
    return {
        "cycle": str(found.cycle),
        "as_of": found.as_of,
        "counts": {name: count_fields(getattr(found.counts, name)) for name in ("own", "backlog", "early")},
        "obligations": [_obligation_fields(row, found.cycle) for row in found.rows],
        "receipts": [receipt_fields(each) for each in found.receipts],
        "problems": [each.as_dict() for each in found.problems],
    }


def _obligation_fields(row: TrackerRow, month: Month) -> dict[str, Any]:
    from zwgk_excel.domain.obligations import listed_as

    status = row.status
    return {
        **plan_fields(status.obligation, month),
        "listed_as": listed_as(status.obligation, month),
        "outcome": status.outcome,
        "timeliness": status.timeliness,
        "received_at": status.received_at.isoformat() if status.received_at else None,
        "days_late": status.days_late,
        "days_left": status.days_left,
        "items": status.items,
        "problems": status.problems,
        "extended_to": status.decisions.extended_to,
        "closed": row.closed,
        "counted_in": str(row.counted_in) if row.counted_in else None,
        "correction": row.correction,
    }


_COLOURS = {
    "reported": "green",
    "nil": "green",
    "returned": "red",
    "missing": "red",
    "on_time": "green",
    "grace": "yellow",
    "late": "red",
    "overdue": "red",
}
_SHOWN = ("on_time", "grace", "late", "overdue")
"""The timelinesses that have a column."""


def print_status(found: CycleStatus, *, full: bool) -> None:
    """A cycle's status for people: one row per unit that answers in it, then the totals, then problems."""
    from zwgk_excel.cli import show
    from zwgk_excel.domain.counts import count_month
    from zwgk_excel.layout.columns import layout
    from zwgk_excel.layout.words import word, words

    units: dict[str, list[ObligationStatus]] = {}
    for row in found.rows:
        unit = row.status.obligation.unit
        units.setdefault(found.successors.get(unit, unit), []).append(row.status)
    every = {unit: count_month(statuses, found.cycle) for unit, statuses in units.items()}
    listed = {unit: each for unit, each in every.items() if each.own.due or each.backlog.due}
    columns = {**words("outcome"), **{code: word("timeliness", code) for code in _SHOWN}}
    seen = [code for code in columns if any(each.own[code] for each in listed.values())]
    owing = any(each.backlog.open for each in listed.values())
    rows = [
        (
            unit,
            each.own.due or "",
            *(each.own[code] or "" for code in seen),
            *([each.backlog.open or ""] if owing else []),
        )
        for unit, each in listed.items()
    ]
    more = [f"待{word('listed_as', 'backlog')}"] if owing else []
    headings = [_tracking("unit"), _due_heading(), *(columns[code] for code in seen), *more]
    styles = ["", "", *(_COLOURS.get(code, "") for code in seen)]
    show.table(f"{found.cycle} 报送情况（截至 {found.as_of}）", headings, rows, styles=styles)
    for line in count_lines(found.counts):
        show.print_line(line)
    left = [row for row in found.rows if row.counted_in and not row.closed]
    if left:
        waiting = "、".join(dict.fromkeys(row.status.obligation.unit for row in left))
        show.print_line(f"其中 {len(left)} 项在所属月份结账时没有到期（{waiting}），到期后计入以后的月份。")
    if full:
        if not any(row.closed for row in found.rows if row.status.obligation.cycle == found.cycle):
            show.print_line(layout("assessment").settings["texts"]["trial"])
        show.problems(each for each in found.problems if each.counts)


def count_lines(counts: MonthCounts) -> list[str]:
    """The numbers of a month in sentences: its own first, then each kind of others that its workbooks list."""
    from zwgk_excel.layout.words import word

    lines = [f"{word('listed_as', 'own')} {_figures(counts.own)}"]
    if counts.own.on_demand:
        lines.append(f"没有时限的任务（实时更新、建议报）已报 {counts.own.on_demand} 项，不在应报之内。")
    if counts.backlog.due:
        lines.append(f"以前月份没报完、列在本月报送表里{word('listed_as', 'backlog')}的 {_figures(counts.backlog)}")
    if counts.early.due:
        lines.append(f"以后月份到期、{word('listed_as', 'early')}的 {_figures(counts.early)}")
    return lines


def _figures(counts: Counts) -> str:
    """``24 项：已报 10，零报告 2，未报 12；按时 12，逾期 12。条数 30``."""
    from zwgk_excel.domain.tracking import Timeliness
    from zwgk_excel.layout.words import words

    parts = []
    for name in ("outcome", "timeliness"):
        numbers = ((shown, counts[code]) for code, shown in words(name).items() if code != Timeliness.ON_DEMAND)
        parts.append("，".join(f"{shown} {number}" for shown, number in numbers if number))
    told = "；".join(part for part in parts if part)
    items = f"信息 {counts.items} 条。" if counts.items else ""
    return f"{counts.due} 项{f'：{told}' if told else ''}。{items}"


def count_fields(counts: Counts) -> dict[str, Any]:
    """Counts as ``--json`` gives them."""
    from dataclasses import asdict

    return {**asdict(counts), "reply_rate": counts.reply_rate, "on_time_rate": counts.on_time_rate}


def _due_heading() -> str:
    from zwgk_excel.workbooks.tracker.rows.figures import DUE, figure_heading

    return figure_heading(DUE)


def _tracking(key: str) -> str:
    from zwgk_excel.layout.columns import layout

    return layout("tracker")["tracking"].heading(key)
