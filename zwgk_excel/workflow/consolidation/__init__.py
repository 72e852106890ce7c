"""汇总: imports new files and the office's inputs, and rewrites the tracker.

freshness       whether anything would change at all
consolidating   inputs of the office, 收件箱, statuses, the tracker
tracker_view    the content of the tracker
"""

from __future__ import annotations

from zwgk_excel.workflow.consolidation.consolidating import ConsolidationResult, PreparedTracker, consolidate, prepare
from zwgk_excel.workflow.consolidation.freshness import FreshnessCheck, check_freshness

__all__ = [
    "ConsolidationResult",
    "FreshnessCheck",
    "PreparedTracker",
    "check_freshness",
    "consolidate",
    "prepare",
]
