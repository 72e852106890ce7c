"""The counting on the very hidden sheet of the open tracker, written anew where it is another."""

from __future__ import annotations

from typing import Any

from zwgk_excel.addin.refresh.journal import Journal
from zwgk_excel.workbooks.excel import column_letters
from zwgk_excel.workbooks.tracker.recording_workbook import RecordingWorkbook
from zwgk_excel.workbooks.tracker.rows.formulas import COUNTING, counting_name
from zwgk_excel.workbooks.tracker.sheets.counting import LAST, PLACE
from zwgk_excel.workbooks.tracker.sheets.page import FIRST_ROW


def refresh_counting(book: Any, sheet: Any, recorded: RecordingWorkbook, journal: Journal) -> None:
    """Bring the counting on an xlwings sheet, and its names, up to date with what the writer made of the view.

    Its formulas refer to names and to each other, so it may be written before the sheets that it counts.
    """
    cells = recorded.sheets[sheet.name].cells
    last = max(row for row, _ in cells)
    below = sheet.used_range.last_cell.row
    area = sheet.range((FIRST_ROW + 1, PLACE + 1), (max(last + 1, below), LAST + 1))
    wanted: list[list[Any]] = [
        [cells[row, column].value if (row, column) in cells else None for column in range(PLACE, LAST + 1)]
        for row in range(FIRST_ROW, max(last + 1, below))
    ]
    if [_plain(row) for row in area.formula] != [_plain(row) for row in wanted]:
        journal.write(area, wanted)
    for key in COUNTING:
        _, (top, left, bottom, right) = recorded.names[counting_name(key)]
        cells_of = f"${column_letters(left)}${top + 1}:${column_letters(right)}${bottom + 1}"
        journal.name(book, counting_name(key), f"='{sheet.name}'!{cells_of}")


def _plain(row: Any) -> list[str]:
    return ["" if value is None else str(value).removesuffix(".0") for value in row]
