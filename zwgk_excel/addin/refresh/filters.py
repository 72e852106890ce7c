"""Filters set aside while rows are written, and set again: Excel does not write all cells of hidden rows."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from zwgk_excel.addin.refresh.live_book import OpenSheets, read_grid
from zwgk_excel.layout.columns import SheetLayout, layout
from zwgk_excel.workbooks.reading.table_reader import find_table


@dataclass(frozen=True, slots=True)
class _Applied:
    """One criterion; the column by its heading, since columns may move."""

    sheet: str
    table: str
    """The Excel table; empty for the filter of the sheet itself."""
    heading: str
    criterion: Any

    @property
    def known(self) -> bool:
        """Whether xlwings can set it again: not by colour, nor by a moving date."""
        kind = self.criterion.type
        return kind == "values" or (kind == "comparison" and self.criterion.operator is not None)


class Filters:
    """The filters of the tables of a book: set aside sheet by sheet, and set again."""

    def __init__(self) -> None:
        self._found: list[_Applied] = []

    @property
    def lost(self) -> list[str]:
        """The sheets whose filter cannot be set again."""
        return sorted({each.sheet for each in self._found if not each.known})

    def clear(self, sheets: OpenSheets, name: str) -> None:
        """Show all rows of our table on the sheet ``name``, if there is one; the matrix has a filter of its own."""
        shape = _shapes().get(name)
        if shape is None or name not in sheets:
            return
        table = sheets.table(name, shape.table) if shape.table else None
        if (shape.table and table is None) or not _hides_rows(sheets[name], table):
            return
        cells = _cells(sheets, name, shape.table)
        found = list(_criteria(cells, name, shape.table))
        if found:
            cells.autofilter.clear()
        self._found += found

    def set_again(self, sheets: OpenSheets) -> None:
        """Filter as before."""
        for each in self._found:
            if each.known:
                _apply(_cells(sheets, each.sheet, each.table), each)


@contextmanager
def filters_cleared(book: Any) -> Iterator[list[str]]:
    """Show all rows of our tables, then filter as before; gives the sheets whose filter cannot be set again."""
    filters, sheets = Filters(), OpenSheets(book)
    for name in _shapes():
        filters.clear(sheets, name)
    try:
        yield filters.lost
    finally:
        filters.set_again(sheets)


def _shapes() -> dict[str, SheetLayout]:
    """Our sheets with a table, by their names."""
    return {shape.name: shape for shape in layout("tracker").sheets.values() if shape.columns}


def _cells(sheets: OpenSheets, name: str, table: str) -> Any:
    """What a filter lies over: a table, or the block of headings and rows of the sheet; None where that is gone."""
    if table:
        return sheets.table(name, table)
    sheet = sheets[name]
    grid = read_grid(sheet)
    found = find_table(grid, _shapes()[grid.sheet])
    header = found.header if found else 0
    width = max((n for n, value in enumerate(grid.rows[header], 1) if value is not None), default=1)
    last = max((n for n, row in enumerate(grid.rows, 1) if row[0] is not None), default=header + 1)
    return sheet.range((header + 1, 1), (last, width))


def _hides_rows(sheet: Any, table: Any) -> bool:
    """Whether the filter of an xlwings table, or of the sheet where that is None, hides anything.

    Excel says so in one call, where to ask for the criteria takes three for each column. True where the program does
    not say.
    """
    if platform.system() == "Darwin":
        return True
    if table is None:
        return bool(getattr(sheet.api, "FilterMode", True))
    return bool(getattr(table.api.AutoFilter, "FilterMode", True))


def _criteria(cells: Any, sheet: str, table: str) -> Iterator[_Applied]:
    applied = [each for each in cells.autofilter.criteria if each.type != "none"]
    names = _headings(cells, table) if applied else []
    for each in applied:
        yield _Applied(sheet, table, names[each.field - 1], each)


def _headings(cells: Any, table: str) -> list[str]:
    header = cells.header_row_range if table else cells.rows[0]
    return [str(value) for value in header.options(ndim=1).value]


def _apply(cells: Any, wanted: _Applied) -> None:
    names = _headings(cells, wanted.table) if cells is not None else []
    if wanted.heading not in names:
        return
    field, criterion = names.index(wanted.heading) + 1, wanted.criterion
    if criterion.type == "values":
        cells.autofilter.apply_values(field, criterion.values)
    else:
        values = [value for value in (criterion.value1, criterion.value2) if value is not None]
        cells.autofilter.apply_comparison(field, criterion.operator, *(values or [None]))
