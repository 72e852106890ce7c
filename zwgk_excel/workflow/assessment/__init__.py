"""考核: scores of months, quarters and years, their adjustment (复核调整), and closing a month (结账).

After its closing the figures of a month change only by an act that names it.
"""

from __future__ import annotations

from zwgk_excel.workflow.assessment.adjusting import AdjustmentEffect, adjust, points_of, preview_adjustment
from zwgk_excel.workflow.assessment.assessing import assess, assess_months
from zwgk_excel.workflow.assessment.closing import Closing, FilesWaitingError, close, plan_closing

__all__ = [
    "AdjustmentEffect",
    "Closing",
    "FilesWaitingError",
    "adjust",
    "assess",
    "assess_months",
    "close",
    "plan_closing",
    "points_of",
    "preview_adjustment",
]
