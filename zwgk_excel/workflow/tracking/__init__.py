"""Statuses as of a day: open months computed, closed ones as stored at closing."""

from __future__ import annotations

from zwgk_excel.workflow.tracking.column_updates import office_column_updates
from zwgk_excel.workflow.tracking.statuses import CycleStatus, Statuses, cycle_status, office_statuses, require_issued

__all__ = [
    "CycleStatus",
    "Statuses",
    "cycle_status",
    "office_column_updates",
    "office_statuses",
    "require_issued",
]
