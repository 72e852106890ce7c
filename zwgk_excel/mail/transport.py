"""The protocol of mail transports (SMTP, .eml files, Outlook) and the result of a delivery."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from zwgk_excel.domain.errors import ZwgkError
from zwgk_excel.mail.compose import OutgoingMail


class DeliveryStatus(StrEnum):
    """Result of handing a mail to a transport."""

    TAKEN = "taken"
    REFUSED = "refused"
    """For good."""
    NOT_NOW = "not_now"
    """Not handed over; a later run may try again."""
    UNKNOWN = "unknown"
    """Handed over without a response."""


@dataclass(frozen=True, slots=True)
class DeliveryResult:
    """Result of one delivery: status, the server's text, refused addresses with their reasons."""

    status: DeliveryStatus
    detail: str = ""
    refused: Mapping[str, str] = field(default_factory=dict)
    """Addresses that were refused although others were not → why."""


class DeliveryLog(Protocol):
    """Callbacks before and after a hand-over, so that the state is on disk before the mail can have left."""

    def handing_over(self) -> None:
        """Called immediately before the mail is handed over; a crash after it leaves the result uncertain."""

    def not_taken(self) -> None:
        """Called when the mail was definitely not accepted after :meth:`handing_over`."""


class Transport(Protocol):
    """A mail transport; one instance serves all mails of a run and is closed afterwards."""

    def deliver(self, mail: OutgoingMail, name: str, record: DeliveryLog) -> DeliveryResult:
        """Deliver a mail; ``name`` is its file name without suffix. Raises TransportFault."""

    def close(self) -> None:
        """Close the connection; does not raise."""


class TransportFault(ZwgkError):
    """No mail can be sent (server unreachable, login refused, …); one Chinese sentence with cause and remedy."""
