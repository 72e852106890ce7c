"""复核调整 and 更正收件: what a unit objects to, looked at again and put right."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from zwgk_excel.addin.buttons.consolidation import consolidated
from zwgk_excel.addin.buttons.months import choose_issued
from zwgk_excel.addin.buttons.numbers import number_name, number_typed
from zwgk_excel.addin.buttons.persons import decided_by
from zwgk_excel.addin.host import workspace_choice
from zwgk_excel.addin.host.opened import office_at, records_at
from zwgk_excel.addin.host.session import CANCELLED, Session
from zwgk_excel.domain.returns import Receipt, Verdict
from zwgk_excel.domain.scoring import format_points, signed_points
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.words import verdict_word
from zwgk_excel.workflow.acts.effect_words import changed_lines, renewed_lines
from zwgk_excel.workflow.arguments import moment_of
from zwgk_excel.workflow.assessment.adjusting import AdjustmentEffect, adjust, points_of, preview_adjustment
from zwgk_excel.workflow.decisions.receipt_acts import ReceiptEffect, correct_time, receipt_of, withdraw
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.office.context import Office, find_unit

_LATEST = 12
"""So many receipts are shown before one is asked for."""


def adjust_points(session: Session) -> str:
    """Give or take points of one unit in a month, with a reason, after its effect was shown."""
    with office_at(workspace_choice.workspace_of(session)) as office:
        cycle = choose_issued(session, office, "调整哪个月的得分？")
        unit = _unit(session, office) if cycle else ""
        given = session.ask_text(f"“{unit}”加几分或减几分？请写成 +5 或 -0.5 的形式：") if unit else None
        points = points_of(given) if given else None
        reason = session.ask_text("为什么调整？请写明理由，记入办理记录：") if points else None
        who = decided_by(session, office) if reason else None
        if not cycle or points is None or not reason or not who:
            return CANCELLED
        effect = preview_adjustment(office, cycle, unit, points, who=who, reason=reason)
        if not session.confirm([*_scores(effect)], "现在调整吗？"):
            return CANCELLED
        effect = adjust(office, cycle, unit, points, who=who, reason=reason)
    return consolidated(session, f"已调整，记为第 {effect.adjustment.act} 号办理；调整错了的，按“撤销”。")


def _unit(session: Session, office: Office) -> str:
    """The unit chosen or typed; empty where the user gives up. Raises UserError for what is none."""
    units = [each.name for each in office.units()]
    index = session.choose_from("调整哪个单位的得分？", units, "输入单位名称…")
    if index is None or index < len(units):
        return "" if index is None else units[index]
    typed = session.ask_text("调整哪个单位的得分？请输入单位名称：")
    return find_unit(office, typed) if typed else ""


def _scores(effect: AdjustmentEffect) -> Iterator[str]:
    about = effect.adjustment
    state = "已经结账" if effect.before.closed else "未结账"
    yield f"{about.cycle}（{state}）{about.unit} {signed_points(about.points)} 分，理由：{about.reason}"
    for then, now in effect.changed:
        yield (
            f"{then.unit} {format_points(then.points)} 分、第 {then.rank} 名"
            f" → {format_points(now.points)} 分、第 {now.rank} 名"
        )


def correct_receipt(session: Session) -> str:
    """Let a file have been received at another time, or count for nothing, after its effect was shown."""
    with records_at(workspace_choice.workspace_of(session)) as office:
        receipt = _chosen(session, office)
        act = _wanted(session, receipt) if receipt else None
        reason = session.ask_text("为什么更正？请写明理由，记入办理记录：") if act else None
        who = decided_by(session, office) if reason else None
        if not receipt or not act or not reason or not who:
            return CANCELLED
        effect = act(office, receipt.number, who=who, reason=reason, preview=True)
        if not session.confirm([*_changes(effect)], "现在办理吗？"):
            return CANCELLED
        effect = act(office, receipt.number, who=who, reason=reason, preview=False)
        number = max(each.number for each in office.ledger.acts())
    lines = [f"收件 {receipt.number} 已更正，记为第 {number} 号办理；办错了的，按“撤销”。"]
    return consolidated(session, "\n".join([*lines, *renewed_lines(effect.corrections)]))


def _chosen(session: Session, office: Office) -> Receipt | None:
    """The receipt whose number is typed, after the latest were shown; None where the user gives up."""
    every = [each for each in office.ledger.receipt_summaries() if each.was_read and each.verdict != Verdict.WITHDRAWN]
    if not every:
        raise UserError("还没有可以更正的收件。")
    latest = sorted(every, key=lambda each: each.number, reverse=True)[:_LATEST]
    sheet = layout("tracker")["receipts"].name
    number = number_name("receipts")
    question = f"以上是最近的收件，最新的在前（全部见“{sheet}”）。按“确定”后输入{number}。"
    if not session.confirm([_line(each) for each in latest], question):
        return None
    typed = session.ask_text(f"更正第几号收件？请输入{number}：")
    if not typed:
        return None
    return receipt_of(office, number_typed(typed, "receipts"))


def _line(receipt: Receipt) -> str:
    about = " ".join(filter(None, (receipt.unit, str(receipt.cycle or ""), verdict_word(receipt))))
    return f"{receipt.number} 号 {receipt.received_at:%Y-%m-%d %H:%M} {about}：{receipt.name}"


def _wanted(session: Session, receipt: Receipt) -> Callable[..., ReceiptEffect] | None:
    """What is to be done with it; None where the user gives up."""
    choice = session.ask(
        f"{_line(receipt)}\n\n是：更正收件时间\n否：撤回这份收件，不再计入，原来的一份重新有效", "yes_no_cancel"
    )
    if choice == "no":
        return withdraw
    if choice != "yes":
        return None
    proposed = f"{receipt.received_at:%Y-%m-%d %H:%M}"
    typed = session.ask_text(f"实际是什么时间收到的？请写成 {proposed} 的形式：", proposed)
    at = moment_of(typed) if typed else None
    return partial(correct_time, at=at) if at else None


def _changes(effect: ReceiptEffect) -> Iterator[str]:
    before, after = effect.before, effect.after
    if after.verdict is Verdict.WITHDRAWN:
        yield f"撤回收件 {before.number}：{before.name}"
    else:
        yield f"收件 {before.number} 的收件时间更正为 {after.received_at:%Y-%m-%d %H:%M}：{before.name}"
    yield from changed_lines(effect.rows)
