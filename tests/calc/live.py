"""Fixtures of a live spreadsheet program for code written with xlwings; a ``conftest.py`` imports them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.calc.engine import CalcApp, register
from tests.calc.office import Office


@pytest.fixture(scope="session")
def live_app(office: Office) -> CalcApp:
    return register(office)


@pytest.fixture
def live(live_app: CalcApp) -> Iterator[CalcApp]:
    """The app that ``xlwings.apps.active`` is, with nothing open and nothing said yet."""
    import xlwings as xw

    app = live_app
    xw.engines[app.engine.name].activate()
    app.calculation = "automatic"
    app.statuses.clear()
    app.alerts.clear()
    app.answer = "ok"
    app.answers.clear()
    app.screen_updating = True
    yield app
    for book in list(app.books):
        book.close()
    if hasattr(xw.Book, "_mock_caller"):
        del xw.Book._mock_caller
