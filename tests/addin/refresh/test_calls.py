"""How much a click asks of the spreadsheet program: in Excel each call is a message to another process and back."""

from __future__ import annotations

from collections import Counter

from tests.addin.clicks import click
from tests.addin.grid import GridApp
from tests.addin.tracker_desk import open_tracker
from tests.calc.engine.calls import counted_calls
from tests.calc.year import answer
from tests.workflow.desk import CYCLE, Desk

NOTHING_NEW, ONE_RETURN = 150, 400
"""Calls of a click that finds nothing new, some six for each of twenty sheets, and of one that finds one return, also
where rows go by it."""


def asked(grid: GridApp) -> Counter[str]:
    with counted_calls() as calls:
        assert click(grid, "consolidate").startswith("汇总完成")
    return calls


def test_a_click_asks_little_of_the_program_however_many_rows_there_are(grid: GridApp, desk: Desk):
    open_tracker(grid, desk)
    answer(desk, [CYCLE], but=2)
    click(grid, "consolidate")
    few = asked(grid)
    answer(desk, [CYCLE], but=1)
    handled = asked(grid)
    answer(desk, [CYCLE])
    one = asked(grid)
    many = asked(grid)
    assert few.total() <= NOTHING_NEW, few
    assert handled["delete"]
    assert handled.total() <= ONE_RETURN, handled
    assert one["insert"]
    assert one.total() <= ONE_RETURN, one
    assert many.total() <= few.total() + 5, many - few  # a table that had no row yet has rules to look at now
    assert not many.keys() & {"insert", "delete", "resize", "add_hyperlink", "clear_contents", "calculation"}
