"""办理: what people decided, as one list, and how an act is taken back by another.

history  the list, or a part of it
undoing  what undoing an act would change, and doing it
"""

from __future__ import annotations

from zwgk_excel.workflow.acts.history import history, recorded_acts
from zwgk_excel.workflow.acts.undoing import UndoEffect, preview_undo, undo

__all__ = [
    "UndoEffect",
    "history",
    "preview_undo",
    "recorded_acts",
    "undo",
]
