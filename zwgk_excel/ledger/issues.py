"""What was issued for each cycle: every issue, amendment and cancellation is a row, and the last one counts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import Connection, and_, delete, func, insert, select, update

from zwgk_excel.domain.acts import Act, ActKind, ActSource, Change
from zwgk_excel.domain.catalogue.entries import CatalogueEntry
from zwgk_excel.domain.companions import OF_OLD, Companion
from zwgk_excel.domain.deadlines import PUBLISH_WITHIN
from zwgk_excel.domain.duties import Cadence, Duty, Unit, UnitKind
from zwgk_excel.domain.issues import Issue
from zwgk_excel.domain.obligations import Obligation
from zwgk_excel.domain.periods import Month, Period
from zwgk_excel.ledger import cycles
from zwgk_excel.ledger.acts import Undoing, append_act, last_in_force
from zwgk_excel.ledger.errors import NotUndoableError
from zwgk_excel.ledger.schema import ACTS, CYCLES, ISSUES, WORKBOOKS


class IssueKind(StrEnum):
    """How a record of what was issued came about."""

    ISSUED = "issued"
    AMENDED = "amended"
    CANCELLED = "cancelled"
    RECOVERED = "recovered"
    """Of a month issued before records were kept: from the workbooks that went out and the tables of the day."""


_ACTS: Mapping[IssueKind, ActKind] = {IssueKind.ISSUED: ActKind.ISSUE, IssueKind.AMENDED: ActKind.AMEND}
"""What was issued → the act of a person that it was; a recovery is nobody's."""
_LAST = ISSUES.c.number.in_(select(func.max(ISSUES.c.number)).group_by(ISSUES.c.cycle))
_COUNTS = and_(_LAST, ISSUES.c.kind != IssueKind.CANCELLED)
"""The records that hold now: of each cycle the last one, unless that took it back."""


def append_issue(
    connection: Connection,
    issue: Issue,
    kind: IssueKind,
    on: date,
    who: str,
    reason: str,
    units: Collection[str],
    changes: Collection[Change],
    source: ActSource,
    at: datetime,
) -> None:
    """Append the record of an issue and the act; ``on`` is the day of the cycle's first issue, where it has none yet.

    ``units`` are those that an amendment concerns, ``changes`` what it does to their tasks.
    """
    cycles.issue(connection, issue.cycle, on)
    act = 0
    if kind in _ACTS:
        what = tuple(changes) or (Change(str(issue.cycle), "", str(on)),)
        act = append_act(connection, Act(_ACTS[kind], at, who, reason, source, issue.cycle, tuple(units), what))
    _append(connection, issue.cycle, kind, who, reason, at, act, _payload(issue))


def cancel_issue(
    connection: Connection, cycle: Month, who: str, reason: str, source: ActSource, at: datetime
) -> None:
    """Append that a cycle is no longer issued, and the act, and forget its workbooks."""
    issued_on = connection.scalar(select(CYCLES.c.issued_on).where(CYCLES.c.cycle == cycle))
    what = Change(str(cycle), str(issued_on or ""), "")
    act = append_act(connection, Act(ActKind.CANCEL_ISSUE, at, who, reason, source, cycle, changes=(what,)))
    _append(connection, cycle, IssueKind.CANCELLED, who, reason, at, act, {})
    connection.execute(update(CYCLES).where(CYCLES.c.cycle == cycle).values(issued_on=None))
    connection.execute(delete(WORKBOOKS).where(WORKBOOKS.c.cycle == cycle))


def select_issues(connection: Connection) -> dict[Month, Issue]:
    """Cycle → its issue as last amended, oldest cycle first; without the cancelled ones."""
    rows = connection.execute(select(ISSUES.c.cycle, ISSUES.c.payload).where(_COUNTS).order_by(ISSUES.c.cycle))
    return {cycle: _issue(cycle, payload) for cycle, payload in rows}


def select_replaced_issues(connection: Connection) -> tuple[Issue, ...]:
    """What was issued for any cycle before it was amended or cancelled, the newest first."""
    rows = connection.execute(
        select(ISSUES.c.cycle, ISSUES.c.payload)
        .where(~_LAST, ISSUES.c.kind != IssueKind.CANCELLED)
        .order_by(ISSUES.c.number.desc())
    )
    return tuple(_issue(cycle, payload) for cycle, payload in rows)


def select_last_record(connection: Connection) -> int:
    """The number of the last record of any cycle; 0 before the first."""
    return connection.scalar(select(func.max(ISSUES.c.number))) or 0


def select_issued_months(connection: Connection) -> set[Month]:
    """The cycles that have a record and are not cancelled."""
    return set(connection.scalars(select(ISSUES.c.cycle).where(_COUNTS)))


def undo_amendment(connection: Connection, undoing: Undoing) -> tuple[Change, ...]:
    """Make a cycle owe what the last issue or amendment in force says; returns what changed.

    Raises NotUndoableError for a closed month.
    """
    cycle = undoing.root.cycle
    assert cycle is not None
    if connection.scalar(select(CYCLES.c.closed_at).where(CYCLES.c.cycle == cycle)):
        raise NotUndoableError(f"{cycle} 已结账，更正下发不能再撤销；请先撤销结账。")
    of_cycle = select(ACTS.c.number).where(ACTS.c.cycle == cycle)
    issued = connection.scalars(of_cycle.where(ACTS.c.kind == str(ActKind.ISSUE))).all()
    amended = connection.scalars(of_cycle.where(ACTS.c.kind == str(ActKind.AMEND))).all()
    wanted = last_in_force((each for each in amended if each > max(issued, default=0)), undoing.after)
    # Without any amendment in force it is the last record before the first one that counts.
    before = ISSUES.c.act == wanted if wanted else ISSUES.c.kind.in_([IssueKind.ISSUED, IssueKind.RECOVERED])
    found = select(ISSUES.c.payload).where(ISSUES.c.cycle == cycle, before).order_by(ISSUES.c.number.desc())
    payload = connection.scalars(found).first()
    assert payload is not None
    act = undoing.act
    # Whoever got the amended workbook gets another one: it is 更正 again.
    told = dict.fromkeys(undoing.root.units, act.at.date().isoformat())
    payload = payload | {"amended": payload["amended"] | told}
    _append(connection, cycle, IssueKind.AMENDED, act.who, act.reason, act.at, act.number, payload)
    return tuple(replace(each, before=each.after, after=each.before) for each in undoing.root.changes)


def _append(
    connection: Connection,
    cycle: Month,
    kind: IssueKind,
    who: str,
    reason: str,
    at: datetime,
    act: int,
    payload: dict[str, Any],
) -> None:
    number = (connection.scalar(select(func.max(ISSUES.c.number))) or 0) + 1
    values = {"number": number, "cycle": cycle, "kind": str(kind), "who": who, "reason": reason, "at": at, "act": act}
    connection.execute(insert(ISSUES).values(values | {"payload": payload}))


def _payload(issue: Issue) -> dict[str, Any]:
    """The issue as JSON values; duties and units once, so that a province's month stays small."""
    duties = list(dict.fromkeys(each.duty for each in issue.obligations))
    units = list(dict.fromkeys(each.unit for each in issue.obligations))
    duty_places, unit_places = ({each: place for place, each in enumerate(side)} for side in (duties, units))
    return {
        "duties": [_duty_values(duty) for duty in duties],
        "owing": units,
        "obligations": [
            [
                duty_places[each.duty],
                unit_places[each.unit],
                str(each.period),
                each.opens.isoformat(),
                each.due.isoformat() if each.due else None,
                each.final.isoformat() if each.final else None,
                each.mandatory,
                each.subject,
                *([str(each.moved_from)] if each.moved_from else ()),
            ]
            for each in issue.obligations
        ],
        "published_from": _published_from(issue),
        "units": [[unit.name, str(unit.kind), unit.valid_in(issue.cycle)] for unit in issue.units],
        "successors": dict(issue.successors),
        "amended": {unit: day.isoformat() for unit, day in issue.amended.items()},
        "publish_within": issue.publish_within,
        **({"entries": [_entry_values(each) for each in issue.entries]} if issue.entries else {}),
    }


def _entry_values(entry: CatalogueEntry) -> list[Any]:
    return [entry.id, entry.domain, entry.item, entry.limit, list(entry.duties), list(entry.owners)]


def _entry(id_: str, domain: str, item: str, limit: str, duties: list[str], owners: list[str]) -> CatalogueEntry:
    return CatalogueEntry(id_, domain, item, limit, tuple(duties), tuple(owners))


def _published_from(issue: Issue) -> dict[str, str]:
    """Duty and period → the first day of publication: of all units the same."""
    days = {f"{each.duty.id} {each.period}": each.published_from for each in issue.obligations}
    return {key: day.isoformat() for key, day in days.items() if day}


def _duty_values(duty: Duty) -> dict[str, Any]:
    return {
        "id": duty.id,
        "column": duty.column,
        "category": duty.category,
        "content": duty.content,
        "requirement": duty.requirement,
        "cadence": str(duty.cadence),
        "policy": duty.policy,
        "companions": list(map(str, duty.companions)),
        "nil": duty.nil,
        "unfit_types": sorted(duty.unfit_types),
    }


def _duty(values: Mapping[str, Any]) -> Duty:
    listed = values["companions"]
    # At first there was one pair of companions, or none: true or false.
    companions = tuple(map(Companion, listed)) if isinstance(listed, list) else OF_OLD if listed else ()
    read: dict[str, Any] = {"cadence": Cadence(values["cadence"]), "companions": companions}
    if "unfit_types" in values:  # not kept at first
        read["unfit_types"] = frozenset(values["unfit_types"])
    return Duty(**{**values, **read})


def _issue(cycle: Month, payload: Mapping[str, Any]) -> Issue:
    duties = [_duty(values) for values in payload["duties"]]
    return Issue(
        cycle,
        tuple(_obligations(payload["obligations"], duties, payload["owing"], payload.get("published_from", {}))),
        tuple(
            Unit(name, UnitKind(kind), valid_to=None if existed else cycle - 1)
            for name, kind, existed in payload["units"]
        ),
        payload["successors"],
        {unit: date.fromisoformat(day) for unit, day in payload["amended"].items()},
        tuple(_entry(*values) for values in payload.get("entries", ())),
        payload.get("publish_within", PUBLISH_WITHIN),
    )


def _obligations(
    rows: Iterable[list[Any]], duties: list[Duty], units: list[str], published_from: Mapping[str, str]
) -> Iterable[Obligation]:
    """``published_from`` is empty in a record of before there was such a day."""
    # The same few texts stand in every row: parsing each once makes a province's month twice as fast.
    period_of, day_of = cache(Period.parse), cache(date.fromisoformat)
    for duty, unit, period, opens, due, final, mandatory, subject, *moved_from in rows:
        first = published_from.get(f"{duties[duty].id} {period}")
        yield Obligation(
            duties[duty],
            units[unit],
            period_of(period),
            day_of(opens),
            day_of(due) if due else None,
            day_of(final) if final else None,
            mandatory,
            subject,
            Month.parse(moved_from[0]) if moved_from else None,
            day_of(first) if first else None,
        )
