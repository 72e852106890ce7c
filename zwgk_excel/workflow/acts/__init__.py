"""办理: what people decided, as one list, and how an act is taken back by another.

history    the list, or a part of it
undoing    what undoing an act would change, and doing it
reopening  the same for the closing of a month
"""

from __future__ import annotations

from zwgk_excel.workflow.acts.history import history, recorded_acts
from zwgk_excel.workflow.acts.reopening import Reopening, preview_reopen, reopen
from zwgk_excel.workflow.acts.undoing import UndoEffect, preview_undo, undo

__all__ = [
    "Reopening",
    "UndoEffect",
    "history",
    "preview_reopen",
    "preview_undo",
    "recorded_acts",
    "reopen",
    "undo",
]
