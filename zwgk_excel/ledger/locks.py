"""A run lock per ledger that the operating system or the database releases when the process dies."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine

from zwgk_excel.ledger.errors import LedgerBusyError, LedgerFailedError
from zwgk_excel.ledger.postgresql import RUN_LOCK, lock_call

_POLL = 0.05


@contextmanager
def run_lock(engine: Engine, wait: float) -> Iterator[None]:
    """Hold the ledger's run lock; raises LedgerBusyError after waiting ``wait`` seconds."""
    if engine.dialect.name == "sqlite":
        with file_lock(Path(f"{engine.url.database}-lock"), wait):
            yield
    else:
        with _database_lock(engine, wait):
            yield


@contextmanager
def file_lock(path: Path, wait: float) -> Iterator[None]:
    """Exclusive lock on ``path`` through SQLite's file locking; raises LedgerBusyError after ``wait`` seconds.

    The file is an empty SQLite database that stays empty and is not deleted. The lock works on Windows, Linux and
    shared folders, is released with the process, and is not inherited by forked workers.
    """
    try:
        held = sqlite3.connect(path, timeout=wait, isolation_level=None)
    except sqlite3.OperationalError as error:
        raise LedgerFailedError(f"无法在工作区写入“{path.name}”，请检查文件夹权限") from error
    try:
        _lock(held, path)
        yield
    finally:
        held.close()


def _lock(held: sqlite3.Connection, path: Path) -> None:
    try:
        held.execute("PRAGMA journal_mode = MEMORY")
        held.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorname.startswith("SQLITE_BUSY"):
            raise LedgerBusyError from None
        raise LedgerFailedError(f"无法锁定“{path.name}”，请检查文件夹权限") from error


@contextmanager
def _database_lock(engine: Engine, wait: float) -> Iterator[None]:
    """PostgreSQL's advisory lock, held by its own connection and released with it."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as held:
        until = time.monotonic() + wait
        while not held.exec_driver_sql(lock_call("pg_try_advisory_lock", RUN_LOCK)).scalar():
            if time.monotonic() >= until:
                raise LedgerBusyError
            time.sleep(_POLL)
        try:
            yield
        finally:
            held.exec_driver_sql(lock_call("pg_advisory_unlock", RUN_LOCK))
