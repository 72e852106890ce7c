"""Duties, units and obligations for tests, with everything that does not matter filled in."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from zwgk_excel.domain.decisions import ActiveDecisions
from zwgk_excel.domain.duties import Cadence, Duty, Roster, Unit, UnitKind
from zwgk_excel.domain.obligations import Obligation
from zwgk_excel.domain.periods import Month, Period
from zwgk_excel.domain.returns import AnswerStatus, Item, Receipt, Return, TaskAnswer, Verdict
from zwgk_excel.domain.tracking import (
    MendBy,
    TrackingResult,
    by_unit_and_cycle,
    history_of,
    items_of_several,
    told_by_several,
    track_histories,
)

CYCLE = Month(2026, 11)
KIND_GROUPS = {"各部门": UnitKind.DEPARTMENT, "各乡镇(街道)": UnitKind.TOWNSHIP}


def duty(id_="D02", column="政府采购", cadence=Cadence.MONTHLY, **values) -> Duty:
    return Duty(id_, column, "政务信息公开", "", "", cadence, **values)


def unit(name, kind=UnitKind.DEPARTMENT, **values) -> Unit:
    return Unit(name, kind, **values)


def roster(*units: Unit) -> Roster:
    return Roster(tuple(units), KIND_GROUPS)


def track(
    obligations: Sequence[Obligation],
    receipts: Iterable[Receipt],
    standings: Mapping[str, ActiveDecisions],
    *,
    as_of: date,
    due_soon_days: int,
    merged: Collection[tuple[str, Month]] = (),
    mend_by: MendBy | None = None,
) -> TrackingResult:
    """The status of every obligation as of a day, from whole receipts; an office keeps what it knows of each unit."""
    arrived = by_unit_and_cycle(receipts, as_of)
    found = [history_of(returns, merged=place in merged) for place, returns in arrived.items()]
    told = told_by_several(found)
    items = items_of_several(told, (receipt for several in told.values() for receipt in several))
    return track_histories(
        obligations,
        found,
        standings,
        as_of=as_of,
        due_soon_days=due_soon_days,
        items=items,
        mend_by=mend_by or (lambda obligation, day: None),
    )


def obligation(duty_=None, unit_="市财政局", cycle=CYCLE, **values) -> Obligation:
    """A monthly obligation: due the 25th, final at the month's end."""
    dates: dict[str, Any] = {"opens": cycle.first, "due": cycle.day(25), "final": cycle.last} | values
    return Obligation(duty_ or duty(), unit_, Period.month(cycle), **dates)


def item(key="D02/市财政局/2026-11", **values) -> Item:
    given: dict[str, Any] = {"title": "采购目录", "type": "notice", "url": "http://a.cn/1", "row": 4} | values
    return Item(key, **given)


def nil(key="D02/市财政局/2026-11", statement="经核实，本期无更新。") -> TaskAnswer:
    return TaskAnswer(key, status=AnswerStatus.NIL, statement=statement)


def receipt(at, *, items=(), answers=(), unit_="市财政局", cycle=CYCLE, sha="", problems=()) -> Receipt:
    moment = at if isinstance(at, datetime) else datetime.combine(at, datetime.min.time()).replace(hour=9)
    content = Return(unit_, cycle, tuple(answers), tuple(items))
    name = sha or f"{zlib.crc32(repr((moment, content)).encode()):08x}"
    return Receipt(
        f"收件箱/{name}.xlsx", name, moment, Verdict.ACCEPTED, False, unit_, cycle, len(items), tuple(problems), content
    )


def november(day: int) -> date:
    return date(2026, 11, day)
