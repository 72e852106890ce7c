"""Cycles (报送月份): when issued and closed, with the workbooks and the figures of the closing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, tuple_, update

from zwgk_excel.domain.acts import Act, ActKind, ActSource, Change
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.prefilled import PrefilledRow
from zwgk_excel.ledger.acts import Undoing, append_act, keep_state, kept_state, last_in_force
from zwgk_excel.ledger.bulk import insert_rows, listed
from zwgk_excel.ledger.decisions import named
from zwgk_excel.ledger.errors import CycleClosedError, LedgerError, NotUndoableError
from zwgk_excel.ledger.published import prefilled_rows, prefilled_text
from zwgk_excel.ledger.schema import ACTS, ASSESSMENTS, CYCLES, SCORES, SNAPSHOTS, WORKBOOKS


@dataclass(frozen=True, slots=True)
class CycleRecord:
    """The row of a cycle."""

    cycle: Month
    issued_on: date | None = None
    """The day its workbooks were first generated."""
    closed_at: datetime | None = None
    closed_as_of: date | None = None
    """The day its final figures were computed for."""
    closed_by: str = ""


@dataclass(frozen=True, slots=True)
class WorkbookRecord:
    """The report workbook generated last for a unit and a cycle."""

    cycle: Month
    unit: str
    fingerprint: str
    """Of what the workbook is made from; the same as long as nothing it shows has changed."""
    issued_on: date
    file: str
    """Path relative to the workspace, with ``/``."""
    sha256: str
    oldest_schema: int
    """The oldest schema of a workbook that went out to the unit for the cycle, earlier ones included."""
    prefilled: tuple[PrefilledRow, ...] = ()
    """The rows that it went out with; the same in every workbook of the unit for the cycle."""


def select_cycles(connection: Connection) -> tuple[CycleRecord, ...]:
    """All cycles, oldest first."""
    return tuple(CycleRecord(*row) for row in connection.execute(select(CYCLES).order_by(CYCLES.c.cycle)))


def issue(connection: Connection, cycle: Month, on: date) -> None:
    """Record the day of a cycle's first issue, which does not change."""
    if _record(connection, cycle).issued_on is None:
        connection.execute(update(CYCLES).where(CYCLES.c.cycle == cycle).values(issued_on=on))


def close(
    connection: Connection,
    cycle: Month,
    as_of: date,
    who: str,
    at: datetime,
    figures: Mapping[str, Mapping[str, Any]],
    source: ActSource,
) -> None:
    """Close a cycle with its figures, by obligation key, and append the act.

    Raises CycleClosedError where it is closed already, LedgerError where another closing has settled one of them.
    """
    record = _record(connection, cycle)
    if record.closed_at is not None:
        raise CycleClosedError(cycle, record.closed_at, record.closed_by)
    if settled := _settled_elsewhere(connection, cycle, figures):
        raise LedgerError(f"{cycle} 没有结账：{named(settled[0])} 已在 {settled[1]} 结账计入，不能再次计入。")
    closed = {"closed_at": at, "closed_as_of": as_of, "closed_by": who}
    connection.execute(update(CYCLES).where(CYCLES.c.cycle == cycle).values(closed))
    _insert_snapshot(connection, cycle, figures)
    change = Change(str(cycle), "", str(as_of))
    append_act(connection, Act(ActKind.CLOSE, at, who, source=source, cycle=cycle, changes=(change,)))


def _insert_snapshot(connection: Connection, cycle: Month, figures: Mapping[str, Mapping[str, Any]]) -> None:
    rows = (
        {"cycle": cycle, "position": position, "obligation": key, "payload": dict(payload)}
        for position, (key, payload) in enumerate(figures.items())
    )
    insert_rows(connection, SNAPSHOTS, rows)


def _settled_elsewhere(connection: Connection, cycle: Month, keys: Iterable[str]) -> tuple[str, Month] | None:
    """An obligation among ``keys`` that the closing of another cycle has settled, with that cycle; None for none."""
    wanted = set(keys)
    rows = connection.execute(select(SNAPSHOTS.c.obligation, SNAPSHOTS.c.cycle).where(SNAPSHOTS.c.cycle != cycle))
    return next(((key, month) for key, month in rows if key in wanted), None)


def select_snapshot(connection: Connection, cycle: Month) -> dict[str, dict[str, Any]]:
    """Obligation key → the figures at closing, in the order given then; empty for an open cycle."""
    columns = select(SNAPSHOTS.c.obligation, SNAPSHOTS.c.payload)
    rows = connection.execute(columns.where(SNAPSHOTS.c.cycle == cycle).order_by(SNAPSHOTS.c.position))
    return {key: payload for key, payload in rows}  # noqa: C416 - a row is not typed as a pair


def insert_scores(
    connection: Connection, cycle: Month, assessment: Mapping[str, Any], scores: Mapping[str, Mapping[str, Any]]
) -> None:
    """Insert the assessment of a cycle that is being closed: the part common to all units, and unit → score."""
    connection.execute(insert(ASSESSMENTS).values(cycle=cycle, payload=dict(assessment)))
    rows = (
        {"cycle": cycle, "position": position, "unit": unit, "payload": dict(payload)}
        for position, (unit, payload) in enumerate(scores.items())
    )
    insert_rows(connection, SCORES, rows)


def select_scores(connection: Connection) -> dict[Month, tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Cycle → (common part, scores in order) as given to :func:`insert_scores`, of cycles closed with scores."""
    found: dict[Month, tuple[dict[str, Any], list[dict[str, Any]]]] = {
        row.cycle: (row.payload, []) for row in connection.execute(select(ASSESSMENTS).order_by(ASSESSMENTS.c.cycle))
    }
    for row in connection.execute(select(SCORES).order_by(SCORES.c.cycle, SCORES.c.position)):
        found[row.cycle][1].append(row.payload)
    return found


def select_closing_terms(connection: Connection) -> dict[Month, dict[str, Any]]:
    """Cycle → the common part as given to :func:`insert_scores`, of cycles closed with scores."""
    return {row.cycle: row.payload for row in connection.execute(select(ASSESSMENTS).order_by(ASSESSMENTS.c.cycle))}


def undo_closing(connection: Connection, undoing: Undoing) -> tuple[Change, ...]:
    """Make a cycle what the last closing in force made of it: open, or closed with those figures again.

    The figures that go are kept with their act. Returns what changed. Raises NotUndoableError where the cycle has been
    closed anew meanwhile, and where another closing has settled an obligation meanwhile that these figures have, too.
    """
    cycle, number = undoing.root.cycle, undoing.root.number
    assert cycle is not None
    present, wanted = (closing_in_force(connection, cycle, back) for back in (undoing.before, undoing.after))
    if present and number in undoing.before and number not in undoing.after:
        raise NotUndoableError.of(
            undoing.act.undoes,
            f"{cycle} 已由第 {present} 号办理重新结账",
            f"要恢复原来的结账，先用 zwgk reopen {cycle} --reason 理由 撤销现在的结账",
        )
    if present == wanted:
        return ()
    if number == present and wanted:
        _end_older_closings(connection, cycle, undoing)
        wanted = 0
    before = _record(connection, cycle)
    if present:
        keep_state(connection, f"cycle:{cycle}", present, _closing(connection, before))
        _remove_closing(connection, cycle)
    if wanted and (state := kept_state(connection, f"cycle:{cycle}", wanted)):
        if settled := _settled_elsewhere(connection, cycle, dict(state["snapshot"])):
            key, month = settled
            raise NotUndoableError.of(
                undoing.act.undoes,
                f"{cycle} 恢复结账后，{named(key)} 会同时计入 {cycle} 和 {month}",
                f"先用 zwgk reopen {month} --reason 理由 撤销 {month} 的结账",
            )
        _restore_closing(connection, cycle, state)
    after = _record(connection, cycle)
    return (Change(str(cycle), str(before.closed_as_of or ""), str(after.closed_as_of or "")),)


def closing_in_force(connection: Connection, cycle: Month, taken_back: Mapping[int, int]) -> int:
    """The number of the act by which a cycle is closed; 0 where it is open."""
    closings = select(ACTS.c.number).where(ACTS.c.kind == str(ActKind.CLOSE), ACTS.c.cycle == cycle)
    return last_in_force(connection.scalars(closings).all(), taken_back)


def _end_older_closings(connection: Connection, cycle: Month, undoing: Undoing) -> None:
    """Undo all closings of a cycle in force: earlier versions let several be so, of which the last one counted."""
    taken_back = dict(undoing.after)
    while older := closing_in_force(connection, cycle, taken_back):
        act = replace(undoing.act, number=0, cycle=cycle, changes=(), undoes=older)
        taken_back[older] = append_act(connection, act)


def _closing(connection: Connection, record: CycleRecord) -> dict[str, Any]:
    """All that a closing wrote, as JSON values."""
    assert record.closed_at is not None
    assert record.closed_as_of is not None
    common = select(ASSESSMENTS.c.payload).where(ASSESSMENTS.c.cycle == record.cycle)
    scores = select(SCORES.c.unit, SCORES.c.payload).where(SCORES.c.cycle == record.cycle).order_by(SCORES.c.position)
    return {
        "closed_at": record.closed_at.isoformat(),
        "closed_as_of": record.closed_as_of.isoformat(),
        "closed_by": record.closed_by,
        "snapshot": [list(each) for each in select_snapshot(connection, record.cycle).items()],
        "assessment": connection.execute(common).scalar_one_or_none(),
        "scores": [list(row) for row in connection.execute(scores)],
    }


def _remove_closing(connection: Connection, cycle: Month) -> None:
    for table in (SNAPSHOTS, SCORES, ASSESSMENTS):
        connection.execute(delete(table).where(table.c.cycle == cycle))
    opened = {"closed_at": None, "closed_as_of": None, "closed_by": ""}
    connection.execute(update(CYCLES).where(CYCLES.c.cycle == cycle).values(opened))


def _restore_closing(connection: Connection, cycle: Month, kept: Mapping[str, Any]) -> None:
    closed = {
        "closed_at": datetime.fromisoformat(kept["closed_at"]),
        "closed_as_of": date.fromisoformat(kept["closed_as_of"]),
        "closed_by": kept["closed_by"],
    }
    connection.execute(update(CYCLES).where(CYCLES.c.cycle == cycle).values(closed))
    _insert_snapshot(connection, cycle, dict(kept["snapshot"]))
    if kept["assessment"] is not None:
        insert_scores(connection, cycle, kept["assessment"], dict(kept["scores"]))


def select_workbooks(connection: Connection, cycle: Month) -> dict[str, WorkbookRecord]:
    """The workbooks of a cycle by unit."""
    rows = connection.execute(select(WORKBOOKS).where(WORKBOOKS.c.cycle == cycle))
    found = (WorkbookRecord(**row._asdict() | {"prefilled": prefilled_rows(row.prefilled)}) for row in rows)
    return {record.unit: record for record in found}


def replace_workbooks(connection: Connection, records: Iterable[WorkbookRecord]) -> None:
    """Insert records, replacing those of the same units and cycles."""
    latest = {(record.cycle, record.unit): record for record in records}
    key, keys = tuple_(WORKBOOKS.c.cycle, WORKBOOKS.c.unit), list(latest)
    for some in listed(keys):
        connection.execute(delete(WORKBOOKS).where(key.in_(some)))
    insert_rows(connection, WORKBOOKS, map(_fields, latest.values()))


def _fields(record: WorkbookRecord) -> dict[str, Any]:
    return asdict(record) | {"cycle": record.cycle, "prefilled": prefilled_text(record.prefilled)}


def _record(connection: Connection, cycle: Month) -> CycleRecord:
    """The row of a cycle, inserted if missing."""
    row = connection.execute(select(CYCLES).where(CYCLES.c.cycle == cycle)).one_or_none()
    if row is not None:
        return CycleRecord(*row)
    connection.execute(insert(CYCLES).values(cycle=cycle, closed_by=""))
    return CycleRecord(cycle)
