"""Parses the bytes of a mail: sender, subject, kind, text, attachments, bounce."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass

from zwgk_excel.domain.cloud_links import CloudLink, announced_link
from zwgk_excel.domain.correspondence import MessageKind
from zwgk_excel.domain.senders import SenderFields
from zwgk_excel.domain.text import one_line
from zwgk_excel.mail.attachments import Attachment, attachments_of, is_text
from zwgk_excel.mail.authentication import TRACE
from zwgk_excel.mail.charsets import decoded
from zwgk_excel.mail.headers import LONGEST, decode_header, header_fields, message_ids, parameter
from zwgk_excel.mail.mailboxes import read_mailboxes
from zwgk_excel.mail.message_kinds import Bounce, bounce_of, kind_of
from zwgk_excel.mail.parts import MimePart, MimeWalker

_OF_SENDER = frozenset({"from", "sender", "reply-to"}) | TRACE
_TEXT_BYTES = 64 << 10
"""So much of a text is read to find its beginning."""
_TEXT_SHOWN = 500
_LONGEST_SUBJECT = 500
_TAGS = re.compile(r"<(style|script|head|title)\b.*?(?:</\1\s*>|\Z)|<[^>]{0,2000}>", re.IGNORECASE | re.DOTALL)
_LINES = re.compile(r"<(?:br|/p|/div|/tr|/li)\b[^>]{0,200}>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ParsedMail:
    """One parsed mail; the server's data (time, UID) are in :class:`zwgk_excel.mail.imap.RawMail`."""

    sender: str
    """Bare address in lower case; empty where none can be read."""
    senders: SenderFields
    """All that its headers say about the sender."""
    trace: tuple[tuple[str, str], ...]
    """(Name, value) of the fields by which servers tell how it came, the newest first: Received and
    Authentication-Results."""
    subject: str
    message_id: str
    in_reply_to: tuple[str, ...]
    kind: MessageKind
    text: str
    """The beginning of its plain text."""
    attachments: tuple[Attachment, ...]
    left_out: int
    """Parts behind the last that is read."""
    link: CloudLink | None
    """A link to a file with a service on the net, as is sent instead of an attachment; None for none."""
    signed: bool
    """Parts of it were within a signature, which is not verified."""
    bounce: Bounce | None
    """Of a bounce: the failed recipients and the reason."""


def read_mail(data: bytes) -> ParsedMail:
    """Parse a mail, or its headers alone; accepts any bytes and never raises."""
    walk = MimeWalker(data)
    parts = list(walk)
    headers = walk.headers
    fields = header_fields(data, _OF_SENDER)
    senders = _senders(fields)
    returned_to = read_mailboxes(headers.get("return-path", "")).addresses
    sender = next(iter((*senders.addresses, *senders.sent_by, *returned_to)), "")
    subject = one_line(decode_header(headers.get("subject", "")))[:_LONGEST_SUBJECT]
    kind = kind_of(headers, sender, subject, parts)
    text, link = _words(parts)
    bounce = bounce_of(headers, parts, text) if kind is MessageKind.BOUNCE else None
    ids = message_ids(headers.get("message-id", ""))
    return ParsedMail(
        sender,
        senders,
        tuple(each for each in fields if each[0] in TRACE),
        subject,
        ids[0] if ids else "",
        message_ids(f"{headers.get('in-reply-to', '')} {headers.get('references', '')}"),
        kind,
        text,
        tuple(attachments_of(parts)),
        walk.left_out,
        link,
        walk.signed,
        bounce,
    )


def _senders(fields: Sequence[tuple[str, str]]) -> SenderFields:
    read = {name: [read_mailboxes(value) for each, value in fields if each == name] for name in _OF_SENDER}
    written = read["from"]
    return SenderFields(
        addresses=tuple(dict.fromkeys(address for each in written for address in each.addresses)),
        shown=tuple(dict.fromkeys(address for each in written for address in each.shown)),
        sent_by=tuple(address for each in read["sender"] for address in each.addresses),
        answers_to=tuple(address for each in read["reply-to"] for address in each.addresses),
        malformed=any(each.malformed for each in written),
        fields=len(written),
    )


def headers_alone(data: bytes) -> bytes:
    """The headers of a mail without its body, for a mail that cannot be parsed as a whole."""
    return data[: MimeWalker(data[:LONGEST]).body]



def _words(parts: Sequence[MimePart]) -> tuple[str, CloudLink | None]:
    """(The beginning of its text, own text before that of forwarded mails; the link that it sends for a file)."""
    texts = sorted((part for part in parts if is_text(part)), key=lambda part: len(part.mails))
    plain = (_plain(part) for part in texts if part.type == "text/plain")
    rich = [_source(part) for part in texts if part.type == "text/html"]
    said = next(filter(None, plain), "") or next(filter(None, map(_without_tags, rich)), "")
    sources = [*rich, *(_source(part) for part in texts if part.type == "text/plain")]
    return said[:_TEXT_SHOWN], next(filter(None, map(announced_link, map(html.unescape, sources))), None)


def _plain(part: MimePart) -> str:
    return _tidy(_source(part))


def _source(part: MimePart) -> str:
    return decoded(part.content(_TEXT_BYTES), parameter(part.headers.get("content-type", ""), "charset"))


def _without_tags(source: str) -> str:
    return _tidy(html.unescape(_TAGS.sub(" ", _LINES.sub("\n", source))))


def _tidy(text: str) -> str:
    lines = (one_line(line) for line in text.splitlines())
    return "\n".join(line for line in lines if line)
