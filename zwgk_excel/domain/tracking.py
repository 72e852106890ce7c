"""Tracking: the status of each obligation from obligations, receipts and decisions; pure functions.

The returns of each unit and cycle, oldest first (:func:`by_unit_and_cycle`), are reduced to the effective ones
(:func:`history_of`), from which the statuses follow (:func:`track_histories`). The newest return of a unit and cycle is
effective, or all of them where the office merged them; the completion time is that of the first return that satisfied
the obligation, or of a faulty one before it that was corrected in time. What a newer return no longer has stays
reported until the office agrees to the taking back. The result does not depend on the order of receipts, nor on
receipts given twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Self

from zwgk_excel.domain.decisions import ACCEPTED, NO_DECISIONS, ActiveDecisions
from zwgk_excel.domain.effective_receipts import effective_receipts
from zwgk_excel.domain.obligations import Obligation, extended
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.problems import CellRef, Problem, problem
from zwgk_excel.domain.returns import ContentCounts, Item, Receipt, Return
from zwgk_excel.domain.same_items import lost_along


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


TAKING_BACK_CODE = "report_taken_back"
"""The code of the question whether a unit may take back what it reported."""
SATISFIED = frozenset({Outcome.REPORTED, Outcome.NIL})
"""Outcomes of an obligation that has been answered."""


@dataclass(frozen=True, slots=True)
class ObligationStatus:
    """The status of one obligation as of a day: outcome, timeliness, receipt."""

    obligation: Obligation
    outcome: Outcome
    timeliness: Timeliness | None
    """None for a waived obligation without a report by its due date."""
    received_at: datetime | None = None
    """Receipt time of the first return that satisfied it; past the due date, that of the first faulty one that it
    corrected in time."""
    days_late: int = 0
    """Calendar days after the final date, up to the receipt or, while open, up to the day asked about."""
    days_left: int | None = None
    """Calendar days to the due date, or in grace to the final one; None when done, over or without a date."""
    items: int = 0
    """Valid items in the effective content, each once."""
    problems: int = 0
    """Its errors and warnings in the effective content."""
    decisions: ActiveDecisions = NO_DECISIONS

    @property
    def is_open(self) -> bool:
        """Whether something is still owed: mandatory, dated, not satisfied, not waived."""
        return self.obligation.dated and self.outcome in {Outcome.MISSING, Outcome.RETURNED}


@dataclass(frozen=True, slots=True)
class TrackerRow:
    """One row of the tracking sheet: an obligation with its status."""

    status: ObligationStatus
    closed: bool = False
    """Its cycle is closed: the figures are those it was closed with, as values, not formulas."""
    correction: str = ""
    """A Chinese sentence on what changed after the cycle was closed; empty for nothing."""
    counted_in: Month | None = None
    """The later month that counts it, because it was not ripe when its cycle was closed; None for its own cycle."""

    @property
    def month(self) -> Month:
        """The month whose scores count it."""
        return self.counted_in or self.status.obligation.cycle


@dataclass(frozen=True, slots=True)
class UnitSubmissions:
    """The returns of one unit for one cycle: all, the effective ones, and problems about items that vanished."""

    returns: tuple[Receipt, ...]
    """Every one, oldest first."""
    effective: tuple[Receipt, ...]
    """Those that count, with the part of them that does, oldest first."""
    problems: tuple[Problem, ...] = ()
    """What the newest no longer has."""

    def summary(self) -> Self:
        """The same without contents.

        Merged contents (more than one effective receipt) are kept, because the ledger cannot restore them.
        """
        returns = tuple(each.without_content() for each in self.returns)
        if len(self.effective) > 1:
            return replace(self, returns=returns)
        return replace(self, returns=returns, effective=tuple(each.without_content() for each in self.effective))


@dataclass(frozen=True, slots=True)
class TrackingResult:
    """The result of :func:`track_histories`."""

    statuses: tuple[ObligationStatus, ...]
    contents: tuple[Receipt, ...]
    """The effective receipts with the effective part of their content, oldest first: the newest of each unit and cycle,
    or all of them where the office merged them."""
    problems: tuple[Problem, ...]
    """Problems that show only across returns, such as items that vanished."""


def by_unit_and_cycle(receipts: Iterable[Receipt], as_of: date) -> dict[tuple[str, Month | None], list[Receipt]]:
    """(Unit, cycle) → the returns received by the end of a day, each once, oldest first."""
    arrived = {each.order: each for each in receipts if each.was_read and each.received_at.date() <= as_of}
    found: dict[tuple[str, Month | None], list[Receipt]] = defaultdict(list)
    for _, receipt in sorted(arrived.items()):
        found[receipt.unit, receipt.cycle].append(receipt)
    return found


def history_of(returns: Sequence[Receipt], *, merged: bool) -> UnitSubmissions:
    """The submissions of one unit and cycle.

    ``returns`` are oldest first, with contents unless there is only one.
    """
    counts = effective_receipts(returns, merged=merged)
    return UnitSubmissions(tuple(returns), tuple(counts), () if merged else tuple(_vanished(returns, counts[-1])))


NIL_UNSTATED_CODE = "nil_without_statement"
"""The code of a nil report that says nothing, or whose statement does."""
MendBy = Callable[[Obligation, date], date | None]
"""(Obligation with its extension, day on which a faulty return of it came) → the last day on which a correction counts
as if it had come that day; None where none does."""


def track_histories(
    obligations: Sequence[Obligation],
    arrived: Sequence[UnitSubmissions],
    standings: Mapping[str, ActiveDecisions],
    *,
    as_of: date,
    due_soon_days: int,
    items: Mapping[str, int] | None = None,
    mend_by: MendBy = lambda obligation, day: None,
) -> TrackingResult:
    """The status of every obligation as of a day, in the order given; counts per obligation are enough.

    ``items`` are the numbers of :func:`items_of_several`, for which they are not. Who reported in time and corrected
    what was returned by the day that ``mend_by`` gives is not late.
    """
    index = _Index(arrived, items or {})
    statuses = tuple(
        _status(each, index, standings.get(each.key, NO_DECISIONS), as_of, due_soon_days, mend_by)
        for each in obligations
    )
    contents = sorted((each for history in arrived for each in history.effective), key=lambda each: each.order)
    settled = {each.obligation.key for each in statuses if index.is_settled(each.decisions)}
    vanished = (p for history in arrived for p in history.problems if p.obligation not in settled)
    return TrackingResult(statuses, tuple(contents), (*vanished, *_undecided(statuses, index)))


def told_by_several(arrived: Iterable[UnitSubmissions]) -> dict[str, list[Receipt]]:
    """Obligation key → its effective receipts with items of it, where these are several: a month's workbook and the one
    in which it is reported belatedly, or merged returns."""
    found: dict[str, list[Receipt]] = defaultdict(list)
    for receipt in (each for history in arrived for each in history.effective):
        for key, tally in receipt.tallies.items():
            if key and tally.distinct:
                found[key].append(receipt)
    return {key: receipts for key, receipts in found.items() if len(receipts) > 1}


def items_of_several(keys: Collection[str], contents: Iterable[Receipt]) -> dict[str, int]:
    """Obligation key → the number of its valid items in several effective receipts with content, each item once."""
    seen: dict[str, set[tuple[str, str]]] = {key: set() for key in keys}
    for receipt in contents:
        for item in receipt.content.items if receipt.content else ():
            if item.valid and item.obligation in seen:
                seen[item.obligation].add(item.identity)
    return {key: len(found) for key, found in seen.items()}


def timeliness(
    due: date | None, final: date | None, done_on: date | None, as_of: date, due_soon_days: int
) -> Timeliness:
    """The timeliness of an obligation with these dates (with extension), satisfied on ``done_on`` or open (None)."""
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
    """Whether a return by itself satisfies an obligation: a valid item, or where allowed a nil report with a statement.

    For a policy column items of the types in ``Duty.unfit_types`` alone do not (notice, part 三.2:
    政策性栏目不得用新闻信息代替).
    """
    return outcome_of(content.tally(obligation.key), obligation) in SATISFIED


def is_satisfied_by(obligation: Obligation, receipt: Receipt) -> bool:
    """Whether a receipt, with content or without, satisfies an obligation by itself."""
    return outcome_of(receipt.tallies.get(obligation.key, ContentCounts()), obligation) in SATISFIED


def outcome_of(tally: ContentCounts, obligation: Obligation) -> Outcome:
    """The outcome of an obligation with these counts."""
    if tally.valid and not (obligation.duty.policy and tally.types <= obligation.duty.unfit_types):
        return Outcome.REPORTED
    if tally.nil and not tally.items and obligation.duty.nil:
        return Outcome.NIL
    return Outcome.RETURNED if tally.items or tally.claims else Outcome.MISSING


def is_mendable(receipt: Receipt, tally: ContentCounts, obligation: Obligation) -> bool:
    """Whether a return reports an obligation, though wrongly, so that its correction in time counts from it.

    Items none of which satisfies it, or a nil report that lacks its statement. Not the mere word 已报送, and not a nil
    report where none is allowed: these report nothing.
    """
    if outcome_of(tally, obligation) is not Outcome.RETURNED:
        return False
    codes = (each.code for each in receipt.problems if each.obligation == obligation.key)
    return bool(tally.items) or NIL_UNSTATED_CODE in codes


class _Index:
    """The returns by obligation, so that tracking is linear in receipts and obligations."""

    def __init__(self, arrived: Sequence[UnitSubmissions], items: Mapping[str, int]) -> None:
        self._items = items
        self.spoken = returns_by_obligation(receipt for history in arrived for receipt in history.returns)
        self.returns = {(of[0].unit, of[0].cycle): of for of in (history.returns for history in arrived) if of}
        self.newest = {(each.unit, each.cycle): each for history in arrived for each in history.effective}
        self._numbers = {each.number for each in self.newest.values()}
        self.tallies: dict[str, ContentCounts] = {}
        self.problems: dict[str, int] = defaultdict(int)
        for receipt in (each for history in arrived for each in history.effective):
            for key, tally in receipt.tallies.items():
                self.tallies[key] = self.tallies[key] + tally if key in self.tallies else tally
            for each in receipt.problems:
                self.problems[each.obligation] += each.counts

    def satisfying(self, obligation: Obligation, decided: ActiveDecisions) -> tuple[Receipt, Outcome] | None:
        """The first return that satisfied an obligation, and how; none whose report the unit was let take back."""
        for receipt, tally in self.spoken.get(obligation.key, ()):
            outcome = outcome_of(tally, obligation)
            if outcome in SATISFIED and not self._given_up(receipt, decided):
                return receipt, outcome
        return None

    def mended(self, obligation: Obligation, right: Receipt, mend_by: MendBy) -> Receipt | None:
        """The first faulty report of an obligation that ``right`` corrected in time."""
        for receipt, tally in self.spoken.get(obligation.key, ()):
            if receipt.order >= right.order:
                return None
            if is_mendable(receipt, tally, obligation):
                until = mend_by(obligation, receipt.received_at.date())
                if until is not None and right.received_at.date() <= until:
                    return receipt
        return None

    def taking_back(self, obligation: Obligation, earlier: Receipt) -> Receipt | None:
        """The newest return of the same unit and cycle where it has nothing of what the ``earlier`` one satisfied."""
        newest = self.newest.get((earlier.unit, earlier.cycle))
        if newest is None or newest.order <= earlier.order:
            return None
        nothing = outcome_of(newest.tallies.get(obligation.key, ContentCounts()), obligation) is Outcome.MISSING
        return newest if nothing else None

    def is_settled(self, decided: ActiveDecisions) -> bool:
        """Whether the office has decided about what the newest return of some unit takes back."""
        return bool(decided.take_back) and int(decided.take_back.partition("/")[2]) in self._numbers

    def _given_up(self, earlier: Receipt, decided: ActiveDecisions) -> bool:
        if not decided.take_back.startswith(ACCEPTED):
            return False
        later = (each for each in self.returns.get((earlier.unit, earlier.cycle), ()) if each.order > earlier.order)
        return any(decided.of_receipt(each.number) == ACCEPTED for each in later)

    def items(self, key: str) -> int:
        """The number of valid items of an obligation, each once."""
        return self._items[key] if key in self._items else self.tallies.get(key, ContentCounts()).distinct


def returns_by_obligation(receipts: Iterable[Receipt]) -> Mapping[str, Sequence[tuple[Receipt, ContentCounts]]]:
    """Obligation key → (receipt, counts) of each return that has rows for it, oldest first."""
    found: dict[str, list[tuple[Receipt, ContentCounts]]] = defaultdict(list)
    for receipt in sorted(receipts, key=lambda each: each.order):
        for key, tally in receipt.tallies.items():
            if key:
                found[key].append((receipt, tally))
    return found


def _status(
    obligation: Obligation, index: _Index, decided: ActiveDecisions, as_of: date, due_soon_days: int, mend_by: MendBy
) -> ObligationStatus:
    tally = index.tallies.get(obligation.key, ContentCounts())
    first = index.satisfying(obligation, decided)
    outcome = outcome_of(tally, obligation)
    if outcome not in SATISFIED and first is not None:
        # What once satisfied stays satisfied; what is missing from the newer return is a problem of its own.
        outcome = first[1]
    received_at = first[0].received_at if first else None
    timed = _timed(obligation, decided, received_at, as_of, due_soon_days)
    late = timed[0] in {Timeliness.GRACE, Timeliness.LATE}
    if first and late and (faulty := index.mended(_dated(obligation, decided), first[0], mend_by)):
        received_at = faulty.received_at
        timed = _timed(obligation, decided, received_at, as_of, due_soon_days)
    # Nothing was owed: what came all the same is to the unit's credit, and never late.
    waived = decided.waived and (outcome not in SATISFIED or timed[0] in {Timeliness.GRACE, Timeliness.LATE})
    when, days_late, days_left = _UNTIMED if waived else timed
    return ObligationStatus(
        obligation,
        Outcome.WAIVED if waived else outcome,
        when,
        received_at,
        days_late,
        days_left,
        items=index.items(obligation.key),
        problems=index.problems.get(obligation.key, 0),
        decisions=decided,
    )


def _undecided(statuses: Iterable[ObligationStatus], index: _Index) -> Iterable[Problem]:
    """The questions to the office: what is reported although the newest return of the unit no longer has it."""
    for status in statuses:
        obligation = status.obligation
        now = outcome_of(index.tallies.get(obligation.key, ContentCounts()), obligation)
        if status.outcome not in SATISFIED or now is not Outcome.MISSING:
            continue
        first = index.satisfying(obligation, status.decisions)
        newer = index.taking_back(obligation, first[0]) if first else None
        if first and newer and not status.decisions.of_receipt(newer.number):
            values = {
                "task": f"{obligation.duty.id} {obligation.duty.column}（{obligation.reference}）",
                "received": f"{first[0].received_at:%Y-%m-%d %H:%M}",
                "earlier": first[0].number,
                "number": newer.number,
            }
            yield problem(TAKING_BACK_CODE, CellRef(newer.name), obligation=obligation.key, **values)


_Timed = tuple[Timeliness | None, int, int | None]
"""Timeliness, days late and days left."""
_UNTIMED: _Timed = None, 0, None


def _dated(obligation: Obligation, decided: ActiveDecisions) -> Obligation:
    return extended(obligation, decided.extended_to) if decided.extended_to else obligation


def _timed(
    obligation: Obligation, decided: ActiveDecisions, received_at: datetime | None, as_of: date, due_soon_days: int
) -> _Timed:
    dated = _dated(obligation, decided)
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
    earlier = [each for each in history if each.order != newest.order]
    versions = [_by_obligation(each.content.items) for each in (*earlier, newest) if each.content is not None]
    for key in dict.fromkeys(key for version in reversed(versions) for key in version):
        for item in lost_along([version.get(key, []) for version in versions]):
            values = {"title": item.title or item.url, "task": item.task}
            yield problem("items_vanished", CellRef(newest.name), obligation=key, **values)


def _by_obligation(items: Iterable[Item]) -> dict[str, list[Item]]:
    found: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        if item.obligation:
            found[item.obligation].append(item)
    return found
