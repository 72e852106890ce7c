"""One worksheet."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from xlwings import base_classes as base

from tests.calc.engine.charts import Charts
from tests.calc.engine.errors import CalcError, plain_errors
from tests.calc.engine.range import LAST_COLUMN, LAST_ROW, Range
from tests.calc.engine.tables import Tables

if TYPE_CHECKING:
    from tests.calc.engine.book import Book

_CELLS = re.compile(r"([A-Z]{1,3})(\d+)(?::([A-Z]{1,3})(\d+))?")
_COLUMNS = re.compile(r"([A-Z]{1,3}):([A-Z]{1,3})")
_ROWS = re.compile(r"(\d+):(\d+)")


class Sheet(base.Sheet):
    """A sheet of an open document; ``uno`` is LibreOffice's own object."""

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
    def cells(self) -> Range:
        return Range(self, 1, 1, LAST_ROW, LAST_COLUMN)

    @property
    def used_range(self) -> Range:
        cursor = self.uno.createCursor()
        cursor.gotoStartOfUsedArea(False)
        cursor.gotoEndOfUsedArea(True)
        return Range.at(self, cursor.RangeAddress)

    def range(self, first: Any, last: Any = None) -> Range:
        start = self._one(first)
        if last is None:
            return start
        end = self._one(last)
        row, column = min(start.row, end.row), min(start.column, end.column)
        bottom = max(start.row + start.nrows, end.row + end.nrows)
        right = max(start.column + start.ncols, end.column + end.ncols)
        return Range(self, row, column, bottom - row, right - column)

    def _one(self, place: Any) -> Range:
        if isinstance(place, Range):
            return place
        if isinstance(place, tuple):
            if 0 in place:
                raise IndexError("rows and columns count from 1")
            return Range(self, *place) if len(place) == 4 else Range(self, place[0], place[1], 1, 1)
        return self._named(place)

    def _named(self, text: str) -> Range:
        plain = text.replace("$", "").upper()
        if found := _CELLS.fullmatch(plain):
            left, top = _number(found[1]), int(found[2])
            right, bottom = (_number(found[3]), int(found[4])) if found[3] else (left, top)
            return Range(self, top, left, bottom - top + 1, right - left + 1)
        if found := _COLUMNS.fullmatch(plain):
            return Range(self, 1, _number(found[1]), LAST_ROW, _number(found[2]) - _number(found[1]) + 1)
        if found := _ROWS.fullmatch(plain):
            return Range(self, int(found[1]), 1, int(found[2]) - int(found[1]) + 1, LAST_COLUMN)
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


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


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

    def Protect(self, Password: str = "") -> None:
        self._sheet.uno.protect(Password)

    def Unprotect(self, Password: str = "") -> None:
        self._sheet.uno.unprotect(Password)
        if self._sheet.uno.isProtected():
            raise CalcError("wrong password")


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
