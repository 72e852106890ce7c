"""What waits for the office: gathered anew from the records at every consolidation, so nothing is kept of it.

Everything is as of the day of the statuses; a month that is closed waits for nothing any more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from zwgk_excel.domain.correspondence import MessageKind
from zwgk_excel.domain.duties import UnitKind
from zwgk_excel.domain.escalation import EscalationCandidate, EscalationLevel
from zwgk_excel.domain.in_tray import (
    CHOICES,
    TrayChoice,
    Waiting,
    WaitingKind,
    in_tray_order,
    is_assignable,
    is_false_table,
)
from zwgk_excel.domain.issues import IssueDifference
from zwgk_excel.domain.obligations import Obligation, label
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.problems import Problem
from zwgk_excel.domain.returns import FaultAnswerStatus, Receipt
from zwgk_excel.domain.senders import HELD_FOR_SENDER
from zwgk_excel.domain.site_faults import FaultOutcome, FaultState
from zwgk_excel.domain.text import clean, shortened
from zwgk_excel.domain.tracking import TAKING_BACK_CODE
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.in_excel import in_excel
from zwgk_excel.layout.link_words import verdict_of
from zwgk_excel.layout.words import word
from zwgk_excel.workbooks.tracker.rows.view import RefusedCell
from zwgk_excel.workflow.assessment.closing import ready_to_close
from zwgk_excel.workflow.escalation.rectifying import BY_DEFAULT
from zwgk_excel.workflow.in_tray.returns import receipt_words, waiting_returns
from zwgk_excel.workflow.intake.identification import units_named
from zwgk_excel.workflow.intake.proposals import known_proposals
from zwgk_excel.workflow.intake.waiting import in_quarantine
from zwgk_excel.workflow.issuing import behind_amendment, issue_differences
from zwgk_excel.workflow.office.context import Office
from zwgk_excel.workflow.tracking.site_faults import fault_states
from zwgk_excel.workflow.tracking.statuses import Statuses, closed_months

_CLOSED_CODE = "decision_closed"
_NAMED = 3
_MAIL_TEXT = 80
"""Characters of a mail that are shown."""
_EXPLANATION, _LINK = 200, 120
"""Characters of an explanation, and of a link, that are shown."""


@dataclass(frozen=True, slots=True)
class TrayFacts:
    """What the in-tray is gathered from, beside the ledger."""

    statuses: Statuses
    dues: Sequence[EscalationCandidate]
    """The units that have reached a level of the ladder."""
    refused: Sequence[RefusedCell]
    """What was typed into the tracker and could not be taken."""


def what_waits(office: Office, found: TrayFacts) -> tuple[Waiting, ...]:
    """Everything that waits for the office and that it does not ignore, the most urgent first."""
    closed = closed_months(office)
    open_months = [month for month in office.issued() if month not in closed]
    ignored = office.ledger.ignored()
    everything = (
        *_files(office, found.statuses.as_of),
        *_takings_back(found.statuses),
        *_explanations(office, found),
        *_refused(found),
        *waiting_returns(office, open_months, found.statuses.as_of, ignored),
        *_differences(office, open_months, found.statuses.as_of),
        *_mails(office, open_months, found.statuses.as_of),
        *_closings(office, open_months, found.statuses),
        *_dues(found.dues),
        *_calendars(office, open_months, found.statuses.as_of),
    )
    return in_tray_order(everything, ignored)


# --- files -------------------------------------------------------------------------------------


def _files(office: Office, as_of: date) -> Iterator[Waiting]:
    waiting = in_quarantine(office, as_of)
    proposals = known_proposals(office, (each.file for each in waiting)) if waiting else {}
    for each in waiting:
        held = any(p.code in HELD_FOR_SENDER for p in each.problems)
        unit, cycle = proposals.get(each.file) or _guessed(office, each)
        told = "；".join(dict.fromkeys(p.found for p in each.problems if p.counts)) or word("verdict", each.verdict)
        proposed = f"看起来是“{' '.join(filter(None, (unit, str(cycle or ''))))}”的；" if unit or cycle else ""
        checked = "先与该单位核实；属实的认定，" if held else "是报送件的认定，"
        empty = not is_assignable(each.problems)
        form = "最近发给它的整改链接表填报" if is_false_table(each.problems) else "下发的信息报送表重新报送"
        asked = f"请该单位用{form}，这一份作废" if empty else f"{checked}不是的作废"
        yield Waiting(
            WaitingKind.SENDER if held else WaitingKind.FILE,
            # What can be chosen about a row follows from its key, so that no dropdown goes stale.
            f"{receipt_words(each.number)}{_unreadable(each) if empty else ''}",
            f"{each.name}：{told}",
            f"{proposed}{asked}",
            since=each.received_at.date(),
            unit="" if empty else unit,
            month=None if empty else cycle,
            choices=(TrayChoice.SET_ASIDE,) if empty else (),
            facts=(each.sha256,),
            number=each.number,
            file=each.file,
        )


def _unreadable(receipt: Receipt) -> str:
    return "（整改链接表不能用）" if is_false_table(receipt.problems) else "（读不出报送表）"


def _guessed(office: Office, receipt: Receipt) -> tuple[str, Month | None]:
    """Unit and month of a file of which no proposal was kept, by its name alone."""
    named = units_named(office.roster, receipt.name)
    month = next((each for each in reversed(office.issued()) if each <= Month.of(receipt.received_at.date())), None)
    return (named[0], month) if len(named) == 1 else ("", None)


def _takings_back(statuses: Statuses) -> Iterator[Waiting]:
    asked: dict[str, list[Problem]] = defaultdict(list)
    for each in statuses.problems:
        if each.code == TAKING_BACK_CODE:
            asked[each.place.file].append(each)
    if not asked:
        return
    newest = {r.name: r for r in sorted(statuses.receipts, key=lambda r: r.number) if r.was_read and r.name in asked}
    for name, problems in asked.items():
        receipt = newest[name]
        yield Waiting(
            WaitingKind.TAKE_BACK,
            receipt_words(receipt.number),
            f"{name}：{'；'.join(each.found for each in problems)}",
            "与该单位核实：确要撤下的同意撤回；漏填的仍算已报；两份都有效的合并；这一份发错的撤回收件",
            since=receipt.received_at.date(),
            unit=receipt.unit,
            month=receipt.cycle,
            facts=tuple(sorted(each.obligation for each in problems)),
            number=receipt.number,
            file=receipt.file,
        )


def _explanations(office: Office, found: TrayFacts) -> Iterator[Waiting]:
    """The faults on the website of which a unit says what nobody can see there."""
    as_of, contents = found.statuses.as_of, found.statuses.contents
    for each in fault_states(office, as_of, contents):
        said = each.case.answer
        if each.outcome is not FaultOutcome.EXPLAINED or said is None:
            continue
        fault, answer = each.case.fault, said.answer
        seen = f"；再次核验：{verdict_of(each.check)}" if each.check else _unseen(each)
        words = f"“{shortened(answer.explanation, _EXPLANATION)}”" if answer.explanation else "没有说明"
        yield Waiting(
            WaitingKind.EXPLANATION,
            f"网站整改 {each.case.number}",
            f"{fault.unit}“{clean(fault.title or fault.task)}”：{in_excel(fault.found)}；"
            f"单位选“{word('fault_answer', answer.status)}”：{words}{seen}",
            "核实后认可说明，这一条了结；不认可的仍须整改",
            since=said.at.date(),
            unit=fault.unit,
            month=each.case.cycle,
            facts=(str(said.at), answer.explanation),
            number=each.case.number,
            file=said.file,
        )


def _unseen(state: FaultState) -> str:
    """Why what a unit says is mended cannot be seen by a verification; empty for another answer."""
    said = state.case.answer
    if said is None or said.answer.status is not FaultAnswerStatus.MENDED:
        return ""
    url = state.case.link.item.url
    return f"；链接“{shortened(url, _LINK)}”不在可以访问的网站中，没有核验" if url else "；没有链接，没有核验"


# --- what was typed, and the two tables --------------------------------------------------------


def _refused(found: TrayFacts) -> Iterator[Waiting]:
    tracker = layout("tracker")
    months = {row.status.obligation.key: row.month for row in found.statuses.rows}
    for each in found.refused:
        if each.typed is None:
            continue
        closed = each.problem.code == _CLOSED_CODE
        more = (TrayChoice.REOPEN,) if closed else ()
        unit = each.obligation.partition("/")[2].rpartition("/")[0]
        yield Waiting(
            WaitingKind.DECISION,
            # What can be chosen about a row follows from its key, so that no dropdown goes stale.
            f"{each.obligation} {tracker['tracking'].heading(each.column)}{'（已结账）' if closed else ''}",
            in_excel(each.cause),
            "确要更改的先撤销结账，再汇总一次；不改的清除所填" if closed else "在跟踪台账中改正，或清除所填",
            unit=unit,
            month=months.get(each.obligation),
            choices=(*more, *CHOICES[WaitingKind.DECISION]),
            facts=(str(each.typed), each.cause),
            obligation=each.obligation,
            column=each.column,
            file=tracker.file_name,
            sheet=tracker["tracking"].name,
        )


def _differences(office: Office, months: Sequence[Month], as_of: date) -> Iterator[Waiting]:
    """The months that the tables of today would have otherwise, and those whose amendment was broken off."""
    if office.tables is None or office.tables_fault:
        return
    for month in months:
        if found := issue_differences(office, month):
            yield Waiting(
                WaitingKind.DIFFERENCE,
                str(month),
                _told_differences(month, found),
                "本月也要改的更正下发（有关单位的报送表随之重做，再发更正）；只从以后月份起改的忽略",
                month=month,
                facts=tuple(sorted(f"{each.change} {_side(each.before)} {_side(each.after)}" for each in found)),
                file=layout("duty_table").file_name,
            )
        elif office.issues.issue(month).amended and (behind := behind_amendment(office, month, as_of)):
            yield Waiting(
                WaitingKind.DIFFERENCE,
                f"{month} 重做",
                f"{month} 已更正下发，{'、'.join(behind)}的报送表还没有随更正重做",
                "重做报送表，再发更正",
                month=month,
                choices=(TrayChoice.REMAKE,),
                facts=behind,
            )


def _side(side: Obligation | UnitKind | None) -> str:
    """One side of a difference, as far as anybody owes or reads it."""
    if not isinstance(side, Obligation):
        return str(side or "")
    duty = side.duty
    return f"{side.key} {side.due} {side.final} {side.mandatory} {duty.column} {duty.content} {duty.requirement}"


def _told_differences(month: Month, found: Sequence[IssueDifference]) -> str:
    counts: dict[str, int] = defaultdict(int)
    for each in found:
        counts[word("issue_change", each.change)] += 1
    named = [f"{each.unit} {label(each.obligation, plain=False) if each.obligation else ''}".strip() for each in found]
    shown = "、".join(dict.fromkeys(named[:_NAMED])) + (f" 等 {len(found)} 项" if len(found) > _NAMED else "")
    told = "，".join(f"{kind} {count} 项" for kind, count in counts.items())
    return f"责任分工表、单位通讯录或时限与下发 {month} 时不同：{told}（{shown}）"


# --- mails -------------------------------------------------------------------------------------


def _mails(office: Office, months: Sequence[Month], as_of: date) -> Iterator[Waiting]:
    """The mails since the oldest open month in which nothing came that could be taken in."""
    if not months:
        return
    for each in office.ledger.messages():
        asks = each.kind is MessageKind.BOUNCE or (
            each.kind is MessageKind.REPLY and not any(file.file for file in each.attachments)
        )
        if not asks or not months[0].first <= each.received_at.date() <= as_of:
            continue
        text = clean(each.text)[:_MAIL_TEXT]
        sender = each.sender or "发件人不明"
        unit, subject = each.unit or "不知是哪个单位", each.subject or "无主题"
        what = f"{word('message_kind', each.kind)}，{unit}，{sender}：“{subject}”"
        bounced = each.kind is MessageKind.BOUNCE
        yield Waiting(
            WaitingKind.MAIL,
            f"{each.received_at:%m-%d %H:%M} {sender}（{each.digest[:6]}）",
            f"{what}{'，没有附件' if not bounced else ''}。{text}",
            "核对单位通讯录中的邮箱，改正后重发；看过选已阅" if bounced else "在邮箱中查看、答复；看过选已阅",
            since=each.received_at.date(),
            unit=each.unit,
            facts=(each.digest,),
        )


# --- months and units --------------------------------------------------------------------------


def _closings(office: Office, months: Sequence[Month], statuses: Statuses) -> Iterator[Waiting]:
    tracker = layout("tracker")
    over = [month for month in months if month.last < statuses.as_of <= office.now().date()]
    for plan in ready_to_close(office, over, statuses):
        month, due = plan.cycle, plan.counts.own.due
        told = [f"{month} 已结束，应报 {due} 项都已到期或已报，收到的文件都已处理", *plan.unusual]
        yield Waiting(
            WaitingKind.CLOSING,
            str(month),
            in_excel("；".join(each.rstrip("。") for each in told)),
            "核对无误后结账，数字和得分从此固定",
            since=month.last,
            month=month,
            facts=(str(due), *plan.unusual),
            seen=plan.unusual,
            file=tracker.file_name,
            sheet=tracker["overview"].name,
        )


def _dues(dues: Sequence[EscalationCandidate]) -> Iterator[Waiting]:
    tracker = layout("tracker")
    found: dict[tuple[Month, str, EscalationLevel], list[EscalationCandidate]] = defaultdict(list)
    for each in dues:
        if each.step in BY_DEFAULT:
            found[each.cycle, each.unit, each.step].append(each)
    for (cycle, unit, step), several in found.items():
        evidence = dict.fromkeys(text for each in several for text in each.evidence)
        yield Waiting(
            WaitingKind.ESCALATION,
            f"{cycle} {unit} {word('step', step)}",
            f"{unit}在 {cycle} 达到{word('step', step)}：{'；'.join(evidence)}",
            "立项，可填整改期限；不立项的忽略并写明理由",
            since=cycle.last,
            unit=unit,
            month=cycle,
            facts=tuple(sorted({fact for each in several for fact in each.facts} or evidence)),
            step=step,
            file=tracker.file_name,
            sheet=tracker["rectifications"].name,
        )


def _calendars(office: Office, months: Sequence[Month], as_of: date) -> Iterator[Waiting]:
    """The years from the oldest open month until today, or the newest month, whose days off are only computed."""
    if not months:
        return
    for year in range(months[0].year, max(as_of, months[-1].last).year + 1):
        if office.workdays.provisional(date(year, 1, 1), date(year, 12, 31)):
            yield Waiting(
                WaitingKind.CALENDAR,
                f"{year} 年",
                f"{year} 年的放假安排没有公布或没有录入，按周一至周五和法定节假日推算，按工作日算的期限只是暂定",
                "公布后升级本程序，或在 zwgk.toml 的 [calendar] 中录入",
                facts=(str(year),),
            )
