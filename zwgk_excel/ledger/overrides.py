"""Manual overrides of received files, and merge decisions: appended, never changed.

A receipt is rewritten only by an override; its earlier state is stored with the override.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, func, insert, select, tuple_

from zwgk_excel.domain.decisions import ManualOverride, MergeDecision, OverrideKind
from zwgk_excel.domain.returns import Receipt
from zwgk_excel.ledger.bulk import insert_rows, listed
from zwgk_excel.ledger.errors import LedgerError
from zwgk_excel.ledger.receipts import replace_receipt
from zwgk_excel.ledger.schema import MERGES, RECEIPTS, RULINGS


def insert_overrides(connection: Connection, ruled: Sequence[tuple[ManualOverride, Receipt]], at: datetime) -> None:
    """Insert overrides and rewrite their receipts; raises LedgerError for a file without a receipt."""
    known = _receipts_of(connection, [(ruling.file, ruling.sha256) for ruling, _ in ruled])
    first = _next_id(connection, RULINGS)
    rows = (_row(id_, ruling, known, at) for id_, (ruling, _) in enumerate(ruled, first))
    insert_rows(connection, RULINGS, rows)
    for ruling, receipt in ruled:  # an office rules on a handful, and each has tables of its own behind it
        replace_receipt(connection, known[ruling.file, ruling.sha256].id, receipt)


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
    """All overrides in the order recorded."""
    r = RULINGS.c
    columns = (RECEIPTS.c.file, RECEIPTS.c.sha256, r.kind, r.who, r.at, r.reason, r.unit, r.cycle, r.forced)
    rows = connection.execute(select(*columns).join_from(RULINGS, RECEIPTS).order_by(r.id))
    return tuple(ManualOverride(file, sha256, OverrideKind(kind), *rest) for file, sha256, kind, *rest in rows)


def append_merging(connection: Connection, merging: MergeDecision, at: datetime) -> None:
    """Append a decision to merge, or to stop merging."""
    values = {
        "id": _next_id(connection, MERGES),
        "unit": merging.unit,
        "cycle": merging.cycle,
        "merged": merging.merged,
        "who": merging.who,
        "at": merging.at,
        "reason": merging.reason,
        "recorded_at": at,
    }
    connection.execute(insert(MERGES).values(values))


def select_mergings(connection: Connection) -> tuple[MergeDecision, ...]:
    """All merge decisions in the order recorded."""
    c = MERGES.c
    rows = connection.execute(select(c.unit, c.cycle, c.merged, c.who, c.at, c.reason).order_by(c.id))
    return tuple(MergeDecision(*row) for row in rows)


def _next_id(connection: Connection, table: Table) -> int:
    return (connection.scalar(select(func.max(table.c.id))) or 0) + 1
