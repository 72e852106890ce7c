"""下发: the report workbooks of a month, one for each unit that owes something.

The obligations come from :meth:`zwgk_excel.workflow.office.context.Office.plan`, computed by
:mod:`zwgk_excel.domain.obligations` from the two tables.
"""

from __future__ import annotations

from zwgk_excel.workflow.issuing.generation import Generated, Generation, WorkbookChange, generate

__all__ = [
    "Generated",
    "Generation",
    "WorkbookChange",
    "generate",
]
