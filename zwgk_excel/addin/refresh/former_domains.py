"""The open 目录矩阵: a domain that no entry has any more is emptied, so that nobody takes it for today's."""

from __future__ import annotations

from zwgk_excel.addin.refresh.journal import Journal
from zwgk_excel.addin.refresh.live_book import OpenSheets
from zwgk_excel.domain.text import clean
from zwgk_excel.layout.columns import SheetLayout
from zwgk_excel.workbooks.opening.open_book import Grid
from zwgk_excel.workbooks.reading.cell_reader import as_text
from zwgk_excel.workbooks.reading.table_reader import find_table
from zwgk_excel.workbooks.tracker.recording_workbook import RecordedSheet
from zwgk_excel.workbooks.tracker.rows.coverage_rows import is_coverage_text
from zwgk_excel.workbooks.tracker.sheets.page import HEADER_ROW


def clear_former_domains(sheets: OpenSheets, shape: SheetLayout, recorded: RecordedSheet, journal: Journal) -> None:
    """Empty the columns of domains that are not ``recorded``.

    A column with anything but our texts is the office's own and stays.
    """
    sheet, (_, grid) = sheets[shape.name], sheets.read(shape.name)
    table = find_table(grid, shape)
    if table is None:
        return
    wanted = {cell.value for cell in recorded.rows(HEADER_ROW)[HEADER_ROW] if cell}
    former = [
        place
        for place, value in enumerate(grid.rows[table.header])
        if place not in table.keys and clean(as_text(value)) not in wanted and _is_ours(grid, table.header, place)
    ]
    for place in former:
        journal.clear(sheet.range((table.header + 1, place + 1), (len(grid.rows), place + 1)))
    if former:
        sheets.read_again(shape.name)


def _is_ours(grid: Grid, header: int, place: int) -> bool:
    texts = [as_text(value) for row in range(header + 1, len(grid.rows)) if (value := grid.value(row, place))]
    return bool(texts) and all(map(is_coverage_text, texts))
