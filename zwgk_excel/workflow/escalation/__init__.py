"""督促与整改: who is due for a step, what was raised, and what came of it."""

from __future__ import annotations

from zwgk_excel.workflow.escalation.escalating import Escalation, escalate, export
from zwgk_excel.workflow.escalation.office_notes import record_rectifications
from zwgk_excel.workflow.escalation.rectifying import note, open_due_rectifications

__all__ = [
    "Escalation",
    "escalate",
    "export",
    "note",
    "open_due_rectifications",
    "record_rectifications",
]
