"""What every way out of the house has in common: it takes a mail, and says what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from zwgk_excel.domain.errors import ZwgkError
from zwgk_excel.mail.compose import OutgoingMail


class DeliveryStatus(StrEnum):
    """What became of a mail."""

    TAKEN = "taken"
    REFUSED = "refused"
    """For good."""
    NOT_NOW = "not_now"
    """Not handed over; a later run may try again."""
    UNKNOWN = "unknown"
    """Handed over, and then there was no answer."""


@dataclass(frozen=True, slots=True)
class DeliveryResult:
    """What became of one mail, in the server's words."""

    status: DeliveryStatus
    detail: str = ""
    refused: Mapping[str, str] = field(default_factory=dict)
    """Addresses that were refused although others were not → why."""


class DeliveryLog(Protocol):
    """Where the steps of a hand-over are written down, each before the next is taken."""

    def handing_over(self) -> None:
        """The next step gives the mail out of our hands."""

    def not_taken(self) -> None:
        """It was handed over, and plainly not taken."""


class Transport(Protocol):
    """A way out of the house; one is used for all mails of a run, and closed after it."""

    def deliver(self, mail: OutgoingMail, name: str, record: DeliveryLog) -> DeliveryResult:
        """Hand a mail over; ``name`` is what its file would be called, without an ending. Raises PostFault."""

    def close(self) -> None:
        """Let go of the server or program; never fails."""


class TransportFault(ZwgkError):
    """Nothing can be sent at all, whichever way; one Chinese sentence says why and what to do."""
