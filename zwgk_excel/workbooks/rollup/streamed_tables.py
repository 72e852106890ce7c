"""Sheets of any length written row by row in constant memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from zwgk_excel.layout.columns import Column, ColumnKind, SheetLayout, layout
from zwgk_excel.workbooks.tracker.rows.row_values import FileLink, RowValues, WrittenValue
from zwgk_excel.workbooks.tracker.sheets.page import (
    FIRST_ROW,
    HEADER_ROW,
    ROWS,
    SheetWriter,
    colour_words,
    last_row,
    open_page,
    put,
)
from zwgk_excel.workbooks.writing.formats import Formats, row_height
from zwgk_excel.workbooks.writing.paper import fit_to_paper


class StreamedSheet:
    """A sheet of the rollup; a full one is continued on a further sheet."""

    def __init__(
        self,
        book: Any,
        formats: Formats,
        sheet: SheetLayout,
        office: str,
        *,
        frozen: int,
        more: Sequence[Column] = (),
        limit: int = ROWS,
    ) -> None:
        """``book`` is a ``StreamingWorkbook``, ``more`` are columns after those of ``sheet``.

        ``limit`` is the number of rows per sheet.
        """
        self._open: Callable[[SheetLayout], SheetWriter] = lambda named: open_page(
            book, formats, named, office, frozen=frozen
        )
        self._sheet = replace(sheet, columns=(*sheet, *more))
        self._limit = limit
        self._number, self._rows = 0, 0
        self._page = self._next_page()

    def write(self, rows: Iterable[RowValues]) -> None:
        """Append rows; files are named without links, because they are in other folders."""
        for values in rows:
            if self._rows == self._limit:
                self.close()
                self._page = self._next_page()
            row = FIRST_ROW + self._rows
            self._page.sheet.set_row(row, row_height(_long_texts(self._sheet, values)))
            for position, column in enumerate(self._sheet):
                put(self._page, row, position, _plain(values.get(column.key)), self._form(column))
            self._rows += 1

    def close(self) -> None:
        """Add filter and conditional formats over the written rows."""
        self._page.sheet.autofilter(HEADER_ROW, 0, last_row(self._rows), len(self._sheet.columns) - 1)
        colour_words(self._page, self._sheet, self._rows)

    def _next_page(self) -> SheetWriter:
        self._number, self._rows = self._number + 1, 0
        more: str = layout("rollup").settings["texts"]["more"]
        name = self._sheet.name if self._number == 1 else more.format(name=self._sheet.name, number=self._number)
        page = self._open(replace(self._sheet, name=name))
        for position, column in enumerate(self._sheet):
            page.sheet.set_column(position, position, column.width)
            page.sheet.write_string(HEADER_ROW, position, column.heading, page.formats.head)
        fit_to_paper(page.sheet, [column.width for column in self._sheet], repeated=1)
        return page

    def _form(self, column: Column) -> Any:
        if column.kind is ColumnKind.INTEGER:
            # As in the tracker: a zero is shown as nothing.
            return self._page.formats.named("integer", num_format="0;-0;;@")
        return self._page.format_of(column)


def _long_texts(sheet: SheetLayout, values: RowValues) -> list[tuple[str, float]]:
    return [(str(values.get(each.key) or ""), each.width) for each in sheet if each.kind is ColumnKind.PARAGRAPH]


def _plain(value: WrittenValue) -> WrittenValue:
    return value.text if isinstance(value, FileLink) else value
