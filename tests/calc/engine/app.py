"""Engine, application and the collection of open workbooks."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import xlwings as xw
from xlwings import base_classes as base

from tests.calc.engine import values
from tests.calc.engine.book import Book
from tests.calc.engine.errors import CalcError, plain_errors, properties
from tests.calc.engine.front import Front
from tests.calc.engine.range import Range
from tests.calc.office import Office

NAME = "libreoffice"


class Engine:
    """What ``xw.engines.add`` takes: one running office, one app."""

    name, type = NAME, "desktop"

    def __init__(self, office: Office) -> None:
        self.apps = Apps(self, office)

    @staticmethod
    def prepare_xl_data_element(value: Any, options: Any) -> Any:
        return values.prepare(value)

    @staticmethod
    def clean_value_data(data: Any, make_day: Any, empty: Any, make_number: Any, error_texts: bool) -> Any:
        return [[values.clean(each, make_day, empty, make_number, error_texts) for each in row] for row in data]


def register(office: Office) -> CalcApp:
    """Make ``office`` the active engine of xlwings and return its app."""
    engine = Engine(office)
    xw.engines.add(xw.Engine(impl=engine))
    xw.engines[NAME].activate()
    return engine.apps.app


class Apps(base.Apps):
    """The one app, as a collection."""

    def __init__(self, engine: Engine, office: Office) -> None:
        self.app = CalcApp(engine, office)

    def keys(self) -> list[int]:
        return [self.app.pid]

    def add(self, spec: Any = None, add_book: Any = None, xl: Any = None, visible: Any = None) -> CalcApp:
        return self.app

    @staticmethod
    def cleanup() -> None:
        """Nothing lives longer than the office."""

    def __iter__(self) -> Iterator[CalcApp]:
        return iter([self.app])

    def __len__(self) -> int:
        return 1

    def __getitem__(self, pid: int) -> CalcApp:
        if pid != self.app.pid:
            raise KeyError(pid)
        return self.app


class CalcApp(Front):
    """The application."""

    def __init__(self, engine: Engine, office: Office) -> None:
        super().__init__()
        self.engine, self.office = engine, office
        self._calculation = "automatic"

    @property
    def api(self) -> Any:
        return self.office.desktop

    @property
    def pid(self) -> int:
        return self.office.pid

    @property
    def books(self) -> Books:
        return Books(self)

    @property
    def selection(self) -> Range | None:
        book = self.books.active
        return book.selection if book else None

    @property
    def calculation(self) -> str:
        return self._calculation

    @calculation.setter
    def calculation(self, mode: str) -> None:
        self._calculation = mode
        for book in self.books:
            book.doc.enableAutomaticCalculation(mode == "automatic")

    def calculate(self) -> None:
        for book in self.books:
            book.doc.calculateAll()


class Books(base.Books):
    """The open workbooks, the active one last."""

    def __init__(self, app: CalcApp) -> None:
        self.app = app

    def _all(self) -> list[Book]:
        components = self.app.office.desktop.Components.createEnumeration()
        books = []
        while components.hasMoreElements():
            model = components.nextElement()
            if model.supportsService("com.sun.star.sheet.SpreadsheetDocument"):
                books.append(Book(self.app, model))
        return books

    @property
    def active(self) -> Book | None:
        books = self._all()
        return next((book for book in books if book.key == Book.in_front), books[-1] if books else None)

    def __call__(self, key: int | str) -> Book:
        if isinstance(key, int):
            return self._all()[key - 1]
        for book in self._all():
            if key.casefold() in {book.name.casefold(), book.fullname.casefold()}:
                return book
        raise KeyError(key)

    def __len__(self) -> int:
        return len(self._all())

    def __iter__(self) -> Iterator[Book]:
        return iter(self._all())

    def _load(self, url: str, **options: Any) -> Book:
        # Hidden loses the frozen panes on save, but a shown document can crash a headless LibreOffice 7.4.
        with plain_errors(f"opening {url}"):
            desktop = self.app.office.desktop
            model = desktop.loadComponentFromURL(url, "_blank", 0, properties(Hidden=True, **options))
        if model is None:
            raise CalcError(f"cannot open {url}")
        model.enableAutomaticCalculation(self.app.calculation == "automatic")
        book = Book(self.app, model)
        book.activate()
        return book

    def add(self) -> Book:
        return self._load("private:factory/scalc")

    def open(
        self, fullname: Any, update_links: Any = None, read_only: bool | None = None, *rest: Any, **options: Any
    ) -> Book:
        import uno

        url = uno.systemPathToFileUrl(os.path.realpath(fullname))
        return self._load(url, MacroExecutionMode=0, ReadOnly=bool(read_only))
