"""Scoring (考核评分): from statuses to points, each point with the rule, the obligation and the file behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from zwgk_excel.domain.duties import UnitKind
from zwgk_excel.domain.periods import Period


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a score sheet: what a rule took away or added, and why."""

    rule: str
    """Code of the rule in ``policy.toml`` [scoring]."""
    points: Decimal
    """Negative for a deduction, positive for a bonus; what counts after the rule's own cap."""
    obligation: str
    """Key of the obligation; empty where the rule is about the unit as a whole."""
    reason: str
    """Words with dates, such as 报送时限 2026-11-25，2026-12-02 收到，迟报 2 天."""
    receipt: str = ""
    """File of the receipt behind it; empty for what never came."""
    on: date | None = None
    """The day it happened."""


@dataclass(frozen=True, slots=True)
class Score:
    """What a unit scored in a period, line by line."""

    unit: str
    kind: UnitKind
    base: Decimal
    points: Decimal
    """base plus all lines, within floor and cap."""
    rank: int
    """Among the units of its kind, 1 for the best; equal points share a rank."""
    band: str
    """Code of the band in ``policy.toml``."""
    lines: tuple[Line, ...] = ()

    @property
    def deductions(self) -> tuple[Line, ...]:
        """The lines that took points away."""
        return tuple(line for line in self.lines if line.points < 0)

    @property
    def bonuses(self) -> tuple[Line, ...]:
        """The lines that added points."""
        return tuple(line for line in self.lines if line.points > 0)


@dataclass(frozen=True, slots=True)
class Assessment:
    """The scores of all units in a period: a month, a quarter or a year."""

    period: Period
    as_of: date
    scores: tuple[Score, ...]
    """By kind, then by rank, then in the order of the roster."""
    closed: bool = False
    """The month was closed: these are the scores it was closed with."""
    corrections: tuple[str, ...] = ()
    """What would have changed in closed months since, in words (更正)."""
