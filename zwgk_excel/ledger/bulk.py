"""Many rows written at once, as fast as each database takes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Table, insert

from zwgk_excel.ledger import postgresql

_COPIED = 200
"""From so many rows on COPY pays, which takes a few round trips of its own."""


def insert_rows(connection: Connection, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    """Insert rows that all have the same columns; nothing for none."""
    written = list(rows)
    if not written:
        return
    if connection.dialect.name == "postgresql" and len(written) >= _COPIED:
        postgresql.copy(connection, table, written)
    else:
        connection.execute(insert(table), written)
