"""The effective receipts with content, read from the ledger 250 at a time, so that memory is bounded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from zwgk_excel.domain.returns import Receipt
from zwgk_excel.ledger import Ledger


class EffectiveReceipts:
    """The effective receipts with content; each iteration reads them anew."""

    def __init__(self, ledger: Ledger, receipts: Sequence[Receipt]) -> None:
        """``receipts`` are without content, or hold the part of their content that is effective."""
        self._ledger = ledger
        self.receipts = tuple(receipts)
        """The same as given."""

    def __iter__(self) -> Iterator[Receipt]:
        """The receipts with content, in order; raises LedgerError where the ledger cannot be read."""
        stored = self._ledger.with_content(each for each in self.receipts if each.content is None)
        return (each if each.content is not None else next(stored) for each in self.receipts)

    @property
    def items(self) -> int:
        """The number of their items."""
        return sum(tally.items for each in self.receipts for tally in each.tallies.values())

    def in_order(self, key: Callable[[Receipt], Any]) -> EffectiveReceipts:
        """The same in another order."""
        return EffectiveReceipts(self._ledger, sorted(self.receipts, key=key))
