"""Paper on which a sheet can be read: margins, and A4, A3 or several pages across by the widths of its columns.

Points are those of the widest usual font, which LibreOffice takes where 微软雅黑 is missing: a column takes a fifth
more there than in Excel, and its letters do not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from zwgk_excel.workbooks.excel import A3, A4

LEAST_SCALE = 0.8
"""The least scale of print: texts of ten points are printed with eight then, which can be read."""
_SIDE = 0.3
"""Inches."""
MARGINS: Mapping[str, float] = {"left": _SIDE, "right": _SIDE, "top": 0.5, "bottom": 0.6}
_LONG, _SHORT = {A4: 841.9, A3: 1190.6}, {A4: 595.3, A3: 841.9}
"""Sides of the papers, in points."""
_CHARACTER, _PADDING = 6.35, 4.5
"""Points of a column for each character of its width, and beside them; in Excel 5.25 and 3.75 with 微软雅黑."""


def room(paper: int, *, landscape: bool = True) -> float:
    """The points between the left and the right margin."""
    return (_LONG if landscape else _SHORT)[paper] - 2 * 72 * _SIDE


def space(widths: Sequence[float]) -> float:
    """The points that columns of these ``widths`` (in characters) take at the least scale of print."""
    return LEAST_SCALE * sum(width * _CHARACTER + _PADDING for width in widths)


def fit_to_paper(page: Any, widths: Sequence[float], repeated: int = 0) -> None:
    """Choose A4 where columns of these ``widths`` can be read side by side, else A3, landscape, for an ``xlsxwriter``
    worksheet.

    Where A3 is too small, they go over several pages, each with the first ``repeated`` columns.
    """
    paper = A4 if space(widths) <= room(A4) else A3
    page.set_paper(paper)
    if space(widths) <= room(paper):
        page.fit_to_pages(1, 0)
        return
    page.fit_to_pages(pages_across(widths, repeated, room(paper)), 0)
    page.print_across()
    if repeated:
        page.repeat_columns(0, repeated - 1)


def pages_across(widths: Sequence[float], repeated: int, points: float) -> int:
    """How many pages of so many ``points`` columns take at the least scale; none is cut in two."""
    pages, left = 1, points - space(widths[:repeated])
    for width in widths[repeated:]:
        if space([width]) > left:
            pages, left = pages + 1, points - space(widths[:repeated])
        left -= space([width])
    return pages


def set_page(page: Any, footer: str, *, landscape: bool = True) -> None:
    """Set an ``xlsxwriter`` worksheet to A4, one page wide."""
    if landscape:
        page.set_landscape()
    page.set_paper(A4)
    page.fit_to_pages(1, 0)
    page.set_margins(**MARGINS)
    page.set_footer(footer)
