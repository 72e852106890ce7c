"""Recognises our sheet 修改意见 in a returned workbook."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from zwgk_excel.domain.text import fold
from zwgk_excel.layout.columns import layout

_WITHIN = 10
"""Rows from the top that are searched."""


def is_correction_sheet(name: str, rows: Iterable[Iterable[object]]) -> bool:
    """Whether a sheet is one of ours: by its name and, in one of its first rows, all headings.

    ``rows`` are its values from the top. Readers skip such a sheet; it is protected, so it holds no input. A sheet of
    the unit's own that has the same name is not skipped.
    """
    sheet = layout("markup")["opinions"]
    headings = {column.names[0] for column in sheet}
    top = islice(rows, _WITHIN) if name.startswith(sheet.name) else ()
    return any(headings <= {fold(value) for value in row if isinstance(value, str)} for row in top)
