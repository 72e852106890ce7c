"""The first row of the tables of a report workbook, and the keys of its ``_zwgk`` sheet.

The very hidden sheet has one key in column A and its value, as text, in column B, from row 1 on; then its tasks.
"""

from __future__ import annotations

from zwgk_excel.layout.columns import added_columns

PRODUCT_NAME = "zwgk_excel"
"""The value of :data:`PRODUCT`; a workbook without it is none of ours."""

PRODUCT = "product"
SCHEMA = "schema"
UNIT = "unit"
CYCLE = "cycle"
ISSUED_ON = "issued_on"
SIGNATURE = "signature"

KEYS = (PRODUCT, SCHEMA, UNIT, CYCLE, ISSUED_ON, SIGNATURE)
"""In the order of the rows; ``issued_on`` is an ISO date."""

ADDED = "added"
"""A further row, where the program has :func:`added_columns`: which of them the workbook was issued with."""

TASK = "task"
"""Further rows, one for each task in the order of 任务清单: its 编号, 所属期 and 报送时限 in columns B to D."""

TITLE_ROW, HINT_ROW, HEADER_ROW, FIRST_ROW = 1, 2, 3, 4
"""Rows of 任务清单 and 信息明细 as written, 1 for the first. The reader looks the header row up by its headings."""


def added_text() -> str:
    """The value of :data:`ADDED` in a new workbook, such as ``items.budget items.source``; empty for none."""
    return " ".join(column_name(sheet, column.key) for sheet in ("tasks", "items") for column in added_columns(sheet))


def column_name(sheet: str, key: str) -> str:
    """The name in :data:`ADDED` of a column of the sheet ``tasks`` or ``items``."""
    return f"{sheet}.{key}"
