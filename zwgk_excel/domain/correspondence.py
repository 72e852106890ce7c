"""Records of mails: sent ones (:class:`OutgoingMessage`) with their state, received ones (:class:`IncomingMessage`)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from zwgk_excel.domain.periods import Month


class LetterKind(StrEnum):
    """The purpose of a sent mail."""

    ISSUE = "issue"
    """The report workbook of a cycle."""
    CORRECTION = "correction"
    """A changed report workbook, sent again on purpose, marked 更正."""
    REMINDER = "reminder"
    ANSWER = "answer"
    """The receipt that a unit gets for what it sent in."""
    RETURN = "return"
    """A faulty return sent back with its marked-up copy (退回修改)."""
    FAULTS = "faults"
    """The faults on the website that a unit is to put right (整改链接表)."""


WORKBOOK_KINDS = frozenset({LetterKind.ISSUE, LetterKind.CORRECTION})
"""The kinds that bring a unit its report workbook."""


class LetterState(StrEnum):
    """Delivery state of a sent mail; the ledger is written before each transition."""

    PREPARED = "prepared"
    """Recorded, not handed over yet: may be handed over."""
    HANDING_OVER = "handing_over"
    """Being handed over; after a crash it is unknown whether the server accepted it."""
    SENT = "sent"
    """Accepted by the server, or written to 发件箱 as an .eml file."""
    REFUSED = "refused"
    """The server refused it for good."""
    UNCERTAIN = "uncertain"
    """A run died between hand-over and answer; a person decides."""


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """One sent mail."""

    key: str
    """What makes it that mail and no other, such as ``issue/2026-11/市教育局/1``: no two letters share it."""
    kind: LetterKind
    unit: str
    cycle: Month | None
    to: tuple[str, ...]
    copies: tuple[str, ...]
    subject: str
    message_id: str
    """With its angle brackets; the same for every delivery attempt."""
    state: LetterState
    at: datetime
    """The time of the last change of state; local time in China, without a zone."""
    level: str = ""
    """Of a reminder: the code of its level."""
    detail: str = ""
    """The server's text of a refusal; the decision of a person on an uncertain letter."""
    sha256: str = ""
    """Of the attached file; empty without one."""


HANDED_OVER = frozenset({LetterState.SENT, LetterState.HANDING_OVER, LetterState.UNCERTAIN})
"""States of a letter that its unit has, or may have."""


class MessageKind(StrEnum):
    """The kind of a received mail."""

    REPLY = "reply"
    """A person's mail."""
    BOUNCE = "bounce"
    """A mail of ours that could not be delivered."""
    AUTO_REPLY = "auto_reply"
    LIST = "list"
    """Sent to a mailing list, or by a machine in bulk."""


@dataclass(frozen=True, slots=True)
class SavedAttachment:
    """One attachment of a received mail and the file it was saved as."""

    file: str
    """Path relative to the workspace, with ``/``; empty for what was only listed, such as a picture in a signature."""
    sha256: str
    original: str
    """The name the sender gave it, decoded; empty where there was none."""


@dataclass(frozen=True, slots=True)
class IncomingMessage:
    """One received mail."""

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
    """The unit it came from, by workbook, reply code or sender; empty where none of them decides."""
    attachments: tuple[SavedAttachment, ...] = ()
    text: str = ""
    """The beginning of its plain text, for people to read."""

    @property
    def identity(self) -> tuple[str, int, int]:
        """(mailbox, UIDVALIDITY, UID), unique on the server."""
        return self.mailbox, self.uidvalidity, self.uid

    @property
    def digest(self) -> str:
        """A hash that does not change when the mailbox is renumbered or the mail is moved to another folder."""
        files = sorted(each.sha256 for each in self.attachments)
        said = (self.message_id, self.sender, self.subject, self.text, *files)
        return hashlib.sha256("\n".join(said).encode("utf-8", "surrogatepass")).hexdigest()
