"""The open 目录矩阵: a domain that no entry has any more is emptied, so that nobody takes it for today's."""

from __future__ import annotations

from typing import Any

from zwgk_excel.addin.refresh.journal import Journal
from zwgk_excel.domain.text import clean
from zwgk_excel.layout.columns import SheetLayout
from zwgk_excel.workbooks.opening.open_book import Grid
from zwgk_excel.workbooks.reading.cell_reader import as_text
from zwgk_excel.workbooks.reading.table_reader import find_table
from zwgk_excel.workbooks.tracker.recording_workbook import RecordedSheet
from zwgk_excel.workbooks.tracker.rows.coverage_rows import is_coverage_text
from zwgk_excel.workbooks.tracker.sheets.page import HEADER_ROW


def clear_former_domains(
    sheet: Any, shape: SheetLayout, recorded: RecordedSheet, journal: Journal, grid: Grid
) -> bool:
    """Empty the columns on the xlwings ``sheet`` of domains that are not ``recorded``; returns whether there were any.

    ``grid`` is what stands on it, from A1 on. A column with anything but our texts is the office's own and stays.
    """
    table = find_table(grid, shape)
    if table is None:
        return False
    wanted = {cell.value for cell in recorded.rows(HEADER_ROW)[HEADER_ROW] if cell}
    former = [
        place
        for place, value in enumerate(grid.rows[table.header])
        if place not in table.keys and clean(as_text(value)) not in wanted and _is_ours(grid, table.header, place)
    ]
    for place in former:
        journal.clear(sheet.range((table.header + 1, place + 1), (len(grid.rows), place + 1)))
    return bool(former)


def _is_ours(grid: Grid, header: int, place: int) -> bool:
    texts = [as_text(value) for row in range(header + 1, len(grid.rows)) if (value := grid.value(row, place))]
    return bool(texts) and all(map(is_coverage_text, texts))
