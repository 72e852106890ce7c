"""``send`` and ``remind``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

from zwgk_excel.cli.chinese import typer
from zwgk_excel.cli.options import HERE, AsOf, Json, Units, Who, Workspace, cycle, day, who
from zwgk_excel.workflow.errors import UserError

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from zwgk_excel.domain.correspondence import OutgoingMessage
    from zwgk_excel.domain.periods import Month
    from zwgk_excel.domain.tracking import ObligationStatus
    from zwgk_excel.workflow.mailing.delivery import DeliveryMethod, DeliveryRun
    from zwgk_excel.workflow.mailing.reminding import UnitReminder
    from zwgk_excel.workflow.mailing.sending import UnitSending

_Month = Annotated[str, typer.Argument(metavar="月份", help="报送月份，如 2026-11。")]
_Texts = Annotated[
    bool, typer.Option("--texts", metavar="", help="在工作区的“邮件文字”中放一份各类邮件的文字，供修改；不发邮件。")
]
Yes = Annotated[bool, typer.Option("--yes", metavar="", help="真正发出；不加则只列出将要发给谁。")]
Files = Annotated[bool, typer.Option("--eml", metavar="", help="不经服务器，写成 .eml 文件放在发件箱。")]
Outlook = Annotated[bool, typer.Option("--outlook", metavar="", help="在本机 Outlook 中建草稿（Windows）。")]


def send(
    month: _Month = "",
    workspace: Workspace = HERE,
    unit: Units = None,
    yes: Yes = False,
    correction: Annotated[
        bool, typer.Option("--correction", metavar="", help="已发过而表有变化的，作为更正再发。")
    ] = False,
    resend: Annotated[
        list[str] | None, typer.Option("--resend", metavar="单位名称", help="不论是否发过，再发给这个单位，可重复。")
    ] = None,
    mark_sent: Annotated[
        list[str] | None,
        typer.Option("--mark-sent", metavar="单位名称", help="记为已发到这个单位（已核实或另行送达），可重复。"),
    ] = None,
    eml: Files = False,
    outlook: Outlook = False,
    texts: _Texts = False,
    name: Who = "",
    json: Json = False,
) -> int:
    """Mail the workbooks of a cycle, or (``--texts``) copy the mail templates into the workspace."""
    from zwgk_excel.cli import show
    from zwgk_excel.workflow.mailing import sending as work
    from zwgk_excel.workflow.mailing.delivery import delivery_method
    from zwgk_excel.workflow.office.context import open_office

    if texts and (month or yes):
        raise UserError("--texts 只放邮件文字、不发邮件；请单独运行 zwgk send --texts。")
    if texts:
        return _put_texts(workspace, json=json)
    if not month:
        raise UserError("请写明发送哪个月份的报送表，如 zwgk send 2026-11。")
    wanted = cycle(month)
    if mark_sent and (yes or resend or unit or correction):
        raise UserError("--mark-sent 只记录、不发邮件，不与其他发送选项同用。")
    with open_office(workspace) as office, show.progress("发送", quiet=json) as step:
        way = delivery_method(office.workspace.settings, files=eml, outlook=outlook)
        for each in mark_sent or ():
            letter = work.mark_sent(office, wanted, each, who=who(office, name))
            if not json:
                show.print_line(f"已记下：{letter.unit}{letter.detail}。", "green")
        if mark_sent and not json:
            return 0
        asked: dict[str, Any] = {"units": unit or (), "correction": correction, "resend": resend or ()}
        if yes:
            done = work.send(office, wanted, way, **asked, progress=step)
            return _report_sent(wanted, done.sendings, done.delivery_run, way, json=json)
        rows = work.planned_sendings(office, wanted, **asked)
        missing = work.missing_sender(office)
    code = _preview(wanted, rows, way, json=json)
    if missing:
        show.warn(missing)
    return 1 if missing else code


def remind(
    workspace: Workspace = HERE,
    unit: Units = None,
    as_of: AsOf = "",
    yes: Yes = False,
    eml: Files = False,
    outlook: Outlook = False,
    json: Json = False,
) -> int:
    """Remind the units that have open obligations."""
    from zwgk_excel.cli import show
    from zwgk_excel.workflow.mailing import reminding as work
    from zwgk_excel.workflow.mailing.delivery import delivery_method
    from zwgk_excel.workflow.mailing.sending import missing_sender
    from zwgk_excel.workflow.office.context import open_office

    on = day(as_of)
    if yes and on:
        raise UserError("--as-of 只用于预览；真正发出的催报总是按今天计算。")
    with open_office(workspace) as office, show.progress("催报", quiet=json) as step:
        way = delivery_method(office.workspace.settings, files=eml, outlook=outlook)
        if yes:
            done = work.remind(office, way, units=unit or (), progress=step)
            rows, delivery_run, unknown = done.remindings, done.delivery_run, 0
        else:
            show.warn_ahead(office.ahead(on) if on else "")
            rows, delivery_run = work.planned_reminders(office, on or office.now().date(), units=unit or ()), None
            unknown = work.not_taken_in(office)
        missing = "" if yes else missing_sender(office)
        waiting = work.quarantined_count(office)
    if json:
        show.as_json({"units": [_reminding_fields(each) for each in rows]} | delivery_fields(delivery_run))
        return exit_code(delivery_run, bool(missing) or any(each.action == "no_address" for each in rows))
    _print_remindings(rows, on)
    if unknown:
        show.print_line(
            f"收件箱中有 {unknown} 个文件还没有登记，其中可能有上面单位的报送件；真正催报前会先登记。", "yellow"
        )
    if waiting:
        show.print_line(
            f"有 {waiting} 个文件待核实，可能是上面单位的报送件；请先核实（zwgk receive --receipt 收件号 …）。",
            "yellow",
        )
    if delivery_run is None:
        print_yes_hint(sum(each.action == "send" for each in rows), way)
    else:
        print_delivery_run(delivery_run, way)
    if missing:
        show.warn(missing)
    return exit_code(delivery_run, bool(missing) or any(each.action == "no_address" for each in rows))


# --- send --------------------------------------------------------------------------------------


def _put_texts(workspace: Path, *, json: bool) -> int:
    from zwgk_excel.cli import show
    from zwgk_excel.workflow.mailing.templates import export_texts
    from zwgk_excel.workflow.office.workspace import open_workspace

    done = export_texts(open_workspace(workspace))
    if json:
        show.as_json([{"text": path, "new": new} for path, new in done])
        return 0
    fresh, kept = ([path.name for path, new in done if new is wanted] for wanted in (True, False))
    if fresh:
        show.print_line(f"已放在 {done[0][0].parent}：{'、'.join(fresh)}；用记事本修改，每个文件开头有说明。", "green")
    if kept:
        show.print_line(f"已经有了，没有改动：{'、'.join(kept)}；要恢复原样，先删去再运行。", "yellow")
    return 0


def _preview(wanted: Month, rows: Sequence[UnitSending], way: DeliveryMethod, *, json: bool) -> int:
    from zwgk_excel.cli import show
    from zwgk_excel.workflow.mailing.sending import ATTENTION_ACTIONS, MAILED_ACTIONS

    if json:
        show.as_json({"cycle": wanted, "units": [_sending_fields(each) for each in rows]})
    else:
        _print_sendings(wanted, f"{wanted} 报送表发送预览", rows)
        _print_advice(wanted, rows)
        print_yes_hint(sum(each.action in MAILED_ACTIONS for each in rows), way)
    return 1 if any(each.action in ATTENTION_ACTIONS for each in rows) else 0


def _report_sent(
    wanted: Month, rows: Sequence[UnitSending], delivery_run: DeliveryRun, way: DeliveryMethod, *, json: bool
) -> int:
    from zwgk_excel.cli import show
    from zwgk_excel.workflow.mailing.sending import ATTENTION_ACTIONS, MAILED_ACTIONS

    if json:
        show.as_json(
            {"cycle": wanted, "units": [_sending_fields(each) for each in rows]} | delivery_fields(delivery_run)
        )
    else:
        rest = [each for each in rows if each.action in ATTENTION_ACTIONS]
        if rest:
            _print_sendings(wanted, f"{wanted} 没有发送的单位", rest)
            _print_advice(wanted, rest)
        print_delivery_run(
            delivery_run, way, already=sum(each.action not in MAILED_ACTIONS | ATTENTION_ACTIONS for each in rows)
        )
    return exit_code(delivery_run, any(each.action in ATTENTION_ACTIONS for each in rows))


def _print_sendings(wanted: Month, title: str, rows: Sequence[UnitSending]) -> None:
    from zwgk_excel.cli import show
    from zwgk_excel.domain.file_names import beside_unit
    from zwgk_excel.layout.words import word

    headings = [letter_heading("unit"), "发送", letter_heading("to"), "附件", letter_heading("detail")]
    cells = [
        (
            each.unit,
            word("send_action", each.action),
            recipients(each.to, each.copies),
            "\n".join(filter(None, (beside_unit(each.file.rpartition("/")[2], each.unit, wanted), each.manual))),
            each.detail,
        )
        for each in rows
    ]
    show.table(title, headings, cells, wraps=headings[3:])


def recipients(to: Sequence[str], copies: Sequence[str]) -> str:
    """One address a line, never broken, because they are checked by eye before anything is sent."""
    return "\n".join([*to, *(f"抄送 {each}" for each in copies)])


_ADVICE = {
    "changed": "{units}：表在发出后有变化；需要再发的，加 --correction 作为更正发出。",
    "uncertain": "{units}：上次发送中断，不知道是否发出；请向单位或在邮箱“已发送”中核实，已收到的运行 "
    "zwgk send {cycle} --mark-sent 单位，没有收到的运行 zwgk send {cycle} --resend 单位 --yes。",
    "no_address": "{units}：请在单位通讯录中补填邮箱；已用其他方式送达的，运行 zwgk send {cycle} --mark-sent 单位。",
    "no_workbook": "{units}：请先运行 zwgk generate {cycle}。",
    "outdated": "{units}：更正下发已撤销（或恢复），发件箱中的报送表还没有随之重做；"
    "请先运行 zwgk generate {cycle} --as-issued。",
    "altered": "{units}：发件箱中的报送表不是生成时的那份；请运行 zwgk generate {cycle} 恢复。",
}
_MOST_NAMED = 5


def _print_advice(wanted: Month, rows: Sequence[UnitSending]) -> None:
    from zwgk_excel.cli import show

    for action, advice in _ADVICE.items():
        names = [each.unit for each in rows if each.action == action]
        if names:
            more = f" 等 {len(names)} 个单位" if len(names) > _MOST_NAMED else ""
            show.print_line(advice.format(units="、".join(names[:_MOST_NAMED]) + more, cycle=wanted), "yellow")


def _sending_fields(each: UnitSending) -> dict[str, Any]:
    return {
        "unit": each.unit,
        "action": each.action,
        "to": each.to,
        "copies": each.copies,
        "file": each.file or None,
        "manual": each.manual or None,
        "detail": each.detail,
    }


# --- remind ------------------------------------------------------------------------------------


def _print_remindings(rows: Sequence[UnitReminder], on: date | None) -> None:
    from zwgk_excel.cli import show
    from zwgk_excel.layout.words import word

    when = f"（按 {on} 计算）" if on else ""
    if not rows:
        show.print_line(f"没有需要催报的单位{when}。", "green")
        return
    unit, level, to, detail = map(letter_heading, ("unit", "level", "to", "detail"))
    headings = [unit, level, "发送", "欠报任务", to, detail]
    cells = [
        (
            each.unit,
            word("reminder_level", each.reminder.level),
            word("remind_action", each.action),
            "；".join(filter(None, _owed_words(each))),
            recipients(each.to, each.copies),
            each.detail,
        )
        for each in rows
    ]
    show.table(f"欠报单位 {len(rows)} 个{when}", headings, cells, wraps=[headings[3], headings[5]])


def _owed_words(row: UnitReminder) -> tuple[str, ...]:
    found = row.reminder
    feedback = f"征集结果 {len(found.feedback)} 次" if found.feedback else ""
    faults = f"网站整改 {len(found.faults)} 处" if found.faults else ""
    return _ids(found.late), _ids(found.upcoming, "将到 "), feedback, faults


def _ids(statuses: Sequence[ObligationStatus], before: str = "") -> str:
    """Duty ids; of what came and was sent back, that it was."""
    from zwgk_excel.domain.tracking import Outcome
    from zwgk_excel.layout.words import word

    back = f"（{word('outcome', Outcome.RETURNED)}）"
    ids = [each.obligation.duty.id for each in statuses]
    named = (
        each.obligation.duty.id
        # A task and its 补报 of an earlier month are two.
        + (f"（{each.obligation.reference}）" if ids.count(each.obligation.duty.id) > 1 else "")
        + (back if each.outcome is Outcome.RETURNED else "")
        for each in statuses
    )
    return before + "、".join(named) if statuses else ""


def _reminding_fields(each: UnitReminder) -> dict[str, Any]:
    return {
        "unit": each.unit,
        "level": each.reminder.level,
        "action": each.action,
        "late": [status.obligation.key for status in each.reminder.late],
        "upcoming": [status.obligation.key for status in each.reminder.upcoming],
        "feedback": [call.item.title or call.item.url for call in each.reminder.feedback],
        "site_faults": [state.case.number for state in each.reminder.faults],
        "to": each.to,
        "copies": each.copies,
        "detail": each.detail,
    }


# --- what was posted ---------------------------------------------------------------------------


def print_yes_hint(count: int, way: DeliveryMethod) -> None:
    """Say that this was a dry run, and what ``--yes`` would do."""
    from zwgk_excel.cli import show

    ways = {"smtp": "经邮件服务器发出", "files": "写成 .eml 文件放在发件箱", "outlook": "在 Outlook 中建草稿"}
    if count:
        show.print_line(f"以上是预览，没有发出任何邮件。加 --yes 即把 {count} 封{ways[way]}。", "bold")
    else:
        show.print_line("没有要发的邮件。")


def print_delivery_run(
    delivery_run: DeliveryRun, way: DeliveryMethod, already: int = 0, nothing: str = "没有要发的邮件"
) -> None:
    """Print what became of the mails, or that there was ``nothing`` to do; ``already`` units had theirs before."""
    from zwgk_excel.cli import show
    from zwgk_excel.layout.words import word
    from zwgk_excel.workflow.mailing.delivery import delivered_to_all

    done = {"smtp": "已发出", "files": "已写成 .eml 文件", "outlook": "已建 Outlook 草稿"}
    sent = [each for each in delivery_run.letters if each.state == "sent"]
    rest = f"；此前已发过、不再发的 {already} 个单位" if already else ""
    told = f"{done[way]} {len(sent)} 封" if delivery_run.letters or delivery_run.fault else nothing
    show.print_line(f"{told}{rest}。", "green" if sent else "")
    if way == "files" and sent:
        show.print_line("请用邮件程序逐个打开“发件箱”中的 .eml 文件，核对后点“发送”。")
    for each in delivery_run.letters:
        if not delivered_to_all(each):
            colour = {"sent": "yellow", "prepared": "yellow"}.get(each.state, "red")
            show.print_line(f"{each.unit}：{word('letter_state', each.state)}，{each.detail}", colour)
    if delivery_run.fault:
        show.print_line(delivery_run.fault, "red")


def delivery_fields(delivery_run: DeliveryRun | None) -> dict[str, Any]:
    """What was mailed as ``--json`` gives it; nothing for a dry run."""
    if delivery_run is None:
        return {}
    return {"letters": [_letter_fields(each) for each in delivery_run.letters], "fault": delivery_run.fault or None}


def _letter_fields(each: OutgoingMessage) -> dict[str, Any]:
    return {"key": each.key, "unit": each.unit, "state": each.state, "to": each.to, "detail": each.detail}


def exit_code(delivery_run: DeliveryRun | None, troubles: bool) -> int:
    """Exit code: 2 where nothing could be sent at all, 1 where an action needs attention, else 0."""
    if delivery_run and delivery_run.fault and not any(each.state == "sent" for each in delivery_run.letters):
        return 2
    smooth = delivery_run is None or (
        not delivery_run.fault and all(each.state == "sent" for each in delivery_run.letters)
    )
    return 1 if troubles or not smooth else 0


def letter_heading(key: str) -> str:
    """The heading of a column of the tracker's list of mails."""
    from zwgk_excel.layout.columns import layout

    return layout("tracker")["letters"].heading(key)
