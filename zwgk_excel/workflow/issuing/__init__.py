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
from zwgk_excel.workflow.issuing.one_off_tasks import (
    ListedTask,
    TaskDone,
    TaskPlan,
    carry_out_task,
    listed_tasks,
    plan_cancellation,
    plan_task,
)

__all__ = [
    "Cancellation",
    "Generated",
    "Generation",
    "ListedTask",
    "NothingToAmendError",
    "TablesChangedError",
    "TaskDone",
    "TaskPlan",
    "UnusualMonthError",
    "WorkbookChange",
    "amend",
    "behind_amendment",
    "cancel",
    "carry_out_task",
    "differing_months",
    "generate",
    "issue_differences",
    "later_listings",
    "listed_tasks",
    "plan_cancellation",
    "plan_task",
    "table_problems",
]
