"""The defined names of a report workbook, by which the reader also recognises our formulas."""

from __future__ import annotations

ITEM_CHECK = "zwgk_item_check"
"""The defined name that holds the check of one row of 信息明细."""
TASKS = "zwgk_tasks"
"""The unit's task labels."""
NOTHING = "zwgk_nothing"
"""The texts that are no companion, an empty one among them."""


def needs(companion: str) -> str:
    """The name of the cells beside the task labels: 1 where a task asks for the companion, else 0."""
    return f"zwgk_needs_{companion}"
