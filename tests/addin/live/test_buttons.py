"""Buttons that refresh the tracker on their way, in a real program: what it computed is what they read."""

from __future__ import annotations

import shutil

import pytest
import xlwings as xw

from tests.addin.clicks import click
from tests.calc.engine import CalcApp
from tests.workflow.desk import Desk, item
from zwgk_excel.layout.columns import layout

TRACKER = layout("tracker")


@pytest.fixture
def front(live: CalcApp, desk: Desk) -> CalcApp:
    """The application with the tracker in front."""
    xw.books.open(desk.root / TRACKER.file_name).set_mock_caller()
    return live


def test_scores_that_were_just_consolidated_are_not_asked_about_again(front: CalcApp, desk: Desk):
    path = desk.reply("市人社局", "人社.xlsx", items=[item("D04 稳岗就业")])
    shutil.copyfile(path, desk.root / "收件箱" / "人社.xlsx")
    assert "新收 1 份" in click(front, "assess", "yes", "yes")
    (book,) = xw.books
    assert book.sheets.active.name == TRACKER["scores"].name
    assert "最后是" in click(front, "assess", "yes")
    assert len(front.alerts) == 2, "the month was asked, and nothing else"
