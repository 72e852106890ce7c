"""The ledger (数据库): what the office has, sent out, received and decided."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from functools import cached_property
from itertools import islice
from types import TracebackType
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

from sqlalchemy import Connection, Engine

from zwgk_excel.domain.correspondence import IncomingMessage, LetterState, OutgoingMessage
from zwgk_excel.domain.decisions import Decision, ManualOverride, MergeDecision
from zwgk_excel.domain.escalation import Rectification, RectificationNote
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.returns import Receipt
from zwgk_excel.ledger import cycles, decisions, letters, messages, meta, overrides, receipts, rectifications
from zwgk_excel.ledger.cycles import CycleRecord, WorkbookRecord
from zwgk_excel.ledger.engine import writing
from zwgk_excel.ledger.errors import LedgerError, LedgerFailedError
from zwgk_excel.ledger.import_ledger import import_ledger
from zwgk_excel.ledger.locks import run_lock
from zwgk_excel.ledger.receipts import FirstCopy

P = ParamSpec("P")
T = TypeVar("T")

_WHOLE = 250
"""Receipts whose contents are fetched together."""


class Ledger:
    """An open ledger; a context manager that closes it.

    Every method is one transaction: done as a whole or not at all, also when the process is killed. Any of them may
    raise LedgerBusy or LedgerFailed.
    """

    def __init__(self, engine: Engine, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._now = now
        self._exclusive = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the file or the server's connections back."""
        self._engine.dispose()

    @contextmanager
    def exclusive(self, wait: float = 2.0) -> Iterator[None]:
        """Be the only run (generate, receive, consolidate, close) on this ledger; nested uses are one.

        Raises LedgerBusy when another process is for longer than ``wait`` seconds. Reading is never barred. A process
        that is killed lets go by itself.
        """
        if self._exclusive:
            yield
            return
        with run_lock(self._engine, wait):
            self._exclusive = True
            try:
                yield
            finally:
                self._exclusive = False

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """A transaction that writes, and counts as one."""
        with writing(self._engine) as connection:
            yield connection
            meta.count_revision(connection)

    def _read(self, select: Callable[Concatenate[Connection, P], T], *given: P.args, **named: P.kwargs) -> T:
        """What a function reads in a transaction of its own."""
        with self._engine.begin() as connection:
            return select(connection, *given, **named)

    def _write(self, change: Callable[Concatenate[Connection, P], T], *given: P.args, **named: P.kwargs) -> T:
        """What a function gives that writes in a transaction of its own."""
        with self._writing() as connection:
            return change(connection, *given, **named)

    def import_from(self, other: Ledger) -> int | None:
        """Take over everything another ledger holds, its key too; how many receipts, None unless this one is empty."""
        with other._engine.begin() as source, writing(self._engine) as connection:
            imported = import_ledger(connection, source)
        self.__dict__.pop("key", None)
        return imported

    # --- about itself --------------------------------------------------------------------------

    @cached_property
    def key(self) -> bytes:
        """The 32 bytes that sign report workbooks; made with the ledger."""
        return bytes.fromhex(self._made_with(meta.KEY))

    @property
    def revision(self) -> int:
        """How many transactions have written: while it stays, everything that the ledger holds has stayed."""
        return int(self._made_with(meta.REVISION))

    def _made_with(self, name: str) -> str:
        value = self._read(meta.select_value, name)
        if value is None:
            raise LedgerFailedError(f"其中没有 {name}")
        return value

    def set_note(self, name: str, value: str) -> None:
        """Remark a value that follows from what the ledger holds; that is no revision."""
        self._put(f"{meta.NOTE}{name}", value)

    def get_note(self, name: str) -> str:
        """The value remarked last; empty where none was."""
        return self._read(meta.select_value, f"{meta.NOTE}{name}") or ""

    def store_file(self, name: str, data: bytes) -> None:
        """Keep a small file of the workspace with the ledger, for those who have nothing but the ledger."""
        if self.stored_file(name) != data:
            self._put(f"{meta.FILE}{name}", base64.b64encode(data).decode("ascii"))

    def stored_file(self, name: str) -> bytes | None:
        """A file that was kept; None where none was."""
        value = self._read(meta.select_value, f"{meta.FILE}{name}")
        return None if value is None else base64.b64decode(value)

    def _put(self, name: str, value: str) -> None:
        with writing(self._engine) as connection:
            meta.replace_value(connection, name, value)

    # --- cycles --------------------------------------------------------------------------------

    def cycles(self) -> tuple[CycleRecord, ...]:
        """Every cycle that was issued or closed, oldest first."""
        return self._read(cycles.select_cycles)

    def issue_cycle(self, cycle: Month, on: date) -> date:
        """Note that a cycle is issued; the day it was first issued on, which stays."""
        return self._write(cycles.issue, cycle, on)

    def close_cycle(
        self,
        cycle: Month,
        as_of: date,
        who: str,
        at: datetime,
        snapshot: Mapping[str, Mapping[str, Any]],
        assessment: tuple[Mapping[str, Any], Mapping[str, Mapping[str, Any]]] | None = None,
    ) -> None:
        """Close a cycle with its figures (obligation key → JSON object); raises CycleClosed the second time.

        ``assessment`` is what concerns all units, and unit → score, as JSON objects.
        """
        with self._writing() as connection:
            cycles.close(connection, cycle, as_of, who, at, snapshot)
            if assessment is not None:
                cycles.insert_scores(connection, cycle, *assessment)

    def snapshot(self, cycle: Month) -> dict[str, dict[str, Any]]:
        """The figures a cycle was closed with, in the order given then; empty when it is open."""
        return self._read(cycles.select_snapshot, cycle)

    def scores(self) -> dict[Month, tuple[dict[str, Any], list[dict[str, Any]]]]:
        """Of every cycle that was closed with an assessment: what concerns all units, and the scores in their order."""
        return self._read(cycles.select_scores)

    # --- rectifications ------------------------------------------------------------------------

    def raise_rectifications(self, raised: Iterable[Rectification]) -> tuple[Rectification, ...]:
        """Write rectifications down, all or none; as they are now, with their numbers."""
        return self._write(rectifications.raise_rectifications, raised, self._now())

    def note(self, number: int, note: RectificationNote) -> Rectification:
        """Note something on a rectification; LedgerError where there is none of that number, or it is done with."""
        (noted,) = self.add_notes([(number, note)])
        return noted

    def add_notes(self, notes: Iterable[tuple[int, RectificationNote]]) -> tuple[Rectification, ...]:
        """Note several things on rectifications, by their numbers, all or none; those, each once, as they are now."""
        return self._write(rectifications.append_notes, notes, self._now())

    def rectifications(self) -> tuple[Rectification, ...]:
        """All rectifications as they are now, in the order of their numbers."""
        return self._read(rectifications.select_rectifications)

    # --- workbooks -----------------------------------------------------------------------------

    def workbooks(self, cycle: Month) -> dict[str, WorkbookRecord]:
        """What was generated last for a cycle, by unit."""
        return self._read(cycles.select_workbooks, cycle)

    def record_workbooks(self, records: Iterable[WorkbookRecord]) -> None:
        """Note what was generated, all or none, in place of what was noted for the same units and cycles."""
        self._write(cycles.replace_workbooks, records)

    # --- receipts ------------------------------------------------------------------------------

    def receipts(
        self,
        *,
        since: datetime | None = None,
        unit: str | None = None,
        cycle: Month | None = None,
        sha256: str | None = None,
    ) -> tuple[Receipt, ...]:
        """The receipts with everything they hold, in :attr:`Receipt.order`: all, or those that arrived at or after
        ``since``, of a ``unit``, for a ``cycle``, with a content."""
        return self._read(receipts.select_receipts, receipts.ReceiptFilter(since, unit, cycle, sha256))

    def receipt_summaries(self) -> tuple[Receipt, ...]:
        """Every receipt without its content but with its tallies, in :attr:`Receipt.order`."""
        return self._read(receipts.select_receipt_summaries)

    def with_content(self, summaries: Iterable[Receipt]) -> Iterator[Receipt]:
        """The same receipts with their contents, in the order given; a few hundred at a time are held.

        Raises LedgerError for one that is not recorded.
        """
        given = iter(summaries)
        while batch := list(islice(given, _WHOLE)):
            found = self._read(receipts.select_with_content, [(each.file, each.sha256) for each in batch])
            for each in batch:
                if (each.file, each.sha256) not in found:
                    raise LedgerError(f"数据库中没有“{each.file}”的收件记录。")
                yield found[each.file, each.sha256]

    def add_receipts(self, arrived: Iterable[Receipt], source: str) -> int:
        """Record that files arrived, from ``inbox``, ``command`` or ``mail``, all or none; how many were new.

        A file that is known already is left as it was recorded first.
        """
        return self._write(receipts.insert_receipts, arrived, source, self._now())

    def known(self) -> set[tuple[str, str]]:
        """File and sha256 of every receipt."""
        return self._read(receipts.select_known)

    def originals(self) -> dict[str, FirstCopy]:
        """The sha256 of every content that arrived → the file it first came in, and whose return that is."""
        return self._read(receipts.select_originals)

    def override(self, ruled: Sequence[tuple[ManualOverride, Receipt]]) -> None:
        """Record the office's rulings on files that arrived, each with the receipt as it is from now on.

        This is the one thing that rewrites receipts. All or none; LedgerError for a file that has no receipt.
        """
        self._write(overrides.insert_overrides, ruled, self._now())

    def overrides(self) -> tuple[ManualOverride, ...]:
        """All rulings, in the order in which they were recorded."""
        return self._read(overrides.select_overrides)

    def units_of(self, files: Iterable[str]) -> dict[str, str]:
        """Whose returns files are, of those that have a receipt; empty where nobody knows."""
        return self._read(receipts.select_units, list(files))

    # --- messages ------------------------------------------------------------------------------

    def add_messages(self, arrived: Iterable[IncomingMessage]) -> int:
        """Record mails of the mailbox, all or none; how many were new.

        A mail that is known under another number (:attr:`IncomingMessage.digest`) gets the one it has now.
        """
        return self._write(messages.insert_messages, arrived, self._now())

    def messages(self) -> tuple[IncomingMessage, ...]:
        """Every mail of the mailbox, in the order in which it was received."""
        return self._read(messages.select_messages)

    def last_uid(self, mailbox: str, uidvalidity: int) -> int:
        """The highest UID recorded of a mailbox as it is numbered now; 0 for none."""
        return self._read(messages.select_last_uid, mailbox, uidvalidity)

    def messages_elsewhere(self, mailbox: str, uidvalidity: int) -> Counter[str]:
        """The digests of mails recorded under another mailbox or numbering, and how many have each."""
        return self._read(messages.select_digests_elsewhere, mailbox, uidvalidity)

    # --- decisions -----------------------------------------------------------------------------

    def decide(self, taken: Iterable[Decision], source: str) -> None:
        """Record decisions, from ``command`` or ``tracker``; they are never changed, only followed by others."""
        self._write(decisions.append_decisions, taken, source, self._now())

    def decisions(self, *, source: str = "", after: int = 0) -> tuple[Decision, ...]:
        """The decisions in the order in which they were recorded: all, or those that came from a ``source`` behind
        the first ``after`` ones."""
        return self._read(decisions.select_decisions, source=source, after=after)

    def merge(self, merging: MergeDecision) -> None:
        """Record that a unit's returns for a cycle count together, or no longer do."""
        self._write(overrides.append_merging, merging, self._now())

    def mergings(self) -> tuple[MergeDecision, ...]:
        """All decisions to merge, in the order in which they were recorded."""
        return self._read(overrides.select_mergings)

    # --- letters -------------------------------------------------------------------------------

    def letters(self, *, cycle: Month | None = None) -> tuple[OutgoingMessage, ...]:
        """Our letters, the oldest first: all, or those of a cycle."""
        return self._read(letters.select_letters, cycle)

    def prepare_letter(self, letter: OutgoingMessage) -> None:
        """Write a letter down before it is handed over; one with its key that is no further yet is replaced.

        Raises LedgerError when a letter with its key has been handed over.
        """
        self._write(letters.prepare, letter)

    def move_letter(
        self, key: str, before: LetterState, after: LetterState, at: datetime, detail: str = ""
    ) -> None:
        """Note that a letter came from one state into another; LedgerError when it is not in the first."""
        self._write(letters.change_state, key, before, after, at, detail)
