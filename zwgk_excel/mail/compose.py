"""Builds mails as bytes (7-bit, CRLF) from values that cannot inject headers.

Attachment names are written as RFC 2231 (``filename*``) and RFC 2047 (``name``), because each is read by some clients
only.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.charset import BASE64, Charset
from email.header import Header
from email.message import Message
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import Compat32
from email.utils import format_datetime
from enum import StrEnum
from urllib.parse import quote

from zwgk_excel.domain.addresses import is_address
from zwgk_excel.domain.file_names import safe_name
from zwgk_excel.domain.periods import CHINA
from zwgk_excel.domain.text import one_line

_OOXML = "vnd.openxmlformats-officedocument"
_XLSX = f"{_OOXML}.spreadsheetml.sheet"
_DOCX = f"{_OOXML}.wordprocessingml.document"
# No folding by the library: what must be folded is folded here, and a header that was not is refused by its encoder.
_POLICY = Compat32(linesep="\r\n", max_line_length=None)


class AutoSubmitted(StrEnum):
    """RFC 3834: marks automatic mails, so that automatic responders do not reply."""

    NO = "no"
    GENERATED = "auto-generated"
    REPLIED = "auto-replied"


@dataclass(frozen=True, slots=True)
class MailAttachment:
    """A workbook, or a Word document, attached to a sent mail."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """The content of one mail to send."""

    sender: str
    """Address; checked like every other when it is composed."""
    sender_name: str
    to: tuple[str, ...]
    copies: tuple[str, ...]
    subject: str
    plain: str
    html: str
    message_id: str
    at: datetime
    """Local time in China, without a zone."""
    attachments: tuple[MailAttachment, ...] = ()
    reply_to: str = ""
    """Where answers go, when that is not the sender."""
    in_reply_to: str = ""
    automatic: AutoSubmitted = AutoSubmitted.NO


def build_message(mail: OutgoingMail, *, draft: bool = False) -> bytes:
    """The mail as bytes: CRLF line ends, 7-bit, equal for equal input.

    ``draft`` makes Outlook open the file as a draft (X-Unsent). Raises ValueError for an invalid address.
    """
    content = MIMEMultipart("alternative", boundary=_boundary(mail, "text"), policy=_POLICY)
    for text, kind in ((mail.plain, "plain"), (mail.html, "html")):
        content.attach(MIMEText(text.encode("utf-8", "replace").decode(), kind, "utf-8", policy=_POLICY))
    whole: Message = content
    if mail.attachments:
        whole = MIMEMultipart("mixed", boundary=_boundary(mail, "all"), policy=_POLICY)
        whole.attach(content)
        for each in mail.attachments:
            whole.attach(_part(each))
    for name, value in _headers(mail, draft=draft):
        whole[name] = value
    return whole.as_bytes(policy=_POLICY)


def address(text: str) -> str:
    """A bare mail address as the servers take it; raises ValueError for anything else, also for non-ASCII ones."""
    plain = text.strip(" ")
    if not is_address(plain):
        raise ValueError(text)
    return plain


def _headers(mail: OutgoingMail, *, draft: bool) -> list[tuple[str, str]]:
    sender = address(mail.sender)
    headers = [
        ("From", f"{_encoded(mail.sender_name, 'From')} <{sender}>" if one_line(mail.sender_name) else sender),
        ("To", _addresses(mail.to)),
        ("Cc", _addresses(mail.copies)),
        ("Reply-To", address(mail.reply_to) if mail.reply_to and mail.reply_to != mail.sender else ""),
        ("Subject", _encoded(mail.subject, "Subject")),
        ("Date", format_datetime(mail.at.replace(tzinfo=CHINA))),
        ("Message-ID", _identity(mail.message_id)),
        ("In-Reply-To", _identity(mail.in_reply_to)),
        ("References", _identity(mail.in_reply_to)),
        ("Auto-Submitted", "" if mail.automatic is AutoSubmitted.NO else str(mail.automatic)),
        ("Precedence", "auto_reply" if mail.automatic is AutoSubmitted.REPLIED else ""),
        # Exchange and Outlook: no out-of-office reply to a mail of a machine.
        ("X-Auto-Response-Suppress", "OOF, AutoReply"),
        ("X-Unsent", "1" if draft else ""),
    ]
    return [(name, value) for name, value in headers if value]


def _addresses(given: Sequence[str]) -> str:
    return ",\n ".join(address(each) for each in given)


def _identity(text: str) -> str:
    """A message id, own or foreign, without characters that cannot be part of one."""
    return text if re.fullmatch(r"<[!-;=?-~]{1,500}>", text) else ""


def _encoded(text: str, header: str) -> str:
    """Text as RFC 2047 encoded words, folded, base64: read by all known Chinese mail programs."""
    line = one_line(text)
    # A name that begins with a dot is none that a mail may have as it is (RFC 5322, phrase).
    if line.isascii() and "=?" not in line and re.fullmatch(r"(?:\w[\w .-]*)?", line):
        return line
    charset = Charset("utf-8")
    charset.header_encoding = BASE64
    return Header(line, charset, header_name=header).encode(linesep="\n")


def _part(enclosure: MailAttachment) -> Message:
    name = safe_name(one_line(enclosure.name))
    kind = _DOCX if name.lower().endswith(".docx") else _XLSX
    part = MIMEBase("application", kind, policy=_POLICY)
    part.set_payload(base64.encodebytes(enclosure.data).decode("ascii"))
    part["Content-Transfer-Encoding"] = "base64"
    del part["Content-Type"]
    words = _encoded(name, "name").replace("\n", "\n ")
    part["Content-Type"] = f'application/{kind};\n name="{words}"'
    part["Content-Disposition"] = f"attachment;\n filename*=utf-8''{quote(name, safe='')}"
    return part


def _boundary(mail: OutgoingMail, part: str) -> str:
    """A boundary derived from the message id, so that equal mails are equal bytes.

    Base64 and encoded text never contain ``=_``.
    """
    return f"=_zwgk_{part}_{re.sub('[^A-Za-z0-9]', '', mail.message_id)[:40]}"
