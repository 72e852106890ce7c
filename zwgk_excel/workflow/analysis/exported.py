"""The result of an export; a module of its own because the export loads pandas."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from zwgk_excel.domain.month_range import MonthRange


@dataclass(frozen=True, slots=True)
class ExportedTable:
    """One written table."""

    table: str
    """Its name in ``columns.TABLES``."""
    path: Path
    """The workbook, or the table's own file."""
    rows: int


@dataclass(frozen=True, slots=True)
class Export:
    """The result of ``export``."""

    months: MonthRange
    as_of: date
    path: Path
    """The workbook, or the folder of files."""
    tables: tuple[ExportedTable, ...]
    cut: int
    """The number of texts longer than an Excel cell (32,767 characters): truncated with a mark."""
