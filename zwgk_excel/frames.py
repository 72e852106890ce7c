"""Obligations, receipts, items, problems, scores and acts of any range of months as typed pandas DataFrames.

    from zwgk_excel import frames, open_office

    with open_office("政务公开") as office:
        owed = frames.obligations(office, "2026-01..2026-12")
    frames.on_time_rates(owed)

The columns are in docs/python-api.md and, for programs, in ``TABLES``. Importing this module loads pandas.
"""

from zwgk_excel.workflow.analysis.columns import TABLES
from zwgk_excel.workflow.analysis.frames import (
    Frames,
    acts,
    frames,
    items,
    obligations,
    problems,
    receipts,
    score_lines,
    scores,
)
from zwgk_excel.workflow.analysis.pivots import on_time_rates, overdue_counts, timeliness_by_column

__all__ = [
    "TABLES",
    "Frames",
    "acts",
    "frames",
    "items",
    "obligations",
    "on_time_rates",
    "overdue_counts",
    "problems",
    "receipts",
    "score_lines",
    "scores",
    "timeliness_by_column",
]
