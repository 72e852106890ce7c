"""Bulk inserts: executemany on SQLite, COPY on PostgreSQL from 200 rows on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import Column, Connection, Dialect, Table, insert

from zwgk_excel.ledger import postgresql

_COPIED = 200
"""From so many rows on COPY pays, which takes a few round trips of its own."""


_LISTED = 400
"""Values in one IN list, well below every database's limit."""
T = TypeVar("T")


def listed(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """The values in portions that fit into an IN list."""
    return (values[start : start + _LISTED] for start in range(0, len(values), _LISTED))


def insert_rows(connection: Connection, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    """Insert rows that all have the same columns; does nothing for no rows."""
    written = list(rows)
    if not written:
        return
    if connection.dialect.name == "sqlite":
        _execute_many(connection, table, written)
    elif len(written) >= _COPIED:
        postgresql.copy(connection, table, list(written[0]), _bound(connection.dialect, table, written))
    else:
        connection.execute(insert(table), written)


def _execute_many(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    # SQLAlchemy looks at each parameter of each row anew, which takes longer than writing them.
    quoted = connection.dialect.identifier_preparer.quote
    names = ", ".join(map(quoted, rows[0]))
    places = ", ".join("?" * len(rows[0]))
    statement = f"INSERT INTO {quoted(table.name)} ({names}) VALUES ({places})"
    connection.exec_driver_sql(statement, [tuple(each) for each in _bound(connection.dialect, table, rows)])


def _bound(dialect: Dialect, table: Table, rows: Sequence[Mapping[str, Any]]) -> Iterator[list[Any]]:
    """The values of each row as the driver expects them, in the order of the first row's columns."""
    columns = [(name, _processor(dialect, table.c[name])) for name in rows[0]]
    return ([bound(row[name]) if bound else row[name] for name, bound in columns] for row in rows)


def _processor(dialect: Dialect, column: Column[Any]) -> Callable[[Any], Any] | None:
    return column.type.dialect_impl(dialect).bind_processor(dialect)
