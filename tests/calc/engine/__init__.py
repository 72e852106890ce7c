"""An xlwings engine whose spreadsheet program is a headless LibreOffice Calc, reached through UNO.

Ordinary xlwings code runs on it unchanged; only the members that this project uses are there. It imitates Excel where
that decides whether code is right: text in General cells turns into numbers, strings beginning with ``=`` into
formulas, protected sheets refuse. It does not prove what Excel alone does (see :mod:`tests.calc.office`).

    engine = register(office)
    app = xw.apps.active            # one app, that of the office
    book = app.books.open(path)
    book.set_mock_caller()
"""

from __future__ import annotations

from tests.calc.engine.app import CalcApp, register
from tests.calc.engine.errors import CalcError

__all__ = ["CalcApp", "CalcError", "register"]
