"""The ledger: SQLAlchemy Core; one SQLite file by default, PostgreSQL by URL."""

from zwgk_excel.ledger.cycles import CycleRecord, WorkbookRecord
from zwgk_excel.ledger.errors import CycleClosed, LedgerBusy, LedgerError, LedgerFailed, LedgerMissing, LedgerTooNew
from zwgk_excel.ledger.examine import Condition, examine
from zwgk_excel.ledger.receipts import Original
from zwgk_excel.ledger.store import Ledger, open_ledger

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
    "Original",
    "WorkbookRecord",
    "examine",
    "open_ledger",
]
