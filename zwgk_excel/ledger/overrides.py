"""Manual overrides of received files, and merge decisions: appended with their acts, never changed.

A receipt is rewritten only by an override and by its undoing; what it was before is kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Table, func, insert, select, tuple_

from zwgk_excel.domain.acts import Act, ActKind, ActSource, Change
from zwgk_excel.domain.decisions import ManualOverride, MergeDecision, OverrideKind
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.returns import Receipt
from zwgk_excel.ledger.acts import (
    Undoing,
    append_act,
    keep_state,
    kept_state,
    last_in_force,
    select_undone,
)
from zwgk_excel.ledger.bulk import insert_rows, listed
from zwgk_excel.ledger.errors import LedgerError, NotUndoableError
from zwgk_excel.ledger.receipts import receipt_state, replace_receipt, restore_rows, select_rows
from zwgk_excel.ledger.schema import ACTS, MERGES, RECEIPTS, RULINGS

ASIDE = str(OverrideKind.SET_ASIDE)
"""What a receipt is told to be that was set aside: its verdict is still that it waits."""
_ACTS: Mapping[OverrideKind, ActKind] = {
    OverrideKind.ASSIGNED: ActKind.ASSIGN,
    OverrideKind.SET_ASIDE: ActKind.SET_ASIDE,
    OverrideKind.TIMED: ActKind.RECEIPT_TIME,
    OverrideKind.WITHDRAWN: ActKind.WITHDRAW_RECEIPT,
}


def insert_overrides(
    connection: Connection, ruled: Sequence[tuple[ManualOverride, Receipt]], source: ActSource, at: datetime
) -> None:
    """Insert overrides as one act and rewrite their receipts; raises LedgerError for a file without a receipt."""
    if not ruled:
        return
    known = _receipts_of(connection, [(ruling.file, ruling.sha256) for ruling, _ in ruled])
    first = _next_id(connection, RULINGS)
    rows = [_row(id_, ruling, known, at) for id_, (ruling, _) in enumerate(ruled, first)]
    changes, taken_back = [], select_undone(connection)
    for (ruling, receipt), values in zip(ruled, rows, strict=True):  # a handful, each with tables of its own behind it
        row = known[ruling.file, ruling.sha256]
        present = _present(connection, row.id, taken_back)
        values["upon"] = present.upon(ruling.kind)
        _keep(connection, row.id, present.act)
        replace_receipt(connection, row.id, receipt)
        if ruling.kind is OverrideKind.TIMED:
            before, after = row.received_at.isoformat(), receipt.received_at.isoformat()
        else:
            before = _told(connection, row, present.act)
            after = ASIDE if ruling.kind is OverrideKind.SET_ASIDE else receipt_state(*_outcome(receipt))
        changes.append(Change(ruling.file, before, after))
    ruling, _ = ruled[0]
    units = tuple(dict.fromkeys(each.unit for each, _ in ruled if each.unit))
    done = _ACTS[ruling.kind], ruling.at, ruling.who, ruling.reason, source, ruling.cycle
    act = append_act(connection, Act(*done, units, tuple(changes)), at)
    insert_rows(connection, RULINGS, [row | {"act": act} for row in rows])


def _subject(receipt: int) -> str:
    return f"receipt:{receipt}"


def _keep(connection: Connection, receipt: int, act: int) -> None:
    """Keep a receipt as it is now, which an act (0: its arrival) made of it."""
    keep_state(connection, _subject(receipt), act, select_rows(connection, receipt))


class _Present(NamedTuple):
    """The acts in force about a receipt, one for each matter; 0 for its arrival."""

    time: int
    """Of when it was received, and"""
    place: int
    """of whose it is, or whether it counts."""

    @property
    def act(self) -> int:
        """The act that made the receipt what it is."""
        return max(self)

    def upon(self, kind: OverrideKind) -> int:
        """The act of the other matter than that of an override."""
        return self.place if kind is OverrideKind.TIMED else self.time


def _present(connection: Connection, receipt: int, taken_back: Mapping[int, int]) -> _Present:
    rows = connection.execute(select(RULINGS.c.act, RULINGS.c.kind).where(RULINGS.c.receipt == receipt)).all()
    timed = {row.act for row in rows if row.kind == OverrideKind.TIMED}
    other = {row.act for row in rows} - timed
    return _Present(last_in_force(timed, taken_back), last_in_force(other, taken_back))


def undo_overrides(connection: Connection, undoing: Undoing) -> tuple[Change, ...]:
    """Make the receipts what the last override in force made of them; returns what changed.

    Raises NotUndoableError for an override that was recorded before receipts were kept, and where the receipt's time
    and its unit were both decided and the one rests on what the other was: the later one has to be undone first.
    """
    ruled = select(RULINGS.c.receipt).where(RULINGS.c.act == undoing.root.number)
    changes = []
    for id_ in connection.scalars(ruled).all():
        present, wanted = (_present(connection, id_, back) for back in (undoing.before, undoing.after))
        _require_same_ground(connection, id_, wanted, undoing.root.number)
        if present.act == wanted.act:
            continue
        state = kept_state(connection, _subject(id_), wanted.act)
        if state is None:
            raise NotUndoableError.of(undoing.root.number, "登记它的时候还不保存文件原来的结论", _OTHERWISE)
        _keep(connection, id_, present.act)
        former = _row_of(connection, id_)
        restore_rows(connection, id_, state)
        now = _row_of(connection, id_)
        if undoing.root.kind is ActKind.RECEIPT_TIME:
            changes.append(Change(former.file, former.received_at.isoformat(), now.received_at.isoformat()))
        else:
            after = _told(connection, now, wanted.act)
            changes.append(Change(former.file, _told(connection, former, present.act), after))
    return tuple(changes)


def _require_same_ground(connection: Connection, receipt: int, wanted: _Present, root: int) -> None:
    """Raise NotUndoableError where what is kept was made upon another act of the other matter than is in force then."""
    same = RULINGS.c.receipt == receipt, RULINGS.c.act == wanted.act
    upon = connection.scalar(select(RULINGS.c.upon).where(*same)) if wanted.act else 0
    if upon == min(wanted):
        return
    if wanted.act > root or not upon:
        first = f"请先撤销第 {wanted.act if wanted.act > root else min(wanted)} 号"
    else:
        first = f"请先恢复第 {upon} 号"
    raise NotUndoableError.of(root, "这份收件还有以它为准的办理", first)


def _outcome(receipt: Receipt | Row[Any]) -> tuple[str, str, Month | None]:
    return receipt.verdict, receipt.unit, receipt.cycle


def _told(connection: Connection, row: Row[Any], act: int) -> str:
    """What a receipt is by an act, for the changes: :data:`ASIDE`, or its verdict with unit and cycle."""
    kind = connection.scalar(select(RULINGS.c.kind).where(RULINGS.c.receipt == row.id, RULINGS.c.act == act))
    return ASIDE if act and kind == OverrideKind.SET_ASIDE else receipt_state(*_outcome(row))


def _row_of(connection: Connection, receipt: int) -> Row[Any]:
    return connection.execute(select(RECEIPTS).where(RECEIPTS.c.id == receipt)).one()


_OTHERWISE = "请用 zwgk receive --assign 认定正确的单位和月份"


def _receipts_of(connection: Connection, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Row[Any]]:
    """(File, sha256) → row, of the existing receipts."""
    key, found = tuple_(RECEIPTS.c.file, RECEIPTS.c.sha256), {}
    for some in listed(keys):
        rows = connection.execute(select(RECEIPTS).where(key.in_(some)))
        found.update({(row.file, row.sha256): row for row in rows})
    return found


def _row(id_: int, ruling: ManualOverride, known: Mapping[tuple[str, str], Row[Any]], at: datetime) -> dict[str, Any]:
    receipt = known.get((ruling.file, ruling.sha256))
    if receipt is None:
        raise LedgerError(f"数据库中没有“{ruling.file}”的收件记录。")
    return {
        "id": id_,
        "receipt": receipt.id,
        "kind": str(ruling.kind),
        "unit": ruling.unit,
        "cycle": ruling.cycle,
        "forced": ruling.forced,
        "former_verdict": receipt.verdict,
        "former_unit": receipt.unit,
        "former_cycle": receipt.cycle,
        "who": ruling.who,
        "at": ruling.at,
        "reason": ruling.reason,
        "recorded_at": at,
    }


def select_overrides(connection: Connection) -> tuple[ManualOverride, ...]:
    """All overrides in the order recorded, those undone since among them."""
    r = RULINGS.c
    columns = (RECEIPTS.c.file, RECEIPTS.c.sha256, r.kind, r.who, r.at, r.reason, r.unit, r.cycle, r.forced)
    rows = connection.execute(select(*columns).join_from(RULINGS, RECEIPTS).order_by(r.id))
    return tuple(ManualOverride(file, sha256, OverrideKind(kind), *rest) for file, sha256, kind, *rest in rows)


def append_merging(connection: Connection, merging: MergeDecision, source: ActSource, at: datetime) -> None:
    """Append a decision to merge, or to stop merging, and its act."""
    kind = ActKind.MERGE if merging.merged else ActKind.CANCEL_MERGE
    before, after = _merged(not merging.merged), _merged(merging.merged)
    done = kind, merging.at, merging.who, merging.reason, source, merging.cycle, (merging.unit,)
    act = append_act(connection, Act(*done, (Change(merging.unit, before, after),)), at)
    _insert_merging(connection, merging, act, at)


def _merged(flag: bool) -> str:
    return "yes" if flag else ""


def _insert_merging(connection: Connection, merging: MergeDecision, act: int, at: datetime) -> None:
    values = {
        "id": _next_id(connection, MERGES),
        "unit": merging.unit,
        "cycle": merging.cycle,
        "merged": merging.merged,
        "who": merging.who,
        "at": merging.at,
        "reason": merging.reason,
        "recorded_at": at,
        "act": act,
    }
    connection.execute(insert(MERGES).values(values))


def undo_merging(connection: Connection, undoing: Undoing) -> tuple[Change, ...]:
    """Let the last merge decision in force of a unit and cycle hold; returns what changed."""
    root, act = undoing.root, undoing.act
    (unit,), cycle = root.units, root.cycle
    assert cycle is not None
    rows = connection.execute(
        select(MERGES.c.merged, MERGES.c.act, MERGES.c.at, ACTS.c.undoes)
        .join_from(MERGES, ACTS, MERGES.c.act == ACTS.c.number)
        .where(MERGES.c.unit == unit, MERGES.c.cycle == cycle)
        .order_by(MERGES.c.at, MERGES.c.id)
    ).all()
    counted = [row.merged for row in rows if not row.undoes and row.act not in undoing.after]
    now, then = bool(rows[-1].merged), bool(counted and counted[-1])
    if now is then:
        return ()
    # A clock that was put back must not make the undoing the older one.
    merging = MergeDecision(unit, cycle, then, act.who, max(act.at, rows[-1].at), act.reason)
    _insert_merging(connection, merging, act.number, act.at)
    return (Change(unit, _merged(now), _merged(then)),)


def select_mergings(connection: Connection) -> tuple[MergeDecision, ...]:
    """All merge decisions in the order recorded."""
    c = MERGES.c
    rows = connection.execute(select(c.unit, c.cycle, c.merged, c.who, c.at, c.reason).order_by(c.id))
    return tuple(MergeDecision(*row) for row in rows)


def _next_id(connection: Connection, table: Table) -> int:
    return (connection.scalar(select(func.max(table.c.id))) or 0) + 1
