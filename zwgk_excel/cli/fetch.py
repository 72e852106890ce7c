"""``fetch``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zwgk_excel.cli.effects import tell_to_consolidate
from zwgk_excel.cli.options import HERE, ClusterAddress, Json, Workspace, reader_pool
from zwgk_excel.domain.text import one_line

if TYPE_CHECKING:
    from zwgk_excel.domain.correspondence import IncomingMessage
    from zwgk_excel.workflow.mailing.delivery import DeliveryRun
    from zwgk_excel.workflow.mailing.fetching import Fetched

_LISTED = 50
_SHOWN = 60
"""So many mails of a kind are listed, so many characters of a text shown."""


def fetch(workspace: Workspace = HERE, cluster: ClusterAddress = "", json: Json = False) -> int:
    """Fetch the mails of the mailbox."""
    from zwgk_excel.cli import show
    from zwgk_excel.workflow.mailing.fetching import fetch as run
    from zwgk_excel.workflow.office.context import open_office

    with (
        open_office(workspace) as office,
        reader_pool(cluster, office) as readers,
        show.progress("收取", quiet=json) as step,
    ):
        fetched = run(office, progress=step, readers=readers)
    if json:
        show.as_json(_fields(fetched))
    else:
        _report(fetched)
    found = (*(each for receipt in fetched.taken for each in receipt.problems), *fetched.problems)
    answers = fetched.acknowledgements
    wrong = (
        fetched.fault or fetched.taken.unread or answers.fault or any(each.state != "sent" for each in answers.letters)
    )
    return 1 if wrong or any(each.counts for each in found) else 0


def _report(fetched: Fetched) -> None:
    from zwgk_excel.cli import show
    from zwgk_excel.cli.taken import report
    from zwgk_excel.domain.correspondence import MessageKind
    from zwgk_excel.layout.words import word

    report(fetched.taken)
    plain = [each for each in fetched.messages if each.kind is MessageKind.REPLY and not _files(each)]
    _list("没有附件的邮件", plain)
    for kind in (MessageKind.AUTO_REPLY, MessageKind.LIST, MessageKind.BOUNCE):
        _list(word("message_kind", kind), [each for each in fetched.messages if each.kind is kind])
    show.problems(fetched.problems)
    known = f"，另有 {fetched.known} 封以前收过" if fetched.known else ""
    if fetched.messages or fetched.known:
        show.print_line(f"新邮件 {len(fetched.messages)} 封，登记文件 {len(fetched.taken)} 个{known}。", "green")
    elif not fetched.fault:
        show.print_line("没有新邮件。")
    if fetched.taken:
        tell_to_consolidate()
    if fetched.fault:
        show.print_line(f"没有收完：{fetched.fault}再次运行会接着收。", "red")
    _report_acknowledgements(fetched.acknowledgements)


def _report_acknowledgements(done: DeliveryRun) -> None:
    from zwgk_excel.cli import show
    from zwgk_excel.layout.words import word
    from zwgk_excel.workflow.mailing.delivery import delivered_to_all

    sent = [each for each in done.letters if each.state == "sent"]
    if sent:
        show.print_line(f"收件回复 {len(sent)} 封。", "green")
    for each in done.letters:
        if not delivered_to_all(each):
            show.print_line(f"给{each.unit}的收件回复：{word('letter_state', each.state)}，{each.detail}", "yellow")
    if done.fault:
        show.print_line(f"收件回复没有发完：{done.fault}", "red")


def _list(title: str, messages: list[IncomingMessage]) -> None:
    from zwgk_excel.cli import show

    if messages:
        show.print_line(f"{title}（{len(messages)} 封）：", "bold")
    for each in messages[:_LISTED]:
        said = one_line(each.text)[:_SHOWN]
        unit = f"（{each.unit}）" if each.unit else ""
        words = f"：{said}" if said else ""
        show.print_line(f"  {each.received_at:%Y-%m-%d %H:%M} {each.sender}{unit}“{each.subject[:_SHOWN]}”{words}")
    if len(messages) > _LISTED:
        show.print_line(f"  …… 还有 {len(messages) - _LISTED} 封，用 --json 查看全部")


def _files(message: IncomingMessage) -> list[str]:
    return [each.file for each in message.attachments if each.file]


def _fields(fetched: Fetched) -> dict[str, object]:
    from zwgk_excel.cli.mail import delivery_fields
    from zwgk_excel.cli.taken import entries

    return {
        "messages": [_message(each) for each in fetched.messages],
        "receipts": entries(fetched.taken),
        "problems": [each.as_dict() for each in fetched.problems],
        "known": fetched.known,
        "fault": fetched.fault or None,
        "acknowledgements": delivery_fields(fetched.acknowledgements),
    }


def _message(message: IncomingMessage) -> dict[str, object]:
    return {
        "uid": message.uid,
        "received_at": message.received_at.isoformat(),
        "sender": message.sender,
        "unit": message.unit or None,
        "kind": message.kind,
        "subject": message.subject,
        "text": message.text,
        "files": _files(message),
        "listed": [each.original for each in message.attachments if not each.file],
    }
