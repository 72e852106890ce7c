"""The escalation rules: ``policy.toml`` [ladder] as shipped, overlaid by the office's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zwgk_excel.domain.escalation import EscalationLevel, EscalationPolicy, EscalationRule
from zwgk_excel.domain.score_rules import BONUSES, WITHOUT_TABLE, ScoreRule
from zwgk_excel.domain.scoring import format_points
from zwgk_excel.layout.resources import read_toml
from zwgk_excel.layout.toml_values import WrongValueError, choice, count, merged, number, table, yes
from zwgk_excel.layout.words import word

SECTION = "ladder"
_COUNTED = frozenset(ScoreRule) - BONUSES - WITHOUT_TABLE
_LONGEST = 60
"""The most months that a rule may cover."""
_SEVERAL = frozenset({ScoreRule.LATE_ITEM, ScoreRule.FORMAL, ScoreRule.SITE_FAULT})
"""Rules with several facts for one task; silence about it is one."""


def escalation_policy_with(overlay: Mapping[str, Any]) -> EscalationPolicy:
    """The shipped rules merged with the table [ladder] of ``overlay`` (parsed TOML); a list of rules is replaced whole.

    Raises ValueError with the offending key and value.
    """
    raw = table(SECTION, merged(read_toml("policy.toml"), overlay)[SECTION], ("confirmed", "rules"))
    if not isinstance(raw["rules"], list):
        raise WrongValueError("ladder.rules", raw["rules"], "应写作 [[ladder.rules]]，每条规则一段")
    rules = tuple(_rule(f"ladder.rules[{n}]", each) for n, each in enumerate(raw["rules"], 1))
    codes = [rule.code for rule in rules]
    for code in codes:
        if codes.count(code) > 1:
            raise WrongValueError("ladder.rules.code", code, "与别的规则重复")
    return EscalationPolicy(yes("ladder.confirmed", raw["confirmed"]), rules)


def require_fair_ladder(policy: EscalationPolicy) -> None:
    """Raise ValueError, which names the rule, where faults of what a unit reports lead to a step that silence about as
    many tasks in the same months does not.

    Not asked of the rules of closed months, which stand as they are.
    """
    for number_, rule in enumerate(policy.rules, 1):
        faults = [each for each in ScoreRule if each in rule.counts and each is not ScoreRule.MISSING]
        if not faults or any(_reached_by_silence(each, rule) for each in policy.rules):
            continue
        told = "、".join(f"{each}（{word('rule', each)}）" for each in faults)
        missing = f"{ScoreRule.MISSING}（{word('rule', ScoreRule.MISSING)}）"
        several = _SEVERAL.intersection(faults) and rule.facts > 1
        once = "，facts 为 1：一项任务可以有几处差错，不报只算一项" if several else ""
        why = f"{rule.code} 计 {told}，到“{word('step', rule.step)}”，就应同时计 {missing}{once}：不报的不能比报了的轻"
        raise WrongValueError(f"ladder.rules[{number_}].counts", sorted(rule.counts), why)


def _reached_by_silence(other: EscalationRule, rule: EscalationRule) -> bool:
    """Whether silence about tasks whose reports make ``rule`` apply makes ``other``, of no milder step, apply."""
    facts = 1 if _SEVERAL & rule.counts else rule.facts
    # Of the months that make the rule apply the present one is the last; the others may be the first of its window.
    near = rule.months - max(rule.within - other.within, 0)
    enough = other.months <= max(near, 1) and other.facts <= facts
    return ScoreRule.MISSING in other.counts and other.step.height >= rule.step.height and enough


def rule_words(rule: EscalationRule) -> str:
    """A rule as Chinese text: 连续 2 个月有逾期未报或迟报."""
    if rule.below is not None:
        what = f"得分低于 {format_points(rule.below)} 分"
    else:
        *most, last = (word("rule", each) for each in ScoreRule if each in rule.counts)
        names = f"{'、'.join(most)}或{last}" if most else last
        what = f"有 {rule.facts} 项以上{names}" if rule.facts > 1 else f"有{names}"
    if rule.months == 1:
        return f"当月{what}"
    if rule.months == rule.within:
        return f"连续 {rule.months} 个月{what}"
    return f"{rule.within} 个月内有 {rule.months} 个月{what}"


def _rule(where: str, raw: Any) -> EscalationRule:
    measure = "below" if isinstance(raw, Mapping) and "below" in raw else "counts"
    # Where a count is not given it is 1; a window not given is as long as the months wanted, that is, in a row.
    given = {"facts": 1, "months": 1} | dict(raw) if isinstance(raw, Mapping) else raw
    if isinstance(given, dict):
        given.setdefault("within", given["months"])
    part = table(where, given, ("code", "step", measure, "facts", "months", "within"))
    if not isinstance(part["code"], str) or not part["code"]:
        raise WrongValueError(f"{where}.code", part["code"], "应为带引号的文字")
    months = count(f"{where}.months", part["months"], least=1)
    within = count(f"{where}.within", part["within"], least=1)
    if not months <= within <= _LONGEST:
        raise WrongValueError(f"{where}.within", within, f"应在 {months}（months）和 {_LONGEST} 之间")
    facts = count(f"{where}.facts", part["facts"], least=1)
    step = choice(EscalationLevel, f"{where}.step", part["step"])
    if measure == "below":
        if facts != 1:
            raise WrongValueError(f"{where}.facts", facts, "与 below 不能同用")
        below = number(f"{where}.below", part["below"])
        return EscalationRule(part["code"], step, below=below, months=months, within=within)
    return EscalationRule(part["code"], step, _counts(where, part["counts"]), None, facts, months, within)


def _counts(where: str, raw: Any) -> frozenset[str]:
    if not isinstance(raw, list) or not raw:
        raise WrongValueError(f"{where}.counts", raw, "应为评分规则的列表")
    for each in raw:
        if each not in _COUNTED:
            raise WrongValueError(f"{where}.counts", each, f"应为扣分规则：{'、'.join(sorted(_COUNTED))}")
    return frozenset(str(each) for each in raw)
