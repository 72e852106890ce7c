"""Makes acts of what earlier versions have on record: who, when, why and where are there, only not in one list."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, select, update

from zwgk_excel.domain.acts import Act, ActKind, ActSource, Change, kind_of_decision
from zwgk_excel.domain.decisions import DecisionKind
from zwgk_excel.ledger.acts import append_act
from zwgk_excel.ledger.bulk import listed
from zwgk_excel.ledger.receipts import BY_HAND, receipt_state
from zwgk_excel.ledger.schema import CYCLES, DECISIONS, MERGES, RECEIPTS, RECTIFICATION_NOTES, RECTIFICATIONS, RULINGS


class _Found(NamedTuple):
    """An act with the rows that it wrote."""

    at: datetime
    act: Act
    table: Table | None = None
    keys: tuple[int, ...] = ()


def record_acts(connection: Connection) -> None:
    """Append an act for everything on record, in time order, and let its rows refer to it."""
    found = [each for source in _SOURCES for each in source(connection)]
    for each in sorted(found, key=lambda one: one.at):
        number = append_act(connection, each.act)
        if each.table is not None:
            (key,) = each.table.primary_key
            for some in listed(each.keys):
                connection.execute(update(each.table).where(key.in_(some)).values(act=number))


def _issues(connection: Connection) -> Iterator[_Found]:
    for row in connection.execute(select(CYCLES.c.cycle, CYCLES.c.issued_on).where(CYCLES.c.issued_on.is_not(None))):
        at = _morning(row.issued_on)  # only the day is known
        change = Change(str(row.cycle), "", str(row.issued_on))
        yield _Found(at, Act(ActKind.ISSUE, at, "", cycle=row.cycle, changes=(change,)))


def _closings(connection: Connection) -> Iterator[_Found]:
    c = CYCLES.c
    rows = select(c.cycle, c.closed_at, c.closed_as_of, c.closed_by).where(c.closed_at.is_not(None))
    for row in connection.execute(rows):
        change = Change(str(row.cycle), "", str(row.closed_as_of))
        act = Act(ActKind.CLOSE, row.closed_at, row.closed_by, cycle=row.cycle, changes=(change,))
        yield _Found(row.closed_at, act)


def _receipts(connection: Connection) -> Iterator[_Found]:
    c = RECEIPTS.c
    rows = select(c.file, c.recorded_at, c.verdict, c.unit, c.cycle).where(c.source == BY_HAND)
    by_time = groupby(connection.execute(rows.order_by(c.recorded_at, c.id)).all(), key=lambda row: row.recorded_at)
    for at, group in by_time:
        arrived = list(group)
        changes = tuple(Change(row.file, "", receipt_state(row.verdict, row.unit, row.cycle)) for row in arrived)
        units = tuple(dict.fromkeys(row.unit for row in arrived if row.unit))
        cycles = {row.cycle for row in arrived}
        cycle = cycles.pop() if len(cycles) == 1 else None
        yield _Found(at, Act(ActKind.RECEIVE, at, "", cycle=cycle, units=units, changes=changes))


def _decisions(connection: Connection) -> Iterator[_Found]:
    c = DECISIONS.c
    rows = connection.execute(
        select(c.id, c.obligation, c.kind, c.value, c.who, c.at, c.reason, c.source).order_by(c.at, c.id)
    ).all()

    def together(row: Any) -> tuple[object, ...]:
        alone = row.id if row.source == ActSource.TRACKER else 0
        return row.at, row.kind, row.value, row.who, row.reason, row.source, alone

    before: dict[tuple[str, str], str] = {}
    for _, group in groupby(rows, key=together):
        taken, changes = list(group), []
        for row in taken:
            place = row.obligation, row.kind
            changes.append(Change(row.obligation, before.get(place, ""), row.value))
            before[place] = row.value
        first = taken[0]
        kind = kind_of_decision(DecisionKind(first.kind), first.value)
        units = tuple(dict.fromkeys(each.subject.partition("/")[2].rpartition("/")[0] for each in changes))
        done = kind, first.at, first.who, first.reason, ActSource(first.source), None, units
        yield _Found(first.at, Act(*done, tuple(changes)), DECISIONS, tuple(row.id for row in taken))


def _mergings(connection: Connection) -> Iterator[_Found]:
    c = MERGES.c
    for row in connection.execute(select(c.id, c.unit, c.cycle, c.merged, c.who, c.at, c.reason).order_by(c.id)):
        kind = ActKind.MERGE if row.merged else ActKind.CANCEL_MERGE
        change = Change(row.unit, *(("", "yes") if row.merged else ("yes", "")))
        act = Act(kind, row.at, row.who, row.reason, cycle=row.cycle, units=(row.unit,), changes=(change,))
        yield _Found(row.at, act, MERGES, (row.id,))


def _overrides(connection: Connection) -> Iterator[_Found]:
    r = RULINGS.c
    former = r.former_verdict, r.former_unit, r.former_cycle
    columns = r.id, r.kind, r.unit, r.cycle, *former, r.who, r.at, r.reason, RECEIPTS.c.file, RECEIPTS.c.verdict
    for row in connection.execute(select(*columns).join_from(RULINGS, RECEIPTS).order_by(r.id)):
        kind = ActKind.ASSIGN if row.kind == "assigned" else ActKind.SET_ASIDE
        before = receipt_state(row.former_verdict, row.former_unit, row.former_cycle)
        aside = kind is ActKind.SET_ASIDE
        change = Change(row.file, before, str(kind) if aside else receipt_state(row.verdict, row.unit, row.cycle))
        units = (row.unit,) if row.unit else ()
        act = Act(kind, row.at, row.who, row.reason, cycle=row.cycle, units=units, changes=(change,))
        yield _Found(row.at, act, RULINGS, (row.id,))


def _rectifications(connection: Connection) -> Iterator[_Found]:
    c = RECTIFICATIONS.c
    columns = c.number, c.unit, c.cycle, c.step, c.who, c.reason, c.recorded_at
    for row in connection.execute(select(*columns).order_by(c.number)):
        change = Change(str(row.number), "", row.step)
        done = ActKind.RECTIFY, row.recorded_at, row.who, row.reason, ActSource.COMMAND, row.cycle, (row.unit,)
        yield _Found(row.recorded_at, Act(*done, (change,)), RECTIFICATIONS, (row.number,))


_NOTED = {
    "mended": ActKind.MEND,
    "closed": ActKind.CLOSE_RECTIFICATION,
    "withdrawn": ActKind.WITHDRAW_RECTIFICATION,
}


def _notes(connection: Connection) -> Iterator[_Found]:
    n, r = RECTIFICATION_NOTES.c, RECTIFICATIONS.c
    columns = n.id, n.kind, n.on_day, n.who, n.words, n.recorded_at, r.number, r.unit, r.cycle
    for row in connection.execute(select(*columns).join_from(RECTIFICATION_NOTES, RECTIFICATIONS).order_by(n.id)):
        change = Change(str(row.number), "", str(row.on_day))
        done = _NOTED[row.kind], row.recorded_at, row.who, row.words, ActSource.COMMAND, row.cycle, (row.unit,)
        yield _Found(row.recorded_at, Act(*done, (change,)), RECTIFICATION_NOTES, (row.id,))


def _morning(day: date) -> datetime:
    return datetime.combine(day, time())


_SOURCES: tuple[Callable[[Connection], Iterator[_Found]], ...] = (
    _issues,
    _receipts,
    _decisions,
    _mergings,
    _overrides,
    _rectifications,
    _notes,
    _closings,
)
