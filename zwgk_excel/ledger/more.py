"""What stands in added columns of the report, as one text in the ledger: a JSON object of column key → value.

A day is written as ISO text; which texts are days the layout tells when they are read. So the ledger outlives columns
that come, go and change their kind.
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
    """The values that :func:`more_text` was given, of the sheet ``tasks`` or ``items``.

    What no longer fits the kind of its column, or has no column any more, comes as the text or number it was kept as.
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
