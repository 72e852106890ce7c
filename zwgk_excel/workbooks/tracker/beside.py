"""A table that is not the office's to fill, with what it typed beside the rows all the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from zwgk_excel.layout.columns import Sheet
from zwgk_excel.workbooks.tracker.kept import Kept, row_keys
from zwgk_excel.workbooks.tracker.sheet import Page, write_plain_table
from zwgk_excel.workbooks.tracker.tables import Row
from zwgk_excel.workbooks.tracker.tracking import Extras, fields_of, set_widths, shown


def write_table_beside(
    page: Page, sheet: Sheet, rows: Callable[[], Iterable[Row]], count: int, kept: Kept | None
) -> None:
    """The table with the columns that the office added, to the right of ours, each value beside its row.

    ``rows`` gives the ``count`` rows from the first on each time: they are gone through twice where anything is kept.
    """
    if kept is None or not count:
        write_plain_table(page, sheet, rows(), count)
        return
    keys = list(row_keys(sheet, rows()))
    last = sheet.columns[-1].key
    fields = fields_of(sheet, [replace(each, after=last) for each in shown(kept, keys)])
    added = fields[len(sheet.columns) :]
    extras, following = Extras(page, fields, kept, keys), iter(keys)
    headings = [each.heading for each in added]
    write_plain_table(page, sheet, rows(), count, headings, lambda row, _: extras.write_row(row, next(following)))
    set_widths(page, fields, kept)
