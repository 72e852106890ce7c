"""Assessing for tests: obligations, receipts and decisions in, scores out, as the program does it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Any

from tests.domain.make import CYCLE, track, unit
from zwgk_excel.domain.assess_month import assess
from zwgk_excel.domain.decisions import ActiveDecisions
from zwgk_excel.domain.duties import Unit
from zwgk_excel.domain.obligations import Obligation
from zwgk_excel.domain.returns import Receipt
from zwgk_excel.domain.score_rules import Scoring
from zwgk_excel.domain.scoring import Assessment, Score, ScoreLine
from zwgk_excel.domain.scoring_cases import ScoringContext, mend_until, scoring_evidence
from zwgk_excel.domain.tracking import ObligationStatus
from zwgk_excel.domain.workdays import Workdays
from zwgk_excel.layout.scoring import merged_scoring_table, scoring_from

FINANCE = unit("市财政局")
_RULES: dict[str, Scoring] = {}


def yardstick(as_of: date = date(2026, 12, 3), **scoring: Any) -> ScoringContext:
    """The shipped rules with ``scoring`` laid over them."""
    key = repr(scoring)
    if key not in _RULES:
        _RULES[key] = scoring_from(merged_scoring_table({"scoring": scoring}))
    return ScoringContext(_RULES[key], Workdays({}, frozenset({2026})), 20, as_of)


def assessed(
    obligations: Sequence[Obligation],
    receipts: Sequence[Receipt] = (),
    standings: Mapping[str, ActiveDecisions] | None = None,
    *,
    units: Sequence[Unit] = (FINANCE,),
    by: ScoringContext | None = None,
    month=CYCLE,
    mend_workdays: int | None = None,
    faults: Mapping[str, Sequence[ScoreLine]] = MappingProxyType({}),
    known: Mapping[str, ObligationStatus] = MappingProxyType({}),
) -> Assessment:
    """A month tracked and assessed; what is corrected within ``mend_workdays`` counts as what it corrects."""
    by = by or yardstick()
    arrived = [each for each in receipts if each.received_at.date() <= by.as_of]
    rules = by.rules if mend_workdays is None else replace(by.rules, mend_workdays=mend_workdays)
    mend_by = None if mend_workdays is None else lambda task, day: mend_until(task.final, day, rules, by.workdays)
    found = track(obligations, arrived, standings or {}, as_of=by.as_of, due_soon_days=5, mend_by=mend_by)
    evidence = scoring_evidence(arrived, found.contents, by.publish_within)
    return assess(month, found.statuses, evidence, units, by, faults=faults, known=known)


def statuses(
    obligations: Sequence[Obligation], receipts: Sequence[Receipt], by: ScoringContext
) -> Sequence[ObligationStatus]:
    """The statuses of obligations of any months."""
    return track(obligations, receipts, {}, as_of=by.as_of, due_soon_days=5).statuses


def score(*arguments: Any, **values: Any) -> Score:
    """The score of the only unit."""
    (only,) = assessed(*arguments, **values).scores
    return only
