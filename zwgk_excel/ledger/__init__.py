"""The ledger (SQLAlchemy Core): one SQLite file by default, PostgreSQL by URL."""

from zwgk_excel.ledger.cycles import CycleRecord, WorkbookRecord
from zwgk_excel.ledger.errors import (
    CycleClosedError,
    LedgerBusyError,
    LedgerDamagedError,
    LedgerError,
    LedgerFailedError,
    LedgerMissingError,
    LedgerPasswordError,
    LedgerTooNewError,
    LedgerTooOldError,
    NotUndoableError,
    damage_told,
)
from zwgk_excel.ledger.health import LedgerHealth, inspect_ledger
from zwgk_excel.ledger.issues import IssueKind
from zwgk_excel.ledger.locks import file_lock
from zwgk_excel.ledger.opening import open_ledger, read_ledger
from zwgk_excel.ledger.receipts import FirstCopy
from zwgk_excel.ledger.store import Ledger
from zwgk_excel.ledger.urls import account_of, display_location, holds_password, schema_of, url_of

__all__ = [
    "CycleClosedError",
    "CycleRecord",
    "FirstCopy",
    "IssueKind",
    "Ledger",
    "LedgerBusyError",
    "LedgerDamagedError",
    "LedgerError",
    "LedgerFailedError",
    "LedgerHealth",
    "LedgerMissingError",
    "LedgerPasswordError",
    "LedgerTooNewError",
    "LedgerTooOldError",
    "NotUndoableError",
    "WorkbookRecord",
    "account_of",
    "damage_told",
    "display_location",
    "file_lock",
    "holds_password",
    "inspect_ledger",
    "open_ledger",
    "read_ledger",
    "schema_of",
    "url_of",
]
