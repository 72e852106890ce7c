"""An xlwings engine without a spreadsheet program: workbooks as grids in memory.

Ordinary xlwings code runs on it unchanged. Cells hold values, formulas and formats; rows and columns come and go, and
tables, names, rules, validations, charts and references follow as in Excel. Nothing is computed: a formula has the
value that its file holds, a written one none (but for a link whose words stand in it). What it does is held against
LibreOffice by ``tests/addin/live/test_contract.py``.

    app = register()
    book = app.books.open(path)     # a workbook as openpyxl reads it
    book.set_mock_caller()
"""

from __future__ import annotations

from tests.addin.grid.app import GridApp, register
from tests.addin.grid.model import GridError

__all__ = ["GridApp", "GridError", "register"]
