"""结账 and 督促: what a month comes to for good, and who is to be pressed for it."""

from __future__ import annotations

from collections.abc import Sequence

from zwgk_excel.addin.buttons.consolidation import consolidated
from zwgk_excel.addin.buttons.months import choose_issued
from zwgk_excel.addin.buttons.persons import decided_by
from zwgk_excel.addin.host import workspace_choice
from zwgk_excel.addin.host.opened import records_at
from zwgk_excel.addin.host.session import CANCELLED, Session, listed
from zwgk_excel.domain.counts import count
from zwgk_excel.domain.escalation import EscalationCandidate, Rectification
from zwgk_excel.domain.obligations import label
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.tracking import Outcome
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.words import word
from zwgk_excel.workflow.assessment import closing
from zwgk_excel.workflow.assessment.closing import Closing
from zwgk_excel.workflow.escalation import escalating
from zwgk_excel.workflow.escalation.rectifying import BY_DEFAULT, open_due_rectifications
from zwgk_excel.workflow.mailing.reminding import not_taken_in
from zwgk_excel.workflow.office.context import Office
from zwgk_excel.workflow.office.replaceable_files import kept_words


def close_month(session: Session) -> str:
    """Close a month after what is unusual was shown; refused as ``zwgk close`` refuses."""
    root = workspace_choice.workspace_of(session)
    with records_at(root) as office:
        cycle = choose_issued(session, office, "给哪个月结账？", first=_to_close(office))
        if cycle is None:
            return CANCELLED
        today = office.now().date()
        plan = closing.plan_closing(office, cycle, as_of=today)
        if not session.confirm(_shown(plan), "仍然结账吗？" if plan.unusual else "现在结账吗？"):
            return CANCELLED
        who = decided_by(session, office)
        if who is None:
            return CANCELLED
        plan = closing.close(office, cycle, as_of=today, who=who, seen=plan.unusual)
    words = _closed(plan)
    return consolidated(session, words)


def _to_close(office: Office) -> Month | None:
    """The oldest month that is over and not closed."""
    over = (
        each.cycle
        for each in office.ledger.cycles()
        if each.issued_on and not each.closed_at and each.cycle.last < office.now().date()
    )
    return min(over, default=None)


def _newest_over(office: Office) -> Month | None:
    """The newest issued month whose last day is behind: while a month runs, nobody is pressed for it."""
    return max((month for month in office.issued() if month.last < office.now().date()), default=None)


def _shown(plan: Closing) -> list[str]:
    own, outcomes = plan.counts.own, (Outcome.REPORTED, Outcome.NIL, Outcome.RETURNED, Outcome.MISSING, Outcome.WAIVED)
    figures = "，".join(f"{word('outcome', each)} {own[each]}" for each in outcomes if own[each])
    lines = [f"{plan.cycle} 按 {plan.as_of} 的数字结账，结账以后这些数字不再变化。"]
    lines.append(f"{word('listed_as', 'own')} {own.due} 项：{figures}。")
    lines += [f"· {each}" for each in plan.unusual]
    named = [f"{each.status.obligation.unit} {label(each.status.obligation, plain=False)}" for each in plan.unripe]
    return [*lines, *named]


def _closed(plan: Closing) -> str:
    settled = count(row.status for row in plan.rows).due
    left = f"，留待以后 {len(plan.unripe)} 项（到期后计入 {plan.counted_in} 或以后的月份）" if plan.unripe else ""
    return f"{plan.cycle} 已按 {plan.as_of} 的数字结账：这次结账 {settled} 项{left}。结错的，按“撤销”。"


def escalate(session: Session) -> str:
    """List who is due for a measure, write the list to be printed, and open rectifications for it."""
    root = workspace_choice.workspace_of(session)
    with records_at(root) as office:
        cycle = choose_issued(session, office, "看哪个月的督促名单？", first=_newest_over(office))
        if cycle is None:
            return CANCELLED
        today = office.now().date()
        found = escalating.escalate(office, cycle, today)
        sample = [] if found.confirmed else [layout("escalation").settings["texts"]["sample"]]
        if not found.due:
            told = f"{cycle} 没有应采取督促措施的单位（截至 {today}）。"
            return "\n".join([told, *sample])
        unread = not_taken_in(office)
        pending = [f"收件箱中有 {unread} 个文件还没有登记，不在名单的依据之内；请先按“汇总”。"] if unread else []
        lines = [f"{cycle} 督促名单（截至 {today}）{len(found.due)} 条：", *pending, *sample, *_candidates(found.due)]
        steps = "、".join(word("step", each) for each in BY_DEFAULT)
        question = f"是：写出名单，并给应{steps}的立项\n否：只写出名单，不立项"
        answer = session.ask(f"{listed(lines)}\n\n{question}", "yes_no_cancel")
        if answer not in {"yes", "no"}:
            return CANCELLED
        raised: Sequence[Rectification] = ()
        if answer == "yes":
            who = decided_by(session, office)
            if who is None:
                return CANCELLED
            raised = open_due_rectifications(office, cycle, (), None, mend_by=None, as_of=today, who=who)
            found = escalating.escalate(office, cycle, today)
        done = escalating.export(office, found)
    session.open(done.path)
    return _escalated(done, raised, asked=answer == "yes")


def _candidates(due: Sequence[EscalationCandidate]) -> list[str]:
    return [f"{word('step', each.step)} {each.unit}：{'；'.join(each.evidence)}" for each in due]


def _escalated(done: escalating.EscalationList, raised: Sequence[Rectification], *, asked: bool) -> str:
    names = [f"第 {each.number} 号 {each.unit}（{word('step', each.step)}）" for each in raised]
    lines = [f"已立项 {len(raised)} 件：{'、'.join(names)}。"] if raised else ["没有要新立项的。"] if asked else []
    lines += map(kept_words, done.kept)
    lines.append(f"名单已写成并打开：{done.path}")
    sheet = layout("tracker")["rectifications"].name
    lines.append(f"下一步：核对后印发；整改情况填在总台账“{sheet}”中。给单位的催报、督办提醒邮件按“催报”发出。")
    return "\n".join(lines)
