"""The rules in force as JSON values: what a closed month keeps, and what the next run is compared with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from zwgk_excel.domain.deadlines import DeadlineRule, ExtraSubject, OwnDeadline, Policy
from zwgk_excel.domain.escalation import EscalationPolicy, EscalationRule
from zwgk_excel.domain.periods import MonthDay
from zwgk_excel.domain.rules_in_force import RulesInForce, calendar_days, settings_of
from zwgk_excel.domain.scoring import format_points
from zwgk_excel.domain.workdays import Workdays
from zwgk_excel.layout.escalation import SECTION as LADDER
from zwgk_excel.layout.escalation import escalation_policy_with
from zwgk_excel.layout.holidays import provisional_days_off
from zwgk_excel.layout.scoring import SECTION as SCORING
from zwgk_excel.layout.scoring import scoring_from
from zwgk_excel.layout.words import words


def rules_beside_scoring(ladder: EscalationPolicy, policy: Policy, workdays: Workdays) -> dict[str, Any]:
    """Ladder, severities, deadlines and calendar as JSON values; the scoring rules are kept beside them."""
    return {
        LADDER: {"confirmed": ladder.confirmed, "rules": [_ladder_rule(rule) for rule in ladder.rules]},
        "due_soon_days": policy.due_soon_days,
        "carry_months": policy.carry_months,
        "publish_within_workdays": policy.publish_within_workdays,
        "feedback_within_workdays": policy.feedback_within_workdays,
        "shift": str(policy.shift),
        "deadlines": _deadlines(policy),
        "published_from": {str(cadence): _day(day) for cadence, day in policy.published_from.items()},
        "nil_reports": {
            "cadences": sorted(policy.nil_reports.cadences),
            "never": sorted(policy.nil_reports.never),
            "in_a_row": {str(cadence): number for cadence, number in policy.nil_reports.in_a_row.items()},
        },
        "policy_columns": {"satisfied_by": [each for each in words("item_type") if each not in policy.unfit_types]},
        "severities": dict(policy.severities),
        "calendar": {
            "announced": {str(year): "yes" for year in sorted(workdays.announced)},
            "days": calendar_days(workdays),
            **({"statutory": "yes"} if workdays.statutory else {}),
        },
    }


def recorded_rules(
    scoring: Mapping[str, Any], ladder: EscalationPolicy, policy: Policy, workdays: Workdays
) -> dict[str, str]:
    """All rules as path → text, for :func:`zwgk_excel.domain.rules_in_force.rule_changes`.

    A rule of the ladder is one setting, by its code: JSON text that :func:`ladder_rule_from` reads.
    """
    others = rules_beside_scoring(ladder, policy, workdays)
    steps = {each["code"]: json.dumps(each, sort_keys=True) for each in others[LADDER]["rules"]}
    others[LADDER] = {"confirmed": ladder.confirmed, "rules": steps}
    return settings_of({SCORING: scoring, **others})


def closed_rules(scoring: Mapping[str, Any], others: Mapping[str, Any] | None, today: RulesInForce) -> RulesInForce:
    """The rules that a month was closed with, from what :func:`rules_beside_scoring` gave.

    ``others`` is None for a month closed before they were kept: they are those of ``today``. Raises ValueError or
    KeyError for what cannot be read.
    """
    rules = scoring_from(scoring)
    if others is None:
        return RulesInForce(
            rules,
            today.ladder,
            today.severities,
            today.publish_within,
            today.workdays,
            today.feedback_within,
            whole=False,
        )
    calendar = others["calendar"]
    days = {date.fromisoformat(day): state == "worked" for day, state in calendar["days"].items()}
    announced = frozenset(int(year) for year in calendar["announced"])
    statutory = provisional_days_off(announced) if calendar.get("statutory") else frozenset()
    return RulesInForce(
        rules,
        escalation_policy_with({LADDER: others[LADDER]}),
        dict(others["severities"]),
        int(others["publish_within_workdays"]),
        Workdays(days, announced, statutory),
        int(others.get("feedback_within_workdays", today.feedback_within)),
    )


def ladder_rule_from(text: str) -> EscalationRule:
    """A rule of the ladder from the text in :func:`recorded_rules`."""
    (rule,) = escalation_policy_with({LADDER: {"rules": [json.loads(text)]}}).rules
    return rule


def _ladder_rule(rule: EscalationRule) -> dict[str, Any]:
    # The rule of a confirmed file, as zwgk.toml would have it.
    found: dict[str, Any] = {"code": rule.code, "step": str(rule.step), "months": rule.months, "within": rule.within}
    if rule.below is not None:
        return found | {"below": format_points(rule.below)}
    return found | {"counts": sorted(rule.counts), "facts": rule.facts}


def _deadlines(policy: Policy) -> dict[str, Any]:
    """``monthly.due`` → ``0/25``: months after the period, and the day."""
    rules = {str(cadence): _days(rule) for cadence, rule in policy.deadlines.items()}
    rules |= {f"{own.duty or own.cadence} {own.unit}".strip(): _days(own) for own in policy.own_deadlines}
    extra = policy.extra_subjects
    return rules | {f"{each.duty or each.cadence} {each.unit} {each.subject}": _days(each) for each in extra}


def _days(rule: DeadlineRule | OwnDeadline | ExtraSubject) -> dict[str, str]:
    days = ((name, getattr(rule, name, None)) for name in ("opens", "due", "final"))
    return {name: _day(day) for name, day in days if day is not None}


def _day(rule: MonthDay) -> str:
    return f"{rule.months}/{rule.day}"
