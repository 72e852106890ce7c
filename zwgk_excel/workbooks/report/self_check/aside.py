"""Rows that may be no items, which only intake can tell: sign-offs, remarks and totals."""

from __future__ import annotations

from zwgk_excel.workbooks.contract import defined_names
from zwgk_excel.workbooks.contract.aside_rows import CENTURY, DAY, IN_ALL, LINK_SIGN, LONGEST_DAY, SENTENCE, STOPS
from zwgk_excel.workbooks.report.self_check.rule import OF_TASK, holds_any
from zwgk_excel.workbooks.writing.style import OPTIONAL

LEFT_TO_INTAKE = f"{OPTIONAL} 不像信息，由系统核对"
"""Of a row that may be a sign-off, a remark or a total, which only intake can tell."""


_ALL = defined_names.ITEM_TEXT
ASIDE_CONDITION = (
    f'AND(ISERROR(FIND("{LINK_SIGN}",{{url}})),'
    f"SUMPRODUCT({OF_TASK})=0,OR("
    f'{holds_any(_ALL, defined_names.ASIDE)},LEFT({_ALL})="{IN_ALL}",'
    f'AND({holds_any(_ALL, defined_names.ASIDE_TITLED)},ISNUMBER(FIND("：",SUBSTITUTE({_ALL},":","：")))),'
    f'AND(LEFT({_ALL})="{CENTURY}",RIGHT({_ALL})="{DAY}",LEN({_ALL})<={LONGEST_DAY}),'
    f'AND(LEN({_ALL})>={SENTENCE},ISNUMBER(FIND(RIGHT({_ALL}),"{STOPS}")))))'
)
"""The condition that a row may be no item, which only intake can tell: no task, no link, and the words of a sign-off,
a remark or a total."""
