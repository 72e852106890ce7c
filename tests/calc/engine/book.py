"""One open workbook, its sheets and its defined names."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from xlwings import base_classes as base

from tests.calc.engine.errors import CalcError, plain_errors, properties
from tests.calc.engine.name_api import NamesApi
from tests.calc.engine.range import Range
from tests.calc.engine.sheet import Sheet
from tests.calc.engine.values import to_calc

if TYPE_CHECKING:
    from tests.calc.engine.app import CalcApp

_FILTER = "Calc MS Excel 2007 XML"


class Book(base.Book):
    """A document; :attr:`in_front` says which of all was activated last."""

    in_front: ClassVar[str] = ""

    def __init__(self, app: CalcApp, doc: Any) -> None:
        self._app, self.doc = app, doc
        self._codes: dict[int, tuple[int, str]] = {}
        self._keys: dict[str, int] = {}
        self._epoch: dt.datetime | None = None

    @property
    def app(self) -> CalcApp:
        return self._app

    @property
    def key(self) -> str:
        return str(self.doc.RuntimeUID)

    @property
    def api(self) -> BookApi:
        return BookApi(self)

    @property
    def sheets(self) -> Sheets:
        return Sheets(self)

    @property
    def names(self) -> Names:
        return Names(self)

    @property
    def fullname(self) -> str:
        import uno

        return uno.fileUrlToSystemPath(self.doc.URL) if self.doc.URL else self.name

    @property
    def name(self) -> str:
        return Path(self.fullname).name if self.doc.URL else f"Book{self.key}"

    @property
    def epoch(self) -> dt.datetime:
        if self._epoch is None:
            zero = self.doc.NullDate  # 1904-01-01 in a workbook with the 1904 date system
            self._epoch = dt.datetime(zero.Year, zero.Month, zero.Day)
        return self._epoch

    @property
    def selection(self) -> Range | None:
        chosen = self.doc.CurrentSelection
        kinds = ("com.sun.star.sheet.SheetCellRange", "com.sun.star.sheet.SheetCell")
        if chosen is None or not any(map(chosen.supportsService, kinds)):
            return None
        address = chosen.RangeAddress
        found = Range.at(Sheet(self, self.doc.Sheets.getByIndex(address.Sheet)), address)
        # As in Excel, it is these cells for good, wherever rows that are inserted move them.
        found.follow(chosen)
        return found

    def activate(self, steal_focus: bool = False) -> None:
        Book.in_front = self.key

    def close(self) -> None:
        self.doc.close(True)

    def save(self, path: Any = None, password: Any = None) -> None:
        import uno

        target = os.path.realpath(path or self.fullname)
        with plain_errors(f"saving {target}"):
            self.doc.storeAsURL(uno.systemPathToFileUrl(target), properties(FilterName=_FILTER, Overwrite=True))

    def format_of(self, key: int) -> tuple[int, str]:
        """The type bits and the code of a number format."""
        if key not in self._codes:
            found = self.doc.NumberFormats.getByKey(key)
            self._codes[key] = (found.Type, found.FormatString)
        return self._codes[key]

    def format_key(self, code: str) -> int:
        """The key of a number format, made where the document has none."""
        from com.sun.star.lang import Locale

        if code not in self._keys:
            formats = self.doc.NumberFormats
            key = formats.queryKey(code, Locale(), False)
            self._keys[code] = key if key != -1 else formats.addNew(code, Locale())
        return self._keys[code]


class BookApi:
    """The members of Excel's own Workbook that code reaches through ``book.api``."""

    def __init__(self, book: Book) -> None:
        self._book, self._doc = book, book.doc

    @property
    def ReadOnly(self) -> bool:
        return bool(self._doc.isReadonly())

    def Save(self) -> None:
        self._book.save()


    @property
    def Names(self) -> NamesApi:
        return NamesApi([Name(self._book.names, name) for name in self._doc.NamedRanges.ElementNames])


class Sheets(base.Sheets):
    """The sheets of a workbook, hidden ones too."""

    def __init__(self, book: Book) -> None:
        self.book = book

    @property
    def api(self) -> Any:
        return self.book.doc.Sheets

    @property
    def active(self) -> Sheet:
        controller = self.book.doc.CurrentController
        return Sheet(self.book, controller.ActiveSheet if controller else self.api.getByIndex(0))

    def __call__(self, key: int | str) -> Sheet:
        if isinstance(key, int):
            return Sheet(self.book, self.api.getByIndex(key - 1))
        for name in self.api.ElementNames:
            if name.casefold() == key.casefold():
                return Sheet(self.book, self.api.getByName(name))
        raise KeyError(key)

    def __len__(self) -> int:
        return int(self.api.Count)

    def __iter__(self) -> Iterator[Sheet]:
        return (Sheet(self.book, self.api.getByName(name)) for name in self.api.ElementNames)

    def add(self, before: Sheet | None = None, after: Sheet | None = None, name: str | None = None) -> Sheet:
        if self.book.doc.isProtected():
            raise CalcError("the workbook's structure is protected")
        number = len(self) + 1
        while f"Sheet{number}" in self.api.ElementNames:
            number += 1
        position = before.index - 1 if before else after.index if after else self.active.index - 1
        self.api.insertNewByName(name or f"Sheet{number}", position)
        return self(name or f"Sheet{number}")


class Names(base.Names):
    """The defined names of a workbook."""

    def __init__(self, book: Book) -> None:
        self.book = book

    @property
    def api(self) -> Any:
        return self.book.doc.NamedRanges

    def __call__(self, key: int | str) -> Name:
        name = self.api.ElementNames[key - 1] if isinstance(key, int) else key
        if not self.api.hasByName(name):
            raise KeyError(key)
        return Name(self, name)

    def contains(self, key: str) -> bool:
        return bool(self.api.hasByName(key))

    def __len__(self) -> int:
        return int(self.api.Count)

    def add(self, name: str, refers_to: str) -> Name:
        from com.sun.star.table import CellAddress

        if self.contains(name):
            self.api.removeByName(name)
        self.api.addNewByName(name, to_calc(refers_to).removeprefix("="), CellAddress(), 0)
        return Name(self, name)


class Name(base.Name):
    """One defined name that means a range; nothing here renames one."""

    def __init__(self, names: Names, name: str) -> None:
        self._names, self._name = names, name

    @property
    def api(self) -> Any:
        return self._names.api.getByName(self._name)

    @property  # type: ignore[misc]
    def name(self) -> str:
        return self._name

    @property
    def refers_to_range(self) -> Range:
        address = self.api.ReferredCells.RangeAddress
        book = self._names.book
        return Range.at(Sheet(book, book.doc.Sheets.getByIndex(address.Sheet)), address)

    @property
    def refers_to(self) -> str:
        found = self.refers_to_range
        return f"='{found.sheet.name}'!{found.address}"

    @refers_to.setter
    def refers_to(self, formula: str) -> None:
        self.api.setContent(to_calc(formula).removeprefix("="))
