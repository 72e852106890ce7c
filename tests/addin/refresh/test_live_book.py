"""An open workbook read as the readers of files want it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
import xlwings as xw

from tests.addin.grid import GridApp
from tests.addin.refresh.conftest import Views
from tests.addin.sheets import sheet_of
from zwgk_excel.addin.refresh.live_book import (
    LiveBook,
    OpenSheets,
    comments,
    is_read_only,
    is_tracker,
    read_grid,
    require_unprotected,
    used_cells,
)
from zwgk_excel.layout.columns import layout
from zwgk_excel.workflow.errors import UserError


def test_a_block_as_wide_as_the_sheet_is_read_too():
    """Excel names it by its rows alone."""
    last = SimpleNamespace(row=9, column=16384)
    used = SimpleNamespace(address="$1:$9", last_cell=last)
    sheet = SimpleNamespace(used_range=used, range=lambda *corners: corners)
    assert used_cells(sheet) == ((1, 1), (9, 16384))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (3, 3),
        (3.5, 3.5),
        ("00123a", "00123a"),
        ("'00123", "00123"),
        ("", None),
        (True, True),
        (date(2026, 11, 3), date(2026, 11, 3)),
        (datetime(2026, 11, 3, 9, 30), datetime(2026, 11, 3, 9, 30)),
    ],
)
def test_values_are_plain(grid: GridApp, written: Any, read: Any):
    sheet = sheet_of([["标题", "值"], ["x", written]])
    found = read_grid(sheet).value(1, 1)
    assert (found, type(found)) == (read, type(read))


def test_a_grid_begins_at_a1_and_ends_at_the_last_cell_used(grid: GridApp):
    sheet = sheet_of([[None, None, None], [None, "甲", None], [None, None, "乙"]])
    assert read_grid(sheet).rows == [[None, None, None], [None, "甲", None], [None, None, "乙"]]


def test_errors_are_kept_apart(grid: GridApp):
    sheet = sheet_of([["a", "b"], ["#REF!", "#N/A 不是错误"]])
    found = read_grid(sheet)
    assert found.rows[1] == [None, "#N/A 不是错误"]
    assert found.errors == {(1, 0): "#REF!"}


def test_each_sheet_is_read_once(grid: GridApp):
    sheet = sheet_of([["旧"]])
    live = LiveBook(OpenSheets(sheet.book))
    first = live.grid("台账")
    sheet.range("A1").value = "新"
    assert live.grid("台账") is first
    assert live.grid("没有这张表") is None


def test_comments_come_with_their_rows(grid: GridApp):
    sheet = sheet_of([["a"], ["b"], ["c"]])
    sheet.impl.page.cell(3, 1).note = "张科长说缓几天"
    assert list(comments(sheet, read_grid(sheet))) == [(3, "张科长说缓几天")]


def test_a_tracker_is_known_by_its_hidden_sheet(opened: Callable[..., xw.Book], views: Views):
    book = opened(views.silent)
    assert is_tracker(OpenSheets(book))
    assert not is_tracker(OpenSheets(xw.books.add()))
    identity = book.sheets[layout("tracker")["identity"].name]
    identity.used_range.clear_contents()
    assert not is_tracker(OpenSheets(book))


def test_what_hinders_a_refresh_is_seen(opened: Callable[..., xw.Book], views: Views):
    book = opened(views.silent)
    assert not is_read_only(book)
    tracking, items = (layout("tracker")[key].name for key in ("tracking", "items"))
    mine = book.sheets.add("我的", after=book.sheets[0])
    mine.api.Protect()
    for office in (True, False):
        require_unprotected(OpenSheets(book), office=office)  # the office's own sheets are its own affair
    for name, into_which in ((tracking, True), (items, False)):
        book.sheets[name].api.Protect()
        with pytest.raises(UserError, match=f"“{name}”受保护"):
            require_unprotected(OpenSheets(book), office=into_which)
    path = book.fullname
    book.close()
    assert is_read_only(xw.books.open(path, read_only=True))
