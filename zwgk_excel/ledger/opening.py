"""Opens a ledger, for work or read-only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy import URL, Engine

from zwgk_excel.domain.text import one_line
from zwgk_excel.ledger import postgresql
from zwgk_excel.ledger.engine import connect, writing
from zwgk_excel.ledger.errors import LedgerFailedError, LedgerMissingError, damage_told
from zwgk_excel.ledger.file_modes import keep_private, make_private
from zwgk_excel.ledger.health import refuse_damaged
from zwgk_excel.ledger.migrations import MIGRATIONS, check, migrate
from zwgk_excel.ledger.store import Ledger
from zwgk_excel.ledger.urls import display_location, url_of

TIMEOUT = 15.0
"""Seconds that one transaction waits for another; none of ours takes as long."""


def open_ledger(
    url_or_path: str | Path,
    *,
    create: bool = False,
    now: Callable[[], datetime],
    timeout: float = TIMEOUT,
    password: str | None = None,
) -> Ledger:
    """Open the ledger at a path (SQLite) or database URL (PostgreSQL) and apply pending migrations.

    ``now`` gives China's local time without a zone. ``create`` makes a missing ledger (in a database also its schema);
    an existing one is not changed by it. ``password`` is of the URL's user; without it libpq looks in ``.pgpass``, not
    in PGPASSWORD. Raises LedgerMissingError, LedgerTooNewError, LedgerBusyError (after ``timeout`` seconds) or
    LedgerFailedError, where the file is damaged LedgerDamagedError.
    """
    url = url_of(url_or_path)
    where = "" if _is_file(url) else display_location(url_or_path)
    if not create:
        _require(url)

    def prepare(engine: Engine) -> None:
        if _is_file(url):
            _private(Path(url.database or ""), create=create)
            refuse_damaged(engine)
        elif create:
            with writing(engine) as connection:
                postgresql.prepare(connection, url)
        migrate(engine, MIGRATIONS, create=create, now=now, where=where)

    return Ledger(_prepared(connect(_with(url, password), timeout), prepare), now)


def read_ledger(
    url_or_path: str | Path, *, now: Callable[[], datetime], timeout: float = TIMEOUT, password: str | None = None
) -> Ledger:
    """Open a ledger read-only; it is neither migrated nor written.

    It may be another office's: a file with views, triggers or virtual tables, which may run on and on where a table is
    only read, is refused. Raises LedgerMissingError, LedgerTooNewError, LedgerTooOldError, LedgerBusyError or
    LedgerFailedError.
    """
    url = url_of(url_or_path)
    _require(url)

    def prepare(engine: Engine) -> None:
        if _is_file(url):
            _refuse_active(engine)
            refuse_damaged(engine)
        check(engine, MIGRATIONS, where=display_location(url_or_path))

    return Ledger(_prepared(connect(_with(url, password), timeout, read_only=True), prepare), now)


_ACTIVE = """
SELECT name FROM sqlite_master WHERE type IN ('view', 'trigger') OR upper(sql) LIKE 'CREATE VIRTUAL%' LIMIT 1
"""


def _refuse_active(engine: Engine) -> None:
    """Raise LedgerFailedError for a file that defines anything but tables and indexes; ours define nothing else."""
    with engine.connect() as connection:
        name = connection.exec_driver_sql(_ACTIVE).scalar()
    if name is not None:
        shown = one_line(str(name))[:50]
        raise LedgerFailedError(f"数据库中有本程序从不建立的视图、触发器或虚拟表（{shown}），不能读取")


def _is_file(url: URL) -> bool:
    return url.get_backend_name() == "sqlite"


def _require(url: URL) -> None:
    """Raise LedgerMissingError where the file does not exist; a database server reports that itself."""
    if _is_file(url) and not Path(url.database or "").is_file():
        raise LedgerMissingError(url.database or "")


def _private(path: Path, *, create: bool) -> None:
    """Let nobody else read a ledger's file; raises LedgerFailedError where it cannot be made."""
    try:
        if create:
            make_private(path)
        keep_private(path)
    except OSError as error:
        raise LedgerFailedError(f"数据库文件“{path.name}”无法打开，请检查文件夹是否存在、有无权限") from error


def _with(url: URL, password: str | None) -> URL:
    return url.set(password=password) if password else url


def _prepared(engine: Engine, prepare: Callable[[Engine], None]) -> Engine:
    """The engine after ``prepare``; it is disposed of where that fails."""
    try:
        with damage_told():
            prepare(engine)
    except BaseException:
        engine.dispose()
        raise
    return engine
