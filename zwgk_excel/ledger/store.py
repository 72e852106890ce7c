"""The ledger: transactional access to cycles, workbooks, receipts, decisions, mails, rectifications."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from functools import cached_property
from itertools import islice
from types import TracebackType
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError

from zwgk_excel.domain.acts import Act, ActKind, ActSource, Change
from zwgk_excel.domain.adjustments import Adjustment
from zwgk_excel.domain.correspondence import IncomingMessage, LetterState, OutgoingMessage
from zwgk_excel.domain.decisions import Decision, ManualOverride, MergeDecision
from zwgk_excel.domain.escalation import Rectification, RectificationNote
from zwgk_excel.domain.issues import Issue
from zwgk_excel.domain.link_checks import Visit
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.returns import Receipt
from zwgk_excel.ledger import (
    acts,
    adjustments,
    cycles,
    decisions,
    in_tray,
    issues,
    letters,
    messages,
    meta,
    overrides,
    receipts,
    rectifications,
    rules_on_record,
    table_edits,
    visits,
)
from zwgk_excel.ledger.cycles import CycleRecord, WorkbookRecord
from zwgk_excel.ledger.engine import writing
from zwgk_excel.ledger.errors import LedgerDamagedError, LedgerError, damage_told
from zwgk_excel.ledger.import_ledger import import_ledger
from zwgk_excel.ledger.issues import IssueKind
from zwgk_excel.ledger.locks import run_lock
from zwgk_excel.ledger.receipts import FirstCopy
from zwgk_excel.ledger.undoing import undo

P = ParamSpec("P")
T = TypeVar("T")

_WHOLE = 250
"""Receipts whose contents are fetched together."""


class Ledger:
    """An open ledger; a context manager that closes it.

    Every method is one transaction, atomic also when the process is killed, and may raise LedgerBusyError or
    LedgerFailedError. One that writes what a person decided appends the act in the same transaction.
    """

    source = ActSource.COMMAND
    """Where the acts are done that are not typed in the tracker."""
    rules: Callable[[], Mapping[str, str]] | None = None
    """The rules in force (path → text), recorded before the first write; None where nobody computes by them."""
    rules_changed: Act | None = None
    """The act that a write of this program recorded because the rules were others, until :meth:`record_rules` tells
    it."""

    def __init__(self, engine: Engine, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._now = now
        self._exclusive = False
        self._trial: Connection | None = None
        self._rules_recorded = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file or the connections to the server."""
        self._engine.dispose()

    @contextmanager
    def exclusive(self, wait: float = 2.0) -> Iterator[None]:
        """Hold the run lock of generate, receive, consolidate and close; re-entrant.

        Raises LedgerBusyError after ``wait`` seconds. Readers are not blocked; the lock of a killed process is released
        by the system.
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
        """A write transaction that increments :attr:`revision`; the one of :meth:`trial` in it."""
        if self._trial is not None:
            yield self._trial
            return
        changed = None
        with writing(self._engine) as connection:
            if self.rules is not None and not self._rules_recorded:
                changed = rules_on_record.record_rules(connection, self.rules(), self.source, self._now())
            yield connection
            meta.count_revision(connection)
        self._rules_recorded = True
        self.rules_changed = changed or self.rules_changed

    @contextmanager
    def trial(self) -> Iterator[None]:
        """What is written inside is read inside, and was never written afterwards."""
        with writing(self._engine) as connection:
            self._trial = connection
            try:
                yield
            finally:
                self._trial = None
                connection.rollback()

    def _read(self, select: Callable[Concatenate[Connection, P], T], *given: P.args, **named: P.kwargs) -> T:
        """The result of a function that reads, in its own transaction."""
        if self._trial is not None:
            return select(self._trial, *given, **named)
        with damage_told(), self._engine.begin() as connection:
            return select(connection, *given, **named)

    def _write(self, change: Callable[Concatenate[Connection, P], T], *given: P.args, **named: P.kwargs) -> T:
        """The result of a function that writes, in its own transaction."""
        try:
            with self._writing() as connection:
                return change(connection, *given, **named)
        except (ValueError, TypeError, LookupError, IntegrityError):
            self.read_all()  # where the ledger is damaged, that is why
            raise

    def read_all(self) -> None:
        """Read everything that is stored; raises LedgerDamagedError where something cannot be read."""
        _ = self.key, self.revision
        for cycle in (each.cycle for each in self.cycles()):
            _ = self.snapshot(cycle), self.workbooks(cycle)
        for _ in self.with_content(self.receipt_summaries()):
            pass
        for read in (self.scores, self.rectifications, self.overrides, self.mergings, self.decisions):
            read()
        _ = self.letters(), self.messages(), self.issues(), self.acts(), self.adjustments(), self.recorded_rules()
        _ = self.visits()

    def import_from(self, other: Ledger) -> int | None:
        """Copy all tables of ``other``, the signing key included, into this empty ledger.

        Returns the number of receipts, or None (nothing copied) where this ledger is not empty.
        """
        with other._engine.begin() as source, writing(self._engine) as connection:
            imported = import_ledger(connection, source)
        self.__dict__.pop("key", None)
        return imported

    # --- about itself --------------------------------------------------------------------------

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

    # --- cycles --------------------------------------------------------------------------------

    def cycles(self) -> tuple[CycleRecord, ...]:
        """Every cycle that was issued or closed, oldest first."""
        return self._read(cycles.select_cycles)

    def record_issue(
        self,
        issue: Issue,
        kind: IssueKind,
        on: date,
        *,
        who: str,
        reason: str = "",
        units: Collection[str] = (),
        changes: Collection[Change] = (),
    ) -> None:
        """Append what was owed for a cycle, and the act; ``on`` becomes the day of its first issue.

        ``units`` are those that an amendment concerns, ``changes`` what it does to their tasks.
        """
        self._write(issues.append_issue, issue, kind, on, who, reason, units, changes, self.source, self._now())

    def cancel_issue(self, cycle: Month, *, who: str, reason: str) -> None:
        """Append that a cycle is no longer issued; its workbooks are forgotten."""
        self._write(issues.cancel_issue, cycle, who, reason, self.source, self._now())

    def issues(self) -> dict[Month, Issue]:
        """Cycle → what was issued for it, as last amended, oldest cycle first."""
        return self._read(issues.select_issues)

    def replaced_issues(self) -> tuple[Issue, ...]:
        """What was issued for any cycle before it was amended or cancelled, the newest first."""
        return self._read(issues.select_replaced_issues)

    def last_issue_record(self) -> int:
        """A number that is another one after anybody has issued, amended or taken back a cycle."""
        return self._read(issues.select_last_record)

    def issued_months(self) -> set[Month]:
        """The cycles that have a record of what was issued."""
        return self._read(issues.select_issued_months)

    def close_cycle(
        self,
        cycle: Month,
        as_of: date,
        who: str,
        at: datetime,
        snapshot: Mapping[str, Mapping[str, Any]],
        assessment: tuple[Mapping[str, Any], Mapping[str, Mapping[str, Any]]] | None = None,
    ) -> None:
        """Close a cycle with its figures (obligation key → JSON object).

        ``assessment`` is the part common to all units, and unit → score, as JSON objects. Raises CycleClosedError where
        it is closed already.
        """
        with self._writing() as connection:
            cycles.close(connection, cycle, as_of, who, at, snapshot, self.source)
            if assessment is not None:
                cycles.insert_scores(connection, cycle, *assessment)

    def snapshot(self, cycle: Month) -> dict[str, dict[str, Any]]:
        """Obligation key → the figures at closing, in the order given then; empty for an open cycle."""
        return self._read(cycles.select_snapshot, cycle)

    def scores(self) -> dict[Month, tuple[dict[str, Any], list[dict[str, Any]]]]:
        """Cycle → (common part, scores in order), of every cycle closed with an assessment."""
        return self._read(cycles.select_scores)

    # --- rectifications ------------------------------------------------------------------------

    def raise_rectifications(self, raised: Iterable[Rectification]) -> tuple[Rectification, ...]:
        """Insert rectifications, all or none; returns them with their numbers."""
        return self._write(rectifications.raise_rectifications, raised, self.source, self._now())

    def note(self, number: int, note: RectificationNote) -> Rectification:
        """Append a note; LedgerError where the number does not exist or its rectification is closed or withdrawn."""
        (noted,) = self.add_notes([(number, note)])
        return noted

    def add_notes(
        self, notes: Iterable[tuple[int, RectificationNote]], source: ActSource | None = None
    ) -> tuple[Rectification, ...]:
        """Append (number, note) pairs, all or none; returns the rectifications concerned, each once, notes applied."""
        return self._write(rectifications.append_notes, notes, source or self.source, self._now())

    def rectifications(self, *, shown: int | None = None) -> tuple[Rectification, ...]:
        """All rectifications with their notes applied, by number.

        With ``shown``, all notes so far, but without the undoings after that act: as a tracker of then may show them.
        """
        return self._read(rectifications.select_rectifications, shown=shown)

    # --- workbooks -----------------------------------------------------------------------------

    def workbooks(self, cycle: Month) -> dict[str, WorkbookRecord]:
        """Unit → the workbook generated last for a cycle."""
        return self._read(cycles.select_workbooks, cycle)

    def record_workbooks(self, records: Iterable[WorkbookRecord]) -> None:
        """Insert records, all or none, replacing those of the same units and cycles."""
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
        """Receipts with content, in order of receipt: all, or those that meet every given condition.

        The conditions: received at or after ``since``, of a ``unit``, for a ``cycle``, with a ``sha256``.
        """
        return self._read(receipts.select_receipts, receipts.ReceiptFilter(since, unit, cycle, sha256))

    def receipt_summaries(self) -> tuple[Receipt, ...]:
        """All receipts without content, with counts per obligation, in order of receipt."""
        return self._read(receipts.select_receipt_summaries)

    def with_content(self, summaries: Iterable[Receipt]) -> Iterator[Receipt]:
        """The given receipts with content, in their order, read 250 at a time.

        Raises LedgerError for one that is not recorded.
        """
        given = iter(summaries)
        while batch := list(islice(given, _WHOLE)):
            found = self._read(receipts.select_with_content, [(each.file, each.sha256) for each in batch])
            for each in batch:
                if (each.file, each.sha256) not in found:
                    raise LedgerError(f"数据库中没有“{each.file}”的收件记录。")
                yield found[each.file, each.sha256]

    def add_receipts(self, arrived: Iterable[Receipt], source: str, *, who: str = "") -> int:
        """Insert receipts from ``inbox``, ``command`` or ``mail``, all or none; returns how many were new.

        A receipt that is recorded already is not changed. Those from ``command`` were registered by hand: an act.
        """
        at = self._now()
        by = Act(ActKind.RECEIVE, at, who, source=self.source) if source == receipts.BY_HAND else None
        return self._write(receipts.insert_receipts, arrived, source, at, by)

    def known(self) -> set[tuple[str, str]]:
        """(File, sha256) of every receipt."""
        return self._read(receipts.select_known)

    def numbered(self, recorded: Sequence[Receipt]) -> tuple[Receipt, ...]:
        """The given receipts with their numbers."""
        numbers = self._read(receipts.select_numbers, [(each.file, each.sha256) for each in recorded])
        return tuple(replace(each, number=numbers[each.file, each.sha256]) for each in recorded)

    def file_of(self, number: int) -> str | None:
        """The file of the receipt with a number; None where there is none."""
        return self._read(receipts.select_file, number)

    def originals(self) -> dict[str, FirstCopy]:
        """sha256 → the first receipt with that content; one not held for its sender is preferred."""
        return self._read(receipts.select_originals)

    def override(self, ruled: Sequence[tuple[ManualOverride, Receipt]]) -> None:
        """Insert manual overrides, each with the receipt as rewritten.

        Only this method rewrites receipts. All or none; LedgerError for a file without a receipt.
        """
        self._write(overrides.insert_overrides, ruled, self.source, self._now())

    def overrides(self) -> tuple[ManualOverride, ...]:
        """All overrides, in the order recorded."""
        return self._read(overrides.select_overrides)

    def units_of(self, files: Iterable[str]) -> dict[str, str]:
        """File → unit, of the files that have a receipt; the unit is empty where it is not known."""
        return self._read(receipts.select_units, list(files))

    # --- messages ------------------------------------------------------------------------------

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

    # --- decisions -----------------------------------------------------------------------------

    def decide(self, taken: Iterable[Decision], source: ActSource | None = None, *, cycle: Month | None = None) -> None:
        """Append decisions; they are superseded by later ones, never changed. ``cycle`` is the month they were about.

        Their acts are one for each cell of the tracker, else one for what was decided together.
        """
        self._write(decisions.append_decisions, taken, source or self.source, cycle, self._now())

    def decisions(self, *, source: str = "", after: int = 0) -> tuple[Decision, ...]:
        """The decisions in the order recorded: all, or those of a ``source`` after its first ``after`` ones."""
        return self._read(decisions.select_decisions, source=source, after=after)

    def merge(self, merging: MergeDecision) -> None:
        """Append the decision that a unit's returns for a cycle are merged, or no longer are."""
        self._write(overrides.append_merging, merging, self.source, self._now())

    def mergings(self) -> tuple[MergeDecision, ...]:
        """All merge decisions, in the order recorded."""
        return self._read(overrides.select_mergings)

    # --- acts ----------------------------------------------------------------------------------

    def acts(self) -> tuple[Act, ...]:
        """Everything that people decided, by number."""
        return self._read(acts.select_acts)

    def record_table_edit(
        self, kind: ActKind, changes: Iterable[Change], *, cycle: Month, units: Iterable[str], who: str, reason: str
    ) -> Act:
        """Append an act that edits the duty table or the roster from ``cycle`` on; :meth:`table_edit` keeps it."""
        act = Act(kind, self._now(), who, reason, self.source, cycle, tuple(units), tuple(changes))
        return self._write(table_edits.append_table_edit, act)

    def table_edit(self) -> tuple[int, tuple[Change, ...]] | None:
        """The act whose changes are still to be written into the tables, and these; None for none."""
        return self._read(table_edits.select_table_edit)

    def end_table_edit(self) -> None:
        """Note that the tables say what the last act about them wants."""
        self._write(table_edits.end_table_edit)

    def undo(self, number: int, *, who: str, reason: str) -> Act:
        """Undo an act by a new one, which is returned; later acts about the same stay in force.

        Raises NotUndoableError for an unknown number, one undone already, and what cannot be undone.
        """
        return self._write(undo, Act(ActKind.UNDO, self._now(), who, reason, self.source, undoes=number))

    def reopen(self, number: int, *, who: str, reason: str) -> Act:
        """:meth:`undo` of a closing, as an act that says so."""
        return self._write(undo, Act(ActKind.REOPEN, self._now(), who, reason, self.source, undoes=number))

    def closing_of(self, cycle: Month) -> int:
        """The number of the act by which a cycle is closed; 0 where it is open."""
        return self._read(lambda connection: cycles.closing_in_force(connection, cycle, acts.select_undone(connection)))

    # --- rules ---------------------------------------------------------------------------------

    def record_rules(self) -> Act | None:
        """Record the rules in force where they are not those on record; returns the act that says what changed.

        The act may be of an earlier write of this program. None, and nothing is written, where they are those on
        record; None too where a ledger records them for the first time.
        """
        if self.rules is not None and self._read(rules_on_record.select_rules) != dict(self.rules()):
            with self._writing():
                pass
        told, self.rules_changed = self.rules_changed, None
        return told

    def recorded_rules(self) -> dict[str, str] | None:
        """The rules in force as last recorded; None for none."""
        return self._read(rules_on_record.select_rules)

    def closing_terms(self) -> dict[Month, dict[str, Any]]:
        """Cycle → the part of its closing that is common to all units, with its rules; of cycles closed with scores."""
        return self._read(cycles.select_closing_terms)

    # --- adjustments ---------------------------------------------------------------------------

    def adjust(self, adjustment: Adjustment) -> Adjustment:
        """Append an adjustment of a score, by an act; returns it with its number."""
        return self._write(adjustments.append_adjustment, replace(adjustment, at=self._now()), self.source)

    def adjustments(self) -> tuple[Adjustment, ...]:
        """The adjustments in force, by number."""
        return self._read(adjustments.select_adjustments)

    # --- in-tray -------------------------------------------------------------------------------

    def ignore(
        self, marks: Mapping[str, str], *, cycle: Month | None, units: Iterable[str], who: str, reason: str
    ) -> None:
        """Append the act that things in the in-tray are ignored as long as the marks of their facts are the same.

        ``marks`` are by their keys.
        """
        changes = tuple(Change(key, "", mark) for key, mark in marks.items())
        act = Act(ActKind.IGNORE, self._now(), who, reason, self.source, cycle, tuple(units), changes)
        self._write(in_tray.append_ignoring, act)

    def ignored(self) -> dict[str, str]:
        """Key of what is ignored → the mark of its facts of then."""
        return self._read(in_tray.select_ignored)

    # --- visits --------------------------------------------------------------------------------

    def add_visits(self, made: Iterable[Visit]) -> int:
        """Append what links showed, all or none, but those recorded already; returns how many were new.

        No figure follows from them, so :attr:`revision` stays.
        """
        with writing(self._engine) as connection:
            return visits.append_visits(connection, made)

    def visits(self, urls: Sequence[str] | None = None) -> dict[str, Visit]:
        """Address → its newest visit: of those given that have one, or of all."""
        return self._read(visits.select_visits, urls)

    # --- letters -------------------------------------------------------------------------------

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
