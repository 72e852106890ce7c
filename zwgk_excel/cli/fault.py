"""``fault send``, ``list``, ``accept``, ``refuse``: faults on the website and what units do about them (网站整改)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from zwgk_excel.cli.chinese import COMMANDS_WORD, OPTIONS_WORD, ChineseCommand, ChineseGroup, typer
from zwgk_excel.cli.mail import (
    Files,
    Outlook,
    Yes,
    delivery_fields,
    exit_code,
    letter_heading,
    print_delivery_run,
    print_yes_hint,
    recipients,
)
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
)
from zwgk_excel.workflow.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from zwgk_excel.domain.site_faults import FaultState
    from zwgk_excel.workflow.site_faults.asking import UnitAsking

app = typer.Typer(
    cls=ChineseGroup,
    options_metavar=OPTIONS_WORD,
    subcommand_metavar=COMMANDS_WORD,
    help="网站整改：把链接核验发现的问题发给单位，查看整改结果，认定说明。",
    no_args_is_help=True,
)
_SHOWN = 60
"""Characters of an explanation that are listed."""
_Number = Annotated[int, typer.Argument(metavar="号数", help="整改号，见 zwgk fault list，或总台账的“网站整改”。")]
_Resend = Annotated[
    list[str] | None, typer.Option("--resend", metavar="单位名称", help="不论是否发过，再发给这个单位，可重复。")
]
_OpenOnly = Annotated[bool, typer.Option("--open", metavar="", help="只列尚未了结的。")]
_OneMonth = Annotated[str, typer.Option("--cycle", metavar="月份", help="只列这个报送月份的，如 2026-11。")]


def send(
    month: CycleArgument,
    workspace: Workspace = HERE,
    unit: Units = None,
    yes: Yes = False,
    resend: _Resend = None,
    reason: Reason = "",
    name: Who = "",
    as_of: AsOf = "",
    eml: Files = False,
    outlook: Outlook = False,
    json: Json = False,
) -> int:
    """Put the faults of a month on record and mail each unit its table."""
    from zwgk_excel.cli import show
    from zwgk_excel.workflow.mailing.delivery import delivery_method
    from zwgk_excel.workflow.mailing.sending import missing_sender
    from zwgk_excel.workflow.office.context import open_records
    from zwgk_excel.workflow.site_faults import asking as work

    wanted, on = cycle(month), day(as_of)
    if yes and on:
        raise UserError("--as-of 只用于预览；真正发出的整改链接表总是按今天计算。")
    with open_records(workspace) as office, show.progress("网站整改", quiet=json) as step:
        way = delivery_method(office.workspace.settings, files=eml, outlook=outlook)
        asked: dict[str, Any] = {"units": unit or (), "resend": resend or ()}
        if yes:
            by = who(office, name)
            done = work.ask(office, wanted, way, **asked, who=by, reason=reason, progress=step)
            rows, delivery_run, missing = done.askings, done.delivery_run, ""
        else:
            show.warn_ahead(office.ahead(on) if on else "")
            rows, delivery_run = work.planned_askings(office, wanted, **asked, as_of=on), None
            missing = missing_sender(office) if rows else ""
    troubles = any(each.action in work.HELD_ASKINGS for each in rows)
    if json:
        told = {"cycle": wanted, "units": [_asking_fields(each) for each in rows]}
        show.as_json(told | delivery_fields(delivery_run))
        return exit_code(delivery_run, troubles or bool(missing))
    _print_askings(rows)
    if delivery_run is None:
        print_yes_hint(sum(each.action in work.MAILED_ASKINGS for each in rows), way)
    else:
        already = sum(each.action is work.AskAction.SENT for each in rows)
        print_delivery_run(delivery_run, way, already=already, nothing="没有要发的，没有发邮件")
    if missing:
        show.warn(missing)
    return exit_code(delivery_run, troubles or bool(missing))


def list_(
    workspace: Workspace = HERE,
    month: _OneMonth = "",
    unit: Units = None,
    unfinished: _OpenOnly = False,
    as_of: AsOf = "",
    json: Json = False,
) -> int:
    """List faults and what came of them."""
    from zwgk_excel.cli import show
    from zwgk_excel.domain.periods import Month
    from zwgk_excel.workflow.office.context import find_unit, open_records
    from zwgk_excel.workflow.tracking.site_faults import fault_states
    from zwgk_excel.workflow.tracking.statuses import office_statuses

    on, wanted = day(as_of), cycle(month) if month else None
    with open_records(workspace) as office:
        today = on or office.now().date()
        names = {find_unit(office, each) for each in unit or ()}
        states = fault_states(office, today, office_statuses(office, today).contents)
        owners = {name: office.successor(name, Month.of(today)) for name in {each.case.fault.unit for each in states}}
    found = [
        each
        for each in states
        if wanted in {None, each.case.cycle}
        and (not names or not names.isdisjoint((each.case.fault.unit, owners[each.case.fault.unit])))
        and (each.is_open or not unfinished)
    ]
    if json:
        show.as_json([fault_fields(each) for each in found])
    elif found:
        _print_states(found)
    else:
        show.print_line("没有网站整改的记录。")
    return 1 if any(each.is_open and each.is_late(today) for each in found) else 0


def accept(number: _Number, workspace: Workspace = HERE, reason: Reason = "", name: Who = "") -> int:
    """Accept the explanation of a fault."""
    return _judge(workspace, number, reason, name, accepted=True)


def refuse(number: _Number, workspace: Workspace = HERE, reason: Reason = "", name: Who = "") -> int:
    """Refuse the explanation of a fault."""
    return _judge(workspace, number, reason, name, accepted=False)


def _judge(workspace: Path, number: int, reason: str, name: str, *, accepted: bool) -> int:
    from zwgk_excel.cli import show
    from zwgk_excel.layout.words import word
    from zwgk_excel.workflow.office.context import open_records
    from zwgk_excel.workflow.site_faults import judge_explanation

    with open_records(workspace) as office:
        by = who(office, name)
        found = judge_explanation(office, number, accepted=accepted, who=by, reason=reason)
    unit = found.case.fault.unit
    show.print_line(f"网站整改第 {number} 条（{unit}）：{word('fault_outcome', found.outcome)}。", "green")
    return 0


def fault_fields(state: FaultState) -> dict[str, Any]:
    """A fault as ``--json`` gives it."""
    case = state.case
    fault, said = case.fault, case.answer
    return {
        "number": case.number,
        "unit": fault.unit,
        "cycle": str(case.cycle),
        "kind": fault.kind,
        "obligation": fault.obligation,
        "title": fault.title,
        "url": fault.url,
        "found": fault.found,
        "expected": fault.expected,
        "table": case.table,
        "raised_at": case.raised_at.isoformat(),
        "mend_by": case.mend_by,
        "outcome": state.outcome,
        "mended_on": state.mended_on,
        "answer": said.answer.status if said else None,
        "new_url": said.answer.url if said else "",
        "explanation": said.answer.explanation if said else "",
        "answered_at": said.at.isoformat() if said else None,
        "verdict": state.check.verdict if state.check else None,
    }


def _asking_fields(row: UnitAsking) -> dict[str, Any]:
    return {
        "unit": row.unit,
        "action": row.action,
        "table": row.table or None,
        "numbers": [each.number for each in row.cases],
        "faults": [{"title": each.title, "url": each.url, "found": each.found} for each in row.faults],
        "to": row.to,
        "copies": row.copies,
    }


_ADVICE = {
    "uncertain": "{units}：上次发送中断，不知道是否发出；请核实，没有收到的加 --resend 单位 再发。",
    "no_address": "{units}：没有邮箱，没有立案；请在单位通讯录中补填邮箱。",
}


def _print_askings(rows: Sequence[UnitAsking]) -> None:
    from zwgk_excel.cli import show
    from zwgk_excel.layout.words import word

    if not rows:
        show.print_line("没有要整改的网站问题；先运行 zwgk verify 月份 --yes 核验链接。", "green")
        return
    for row in rows:
        for fault in row.faults:
            show.print_line(f"{row.unit}“{fault.title or fault.task}”：{fault.found}")
            if fault.url:
                show.print_line(fault.url, indent="  ")
    headings = [letter_heading("unit"), "发送", "问题", letter_heading("to")]
    cells = [
        (row.unit, word("ask_action", row.action), len(row.faults), recipients(row.to, row.copies)) for row in rows
    ]
    show.table("整改链接表", headings, cells)
    for action, advice in _ADVICE.items():
        if names := [row.unit for row in rows if row.action == action]:
            show.print_line(advice.format(units="、".join(dict.fromkeys(names))), "yellow")


def _print_states(found: Sequence[FaultState]) -> None:
    from zwgk_excel.cli import show
    from zwgk_excel.domain.text import shortened
    from zwgk_excel.layout.columns import layout
    from zwgk_excel.layout.words import word

    sheet = layout("tracker")["site_faults"]
    keys = ("number", "unit", "title", "found", "mend_by", "outcome", "explanation")
    rows = [
        (
            each.case.number,
            each.case.fault.unit,
            each.case.fault.title or each.case.fault.task,
            each.case.fault.found,
            each.case.mend_by,
            word("fault_outcome", each.outcome),
            shortened(each.case.answer.answer.explanation, _SHOWN) if each.case.answer else "",
        )
        for each in found
    ]
    show.table("网站整改", [sheet.heading(key) for key in keys], rows, wraps=[sheet.heading("found")])


COMMANDS = (
    ("send", send, "把网站问题发给单位整改：登记，生成整改链接表，发邮件；先预览，加 --yes 才办，不会重发。"),
    ("list", list_, "查看网站整改：各条的结果；有到期没有整改的退出码为 1。"),
    ("accept", accept, "认可单位的说明，这一条了结。"),
    ("refuse", refuse, "不认可单位的说明，这一条仍须整改。"),
)

for _name, _function, _help in COMMANDS:
    app.command(_name, cls=ChineseCommand, help=_help, options_metavar=OPTIONS_WORD)(_function)
