"""Aggregates the monthly scores of a quarter or a year (mean or sum)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal

from zwgk_excel.domain.duties import Unit, UnitKind
from zwgk_excel.domain.periods import Period
from zwgk_excel.domain.score_rules import Aggregation, ScoreRule, Scoring, rounded
from zwgk_excel.domain.scoring import Assessment, Score, ScoreLine, format_points, ranked, signed_points


def aggregate(
    period: Period,
    months: Sequence[Assessment],
    units: Sequence[Unit],
    rules: Scoring,
    *,
    as_of: date,
    successor: Callable[[str], str] = str,
) -> Assessment:
    """The scores of a quarter or a year: for each unit the mean or the sum of its months, as ``rules`` says.

    ``successor`` maps a unit's name to its name at the period's end: a renamed unit takes its months along, one that
    took over several takes their mean. A month in which a unit was not assessed or not ranked does not count for it;
    one that was ranked in none is not ranked.
    """
    how = rules.aggregation[period.span]
    kinds = {unit.name: unit.kind for unit in units}
    order = list(dict.fromkeys([*kinds, *(successor(each.unit) for month in months for each in month.scores)]))
    parts = _parts_by_name(order, months, successor)
    scores = (
        _pooled(name, kinds.get(name, parts[name][0][1][0].kind), parts[name], how, rules)
        for name in order
        if parts[name]
    )
    return Assessment(
        period,
        as_of,
        ranked(scores),
        closed=bool(months) and all(month.closed for month in months),
        corrections=tuple(each for month in months for each in month.corrections),
        confirmed=rules.confirmed and all(month.confirmed for month in months),
        notes=tuple(dict.fromkeys(note for month in months for note in month.notes)),
        months=tuple(months),
    )


_Parts = list[tuple[Assessment, list[Score]]]


def _parts_by_name(
    names: Sequence[str], months: Sequence[Assessment], successor: Callable[[str], str]
) -> dict[str, _Parts]:
    """Unit at the period's end → the months in which it or a predecessor was assessed, with those scores."""
    found: dict[str, _Parts] = {name: [] for name in names}
    for month in months:
        scores: dict[str, list[Score]] = defaultdict(list)
        for each in month.scores:
            scores[successor(each.unit)].append(each)
        for name, mine in scores.items():
            found[name].append((month, mine))
    return found


def _pooled(name: str, kind: UnitKind, parts: _Parts, how: Aggregation, rules: Scoring) -> Score:
    """The score with one line per month, and one more for the adjustments of a month that has any.

    The lines add up to points minus base to the hundredth. Without a month in which it is ranked there is none.
    """
    pending = any(each.pending for _, scores in parts for each in scores)
    deferred = any(each.deferred for _, scores in parts for each in scores)
    parts = [(month, mine) for month, scores in parts if (mine := [each for each in scores if each.is_ranked])]
    if not parts:
        return Score(name, kind, rules.base, rules.base, None, "", pending=pending, deferred=deferred)
    count = len(parts) if how is Aggregation.MEAN else 1
    base = rounded(sum((_mean([each.base for each in scores]) for _, scores in parts), Decimal(0)) / count)
    exact, lines, adjusted = base, [], Decimal(0)
    for month, scores in parts:
        before, exact = exact, exact + _mean([each.points - each.adjusted - each.base for each in scores]) / count
        told = _reason(name, month, scores)
        lines.append(ScoreLine(ScoreRule.MONTH, rounded(exact) - rounded(before), "", told, on=month.as_of))
        if any(each.adjustments for each in scores):
            before, exact = exact, exact + _mean([each.adjusted for each in scores]) / count
            points = rounded(exact) - rounded(before)
            lines.append(ScoreLine(ScoreRule.ADJUST, points, "", _adjusted(name, month, scores), on=month.as_of))
            adjusted += points
    points = rounded(exact)
    return Score(name, kind, base, points, 0, rules.band(points * count / len(parts)), tuple(lines), adjusted)


def _mean(values: Sequence[Decimal]) -> Decimal:
    return sum(values, Decimal(0)) / len(values)


def _reason(name: str, month: Assessment, scores: Sequence[Score]) -> str:
    each = "、".join(_named(name, score, f"{format_points(score.points - score.adjusted)} 分") for score in scores)
    return f"{month.period} 得 {each}" + ("" if month.closed else "（未结账）")


def _adjusted(name: str, month: Assessment, scores: Sequence[Score]) -> str:
    each = "、".join(_named(name, score, signed_points(score.adjusted)) for score in scores if score.adjustments)
    return f"{month.period} 复核调整 {each}"


def _named(name: str, score: Score, told: str) -> str:
    return told if score.unit == name else f"{score.unit} {told}"
