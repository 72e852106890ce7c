"""The ledger about mails, received and sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from zwgk_excel.domain.correspondence import IncomingMessage, LetterState, OutgoingMessage
from zwgk_excel.domain.periods import Month
from zwgk_excel.ledger import letters, messages
from zwgk_excel.ledger.transactions import LedgerTransactions


class MailStore(LedgerTransactions):
    """Messages that came in, and letters that left."""

    def add_messages(self, arrived: Iterable[IncomingMessage]) -> int:
        """Insert received mails, all or none; returns how many were new.

        A mail that is recorded under another number (:attr:`zwgk_excel.domain.correspondence.IncomingMessage.digest`)
        gets its present one.
        """
        return self._write(messages.insert_messages, arrived, self._now())

    def messages(self) -> tuple[IncomingMessage, ...]:
        """All received mails, in the order received."""
        return self._read(messages.select_messages)

    def newest_message(self) -> datetime | None:
        """When the newest mail was received, by the server; None for no mails."""
        return self._read(messages.select_newest)

    def senders_of(self, files: Iterable[str]) -> dict[str, str]:
        """File → sender of the mail that it was attached to, of the files that came by mail."""
        return self._read(messages.select_senders, list(files))

    def last_uid(self, mailbox: str, uidvalidity: int) -> int:
        """The highest UID recorded of a mailbox under this UIDVALIDITY; 0 for none."""
        return self._read(messages.select_last_uid, mailbox, uidvalidity)

    def messages_elsewhere(self, mailbox: str, uidvalidity: int) -> Counter[str]:
        """Digest → number of mails recorded with it under another mailbox or UIDVALIDITY."""
        return self._read(messages.select_digests_elsewhere, mailbox, uidvalidity)

    def letters(self, *, cycle: Month | None = None) -> tuple[OutgoingMessage, ...]:
        """Sent mails, the oldest first: all, or those of a cycle."""
        return self._read(letters.select_letters, cycle)

    def prepare_letter(self, letter: OutgoingMessage) -> None:
        """Insert a letter before it is handed over, replacing a prepared one with its key.

        Raises LedgerError when a letter with its key has been handed over.
        """
        self._write(letters.prepare, letter)

    def move_letter(self, key: str, before: LetterState, after: LetterState, at: datetime, detail: str = "") -> None:
        """Change a letter's state from ``before`` to ``after``; LedgerError when it is not in ``before``."""
        self._write(letters.change_state, key, before, after, at, detail)
