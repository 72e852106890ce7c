"""The scoring rules as data: ``policy.toml`` [scoring], overlaid by ``zwgk.toml``. The shipped numbers are a sample."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import IntEnum, StrEnum

from zwgk_excel.domain.duties import UnitKind

CENT = Decimal("0.01")


class ScoreRule(StrEnum):
    """The rules that deduct or add points (测评指标); the tables of [scoring]."""

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
    """An uncorrected formal defect."""
    SITE_FAULT = "site_fault"
    """A fault on the website that was not put right by its day."""
    EARLY = "early"
    QUALITY = "quality"
    CORRECTION = "correction"
    """What became known of a closed month (更正), where the office lets it count. Not a table of its own."""
    MONTH = "month"
    """In a quarter or a year: what one month contributes. Not a table of its own."""
    ADJUST = "adjust"
    """An adjustment by the office (复核调整). Not a table of its own."""


class RulesVersion(IntEnum):
    """What the program itself does with the numbers of an office; a closed month keeps the version that closed it."""

    FIRST = 1
    FAIR = 2
    """A report never costs more than silence, and a unit that owed nothing is not ranked."""
    CLAIMS = 3
    """A claim without a report costs what silence does, and a late return with faults what it costs without."""
    ACCOUNTS = 4
    """A fault that outlives the closing of the month that silence would have cost is held for that month."""
    OWN_MONTH = 5
    """A result of a consultation that is told too late is on the account of the task that reported the consultation."""


BONUSES = frozenset({ScoreRule.EARLY, ScoreRule.QUALITY})
WITHOUT_TABLE = frozenset({ScoreRule.ADJUST, ScoreRule.CORRECTION, ScoreRule.MONTH})
"""The rules that have no points of their own in ``policy.toml``."""


class CorrectionEffect(StrEnum):
    """What comes of a correction (更正) of a closed month."""

    TELL = "tell"
    """It is told, and costs or earns nothing."""
    SCORE = "score"
    """The difference counts in the first month that is not closed yet."""


class Grade(StrEnum):
    """等次, the best first."""

    EXCELLENT = "excellent"
    GOOD = "good"
    PASS = "pass"
    FAIL = "fail"


class Aggregation(StrEnum):
    """How the score of a quarter or a year is computed from its months."""

    MEAN = "mean"
    SUM = "sum"


@dataclass(frozen=True, slots=True)
class PointRule:
    """Points per occurrence of a rule, and the cap of the rule's total for a unit and month.

    The cap of MISSING is the most that all deductions of a month come to, because it is what silence costs at most.
    """

    points: Decimal
    """Not negative, for deductions too; with 0 the rule's cases are still listed."""
    cap: Decimal


@dataclass(frozen=True, slots=True)
class LatenessBand:
    """A band of calendar days late, with its points."""

    up_to: int | None
    """Calendar days after the final date, inclusive; None for all beyond the band before."""
    points: Decimal


@dataclass(frozen=True, slots=True)
class Scoring:
    """The parameters of the score of a month."""

    confirmed: bool
    """False for the shipped sample; every output then is marked as a sample."""
    base: Decimal
    floor: Decimal
    cap: Decimal
    weights: Mapping[UnitKind, Decimal]
    """Factor on every deduction and bonus of the units of a kind."""
    bands: Mapping[Grade, Decimal]
    """Points from which a band begins, for a month; below the last, :attr:`Grade.FAIL`."""
    point_rules: Mapping[ScoreRule, PointRule]
    """Of every rule; for LATE, whose points are in ``late``, ``points`` is 0 and only the cap applies."""
    late: tuple[LatenessBand, ...]
    """Bands in ascending order, the last without an end."""
    mend_workdays: int
    """Working days after a return was sent back within which it must be corrected."""
    mended_in_time: bool
    """Whether what was corrected within these working days counts as reported when the faulty return came."""
    formal_codes: frozenset[str]
    """Problem codes that are formal defects."""
    formal_per_task: Decimal
    """The most that the formal defects of one task cost, so that a faulty report never costs more than none."""
    early_days: int
    """Calendar days before the due date (extensions apart) from which a report is early."""
    quality_items: int
    """Valid items in a month from which a faultless unit earns the quality bonus."""
    corrections: CorrectionEffect
    """What comes of corrections of closed months."""
    aggregation: Mapping[str, Aggregation]
    """How ``quarter`` and ``year`` (:class:`~zwgk_excel.domain.periods.PeriodLength`) are made of months."""

    def late_points(self, days: int) -> Decimal:
        """The points for ``days`` calendar days late, before weight and cap."""
        return next(band.points for band in self.late if band.up_to is None or days <= band.up_to)

    def band(self, points: Decimal) -> Grade:
        """The grade of a month's points, or of a longer period's mean."""
        return next((band for band, least in self.bands.items() if points >= least), Grade.FAIL)


def rounded(points: Decimal) -> Decimal:
    """Points to the hundredth, half up."""
    return points.quantize(CENT, ROUND_HALF_UP)
