"""One worksheet."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from xlwings.constants import CellType

from tests.calc.engine import block
from tests.calc.engine.charts import Charts
from tests.calc.engine.errors import CalcError, plain_errors
from tests.calc.engine.range import Range
from tests.calc.engine.tables import Tables

if TYPE_CHECKING:
    from tests.calc.engine.book import Book


class Sheet(block.Sheet):
    """A sheet of an open document; ``uno`` is LibreOffice's own object."""

    block = Range

    def __init__(self, book: Book, uno: Any) -> None:
        self._book, self.uno = book, uno

    @property
    def book(self) -> Book:
        return self._book

    @property
    def api(self) -> SheetApi:
        return SheetApi(self)

    @property
    def index(self) -> int:
        return int(self.uno.RangeAddress.Sheet) + 1

    @property
    def name(self) -> str:
        return str(self.uno.Name)

    @name.setter
    def name(self, name: str) -> None:
        self.uno.setName(name)

    @property
    def tables(self) -> Tables:
        return Tables(self)

    @property
    def charts(self) -> Charts:
        return Charts(self)

    @property
    def page_setup(self) -> PageSetup:
        return PageSetup(self)

    @property
    def used_range(self) -> Range:
        cursor = self.uno.createCursor()
        cursor.gotoStartOfUsedArea(False)
        cursor.gotoEndOfUsedArea(True)
        return Range.at(self, cursor.RangeAddress)

    def named(self, text: str) -> Range:
        with plain_errors(f"no range {text!r}"):
            address = self.uno.getCellRangeByName(text).RangeAddress
        return Range.at(Sheet(self._book, self._book.doc.Sheets.getByIndex(address.Sheet)), address)

    def own_filter(self, cells: Range) -> Any:
        """The database range of the sheet's own filter; None where there is none over just these cells."""
        unnamed = self._book.doc.getPropertyValue("UnnamedDatabaseRanges")
        if not unnamed.hasByTable(self.index - 1):
            return None
        found = unnamed.getByTable(self.index - 1)
        return found if Range.at(self, found.DataArea).address == cells.address else None

    def activate(self) -> None:
        if controller := self._book.doc.CurrentController:
            controller.setActiveSheet(self.uno)

    select = activate

    def delete(self) -> None:
        self._book.doc.Sheets.removeByName(self.name)

    @property
    def visible(self) -> bool:
        return bool(self.uno.IsVisible)

    @visible.setter
    def visible(self, shown: bool) -> None:
        self.uno.IsVisible = bool(shown)


class PageSetup:
    """What of a sheet is printed."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet

    @property
    def print_area(self) -> str:
        return ",".join(Range.at(self._sheet, each).address for each in self._sheet.uno.getPrintAreas())

    @print_area.setter
    def print_area(self, cells: str | None) -> None:
        areas = [self._sheet.uno.getCellRangeByName(cells.replace("$", "")).RangeAddress] if cells else []
        self._sheet.uno.setPrintAreas(tuple(areas))


class SheetApi:
    """The few members of Excel's own Worksheet that code reaches through ``sheet.api``."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet

    @property
    def ProtectContents(self) -> bool:
        return bool(self._sheet.uno.isProtected())

    @property
    def Comments(self) -> list[CommentApi]:
        found = self._sheet.uno.Annotations
        return [CommentApi(self._sheet, found.getByIndex(number)) for number in range(found.Count)]

    def Range(self, Cell1: str) -> RangeApi:
        return RangeApi(self._sheet.uno.getCellRangeByName(Cell1))

    def Protect(self, Password: str = "") -> None:
        self._sheet.uno.protect(Password)

    def Unprotect(self, Password: str = "") -> None:
        self._sheet.uno.unprotect(Password)
        if self._sheet.uno.isProtected():
            raise CalcError("wrong password")


class RangeApi:
    """The member of Excel's own Range by which cells with a validation are counted."""

    def __init__(self, cells: Any) -> None:
        self._cells = cells

    def SpecialCells(self, Type: int) -> SimpleNamespace:
        assert Type == CellType.xlCellTypeAllValidation
        rows, columns = range(self._cells.Rows.Count), range(self._cells.Columns.Count)
        kinds = [self._cells.getCellByPosition(n, row).Validation.Type.value for row in rows for n in columns]
        if not (count := len([kind for kind in kinds if kind != "ANY"])):
            raise CalcError("No cells were found.")
        return SimpleNamespace(CountLarge=count)


class CommentApi:
    """Excel's own Comment: its cell and its text."""

    def __init__(self, sheet: Sheet, annotation: Any) -> None:
        self.Parent = CellApi(annotation.Position.Row + 1, annotation.Position.Column + 1)
        self._text = str(annotation.String)

    def Text(self) -> str:
        return self._text


@dataclass(frozen=True)
class CellApi:
    """The members of Excel's own Range that say where a comment is."""

    Row: int
    Column: int
