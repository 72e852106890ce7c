"""The ledger about months: issued, their workbooks, closed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from zwgk_excel.domain.acts import Change
from zwgk_excel.domain.issues import Issue
from zwgk_excel.domain.periods import Month
from zwgk_excel.ledger import acts, cycles, issues
from zwgk_excel.ledger.cycles import CycleRecord, WorkbookRecord
from zwgk_excel.ledger.issues import IssueKind
from zwgk_excel.ledger.transactions import LedgerTransactions


class CycleStore(LedgerTransactions):
    """What was issued for each cycle, and what it was closed with."""

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

    def closing_of(self, cycle: Month) -> int:
        """The number of the act by which a cycle is closed; 0 where it is open."""
        return self._read(lambda connection: cycles.closing_in_force(connection, cycle, acts.select_undone(connection)))

    def snapshot(self, cycle: Month) -> dict[str, dict[str, Any]]:
        """Obligation key → the figures at closing, in the order given then; empty for an open cycle."""
        return self._read(cycles.select_snapshot, cycle)

    def scores(self) -> dict[Month, tuple[dict[str, Any], list[dict[str, Any]]]]:
        """Cycle → (common part, scores in order), of every cycle closed with an assessment."""
        return self._read(cycles.select_scores)

    def closing_terms(self) -> dict[Month, dict[str, Any]]:
        """Cycle → the part of its closing that is common to all units, with its rules; of cycles closed with scores."""
        return self._read(cycles.select_closing_terms)

    def workbooks(self, cycle: Month) -> dict[str, WorkbookRecord]:
        """Unit → the workbook generated last for a cycle."""
        return self._read(cycles.select_workbooks, cycle)

    def record_workbooks(self, records: Iterable[WorkbookRecord]) -> None:
        """Insert records, all or none, replacing those of the same units and cycles."""
        self._write(cycles.replace_workbooks, records)
