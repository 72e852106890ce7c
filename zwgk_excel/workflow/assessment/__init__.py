"""考核: the scores of months, quarters and years, and closing a month (结账), after which its figures do not change."""

from __future__ import annotations

from zwgk_excel.workflow.assessment.assessing import assess, assess_months
from zwgk_excel.workflow.assessment.closing import Closing, FilesWaitingError, close, plan_closing

__all__ = [
    "Closing",
    "FilesWaitingError",
    "assess",
    "assess_months",
    "close",
    "plan_closing",
]
