"""Engine, application and the collection of open workbooks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import xlwings as xw
from xlwings import base_classes as base

from tests.addin.grid.book import Book
from tests.addin.grid.files import load
from tests.addin.grid.model import Page, Workbook
from tests.calc.engine import values
from tests.calc.engine.front import Front

NAME = "grid"
PID = 1


class Engine:
    """What ``xw.engines.add`` takes: one app."""

    name, type = NAME, "desktop"

    def __init__(self) -> None:
        self.apps = Apps(self)

    @staticmethod
    def prepare_xl_data_element(value: Any, options: Any) -> Any:
        return values.prepare(value)

    @staticmethod
    def clean_value_data(data: Any, make_day: Any, empty: Any, make_number: Any, error_texts: bool) -> Any:
        return [[values.clean(each, make_day, empty, make_number, error_texts) for each in row] for row in data]


def register() -> GridApp:
    """Make a new grid the active engine of xlwings and return its app, with nothing open."""
    engine = Engine()
    xw.engines.add(xw.Engine(impl=engine))
    xw.engines[NAME].activate()
    return engine.apps.app


class Apps(base.Apps):
    """The one app, as a collection."""

    def __init__(self, engine: Engine) -> None:
        self.app = GridApp(engine)

    def keys(self) -> list[int]:
        return [PID]

    @staticmethod
    def cleanup() -> None:
        """Nothing runs."""

    def __iter__(self) -> Iterator[GridApp]:
        return iter([self.app])

    def __len__(self) -> int:
        return 1

    def __getitem__(self, pid: int) -> GridApp:
        if pid != PID:
            raise KeyError(pid)
        return self.app


class GridApp(Front):
    """The application."""

    pid = PID
    calculation = "automatic"

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self.engine = engine
        self.open: list[Workbook] = []
        """The open workbooks, the one in front last."""
        self.ProtectedViewWindows: list[Any] = []
        """Files in Protected View, which are no workbooks: each with SourcePath and SourceName."""

    @property
    def api(self) -> Any:
        return self

    @property
    def books(self) -> Books:
        return Books(self)

    @property
    def selection(self) -> Any:
        return Book(self, self.open[-1]).selection if self.open else None


class Books(base.Books):
    """The open workbooks."""

    def __init__(self, app: GridApp) -> None:
        self.app = app

    @property
    def active(self) -> Book | None:
        return Book(self.app, self.app.open[-1]) if self.app.open else None

    def __call__(self, key: int | str) -> Book:
        if isinstance(key, int):
            return Book(self.app, self.app.open[key - 1])
        for book in self:
            if key.casefold() in {book.name.casefold(), book.api.FullName.casefold()}:
                return book
        raise KeyError(key)

    def __len__(self) -> int:
        return len(self.app.open)

    def __iter__(self) -> Iterator[Book]:
        return (Book(self.app, each) for each in list(self.app.open))

    def add(self) -> Book:
        page = Page("Sheet1")
        return self._in_front(Workbook(None, [page], active=page))

    def open(
        self, fullname: Any, update_links: Any = None, read_only: bool | None = None, *rest: Any, **_: Any
    ) -> Book:
        return self._in_front(load(Path(fullname), read_only=bool(read_only)))

    def _in_front(self, book: Workbook) -> Book:
        self.app.open.append(book)
        return Book(self.app, book)
