"""Decisions of the office: on an obligation (延期, 免报, 办公室意见), on a unit's returns, on a received file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from zwgk_excel.domain.periods import Month


class DecisionKind(StrEnum):
    """What a decision is about; the keys of the tracker's office columns."""

    EXTENSION = "extended_to"
    WAIVER = "waived"
    OPINION = "opinion"
    TAKE_BACK = "take_back"
    """Whether what a later return no longer has is reported all the same; no column of the tracker."""


ACCEPTED, KEPT = "accepted", "kept"
"""What is said about a taking back: it is no longer reported; it is reported all the same."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision with person, time and reason; an empty ``value`` cancels the earlier one."""

    obligation: str
    kind: DecisionKind
    value: str
    """ISO date of an extension, ``yes`` for a waiver, the text of an opinion; of a taking back :data:`ACCEPTED` or
    :data:`KEPT` with the number of the receipt that takes back: ``kept/12``."""
    who: str
    at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ActiveDecisions:
    """The decisions in force on one obligation."""

    extended_to: date | None = None
    waived: bool = False
    opinion: str = ""
    take_back: str = ""
    """As in :attr:`Decision.value`."""

    def of_receipt(self, number: int) -> str:
        """What was decided about what the receipt takes back: :data:`ACCEPTED`, :data:`KEPT` or, not yet, nothing."""
        said, _, of = self.take_back.partition("/")
        return said if of == str(number) else ""


@dataclass(frozen=True, slots=True)
class MergeDecision:
    """All returns of one unit for one cycle are effective together, or (``merged`` False) no longer are."""

    unit: str
    cycle: Month
    merged: bool
    who: str
    at: datetime
    reason: str = ""


def merged_cycles(mergings: Iterable[MergeDecision]) -> frozenset[tuple[str, Month]]:
    """The (unit, cycle) pairs whose returns are merged.

    The last decision of each pair by time counts, of equal times the last given.
    """
    latest = {(each.unit, each.cycle): each.merged for each in sorted(mergings, key=lambda each: each.at)}
    return frozenset(place for place, merged in latest.items() if merged)


class OverrideKind(StrEnum):
    """The kinds of manual overrides of a received file."""

    ASSIGNED = "assigned"
    """It is the return of a unit for a cycle."""
    SET_ASIDE = "set_aside"
    """It is no return and needs no further attention."""
    TIMED = "timed"
    """It was received at another time."""
    WITHDRAWN = "withdrawn"
    """It counts for nothing."""


@dataclass(frozen=True, slots=True)
class ManualOverride:
    """A manual override of one receipt, with person, time and reason.

    It takes precedence over the identity in the file, and over the time that the file was registered with.
    """

    file: str
    sha256: str
    kind: OverrideKind
    who: str
    at: datetime
    reason: str = ""
    unit: str = ""
    """Of the return, where it is one."""
    cycle: Month | None = None
    """Of the return, where it is one."""
    forced: bool = False
    """Against a signature that holds for another unit or cycle."""


NO_DECISIONS = ActiveDecisions()
"""Nothing decided."""


def decided(before: ActiveDecisions, kind: DecisionKind, value: str) -> ActiveDecisions:
    """The decisions in force after one more; ``value`` as in :class:`Decision`."""
    match kind:
        case DecisionKind.EXTENSION:
            return replace(before, extended_to=date.fromisoformat(value) if value else None)
        case DecisionKind.WAIVER:
            return replace(before, waived=bool(value))
        case DecisionKind.OPINION:
            return replace(before, opinion=value)
        case DecisionKind.TAKE_BACK:
            return replace(before, take_back=value)


def active_decisions(decisions: Iterable[Decision]) -> dict[str, ActiveDecisions]:
    """Obligation key → decisions in force: of each kind the last by time, of equal times the last given.

    Without those of which none is in force any more.
    """
    found: dict[str, ActiveDecisions] = {}
    for each in sorted(decisions, key=lambda each: each.at):
        found[each.obligation] = decided(found.get(each.obligation, NO_DECISIONS), each.kind, each.value)
    return {key: each for key, each in found.items() if each != NO_DECISIONS}
