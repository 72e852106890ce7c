"""What the office decided: about an obligation (延期, 免报, 办公室意见), a unit's returns, or a file that arrived."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from zwgk_excel.domain.periods import Month


class DecisionKind(StrEnum):
    """What a decision is about; the keys of the tracker's office columns."""

    EXTENSION = "extended_to"
    WAIVER = "waived"
    OPINION = "opinion"


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision, with who took it, when, and why; an empty ``value`` takes the earlier one back."""

    obligation: str
    kind: DecisionKind
    value: str
    """ISO date of an extension, ``yes`` for a waiver, the text of an opinion."""
    who: str
    at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ActiveDecisions:
    """The decisions that stand for one obligation."""

    extended_to: date | None = None
    waived: bool = False
    opinion: str = ""


@dataclass(frozen=True, slots=True)
class MergeDecision:
    """The decision that all returns of one unit for one cycle count together, or (``merged`` False) no longer do."""

    unit: str
    cycle: Month
    merged: bool
    who: str
    at: datetime
    reason: str = ""


def merged_cycles(mergings: Iterable[MergeDecision]) -> frozenset[tuple[str, Month]]:
    """The units and cycles whose returns are merged: what was decided last of each (of equal times the last given)."""
    latest = {(each.unit, each.cycle): each.merged for each in sorted(mergings, key=lambda each: each.at)}
    return frozenset(place for place, merged in latest.items() if merged)


class OverrideKind(StrEnum):
    """What the office ruled about a file that arrived."""

    ASSIGNED = "assigned"
    """It is the return of a unit for a cycle."""
    SET_ASIDE = "set_aside"
    """It is no return, and need not be looked at any more."""


@dataclass(frozen=True, slots=True)
class ManualOverride:
    """The office's word on one receipt, with who gave it, when, and why; it outranks what the file says."""

    file: str
    sha256: str
    kind: OverrideKind
    who: str
    at: datetime
    reason: str = ""
    unit: str = ""
    """Of an assignment."""
    cycle: Month | None = None
    """Of an assignment."""
    forced: bool = False
    """Against a signature that holds for another unit or cycle."""


NO_DECISIONS = ActiveDecisions()
"""Nothing decided."""


def active_decisions(decisions: Iterable[Decision]) -> dict[str, ActiveDecisions]:
    """Obligation key → what stands: of each kind the decision taken last (of equal times the last one given)."""
    latest: dict[tuple[str, DecisionKind], Decision] = {}
    for decision in sorted(decisions, key=lambda d: d.at):
        latest[decision.obligation, decision.kind] = decision
    values: dict[str, dict[DecisionKind, str]] = {}
    for (key, kind), decision in latest.items():
        values.setdefault(key, {})[kind] = decision.value
    return {key: _standing(each) for key, each in values.items()}


def _standing(values: dict[DecisionKind, str]) -> ActiveDecisions:
    until = values.get(DecisionKind.EXTENSION, "")
    return ActiveDecisions(
        extended_to=date.fromisoformat(until) if until else None,
        waived=bool(values.get(DecisionKind.WAIVER)),
        opinion=values.get(DecisionKind.OPINION, ""),
    )
