"""Opens mails that were saved as files: .eml, .msg of Outlook, winmail.dat, and signed ones (smime.p7m)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from zwgk_excel.domain.cloud_links import CloudLink, announced_link
from zwgk_excel.mail.attachments import Attachment, is_decoration_name, made_name
from zwgk_excel.mail.cms import is_enveloped, signed_content
from zwgk_excel.mail.msg import MsgAttachment, may_be_msg, read_msg
from zwgk_excel.mail.read_mail import read_mail
from zwgk_excel.mail.tnef import is_tnef, tnef_attachments

_DER = b"\x30"
"""How every signed or encrypted message begins; a length of more than 127 bytes follows, and no mail goes on so."""


@dataclass(frozen=True, slots=True)
class MailFile:
    """What a mail that was saved as a file holds."""

    files: tuple[tuple[str, bytes], ...] = field(repr=False)
    """Name, not safe as a file name, and bytes of each attachment that may be a return."""
    link: CloudLink | None = None
    """Where it sends a file as a link instead."""
    signed: bool = False
    """It bears a signature, which nobody verified."""


def open_mail_file(data: bytes) -> MailFile | None:
    """The attachments of a saved mail; None for a compound file that is no mail, and for a damaged one."""
    if may_be_msg(data):
        return _opened_msg(data)
    if is_tnef(data):
        return MailFile(tuple(_kept((each.name, each.data) for each in tnef_attachments(data))))
    if (content := signed_content(data)) is not None:
        return _opened_signed(content)
    if is_enveloped(data) or (data[:1] == _DER and data[1:2] >= b"\x80"):
        return None
    mail = read_mail(data)
    return MailFile(tuple(_returns(mail.attachments)), mail.link, mail.signed)


def _opened_msg(data: bytes) -> MailFile | None:
    message = read_msg(data)
    if message is None:
        return None
    files: list[tuple[str, bytes]] = []
    link, signed = announced_link(message.text), False
    for each in message.attachments:
        inner = _within(message.kind, each)
        if inner is None:
            files += _kept([(each.name, each.data)]) if not each.is_shown else []
        else:
            files += inner.files
            link, signed = link or inner.link, True
    return MailFile(tuple(files), link, signed)


def _within(kind: str, attachment: MsgAttachment) -> MailFile | None:
    """The mail that a signed ``.msg`` keeps in its only attachment; None for an attachment like any other."""
    if "smime" not in kind and not attachment.name.lower().endswith(".p7m"):
        return None
    content = signed_content(attachment.data)
    if content is not None:
        return _opened_signed(content)
    head = attachment.data[:100].lower()
    is_mail = attachment.type == "multipart/signed" or head.startswith((b"content-type", b"mime-version"))
    return _opened_signed(attachment.data) if is_mail else None


def _opened_signed(content: bytes) -> MailFile:
    """What was signed: a MIME entity, or where there are no headers, a file."""
    if not content.lstrip()[:80].lower().startswith((b"content-", b"mime-version")):
        return MailFile(tuple(_kept([("", content)])) if content else (), signed=True)
    mail = read_mail(content)
    return MailFile(tuple(_returns(mail.attachments)), mail.link, True)


def _returns(attachments: tuple[Attachment, ...]) -> Iterator[tuple[str, bytes]]:
    return ((each.name, each.data) for each in attachments if not each.decoration)


def _kept(files: Iterable[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    """The files that may be returns, each with a name."""
    named = ((name or made_name(data), data) for name, data in files)
    return [(name, data) for name, data in named if not is_decoration_name(name)]
