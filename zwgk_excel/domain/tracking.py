"""Tracking: from obligations, receipts and decisions to who has reported what, and when.

The returns of each unit and cycle, oldest first (:func:`by_unit_and_cycle`), become what counts of them
(:func:`history_of`), and these the statuses (:func:`track_histories`). Of one unit and cycle the newest return holds
the content, or all do where the office merged them; the completion time is that of the first return that satisfied the
obligation. The order in which receipts are given changes nothing, nor does giving one twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Self

from zwgk_excel.domain.decisions import NO_DECISIONS, ActiveDecisions
from zwgk_excel.domain.effective_receipts import effective_receipts
from zwgk_excel.domain.obligations import Obligation, extended
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.problems import CellRef, Problem, problem
from zwgk_excel.domain.returns import ContentCounts, Receipt, Return


class Outcome(StrEnum):
    """报送结果."""

    REPORTED = "reported"
    NIL = "nil"
    RETURNED = "returned"
    MISSING = "missing"
    WAIVED = "waived"


class Timeliness(StrEnum):
    """及时性."""

    ON_TIME = "on_time"
    GRACE = "grace"
    LATE = "late"
    NOT_DUE = "not_due"
    DUE_SOON = "due_soon"
    IN_GRACE = "in_grace"
    OVERDUE = "overdue"
    ON_DEMAND = "on_demand"


SATISFIED = frozenset({Outcome.REPORTED, Outcome.NIL})
"""Outcomes of an obligation that has been answered."""


@dataclass(frozen=True, slots=True)
class ObligationStatus:
    """Where one obligation stands as of a day."""

    obligation: Obligation
    outcome: Outcome
    timeliness: Timeliness | None
    """None for a waived obligation nobody reported on."""
    received_at: datetime | None = None
    """Receipt time of the first return that satisfied it."""
    days_late: int = 0
    """Calendar days after the final date, up to the receipt or, while open, up to the day asked about."""
    days_left: int | None = None
    """Calendar days to the due date, or in grace to the final one; None when done, over or without a date."""
    items: int = 0
    """Valid items in the content that counts."""
    problems: int = 0
    """Errors and warnings that stand against it in the content that counts."""
    decisions: ActiveDecisions = NO_DECISIONS

    @property
    def is_open(self) -> bool:
        """Whether something is still owed: mandatory, dated, not satisfied, not waived."""
        o = self.obligation
        return o.mandatory and o.due is not None and self.outcome in {Outcome.MISSING, Outcome.RETURNED}


@dataclass(frozen=True, slots=True)
class TrackerRow:
    """One obligation as the tracking sheet lists it."""

    status: ObligationStatus
    closed: bool = False
    """Its cycle is closed: the figures are those it was closed with, as values, not formulas."""
    correction: str = ""
    """What changed after the cycle was closed, in words; empty when nothing did."""


@dataclass(frozen=True, slots=True)
class UnitSubmissions:
    """What came from one unit for one cycle."""

    returns: tuple[Receipt, ...]
    """Every one, oldest first."""
    effective: tuple[Receipt, ...]
    """Those that count, with the part of them that does, oldest first."""
    problems: tuple[Problem, ...] = ()
    """What the newest no longer has."""

    def summary(self) -> Self:
        """The same without contents, but for parts of them: what was united cannot be read again by its receipt."""
        returns = tuple(each.without_content() for each in self.returns)
        if len(self.effective) > 1:
            return replace(self, returns=returns)
        return replace(self, returns=returns, effective=tuple(each.without_content() for each in self.effective))


@dataclass(frozen=True, slots=True)
class TrackingResult:
    """What :func:`track_histories` found."""

    statuses: tuple[ObligationStatus, ...]
    contents: tuple[Receipt, ...]
    """The receipts whose content counts, with the part of it that does, oldest first: the newest of each unit and
    cycle, or all of them where the office merged them."""
    problems: tuple[Problem, ...]
    """Problems that show only across returns, such as items that vanished."""


def by_unit_and_cycle(receipts: Iterable[Receipt], as_of: date) -> dict[tuple[str, Month | None], list[Receipt]]:
    """Unit and cycle → the returns that had arrived by the end of a day, each once, oldest first."""
    arrived = {each.order: each for each in receipts if each.was_read and each.received_at.date() <= as_of}
    found: dict[tuple[str, Month | None], list[Receipt]] = defaultdict(list)
    for _, receipt in sorted(arrived.items()):
        found[receipt.unit, receipt.cycle].append(receipt)
    return found


def history_of(returns: Sequence[Receipt], *, merged: bool) -> UnitSubmissions:
    """What counts of one unit's returns for one cycle, oldest first: with their contents, or else a single one."""
    counts = effective_receipts(returns, merged=merged)
    return UnitSubmissions(tuple(returns), tuple(counts), () if merged else tuple(_vanished(returns, counts[-1])))


def track_histories(
    obligations: Sequence[Obligation],
    arrived: Sequence[UnitSubmissions],
    standings: Mapping[str, ActiveDecisions],
    *,
    as_of: date,
    due_soon_days: int,
) -> TrackingResult:
    """The status of every obligation as of a day, in the order given; tallies are enough for it."""
    index = _Index(arrived)
    statuses = tuple(
        _status(each, index, standings.get(each.key, NO_DECISIONS), as_of, due_soon_days) for each in obligations
    )
    contents = sorted((each for history in arrived for each in history.effective), key=lambda each: each.order)
    return TrackingResult(statuses, tuple(contents), tuple(p for history in arrived for p in history.problems))


def timeliness(
    due: date | None, final: date | None, done_on: date | None, as_of: date, due_soon_days: int
) -> Timeliness:
    """The timeliness of an obligation with these dates (extension applied), done on a day or still open."""
    if due is None or final is None:
        return Timeliness.ON_DEMAND
    day = done_on or as_of
    if done_on is not None:
        return Timeliness.ON_TIME if day <= due else Timeliness.GRACE if day <= final else Timeliness.LATE
    if day > final:
        return Timeliness.OVERDUE
    if day > due:
        return Timeliness.IN_GRACE
    return Timeliness.DUE_SOON if (due - day).days <= due_soon_days else Timeliness.NOT_DUE


def satisfies(content: Return, obligation: Obligation) -> bool:
    """Whether a return by itself satisfies an obligation: a valid item, or a nil report with a statement.

    For a policy column items of type 新闻动态 alone do not (政策性栏目不得用新闻信息代替).
    """
    return outcome_of(content.tally(obligation.key), obligation) in SATISFIED


def outcome_of(tally: ContentCounts, obligation: Obligation) -> Outcome:
    """What comes of that which contents say of an obligation."""
    if tally.valid and not (obligation.duty.policy and tally.news == tally.valid):
        return Outcome.REPORTED
    if tally.nil and not tally.items:
        return Outcome.NIL
    return Outcome.RETURNED if tally.items or tally.claims else Outcome.MISSING


class _Index:
    """What came by the obligations it speaks of, so that tracking is linear in receipts and obligations."""

    def __init__(self, arrived: Sequence[UnitSubmissions]) -> None:
        self.spoken = returns_by_obligation(receipt for history in arrived for receipt in history.returns)
        self.tallies: dict[str, ContentCounts] = {}
        self.problems: dict[str, int] = defaultdict(int)
        for receipt in (each for history in arrived for each in history.effective):
            for key, tally in receipt.tallies.items():
                self.tallies[key] = self.tallies[key] + tally if key in self.tallies else tally
            for each in receipt.problems:
                self.problems[each.obligation] += each.counts


def returns_by_obligation(receipts: Iterable[Receipt]) -> Mapping[str, Sequence[tuple[Receipt, ContentCounts]]]:
    """The key of each obligation → the returns that have rows for it with what they say, oldest first."""
    found: dict[str, list[tuple[Receipt, ContentCounts]]] = defaultdict(list)
    for receipt in sorted(receipts, key=lambda each: each.order):
        for key, tally in receipt.tallies.items():
            if key:
                found[key].append((receipt, tally))
    return found


def _status(
    obligation: Obligation, index: _Index, decided: ActiveDecisions, as_of: date, due_soon_days: int
) -> ObligationStatus:
    tally = index.tallies.get(obligation.key, ContentCounts())
    spoken = index.spoken.get(obligation.key, ())
    first = next((each for each in spoken if outcome_of(each[1], obligation) in SATISFIED), None)
    outcome = outcome_of(tally, obligation)
    if outcome not in SATISFIED and first is not None:
        # What once satisfied stays satisfied; what is missing from the newer return is a problem of its own.
        outcome = outcome_of(first[1], obligation)
    received_at = first[0].received_at if first else None
    waived = decided.waived and outcome not in SATISFIED
    when, days_late, days_left = _UNTIMED if waived else _timed(obligation, decided, received_at, as_of, due_soon_days)
    return ObligationStatus(
        obligation,
        Outcome.WAIVED if waived else outcome,
        when,
        received_at,
        days_late,
        days_left,
        items=tally.valid,
        problems=index.problems.get(obligation.key, 0),
        decisions=decided,
    )


_Timed = tuple[Timeliness | None, int, int | None]
"""Timeliness, days late and days left."""
_UNTIMED: _Timed = None, 0, None


def _timed(
    obligation: Obligation, decided: ActiveDecisions, received_at: datetime | None, as_of: date, due_soon_days: int
) -> _Timed:
    dated = extended(obligation, decided.extended_to) if decided.extended_to else obligation
    done_on = received_at.date() if received_at else None
    when = timeliness(dated.due, dated.final, done_on, as_of, due_soon_days)
    days_late, days_left = 0, None
    if dated.final is not None and when in {Timeliness.LATE, Timeliness.OVERDUE}:
        days_late = ((done_on or as_of) - dated.final).days
    if dated.due is not None and when in {Timeliness.NOT_DUE, Timeliness.DUE_SOON}:
        days_left = (dated.due - as_of).days
    if dated.final is not None and when is Timeliness.IN_GRACE:
        days_left = (dated.final - as_of).days
    return when, days_late, days_left


def _vanished(history: Sequence[Receipt], newest: Receipt) -> Iterable[Problem]:
    if len(history) == 1:
        return
    assert newest.content is not None
    present = {item.identity for item in newest.content.items}
    reported: set[tuple[str, str]] = set()
    for earlier in reversed(history):
        assert earlier.content is not None
        for item in earlier.content.items:
            if item.obligation and item.identity not in present | reported:
                reported.add(item.identity)
                values = {"title": item.title or item.url, "task": item.task}
                yield problem("items_vanished", CellRef(newest.name), obligation=item.obligation, **values)
