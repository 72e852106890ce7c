"""A ledger moved whole into another: from the workspace's file into a database, when an office grows."""

from __future__ import annotations

from sqlalchemy import Connection, delete, func, select

from zwgk_excel.ledger.bulk import insert_rows
from zwgk_excel.ledger.schema import CYCLES, DECISIONS, MERGES, METADATA, MIGRATIONS, RECEIPTS

_USED = (CYCLES, RECEIPTS, DECISIONS, MERGES)
"""A ledger with a row in any of these is in use."""
_ROWS = 5000


def import_ledger(connection: Connection, source: Connection) -> int | None:
    """Copy every table of ``source``; how many receipts there are. None, and nothing done, unless ours is unused.

    Both have the same migrations: they were opened by this program.
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
