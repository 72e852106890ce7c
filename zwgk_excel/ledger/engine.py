"""Database engines for SQLite and PostgreSQL, write transactions, and the translation of database errors."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, ExceptionContext
from sqlalchemy.exc import DBAPIError, IntegrityError, NoSuchModuleError, OperationalError

from zwgk_excel.ledger import postgresql
from zwgk_excel.ledger.errors import LedgerBusyError, LedgerDamagedError, LedgerError, LedgerFailedError

_BUSY = {"SQLITE_BUSY", "SQLITE_LOCKED"}
_REASONS = {
    "SQLITE_FULL": "磁盘已满",
    "SQLITE_READONLY": "数据库文件是只读的，请检查文件夹权限和只读属性",
    "SQLITE_CANTOPEN": "数据库文件无法打开，请检查文件夹是否存在、有无权限",
    "SQLITE_PERM": "没有访问数据库文件的权限",
    "SQLITE_IOERR": "读写磁盘失败",
    "SQLITE_NOMEM": "内存不足",
}
_DAMAGED = {"SQLITE_CORRUPT", "SQLITE_NOTADB"}
_NOT_AS_MADE = re.compile(r"no such (table|column)|has no column|Could not decode to UTF-8")
"""SQLite's words for tables and texts that are not as this program makes them."""


def connect(url: URL, timeout: float, *, read_only: bool = False) -> Engine:
    """An engine whose writers wait ``timeout`` seconds for one another; does not connect yet.

    With ``read_only`` the database itself rejects writes.
    """
    sqlite = url.get_backend_name() == "sqlite"
    try:
        if sqlite:
            engine = create_engine(_read_only(url) if read_only else url, connect_args={"timeout": timeout})
        else:
            engine = postgresql.engine(url, read_only=read_only)
    except (NoSuchModuleError, ImportError) as missing:
        raise LedgerFailedError(f"缺少数据库驱动（{missing}）；请运行 pip install \"zwgk-excel[postgresql]\"") from None
    event.listen(engine, "handle_error", _translate)
    if sqlite:
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "begin", postgresql.WriterLock(timeout))
    return engine


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """The write transaction: one at a time per ledger; raises LedgerBusyError when the lock is not free in time."""
    with engine.execution_options(writing=True, **_WRITERS.get(engine.dialect.name, {})).begin() as connection:
        yield connection


_WRITERS = {"postgresql": postgresql.WRITER}


def _read_only(url: URL) -> URL:
    return url.set(database=Path(url.database or "").absolute().as_uri(), query={"mode": "ro", "uri": "true"})


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # Transactions are begun by _begin_sqlite; the driver's own guess at when to begin is switched off.
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = ON")
    # What a schema of others calls (views, defaults, generated columns) may have no effect outside the database.
    connection.execute("PRAGMA trusted_schema = OFF")
    # The rollback journal (SQLite's default) and not WAL: between transactions the one file is everything there is,
    # so that copying the folder is a backup, and shared folders work. EXTRA: what was committed survives a power cut,
    # the end of the journal included.
    connection.execute("PRAGMA synchronous = EXTRA")


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that is to write says so at once: one that reads first could not wait for its turn later.
    writes = connection.get_execution_options().get("writing")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _translate(context: ExceptionContext) -> None:
    raised = context.sqlalchemy_exception
    if context.is_pre_ping:
        return  # the pool replaces the connection and goes on
    if isinstance(raised, DBAPIError) and not isinstance(raised, IntegrityError):
        error = _error_of(context.original_exception, raised)
        if error is not None:
            raise error from context.original_exception


def _error_of(original: BaseException, raised: DBAPIError) -> LedgerError | None:
    name = getattr(original, "sqlite_errorname", "")
    if isinstance(original, sqlite3.Error) and _NOT_AS_MADE.search(str(original)):
        return LedgerDamagedError()
    if not name:
        told = postgresql.error_of(original)
        return told or (LedgerFailedError.quoting(original) if isinstance(raised, OperationalError) else None)
    primary = "_".join(name.split("_")[:2])
    if primary in _BUSY:
        return LedgerBusyError()
    if primary in _DAMAGED:
        return LedgerDamagedError()
    return LedgerFailedError(_REASONS[primary]) if primary in _REASONS else None
