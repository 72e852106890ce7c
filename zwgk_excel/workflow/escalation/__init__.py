"""督促与整改: the units that have reached a level, and the rectifications raised for it."""

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
