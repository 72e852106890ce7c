"""``return``: faulty returns go back to their units with the marked-up copies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

from zwgk_excel.cli.chinese import typer
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
from zwgk_excel.cli.options import HERE, CycleArgument, Json, Units, Workspace, cycle

if TYPE_CHECKING:
    from zwgk_excel.domain.periods import Month
    from zwgk_excel.workflow.mailing.returning import UnitReturn

_Warnings = Annotated[
    bool, typer.Option("--warnings", metavar="", help="只有提醒、没有错误的也发，请单位核对；默认只退回有错误的。")
]
_Resend = Annotated[
    list[str] | None, typer.Option("--resend", metavar="单位名称", help="不论是否发过，再发给这个单位，可重复。")
]


def send_back(
    month: CycleArgument,
    workspace: Workspace = HERE,
    unit: Units = None,
    yes: Yes = False,
    warnings: _Warnings = False,
    resend: _Resend = None,
    eml: Files = False,
    outlook: Outlook = False,
    json: Json = False,
) -> int:
    """Mail the units what they have to correct in their returns of a cycle."""
    from zwgk_excel.cli import show
    from zwgk_excel.workflow.mailing import returning as work
    from zwgk_excel.workflow.mailing.delivery import delivery_method
    from zwgk_excel.workflow.mailing.reminding import not_taken_in
    from zwgk_excel.workflow.mailing.sending import missing_sender
    from zwgk_excel.workflow.office.context import open_office

    wanted = cycle(month)
    with open_office(workspace) as office, show.progress("退回修改", quiet=json) as step:
        way = delivery_method(office.workspace.settings, files=eml, outlook=outlook)
        asked: dict[str, Any] = {"units": unit or (), "warnings": warnings, "resend": resend or ()}
        if yes:
            done = work.send_back(office, wanted, way, **asked, progress=step)
            rows, delivery_run, unknown, missing = done.returns, done.delivery_run, 0, ""
        else:
            rows, delivery_run = work.planned_returns(office, wanted, **asked), None
            unknown, missing = not_taken_in(office), missing_sender(office)
    troubles = any(each.action in work.HELD_RETURNS for each in rows)
    if json:
        show.as_json({"cycle": wanted, "units": [_fields(each) for each in rows]} | delivery_fields(delivery_run))
        return exit_code(delivery_run, troubles or bool(missing))
    _print(wanted, rows)
    if unknown:
        told = f"收件箱中有 {unknown} 个文件还没有登记，其中可能有改正后的报送件；真正发出前会先登记。"
        show.print_line(told, "yellow")
    if delivery_run is None:
        print_yes_hint(sum(each.action in work.MAILED_RETURNS for each in rows), way)
    else:
        had = {work.ReturnAction.SENT, work.ReturnAction.ANSWERED}
        already = sum(each.action in had for each in rows)
        print_delivery_run(delivery_run, way, already=already, nothing="没有要退回的，没有发邮件")
    if missing:
        show.warn(missing)
    return exit_code(delivery_run, troubles or bool(missing))


_ADVICE = {
    "uncertain": "{units}：上次发送中断，不知道是否发出；请核实，没有收到的加 --resend 单位 再发。",
    "look": "{units}：报送件只有提醒，没有错误；要请单位核对的，加 --warnings 一并发出。",
    "no_address": "{units}：请在单位通讯录中补填邮箱，或把“退回修改”文件夹中的修改意见另行送达。",
}
_MOST_NAMED = 5


def _print(wanted: Month, rows: Sequence[UnitReturn]) -> None:
    from zwgk_excel.cli import show
    from zwgk_excel.layout.columns import layout
    from zwgk_excel.layout.words import word
    from zwgk_excel.workflow.intake.mend_times import until_short

    if not rows:
        show.print_line(f"{wanted} 没有需要改正的报送件。", "green")
        return
    places = layout("markup").settings["texts"]["places"]
    headings = [letter_heading("unit"), "发送", places, "改正时限", letter_heading("to"), letter_heading("detail")]
    cells = [
        (
            each.unit,
            word("return_action", each.action),
            f"{each.errors}/{each.warnings}",
            until_short(each.time),
            recipients(each.to, each.copies),
            each.detail,
        )
        for each in rows
    ]
    show.table(f"{wanted} 有修改意见的报送件 {len(rows)} 份", headings, cells, wraps=[headings[5]])
    for action, advice in _ADVICE.items():
        names = [each.unit for each in rows if each.action == action]
        if names:
            more = f" 等 {len(names)} 个单位" if len(names) > _MOST_NAMED else ""
            show.print_line(advice.format(units="、".join(names[:_MOST_NAMED]) + more), "yellow")


def _fields(each: UnitReturn) -> dict[str, Any]:
    return {
        "unit": each.unit,
        "receipt": each.receipt.number,
        "action": each.action,
        "errors": each.errors,
        "warnings": each.warnings,
        "mend_by": each.time.until,
        "tasks": [
            {"key": task.obligation.key, "mend_by": task.until, "points": float(task.points)}
            for task in each.time.tasks
        ],
        "to": each.to,
        "copies": each.copies,
        "detail": each.detail,
    }
