"""Adjustments (复核调整): points given to or taken from a unit after the office looked at its objection again.

An adjustment is added to what the rules come to, within floor and cap; the sum is then kept within floor and cap again.
It is not weighted and does not count towards the cap of any rule.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.score_rules import ScoreRule, Scoring
from zwgk_excel.domain.scoring import Assessment, Score, ScoreLine, ranked


@dataclass(frozen=True, slots=True)
class Adjustment:
    """One adjustment of a unit's points in a month, by an act."""

    cycle: Month
    unit: str
    """Its name in that month's scores."""
    points: Decimal
    """Positive to give, negative to take; not 0."""
    at: datetime
    who: str
    reason: str
    act: int = 0
    """The number of its act; 0 before it is recorded."""


def adjusted(
    assessment: Assessment, adjustments: Iterable[Adjustment], rules: Scoring, order: Sequence[str]
) -> Assessment:
    """The assessment of a month with its adjustments in force: a line for each, points, grades and ranks anew.

    ``rules`` give floor, cap and grades; ``order`` are the units' names as the roster has them, for equal ranks. The
    very same assessment where no unit in it is adjusted.
    """
    mine: dict[str, list[Adjustment]] = defaultdict(list)
    for each in adjustments:
        if each.cycle == assessment.period.last:
            mine[each.unit].append(each)
    if not any(score.unit in mine for score in assessment.scores):
        return assessment
    places = {unit: place for place, unit in enumerate(order)}
    in_order = sorted(assessment.scores, key=lambda score: places.get(score.unit, len(places)))
    scores = (_adjusted(score, mine[score.unit], rules) if score.unit in mine else score for score in in_order)
    return replace(assessment, scores=ranked(scores))


def _adjusted(score: Score, adjustments: Sequence[Adjustment], rules: Scoring) -> Score:
    total = score.points + sum((each.points for each in adjustments), Decimal(0))
    points = min(max(total, rules.floor), rules.cap)
    lines = (*score.lines, *map(_line, adjustments))
    band = rules.band(points) if score.is_ranked else ""
    return replace(score, points=points, band=band, lines=lines, adjusted=points - score.points)


def _line(each: Adjustment) -> ScoreLine:
    by = f"第 {each.act} 号办理，{each.who}" if each.act else each.who
    return ScoreLine(ScoreRule.ADJUST, each.points, "", f"{each.reason}（{by}）", on=each.at.date())
