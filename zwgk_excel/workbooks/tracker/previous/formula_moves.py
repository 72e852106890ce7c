"""Rewrites formulas after the rows and columns that they refer to have moved."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from zwgk_excel.workbooks.excel import ROWS

_SHEET = r"(?:(?P<sheet>'(?:[^']|'')+'|[^'!]+)!)?"
_CELLS = re.compile(_SHEET + r"(?P<first>\$?[A-Z]{1,3}\$?[1-9]\d*)(?::(?P<last>\$?[A-Z]{1,3}\$?[1-9]\d*))?")
_COLUMNS = re.compile(_SHEET + r"(?P<first>\$?[A-Z]{1,3}):(?P<last>\$?[A-Z]{1,3})")
_CORNER = re.compile(r"(\$?)([A-Z]{1,3})(\$?)(\d*)")


FILL_ROW = ROWS
"""The row that represents "its own" in a formula shared by a whole column."""

RowSpan = tuple[int, int]


@dataclass(frozen=True, slots=True)
class RowMapping:
    """Old → new positions of the rows and columns of one sheet; rows count from 1."""

    sheet: str
    rows: Mapping[int, int] = field(default_factory=dict)
    spans: Mapping[RowSpan, RowSpan] = field(default_factory=dict)
    """Whole ranges, such as all data rows of a table: first and last row."""
    letters: Mapping[str, str] = field(default_factory=dict)

    def formula(self, formula: str, own_row: int, new_row: int) -> str:
        """A formula (with its ``=``) of ``own_row`` as it reads in ``new_row``.

        References into its own sheet are mapped; those to other sheets, tables and names are unchanged.
        """
        from openpyxl.formula import Tokenizer

        tokens = Tokenizer(formula)
        for token in tokens.items:
            if token.type == "OPERAND" and token.subtype == "RANGE":
                token.value = self._reference(token.value, {own_row: new_row})
        return str(tokens.render())

    def _reference(self, text: str, own: Mapping[int, int]) -> str:
        found = _CELLS.fullmatch(text) or _COLUMNS.fullmatch(text)
        if not found or not self._is_own(found["sheet"]):
            return text
        corners = [_corner(found[name]) for name in ("first", "last") if found[name]]
        span = self.spans.get((corners[0][3], corners[-1][3])) if len(corners) > 1 else None
        rows = span or [self._row(row, mark, own) for _, _, mark, row in corners]
        moved = [
            f"{column_mark}{self.letters.get(letters, letters)}{row_mark}{row or ''}"
            for (column_mark, letters, row_mark, _), row in zip(corners, rows, strict=True)
        ]
        prefix = f"{found['sheet']}!" if found["sheet"] else ""
        return prefix + ":".join(moved)

    def _row(self, row: int, mark: str, own: Mapping[int, int]) -> int:
        # "$5" in row 5 means that very row wherever it is copied, "5" means its own.
        moved = self.rows.get(row, row)
        return moved if mark else own.get(row, moved)

    def _is_own(self, written: str | None) -> bool:
        return written is None or written.strip("'").replace("''", "'") == self.sheet


def _corner(text: str) -> tuple[str, str, str, int]:
    """A corner such as ``$A5`` as its marks, letters and row; row 0 for a whole column."""
    found = _CORNER.fullmatch(text)
    assert found is not None
    return found[1], found[2], found[3], int(found[4] or 0)
