"""The tracker (总台账): the workbook the office keeps open all day."""

from __future__ import annotations

import io
from datetime import datetime, time
from typing import Any

from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks import style
from zwgk_excel.workbooks.formats import Formats
from zwgk_excel.workbooks.identity_sheet import PRODUCT, PRODUCT_NAME
from zwgk_excel.workbooks.tracker.beside import write_table_beside
from zwgk_excel.workbooks.tracker.graft import graft
from zwgk_excel.workbooks.tracker.kept import Kept, orphans
from zwgk_excel.workbooks.tracker.matrix import write_matrix
from zwgk_excel.workbooks.tracker.office import REVISION
from zwgk_excel.workbooks.tracker.overview import write_overview
from zwgk_excel.workbooks.tracker.recorded import RecordedBook
from zwgk_excel.workbooks.tracker.rectifications import write_rectifications
from zwgk_excel.workbooks.tracker.scores import write_scores
from zwgk_excel.workbooks.tracker.sheet import ROWS, open_page, write_plain_table
from zwgk_excel.workbooks.tracker.tables import Row, item_rows, letter_rows, problem_rows, receipt_rows
from zwgk_excel.workbooks.tracker.tracking import write_tracking
from zwgk_excel.workbooks.tracker.unit_page import write_unit_page
from zwgk_excel.workbooks.tracker.view import TrackerView

KIND = f"{PRODUCT_NAME} tracker"
_TABLES = (
    ("items", item_rows, 2),
    ("problems", problem_rows, 2),
    ("receipts", receipt_rows, 1),
    ("letters", letter_rows, 2),
)
"""Sheet key, its rows, and how many of its columns stay in sight."""


def tracker_workbook(view: TrackerView, previous: Kept | None = None) -> bytes:
    """The tracker as an .xlsx file, with what the office had added to the ``previous`` one.

    The same for equal input. Values for obligations that are gone are listed on a sheet of their own.
    """
    from zwgk_excel.workbooks.fast_book import FastBook

    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_urls": False, "strings_to_numbers": False, "strings_to_formulas": False}
    with FastBook(stream, options) as book:
        _write(book, view, previous)
    return graft(stream.getvalue(), previous.source, previous.sheets) if previous else stream.getvalue()


def recorded_tracker(view: TrackerView) -> RecordedBook:
    """The same tracker as plain data, to be laid over one that is open."""
    book = RecordedBook()
    _write(book, view, None)
    return book


def recorded_removed(office: str, rows: list[Row]) -> RecordedBook:
    """The sheet of what left the tracker as plain data: one row for each value, as ``tracker.toml`` lists them."""
    book = RecordedBook()
    page = open_page(book, Formats(book), layout("tracker")["removed"], office, frozen=0)
    write_plain_table(page, layout("tracker")["removed"], rows)
    return book


def _write(book: Any, view: TrackerView, previous: Kept | None) -> None:
    _describe(book, view)
    formats = Formats(book)
    write_overview(book, formats, view)
    write_tracking(book, formats, view, previous)
    write_matrix(book, formats, view)
    write_unit_page(book, formats, view, previous.chosen_unit if previous else "")
    write_scores(book, formats, view)
    write_rectifications(book, formats, view)
    for key, rows, frozen in _TABLES:
        _write_table(book, formats, view, key, rows(view), frozen, previous.beside.get(key) if previous else None)
    if previous and (removed := _removed(view, previous)):
        _write_table(book, formats, view, "removed", removed, 0)
    _write_identity(book, view)
    book.get_worksheet_by_name(layout("tracker")["overview"].name).activate()


def _describe(book: Any, view: TrackerView) -> None:
    # Without a time of its own the file would never come out the same twice.
    created = datetime.combine(view.as_of, time())
    title = layout("tracker").file_name.removesuffix(".xlsx")
    book.set_properties({"title": title, "company": style.cell_text(view.office)[:255], "created": created})
    book.set_size(2400, 1400)


def _write_table(
    book: Any, formats: Formats, view: TrackerView, key: str, rows: list[Row], frozen: int, kept: Kept | None = None
) -> None:
    sheet = layout("tracker")[key]
    left = max(len(rows) - ROWS, 0)
    more = layout("tracker").settings["texts"]["rows_left"].format(shown=ROWS, left=left) if left else ""
    page = open_page(book, formats, sheet, view.office, frozen=frozen, more=more)
    write_table_beside(page, sheet, rows[:ROWS], kept)


def _removed(view: TrackerView, previous: Kept) -> list[Row]:
    return [
        {"obligation": each.obligation, "column": each.heading, "value": each.value}
        for each in orphans(view, previous)
    ]


def _write_identity(book: Any, view: TrackerView) -> None:
    sheet = book.add_worksheet(layout("tracker")["identity"].name)
    for row, (key, value) in enumerate(((PRODUCT, KIND), (REVISION, str(view.revision)))):
        sheet.write_string(row, 0, key)
        sheet.write_string(row, 1, value)
    sheet.very_hidden()
