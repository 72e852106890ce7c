"""通报: the bulletin of a period as a Word document, and the yearly sheet of each unit."""

from __future__ import annotations

from zwgk_excel.workflow.bulletins.bulletin import Published, publish
from zwgk_excel.workflow.bulletins.unit_sheets import UnitSheets, write_unit_sheets

__all__ = [
    "Published",
    "UnitSheets",
    "publish",
    "write_unit_sheets",
]
