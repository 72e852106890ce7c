"""The scoring rules: ``policy.toml`` [scoring] as shipped, overlaid by the office's."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from itertools import pairwise
from typing import Any

from zwgk_excel.domain.duties import UnitKind
from zwgk_excel.domain.periods import PeriodLength
from zwgk_excel.domain.problem_catalogue import CATALOGUE
from zwgk_excel.domain.score_rules import (
    WITHOUT_TABLE,
    Aggregation,
    CorrectionEffect,
    Grade,
    LatenessBand,
    PointRule,
    ScoreRule,
    Scoring,
)
from zwgk_excel.layout.resources import read_toml
from zwgk_excel.layout.toml_values import WrongValueError, choice, count, merged, number, table, yes

SECTION = "scoring"
_OWN_KEYS = {
    ScoreRule.LATE: {"bands", "cap"},
    ScoreRule.RETURNED: {"points", "cap", "workdays", "in_time"},
    ScoreRule.FORMAL: {"points", "cap", "codes", "per_task"},
    ScoreRule.EARLY: {"points", "cap", "days"},
    ScoreRule.QUALITY: {"points", "cap", "items"},
}
_WITH_POINTS = tuple(rule for rule in ScoreRule if rule not in WITHOUT_TABLE)
_LEVELS = tuple(band for band in Grade if band is not Grade.FAIL)
_NUMBERS = ("base", "floor", "cap")


def merged_scoring_table(overlay: Mapping[str, Any]) -> dict[str, Any]:
    """The rules as plain values: the shipped table [scoring] with that of ``overlay`` (parsed TOML) merged in."""
    found: dict[str, Any] = merged(read_toml("policy.toml"), overlay)[SECTION]
    return found


def scoring_from(raw: Mapping[str, Any]) -> Scoring:
    """The rules of a whole table [scoring]; raises ValueError with the offending key and value."""
    rules_and_periods = (*(str(rule) for rule in _WITH_POINTS), "quarter", "year")
    keys = {"confirmed", "fair", *_NUMBERS, "weights", "bands", "corrections", *rules_and_periods}
    raw = table(SECTION, _completed(raw) if isinstance(raw, Mapping) else raw, keys)
    parts = {rule: table(_key(rule), raw[rule], _OWN_KEYS.get(rule, {"points", "cap"})) for rule in _WITH_POINTS}
    base, floor, cap = (number(_key(name), raw[name]) for name in _NUMBERS)
    if not floor <= base <= cap:
        raise WrongValueError("scoring.base", base, f"应在 {floor}（floor）和 {cap}（cap）之间")
    rules = Scoring(
        confirmed=yes(_key("confirmed"), raw["confirmed"]),
        base=base,
        floor=floor,
        cap=cap,
        weights=_weights(raw["weights"]),
        bands=_bands(raw["bands"]),
        point_rules={rule: _point_rule(rule, part) for rule, part in parts.items()},
        late=_day_bands(parts[ScoreRule.LATE]["bands"]),
        mend_workdays=count("scoring.returned.workdays", parts[ScoreRule.RETURNED]["workdays"]),
        mended_in_time=yes("scoring.returned.in_time", parts[ScoreRule.RETURNED]["in_time"]),
        formal_codes=_codes(parts[ScoreRule.FORMAL]["codes"]),
        formal_per_task=number("scoring.formal.per_task", parts[ScoreRule.FORMAL]["per_task"]),
        early_days=count("scoring.early.days", parts[ScoreRule.EARLY]["days"], least=1),
        quality_items=count("scoring.quality.items", parts[ScoreRule.QUALITY]["items"], least=1),
        corrections=choice(CorrectionEffect, _key("corrections"), raw["corrections"]),
        aggregation={
            span: choice(Aggregation, _key(span), raw[span]) for span in (PeriodLength.QUARTER, PeriodLength.YEAR)
        },
    )
    _check_order(rules)
    return rules


def is_fair(raw: Mapping[str, Any]) -> bool:
    """Whether a table [scoring] says ``fair``; those that the first versions kept of closed months do not."""
    return yes(_key("fair"), raw.get("fair", False))


def require_fair(raw: Mapping[str, Any]) -> None:
    """Raise ValueError, which names the key, where one fault of a report would cost more than no report at all.

    ``raw`` is a whole table [scoring]. Whatever is written, scoring cuts it
    (:func:`~zwgk_excel.domain.scoring_cases.silence_costs`); but an office would announce points that it never deducts.
    Not asked of the rules of closed months, which stand as they are.
    """
    rules = scoring_from(raw)
    if not is_fair(raw):
        raise WrongValueError("scoring.fair", False, "只能是 true，报了的任务不能比不报扣得多")
    missing = rules.point_rules[ScoreRule.MISSING]
    if missing.cap < missing.points:
        raise WrongValueError("scoring.missing.cap", missing.cap, f"应不少于 missing.points 的 {missing.points}")
    for key, points in (
        ("scoring.site_fault.points", rules.point_rules[ScoreRule.SITE_FAULT].points),
        ("scoring.late_item.points", rules.point_rules[ScoreRule.LATE_ITEM].points),
        ("scoring.formal.points", rules.point_rules[ScoreRule.FORMAL].points),
        ("scoring.formal.per_task", rules.formal_per_task),
    ):
        if points > (most := missing.points):
            raise WrongValueError(key, points, f"应不多于未报 scoring.missing.points 的 {most}，报了不能比不报扣得多")


def rules_to_json(raw: Any) -> Any:
    """The rules as JSON values for the ledger, decimals as text that :func:`scoring_from` reads."""
    if isinstance(raw, Mapping):
        return {key: rules_to_json(value) for key, value in raw.items()}
    if isinstance(raw, list):
        return [rules_to_json(value) for value in raw]
    return str(raw) if isinstance(raw, Decimal) else raw


def _completed(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The table with what rules do not have that an earlier version kept when it closed a month."""
    free = {"points": Decimal(0), "cap": Decimal(0)}
    found = {"corrections": CorrectionEffect.TELL, "fair": False, str(ScoreRule.SITE_FAULT): free} | dict(raw)
    if isinstance(returned := found.get(ScoreRule.RETURNED), Mapping):
        found[ScoreRule.RETURNED] = {"in_time": False} | dict(returned)
    return found


def _key(name: str) -> str:
    return f"{SECTION}.{name}"


def _point_rule(rule: ScoreRule, part: Mapping[str, Any]) -> PointRule:
    points = Decimal(0) if rule is ScoreRule.LATE else number(f"{_key(rule)}.points", part["points"])
    return PointRule(points, number(f"{_key(rule)}.cap", part["cap"]))


def _weights(raw: Any) -> dict[UnitKind, Decimal]:
    found = table("scoring.weights", raw, (str(kind) for kind in UnitKind))
    return {kind: number(f"scoring.weights.{kind}", found[kind]) for kind in UnitKind}


def _bands(raw: Any) -> dict[Grade, Decimal]:
    found = table("scoring.bands", raw, (str(band) for band in _LEVELS))
    bands: dict[Grade, Decimal] = {band: number(f"scoring.bands.{band}", found[band]) for band in _LEVELS}
    for (better, higher), (worse, lower) in pairwise(bands.items()):
        if higher <= lower:
            raise WrongValueError(f"scoring.bands.{worse}", lower, f"应低于 {better} 的 {higher}")
    return bands


def _day_bands(raw: Any) -> tuple[LatenessBand, ...]:
    if not isinstance(raw, list) or not raw:
        raise WrongValueError("scoring.late.bands", raw, "应为列表，每档写作 { up_to = 5, points = 1 }")
    bands, last = [], 0
    for position, part in enumerate(raw, 1):
        where = f"scoring.late.bands[{position}]"
        open_end = position == len(raw)
        each = table(where, part, {"points"} if open_end else {"up_to", "points"})
        up_to = None if open_end else count(f"{where}.up_to", each["up_to"], least=1)
        if up_to is not None and up_to <= last:
            raise WrongValueError(f"{where}.up_to", up_to, f"应大于前一档的 {last}，各档不能重叠")
        last = up_to or last
        bands.append(LatenessBand(up_to, number(f"{where}.points", each["points"])))
    return tuple(bands)


def _codes(raw: Any) -> frozenset[str]:
    if not isinstance(raw, list):
        raise WrongValueError("scoring.formal.codes", raw, "应为列表，用方括号括起问题代码")
    for code in raw:
        if not isinstance(code, str) or code not in CATALOGUE:
            raise WrongValueError("scoring.formal.codes", code, "没有这个问题代码，见 docs/problems.md")
    return frozenset(raw)


def _check_order(rules: Scoring) -> None:
    """Raise ValueError where reporting costs more points than reporting later or not at all."""
    points = {rule: rules.point_rules[rule].points for rule in (ScoreRule.GRACE, ScoreRule.RETURNED, ScoreRule.NEWS)}
    steps = [("scoring.grace.points", points[ScoreRule.GRACE])]
    steps += [(f"scoring.late.bands[{n}].points", band.points) for n, band in enumerate(rules.late, 1)]
    steps += [("scoring.missing.points", most := rules.point_rules[ScoreRule.MISSING].points)]
    for (milder, less), (graver, more) in pairwise(steps):
        if less > more:
            raise WrongValueError(graver, more, f"应不少于 {milder} 的 {less}，报得越晚扣得越多")
    for rule in (ScoreRule.RETURNED, ScoreRule.NEWS):
        if points[rule] > most:
            raise WrongValueError(f"{_key(rule)}.points", points[rule], f"应不多于未报 scoring.missing 的 {most}")
