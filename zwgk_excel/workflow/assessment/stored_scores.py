"""Converts an assessment to and from the JSON stored when a month is closed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from zwgk_excel.domain.duties import UnitKind
from zwgk_excel.domain.periods import Month, Period
from zwgk_excel.domain.score_rules import RulesVersion
from zwgk_excel.domain.scoring import Assessment, Correction, Score, ScoreLine
from zwgk_excel.domain.tracking import ObligationStatus
from zwgk_excel.layout.scoring import is_fair, rules_to_json
from zwgk_excel.ledger import damage_told
from zwgk_excel.ledger.snapshots import from_payload


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
        "corrections": [_correction(each) for each in assessment.corrections],
        "notes": list(assessment.notes),
        "rules": rules_to_json(rules),
        "version": max(RulesVersion),
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
        corrections=tuple(_restored_correction(each) for each in common["corrections"]),
        confirmed=common["confirmed"],
        notes=tuple(common["notes"]),
    )


@damage_told()
def unripe_of(common: Mapping[str, Any]) -> tuple[ObligationStatus, ...]:
    """The tasks that a closing left to later months, as they stood; ``common`` is the part common to all units.

    Raises LedgerDamagedError.
    """
    return tuple(map(from_payload, common.get("unripe", ())))


@damage_told()
def version_of(common: Mapping[str, Any]) -> RulesVersion:
    """The version of the rules of a closing; raises LedgerDamagedError."""
    if "version" in common:
        return RulesVersion(common["version"])
    of_old = RulesVersion.FAIR if is_fair(common["rules"]) else RulesVersion.FIRST
    return RulesVersion.CLAIMS if common.get("judges_claims") else of_old


def _correction(each: Correction) -> dict[str, Any]:
    return {
        "month": str(each.month) if each.month else None,
        "unit": each.unit,
        "before": str(each.before),
        "after": str(each.after),
        "text": each.text,
        "counted": each.counted,
    }


def _restored_correction(raw: Mapping[str, Any] | str) -> Correction:
    if isinstance(raw, str):  # kept so by earlier versions
        return Correction(None, "", Decimal(0), Decimal(0), raw)
    month = Month.parse(raw["month"]) if raw["month"] else None
    points = Decimal(raw["before"]), Decimal(raw["after"])
    return Correction(month, raw["unit"], *points, raw["text"], raw["counted"])


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
                "month": str(line.month) if line.month else None,
                "held": str(line.held),
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
            Month.parse(each["month"]) if each.get("month") else None,
            Decimal(each.get("held", "0")),
        )
        for each in raw["lines"]
    )
    points = Decimal(raw["base"]), Decimal(raw["points"])
    return Score(raw["unit"], UnitKind(raw["kind"]), *points, raw["rank"], raw["band"], lines)
