"""The transactions of an open ledger: what is read and what is written, each whole or not at all."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from types import TracebackType
from typing import Concatenate, ParamSpec, Self, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError

from zwgk_excel.domain.acts import Act, ActSource
from zwgk_excel.ledger import meta, rules_on_record
from zwgk_excel.ledger.engine import writing
from zwgk_excel.ledger.errors import damage_told
from zwgk_excel.ledger.locks import run_lock

P = ParamSpec("P")
T = TypeVar("T")


class LedgerTransactions(ABC):
    """The connection behind a ledger; a context manager that closes it."""

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
        """A write transaction that counts as a revision of the ledger; the one of :meth:`trial` in it."""
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

    @abstractmethod
    def read_all(self) -> None:
        """Read everything that is stored; raises LedgerDamagedError where something cannot be read."""
