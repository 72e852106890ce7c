"""Correspondence (往来邮件): what was mailed out, and what the mailbox held, as the ledger remembers it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from zwgk_excel.domain.periods import Month


class LetterKind(StrEnum):
    """What a mail of ours is for."""

    ISSUE = "issue"
    """The report workbook of a cycle."""
    CORRECTION = "correction"
    """A changed report workbook, sent again on purpose, marked 更正."""
    REMINDER = "reminder"
    ANSWER = "answer"
    """The receipt that a unit gets for what it sent in."""


WORKBOOK_KINDS = frozenset({LetterKind.ISSUE, LetterKind.CORRECTION})
"""The kinds that bring a unit its report workbook."""


class LetterState(StrEnum):
    """How far a mail of ours got; each step is written down before the next is taken."""

    PREPARED = "prepared"
    """Written down, not handed over yet: safe to hand over."""
    HANDING_OVER = "handing_over"
    """Being handed over. Found by a later run, nobody knows whether the server took it."""
    SENT = "sent"
    """The server took it, or it lies in 发件箱 as an .eml file."""
    REFUSED = "refused"
    """The server refused it for good."""
    UNCERTAIN = "uncertain"
    """A run died between hand-over and answer; a person decides."""


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """One mail of ours."""

    key: str
    """What makes it that mail and no other, such as ``issue/2026-11/市教育局/1``: no two letters share it."""
    kind: LetterKind
    unit: str
    cycle: Month | None
    to: tuple[str, ...]
    copies: tuple[str, ...]
    subject: str
    message_id: str
    """With its angle brackets; the same each time the letter is handed over."""
    state: LetterState
    at: datetime
    """When it came into this state; local time in China, without a zone."""
    level: str = ""
    """Of a reminder: the code of its step on the ladder."""
    detail: str = ""
    """What the server said, where it refused; what a person decided, where nobody knew."""
    sha256: str = ""
    """Of the file that went with it; empty where none did."""


HANDED_OVER = frozenset({LetterState.SENT, LetterState.HANDING_OVER, LetterState.UNCERTAIN})
"""States of a letter that its unit has, or may have."""


class MessageKind(StrEnum):
    """What a mail in the mailbox is."""

    REPLY = "reply"
    """A person's mail."""
    BOUNCE = "bounce"
    """A mail of ours that could not be delivered."""
    AUTO_REPLY = "auto_reply"
    LIST = "list"
    """Sent to a mailing list, or by a machine in bulk."""


@dataclass(frozen=True, slots=True)
class SavedAttachment:
    """One attachment as it was saved."""

    file: str
    """Path relative to the workspace, with ``/``; empty for what was only listed, such as a picture in a signature."""
    sha256: str
    original: str
    """The name the sender gave it, decoded; empty where there was none."""


@dataclass(frozen=True, slots=True)
class IncomingMessage:
    """One mail of the mailbox."""

    mailbox: str
    """Account and folder: ``zwgk@example.gov.cn/INBOX``."""
    uidvalidity: int
    uid: int
    received_at: datetime
    """The server's own receipt time (INTERNALDATE); local time in China, without a zone."""
    sender: str
    """Bare address, lower case; empty where none could be read."""
    subject: str
    message_id: str
    in_reply_to: tuple[str, ...]
    """Message ids it answers (In-Reply-To and References)."""
    kind: MessageKind
    unit: str = ""
    """Whose mail it is, as far as workbook, token or sender tell."""
    attachments: tuple[SavedAttachment, ...] = ()
    text: str = ""
    """The beginning of its plain text, for a person to look at."""

    @property
    def identity(self) -> tuple[str, int, int]:
        """What a mailbox calls it for good."""
        return self.mailbox, self.uidvalidity, self.uid

    @property
    def digest(self) -> str:
        """What stays the same when a mailbox numbers its mails anew, or the mail is moved to another folder."""
        files = sorted(each.sha256 for each in self.attachments)
        said = (self.message_id, self.sender, self.subject, self.text, *files)
        return hashlib.sha256("\n".join(said).encode("utf-8", "surrogatepass")).hexdigest()
