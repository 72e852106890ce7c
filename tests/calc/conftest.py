"""A live spreadsheet program for code written with xlwings."""

from tests.calc.live import live, live_app

__all__ = ["live", "live_app"]
