"""汇总: imports new files and the office's inputs, and rewrites the tracker.

freshness       whether anything would change at all
consolidating   inputs of the office, 收件箱, statuses, the tracker
tracker_view    the content of the tracker
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zwgk_excel.workflow.consolidation.consolidating import (
        ConsolidationResult,
        PreparedTracker,
        consolidate,
        prepare,
    )
    from zwgk_excel.workflow.consolidation.freshness import FreshnessCheck, check_freshness

__all__ = [
    "ConsolidationResult",
    "FreshnessCheck",
    "PreparedTracker",
    "check_freshness",
    "consolidate",
    "prepare",
]

if not TYPE_CHECKING:  # or a type checker would let any name pass

    def __getattr__(name: str) -> object:
        """A name of this room, from its module: what writes a tracker is loaded only where one is written."""
        from importlib import import_module

        if name not in __all__:
            raise AttributeError(name)
        home = "freshness" if name in {"FreshnessCheck", "check_freshness"} else "consolidating"
        return getattr(import_module(f"{__name__}.{home}"), name)
