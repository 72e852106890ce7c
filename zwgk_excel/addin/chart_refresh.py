"""The charts of 总览 follow its months: rows added between others they follow by themselves, the first and last not."""

from __future__ import annotations

import platform
import re
from typing import Any

from zwgk_excel.addin.journal import Journal
from zwgk_excel.workbooks.tracker.charts import MONTHS

_COLUMN = re.compile(r"\$([A-Z]{1,3})\$(\d+)(?::\$\1\$(\d+))?(?![\d:])")


def refresh_charts(sheet: Any, first: int, last: int, journal: Journal) -> None:
    """Let every series over the months (rows ``first`` to ``last``, from 1) show the newest of them.

    xlwings itself cannot move a series, so this goes through the application's own objects; on a Mac they are others,
    and a chart follows rows added between others only.
    """
    if platform.system() == "Darwin":
        return
    for chart in sheet.charts:
        native = chart.api[1]
        for number in range(1, native.SeriesCollection().Count + 1):
            series = native.SeriesCollection(number)
            formula = _over_months(series.Formula, first, last)
            if formula != series.Formula:
                journal.series(series, formula)


def _over_months(formula: str, first: int, last: int) -> str:
    start = max(first, last - MONTHS + 1)

    def moved(found: re.Match[str]) -> str:
        rows = int(found[2]), int(found[3] or found[2])
        inside = first <= rows[0] and rows[1] <= last
        return f"${found[1]}${start}:${found[1]}${last}" if inside else found[0]

    return _COLUMN.sub(moved, formula)
