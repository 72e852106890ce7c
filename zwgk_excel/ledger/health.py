"""Read-only check of a ledger: present, integrity, migrations applied and pending."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Engine

from zwgk_excel.ledger.engine import connect
from zwgk_excel.ledger.errors import LedgerMissingError, LedgerTooNewError
from zwgk_excel.ledger.file_modes import excess_mode
from zwgk_excel.ledger.migrations import MIGRATIONS, applied
from zwgk_excel.ledger.urls import display_location, url_of


@dataclass(frozen=True, slots=True)
class LedgerHealth:
    """Result of the check."""

    applied: tuple[str, ...]
    """Names of the migrations it has, oldest first."""
    pending: tuple[str, ...]
    """Those that the next run of another command will apply."""
    damage: str
    """What SQLite's own check complains of; empty for nothing, and for other databases."""
    exposed: bool = False
    """Whether others than the writers of its folder may read the file with the signing key."""


def inspect_ledger(url_or_path: str | Path, *, timeout: float = 5.0, password: str | None = None) -> LedgerHealth:
    """Check the ledger at a path or database URL; waits up to ``timeout`` seconds for a writer.

    ``password`` is that of the URL's user. Raises LedgerMissingError, LedgerTooNewError, LedgerBusyError or
    LedgerFailedError.
    """
    url = url_of(url_or_path)
    sqlite = url.get_backend_name() == "sqlite"
    if sqlite and not Path(url.database or "").is_file():
        raise LedgerMissingError(url.database or "")
    exposed = sqlite and bool(excess_mode(Path(url.database or "")))
    engine = connect(url.set(password=password) if password else url, timeout)
    try:
        return replace(_examined(engine, sqlite=sqlite, where=display_location(url_or_path)), exposed=exposed)
    finally:
        engine.dispose()


def _examined(engine: Engine, *, sqlite: bool, where: str) -> LedgerHealth:
    known = [each.name for each in MIGRATIONS]
    with engine.connect() as connection:
        present = applied(connection)
        said: Sequence[str] = connection.exec_driver_sql("PRAGMA quick_check(1)").scalars().all() if sqlite else ()
    if not present:
        raise LedgerMissingError(where)
    if unknown := [name for name in present if name not in known]:
        raise LedgerTooNewError(unknown)
    damage = next((line for line in said if line != "ok"), "")
    return LedgerHealth(tuple(present), tuple(name for name in known if name not in present), damage)
