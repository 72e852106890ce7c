"""Shared by the sheets of a report workbook: protection, page set-up and alignment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zwgk_excel.layout.columns import OWN_LISTS, Column, ColumnKind
from zwgk_excel.workbooks.contract.identity_sheet import HEADER_ROW
from zwgk_excel.workbooks.writing import paper
from zwgk_excel.workbooks.writing.fast_book import StreamingWorkbook

_ALLOWED: Mapping[str, bool] = {
    "format_cells": True,
    "format_columns": True,
    "format_rows": True,
    "sort": True,
    "autofilter": True,
    "select_locked_cells": True,
    "select_unlocked_cells": True,
}
"""What a protected sheet still lets its user do."""


class ProtectedWorkbook(StreamingWorkbook):
    """A workbook whose sheets cannot be deleted, renamed or moved; without password."""

    def _write_book_views(self) -> None:
        # xlsxwriter offers no structure protection; the schema wants its element just before the views.
        self._xml_empty_tag("workbookProtection", [("lockStructure", 1)])
        super()._write_book_views()


def protect(page: Any) -> None:
    """Lock a sheet's locked cells, without password."""
    page.protect("", dict(_ALLOWED))


def set_page(page: Any, *, footer: str, landscape: bool = True) -> None:
    """A4, one page wide, with page numbers; ``footer`` is on the left."""
    text = f"&L{footer.replace('&', '&&')}&C第 &P 页，共 &N 页&R&A"
    paper.set_page(page, text, landscape=landscape)
    page.center_horizontally()


def repeat_header(page: Any) -> None:
    """Repeat the rows down to the header on every printed page."""
    page.repeat_rows(0, HEADER_ROW - 1)


def centred(column: Column) -> bool:
    """Whether a column's cells are centred: short values of one length."""
    return column.kind in {ColumnKind.DATE, ColumnKind.INTEGER, ColumnKind.CHOICE} and column.list not in OWN_LISTS
