"""The rules that the figures of the office's months rest on: those of today, and those of closed months."""

from __future__ import annotations

from typing import Any

from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.rules_in_force import RulesInForce
from zwgk_excel.domain.workdays import Workdays
from zwgk_excel.layout.rules_in_force import closed_rules, recorded_rules, rules_beside_scoring
from zwgk_excel.ledger import Ledger, damage_told
from zwgk_excel.workflow.office.settings import Settings


def rules_of_today(settings: Settings, workdays: Workdays) -> RulesInForce:
    """The rules of ``zwgk.toml`` and the calendar as they are."""
    policy = settings.policy
    return RulesInForce(
        settings.score_rules,
        settings.ladder,
        policy.severities,
        policy.publish_within_workdays,
        workdays,
        policy.feedback_within_workdays,
    )


def rules_of_closed_months(ledger: Ledger, today: RulesInForce) -> dict[Month, RulesInForce]:
    """Closed month → the rules that it was closed with; none for one that was closed without scores."""
    found = {}
    for month, terms in ledger.closing_terms().items():
        with damage_told():
            found[month] = closed_rules(terms["rules"], terms.get("others"), today)
    return found


def rules_to_keep(settings: Settings, workdays: Workdays) -> dict[str, Any]:
    """What a closing keeps beside the scoring rules, as JSON values."""
    return rules_beside_scoring(settings.ladder, settings.policy, workdays)


def rules_to_record(settings: Settings, workdays: Workdays) -> dict[str, str]:
    """All rules as path → text, as the ledger records them."""
    return recorded_rules(settings.scoring, settings.ladder, settings.policy, workdays)
