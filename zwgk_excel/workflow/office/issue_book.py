"""What is owed: for issued months as recorded, for the others as the tables have it today."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from zwgk_excel.domain.duties import Unit
from zwgk_excel.domain.issues import Issue, listed, owed
from zwgk_excel.domain.obligations import Obligation
from zwgk_excel.domain.periods import Month
from zwgk_excel.ledger import Ledger

IssueFromTables = Callable[[Month, Mapping[Month, Issue]], Issue]
"""Makes the issue of a month by the tables of today, beside the issues of the other months."""


class IssueBook:
    """The issues of an office, read from its ledger once, and anew after somebody has added a record.

    :meth:`reload` after the tables of the day say something else.
    """

    def __init__(self, ledger: Ledger, from_tables: IssueFromTables) -> None:
        self._ledger = ledger
        self._from_tables = from_tables
        self._recorded: dict[Month, Issue] | None = None
        self._last_record = 0
        self._plans: dict[Month, tuple[Obligation, ...]] = {}
        self._histories: dict[tuple[Month, ...], tuple[Obligation, ...]] = {}

    def reload(self) -> None:
        """Forget what was read."""
        self._recorded = None
        self._plans.clear()
        self._histories.clear()

    def refresh(self) -> None:
        """Forget what was read where another office on the same ledger has issued, amended or taken back since."""
        if self._recorded is not None and self._ledger.last_issue_record() != self._last_record:
            self.reload()

    def unrecorded(self) -> tuple[Month, ...]:
        """The cycles issued by a version that kept no records, oldest first."""
        recorded = self._ledger.issued_months()
        return tuple(month for month in self._issued_months() if month not in recorded)

    def issues(self) -> Mapping[Month, Issue]:
        """Every issue by its cycle, oldest first; a month without a record is shown by the tables of today."""
        if self._recorded is None:
            self._last_record = self._ledger.last_issue_record()
            found = self._ledger.issues()
            for month in self._issued_months():
                if month not in found:
                    found[month] = self._from_tables(month, found)
            self._recorded = dict(sorted(found.items()))
        return self._recorded

    def issue(self, cycle: Month) -> Issue:
        """The issue of a cycle; of one that is not issued, as it would be today."""
        return self.issues().get(cycle) or self.by_tables(cycle)

    def as_listed(self, cycle: Month) -> Issue:
        """The issue of a cycle with the obligations of :meth:`plan`."""
        return replace(self.issue(cycle), obligations=self.plan(cycle))

    def by_tables(self, cycle: Month) -> Issue:
        """The issue of a cycle as it would be today, whether it is issued or not."""
        others = {month: each for month, each in self.issues().items() if month != cycle}
        return self._from_tables(cycle, others)

    def units(self, months: Iterable[Month]) -> tuple[Unit, ...]:
        """The units of months as issued, each name once with its latest kind, in the order of the latest issue."""
        found: dict[str, Unit] = {}
        for month in sorted(months, reverse=True):
            for unit in self.issue(month).units:
                found.setdefault(unit.name, unit)
        return tuple(found.values())

    def plan(self, cycle: Month) -> tuple[Obligation, ...]:
        """The obligations of a cycle alone, without older ones."""
        if cycle not in self._plans:
            self._plans[cycle] = listed(self.issue(cycle), self._with((cycle,)))
        return self._plans[cycle]

    def obligations(self, *more: Month) -> tuple[Obligation, ...]:
        """Every obligation of the issued cycles and of ``more``, each once, oldest cycle first."""
        self.refresh()
        if more not in self._histories:
            self._histories[more] = tuple(owed(self._with(more)).values())
        return self._histories[more]

    def _with(self, more: tuple[Month, ...]) -> Mapping[Month, Issue]:
        found = dict(self.issues())
        for month in sorted(set(more) - found.keys()):
            found[month] = self._from_tables(month, found)
        return found

    def _issued_months(self) -> list[Month]:
        return sorted(record.cycle for record in self._ledger.cycles() if record.issued_on)
