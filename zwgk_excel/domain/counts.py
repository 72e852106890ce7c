"""Counts (报送数字): the one place where obligations are counted, for every view.

Only obligations that must be reported by a date (:attr:`zwgk_excel.domain.obligations.Obligation.dated`) count as due;
those of a month are the ones whose due date lies in it (:attr:`zwgk_excel.domain.obligations.Obligation.cycle`): each
counts once, in one month. What a month's workbooks list besides (older ones still open, later ones that may be
reported already) is counted apart: :class:`MonthCounts`. The tracker has the same as formulas:
:mod:`zwgk_excel.workbooks.tracker.rows.formulas`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from zwgk_excel.domain.obligations import ListedAs, listed_as
from zwgk_excel.domain.periods import Month, Period
from zwgk_excel.domain.tracking import SATISFIED, ObligationStatus, Outcome, Timeliness

NOT_YET = (Timeliness.NOT_DUE, Timeliness.DUE_SOON)
"""Open, and the due date is still to come: not in the on-time rate."""
STILL_TO_COME = (*NOT_YET, Timeliness.IN_GRACE)
"""Open, and the final date is still to come."""
BEHIND = (Timeliness.LATE, Timeliness.OVERDUE)
"""Past the final date, reported or not."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Numbers of obligations with a date, by outcome and by timeliness; the fields are named as the codes of both.

    ``due`` is the sum of the outcomes; without the waived ones it is the sum of the timelinesses.
    """

    due: int = 0
    """应报, the waived ones included."""
    reported: int = 0
    nil: int = 0
    returned: int = 0
    missing: int = 0
    waived: int = 0
    on_time: int = 0
    grace: int = 0
    late: int = 0
    in_grace: int = 0
    not_due: int = 0
    due_soon: int = 0
    overdue: int = 0
    on_demand: int = 0
    """Answered ones without a date (on demand or advisory): in no other number but ``items`` and ``problems``."""
    items: int = 0
    """Valid items, each once for an obligation, of those without a date, too."""
    problems: int = 0
    """Errors and warnings, of those without a date, too."""

    def __getitem__(self, code: str) -> int:
        """The number of an outcome, of a timeliness or of another field."""
        found: int = getattr(self, code)
        return found

    @property
    def owed(self) -> int:
        """应报 without the waived ones."""
        return self.due - self.waived

    @property
    def answered(self) -> int:
        """已报 and 零报告."""
        return self.reported + self.nil

    @property
    def open(self) -> int:
        """退回 and 未报: what somebody still has to report."""
        return self.returned + self.missing

    @property
    def judged(self) -> int:
        """What is answered or past its due date: the whole of the on-time rate."""
        return self.owed - sum(self[each] for each in NOT_YET)

    @property
    def behind(self) -> int:
        """迟报 and 逾期."""
        return sum(self[each] for each in BEHIND)

    @property
    def reply_rate(self) -> float | None:
        """报送率 from 0 to 1; None where nothing is owed."""
        return self.answered / self.owed if self.owed else None

    @property
    def on_time_rate(self) -> float | None:
        """按时率 from 0 to 1; None where nothing is judged yet."""
        return self.on_time / self.judged if self.judged else None


def count(statuses: Iterable[ObligationStatus]) -> Counts:
    """The numbers of any statuses."""
    every = tuple(statuses)
    dated = [each for each in every if each.obligation.dated]
    outcomes = Counter(each.outcome for each in dated)
    when = Counter(each.timeliness for each in dated)
    return Counts(
        due=len(dated),
        **{str(each): outcomes[each] for each in Outcome},
        **{str(each): when[each] for each in Timeliness if each is not Timeliness.ON_DEMAND},
        on_demand=sum(not each.obligation.dated and each.outcome in SATISFIED for each in every),
        items=sum(each.items for each in every),
        problems=sum(each.problems for each in every),
    )


@dataclass(frozen=True, slots=True)
class MonthCounts:
    """The numbers of a month: its own, and apart from them what its workbooks list besides."""

    own: Counts
    """Of the month itself, on-demand and advisory obligations included: what the tracker, the bulletin, the scores and
    the closing of the month count."""
    backlog: Counts
    """Of earlier months, still open when the month began (补报)."""
    early: Counts
    """Of later months (提前列出)."""


def count_month(statuses: Iterable[ObligationStatus], cycle: Month) -> MonthCounts:
    """The numbers of a month, from statuses of any months."""
    groups: dict[ListedAs, list[ObligationStatus]] = {each: [] for each in ListedAs}
    for each in statuses:
        if group := _group(each, cycle):
            groups[group].append(each)
    own, backlog, early = (count(groups[each]) for each in ListedAs)
    return MonthCounts(own, backlog, early)


def is_backlog(status: ObligationStatus, cycle: Month) -> bool:
    """Whether an obligation is of an earlier month than ``cycle``, and was open when that began."""
    return listed_as(status.obligation, cycle) is ListedAs.BACKLOG and _was_open(status, cycle.first)


@dataclass(frozen=True, slots=True)
class Incomplete:
    """The months of a period whose numbers are not the last ones, or not there; empty for a complete period."""

    unfinished: tuple[Month, ...] = ()
    """Issued, open, and not over on the day of the numbers."""
    unissued: tuple[Month, ...] = ()
    """No workbooks were made for them: they are in no number."""
    maturing: tuple[Month, ...] = ()
    """Issued, open and over by then, with a task that is open and not past its final date yet: that may lie in a later
    month, by policy or by an extension."""

    @classmethod
    def of(
        cls,
        period: Period,
        issued: Collection[Month],
        closed: Collection[Month],
        as_of: date,
        statuses: Iterable[ObligationStatus],
    ) -> Incomplete:
        """The incomplete months of a period as of a day, whose open months count until then; ``statuses`` of any
        months."""
        live = [each for each in period.months if each in issued and each not in closed]
        open_yet = (each.obligation for each in statuses if each.timeliness in STILL_TO_COME)
        waiting = {each.cycle for each in open_yet if each.dated}
        return cls(
            tuple(each for each in live if as_of < each.last),
            tuple(each for each in period.months if each not in issued),
            tuple(each for each in live if as_of >= each.last and each in waiting),
        )


COMPLETE = Incomplete()
"""Nothing of a period is missing."""


def _group(status: ObligationStatus, cycle: Month) -> ListedAs | None:
    group = listed_as(status.obligation, cycle)
    if group is None:
        return ListedAs.OWN if status.obligation.cycle == cycle else None
    if group is ListedAs.BACKLOG:
        return group if _was_open(status, cycle.first) else None
    return group if group is ListedAs.OWN or status.obligation.listed_in(cycle) else None


def _was_open(status: ObligationStatus, day: date) -> bool:
    answered = status.received_at is not None and status.received_at.date() < day
    return not answered and not status.decisions.waived
