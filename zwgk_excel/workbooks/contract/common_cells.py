"""The cells of the cover in which a unit fills once what is the same for all its items.

Written by :mod:`zwgk_excel.workbooks.report.common_cells`: a title, a hint, then labels and cells, two pairs a row.
Workbooks of earlier versions have none.
"""

from __future__ import annotations

from collections.abc import Sequence

from zwgk_excel.domain.text import fold
from zwgk_excel.layout.columns import common_columns, layout

PAIRS = 2
"""Labels with their cells beside each other in a row."""
_WITHIN = 60
"""Rows from the top that are searched for the title."""


def common_title() -> str:
    """The title of the block."""
    return str(layout("report").settings["common"]["title"])


def common_rows() -> int:
    """The rows of the block, with the empty row after it."""
    return 3 + -(-len(common_columns()) // PAIRS)


def find_common(rows: Sequence[Sequence[object]]) -> dict[str, tuple[int, int]]:
    """Column key → (row, column), from 0, of its cell in the values of a cover; empty where there is no block.

    A label is known by its heading or an alias, wherever in the rows below the title it stands by now.
    """
    wanted = fold(common_title())
    places = ((r, c) for r, row in enumerate(rows[:_WITHIN]) for c, raw in enumerate(row) if _is(raw, wanted))
    first = next(places, None)
    if first is None:
        return {}
    names = {name: column.key for column in reversed(common_columns()) for name in reversed(column.names)}
    found: dict[str, tuple[int, int]] = {}
    below = rows[first[0] + 1 : first[0] + 1 + 2 * common_rows()]
    for row, line in enumerate(below, first[0] + 1):
        for column in range(first[1], min(first[1] + 2 * PAIRS, len(line)), 2):
            raw = line[column]
            if isinstance(raw, str) and (key := names.get(fold(raw))):
                found.setdefault(key, (row, column + 1))
    return found


def _is(raw: object, folded: str) -> bool:
    return isinstance(raw, str) and fold(raw) == folded
