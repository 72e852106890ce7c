"""Converts an assessment to and from the JSON stored when a month is closed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from zwgk_excel.domain.duties import UnitKind
from zwgk_excel.domain.periods import Month, Period
from zwgk_excel.domain.scoring import Assessment, Score, ScoreLine
from zwgk_excel.layout.scoring import rules_to_json
from zwgk_excel.ledger import damage_told


def to_payloads(
    assessment: Assessment, rules: Mapping[str, Any], others: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """(Part common to all units, unit → score), as JSON values.

    The common part has the scoring ``rules`` of the day, and the ``others`` that the figures rest on. The assessment is
    without adjustments: these are acts of their own.
    """
    common = {
        "as_of": assessment.as_of.isoformat(),
        "confirmed": assessment.confirmed,
        "corrections": list(assessment.corrections),
        "notes": list(assessment.notes),
        "rules": rules_to_json(rules),
        "others": dict(others),
    }
    return common, {score.unit: _score(score) for score in assessment.scores}


@damage_told()
def from_payloads(cycle: Month, common: Mapping[str, Any], scores: Iterable[Mapping[str, Any]]) -> Assessment:
    """The closed assessment that :func:`to_payloads` converted; raises LedgerDamagedError."""
    return Assessment(
        Period.month(cycle),
        date.fromisoformat(common["as_of"]),
        tuple(_restored(each) for each in scores),
        closed=True,
        corrections=tuple(common["corrections"]),
        confirmed=common["confirmed"],
        notes=tuple(common["notes"]),
    )


def _score(score: Score) -> dict[str, Any]:
    return {
        "unit": score.unit,
        "kind": str(score.kind),
        "base": str(score.base),
        "points": str(score.points),
        "rank": score.rank,
        "band": str(score.band),
        "lines": [
            {
                "rule": str(line.rule),
                "points": str(line.points),
                "obligation": line.obligation,
                "reason": line.reason,
                "receipt": line.receipt,
                "on": line.on.isoformat() if line.on else None,
            }
            for line in score.lines
        ],
    }


def _restored(raw: Mapping[str, Any]) -> Score:
    lines = tuple(
        ScoreLine(
            each["rule"],
            Decimal(each["points"]),
            each["obligation"],
            each["reason"],
            each["receipt"],
            date.fromisoformat(each["on"]) if each["on"] else None,
        )
        for each in raw["lines"]
    )
    points = Decimal(raw["base"]), Decimal(raw["points"])
    return Score(raw["unit"], UnitKind(raw["kind"]), *points, raw["rank"], raw["band"], lines)
