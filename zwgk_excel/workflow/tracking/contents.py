"""The contents that count, read from the ledger as they are wanted: a large county's never lie in memory together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from zwgk_excel.domain.returns import Receipt
from zwgk_excel.ledger import Ledger


class EffectiveReceipts:
    """Receipts with the part of their content that counts; each time they are gone through they are read anew."""

    def __init__(self, ledger: Ledger, receipts: Sequence[Receipt]) -> None:
        """``receipts`` are condensed, or hold the part of their content that counts."""
        self._ledger = ledger
        self.receipts = tuple(receipts)
        """The same as given."""

    def __iter__(self) -> Iterator[Receipt]:
        """The receipts whole, in their order; raises LedgerError where the ledger cannot be read."""
        stored = self._ledger.with_content(each for each in self.receipts if each.content is None)
        return (each if each.content is not None else next(stored) for each in self.receipts)

    @property
    def items(self) -> int:
        """How many items are in them."""
        return sum(tally.items for each in self.receipts for tally in each.tallies.values())

    def in_order(self, key: Callable[[Receipt], Any]) -> EffectiveReceipts:
        """The same in another order."""
        return EffectiveReceipts(self._ledger, sorted(self.receipts, key=key))
