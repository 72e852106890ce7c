"""The connection: SQLite or PostgreSQL, one writer at a time, and database errors in the ledger's own words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, ExceptionContext, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, NoSuchModuleError, OperationalError

from zwgk_excel.ledger.errors import LedgerBusy, LedgerError, LedgerFailed

WRITER_LOCK, RUN_LOCK = 1, 2
"""PostgreSQL advisory locks of a schema: of one writing transaction, and of a whole run."""

_BUSY = {"SQLITE_BUSY", "SQLITE_LOCKED"}
_LOCK_NOT_AVAILABLE = "55P03"
_REASONS = {
    "SQLITE_FULL": "磁盘已满",
    "SQLITE_READONLY": "数据库文件是只读的，请检查文件夹权限和只读属性",
    "SQLITE_CANTOPEN": "数据库文件打不开，请检查文件夹是否存在、有无权限",
    "SQLITE_PERM": "没有访问数据库文件的权限",
    "SQLITE_IOERR": "读写磁盘失败",
    "SQLITE_CORRUPT": "数据库文件已损坏，请从备份恢复",
    "SQLITE_NOTADB": "文件不是数据库，请核对路径或从备份恢复",
}


def url_of(place: str | Path) -> URL:
    """The database URL of a path (SQLite) or of a URL; raises LedgerFailed for a URL that is none."""
    if isinstance(place, Path) or "://" not in place:
        return URL.create("sqlite", database=str(place))
    try:
        return make_url(place)
    except (ArgumentError, ValueError):
        raise LedgerFailed("数据库地址写得不对，应如 postgresql+psycopg://用户@主机/库名") from None


def connect(url: URL, timeout: float) -> Engine:
    """An engine whose writers wait ``timeout`` seconds for one another; nothing is opened yet."""
    sqlite = url.get_backend_name() == "sqlite"
    try:
        engine = create_engine(url, connect_args={"timeout": timeout} if sqlite else {})
    except (NoSuchModuleError, ModuleNotFoundError) as missing:
        raise LedgerFailed(f"缺少数据库驱动（{missing}）") from None
    event.listen(engine, "handle_error", _translate)
    if sqlite:
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "begin", _Begin(timeout))
    return engine


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes: the only one on this ledger while it lasts; LedgerBusy when its turn never comes."""
    with engine.execution_options(writing=True).begin() as connection:
        yield connection


def lock_call(function: str, lock: int) -> str:
    """The SQL of a PostgreSQL advisory lock function, for a lock of the current schema."""
    return f"SELECT {function}(hashtext('zwgk_excel ' || current_schema()), {lock})"


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # Transactions are begun by _begin_sqlite; the driver's own guess at when to begin is switched off.
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = ON")
    # The rollback journal (SQLite's default) and not WAL: between transactions the one file is everything there is,
    # so that copying the folder is a backup, and shared folders work. FULL: what was committed survives a power cut.
    connection.execute("PRAGMA synchronous = FULL")


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that is to write says so at once: one that reads first could not wait for its turn later.
    writes = connection.get_execution_options().get("writing")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


class _Begin:
    """PostgreSQL: writers queue for an advisory lock, as SQLite's queue for the file."""

    def __init__(self, timeout: float) -> None:
        self.milliseconds = int(timeout * 1000)

    def __call__(self, connection: Connection) -> None:
        if connection.get_execution_options().get("writing"):
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {self.milliseconds}")
            connection.exec_driver_sql(lock_call("pg_advisory_xact_lock", WRITER_LOCK))


def _translate(context: ExceptionContext) -> None:
    raised = context.sqlalchemy_exception
    if isinstance(raised, DBAPIError) and not isinstance(raised, IntegrityError):
        error = _error_of(context.original_exception, raised)
        if error is not None:
            raise error from context.original_exception


def _error_of(original: BaseException, raised: DBAPIError) -> LedgerError | None:
    name = getattr(original, "sqlite_errorname", "")
    if name:
        primary = "_".join(name.split("_")[:2])
        if primary in _BUSY:
            return LedgerBusy()
        return LedgerFailed(_REASONS[primary]) if primary in _REASONS else None
    if getattr(original, "sqlstate", None) == _LOCK_NOT_AVAILABLE:
        return LedgerBusy()
    return LedgerFailed(_one_line(original)) if isinstance(raised, OperationalError) else None


def _one_line(error: BaseException) -> str:
    return re.sub(r"\s+", " ", str(error)).strip()
