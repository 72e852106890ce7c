"""A block of cells: where it is, what it holds, how it moves."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from xlwings import base_classes as base

from tests.calc.engine import cells
from tests.calc.engine.block import LAST_COLUMN, LAST_ROW, Block, rectangle
from tests.calc.engine.errors import CalcError, plain_errors
from tests.calc.engine.filters import AutoFilter
from tests.calc.engine.looks import ConditionalFormats, Font, colour, from_colour
from tests.calc.engine.validation import DataValidation

if TYPE_CHECKING:
    from tests.calc.engine.sheet import Sheet

_LARGE = 2_000_000
# CellFlags: VALUE 1, DATETIME 2, STRING 4, ANNOTATION 8, FORMULA 16
_CONTENTS = 1 | 2 | 4 | 16
_TEXT_FORMATS = 6
"""Type bits of number formats that hold dates and times."""
_HUNDREDTHS_PER_CHARACTER = 193.0
_HUNDREDTHS_PER_POINT = 35.278


class Range(Block):
    """Rows and columns count from 1."""

    def __init__(self, sheet: Sheet, row: int, column: int, height: int, width: int) -> None:
        super().__init__(sheet, row, column, height, width)
        self._uno: Any = None

    @classmethod
    def at(cls, sheet: Sheet, address: Any) -> Range:
        """The range of a UNO CellRangeAddress."""
        height, width = address.EndRow - address.StartRow + 1, address.EndColumn - address.StartColumn + 1
        return cls(sheet, address.StartRow + 1, address.StartColumn + 1, height, width)

    def follow(self, cells: Any) -> None:
        """Be these cells of LibreOffice's, whose place changes when others are inserted before them."""
        self._uno = cells

    @property
    def uno(self) -> Any:
        """LibreOffice's own object."""
        if self._uno is None:
            left, top = self._column - 1, self._row - 1
            right, bottom = left + self.ncols - 1, top + self.nrows - 1
            self._uno = self._sheet.uno.getCellRangeByPosition(left, top, right, bottom)
        return self._uno

    @property
    def api(self) -> Any:
        # xlwings writes nothing where this is falsy.
        return self.uno

    @property
    def uno_address(self) -> Any:
        from com.sun.star.table import CellRangeAddress

        left, top = self._column - 1, self._row - 1
        return CellRangeAddress(self._sheet.index - 1, left, top, left + self.ncols - 1, top + self.nrows - 1)

    def used(self) -> Range:
        """The part of it that can hold anything: whole columns are too many cells to touch."""
        if len(self) < _LARGE:
            return self
        used = self._sheet.used_range
        height = max(1, min(self.nrows, used.row + used.nrows - self._row))
        width = max(1, min(self.ncols, used.column + used.ncols - self._column))
        return Range(self._sheet, self._row, self._column, height, width)

    # --- what it holds -------------------------------------------------------------------------

    @property
    def raw_value(self) -> Any:
        data = cells.read_values(self)
        return data[0][0] if len(self) == 1 else data

    @raw_value.setter
    def raw_value(self, data: Any) -> None:
        cells.write(self, rectangle(data, self.nrows, self.ncols))

    @property
    def formula(self) -> Any:
        data = cells.read_formulas(self)
        return data[0][0] if len(self) == 1 else data

    @formula.setter
    def formula(self, data: Any) -> None:
        if isinstance(data, str) and data.startswith("=") and len(self) > 1:
            raise NotImplementedError("one formula for many cells is not used")
        self.raw_value = data

    formula2 = formula

    def clear_contents(self) -> None:
        self.refuse_protected()
        self.used().uno.clearContents(_CONTENTS)

    def add_hyperlink(self, address: str, text_to_display: Any = None, screen_tip: Any = None) -> None:
        """A link in a single cell, as a text field: LibreOffice's way, that comes out as Excel's on saving."""
        self.refuse_protected()
        cell = self.uno.getCellByPosition(0, 0)
        cell.setString("")
        link = self.book.doc.createInstance("com.sun.star.text.TextField.URL")
        link.URL, link.Representation = _url(address, self.book.fullname), text_to_display
        cell.insertTextContent(cell.createTextCursor(), link, False)

    @property
    def hyperlink(self) -> str:
        fields = self.uno.getCellByPosition(0, 0).TextFields
        if not fields.Count:
            raise CalcError(f"no link in {self.address}")
        return str(fields.getByIndex(0).URL)

    def refuse_protected(self) -> None:
        """Raise :class:`CalcError` where a locked cell of a protected sheet would be changed."""
        if self._sheet.uno.isProtected():
            found = self.used().uno
            if found.getPropertyState("CellProtection").value == "AMBIGUOUS_VALUE" or found.CellProtection.IsLocked:
                raise CalcError(f"{self._sheet.name}!{self.address}: the sheet is protected")

    # --- how it moves --------------------------------------------------------------------------

    def insert(self, shift: str | None = None, copy_origin: str | None = None) -> None:
        """Whole rows or whole columns only; formats come from the side that ``copy_origin`` names, as in Excel."""
        from com.sun.star.sheet.CellInsertMode import COLUMNS, ROWS

        self._refuse_on_protected_sheet()
        mode = ROWS if self.ncols >= LAST_COLUMN else COLUMNS
        if mode == COLUMNS and self.nrows < LAST_ROW:
            raise NotImplementedError("only whole rows and columns are inserted")
        with plain_errors(f"inserting {self.address}"):
            self._sheet.uno.insertCells(self.uno_address, mode)
            self._take_formats(mode == ROWS, before=copy_origin != "format_from_right_or_below")

    def _take_formats(self, rows: bool, *, before: bool) -> None:
        """LibreOffice copies formats from above and from the left, and not those of a header's conditions."""
        from com.sun.star.sheet.FillDirection import TO_BOTTOM, TO_LEFT, TO_RIGHT, TO_TOP

        used = self._sheet.used_range
        right, bottom = used.column + used.ncols - 1, used.row + used.nrows - 1
        size = self.nrows if rows else self.ncols
        first = (self._row if rows else self._column) - before
        if first < 1:
            return
        whole = Range(self._sheet, *((first, 1, size + 1, right) if rows else (1, first, bottom, size + 1)))
        ways = (TO_BOTTOM, TO_TOP) if rows else (TO_RIGHT, TO_LEFT)
        whole.uno.fillAuto(ways[not before], 1)
        new = whole.part(before, 0, size, right) if rows else whole.part(0, before, bottom, size)
        new.uno.clearContents(_CONTENTS | 8)

    def delete(self, shift: str | None = None) -> None:
        from com.sun.star.sheet.CellDeleteMode import COLUMNS, ROWS

        self._refuse_on_protected_sheet()
        with plain_errors(f"deleting {self.address}"):
            self._sheet.uno.removeRange(self.uno_address, ROWS if self.ncols >= LAST_COLUMN else COLUMNS)

    def _refuse_on_protected_sheet(self) -> None:
        if self._sheet.uno.isProtected():
            raise CalcError(f"{self._sheet.name}: the sheet is protected")

    def select(self) -> None:
        if controller := self.book.doc.CurrentController:
            controller.select(self.uno)

    def merge(self, across: bool = False) -> None:
        self.uno.merge(True)

    @property
    def column_width(self) -> float:
        return round(self.uno.Columns.getByIndex(0).Width / _HUNDREDTHS_PER_CHARACTER, 2)

    @column_width.setter
    def column_width(self, characters: float) -> None:
        self.uno.Columns.Width = int(characters * _HUNDREDTHS_PER_CHARACTER)

    @property
    def row_height(self) -> float:
        return round(self.uno.Rows.getByIndex(0).Height / _HUNDREDTHS_PER_POINT, 1)

    @row_height.setter
    def row_height(self, points: float) -> None:
        self.uno.Rows.Height = int(points * _HUNDREDTHS_PER_POINT)

    # --- how it looks --------------------------------------------------------------------------

    def common(self, name: str) -> Any:
        """A property that all its cells share; None where they differ."""
        found = self.used().uno
        return None if found.getPropertyState(name).value == "AMBIGUOUS_VALUE" else getattr(found, name)

    @property
    def number_format(self) -> str | None:
        key = self.common("NumberFormat")
        if key is None:
            return None
        kind, code = self.book.format_of(key)
        return code.lower() if kind & _TEXT_FORMATS else code

    @number_format.setter
    def number_format(self, code: str) -> None:
        self.refuse_protected()
        self.uno.NumberFormat = self.book.format_key(code)

    @property
    def color(self) -> tuple[int, int, int] | None:
        return from_colour(self.common("CellBackColor"))

    @color.setter
    def color(self, value: Any) -> None:
        self.refuse_protected()
        self.uno.CellBackColor = -1 if value is None else colour(value)

    @property
    def wrap_text(self) -> bool | None:
        return self.common("IsTextWrapped")

    @wrap_text.setter
    def wrap_text(self, wrapped: bool) -> None:
        self.refuse_protected()
        self.uno.IsTextWrapped = bool(wrapped)

    @property
    def autofilter(self) -> AutoFilter:
        return AutoFilter(self._sheet.own_filter(self))

    @property
    def font(self) -> Font:
        return Font(self)

    @property
    def conditional_formats(self) -> ConditionalFormats:
        return ConditionalFormats(self)

    @property
    def data_validation(self) -> DataValidation:
        return DataValidation(self)

    @property
    def note(self) -> Note | None:
        text = str(self.uno.getCellByPosition(0, 0).Annotation.String)
        return Note(text) if text else None


class Note(base.Note):
    """A comment, as it was when it was asked for."""

    def __init__(self, text: str) -> None:
        self._text = text

    @property  # type: ignore[misc]  # nothing here rewrites a comment
    def text(self) -> str:
        return self._text


def _url(address: str, book: str) -> str:
    """An address beside the workbook as LibreOffice wants it: absolute, it makes it relative on saving."""
    import uno

    file, mark, place = address.partition("#")
    if "://" in file or not file:
        return address
    return uno.systemPathToFileUrl(str(Path(book).parent / file)) + mark + place
