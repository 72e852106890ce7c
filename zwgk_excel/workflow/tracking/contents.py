"""The effective receipts with content, read from the ledger 250 at a time, so that memory is bounded."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from zwgk_excel.domain.recounting import is_provisional, recounted
from zwgk_excel.domain.returns import Receipt
from zwgk_excel.ledger import Ledger
from zwgk_excel.workflow.office.context import Office
from zwgk_excel.workflow.office.known_records import KnownRecords

_Gathered = TypeVar("_Gathered")


class EffectiveReceipts:
    """The effective receipts with content; each iteration reads them anew."""

    def __init__(self, ledger: Ledger, receipts: Sequence[Receipt]) -> None:
        """``receipts`` are without content, or hold the part of their content that is effective."""
        self._ledger = ledger
        self.receipts = tuple(receipts)
        """The same as given."""
        self._gathered: dict[Hashable, Any] = {}

    def __iter__(self) -> Iterator[Receipt]:
        """The receipts with content, in order; raises LedgerError where the ledger cannot be read."""
        stored = self._ledger.with_content(each for each in self.receipts if each.content is None)
        # The problems are those of the receipts given: their working days may have been counted again.
        return (
            each if each.content is not None else replace(next(stored), problems=each.problems)
            for each in self.receipts
        )

    @property
    def items(self) -> int:
        """The number of their items."""
        return sum(tally.items for each in self.receipts for tally in each.tallies.values())

    def once(self, key: Hashable, gather: Callable[[], _Gathered]) -> _Gathered:
        """What ``gather`` makes of the contents, once for each ``key``: to read them all takes long."""
        if key not in self._gathered:
            self._gathered[key] = gather()
        found: _Gathered = self._gathered[key]
        return found

    def in_order(self, key: Callable[[Receipt], Any]) -> EffectiveReceipts:
        """The same in another order."""
        return EffectiveReceipts(self._ledger, sorted(self.receipts, key=key))


def with_recounted_days(office: Office, receipts: Sequence[Receipt], known: KnownRecords) -> tuple[Receipt, ...]:
    """Receipts whose problems say working days by the calendar of their month's rules, not by one that was provisional.

    Raises LedgerError where the ledger cannot be read.
    """
    rested = [each for each in receipts if is_provisional(each)]
    if not rested:
        return tuple(receipts)
    closed, today = known.closed_rules, office.rules
    found = {}
    for each, whole in zip(rested, office.ledger.with_content(rested), strict=True):
        rules = closed.get(each.cycle, today) if each.cycle else today
        found[each.file, each.sha256] = recounted(whole, rules.workdays, rules.publish_within).problems
    return tuple(replace(each, problems=found.get((each.file, each.sha256), each.problems)) for each in receipts)
