"""What was issued for each cycle: every issue, amendment and cancellation is a row, and the last one counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from zwgk_excel.domain.duties import Cadence, Duty, Unit, UnitKind
from zwgk_excel.domain.issues import Issue
from zwgk_excel.domain.obligations import Obligation
from zwgk_excel.domain.periods import Month, Period
from zwgk_excel.ledger import cycles
from zwgk_excel.ledger.schema import CYCLES, ISSUES, WORKBOOKS


class IssueKind(StrEnum):
    """How a record of what was issued came about."""

    ISSUED = "issued"
    AMENDED = "amended"
    CANCELLED = "cancelled"
    RECOVERED = "recovered"
    """Of a month issued before records were kept: from the workbooks that went out and the tables of the day."""


def append_issue(
    connection: Connection, issue: Issue, kind: IssueKind, on: date, who: str, reason: str, at: datetime
) -> None:
    """Append the record of an issue; ``on`` is the day of the cycle's first issue, where it has none yet."""
    cycles.issue(connection, issue.cycle, on)
    _append(connection, issue.cycle, kind, who, reason, at, _payload(issue))


def cancel_issue(connection: Connection, cycle: Month, who: str, reason: str, at: datetime) -> None:
    """Append that a cycle is no longer issued, and forget its workbooks."""
    _append(connection, cycle, IssueKind.CANCELLED, who, reason, at, {})
    connection.execute(update(CYCLES).where(CYCLES.c.cycle == cycle).values(issued_on=None))
    connection.execute(delete(WORKBOOKS).where(WORKBOOKS.c.cycle == cycle))


def select_issues(connection: Connection) -> dict[Month, Issue]:
    """Cycle → its issue as last amended, oldest cycle first; without the cancelled ones."""
    last = select(func.max(ISSUES.c.number)).group_by(ISSUES.c.cycle)
    rows = connection.execute(
        select(ISSUES.c.cycle, ISSUES.c.payload)
        .where(ISSUES.c.number.in_(last), ISSUES.c.kind != IssueKind.CANCELLED)
        .order_by(ISSUES.c.cycle)
    )
    return {cycle: _issue(cycle, payload) for cycle, payload in rows}


def select_issued_months(connection: Connection) -> set[Month]:
    """The cycles that have a record and are not cancelled."""
    last = select(func.max(ISSUES.c.number)).group_by(ISSUES.c.cycle)
    rows = select(ISSUES.c.cycle).where(ISSUES.c.number.in_(last), ISSUES.c.kind != IssueKind.CANCELLED)
    return set(connection.scalars(rows))


def _append(
    connection: Connection, cycle: Month, kind: IssueKind, who: str, reason: str, at: datetime, payload: dict[str, Any]
) -> None:
    number = (connection.scalar(select(func.max(ISSUES.c.number))) or 0) + 1
    values = {"number": number, "cycle": cycle, "kind": str(kind), "who": who, "reason": reason, "at": at}
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
            ]
            for each in issue.obligations
        ],
        "units": [[unit.name, str(unit.kind), unit.valid_in(issue.cycle)] for unit in issue.units],
        "successors": dict(issue.successors),
        "amended": {unit: day.isoformat() for unit, day in issue.amended.items()},
    }


def _duty_values(duty: Duty) -> dict[str, Any]:
    return {
        "id": duty.id,
        "column": duty.column,
        "category": duty.category,
        "content": duty.content,
        "requirement": duty.requirement,
        "cadence": str(duty.cadence),
        "policy": duty.policy,
        "companions": duty.companions,
    }


def _issue(cycle: Month, payload: Mapping[str, Any]) -> Issue:
    duties = [Duty(**values | {"cadence": Cadence(values["cadence"])}) for values in payload["duties"]]
    return Issue(
        cycle,
        tuple(_obligations(payload["obligations"], duties, payload["owing"])),
        tuple(
            Unit(name, UnitKind(kind), valid_to=None if existed else cycle - 1)
            for name, kind, existed in payload["units"]
        ),
        payload["successors"],
        {unit: date.fromisoformat(day) for unit, day in payload["amended"].items()},
    )


def _obligations(rows: Iterable[list[Any]], duties: list[Duty], units: list[str]) -> Iterable[Obligation]:
    # The same few texts stand in every row: parsing each once makes a province's month twice as fast.
    period_of, day_of = cache(Period.parse), cache(date.fromisoformat)
    for duty, unit, period, opens, due, final, mandatory, subject in rows:
        yield Obligation(
            duties[duty],
            units[unit],
            period_of(period),
            day_of(opens),
            day_of(due) if due else None,
            day_of(final) if final else None,
            mandatory,
            subject,
        )
