"""How many members of Excel's objects a click asks for: each is a message to another process and back."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.addin.clicks import click
from tests.addin.grid import GridApp
from tests.addin.tracker_desk import open_tracker
from tests.calc.year import answer
from tests.tools import posix_only, require
from tests.windows.click.counted_engine import counted_members
from tests.workflow.desk import CYCLE, Desk

pytestmark = posix_only("pywin32 not being there")
NOTHING_NEW, ONE_RETURN = 210, 400
"""Members of a click that finds nothing new, and of one that finds one return. xlwings makes several of some of its
calls, so they are more than tests/addin/refresh/test_calls.py counts."""


@pytest.fixture(autouse=True)
def model() -> None:
    require("object-model")


def asked(grid: GridApp) -> Counter[str]:
    with counted_members(grid) as members:
        assert click(grid, "consolidate").startswith("汇总完成")
    return members


def test_a_click_asks_excel_for_little(grid: GridApp, desk: Desk):
    open_tracker(grid, desk)
    answer(desk, [CYCLE], but=1)
    click(grid, "consolidate")
    few = asked(grid)
    assert few.total() <= NOTHING_NEW, few
    answer(desk, [CYCLE])
    one = asked(grid)
    assert one["Range.Insert"]
    assert one.total() <= ONE_RETURN, one
    assert not one["Filter.On"], "no column is asked where the filter hides nothing"
    assert asked(grid).total() <= few.total() + 10
