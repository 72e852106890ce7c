"""Writes a table together with the columns and comments that the office added to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from zwgk_excel.layout.columns import SheetLayout
from zwgk_excel.workbooks.tracker.previous.user_additions import UserAdditions, row_keys
from zwgk_excel.workbooks.tracker.rows.row_values import RowValues
from zwgk_excel.workbooks.tracker.sheets.page import SheetWriter, write_plain_table
from zwgk_excel.workbooks.tracker.sheets.tracking import UserColumnWriter, columns_to_write, fields_of, set_widths


def write_table_with_extra_columns(
    page: SheetWriter,
    sheet: SheetLayout,
    rows: Callable[[], Iterable[RowValues]],
    count: int,
    kept: UserAdditions | None,
) -> None:
    """The table with the office's columns to the right of ours, each value in the row of its key.

    ``rows`` gives the ``count`` rows anew at each call: it is called twice where there are additions.
    """
    if kept is None or not count:
        write_plain_table(page, sheet, rows(), count)
        return
    keys = list(row_keys(sheet, rows()))
    last = sheet.columns[-1].key
    fields = fields_of(sheet, [replace(each, after=last) for each in columns_to_write(kept, keys)])
    added = fields[len(sheet.columns) :]
    extras, following = UserColumnWriter(page, fields, kept, keys), iter(keys)
    headings = [each.heading for each in added]
    write_plain_table(page, sheet, rows(), count, headings, lambda row, _: extras.write_row(row, next(following)))
    set_widths(page, fields, kept)
