"""Scores (考核评分): points, each line with its rule, obligation and file."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from zwgk_excel.domain.duties import UnitKind
from zwgk_excel.domain.periods import Month, Period
from zwgk_excel.domain.score_rules import ScoreRule

BEYOND_CAP = "（本项已达上限，不再计分）"
CUT_BY_CAP = "（本项达到上限，只计一部分）"
"""What the reason of a line ends with that its rule's cap leaves nothing, or not all, of."""
NOT_YET_FINAL = "（最迟时限未过，暂不扣分）"
AS_MISSING = "（扣分不多于不报）"
AS_SILENCE = "（本月扣分已达未报的上限）"
"""What it ends with where silence would have cost nothing yet, or no more, for the task or in the month."""
_SUFFIXES = (AS_SILENCE, CUT_BY_CAP, BEYOND_CAP, AS_MISSING, NOT_YET_FINAL)
"""The last that may have been added first."""


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """One line of a score sheet: points deducted or added by a rule, and the reason."""

    rule: str
    """Code of the rule: a table of ``policy.toml`` [scoring], ``adjust``, or ``month`` in a quarter or a year."""
    points: Decimal
    """Negative for a deduction, positive for a bonus; after weight and the rule's cap, so 0 for a case beyond the
    cap."""
    obligation: str
    """Key of the obligation; empty for a rule about the unit as a whole."""
    reason: str
    """Chinese text with task and dates, such as D02 政府采购（2026-11）：最迟 2026-11-30，2026-12-02 收到，迟报 2
    天."""
    receipt: str = ""
    """File of the receipt; empty for a missing return."""
    on: date | None = None
    """The day it happened."""
    month: Month | None = None
    """The closed month that it is about, where a later one counts it: a task that was not ripe when its own month was
    closed, or a correction. None for the month it stands in."""
    held: Decimal = Decimal(0)
    """Of a task that is not settled together with silence about it: the points in the quarter and the year of its own
    month, :attr:`month`, in place of ``points`` in those of the month that the line stands in."""

    @property
    def fact(self) -> str:
        """The reason without what the limits of points added."""
        found = self.reason
        for suffix in _SUFFIXES:
            found = found.removesuffix(suffix)
        return found


@dataclass(frozen=True, slots=True)
class Score:
    """The score of a unit in a period, with its lines."""

    unit: str
    kind: UnitKind
    base: Decimal
    points: Decimal
    """base plus the lines of the rules, within floor and cap; plus the adjustments, within them again."""
    rank: int | None
    """Among the units of its kind, 1 for the best; equal points share a rank. None for one whose points mean nothing:
    it owed nothing by a date in the period (不参与排名), or nothing of it can be judged yet (``pending``)."""
    band: str
    """Code of the band in ``lists.toml`` [band]; empty for one that is not ranked."""
    lines: tuple[ScoreLine, ...] = ()
    adjusted: Decimal = Decimal(0)
    """The part of the points that comes from adjustments: less than their lines where floor or cap cuts them."""
    pending: bool = False
    """Whether it will be ranked, and is not yet (暂未评定): nothing that it owes by a date has come, and no final date
    has passed. Only of a month that is open."""
    mending: bool = False
    """Whether a fault of what it owes by a date may still be corrected: its points may fall, so it is not named as one
    of the first. Only of a month that is open."""
    deferred: bool = False
    """Whether it is not ranked because every task that it owed by a date is left to a later month (暂不评定)."""

    @property
    def is_ranked(self) -> bool:
        """Whether it has a place (参与排名): something was to be reported by a date, and some of it can be judged."""
        return self.rank is not None

    @property
    def unranked_as(self) -> str:
        """Code of ``lists.toml`` [ranking] for what stands in place of its rank."""
        return "pending" if self.pending else "deferred" if self.deferred else "unranked"

    @property
    def deductions(self) -> tuple[ScoreLine, ...]:
        """The lines of the rules with negative points."""
        return tuple(line for line in self.lines if line.points < 0 and line.rule != ScoreRule.ADJUST)

    @property
    def settled(self) -> Decimal:
        """The points with those that only count in a quarter and a year."""
        return self.points + sum((line.held - line.points for line in self.lines if line.held), Decimal(0))

    @property
    def corrected(self) -> Decimal:
        """What corrections of closed months make of the points."""
        lines = [line.points for line in self.lines if line.rule == ScoreRule.CORRECTION]
        if not lines:
            return Decimal(0)
        return self.points - self.base - sum((line.points for line in self.lines), -sum(lines))

    @property
    def bonuses(self) -> tuple[ScoreLine, ...]:
        """The lines of the rules with positive points."""
        return tuple(line for line in self.lines if line.points > 0 and line.rule != ScoreRule.ADJUST)

    @property
    def adjustments(self) -> tuple[ScoreLine, ...]:
        """The lines of adjustments (复核调整)."""
        return tuple(line for line in self.lines if line.rule == ScoreRule.ADJUST)


@dataclass(frozen=True, slots=True)
class Correction:
    """更正: what the points of a unit in a closed month should have been, as it became known since."""

    month: Month | None
    """The closed month; None for one told by a version that kept the words alone."""
    unit: str
    before: Decimal
    """The points that it was closed with, or that the last correction told."""
    after: Decimal
    text: str
    """A Chinese sentence."""
    counted: bool = False
    """The difference is a line of the unit's score in the month that tells it."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """The scores of all units in a period: a month, a quarter or a year."""

    period: Period
    as_of: date
    scores: tuple[Score, ...]
    """By kind, then by rank, then in the order of the roster; those of a kind that are not ranked last."""
    closed: bool = False
    """The month was closed: these are the scores it was closed with."""
    corrections: tuple[Correction, ...] = ()
    """What would have changed in closed months since (更正)."""
    confirmed: bool = False
    """Whether the office has confirmed the rules; otherwise every output is marked 样例，待确认."""
    notes: tuple[str, ...] = ()
    """Chinese sentences on how the figures were computed."""
    months: tuple[Assessment, ...] = ()
    """Of a quarter or a year: the months it is made of, oldest first."""
    unissued: tuple[Month, ...] = ()
    """Of a quarter or a year: the months that were never issued and are in no figure."""

    @property
    def final(self) -> bool:
        """Closed as a whole: every month of the period was issued and is closed."""
        return self.closed and not self.unissued

    @property
    def ranked(self) -> tuple[Score, ...]:
        """The scores of the units that are ranked."""
        return tuple(each for each in self.scores if each.is_ranked)

    @property
    def unranked(self) -> tuple[Score, ...]:
        """Those of the units that owed nothing by a date (不参与排名)."""
        return tuple(each for each in self.scores if not each.is_ranked and each.unranked_as == "unranked")

    @property
    def pending(self) -> tuple[Score, ...]:
        """Those of the units that are not ranked yet (暂未评定)."""
        return tuple(each for each in self.scores if each.pending)

    @property
    def deferred(self) -> tuple[Score, ...]:
        """Those of the units all of whose tasks are left to a later month (暂不评定)."""
        return tuple(each for each in self.scores if not each.is_ranked and each.unranked_as == "deferred")

    def score(self, unit: str) -> Score | None:
        """The score of one unit; None for one that was not assessed."""
        return next((each for each in self.scores if each.unit == unit), None)


def ranked(scores: Iterable[Score]) -> tuple[Score, ...]:
    """The scores with their ranks, ordered by kind, then by rank; the input is in roster order.

    One without a rank stays without, and comes last of its kind.
    """
    found = list(scores)
    order = {kind: number for number, kind in enumerate(UnitKind)}
    points = {kind: sorted(-each.points for each in found if each.kind is kind and each.is_ranked) for kind in order}
    placed = [
        replace(each, rank=1 + bisect_left(points[each.kind], -each.points)) if each.is_ranked else each
        for each in found
    ]
    return tuple(sorted(placed, key=lambda each: (order[each.kind], not each.is_ranked, each.rank or 0)))


def format_points(points: Decimal) -> str:
    """Points as text without trailing zeros: 93.5, 100, -0.25."""
    plain = f"{points:f}"
    return (plain.rstrip("0").rstrip(".") if "." in plain else plain) or "0"


def signed_points(points: Decimal) -> str:
    """Points added or taken as text: +5, -0.5."""
    return f"{'+' if points > 0 else ''}{format_points(points)}"
