"""The defined names of a report workbook, by which the reader also recognises our formulas."""

from __future__ import annotations

ITEM_CHECK = "zwgk_item_check"
"""The defined name that holds the check of one row of 信息明细."""
TASKS, COMPANIONS = "zwgk_tasks", "zwgk_companions"
"""Defined names: the unit's task labels, and beside each 1 where its 规范性文件 need companions, else 0."""
