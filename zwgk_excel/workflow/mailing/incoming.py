"""One received mail: classification, attachments saved, unit matched, problems."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache, partial
from pathlib import Path

from zwgk_excel.domain.authentication import SenderProof, judge, results_in_words
from zwgk_excel.domain.correspondence import IncomingMessage, MessageKind, OutgoingMessage, SavedAttachment
from zwgk_excel.domain.file_names import safe_name, safe_part
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.problems import CellRef, Problem, problem
from zwgk_excel.domain.senders import units_of
from zwgk_excel.domain.subject_codes import find_reply_code
from zwgk_excel.mail.attachments import Attachment
from zwgk_excel.mail.authentication import fields_of_server
from zwgk_excel.mail.imap import LARGEST, RawMail
from zwgk_excel.mail.read_mail import ParsedMail, headers_alone, read_mail
from zwgk_excel.workbooks.opening.zip_parts import MB
from zwgk_excel.workflow import clock
from zwgk_excel.workflow.intake.inbox import InboxFile, MailOrigin, save_attachment
from zwgk_excel.workflow.office.context import Office

_SENDER_SHOWN = 40
_ANOTHER_AGE = timedelta(days=366)
"""No clock is believed to be so far behind: with one that is, no certificate of a server would be valid."""


class IncomingContext:
    """Data shared by all mails of a run, looked up once."""

    def __init__(self, office: Office, mailbox: str, uidvalidity: int) -> None:
        self.office, self.mailbox, self.uidvalidity = office, mailbox, uidvalidity
        self.letters: Mapping[str, OutgoingMessage] = {each.message_id: each for each in office.ledger.letters()}
        """Our own mails, by message id."""
        self.sent = {letter.sha256 for letter in self.letters.values()} - {""}
        """Contents of the files that went out with them."""
        self.units = tuple(dict.fromkeys(each.name for each in office.roster))
        self.cycles = office.issued()
        self.units_of = cache(partial(units_of, office.roster))
        """The units that an address sends for."""


@dataclass(frozen=True, slots=True)
class MailImport:
    """A parsed mail that is not recorded yet."""

    message: IncomingMessage
    mail: ParsedMail
    origin: MailOrigin
    problems: tuple[Problem, ...]
    arrivals: tuple[InboxFile, ...] = ()
    """Its files, once they are saved."""


def classify_mail(desk: IncomingContext, raw: RawMail, parsed: ParsedMail | Problem) -> MailImport:
    """A mail with its kind; nothing is saved and no unit matched yet.

    Of one that could not be parsed the headers are known alone.
    """
    unread = parsed if isinstance(parsed, Problem) else None
    mail = read_mail(headers_alone(raw.data)) if isinstance(parsed, Problem) else parsed
    received_at = _received_at(desk, raw)
    unit, cycle = _answered(desk, mail)
    message = IncomingMessage(
        desk.mailbox,
        desk.uidvalidity,
        raw.uid,
        received_at,
        mail.sender,
        mail.subject,
        mail.message_id,
        tuple(dict.fromkeys((*mail.in_reply_to, *(mail.bounce.returned if mail.bounce else ())))),
        mail.kind,
        attachments=tuple(
            SavedAttachment("", hashlib.sha256(each.data).hexdigest(), each.original) for each in mail.attachments
        ),
        text=mail.text,
    )
    proof, results = _proof(desk, mail)
    problems = (*_problems(desk, raw, mail, message), *_unread(message, unread))
    origin = MailOrigin(mail.sender, mail.senders, unit, cycle, proof, results)
    return MailImport(message, mail, origin, problems)


def _proof(desk: IncomingContext, mail: ParsedMail) -> tuple[SenderProof, str]:
    """(What the office's server says of the sender, the same in words)."""
    server = desk.office.workspace.settings.mail.authentication_server
    if not server:
        return SenderProof.UNASKED, ""
    fields = fields_of_server(mail.trace, server)
    return judge(fields, mail.sender.rpartition("@")[2]), results_in_words(fields)


def save_attachments(desk: IncomingContext, coming: MailImport) -> MailImport:
    """The mail with its attachments saved in a folder of its own; raises UserError where they cannot be written.

    Images within texts, signatures and our own workbooks that come back in a bounce or below a reply are listed and not
    saved.
    """
    office, mail, message = desk.office, coming.mail, coming.message
    folder = mail_folder(office, message)
    files: list[SavedAttachment] = []
    arrivals: list[InboxFile] = []
    for attachment, listed in zip(mail.attachments, message.attachments, strict=True):
        if not _is_return(desk, mail, attachment, listed.sha256):
            files.append(listed)
            continue
        name = safe_name(attachment.name)
        arrivals.append(save_attachment(office, folder, name, attachment.data, message.received_at, coming.origin))
        files.append(replace(listed, file=office.workspace.relative(arrivals[-1].path)))
    # What is on the disk need not stay in memory.
    rest = replace(mail, attachments=())
    kept = replace(message, attachments=tuple(files))
    return replace(coming, message=kept, mail=rest, arrivals=tuple(arrivals))


def mail_folder(office: Office, message: IncomingMessage) -> Path:
    """The folder of a mail's files: ``收件箱/邮件/2026-11/20日1030_jiaoyu@example.gov.cn_57``.

    The last number is the UID, so that no two mails share a folder, and a mail that is fetched again gets the same one.
    """
    at = message.received_at
    sender = safe_part(message.sender, _SENDER_SHOWN) if message.sender else "发件人不明"
    name = safe_name(f"{at:%d}日{at:%H%M}_{sender}_{message.uid}")
    return office.workspace.mailed / str(Month.of(at.date())) / name


def match_unit(desk: IncomingContext, coming: MailImport, units: Mapping[str, str]) -> IncomingMessage:
    """The message with its unit: by its workbooks' signatures, by the code in its subject, by its sender.

    ``units`` are those of its files' receipts. A bounce gets the unit that the bounced mail was sent to.
    """
    message = coming.message
    if coming.mail.bounce:
        return replace(message, unit=_bounced_unit(desk, coming.mail))
    signed = {units.get(each.file, "") for each in message.attachments} - {""}
    of_sender = desk.units_of(message.sender)
    by_sender = of_sender[0] if len(of_sender) == 1 else ""
    return replace(message, unit=signed.pop() if len(signed) == 1 else coming.origin.unit or by_sender)


def _received_at(desk: IncomingContext, raw: RawMail) -> datetime:
    """The server's time of receipt, ours where it gives none.

    One in the future means that our clock is behind, which is told; the server's is right more often than an office's.
    One of another age is none: who copies a mail between mailboxes may give it any.
    """
    now = desk.office.now()
    told = clock.local(raw.received_at) if raw.received_at else now
    return told if told < now + _ANOTHER_AGE else now


def _answered(desk: IncomingContext, mail: ParsedMail) -> tuple[str, Month | None]:
    """(Unit, cycle) of the letter that a mail answers, by the code in its subject, else by the Message-ID."""
    told = find_reply_code(desk.office.ledger.key, mail.subject, desk.units, desk.cycles)
    if told:
        return told
    letter = next((desk.letters[each] for each in mail.in_reply_to if each in desk.letters), None)
    return (letter.unit, letter.cycle) if letter else ("", None)


def _is_return(desk: IncomingContext, mail: ParsedMail, attachment: Attachment, sha256: str) -> bool:
    if attachment.decoration or mail.kind is MessageKind.BOUNCE or mail.message_id in desk.letters:
        return False
    return not (attachment.mail_id in desk.letters and sha256 in desk.sent)


def _bounced_unit(desk: IncomingContext, mail: ParsedMail) -> str:
    assert mail.bounce is not None
    letters = (desk.letters[each] for each in (*mail.bounce.returned, *mail.in_reply_to) if each in desk.letters)
    by_letter = next((letter.unit for letter in letters), "")
    return by_letter or next((unit for each in mail.bounce.recipients for unit in desk.units_of(each)), "")


def _place(message: IncomingMessage) -> CellRef:
    return CellRef(f"邮件“{message.subject or '无主题'}”（{message.received_at:%Y-%m-%d %H:%M} {message.sender}）")


def _unread(message: IncomingMessage, why: Problem | None) -> Iterator[Problem]:
    if why:
        yield problem("mail_unread", _place(message), reason=why.found)


def _problems(desk: IncomingContext, raw: RawMail, mail: ParsedMail, message: IncomingMessage) -> Iterator[Problem]:
    place = _place(message)
    if mail.bounce:
        unit = _bounced_unit(desk, mail) or "不明单位"
        reason = f"：{mail.bounce.reason}" if mail.bounce.reason else ""
        recipient = "、".join(mail.bounce.recipients) or "不明地址"
        yield problem("mail_bounced", place, recipient=recipient, unit=unit, reason=reason)
    if not raw.whole:
        yield problem("mail_too_large", place, size=raw.size // MB, limit=LARGEST // MB)
    if mail.left_out:
        yield problem("mail_parts_left", place, count=mail.left_out)
    if mail.link and all(each.decoration for each in mail.attachments):
        yield problem("mail_linked", place, link=mail.link)
    if mail.signed:
        yield problem("mail_signed", place)
