"""``zwgk adjust`` (复核调整): points given or taken after an objection, in an open month or a closed one."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from zwgk_excel.domain.adjustments import Adjustment
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.scoring import Assessment, Score, format_points, signed_points
from zwgk_excel.workflow.assessment.assessing import assess_months, rules_of_month, unit_in_scores
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.office.context import Office, find_unit
from zwgk_excel.workflow.tracking.statuses import Statuses, office_statuses, require_issued

T = TypeVar("T")

_DECIMALS = 2
_DIGITS = 6
"""Digits before the point that no number of points has."""
_LONGEST = 12
"""Characters of a number of points; a longer one is none."""


@dataclass(frozen=True, slots=True)
class AdjustmentEffect:
    """What an adjustment, or undoing one, changes or has changed."""

    adjustment: Adjustment
    """Its act is 0 before it is recorded."""
    before: Assessment
    after: Assessment
    """Of the month as of today, before the act and with it."""

    @property
    def changed(self) -> tuple[tuple[Score, Score], ...]:
        """The scores of the units whose points or ranks differ, before and after; the adjusted unit first."""
        found = [(each, self.after.score(each.unit)) for each in self.before.scores]
        differing = [(then, now) for then, now in found if now and (then.points, then.rank) != (now.points, now.rank)]
        mine = [(then, now) for then, now in found if now and then.unit == self.adjustment.unit]
        return (*mine, *(each for each in differing if each[0].unit != self.adjustment.unit))


def points_of(points: str | int | float | Decimal) -> Decimal:
    """Points to give or take, as typed: ``+5``, ``-0.5``, also with full-width signs.

    Raises UserError for what is no number, for 0 and for more than two decimals.
    """
    typed = unicodedata.normalize("NFKC", str(points)).strip().replace("−", "-")
    try:
        found = Decimal(typed) if len(typed) <= _LONGEST else None
    except InvalidOperation:
        found = None
    if found is None or not found.is_finite():
        raise UserError(f"“{points}”不是分值；请写成 +5 或 -0.5 的形式。")
    if not found:
        raise UserError("分值是 0，等于没有调整；请写成 +5 或 -0.5 的形式。")
    if found.adjusted() >= _DIGITS:
        raise UserError(f"“{points}”太大，不是分值；请核对。")
    exponent = found.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > _DECIMALS:
        raise UserError(f"“{points}”的小数超过两位；分值最多两位小数，如 0.25。")
    return found


def preview_adjustment(
    office: Office, cycle: Month, unit: str, points: Decimal, *, who: str, reason: str
) -> AdjustmentEffect:
    """What :func:`adjust` would change, as of today; nothing is written. Raises UserError as it does."""
    found = office_statuses(office, office.now().date())
    wanted = _checked(office, found, cycle, unit, points, who=who, reason=reason)
    with office.ledger.trial():
        return _done(office, found, wanted)


def adjust(office: Office, cycle: Month, unit: str, points: Decimal, *, who: str, reason: str) -> AdjustmentEffect:
    """Adjust a unit's points in an issued month, by an act that ``zwgk undo`` takes back; also in a closed month.

    Raises UserError, and changes nothing, without a reason, for a month that was not issued, a unit that is not ranked
    in it, more points than lie between floor and cap, and where the very same adjustment is in force already.
    """
    with office.ledger.exclusive():
        found = office_statuses(office, office.now().date())
        return _done(office, found, _checked(office, found, cycle, unit, points, who=who, reason=reason))


def scores_around(office: Office, about: Adjustment, write: Callable[[], T]) -> tuple[T, AdjustmentEffect]:
    """What ``write`` returns, and what it does to the scores of a month whose adjustment it undoes or restores."""
    found = office_statuses(office, office.now().date())
    before = _assessed(office, about.cycle, found)
    done = write()
    return done, AdjustmentEffect(about, before, _assessed(office, about.cycle, found))


def _done(office: Office, found: Statuses, wanted: Adjustment) -> AdjustmentEffect:
    before = _assessed(office, wanted.cycle, found)
    recorded = office.ledger.adjust(wanted)
    return AdjustmentEffect(recorded, before, _assessed(office, wanted.cycle, found))


def _assessed(office: Office, cycle: Month, found: Statuses) -> Assessment:
    (assessment,) = assess_months(office, [cycle], found)
    return assessment


def _counting_months(office: Office, found: Statuses, cycle: Month, name: str) -> list[Month]:
    """The later months that count the tasks of a unit in a closed month."""
    rows = (row for row in found.rows if row.status.obligation.cycle == cycle and row.counted_in)
    return sorted({row.month for row in rows if office.successor(row.status.obligation.unit, cycle) == name})


def _checked(
    office: Office, found: Statuses, cycle: Month, unit: str, points: Decimal, *, who: str, reason: str
) -> Adjustment:
    """The adjustment as it would be recorded."""
    if not reason.strip():
        raise UserError("请用 --reason 写明为什么调整。")
    require_issued(office, cycle)
    assessed = _assessed(office, cycle, found)
    name = unit_in_scores(office, assessed.scores, str(cycle), find_unit(office, unit))
    if any(each.unit == name for each in assessed.deferred):
        raise UserError(
            f"“{name}”{cycle} 的任务留待以后月份评定，本月暂不评定，没有得分可以调整；请在任务计入的月份（"
            f"{'、'.join(map(str, _counting_months(office, found, cycle, name)))}）调整。"
        )
    if any(each.unit == name for each in assessed.unranked):
        raise UserError(f"“{name}”{cycle} 没有应报的任务，不参与排名，没有得分可以调整。")
    rules = rules_of_month(office, cycle)
    if abs(points) > (most := rules.cap - rules.floor):
        raise UserError(f"{signed_points(points)} 分超出了范围：一次至多调整 {format_points(most)} 分；请核对分值。")
    for each in office.ledger.adjustments():
        if (each.cycle, each.unit, each.points, each.reason) == (cycle, name, points, reason):
            raise UserError(
                f"“{name}”{cycle} 已因同样的理由调整过 {signed_points(points)} 分（第 {each.act} 号办理）；"
                "确要再调整一次的，请在理由中写明不同之处。"
            )
    return Adjustment(cycle, name, points, office.now(), who, reason)
