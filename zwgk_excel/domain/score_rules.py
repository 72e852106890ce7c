"""The rules of scoring as data: what ``policy.toml`` [scoring] says, overlaid by the office's ``zwgk.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from zwgk_excel.domain.duties import UnitKind

CENT = Decimal("0.01")


class ScoreRule(StrEnum):
    """What takes points away or adds them (测评指标); the tables of [scoring]."""

    MISSING = "missing"
    LATE = "late"
    GRACE = "grace"
    RETURNED = "returned"
    """Returned for correction, and not corrected in time."""
    NEWS = "news"
    """Nothing but news in a policy column, and not corrected in time."""
    LATE_ITEM = "late_item"
    """An item published too long after it was formed."""
    FORMAL = "formal"
    """A formal defect that still stands."""
    EARLY = "early"
    QUALITY = "quality"
    MONTH = "month"
    """In a quarter or a year: what one month contributes. Not a table of its own."""


BONUSES = frozenset({ScoreRule.EARLY, ScoreRule.QUALITY})


class Grade(StrEnum):
    """等次, the best first."""

    EXCELLENT = "excellent"
    GOOD = "good"
    PASS = "pass"
    FAIL = "fail"


class Aggregation(StrEnum):
    """How a quarter or a year is made of its months."""

    MEAN = "mean"
    SUM = "sum"


@dataclass(frozen=True, slots=True)
class PointRule:
    """What one case of a rule costs or earns, and the most that the rule may come to for a unit in a month."""

    points: Decimal
    """Not negative, for deductions too; 0 switches the rule off, its cases are still told."""
    cap: Decimal


@dataclass(frozen=True, slots=True)
class LatenessBand:
    """A band of days late."""

    up_to: int | None
    """Calendar days after the final date, inclusive; None for all beyond the band before."""
    points: Decimal


@dataclass(frozen=True, slots=True)
class Scoring:
    """Everything the score of a month depends on beside the facts."""

    confirmed: bool
    """False while the values are the shipped sample; every output then says so."""
    base: Decimal
    floor: Decimal
    cap: Decimal
    weights: Mapping[UnitKind, Decimal]
    """Factor on every deduction and bonus of the units of a kind."""
    bands: Mapping[Grade, Decimal]
    """Points from which a band begins, for a month; below the last, :attr:`Grade.FAIL`."""
    point_rules: Mapping[ScoreRule, PointRule]
    """Of every rule but LATE, whose points are in ``late``: there ``points`` is 0 and only the cap counts."""
    late: tuple[LatenessBand, ...]
    """Bands in ascending order, the last without an end."""
    mend_workdays: int
    """Working days after a return was sent back within which it must be corrected."""
    formal_codes: frozenset[str]
    """Problem codes that are formal defects."""
    formal_per_task: Decimal
    """The most that the formal defects of one task cost, so that a faulty report never costs more than none."""
    early_days: int
    """Calendar days before the due date (extensions apart) from which a report is early."""
    quality_items: int
    """Valid items in a month from which a faultless unit earns the quality bonus."""
    pooling: Mapping[str, Aggregation]
    """How ``quarter`` and ``year`` (:class:`~zwgk_excel.domain.periods.PeriodLength`) are made of months."""

    def late_points(self, days: int) -> Decimal:
        """What ``days`` calendar days late cost before weight and cap."""
        return next(band.points for band in self.late if band.up_to is None or days <= band.up_to)

    def band(self, points: Decimal) -> Grade:
        """The band of a month's points, or of a longer period's mean."""
        return next((band for band, least in self.bands.items() if points >= least), Grade.FAIL)


def rounded(points: Decimal) -> Decimal:
    """Points to the hundredth, half up, as a person would."""
    return points.quantize(CENT, ROUND_HALF_UP)
