"""The ledger about what links showed when they were visited."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from zwgk_excel.domain.link_checks import Visit
from zwgk_excel.ledger import visits
from zwgk_excel.ledger.engine import writing
from zwgk_excel.ledger.transactions import LedgerTransactions


class VisitStore(LedgerTransactions):
    """Visits to addresses on websites."""

    def add_visits(self, made: Iterable[Visit]) -> int:
        """Append what links showed, all or none, but those recorded already; returns how many were new.

        No figure follows from them, so the ledger's revision stays.
        """
        with writing(self._engine) as connection:
            return visits.append_visits(connection, made)

    def visits(self, urls: Sequence[str] | None = None) -> dict[str, Visit]:
        """Address → its newest visit: of those given that have one, or of all."""
        return self._read(visits.select_visits, urls)

    def visit_history(self, urls: Sequence[str]) -> dict[str, tuple[Visit, ...]]:
        """Address → all its visits, oldest first, of those given that have one."""
        return self._read(visits.select_visit_history, urls)
