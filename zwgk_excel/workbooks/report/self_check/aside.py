"""Rows that are no items, which intake only names: sign-offs, remarks and totals."""

from __future__ import annotations

from zwgk_excel.workbooks.contract import defined_names
from zwgk_excel.workbooks.contract.aside_rows import CENTURY, DAY, IN_ALL, LINK_SIGN, LONGEST_DAY, SENTENCE, STOPS
from zwgk_excel.workbooks.report.self_check.rule import OF_TASK, holds_any
from zwgk_excel.workbooks.writing.style import OPTIONAL

LEFT_TO_INTAKE = f"{OPTIONAL} 不像信息，由系统核对"
"""Of a row that is a sign-off, a remark or a total."""


_ALL = defined_names.ITEM_TEXT
ASIDE_CONDITION = (
    f'AND(ISERROR(FIND("{LINK_SIGN}",{{url}})),'
    f"SUMPRODUCT({OF_TASK})=0,SUMPRODUCT(--({defined_names.TYPES}={{type.plain}}))=0,OR("
    f'{holds_any(_ALL, defined_names.ASIDE)},LEFT({_ALL})="{IN_ALL}",'
    f'AND({holds_any(_ALL, defined_names.ASIDE_TITLED)},ISNUMBER(FIND("：",SUBSTITUTE({_ALL},":","：")))),'
    f'AND(LEFT({_ALL})="{CENTURY}",RIGHT({_ALL})="{DAY}",LEN({_ALL})<={LONGEST_DAY}),'
    f'AND(LEN({_ALL})>={SENTENCE},ISNUMBER(FIND(RIGHT({_ALL}),"{STOPS}")))))'
)
"""The condition that a row is no item, as :func:`zwgk_excel.workbooks.contract.aside_rows.is_aside`, with no task."""
