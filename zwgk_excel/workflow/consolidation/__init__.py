"""汇总: what arrived and what the office typed, taken in; the tracker written anew.

    freshness       whether anything would change at all
    consolidating   typed decisions, 收件箱, statuses, the tracker
    tracker_view    what the tracker shows
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
