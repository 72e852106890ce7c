"""When each unit last published something in each of its columns (栏目更新), and whether that is too long ago.

Only records are asked: the newest item that counts, by its day of publication. A nil report updates no column. The
limits are those of the policy of now: they judge a day, not a month, so no closed month has anything to do with them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from zwgk_excel.domain.duties import Cadence, Duty
from zwgk_excel.domain.obligations import Obligation
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.returns import Item
from zwgk_excel.domain.update_policy import UpdateKind, UpdateLimit, UpdatePolicy


class UpdateState(StrEnum):
    """更新状态, the worst first."""

    NEVER = "never"
    STALE = "stale"
    SOON = "soon"
    FRESH = "fresh"
    UNLIMITED = "unlimited"


FAULTY = frozenset({UpdateState.NEVER, UpdateState.STALE})
"""What a unit must do something about."""


@dataclass(frozen=True, slots=True)
class ColumnUpdate:
    """One column of one unit, and what was published there last."""

    unit: str
    duty: Duty
    kind: UpdateKind
    limit: UpdateLimit | None
    """None for a kind without one."""
    title: str = ""
    """Of the newest item that counts."""
    published_on: date | None = None
    """The day of its publication; None where nothing was ever reported."""
    obligation: str = ""
    """Key of the newest obligation to report of it."""

    def days_since(self, as_of: date) -> int | None:
        """Calendar days since the last publication; None for never."""
        return max((as_of - self.published_on).days, 0) if self.published_on else None

    def days_left(self, as_of: date) -> int | None:
        """Calendar days until the limit, negative beyond it; None for never and where there is none."""
        since = self.days_since(as_of)
        return self.limit.days - since if self.limit and since is not None else None

    def state(self, as_of: date) -> UpdateState:
        """The state as of a day."""
        if self.limit is None:
            return UpdateState.UNLIMITED
        left = self.days_left(as_of)
        if left is None:
            return UpdateState.NEVER
        return UpdateState.STALE if left < 0 else UpdateState.SOON if left <= self.limit.warn else UpdateState.FRESH


_TURNS: Mapping[Cadence, int] = {
    Cadence.MONTHLY: 1,
    Cadence.ON_DEMAND: 1,
    Cadence.QUARTERLY: 3,
    Cadence.YEARLY: 12,
    Cadence.ANNUAL_REPORT: 12,
}
"""Months in which every duty of a cadence comes round once."""


def column_updates(
    obligations: Iterable[Obligation],
    items: Iterable[Item],
    policy: UpdatePolicy,
    successor: Callable[[str], str],
    issued: Collection[Month],
) -> tuple[ColumnUpdate, ...]:
    """One for each duty and unit that owed it when its turn came last, in the order of the obligations.

    ``obligations`` are those of all ``issued`` months, ``items`` the valid ones of all effective returns; what is only
    advised is no unit's duty. ``successor`` gives the unit that answers for another today.
    """
    newest = max(issued, default=None)
    answers: dict[str, tuple[str, str]] = {}
    owed: dict[tuple[str, str], Obligation] = {}
    for each in obligations:
        column = answers[each.key] = successor(each.unit), each.duty.id
        if each.mandatory and newest and newest - _TURNS[each.duty.cadence] < each.cycle <= newest:
            owed[column] = each
    last: dict[tuple[str, str], Item] = {}
    for item in items:
        known = answers.get(item.obligation)
        if known in owed and item.published_on and item.published_on >= (_day(last.get(known)) or item.published_on):
            last[known] = item
    return tuple(_update(column[0], each, policy, last.get(column)) for column, each in owed.items())


def to_be_told(updates: Iterable[ColumnUpdate], as_of: date) -> tuple[ColumnUpdate, ...]:
    """Those in which something new should be published: stale, never updated, or soon stale."""
    return tuple(each for each in updates if each.state(as_of) in {*FAULTY, UpdateState.SOON})


def _day(item: Item | None) -> date | None:
    return item.published_on if item else None


def _update(unit: str, owed: Obligation, policy: UpdatePolicy, last: Item | None) -> ColumnUpdate:
    kind, title = policy.kind_of(owed.duty), last.title or last.url if last else ""
    return ColumnUpdate(unit, owed.duty, kind, policy.limits.get(kind), title, _day(last), owed.key)
