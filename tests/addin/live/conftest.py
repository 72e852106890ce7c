"""The add-in in a real spreadsheet program."""

from tests.calc.live import live, live_app

__all__ = ["live", "live_app"]
