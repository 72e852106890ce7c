"""Which year a day without one has in a report workbook: 自查, which does not know when the file will arrive, and
intake choose it by the month that the workbook is for."""

from __future__ import annotations

from datetime import date

from zwgk_excel.domain.periods import Month
from zwgk_excel.layout.columns import Column

_AFTER, _AHEAD = 1, 8
"""Months after the workbook's: its return may come in the next month, and a call for opinions may end later."""


def latest_day(column: Column, cycle: Month) -> date:
    """The last day that a day without a year may mean in a column of the workbook of a month.

    ``11月5日`` is the latest such day not after it: in a workbook of January, December is that of the year before.
    """
    return (cycle + (_AHEAD if column.ahead_of else _AFTER)).last
