"""Obligations, receipts, items, problems, scores, acts and the website of any months as typed pandas DataFrames.

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
    column_updates,
    coverage,
    frames,
    items,
    obligations,
    problems,
    published,
    receipts,
    score_lines,
    scores,
    site_faults,
)
from zwgk_excel.workflow.analysis.pivots import on_time_rates, overdue_counts, timeliness_by_column

__all__ = [
    "TABLES",
    "Frames",
    "acts",
    "column_updates",
    "coverage",
    "frames",
    "items",
    "obligations",
    "on_time_rates",
    "overdue_counts",
    "problems",
    "published",
    "receipts",
    "score_lines",
    "scores",
    "site_faults",
    "timeliness_by_column",
]
