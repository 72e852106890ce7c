"""Copies a whole ledger into an empty one (SQLite file → PostgreSQL)."""

from __future__ import annotations

from sqlalchemy import Connection, delete, func, select

from zwgk_excel.ledger.bulk import insert_rows
from zwgk_excel.ledger.schema import CYCLES, DECISIONS, MERGES, METADATA, MIGRATIONS, RECEIPTS

_USED = (CYCLES, RECEIPTS, DECISIONS, MERGES)
"""A ledger with a row in any of these is in use."""
_ROWS = 5000


def import_ledger(connection: Connection, source: Connection) -> int | None:
    """Copy every table of ``source``; returns the number of receipts, or None (nothing copied) where ours is not empty.

    Both must have the same migrations, because this program opened both.
    """
    if any(connection.scalar(select(func.count()).select_from(table)) for table in _USED):
        return None
    tables = [table for table in METADATA.sorted_tables if table is not MIGRATIONS]
    for table in reversed(tables):
        connection.execute(delete(table))
    for table in tables:
        rows = source.execute(select(table).execution_options(yield_per=_ROWS))
        for part in rows.partitions():
            insert_rows(connection, table, [row._asdict() for row in part])
    return connection.scalar(select(func.count()).select_from(RECEIPTS)) or 0
