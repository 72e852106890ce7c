"""Changes to an open workbook that can be taken back: all of them, or none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from zwgk_excel.workbooks.writing.formats import TEXT

_BEGINNINGS = ("=", "+", "-", "@")
"""Of what Excel takes for a formula when it is typed."""
_TIP_LENGTH = 255
FROM_ABOVE, FROM_BELOW = "format_from_left_or_above", "format_from_right_or_below"


class Journal:
    """Changes cells, rows and columns, and remembers how to undo each."""

    def __init__(self) -> None:
        self._undo: list[Callable[[], object]] = []

    def roll_back(self) -> None:
        """Take every change back, the last one first."""
        while self._undo:
            self._undo.pop()()

    def write(self, cells: Any, rows: Sequence[Sequence[Any]]) -> None:
        """Write a block of values and formulas; ``cells`` is an xlwings range of that size."""
        old = cells.formula
        self._undo.append(lambda: setattr(cells, "formula", old))
        cells.value = rows

    def link(self, cell: Any, address: str, text: str) -> None:
        """Turn one cell into a link that shows ``text``; an undone one is plain text again."""
        old = cell.formula
        self._undo.append(lambda: setattr(cell, "formula", old))
        if text.startswith(_BEGINNINGS):
            self.format(cell, "number_format", TEXT)
        # What is shown under the pointer by itself has the address in it, and Excel refuses more than 255 characters.
        cell.add_hyperlink(address, text, text[:_TIP_LENGTH])

    def clear(self, cells: Any) -> None:
        """Empty cells, formats stay."""
        old = cells.formula
        self._undo.append(lambda: setattr(cells, "formula", old))
        cells.clear_contents()

    def format(self, cells: Any, name: str, value: Any) -> None:
        """Set one property of cells' look where it is another."""
        old = getattr(cells, name)
        if old == value:
            return
        if old is not None or name == "color":
            self._undo.append(lambda: setattr(cells, name, old))
        setattr(cells, name, value)

    def insert_rows(self, sheet: Any, row: int, count: int, formats: str) -> None:
        """Insert whole rows before ``row``, with the formats of the row above or below."""
        rows = sheet.range(f"{row}:{row + count - 1}")
        rows.insert("down", copy_origin=formats)
        self._undo.append(lambda: sheet.range(f"{row}:{row + count - 1}").delete("up"))

    def insert_column(self, sheet: Any, column: int, formats: str) -> None:
        """Insert a whole column before ``column``."""
        letters = _letters(sheet, column)
        sheet.range(f"{letters}:{letters}").insert("right", copy_origin=formats)
        self._undo.append(lambda: sheet.range(f"{letters}:{letters}").delete("left"))

    def delete_rows(self, sheet: Any, first: int, last: int, formats: str) -> None:
        """Delete whole rows.

        Undone, they come back with what stood in them, with the formats of the row above or below, and names and
        tables mean them again: rows put in at the edge of a range do not belong to it by themselves.
        """
        width = sheet.used_range.last_cell.column
        old = sheet.range((first, 1), (last, width)).formula
        names = [(name.name, name.refers_to) for name in sheet.book.names if _is_about(sheet, name)]
        tables = [(table.name, table.range.address) for table in sheet.tables]
        sheet.range(f"{first}:{last}").delete("up")

        def undo() -> None:
            sheet.range(f"{first}:{last}").insert("down", copy_origin=formats)
            sheet.range((first, 1), (last, width)).formula = old
            for table, address in tables:
                sheet.tables[table].resize(sheet.range(address))
            for name, refers_to in names:
                sheet.book.names[name].refers_to = refers_to

        self._undo.append(undo)

    def resize(self, table: Any, cells: Any) -> None:
        """Let an Excel table cover other cells."""
        if table.range.address != cells.address:
            sheet, old = table.parent, table.range.address
            self._undo.append(lambda: table.resize(sheet.range(old)))
            table.resize(cells)

    def name(self, book: Any, name: str, refers_to: str) -> None:
        """Let a defined name mean other cells."""
        if name in book.names:
            defined = book.names[name]
            old = defined.refers_to
            if old.replace("'", "") != refers_to.replace("'", ""):
                self._undo.append(lambda: setattr(book.names[name], "refers_to", old))
                defined.refers_to = refers_to
        else:
            book.names.add(name, refers_to)
            self._undo.append(book.names[name].delete)

    def print_area(self, sheet: Any, cells: str) -> None:
        """Let other cells of a sheet be printed."""
        page, old = sheet.page_setup, sheet.page_setup.print_area
        if old != cells:
            self._undo.append(lambda: setattr(page, "print_area", old))
            page.print_area = cells

    def series(self, series: Any, formula: str) -> None:
        """Let a chart's series (the application's own object) show other cells."""
        old = series.Formula
        self._undo.append(lambda: setattr(series, "Formula", old))
        series.Formula = formula

    def add_sheet(self, book: Any, name: str, after: Any) -> Any:
        """Add a worksheet."""
        sheet = book.sheets.add(name, after=after)
        self._undo.append(sheet.delete)
        return sheet


def _is_about(sheet: Any, name: Any) -> bool:
    """Whether a defined name means cells of a sheet; Excel's own names, such as print areas, see to themselves."""
    own = "!" in name.name or name.name.startswith("_")
    return not own and name.refers_to.replace("'", "").startswith(f"={sheet.name}!")


def _letters(sheet: Any, column: int) -> str:
    return str(sheet.range((1, column)).get_address(False, False).rstrip("0123456789"))
