"""How many members of Excel's objects a click asks for: each is a message to another process and back."""

from __future__ import annotations

from collections import Counter

import pytest
import xlwings as xw
from xlwings import base_classes

from tests.addin.clicks import click
from tests.addin.grid import GridApp, app, book, sheet
from tests.addin.grid import range as range_
from tests.addin.tracker_desk import LAYOUT, open_tracker
from tests.calc.year import answer
from tests.tools import posix_only, require
from tests.windows.click.counted_engine import _engine_for_windows, counted_members
from tests.workflow.desk import CYCLE, Desk

pytestmark = posix_only("pywin32 not being there")
NOTHING_NEW, ONE_RETURN = 150, 400
"""Members of a click that finds nothing new, and of one that finds one return. xlwings makes several of some of its
calls, so they are more than tests/addin/refresh/test_calls.py counts."""


@pytest.fixture(autouse=True)
def model() -> None:
    require("object-model")


def asked(grid: GridApp) -> Counter[str]:
    with counted_members(grid) as members:
        assert click(grid, "consolidate").startswith("汇总完成")
    return members


def test_a_tracker_that_is_closed_is_opened_and_known_for_one(grid: GridApp, desk: Desk):
    xw.books.add()
    answer(desk, [CYCLE])
    asked(grid)
    assert [each.name for each in grid.books][-1] == LAYOUT.file_name


def test_the_doubles_can_be_asked_nothing_that_xlwings_cannot_on_windows(grid: GridApp):
    """As ``name in book.sheets``, which there compares objects with a text and is always False."""
    windows = _engine_for_windows(grid)
    kinds = [each for module in (app, book, range_, sheet) for each in vars(module).values() if isinstance(each, type)]
    beyond = [
        f"{kind.__name__}.{name}"
        for kind in kinds
        for base in kind.__bases__
        if base.__module__ == base_classes.__name__ and hasattr(windows, base.__name__)
        for name in vars(kind)
        if name.startswith("__") and not hasattr(getattr(windows, base.__name__), name)
    ]
    assert beyond == []


def test_a_click_asks_excel_for_little(grid: GridApp, desk: Desk):
    open_tracker(grid, desk)
    answer(desk, [CYCLE], but=2)
    click(grid, "consolidate")
    few = asked(grid)
    assert few.total() <= NOTHING_NEW, few
    answer(desk, [CYCLE], but=1)
    handled = asked(grid)
    assert handled["Range.Delete"], "a row of the in-tray goes"
    assert handled.total() <= ONE_RETURN, handled
    answer(desk, [CYCLE])
    one = asked(grid)
    assert one["Range.Insert"]
    assert one.total() <= ONE_RETURN, one
    assert not one["Filter.On"], "no column is asked where the filter hides nothing"
    later = asked(grid)
    assert later.total() <= NOTHING_NEW, later
