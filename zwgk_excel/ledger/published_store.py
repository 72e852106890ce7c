"""The ledger about the website's own list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from zwgk_excel.domain.acts import Change
from zwgk_excel.domain.published import PublishedItem, PublishedRecord, PublishedSpan
from zwgk_excel.ledger import published
from zwgk_excel.ledger.transactions import LedgerTransactions


class PublishedStore(LedgerTransactions):
    """What exports of the website's back office said."""

    def import_published(self, items: Sequence[PublishedItem], span: PublishedSpan, told: Change, *, who: str) -> int:
        """Append what an export changes and what it covers, and the act; returns the act's number.

        ``told`` is the act's change: the files, and in words what they changed.
        """
        return self._write(published.append_published, items, span, told, who, self.source, self._now())

    def published(self, *, shown: int | None = None, by: datetime | None = None) -> PublishedRecord:
        """What the imports in force say; with ``shown`` as it was when that was the last act, with ``by`` at a time."""
        return self._read(published.select_published, shown=shown, by=by)
