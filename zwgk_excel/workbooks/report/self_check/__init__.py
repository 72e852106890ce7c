"""The rules of 自查, each once: text, Excel condition, Python predicate.

In the sheets formulas show the result (:mod:`zwgk_excel.workbooks.report.formulas` builds them); the Python side gives
exactly the same text, for cached values and for tests. The rules agree with :mod:`zwgk_excel.domain.validation`; the
formulas are stricter only where Excel cannot accept what the reader accepts (a task in other words, a cell that is one
of several merged ones).

In ``words`` a ``{column_key}`` becomes the column's heading. In ``excel`` it becomes a cell reference, with the
attributes of :class:`~zwgk_excel.workbooks.contract.excel_value.ExcelValue` as Excel expressions of the same meaning:
``{title.blank}``.
"""

from zwgk_excel.domain.companions import REVIEWS
from zwgk_excel.workbooks.contract.cover_texts import ALL_DONE, TO_DO, WITH_REMARKS
from zwgk_excel.workbooks.contract.excel_value import ERROR, FIRST_DAY, LAST_DAY
from zwgk_excel.workbooks.report.self_check.aside import ASIDE_CONDITION, LEFT_TO_INTAKE
from zwgk_excel.workbooks.report.self_check.cell_rules import column_rules, lacks, required
from zwgk_excel.workbooks.report.self_check.date_rules import SLOW_AT_FIRST, latest_days, slow_after
from zwgk_excel.workbooks.report.self_check.entry_rules import PLACE as ENTRY_PLACE
from zwgk_excel.workbooks.report.self_check.item_rules import item_rules
from zwgk_excel.workbooks.report.self_check.rule import OF_TASK, CheckRule, ItemCounts, TaskFlags, holds_any, says
from zwgk_excel.workbooks.report.self_check.task_rules import task_rules
from zwgk_excel.workbooks.report.self_check.verdict import (
    COMPLETE,
    DOUBTFUL,
    FREE,
    LACKS,
    LATE,
    UNREADABLE,
    count_ahead,
    count_unlisted,
    item_check,
    overall_check,
    tally,
    task_check,
    vocabulary,
)

__all__ = [
    "ALL_DONE",
    "ASIDE_CONDITION",
    "COMPLETE",
    "DOUBTFUL",
    "ENTRY_PLACE",
    "ERROR",
    "FIRST_DAY",
    "FREE",
    "LACKS",
    "LAST_DAY",
    "LATE",
    "LEFT_TO_INTAKE",
    "OF_TASK",
    "REVIEWS",
    "SLOW_AT_FIRST",
    "TO_DO",
    "UNREADABLE",
    "WITH_REMARKS",
    "CheckRule",
    "ItemCounts",
    "TaskFlags",
    "column_rules",
    "count_ahead",
    "count_unlisted",
    "holds_any",
    "item_check",
    "item_rules",
    "lacks",
    "latest_days",
    "overall_check",
    "required",
    "says",
    "slow_after",
    "tally",
    "task_check",
    "task_rules",
    "vocabulary",
]
