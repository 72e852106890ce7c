"""What the office ruled about files that arrived, and which returns it merged: written once each, never changed.

A receipt is rewritten in one case alone, when the office rules about it; what it was before is kept with the ruling.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Table, func, insert, select

from zwgk_excel.domain.decisions import Merging, Ruling, RulingKind
from zwgk_excel.domain.returns import Receipt
from zwgk_excel.ledger.errors import LedgerError
from zwgk_excel.ledger.receipts import replace_receipt
from zwgk_excel.ledger.schema import MERGES, RECEIPTS, RULINGS


def rule(connection: Connection, ruled: Sequence[tuple[Ruling, Receipt]], at: datetime) -> None:
    """Record rulings, each with the receipt as it is from now on; raises LedgerError for a file that never arrived."""
    first = _next_id(connection, RULINGS)
    for id_, (ruling, receipt) in enumerate(ruled, first):
        row = connection.execute(
            select(RECEIPTS).where(RECEIPTS.c.file == ruling.file, RECEIPTS.c.sha256 == ruling.sha256)
        ).one_or_none()
        if row is None:
            raise LedgerError(f"数据库中没有“{ruling.file}”的收件记录。")
        values = {
            "id": id_,
            "receipt": row.id,
            "kind": str(ruling.kind),
            "unit": ruling.unit,
            "cycle": ruling.cycle,
            "forced": ruling.forced,
            "former_verdict": row.verdict,
            "former_unit": row.unit,
            "former_cycle": row.cycle,
            "who": ruling.who,
            "at": ruling.at,
            "reason": ruling.reason,
            "recorded_at": at,
        }
        connection.execute(insert(RULINGS).values(values))
        replace_receipt(connection, row.id, receipt)


def select_rulings(connection: Connection) -> tuple[Ruling, ...]:
    """All rulings in the order in which they were recorded."""
    r = RULINGS.c
    columns = (RECEIPTS.c.file, RECEIPTS.c.sha256, r.kind, r.who, r.at, r.reason, r.unit, r.cycle, r.forced)
    rows = connection.execute(select(*columns).join_from(RULINGS, RECEIPTS).order_by(r.id))
    return tuple(Ruling(file, sha256, RulingKind(kind), *rest) for file, sha256, kind, *rest in rows)


def append_merging(connection: Connection, merging: Merging, at: datetime) -> None:
    """Add a decision to merge, or not to any more."""
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


def select_mergings(connection: Connection) -> tuple[Merging, ...]:
    """All decisions to merge in the order in which they were recorded."""
    c = MERGES.c
    rows = connection.execute(select(c.unit, c.cycle, c.merged, c.who, c.at, c.reason).order_by(c.id))
    return tuple(Merging(*row) for row in rows)


def _next_id(connection: Connection, table: Table) -> int:
    return (connection.scalar(select(func.max(table.c.id))) or 0) + 1
