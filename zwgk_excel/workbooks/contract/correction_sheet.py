"""Knowing our own sheet 修改意见 when a marked-up workbook comes back."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from zwgk_excel.domain.text import fold
from zwgk_excel.layout.columns import layout

_WITHIN = 10
"""So many rows from the top are looked at."""


def is_correction_sheet(name: str, rows: Iterable[Iterable[object]]) -> bool:
    """Whether a sheet of a returned workbook is one of ours: by its name and, in one of its first rows, all headings.

    ``rows`` are its values from the top. Whoever reads the workbook leaves such a sheet out; it is protected, so nobody
    types into it. A sheet of the unit's own that happens to have the name stays.
    """
    sheet = layout("markup")["opinions"]
    headings = {column.names[0] for column in sheet}
    top = islice(rows, _WITHIN) if name.startswith(sheet.name) else ()
    return any(headings <= {fold(value) for value in row if isinstance(value, str)} for row in top)
