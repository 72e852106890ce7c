"""Changes to an open workbook that can be taken back: all of them, or none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from zwgk_excel.addin.refresh.defined_names import DefinedNames
from zwgk_excel.addin.refresh.live_book import put_values
from zwgk_excel.workbooks.writing.formats import TEXT

_BEGINNINGS = ("=", "+", "-", "@")
"""Of what Excel takes for a formula when it is typed."""
_TIP_LENGTH = 255
FROM_ABOVE, FROM_BELOW = "format_from_left_or_above", "format_from_right_or_below"


class Journal:
    """Changes cells, rows and columns, and remembers how to undo each."""

    def __init__(self, names: DefinedNames, prepare: Callable[[str], object] | None = None) -> None:
        """``names`` are the book's; ``prepare`` is called with the name of a sheet before the first thing on it
        changes."""
        self._undo: list[Callable[[], object]] = []
        self._prepare, self._sheet = prepare, ""
        self._prepared: set[str] = set()
        self._names = names
        self._kept: set[str] = set()

    def on(self, sheet: str) -> None:
        """What changes next is on this sheet."""
        self._sheet = sheet

    def changing(self) -> None:
        """Something on the sheet is about to change; whoever changes it past the journal says so."""
        if self._prepare and self._sheet not in self._prepared:
            self._prepared.add(self._sheet)
            self._prepare(self._sheet)

    @property
    def changed(self) -> bool:
        """Whether anything has changed that could be taken back."""
        return bool(self._undo)

    def roll_back(self) -> None:
        """Take every change back, the last one first."""
        while self._undo:
            self._undo.pop()()

    def write(self, cells: Any, rows: Sequence[Sequence[Any]]) -> None:
        """Write a block of values and formulas; ``cells`` is an xlwings range of that size."""
        self.changing()
        old = cells.formula
        self._undo.append(lambda: setattr(cells, "formula", old))
        put_values(cells, rows)

    def fill(self, cells: Any, rows: Sequence[Sequence[Any]]) -> None:
        """Write a block into rows that were inserted just now, which go as a whole when everything is taken back."""
        self.changing()
        put_values(cells, rows)

    def dress(self, cells: Any, name: str, value: Any) -> None:
        """Set one property of the look of such cells, whatever it is."""
        self.changing()
        setattr(cells, name, value)

    def link(self, cell: Any, address: str, text: str) -> None:
        """Turn one cell into a link that shows ``text``; an undone one is plain text again."""
        self.changing()
        old = cell.formula
        self._undo.append(lambda: setattr(cell, "formula", old))
        if text.startswith(_BEGINNINGS):
            self.format(cell, "number_format", TEXT)
        # What is shown under the pointer by itself has the address in it, and Excel refuses more than 255 characters.
        cell.add_hyperlink(address, text, text[:_TIP_LENGTH])

    def clear(self, cells: Any) -> None:
        """Empty cells, formats stay."""
        self.changing()
        old = cells.formula
        self._undo.append(lambda: setattr(cells, "formula", old))
        cells.clear_contents()

    def format(self, cells: Any, name: str, value: Any) -> None:
        """Set one property of cells' look where it is another."""
        old = getattr(cells, name)
        if old == value:
            return
        self.changing()
        if old is not None or name == "color":
            self._undo.append(lambda: setattr(cells, name, old))
        setattr(cells, name, value)

    def insert_rows(self, sheet: Any, row: int, count: int, formats: str) -> None:
        """Insert whole rows before ``row``, with the formats of the row above or below."""
        self.changing()
        rows = sheet.range(f"{row}:{row + count - 1}")
        self._names.moved(self._sheet)
        rows.insert("down", copy_origin=formats)
        self._undo.append(lambda: sheet.range(f"{row}:{row + count - 1}").delete("up"))

    def insert_column(self, sheet: Any, column: int, formats: str) -> None:
        """Insert a whole column before ``column``."""
        self.changing()
        letters = _letters(sheet, column)
        self._names.moved(self._sheet)
        sheet.range(f"{letters}:{letters}").insert("right", copy_origin=formats)
        self._undo.append(lambda: sheet.range(f"{letters}:{letters}").delete("left"))

    def keep_extents(self, sheet: Any) -> None:
        """Before rows of a sheet come or go: undone, its names and tables mean the cells that they mean now.

        Rows put in again at the edge of a range do not belong to it by themselves.
        """
        self.changing()
        if self._sheet in self._kept:
            return
        self._kept.add(self._sheet)
        names = self._names.on(self._sheet)
        tables = [(table.name, table.range.address) for table in sheet.tables]

        def undo() -> None:
            for table, address in tables:
                sheet.tables[table].resize(sheet.range(address))
            for each, refers_to in names:
                self._names.get(each).refers_to = refers_to

        self._undo.append(undo)

    def delete_rows(self, sheet: Any, first: int, last: int, formats: str) -> None:
        """Delete whole rows; undone, they come back with what stood in them, with the formats of the row above or
        below."""
        self.keep_extents(sheet)
        width = _letters_of(sheet.used_range.address.rpartition(":")[2]) or "XFD"  # Excel calls all columns $1:$9
        old = sheet.range(f"A{first}:{width}{last}").formula
        sheet.range(f"{first}:{last}").delete("up")

        def undo() -> None:
            sheet.range(f"{first}:{last}").insert("down", copy_origin=formats)
            sheet.range(f"A{first}:{width}{last}").formula = old

        self._undo.append(undo)

    def resize(self, sheet: Any, table: Any, old: str, new: str) -> None:
        """Let an Excel table of a sheet cover other cells than now; both by their absolute addresses."""
        if old != new:
            self.changing()
            self._undo.append(lambda: table.resize(sheet.range(old)))
            table.resize(sheet.range(new))

    def name(self, name: str, refers_to: str) -> None:
        """Let a defined name mean other cells."""
        defined = self._names.get(name)
        if defined is None:
            self.changing()
            self._undo.append(self._names.add(name, refers_to).delete)
            return
        old = defined.refers_to
        if old.replace("'", "") != refers_to.replace("'", ""):
            self.changing()
            self._undo.append(lambda: setattr(self._names.get(name), "refers_to", old))
            defined.refers_to = refers_to

    def print_area(self, sheet: Any, cells: str) -> None:
        """Let other cells of a sheet be printed."""
        page, old = sheet.page_setup, sheet.page_setup.print_area
        if old != cells:
            self.changing()
            self._undo.append(lambda: setattr(page, "print_area", old))
            page.print_area = cells

    def series(self, series: Any, formula: str) -> None:
        """Let a chart's series (the application's own object) show other cells."""
        self.changing()
        old = series.Formula
        self._undo.append(lambda: setattr(series, "Formula", old))
        series.Formula = formula

    def add_sheet(self, book: Any, name: str, after: Any) -> Any:
        """Add a worksheet."""
        self.changing()
        sheet = book.sheets.add(name, after=after)
        self._undo.append(sheet.delete)
        return sheet


def _letters(sheet: Any, column: int) -> str:
    return _letters_of(sheet.range((1, column)).address)


def _letters_of(address: str) -> str:
    """``$AB$7`` → AB."""
    return address.replace("$", "").rstrip("0123456789")
