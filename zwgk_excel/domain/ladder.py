"""The ladder (催报 → 通报 → 督办 → 约谈): who is due for which step, and what became of it (整改/销号)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from zwgk_excel.domain.periods import Month


class Step(StrEnum):
    """A step of the ladder, the mildest first."""

    URGE = "urge"
    CIRCULATE = "circulate"
    SUPERVISE = "supervise"
    INTERVIEW = "interview"


@dataclass(frozen=True, slots=True)
class Due:
    """A unit that is due for a step, with the evidence."""

    unit: str
    cycle: Month
    """The month whose figures make it due."""
    step: Step
    rule: str
    """Code of the rule in ``policy.toml`` [ladder]."""
    evidence: tuple[str, ...]
    """One sentence for each fact it rests on, with obligation and dates."""


@dataclass(frozen=True, slots=True)
class Rectification:
    """One line of the rectification ledger (整改台账)."""

    unit: str
    cycle: Month
    step: Step
    raised_on: date
    mend_by: date | None = None
    measures: str = ""
    """What the unit has done, as the office notes it."""
    closed_on: date | None = None
    """销号: the day the office was satisfied."""
    who: str = ""
