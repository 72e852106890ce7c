"""Excel's own objects over the grid of the tests: what COM shows of it.

A class here is called as in Excel, and so are its members and their parameters: ``test_faces.py`` holds all of them
against the published object model. There is no more of them than xlwings and the add-in ask for. What a member does is
the grid's affair (``tests/addin/grid``), which in its turn is held against LibreOffice.
"""

from __future__ import annotations

from tests.windows.click.face.application import Application
from tests.windows.click.face.base import ExcelError, Face

__all__ = ["Application", "ExcelError", "Face"]
