"""Aggregates the monthly scores of a quarter or a year (mean or sum)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from zwgk_excel.domain.duties import Unit, UnitKind
from zwgk_excel.domain.periods import Month, Period
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
    later: Sequence[Assessment] = (),
) -> Assessment:
    """The scores of a quarter or a year: for each unit the mean or the sum of its months, as ``rules`` says.

    ``successor`` maps a unit's name to its name at the period's end: a renamed unit takes its months along, one that
    took over several takes their mean. A month in which a unit was not assessed or not ranked does not count for it;
    one that was ranked in none is not ranked. One that is deferred counts as a month without deductions: what it owed
    counts in this one too, whichever month settled it: every task counts in its own month, and what any of the months,
    or of those ``later`` than the period, holds for it costs together with its other deductions at most what silence
    costs at most, and of a task at most what silence about it does.
    """
    how = rules.aggregation[period.span]
    kinds = {unit.name: unit.kind for unit in units}
    order = list(dict.fromkeys([*kinds, *(successor(each.unit) for month in months for each in month.scores)]))
    parts = _parts_by_name(order, months, successor)
    held = _held_by_name((*months, *later), successor, rules)
    scores = (
        _pooled(name, kinds.get(name, parts[name][0][1][0].kind), parts[name], held[name], how, rules)
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


_Held = Mapping[Month, Sequence[tuple[Month, Decimal]]]
"""Month → the later months that hold points for it, with these."""


def _held_by_name(
    months: Sequence[Assessment], successor: Callable[[str], str], rules: Scoring
) -> Mapping[str, _Held]:
    """Unit at the period's end → what it or a predecessor has on the accounts of closed months.

    Several months may hold something for one task: with what it cost in its own it comes to what silence costs.
    """
    scores = [(month.period.last, score) for month in months for score in month.scores]
    lines = [(holder, score.kind, line) for holder, score in scores for line in score.lines]
    lost: dict[str, Decimal] = defaultdict(Decimal)
    for _, _, line in lines:
        if not line.held and line.points < 0:
            lost[line.obligation] -= line.points
    found: dict[str, dict[Month, list[tuple[Month, Decimal]]]] = defaultdict(lambda: defaultdict(list))
    for holder, kind, line in lines:
        if line.month is not None and line.held:
            most = rounded(rules.point_rules[ScoreRule.MISSING].points * rules.weights[kind])
            points = max(line.held, min(lost[line.obligation] - most, Decimal(0)))
            lost[line.obligation] -= min(points, Decimal(0))
            _, unit, _ = line.obligation.split("/", 2)
            found[successor(unit)][line.month].append((holder, points))
    return found


def _pooled(name: str, kind: UnitKind, parts: _Parts, held: _Held, how: Aggregation, rules: Scoring) -> Score:
    """The score with one line per month, and one more for the adjustments of a month that has any.

    The lines add up to points minus base to the hundredth. Without a month in which it is ranked there is none.
    """
    pending = any(each.pending for _, scores in parts for each in scores)
    deferred = any(each.deferred for _, scores in parts for each in scores)
    parts = [(month, mine) for month, scores in parts if (mine := _counted(scores))]
    if not any(each.is_ranked for _, scores in parts for each in scores):
        return Score(name, kind, rules.base, rules.base, None, "", pending=pending, deferred=deferred)
    count = len(parts) if how is Aggregation.MEAN else 1
    base = rounded(sum((_mean([each.base for each in scores]) for _, scores in parts), Decimal(0)) / count)
    exact, lines, adjusted = base, [], Decimal(0)
    for month, scores in parts:
        extra = _extra(scores, held.get(month.period.last, ()), rules)
        before, exact = exact, exact + (_mean([_gained(each, rules) for each in scores]) + extra) / count
        told = _reason(name, month, scores, held.get(month.period.last, ()), extra)
        lines.append(ScoreLine(ScoreRule.MONTH, rounded(exact) - rounded(before), "", told, on=month.as_of))
        if any(each.adjustments for each in scores):
            before, exact = exact, exact + _mean([each.adjusted for each in scores]) / count
            points = rounded(exact) - rounded(before)
            lines.append(ScoreLine(ScoreRule.ADJUST, points, "", _adjusted(name, month, scores), on=month.as_of))
            adjusted += points
    points = rounded(exact)
    return Score(name, kind, base, points, 0, rules.band(points * count / len(parts)), tuple(lines), adjusted)


def _counted(scores: Sequence[Score]) -> list[Score]:
    """Of a month's scores those that count: the ranked ones, else the deferred ones."""
    return [each for each in scores if each.is_ranked] or [each for each in scores if each.deferred]


def _gained(score: Score, rules: Scoring) -> Decimal:
    """The points of a month's own tasks above the base, mostly negative, without adjustments."""
    if score.deferred:
        return Decimal(0)
    if not _moved(score):
        return score.points - score.adjusted - score.base
    return _limited(sum((line.points for line in _own(score)), Decimal(0)), rules)


def _moved(score: Score) -> Decimal:
    """The points that a month counts for tasks of earlier ones, which a longer period counts there."""
    return sum((line.points for line in score.lines if line.held), Decimal(0))


def _own(score: Score) -> list[ScoreLine]:
    return [line for line in score.lines if line.rule != ScoreRule.ADJUST and not line.held]


def _limited(gained: Decimal, rules: Scoring) -> Decimal:
    return min(max(gained, rules.floor - rules.base), rules.cap - rules.base)


def _extra(scores: Sequence[Score], held: Sequence[tuple[Month, Decimal]], rules: Scoring) -> Decimal:
    """What is held for a month beside its own points, within what silence costs at most and the limits of points."""
    if not held:
        return Decimal(0)
    lost = _mean([sum((line.points for line in _own(each) if line.points < 0), Decimal(0)) for each in scores])
    room = max(rules.point_rules[ScoreRule.MISSING].cap + lost, Decimal(0))
    extra = max(sum((points for _, points in held), Decimal(0)), -room)
    whole = extra + _mean([sum((line.points for line in _own(each)), Decimal(0)) for each in scores])
    return _limited(whole, rules) - _mean([_gained(each, rules) for each in scores])


def _mean(values: Sequence[Decimal]) -> Decimal:
    return sum(values, Decimal(0)) / len(values) if values else Decimal(0)


def _reason(
    name: str, month: Assessment, scores: Sequence[Score], held: Iterable[tuple[Month, Decimal]], extra: Decimal
) -> str:
    points = [score.base if score.deferred else score.points - score.adjusted for score in scores]
    each = "、".join(_named(name, *each) for each in zip(scores, map(_points, points), strict=True))
    moved = sum(map(_moved, scores), Decimal(0))
    earlier = f"（其中 {signed_points(moved)} 分属以前月份，计入那个月）" if moved else ""
    deferred = "（暂不评定，按基础分计）" if any(score.deferred for score in scores) else ""
    since = "、".join(str(later) for later in dict.fromkeys(later for later, _ in held))
    more = f"，{since} 到期计入 {signed_points(extra)} 分" if extra else ""
    return f"{month.period} 得 {each}{earlier}{deferred}{more}" + ("" if month.closed else "（未结账）")


def _adjusted(name: str, month: Assessment, scores: Sequence[Score]) -> str:
    each = "、".join(_named(name, score, signed_points(score.adjusted)) for score in scores if score.adjustments)
    return f"{month.period} 复核调整 {each}"


def _points(points: Decimal) -> str:
    return f"{format_points(points)} 分"


def _named(name: str, score: Score, told: str) -> str:
    return told if score.unit == name else f"{score.unit} {told}"
