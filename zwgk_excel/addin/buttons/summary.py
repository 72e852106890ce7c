"""What a consolidation came to, in a few sentences, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence

from zwgk_excel.domain.counts import count
from zwgk_excel.domain.decisions import Decision
from zwgk_excel.domain.returns import Receipt, Verdict
from zwgk_excel.layout.columns import layout
from zwgk_excel.workflow.in_tray import NO_OUTCOME, TrayOutcome
from zwgk_excel.workflow.tracking.statuses import Statuses


def summary(
    taken: Sequence[Receipt],
    decisions: Sequence[Decision],
    found: Statuses,
    tray: TrayOutcome = NO_OUTCOME,
    waiting: int = 0,
) -> str:
    """How many were returned, how many are late, how many are to be sent back, and the next step.

    Of the in-tray: what was carried out, and how many things wait.
    """
    counts, back = count(row.status for row in found.rows), len(to_send_back(found))
    new = f"本次新收 {len(taken)} 份" + (f"，记下台账意见 {len(decisions)} 条" if decisions else "")
    late_ones = f"{counts.behind} 项迟报/逾期（其中 {counts.overdue} 项仍未报）"
    told = f"各月共 {_returned(found)} 份已收，{late_ones}，{back} 份待退回修改"
    handled = "".join(f"已办理  {each.told}。\n" for each in tray.done)
    return f"汇总完成。\n{new}。\n{handled}{told}。\n下一步：{_next(counts.overdue, back, waiting)}"


def to_send_back(found: Statuses) -> list[Receipt]:
    """The newest return of each unit and cycle that is to be corrected."""
    newest = {(each.unit, each.cycle): each for each in found.receipts if each.verdict is not Verdict.DUPLICATE}
    faulty = {Verdict.RETURNED, Verdict.QUARANTINED}
    return [each for each in newest.values() if each.verdict in faulty and not each.is_set_aside]


def _returned(found: Statuses) -> int:
    return len({(each.unit, each.cycle) for each in found.contents.receipts})


def _next(overdue: int, back: int, waiting: int) -> str:
    if waiting:
        return f"在“{layout('tracker')['in_tray'].name}”中为 {waiting} 项选“处理”，再按“汇总”。"
    problems = layout("tracker")["problems"].name
    if back:
        return f"在“{problems}”核对错误，通知有关单位改正后重新报送。"
    if overdue:
        return f"“{layout('tracker')['tracking'].name}”中红色的行已逾期，可按“催报”提醒。"
    return "没有需要催办的事项。"
