"""Writes the tracker (总台账.xlsx), or records it as plain data for an open workbook."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Iterable
from datetime import datetime, time
from functools import partial
from itertools import islice
from typing import Any

from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.contract.identity_sheet import PRODUCT, PRODUCT_NAME
from zwgk_excel.workbooks.tracker.previous.carry_over import carry_over
from zwgk_excel.workbooks.tracker.previous.office_input import LAST_ACT_KEY, LEDGER_REVISION_KEY
from zwgk_excel.workbooks.tracker.previous.user_additions import UserAdditions, removed_values
from zwgk_excel.workbooks.tracker.recording_workbook import RecordingWorkbook
from zwgk_excel.workbooks.tracker.rows.row_values import PLAIN_TABLES, RowValues, row_counts
from zwgk_excel.workbooks.tracker.rows.view import TrackerView
from zwgk_excel.workbooks.tracker.sheets.column_updates import write_column_updates
from zwgk_excel.workbooks.tracker.sheets.coverage_matrix import write_coverage_matrix
from zwgk_excel.workbooks.tracker.sheets.extra_columns import write_table_with_extra_columns
from zwgk_excel.workbooks.tracker.sheets.in_tray import write_in_tray
from zwgk_excel.workbooks.tracker.sheets.matrix import write_matrix
from zwgk_excel.workbooks.tracker.sheets.overview import write_overview
from zwgk_excel.workbooks.tracker.sheets.page import ROWS, is_long, open_page, write_plain_table
from zwgk_excel.workbooks.tracker.sheets.rectifications import write_rectifications
from zwgk_excel.workbooks.tracker.sheets.scores import write_scores
from zwgk_excel.workbooks.tracker.sheets.tallies import write_tallies
from zwgk_excel.workbooks.tracker.sheets.tracking import write_tracking
from zwgk_excel.workbooks.tracker.sheets.unit_page import write_unit_page
from zwgk_excel.workbooks.writing import style
from zwgk_excel.workbooks.writing.formats import HOUSE_FONT, Formats

KIND = f"{PRODUCT_NAME} tracker"
_FROZEN = {
    "items": 2,
    "problems": 2,
    "receipts": 1,
    "link_checks": 2,
    "site_faults": 3,
    "coverage": 2,
    "letters": 2,
    "reconciled": 2,
    "acts": 3,
}
"""Key of a table → how many of its columns stay in sight."""
_OPTIONS = {**HOUSE_FONT, "strings_to_urls": False, "strings_to_numbers": False, "strings_to_formulas": False}


def tracker_workbook(view: TrackerView, previous: UserAdditions | None = None) -> bytes:
    """The tracker as an .xlsx file, with the office's additions to the ``previous`` one.

    Equal bytes for equal input. Values of rows that no longer exist are listed on a sheet of their own.
    """
    written = _written(view, previous)
    return carry_over(written, previous.source, previous.sheets) if previous and previous.source else written


def _written(view: TrackerView, previous: UserAdditions | None) -> bytes:
    from zwgk_excel.workbooks.writing.fast_book import StreamingWorkbook

    stream = io.BytesIO()
    if not any(map(is_long, row_counts(view).values())):
        with StreamingWorkbook(stream, {"in_memory": True, **_OPTIONS}) as book:
            _write(book, view, previous)
        return stream.getvalue()
    # What an error leaves open cannot be removed on every system; it is the system's to clear then.
    with (
        tempfile.TemporaryDirectory(prefix="zwgk-", ignore_cleanup_errors=True) as folder,
        StreamingWorkbook(stream, {"tmpdir": folder, **_OPTIONS}) as book,
    ):
        _write(book, view, previous)
    return stream.getvalue()


def recorded_tracker(view: TrackerView, without_key: int = 0) -> RecordingWorkbook:
    """The same tracker as plain data, for the refresh of an open workbook.

    ``without_key`` rows that somebody typed stand among those of its tracking sheet.
    """
    book = RecordingWorkbook()
    _write(book, view, None, without_key)
    return book


def recorded_removed(office: str, rows: list[RowValues]) -> RecordingWorkbook:
    """The sheet of removed values as plain data: one row per value, as ``tracker.toml`` lists them."""
    book = RecordingWorkbook()
    page = open_page(book, Formats(book), layout("tracker")["removed"], office, frozen=0)
    write_plain_table(page, layout("tracker")["removed"], rows, len(rows))
    return book


def _write(book: Any, view: TrackerView, previous: UserAdditions | None, without_key: int = 0) -> None:
    _describe(book, view)
    formats = Formats(book)
    write_overview(book, formats, view)
    write_in_tray(book, formats, view)
    write_tracking(book, formats, view, previous)
    write_matrix(book, formats, view)
    write_unit_page(book, formats, view, previous.chosen_unit if previous else "")
    write_scores(book, formats, view)
    write_rectifications(book, formats, view)
    write_column_updates(book, formats, view)
    write_coverage_matrix(book, formats, view)
    counts = row_counts(view)
    for key, rows in PLAIN_TABLES.items():
        kept = previous.beside.get(key) if previous else None
        _write_table(book, formats, view, key, partial(rows, view), counts[key], kept)
    if previous and (removed := _removed(view, previous)):
        _write_table(book, formats, view, "removed", lambda: removed, len(removed))
    _write_identity(book, view, without_key)
    book.get_worksheet_by_name(layout("tracker")["overview"].name).activate()


def _describe(book: Any, view: TrackerView) -> None:
    # Without a time of its own the file would never come out the same twice.
    created = datetime.combine(view.as_of, time())
    title = layout("tracker").file_name.removesuffix(".xlsx")
    book.set_properties({"title": title, "company": style.cell_text(view.office)[:255], "created": created})
    book.set_size(2400, 1400)


def _write_table(
    book: Any,
    formats: Formats,
    view: TrackerView,
    key: str,
    rows: Callable[[], Iterable[RowValues]],
    count: int,
    kept: UserAdditions | None = None,
) -> None:
    sheet, fitting = layout("tracker")[key], min(count, ROWS)
    left = count - fitting
    more = layout("tracker").settings["texts"]["rows_left"].format(shown=ROWS, left=left) if left else ""
    page = open_page(book, formats, sheet, view.office, frozen=_FROZEN.get(key, 0), more=more, rows=fitting)
    write_table_with_extra_columns(page, sheet, lambda: islice(rows(), ROWS), fitting, kept)


def _removed(view: TrackerView, previous: UserAdditions) -> list[RowValues]:
    return [
        {"obligation": each.obligation, "column": each.heading, "value": each.value}
        for each in removed_values(view, previous)
    ]


def _write_identity(book: Any, view: TrackerView, without_key: int) -> None:
    name = layout("tracker")["identity"].name
    sheet = book.add_long_worksheet(name) if is_long(len(view.rows)) else book.add_worksheet(name)
    made_of = ((PRODUCT, KIND), (LEDGER_REVISION_KEY, str(view.revision)), (LAST_ACT_KEY, str(view.last_act)))
    for row, (key, value) in enumerate(made_of):
        sheet.write_string(row, 0, key)
        sheet.write_string(row, 1, value)
    write_tallies(book, sheet, view, without_key)
    sheet.very_hidden()
