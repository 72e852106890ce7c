"""Read-only check of a ledger: present, integrity, migrations applied and pending."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from zwgk_excel.ledger.engine import connect
from zwgk_excel.ledger.errors import LedgerDamagedError, LedgerMissingError, LedgerTooNewError, damage_told
from zwgk_excel.ledger.file_modes import excess_mode
from zwgk_excel.ledger.migrations import MIGRATIONS, applied
from zwgk_excel.ledger.store import Ledger
from zwgk_excel.ledger.urls import display_location, url_of


@dataclass(frozen=True, slots=True)
class LedgerHealth:
    """Result of the check."""

    applied: tuple[str, ...]
    """Names of the migrations it has, oldest first."""
    pending: tuple[str, ...]
    """Those that the next run of another command will apply."""
    exposed: bool = False
    """Whether others than the writers of its folder may read the file with the signing key."""


_NOW = datetime.now
"""A ledger's clock, which only writing asks."""


def inspect_ledger(
    url_or_path: str | Path,
    *,
    timeout: float = 5.0,
    password: str | None = None,
    also: Callable[[Ledger], None] = lambda ledger: None,
) -> LedgerHealth:
    """Check the ledger at a path or database URL; waits up to ``timeout`` seconds for a writer.

    ``password`` is that of the URL's user; ``also`` reads what the ledger stores without knowing what it says. Raises
    LedgerMissingError, LedgerTooNewError, LedgerBusyError or LedgerDamagedError, or another LedgerFailedError.
    """
    url = url_of(url_or_path)
    sqlite = url.get_backend_name() == "sqlite"
    if sqlite and not Path(url.database or "").is_file():
        raise LedgerMissingError(url.database or "")
    exposed = sqlite and bool(excess_mode(Path(url.database or "")))
    engine = connect(url.set(password=password) if password else url, timeout)
    try:
        with damage_told():
            return replace(_examined(engine, also, sqlite=sqlite, where=display_location(url_or_path)), exposed=exposed)
    finally:
        engine.dispose()


def _examined(engine: Engine, also: Callable[[Ledger], None], *, sqlite: bool, where: str) -> LedgerHealth:
    known = [each.name for each in MIGRATIONS]
    if sqlite:
        refuse_damaged(engine)
    with engine.connect() as connection:
        present = applied(connection)
    if not present:
        raise LedgerMissingError(where)
    if unknown := [name for name in present if name not in known]:
        raise LedgerTooNewError(unknown)
    pending = tuple(name for name in known if name not in present)
    if not pending:
        ledger = Ledger(engine, _NOW)
        ledger.read_all()
        also(ledger)
    return LedgerHealth(tuple(present), pending)


def refuse_damaged(engine: Engine) -> None:
    """Raise LedgerDamagedError where SQLite finds its file damaged; it costs a tenth of what reading it does.

    Without it a command would go on with what it can still read, and a lost entry of an index is a lost report.
    """
    with engine.connect() as connection:
        if connection.exec_driver_sql("PRAGMA integrity_check(1)").scalars().all() != ["ok"]:
            raise LedgerDamagedError
