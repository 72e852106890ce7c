"""Classifies a received mail: reply, bounce, automatic reply, list mail."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from zwgk_excel.domain.correspondence import MessageKind
from zwgk_excel.mail.charsets import decoded
from zwgk_excel.mail.headers import Headers, addresses_in, message_ids, parameter, split_headers
from zwgk_excel.mail.parts import MimePart, content_type

_DAEMONS = frozenset({"mailer-daemon", "postmaster", "mail-daemon", "mailerdaemon", "mailer"})
_BOUNCE_SUBJECT = re.compile(
    r"退信|邮件退回|投递失败|发送失败|undeliver|returned mail|failure notice"
    r"|delivery (status notification|failure|has failed)|mail delivery (failed|system)",
    re.IGNORECASE,
)
_AUTO_SUBJECT = re.compile(
    r"\s*[\[【]?(自动回复|自动回覆|自動回覆|自动答复|automatic reply|auto[- ]?(reply|response)|out of (the )?office)",
    re.IGNORECASE,
)
_BULK = frozenset({"bulk", "list", "junk"})
_AUTO_HEADERS = ("x-autoreply", "x-autorespond", "x-auto-reply", "x-autoresponse")
_MACHINE_TYPES = frozenset({"message/delivery-status", "message/rfc822", "text/rfc822-headers"})
_REPORT_BYTES = 64 << 10
_LONGEST_REASON = 200
_MOST_RECIPIENTS = 100


@dataclass(frozen=True, slots=True)
class Bounce:
    """The content of a bounce: failed recipients, reason, ids of the returned mails."""

    recipients: tuple[str, ...]
    """Whom a mail did not reach."""
    reason: str
    """The text of the server that gave up; empty for none."""
    returned: tuple[str, ...]
    """Message ids of the mails that did not arrive."""


def kind_of(headers: Headers, sender: str, subject: str, parts: Sequence[MimePart]) -> MessageKind:
    """The kind of a mail, by its headers (RFC 3464, RFC 3834, RFC 2919) and, where servers write none, its subject.

    A report of delivery, delay or reading is an automatic reply, because nothing failed.
    """
    if _is_report(headers) or _is_daemons(headers, sender, subject):
        return MessageKind.BOUNCE if _failed(headers, parts) else MessageKind.AUTO_REPLY
    precedence = headers.get("precedence", "").strip().lower()
    if _is_automatic(headers, precedence) or _AUTO_SUBJECT.match(subject):
        return MessageKind.AUTO_REPLY
    if "list-id" in headers or "list-post" in headers or precedence in _BULK:
        return MessageKind.LIST
    return MessageKind.REPLY


def bounce_of(headers: Headers, parts: Sequence[MimePart], text: str) -> Bounce:
    """The recipients of a bounced mail and the reason; without a delivery report, the addresses in its text."""
    fields = list(_status_fields(parts))
    returned = _returned_ids(parts)
    told = [each for found in fields for each in _recipient(found)]
    told += addresses_in(headers.get("x-failed-recipients", ""))
    if not told:
        ours = {each for name in ("from", "to") for each in addresses_in(headers.get(name, ""))}
        known = ours | {each.strip("<>").lower() for each in returned}
        told = [each for each in addresses_in(text) if each not in known and each.partition("@")[0] not in _DAEMONS]
    reasons = (found.get("diagnostic-code") or found.get("status", "") for found in fields)
    reason = next((each for each in reasons if each), "")[:_LONGEST_REASON]
    return Bounce(tuple(dict.fromkeys(told))[:_MOST_RECIPIENTS], reason, returned)


def _is_report(headers: Headers) -> bool:
    return content_type(headers) == "multipart/report"


def _is_daemons(headers: Headers, sender: str, subject: str) -> bool:
    """Whether it is a bounce without a report: from a mail daemon, or with a null return path and such a subject."""
    local = sender.partition("@")[0]
    nobody = headers.get("return-path", "").replace(" ", "") == "<>"
    return (local in _DAEMONS or nobody) and bool(_BOUNCE_SUBJECT.search(subject))


def _failed(headers: Headers, parts: Sequence[MimePart]) -> bool:
    kind = parameter(headers.get("content-type", ""), "report-type").lower()
    if kind and kind != "delivery-status":
        return False
    actions = {found["action"].strip().lower() for found in _status_fields(parts) if "action" in found}
    return not actions or "failed" in actions


def _is_automatic(headers: Headers, precedence: str) -> bool:
    submitted = headers.get("auto-submitted", "no").partition(";")[0].strip().lower()
    return submitted != "no" or precedence == "auto_reply" or any(each in headers for each in _AUTO_HEADERS)


def _status_fields(parts: Iterable[MimePart]) -> Iterable[Headers]:
    """The groups of fields in delivery reports, one for the message and one for each recipient."""
    for part in parts:
        if part.type != "message/delivery-status":
            continue
        data = part.content(_REPORT_BYTES).strip()
        at = 0
        while at < len(data):
            fields, after = split_headers(data, at, len(data))
            yield fields
            if after == at:
                break
            at = after


def _recipient(fields: Headers) -> tuple[str, ...]:
    # The original recipient is the one we wrote to; the final one is where that was forwarded.
    return addresses_in(fields.get("original-recipient", "")) or addresses_in(fields.get("final-recipient", ""))


def _returned_ids(parts: Iterable[MimePart]) -> tuple[str, ...]:
    """The message ids of the mails that a bounce returns, whole or as headers."""
    found: list[str] = []
    for part in parts:
        for mail in part.mails[1:]:
            found += message_ids(mail.get("message-id", ""))
        if part.type in _MACHINE_TYPES or part.type == "text/plain":
            found += _ids_in_text(part)
    return tuple(dict.fromkeys(found))


def _ids_in_text(part: MimePart) -> Iterable[str]:
    text = decoded(part.content(_REPORT_BYTES))
    for line in re.findall(r"^message-id:(.{0,300})", text, re.IGNORECASE | re.MULTILINE):
        yield from message_ids(line)
