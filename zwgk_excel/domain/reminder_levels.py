"""The steps of reminding (临期提醒 → 催报 → 督办提醒), as the office sets them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ReminderLevel(StrEnum):
    """A step, the mildest first."""

    DUE_SOON = "due_soon"
    URGE = "urge"
    SUPERVISE = "supervise"


@dataclass(frozen=True, slots=True)
class ReminderRule:
    """When a step is reached, and how often its mail may go."""

    level: ReminderLevel
    days: int
    """Calendar days: for ``due_soon`` before the due date, for ``urge`` after it, for ``supervise`` after the final."""
    every: int
    """At least so many calendar days lie between two mails of this step, or of a higher one, to one unit."""
