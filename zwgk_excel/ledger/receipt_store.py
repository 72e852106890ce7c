"""The ledger about what came back: receipts, and what the office said of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice

from zwgk_excel.domain.acts import Act, ActKind
from zwgk_excel.domain.decisions import ManualOverride, MergeDecision
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.returns import Receipt
from zwgk_excel.ledger import overrides, receipts
from zwgk_excel.ledger.errors import LedgerError
from zwgk_excel.ledger.receipts import FirstCopy
from zwgk_excel.ledger.transactions import LedgerTransactions

_WHOLE = 250
"""Receipts whose contents are fetched together."""


class ReceiptStore(LedgerTransactions):
    """Receipts, overrides and mergings."""

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

    def units_of(self, files: Iterable[str]) -> dict[str, str]:
        """File → unit, of the files that have a receipt; the unit is empty where it is not known."""
        return self._read(receipts.select_units, list(files))

    def override(self, ruled: Sequence[tuple[ManualOverride, Receipt]]) -> None:
        """Insert manual overrides, each with the receipt as rewritten.

        Only this method rewrites receipts. All or none; LedgerError for a file without a receipt.
        """
        self._write(overrides.insert_overrides, ruled, self.source, self._now())

    def overrides(self) -> tuple[ManualOverride, ...]:
        """All overrides, in the order recorded."""
        return self._read(overrides.select_overrides)

    def merge(self, merging: MergeDecision) -> None:
        """Append the decision that a unit's returns for a cycle are merged, or no longer are."""
        self._write(overrides.append_merging, merging, self.source, self._now())

    def mergings(self) -> tuple[MergeDecision, ...]:
        """All merge decisions, in the order recorded."""
        return self._read(overrides.select_mergings)
