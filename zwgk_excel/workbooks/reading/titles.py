"""Finds the template's titles in the grid of a returned workbook."""

from __future__ import annotations

from zwgk_excel.layout.columns import SheetLayout
from zwgk_excel.workbooks.contract.template_text import COVER_TITLE, is_title
from zwgk_excel.workbooks.opening.open_book import Grid

ABOVE = 30
"""So many rows from the top are searched for a title or for headings."""


def find_cover_title(grid: Grid) -> tuple[int, int] | None:
    """The cell of the cover's title near the top of a grid; the unit's name is in the cell below."""
    cells = ((row, column, raw) for row, each in enumerate(grid.rows[:ABOVE]) for column, raw in enumerate(each))
    return next(((r, c) for r, c, raw in cells if isinstance(raw, str) and COVER_TITLE.fullmatch(raw.strip())), None)


def find_title(grid: Grid, sheet: SheetLayout) -> tuple[int, int] | None:
    """The cell of the sheet's title near the top of a grid."""
    cells = ((row, column, raw) for row, each in enumerate(grid.rows[:ABOVE]) for column, raw in enumerate(each))
    return next(((row, column) for row, column, raw in cells if is_title(sheet, raw)), None)
