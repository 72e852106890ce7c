"""The workspace's tracker where another workbook is in front of the program."""

from __future__ import annotations

import xlwings as xw

from tests.addin.tracker_desk import (
    LAYOUT,
    PURCHASES,
    TRACKING,
    click,
    returns,
    rows_of,
    saved,
    tracker,
)
from tests.calc.engine import CalcApp
from tests.workflow.desk import Desk
from zwgk_excel.layout.columns import layout


def test_another_book_in_front_opens_the_workspaces_own(live: CalcApp, desk: Desk):
    book = xw.books.open(desk.root / layout("roster").file_name)
    book.set_mock_caller()
    returns(desk)
    click()
    assert LAYOUT.file_name in [each.name for each in xw.books]
    assert rows_of(saved(desk)[TRACKING.name])[PURCHASES][1][TRACKING.heading("items")] == 3


def test_no_tracker_yet_makes_one(live: CalcApp, desk: Desk):
    tracker(desk).unlink()
    xw.books.open(desk.root / layout("roster").file_name).set_mock_caller()
    returns(desk)
    click()
    assert "新收 2 份" in live.alerts[-1][0]
    assert LAYOUT.file_name in [each.name for each in xw.books]
