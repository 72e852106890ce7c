"""The tallies on the very hidden sheet of the open tracker, written anew where it is another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zwgk_excel.addin.refresh.journal import Journal
from zwgk_excel.addin.refresh.live_book import typed_at
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.excel import column_letters
from zwgk_excel.workbooks.tracker.recording_workbook import RecordingWorkbook
from zwgk_excel.workbooks.tracker.rows.formulas import TALLIES, tally_name
from zwgk_excel.workbooks.tracker.sheets.page import FIRST_ROW
from zwgk_excel.workbooks.tracker.sheets.tallies import LAST, PLACE


def refresh_tallies(
    sheet: Any, recorded: RecordingWorkbook, typed: Sequence[Sequence[str]], journal: Journal
) -> None:
    """Bring the tallies on an xlwings sheet, and its names, up to date with what the writer made of the view.

    ``typed`` is what stands on the sheet, from A1 on. Its formulas refer to names and to each other, so it may be
    written before the sheets that it counts. Where nothing has to be written the names are left alone too.
    """
    name = layout("tracker")["identity"].name
    cells = recorded.sheets[name].cells
    last = max(max(row for row, _ in cells) + 1, len(typed))
    wanted: list[list[Any]] = [
        [cells[row, column].value if (row, column) in cells else None for column in range(PLACE, LAST + 1)]
        for row in range(FIRST_ROW, last)
    ]
    live = [[typed_at(typed, row, column) for column in range(PLACE, LAST + 1)] for row in range(FIRST_ROW, last)]
    if [_plain(row) for row in live] == [_plain(row) for row in wanted]:
        return
    journal.write(sheet.range((FIRST_ROW + 1, PLACE + 1), (last, LAST + 1)), wanted)
    name_tallies(recorded, journal)


def name_tallies(recorded: RecordingWorkbook, journal: Journal) -> None:
    """Let the names of the tallies mean the rows that there are now."""
    for key in TALLIES:
        sheet, (top, left, bottom, right) = recorded.names[tally_name(key)]
        cells_of = f"${column_letters(left)}${top + 1}:${column_letters(right)}${bottom + 1}"
        journal.name(tally_name(key), f"='{sheet}'!{cells_of}")


def _plain(row: Any) -> list[str]:
    return ["" if value is None else str(value).removesuffix(".0") for value in row]
