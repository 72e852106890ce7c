"""A table that is not the office's to fill, with what it typed beside the rows all the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from zwgk_excel.layout.columns import Sheet
from zwgk_excel.workbooks.tracker.kept import Kept, row_keys
from zwgk_excel.workbooks.tracker.sheet import Page, write_plain_table
from zwgk_excel.workbooks.tracker.tables import Row
from zwgk_excel.workbooks.tracker.tracking import Extras, fields_of, set_widths, shown, write_comments


def write_table_beside(page: Page, sheet: Sheet, rows: Sequence[Row], kept: Kept | None) -> None:
    """The table with the columns that the office added, to the right of ours, each value beside its row."""
    if kept is None or not rows:
        write_plain_table(page, sheet, rows)
        return
    keys = row_keys(sheet, rows)
    last = sheet.columns[-1].key
    fields = fields_of(sheet, [replace(each, after=last) for each in shown(kept, keys)])
    added = fields[len(sheet.columns) :]
    write_plain_table(page, sheet, rows, [each.heading for each in added])
    set_widths(page, fields, kept)
    Extras(page, fields, kept, keys).write()
    write_comments(page, fields, kept, keys)
