"""The values of a bulletin about scores: ranks, points, and deductions by rule."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from decimal import Decimal

from zwgk_excel.domain.duties import UnitKind
from zwgk_excel.domain.scoring import Assessment, Score, ScoreLine, format_points, signed_points
from zwgk_excel.layout.words import word
from zwgk_excel.workbooks.bulletin.words import Tags, limit, tagged_row, text, units_named


def ranking_values(assessment: Assessment | None, silent: Collection[str] = ()) -> Tags:
    """The values of the tags about scores, by key; empty ones without an assessment.

    Only units that are ranked have a place in them. ``silent`` are those that reported nothing: none of them is named
    as one of the first.
    """
    scores = assessment.ranked if assessment else ()
    unranked = [each.unit for each in assessment.unranked] if assessment else []
    pending = [each.unit for each in assessment.pending] if assessment else []
    return {
        "ranking": [_score_row(assessment, each) for each in scores if assessment],
        "ranking_kinds": [row for kind in UnitKind if (row := _kind_row(kind, scores, silent))] + _deferred(assessment),
        "unranked": units_named(unranked),
        "pending": units_named(pending),
        "unconfirmed": bool(assessment and not assessment.confirmed),
        "score_notes": _notes(assessment) if assessment else [],
        "corrections": [_in_short(each.text) for each in assessment.corrections] if assessment else [],
    }


def _deferred(assessment: Assessment | None) -> list[Tags]:
    """One row more for the units whose tasks are all left to a later month; none where there are no such."""
    units = units_named([each.unit for each in assessment.deferred]) if assessment else ""
    told = text("deferred", units=units) if units else ""
    return [tagged_row(kind="", best="", worst="", sentence=told)] if told else []


def _notes(assessment: Assessment) -> list[str]:
    return [*([] if assessment.closed else [text("trial")]), *assessment.notes]


def _score_row(assessment: Assessment, score: Score) -> Tags:
    return tagged_row(
        kind=word("unit_kind", score.kind),
        rank=score.rank,
        unit=score.unit,
        points=format_points(score.points),
        band=word("band", score.band),
        reasons="、".join(filter(None, (faults(assessment, score.unit), _adjusted(assessment, score.unit)))),
    )


def _adjusted(assessment: Assessment, unit: str) -> str:
    """What the office gave or took after objections, over all months; empty for none."""
    lines = [line for _, each in adjustment_lines(assessment, unit) for line in each]
    total = sum((line.points for line in lines), Decimal(0))
    return text("adjusted", points=signed_points(total)) if lines else ""


def adjustment_lines(assessment: Assessment, unit: str) -> list[tuple[str, tuple[ScoreLine, ...]]]:
    """The adjustments of a unit by month, of the months that have any."""
    parts = ((str(part.period), part.score(unit)) for part in assessment.months or (assessment,))
    return [(month, score.adjustments) for month, score in parts if score and score.adjustments]


def faults(assessment: Assessment, unit: str) -> str:
    """A unit's deductions by rule, the largest first, such as ``逾期未报扣10分、迟报扣1分``.

    Of a longer period over all its months. The reasons of the score sheet are left out: they quote titles and cells,
    which a bulletin to all units must not.
    """
    lost: dict[str, Decimal] = defaultdict(Decimal)
    for part in assessment.months or (assessment,):
        score = part.score(unit)
        for line in score.deductions if score else ():
            lost[line.rule] -= line.points
    by_weight = sorted(lost.items(), key=lambda each: -each[1])
    return "、".join(text("fault", rule=word("rule", rule), points=format_points(points)) for rule, points in by_weight)


def _kind_row(kind: UnitKind, scores: Sequence[Score], silent: Collection[str]) -> Tags | None:
    """The first- and last-ranked units of a kind; units with equal points are all named, or none is.

    Only a unit that lost points is named as last, and as first none that was silent or may still lose points. A tie is
    no ranking: where all have the same points, or more share the first place than may be named, the number is told of
    those that reported.
    """
    mine = [score for score in scores if score.kind is kind]
    if not mine:
        return None
    most = limit("ranked")
    best = [score for score in mine if (score.rank or 0) <= min(most, (len(mine) + 1) // 2)]
    below = sorted((score for score in mine if score.points < score.base), key=lambda score: score.points)
    worst = [score for score in below if score not in best and score.points <= below[:most][-1].points]
    tie = [score for score in mine if score.points == mine[0].points]
    many = len(tie) > most
    praised = [score for score in (tie if many else best) if score.unit not in silent and not score.mending]
    first = _tied(praised) if many and len(praised) > most else _listed(praised)
    last = _listed(worst)
    name = word("unit_kind", kind)
    return tagged_row(kind=name, best=first, worst=last, sentence=_sentence(name, mine, tie, first, last))


def _sentence(kind: str, mine: Sequence[Score], tie: Sequence[Score], first: str, last: str) -> str:
    """The sentence about a kind, without its stop; empty where nobody is to be named."""
    points = format_points(mine[0].points)
    if len(mine) == 1:
        return text("only_one", kind=kind, unit=mine[0].unit, points=points)
    if len(tie) == len(mine):
        return text("all_equal", count=len(mine), kind=kind, points=points)
    if first and last:
        return text("first_and_last", kind=kind, first=first, last=last)
    return text("first", kind=kind, units=first) if first else text("last", kind=kind, units=last) if last else ""


def _tied(scores: Sequence[Score]) -> str:
    return text("tied", count=len(scores), points=format_points(scores[0].points))


def _listed(scores: Sequence[Score]) -> str:
    return units_named([text("ranked_unit", unit=each.unit, points=format_points(each.points)) for each in scores])


def _in_short(correction: str) -> str:
    """The first sentence, with unit and points; the rest, which quotes cells, is dropped."""
    return correction.partition("。")[0] + "。"
