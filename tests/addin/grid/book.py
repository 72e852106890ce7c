"""One open workbook, its sheets and its defined names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xlwings import base_classes as base
from xlwings.utils import fullname_url_to_local_path

from tests.addin.grid.files import save
from tests.addin.grid.model import GridError, Page, Workbook
from tests.addin.grid.range import Range
from tests.addin.grid.sheet import Sheet
from tests.calc.engine.block import area_of
from tests.calc.engine.name_api import NamesApi

if TYPE_CHECKING:
    from tests.addin.grid.app import GridApp

_REFERS_TO = re.compile(r"='?(.+?)'?!(\$?[A-Z]+\$?\d+(?::\$?[A-Z]+\$?\d+)?)")


class Book(base.Book):
    """A workbook as xlwings sees it."""

    def __init__(self, app: GridApp, model: Workbook) -> None:
        self._app, self.model = app, model

    @property
    def app(self) -> GridApp:
        return self._app

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
        if self.model.address:
            # As xlwings' engine for Windows: it looks for the folder that mirrors the cloud, or raises.
            return str(fullname_url_to_local_path(self.model.address))
        return str(self.model.path) if self.model.path else "Book1"

    @property
    def name(self) -> str:
        return Path(self.model.address or self.fullname).name

    @property
    def selection(self) -> Range | None:
        return self.model.selected

    def activate(self, steal_focus: bool = False) -> None:
        self._app.open.remove(self.model)
        self._app.open.append(self.model)

    def close(self) -> None:
        self._app.open.remove(self.model)

    def save(self, path: Any = None, password: Any = None) -> None:
        if self.model.read_only and path is None:
            raise GridError(f"{self.name} is read-only")
        save(self.model, Path(path or self.fullname))


class BookApi:
    """The members of Excel's own Workbook that code reaches through ``book.api``."""

    def __init__(self, book: Book) -> None:
        model = book.model
        self.ReadOnly = model.read_only
        self.FullName = model.address or (str(model.path) if model.path else "Book1")
        self._book = book

    def Save(self) -> None:
        self._book.save()

    @property
    def Names(self) -> NamesApi:
        return NamesApi([Name(self._book, name) for name in self._book.model.names])


class Sheets(base.Sheets):
    """The sheets of a workbook, hidden ones too."""

    def __init__(self, book: Book) -> None:
        self.book = book

    @property
    def active(self) -> Sheet:
        return Sheet(self.book, self.book.model.active or self.book.model.pages[0])

    def __call__(self, key: int | str) -> Sheet:
        pages = self.book.model.pages
        return Sheet(self.book, pages[key - 1] if isinstance(key, int) else self.book.model.page(key))

    def __len__(self) -> int:
        return len(self.book.model.pages)

    def __iter__(self) -> Iterator[Sheet]:
        return (Sheet(self.book, page) for page in list(self.book.model.pages))

    def add(self, before: Sheet | None = None, after: Sheet | None = None, name: str | None = None) -> Sheet:
        made = Page(name or f"Sheet{len(self) + 1}")
        position = before.index - 1 if before else after.index if after else 0
        self.book.model.pages.insert(position, made)
        return Sheet(self.book, made)


class Names(base.Names):
    """The defined names of a workbook."""

    def __init__(self, book: Book) -> None:
        self.book = book

    def __call__(self, key: int | str) -> Name:
        name = list(self.book.model.names)[key - 1] if isinstance(key, int) else key
        if name not in self.book.model.names:
            raise KeyError(key)
        return Name(self.book, name)

    def contains(self, key: str) -> bool:
        return key in self.book.model.names

    def __len__(self) -> int:
        return len(self.book.model.names)

    def add(self, name: str, refers_to: str) -> Name:
        self.book.model.names[name] = refers_to
        return Name(self.book, name)


class Name(base.Name):
    """One defined name."""

    def __init__(self, book: Book, name: str) -> None:
        self._book, self._name = book, name

    @property  # type: ignore[misc]  # nothing here renames one
    def name(self) -> str:
        return self._name

    @property
    def refers_to(self) -> str:
        return self._book.model.names[self._name]

    @refers_to.setter
    def refers_to(self, formula: str) -> None:
        self._book.model.names[self._name] = formula

    @property
    def refers_to_range(self) -> Range:
        found = _REFERS_TO.fullmatch(self.refers_to)
        if not found:
            raise GridError(f"{self._name} is no range: {self.refers_to}")
        area = area_of(found[2])
        assert area
        return Range(Sheet(self._book, self._book.model.page(found[1])), *area)

    def delete(self) -> None:
        del self._book.model.names[self._name]
