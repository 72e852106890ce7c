"""The charts of 总览 follow its lines: rows added between others they follow by themselves, the first and last not."""

from __future__ import annotations

import platform
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from zwgk_excel.addin.refresh.journal import Journal

_COLUMN = re.compile(r"\$([A-Z]{1,3})\$(\d+)(?::\$\1\$(\d+))?(?![\d:])")


@dataclass(frozen=True, slots=True)
class ChartedLines:
    """Lines of a section, and those of them that its charts show; rows count from 1."""

    first: int
    last: int
    start: int
    end: int


def refresh_charts(sheet: Any, sections: Sequence[ChartedLines], journal: Journal) -> None:
    """Let every series over a section show the lines that it should.

    xlwings itself cannot move a series, so this goes through the application's own objects; on a Mac they are others,
    and a chart follows rows added between others only.
    """
    if platform.system() == "Darwin":
        return
    for chart in sheet.charts:
        native = chart.api[1]
        for number in range(1, native.SeriesCollection().Count + 1):
            series = native.SeriesCollection(number)
            formula = series.Formula
            for each in sections:
                formula = _over(formula, each)
            if formula != series.Formula:
                journal.series(series, formula)


def _over(formula: str, lines: ChartedLines) -> str:
    def moved(found: re.Match[str]) -> str:
        rows = int(found[2]), int(found[3] or found[2])
        inside = lines.first <= rows[0] and rows[1] <= lines.last
        return f"${found[1]}${lines.start}:${found[1]}${lines.end}" if inside else found[0]

    return _COLUMN.sub(moved, formula)
