"""Filters set aside while rows are written, and set again: Excel does not write all cells of hidden rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from zwgk_excel.addin.refresh.live_book import read_grid
from zwgk_excel.layout.columns import layout
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


@contextmanager
def filters_cleared(book: Any) -> Iterator[list[str]]:
    """Show all rows of our tables, then filter as before; gives the sheets whose filter cannot be set again."""
    found = [each for sheet, table in _filtered_tables(book) for each in _criteria(book.sheets[sheet], table)]
    for sheet, table in {(each.sheet, each.table) for each in found}:
        _cells(book.sheets[sheet], table).autofilter.clear()
    try:
        yield sorted({each.sheet for each in found if not each.known})
    finally:
        for each in found:
            if each.known:
                _apply(_cells(book.sheets[each.sheet], each.table), each)


def _filtered_tables(book: Any) -> list[tuple[str, str]]:
    """Our sheets with the table on each; the matrix has a filter of its own."""
    shapes = [shape for shape in layout("tracker").sheets.values() if shape.columns]
    present = {sheet.name: [table.name for table in sheet.tables] for sheet in book.sheets}
    named = [shape for shape in shapes if shape.name in present]
    return [(shape.name, shape.table) for shape in named if not shape.table or shape.table in present[shape.name]]


def _cells(sheet: Any, table: str) -> Any:
    """What a filter lies over: a table, or the block of headings and rows of the sheet."""
    if table:
        return sheet.tables[table]
    grid = read_grid(sheet)
    shape = next(each for each in layout("tracker").sheets.values() if each.name == sheet.name)
    found = find_table(grid, shape)
    header = found.header if found else 0
    width = max((n for n, value in enumerate(grid.rows[header], 1) if value is not None), default=1)
    last = max((n for n, row in enumerate(grid.rows, 1) if row[0] is not None), default=header + 1)
    return sheet.range((header + 1, 1), (last, width))


def _criteria(sheet: Any, table: str) -> list[_Applied]:
    cells = _cells(sheet, table)
    names = _headings(cells, table)
    applied = (each for each in cells.autofilter.criteria if each.type != "none")
    return [_Applied(sheet.name, table, names[each.field - 1], each) for each in applied]


def _headings(cells: Any, table: str) -> list[str]:
    header = cells.header_row_range if table else cells.rows[0]
    return [str(value) for value in header.options(ndim=1).value]


def _apply(cells: Any, wanted: _Applied) -> None:
    names = _headings(cells, wanted.table)
    if wanted.heading not in names:
        return
    field, criterion = names.index(wanted.heading) + 1, wanted.criterion
    if criterion.type == "values":
        cells.autofilter.apply_values(field, criterion.values)
    else:
        values = [value for value in (criterion.value1, criterion.value2) if value is not None]
        cells.autofilter.apply_comparison(field, criterion.operator, *(values or [None]))
