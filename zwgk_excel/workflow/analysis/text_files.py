"""Writes a table as a CSV file that Excel opens directly and in which no text is evaluated as a formula."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd

from zwgk_excel.workbooks.writing.style import cell_text
from zwgk_excel.workflow.analysis.columns import TABLES, Kind

_ACTING = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a text begins with that a spreadsheet takes for a formula (OWASP, CSV injection)."""
_SHAPES = {Kind.DAY: "%Y-%m-%d", Kind.TIME: "%Y-%m-%d %H:%M:%S"}


def harmless(text: str) -> str:
    """A text as a CSV cell: control characters removed, truncated to Excel's cell length, formulas disabled.

    A longer text would spill into a row of its own; a text that Excel would evaluate gets an apostrophe.
    """
    kept = cell_text(text)
    return f"'{kept}" if kept.startswith(_ACTING) else kept


def write_csv(table: pd.DataFrame, name: str, path: Path) -> None:
    """Write a table of ``columns.TABLES``: UTF-8 with a byte order mark, every text in quotes, days and times ISO."""
    shown = {column: _shown(table[column], field.kind) for column, field in TABLES[name].items()}
    pd.DataFrame(shown).to_csv(
        path, index=False, encoding="utf-8-sig", quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n"
    )


def _shown(values: pd.Series, kind: Kind) -> pd.Series:
    if kind in _SHAPES:
        return values.dt.strftime(_SHAPES[kind])
    return values.astype("string").map(harmless, na_action="ignore") if kind in {Kind.TEXT, Kind.MONTH} else values
