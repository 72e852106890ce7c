"""收取: the mailbox's new mails taken in, what needs a person told, and 汇总 offered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from zwgk_excel.addin.buttons.consolidation import consolidate
from zwgk_excel.addin.host import workspace_choice
from zwgk_excel.addin.host.opened import office_at
from zwgk_excel.addin.host.session import Session, listed
from zwgk_excel.domain.correspondence import IncomingMessage, LetterState, MessageKind
from zwgk_excel.domain.returns import Verdict
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.words import word
from zwgk_excel.workflow.intake.receiving import IntakeResult
from zwgk_excel.workflow.mailing import fetching
from zwgk_excel.workflow.mailing.delivery import DeliveryRun, delivered_to_all
from zwgk_excel.workflow.mailing.fetching import Fetched

_SUBJECT = 30
"""So many characters of a subject are shown."""


def fetch(session: Session) -> str:
    """Fetch what is new in the office's mailbox, which itself is never changed."""
    with office_at(workspace_choice.workspace_of(session)) as office:
        session.status("连接邮箱")
        done = fetching.fetch(office, progress=session.progress("收取"))
    words = _summary(done)
    if not done.taken or not session.confirm([words], "现在汇总到总台账吗？"):
        return "" if done.taken else words
    # The files have their receipts by now: to the consolidation they are not new.
    return f"收取时已登记 {len(done.taken)} 个文件。\n{consolidate(session)}"


def _summary(done: Fetched) -> str:
    return "\n".join(
        [
            _counts(done),
            *([listed(lines)] if (lines := _to_look_at(done)) else []),
            *([f"没有收完：{done.fault}再按一次“收取”会接着收。"] if done.fault else []),
            *_acknowledgements(done.acknowledgements),
        ]
    )


def _acknowledgements(done: DeliveryRun) -> list[str]:
    sent = sum(each.state is LetterState.SENT for each in done.letters)
    odd = [each for each in done.letters if not delivered_to_all(each)]
    return [
        *([f"收件回复 {sent} 封。"] if sent else []),
        *([listed([f"{each.unit}：{word('letter_state', each.state)}，{each.detail}" for each in odd])] if odd else []),
        *([f"收件回复没有发完：{done.fault}"] if done.fault else []),
    ]


def _counts(done: Fetched) -> str:
    if not done.messages and not done.known and not done.taken:
        return "" if done.fault else "没有新邮件。"
    known = f"，另有 {done.known} 封以前收过" if done.known else ""
    verdicts = Counter(each.verdict for each in done.taken)
    told = "，".join(f"{word('verdict', each)} {verdicts[each]} 个" for each in Verdict if verdicts[each])
    return f"新邮件 {len(done.messages)} 封{known}；登记文件 {len(done.taken)} 个{f'（{told}）' if told else ''}。"


def _to_look_at(done: Fetched) -> list[str]:
    """What a person has to see, the most urgent first."""
    return [
        *(str(each) for each in (*done.problems, *done.taken.unread)),
        *_intake(done.taken),
        *_mails("没有附件的来信", (m for m in done.messages if m.kind is MessageKind.REPLY and not _has_files(m))),
        *_mails(
            word("message_kind", MessageKind.AUTO_REPLY),
            (m for m in done.messages if m.kind is MessageKind.AUTO_REPLY),
        ),
    ]


def _intake(taken: IntakeResult) -> list[str]:
    problems, receipts = layout("tracker")["problems"].name, layout("tracker")["receipts"].name
    back = sum(each.verdict is Verdict.RETURNED and not each.is_fault_table for each in taken)
    tables = [each.name for each in taken if each.is_faulty_table]
    unknown = [each.name for each in taken if each.verdict is Verdict.QUARANTINED]
    lines = [f"要退回修改的 {back} 个，修改意见在“退回修改”文件夹，汇总后见“{problems}”。"] if back else []
    if tables:
        lines.append(f"整改链接表有没有采用的 {len(tables)} 个，按“链接核验”告诉单位：{'、'.join(tables[:3])}")
    if unknown:
        lines.append(f"待核实的 {len(unknown)} 个，尚未计入，汇总后在“{receipts}”中核实：{'、'.join(unknown[:3])}")
    return lines


def _mails(title: str, messages: Iterable[IncomingMessage]) -> list[str]:
    found = list(messages)
    told = [f"{each.unit or each.sender}“{each.subject[:_SUBJECT]}”" for each in found[:3]]
    more = "等" if len(found) > len(told) else ""
    return [f"{title} {len(found)} 封，请在邮箱中查看：{'、'.join(told)}{more}"] if found else []


def _has_files(message: IncomingMessage) -> bool:
    return any(each.file for each in message.attachments)
