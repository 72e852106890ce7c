"""One mail on its way in: what it is to us, where its files go, whose it is, and what is to be told about it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache, partial
from pathlib import Path

from zwgk_excel.domain.correspondence import Enclosed, Letter, Message, MessageKind
from zwgk_excel.domain.file_names import safe_name
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.problems import Place, Problem, problem
from zwgk_excel.domain.senders import units_of
from zwgk_excel.domain.tokens import read_token
from zwgk_excel.mail.attachments import Attachment
from zwgk_excel.mail.imap import LARGEST, RawMail
from zwgk_excel.mail.reading import Mail, read_mail
from zwgk_excel.workflow import clock
from zwgk_excel.workflow.arrivals import Arrival, Origin, enclosed
from zwgk_excel.workflow.office import Office

_SENDER_SHOWN = 40
_CLOCKS_DIFFER = timedelta(days=1)
_MB = 1 << 20


class Desk:
    """What every mail of a run is held against, looked up once."""

    def __init__(self, office: Office, mailbox: str, uidvalidity: int) -> None:
        self.office, self.mailbox, self.uidvalidity = office, mailbox, uidvalidity
        self.letters: Mapping[str, Letter] = {each.message_id: each for each in office.ledger.letters()}
        """Our own mails, by message id."""
        self.sent = {letter.sha256 for letter in self.letters.values()} - {""}
        """Contents of the files that went out with them."""
        self.units = tuple(dict.fromkeys(each.name for each in office.roster))
        self.cycles = office.issued()
        self.units_of = cache(partial(units_of, office.roster))
        """The units that an address sends for."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A mail read, not recorded yet."""

    message: Message
    mail: Mail
    origin: Origin
    problems: tuple[Problem, ...]
    arrivals: tuple[Arrival, ...] = ()
    """Its files, once they are saved."""


def incoming(desk: Desk, raw: RawMail) -> Incoming:
    """What a mail is; nothing of it is saved, and no unit is named yet."""
    mail, received_at = read_mail(raw.data), _received_at(desk, raw)
    unit, cycle = _answered(desk, mail)
    message = Message(
        desk.mailbox,
        desk.uidvalidity,
        raw.uid,
        received_at,
        mail.sender,
        mail.subject,
        mail.message_id,
        tuple(dict.fromkeys((*mail.in_reply_to, *(mail.bounce.returned if mail.bounce else ())))),
        mail.kind,
        enclosed=tuple(Enclosed("", hashlib.sha256(each.data).hexdigest(), each.original) for each in mail.attachments),
        text=mail.text,
    )
    return Incoming(message, mail, Origin(mail.sender, unit, cycle), tuple(_problems(desk, raw, mail, message)))


def saved(desk: Desk, coming: Incoming) -> Incoming:
    """The mail with its files in a folder of their own; raises UserError where they cannot be written.

    Pictures within texts, signatures and our own workbooks that come back with a bounce or below a reply are listed
    and not saved.
    """
    office, mail, message = desk.office, coming.mail, coming.message
    folder = mail_folder(office, message)
    files: list[Enclosed] = []
    arrivals: list[Arrival] = []
    for attachment, listed in zip(mail.attachments, message.enclosed, strict=True):
        if not _is_return(desk, mail, attachment, listed.sha256):
            files.append(listed)
            continue
        name = safe_name(attachment.name)
        arrivals.append(enclosed(office, folder, name, attachment.data, message.received_at, coming.origin))
        files.append(replace(listed, file=office.workspace.relative(arrivals[-1].path)))
    # What is on the disk need not stay in memory.
    rest = replace(mail, attachments=())
    kept = replace(message, enclosed=tuple(files))
    return replace(coming, message=kept, mail=rest, arrivals=tuple(arrivals))


def mail_folder(office: Office, message: Message) -> Path:
    """Where the files of a mail lie: ``收件箱/邮件/2026-11/20日1030_jiaoyu@example.gov.cn_57``.

    The number is the server's, so that no two mails share a folder, and a mail that is fetched again finds its own.
    """
    at = message.received_at
    sender = safe_name(message.sender)[:_SENDER_SHOWN] if message.sender else "发件人不明"
    name = safe_name(f"{at:%d}日{at:%H%M}_{sender}_{message.uid}")
    return office.workspace.mailed / str(Month.of(at.date())) / name


def matched(desk: Desk, coming: Incoming, units: Mapping[str, str]) -> Message:
    """The message with the unit whose it is: by its workbooks' signatures, by the code in its subject, by its sender.

    ``units`` are those of its files, as their receipts have them. A bounce is the unit's that it was meant for.
    """
    message = coming.message
    if coming.mail.bounce:
        return replace(message, unit=_bounced_unit(desk, coming.mail))
    signed = {units.get(each.file, "") for each in message.enclosed} - {""}
    of_sender = desk.units_of(message.sender)
    by_sender = of_sender[0] if len(of_sender) == 1 else ""
    return replace(message, unit=signed.pop() if len(signed) == 1 else coming.origin.unit or by_sender)


def _received_at(desk: Desk, raw: RawMail) -> datetime:
    """The server's time; ours where it gives none, or one that no clock of today shows."""
    now = desk.office.now()
    told = clock.local(raw.received_at) if raw.received_at else now
    return told if told <= now + _CLOCKS_DIFFER else now


def _answered(desk: Desk, mail: Mail) -> tuple[str, Month | None]:
    """Whose letter a mail answers, and of which cycle, by the code in its subject, else by the letter's own id."""
    told = read_token(desk.office.ledger.key, mail.subject, desk.units, desk.cycles)
    if told:
        return told
    letter = next((desk.letters[each] for each in mail.in_reply_to if each in desk.letters), None)
    return (letter.unit, letter.cycle) if letter else ("", None)


def _is_return(desk: Desk, mail: Mail, attachment: Attachment, sha256: str) -> bool:
    if attachment.decoration or mail.kind is MessageKind.BOUNCE or mail.message_id in desk.letters:
        return False
    return not (attachment.mail_id in desk.letters and sha256 in desk.sent)


def _bounced_unit(desk: Desk, mail: Mail) -> str:
    assert mail.bounce is not None
    letters = (desk.letters[each] for each in (*mail.bounce.returned, *mail.in_reply_to) if each in desk.letters)
    by_letter = next((letter.unit for letter in letters), "")
    return by_letter or next((unit for each in mail.bounce.recipients for unit in desk.units_of(each)), "")


def _problems(desk: Desk, raw: RawMail, mail: Mail, message: Message) -> Iterator[Problem]:
    place = Place(f"邮件“{message.subject or '无主题'}”（{message.received_at:%Y-%m-%d %H:%M} {message.sender}）")
    if mail.bounce:
        unit = _bounced_unit(desk, mail) or "不明单位"
        reason = f"：{mail.bounce.reason}" if mail.bounce.reason else ""
        recipient = "、".join(mail.bounce.recipients) or "不明地址"
        yield problem("mail_bounced", place, recipient=recipient, unit=unit, reason=reason)
    if not raw.whole:
        yield problem("mail_too_large", place, size=raw.size // _MB, limit=LARGEST // _MB)
    if mail.left_out:
        yield problem("mail_parts_left", place, count=mail.left_out)
    if mail.linked and not any(not each.decoration for each in mail.attachments):
        yield problem("mail_linked", place)
