"""What one computation knows of the office's decisions and closings: of each the ledger is read at most once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cached_property

from zwgk_excel.domain.decisions import ActiveDecisions, Decision, active_decisions
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.rules_in_force import RulesInForce
from zwgk_excel.ledger import Ledger


class KnownRecords:
    """Decisions, closings and the rules of closed months, each read when it is first asked for; LedgerError then.

    For one computation: what is written meanwhile is not in it.
    """

    def __init__(self, ledger: Ledger, closed_rules: Callable[[], Mapping[Month, RulesInForce]]) -> None:
        self._ledger, self._read_rules = ledger, closed_rules
        self._by_closing: dict[Month, Mapping[str, ActiveDecisions]] = {}

    @cached_property
    def decisions(self) -> tuple[Decision, ...]:
        """All decisions in the order recorded."""
        return self._ledger.decisions()

    @cached_property
    def active(self) -> dict[str, ActiveDecisions]:
        """Obligation key → decisions in force."""
        return active_decisions(self.decisions)

    @cached_property
    def closings(self) -> dict[Month, datetime]:
        """Closed month → when it was closed."""
        return {each.cycle: each.closed_at for each in self._ledger.cycles() if each.closed_at}

    @cached_property
    def closed_rules(self) -> Mapping[Month, RulesInForce]:
        """Closed month → the rules that it was closed with; none for one that was closed without scores."""
        return self._read_rules()

    def decided_by_closing(self, cycle: Month | None) -> Mapping[str, ActiveDecisions]:
        """Obligation key → decisions in force; of a closed month those that were in force when it was closed."""
        if cycle not in self.closings:
            return self.active
        if cycle not in self._by_closing:
            until = self.closings[cycle]
            self._by_closing[cycle] = active_decisions(each for each in self.decisions if each.at < until)
        return self._by_closing[cycle]
