"""What the office decided about one obligation: 延期, 免报, 办公室意见."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


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
class Standing:
    """The decisions that stand for one obligation."""

    extended_to: date | None = None
    waived: bool = False
    opinion: str = ""


UNDECIDED = Standing()
"""Nothing decided."""


def standing(decisions: Iterable[Decision]) -> dict[str, Standing]:
    """Obligation key → what stands: of each kind the decision taken last (of equal times the last one given)."""
    latest: dict[tuple[str, DecisionKind], Decision] = {}
    for decision in sorted(decisions, key=lambda d: d.at):
        latest[decision.obligation, decision.kind] = decision
    values: dict[str, dict[DecisionKind, str]] = {}
    for (key, kind), decision in latest.items():
        values.setdefault(key, {})[kind] = decision.value
    return {key: _standing(each) for key, each in values.items()}


def _standing(values: dict[DecisionKind, str]) -> Standing:
    until = values.get(DecisionKind.EXTENSION, "")
    return Standing(
        extended_to=date.fromisoformat(until) if until else None,
        waived=bool(values.get(DecisionKind.WAIVER)),
        opinion=values.get(DecisionKind.OPINION, ""),
    )
