"""What an export wrote; apart from the export itself, which loads pandas."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from zwgk_excel.domain.month_range import MonthRange


@dataclass(frozen=True, slots=True)
class ExportedTable:
    """One table as it was written."""

    table: str
    """Its name in ``columns.TABLES``."""
    path: Path
    """The workbook, or the table's own file."""
    rows: int


@dataclass(frozen=True, slots=True)
class Export:
    """What ``export`` wrote."""

    months: MonthRange
    as_of: date
    path: Path
    """The workbook, or the folder of files."""
    tables: tuple[ExportedTable, ...]
    cut: int
    """Texts longer than a cell of Excel holds (32,767 characters): cut, with a word that says so."""
