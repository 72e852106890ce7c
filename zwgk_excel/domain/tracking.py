"""Tracking: from obligations, receipts and decisions to who has reported what, and when.

One pure function, :func:`track`. Its result does not depend on the order in which receipts are given, and giving a
receipt twice changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from zwgk_excel.domain.decisions import UNDECIDED, Standing
from zwgk_excel.domain.merging import counting
from zwgk_excel.domain.obligations import Obligation, extended
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.problems import Place, Problem, problem
from zwgk_excel.domain.returns import Answer, AnswerStatus, Item, ItemType, Receipt, Return


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
class Status:
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
    standing: Standing = UNDECIDED

    @property
    def is_open(self) -> bool:
        """Whether something is still owed: mandatory, dated, not satisfied, not waived."""
        o = self.obligation
        return o.mandatory and o.due is not None and self.outcome in {Outcome.MISSING, Outcome.RETURNED}


@dataclass(frozen=True, slots=True)
class Tracking:
    """Everything :func:`track` found."""

    statuses: tuple[Status, ...]
    contents: tuple[Receipt, ...]
    """The receipts whose content counts, with the part of it that does: the newest of each unit and cycle, or all of
    them where the office merged them."""
    problems: tuple[Problem, ...]
    """Problems that show only across returns, such as items that vanished."""


def track(
    obligations: Sequence[Obligation],
    receipts: Iterable[Receipt],
    standings: Mapping[str, Standing],
    *,
    as_of: date,
    due_soon_days: int,
    merged: Collection[tuple[str, Month]] = (),
) -> Tracking:
    """The status of every obligation as of a day, in the order given.

    Receipts after ``as_of`` do not count yet. Of one unit and cycle the newest return holds the content, or all do
    where the office ``merged`` them; the completion time is that of the first return that satisfied the obligation.
    """
    arrived = sorted({r.order: r for r in receipts if r.received_at.date() <= as_of}.values(), key=lambda r: r.order)
    histories = _by_unit_and_cycle(arrived)
    current = {place: counting(history, merged=place in merged) for place, history in histories.items()}
    contents = [receipt for counted in current.values() for receipt in counted]
    index = _Index(arrived, contents)
    statuses = tuple(
        _status(each, index, standings.get(each.key, UNDECIDED), as_of, due_soon_days) for each in obligations
    )
    problems = [
        p for place, history in histories.items() if place not in merged for p in _vanished(history, current[place][-1])
    ]
    return Tracking(statuses, tuple(contents), tuple(problems))


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
    return outcome_in(content, obligation) in SATISFIED


def outcome_in(content: Return, obligation: Obligation) -> Outcome:
    """What a return by itself says of an obligation."""
    items = [item for item in content.items if item.obligation == obligation.key]
    answers = [answer for answer in content.answers if answer.obligation == obligation.key]
    return _outcome_of(items, answers, policy=obligation.duty.policy)


class _Index:
    """Receipts by the obligations they speak of, so that tracking is linear in receipts and obligations."""

    def __init__(self, arrived: Sequence[Receipt], contents: Sequence[Receipt]) -> None:
        self.speaking: dict[str, list[Receipt]] = defaultdict(list)
        self.items: dict[str, list[Item]] = defaultdict(list)
        self.answers: dict[str, list[Answer]] = defaultdict(list)
        self.problems: dict[str, int] = defaultdict(int)
        for receipt in arrived:
            for key in spoken_of(receipt):
                self.speaking[key].append(receipt)
        for receipt in contents:
            if receipt.content is None:
                continue
            for item in receipt.content.items:
                self.items[item.obligation].append(item)
            for answer in receipt.content.answers:
                self.answers[answer.obligation].append(answer)
            for each in receipt.problems:
                self.problems[each.obligation] += each.counts


def spoken_of(receipt: Receipt) -> dict[str, None]:
    """The keys of the obligations that a receipt's content has items or answers for, in order."""
    content = receipt.content
    if content is None:
        return {}
    items, answers = (i.obligation for i in content.items), (a.obligation for a in content.answers)
    return dict.fromkeys(key for key in (*items, *answers) if key)


def _by_unit_and_cycle(arrived: Iterable[Receipt]) -> dict[tuple[str, Month | None], list[Receipt]]:
    histories: dict[tuple[str, Month | None], list[Receipt]] = defaultdict(list)
    for receipt in arrived:
        if receipt.content is not None:
            histories[receipt.unit, receipt.cycle].append(receipt)
    return histories


def _status(obligation: Obligation, index: _Index, decided: Standing, as_of: date, due_soon_days: int) -> Status:
    key = obligation.key
    items = index.items.get(key, [])
    first = next((r for r in index.speaking.get(key, ()) if r.content and satisfies(r.content, obligation)), None)
    outcome = _outcome_of(items, index.answers.get(key, ()), policy=obligation.duty.policy)
    if outcome not in SATISFIED and first is not None and first.content is not None:
        # What once satisfied stays satisfied; what is missing from the newer return is a problem of its own.
        outcome = outcome_in(first.content, obligation)
    if outcome not in SATISFIED and decided.waived:
        outcome = Outcome.WAIVED
    status = Status(
        obligation,
        outcome,
        timeliness=None,
        received_at=first.received_at if first else None,
        items=sum(item.valid for item in items),
        problems=index.problems.get(key, 0),
        standing=decided,
    )
    return status if outcome is Outcome.WAIVED else _timed(status, as_of, due_soon_days)


def _timed(status: Status, as_of: date, due_soon_days: int) -> Status:
    until = status.standing.extended_to
    dated = extended(status.obligation, until) if until else status.obligation
    done_on = status.received_at.date() if status.received_at else None
    when = timeliness(dated.due, dated.final, done_on, as_of, due_soon_days)
    days_late, days_left = 0, None
    if dated.final is not None and when in {Timeliness.LATE, Timeliness.OVERDUE}:
        days_late = ((done_on or as_of) - dated.final).days
    if dated.due is not None and when in {Timeliness.NOT_DUE, Timeliness.DUE_SOON}:
        days_left = (dated.due - as_of).days
    if dated.final is not None and when is Timeliness.IN_GRACE:
        days_left = (dated.final - as_of).days
    return replace(status, timeliness=when, days_late=days_late, days_left=days_left)


def _outcome_of(items: Sequence[Item], answers: Sequence[Answer], *, policy: bool) -> Outcome:
    valid = [item for item in items if item.valid]
    if valid and not (policy and all(item.type == ItemType.NEWS for item in valid)):
        return Outcome.REPORTED
    nil = any(answer.status is AnswerStatus.NIL and answer.statement for answer in answers)
    if nil and not items:
        return Outcome.NIL
    claimed = any(answer.status in {AnswerStatus.REPORTED, AnswerStatus.NIL} for answer in answers)
    return Outcome.RETURNED if items or claimed else Outcome.MISSING


def _vanished(history: Sequence[Receipt], newest: Receipt) -> Iterable[Problem]:
    assert newest.content is not None
    present = {item.identity for item in newest.content.items}
    reported: set[tuple[str, str]] = set()
    for earlier in reversed(history):
        assert earlier.content is not None
        for item in earlier.content.items:
            if item.obligation and item.identity not in present | reported:
                reported.add(item.identity)
                values = {"title": item.title or item.url, "task": item.task}
                yield problem("items_vanished", Place(newest.name), obligation=item.obligation, **values)
