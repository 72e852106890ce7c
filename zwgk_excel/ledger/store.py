"""The ledger: transactional access to cycles, workbooks, receipts, decisions, mails, rectifications."""

from __future__ import annotations

import base64
from collections.abc import Callable
from functools import cached_property
from typing import TypeVar

from zwgk_excel.ledger import meta
from zwgk_excel.ledger.act_store import ActStore
from zwgk_excel.ledger.cycle_store import CycleStore
from zwgk_excel.ledger.engine import writing
from zwgk_excel.ledger.errors import LedgerDamagedError, damage_told
from zwgk_excel.ledger.import_ledger import import_ledger
from zwgk_excel.ledger.mail_store import MailStore
from zwgk_excel.ledger.published_store import PublishedStore
from zwgk_excel.ledger.receipt_store import ReceiptStore
from zwgk_excel.ledger.snapshots import from_payload
from zwgk_excel.ledger.visit_store import VisitStore

T = TypeVar("T")


class Ledger(CycleStore, ReceiptStore, MailStore, ActStore, VisitStore, PublishedStore):
    """An open ledger; a context manager that closes it.

    Every method is one transaction, atomic also when the process is killed, and may raise LedgerBusyError or
    LedgerFailedError. One that writes what a person decided appends the act in the same transaction.
    """

    def read_all(self) -> None:
        """Read everything that is stored; raises LedgerDamagedError where something cannot be read."""
        _ = self.key, self.revision
        for cycle in (each.cycle for each in self.cycles()):
            _ = self.workbooks(cycle)
            for payload in self.snapshot(cycle).values():
                from_payload(payload)
        for _ in self.with_content(self.receipt_summaries()):
            pass
        for read in (self.scores, self.rectifications, self.overrides, self.mergings, self.decisions):
            read()
        _ = self.letters(), self.messages(), self.issues(), self.acts(), self.adjustments(), self.recorded_rules()
        _ = self.visits(), self.fault_cases(), self.published(), self.imported_catalogue_files()

    def import_from(self, other: Ledger) -> int | None:
        """Copy all tables of ``other``, the signing key included, into this empty ledger.

        Returns the number of receipts, or None (nothing copied) where this ledger is not empty.
        """
        with other._engine.begin() as source, writing(self._engine) as connection:
            imported = import_ledger(connection, source)
        self.__dict__.pop("key", None)
        return imported

    @cached_property
    def key(self) -> bytes:
        """The 32-byte key that signs report workbooks; created with the ledger."""
        return self._made_with(meta.KEY, bytes.fromhex)

    @property
    def revision(self) -> int:
        """Number of write transactions; unchanged means that nothing changed but notes and stored files."""
        return self._made_with(meta.REVISION, int)

    def _made_with(self, name: str, convert: Callable[[str], T]) -> T:
        value = self._read(meta.select_value, name)
        if value is None:
            raise LedgerDamagedError
        with damage_told():
            return convert(value)

    def set_note(self, name: str, value: str) -> None:
        """Store a named text derived from other data; does not change :attr:`revision`."""
        self._put(f"{meta.NOTE}{name}", value)

    def get_note(self, name: str) -> str:
        """The text stored by :meth:`set_note` under ``name``; empty where there is none."""
        return self._read(meta.select_value, f"{meta.NOTE}{name}") or ""

    def store_file(self, name: str, data: bytes) -> None:
        """Store a small file of the workspace in the ledger, for readers of the database alone."""
        if self.stored_file(name) != data:
            self._put(f"{meta.FILE}{name}", base64.b64encode(data).decode("ascii"))

    def stored_file(self, name: str) -> bytes | None:
        """The bytes stored by :meth:`store_file`; None where there are none."""
        value = self._read(meta.select_value, f"{meta.FILE}{name}")
        with damage_told():
            return None if value is None else base64.b64decode(value, validate=True)

    def _put(self, name: str, value: str) -> None:
        with writing(self._engine) as connection:
            meta.replace_value(connection, name, value)
