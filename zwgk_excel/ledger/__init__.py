"""The ledger: SQLAlchemy Core; one SQLite file by default, PostgreSQL by URL."""

from zwgk_excel.ledger.cycles import CycleRecord, WorkbookRecord
from zwgk_excel.ledger.errors import (
    CycleClosed,
    LedgerBusy,
    LedgerError,
    LedgerFailed,
    LedgerMissing,
    LedgerTooNew,
    LedgerTooOld,
)
from zwgk_excel.ledger.examine import Condition, examine
from zwgk_excel.ledger.locks import file_lock
from zwgk_excel.ledger.places import account_of, holds_password, schema_of, shown, url_of
from zwgk_excel.ledger.receipts import Original
from zwgk_excel.ledger.store import Ledger, open_ledger, read_ledger

__all__ = [
    "Condition",
    "CycleClosed",
    "CycleRecord",
    "Ledger",
    "LedgerBusy",
    "LedgerError",
    "LedgerFailed",
    "LedgerMissing",
    "LedgerTooNew",
    "LedgerTooOld",
    "Original",
    "WorkbookRecord",
    "account_of",
    "examine",
    "file_lock",
    "holds_password",
    "open_ledger",
    "read_ledger",
    "schema_of",
    "shown",
    "url_of",
]
