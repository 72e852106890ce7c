"""下发: the report workbooks of a month, one for each unit that owes something.

What is owed comes from :meth:`Office.plan`, which is :mod:`zwgk_excel.domain.obligations` over the two tables.
"""

from __future__ import annotations

from zwgk_excel.workflow.issuing.generation import Generated, Generation, WorkbookChange, generate

__all__ = [
    "Generated",
    "Generation",
    "WorkbookChange",
    "generate",
]
