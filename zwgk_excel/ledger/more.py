"""Values of added columns of the report as one text in the ledger: a JSON object of column key → value.

A day is written as ISO text; the layout decides at reading which texts are days. So stored values remain readable when
columns are added, removed or change their type.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from functools import cache

from zwgk_excel.domain.returns import CellValue
from zwgk_excel.layout.columns import ColumnKind, added_columns


def more_text(more: Mapping[str, CellValue]) -> str:
    """The values as text; empty for none."""
    return json.dumps(more, ensure_ascii=False, default=date.isoformat) if more else ""


def more_values(text: str, sheet: str) -> dict[str, CellValue]:
    """The inverse of :func:`more_text`, for the sheet ``tasks`` or ``items``.

    A value that does not fit the type of its column, or has no column any more, is returned as the stored text or
    number.
    """
    if not text:
        return {}
    kinds = _kinds(sheet)
    return {key: _typed(value, kinds.get(key)) for key, value in json.loads(text).items()}


@cache
def _kinds(sheet: str) -> Mapping[str, ColumnKind]:
    return {column.key: column.kind for column in added_columns(sheet)}


def _typed(value: str | int, kind: ColumnKind | None) -> CellValue:
    try:
        return date.fromisoformat(value) if kind is ColumnKind.DATE and isinstance(value, str) else value
    except ValueError:
        return value
