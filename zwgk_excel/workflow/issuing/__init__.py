"""下发: the report workbooks of a month, one for each unit that owes something.

A month's obligations come from the two tables (:mod:`zwgk_excel.domain.obligations`) on the day it is issued; from
then on they are a record (:mod:`zwgk_excel.domain.issues`), which :func:`amend` and :func:`cancel` alone change.
"""

from __future__ import annotations

from zwgk_excel.workflow.issuing.checking import table_problems
from zwgk_excel.workflow.issuing.generation import Generated, Generation, WorkbookChange, behind_amendment, generate
from zwgk_excel.workflow.issuing.issued_months import (
    Cancellation,
    NothingToAmendError,
    TablesChangedError,
    UnusualMonthError,
    amend,
    cancel,
    differing_months,
    issue_differences,
    later_listings,
)

__all__ = [
    "Cancellation",
    "Generated",
    "Generation",
    "NothingToAmendError",
    "TablesChangedError",
    "UnusualMonthError",
    "WorkbookChange",
    "amend",
    "behind_amendment",
    "cancel",
    "differing_months",
    "generate",
    "issue_differences",
    "later_listings",
    "table_problems",
]
