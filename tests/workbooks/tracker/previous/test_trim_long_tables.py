"""A tracker too long to be read is read by the rows that the office wrote beside, as if all had been read."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import openpyxl
import pytest
from openpyxl.comments import Comment

from tests.workbooks.tracker_sample import added_to, realistic, typed_into
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.opening.open_book import open_book
from zwgk_excel.workbooks.tracker.previous import trim_long_tables as module
from zwgk_excel.workbooks.tracker.previous.trim_long_tables import trim_long_tables
from zwgk_excel.workbooks.tracker.rows.view import TrackerView
from zwgk_excel.workbooks.tracker.sheets import page as tracker_sheet
from zwgk_excel.workbooks.tracker.tracker_workbook import tracker_workbook

pytestmark = pytest.mark.slow

TRACKER = layout("tracker")
NAME = TRACKER.file_name
ITEMS = TRACKER["items"]


def _alike() -> TrackerView:
    """A view in which many items have the same title: only their order tells them apart."""
    view = realistic(count=2)
    contents = tuple(
        replace(each, content=replace(each.content, items=tuple(replace(i, title="同名") for i in each.content.items)))
        for each in view.contents
        if each.content
    )
    return replace(view, contents=contents)


VIEW = _alike()


@pytest.fixture(autouse=True)
def _everything_is_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracker_sheet, "LONG_ROWS", 3)
    monkeypatch.setattr(module, "LARGE_PART", 10_000)
    monkeypatch.setattr(module, "_HEAD_ROWS", 8)


def written(rows: tuple[int, ...] = (), noted: tuple[int, ...] = ()) -> bytes:
    """A tracker with a word and a formula beside some items, and comments on others."""
    book = openpyxl.load_workbook(io.BytesIO(tracker_workbook(VIEW)))
    page: Any = book[ITEMS.name]
    left = len(ITEMS.columns) + 1
    if rows:
        page.cell(3, left, "核对")
    for row in rows:
        page.cell(row, left, f"看过第{row}行")
        page.cell(row, left + 1, f"=LEN(A{row})*2")
    for row in noted:
        page.cell(row, 2).comment = Comment(f"第{row}行", "办公室")
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("rows", "noted"),
    [((), ()), ((4,), ()), ((60, 61, 90), ()), ((), (70,)), ((5, 40), (6, 100)), (tuple(range(4, 120)), ())],
)
def test_it_says_the_same(rows: tuple[int, ...], noted: tuple[int, ...], monkeypatch: pytest.MonkeyPatch):
    data = written(rows, noted)
    assert trim_long_tables(data, NAME).data != data
    typed, refreshed = typed_into(data), tracker_workbook(VIEW, added_to(data))
    monkeypatch.setattr(module, "LARGE_PART", len(data) * 100)
    assert trim_long_tables(data, NAME).data is data
    assert typed_into(data) == typed
    assert tracker_workbook(VIEW, added_to(data)) == refreshed


def test_only_what_is_needed_is_left():
    read = trim_long_tables(written((60,)), NAME)
    grid = open_book(read.data, NAME).grid(ITEMS.name)
    assert grid is not None
    alike = sum(row[:2] == grid.rows[-2][:2] for row in grid.rows)
    assert 9 < len(grid.rows) <= 8 + alike + 2 < VIEW.item_count
    (part,) = (part for part, numbers in read.numbers.items() if 60 in numbers.values())
    assert list(read.numbers[part].values())[-1] == VIEW.item_count + 3


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 nothing", b"<html/>"])
def test_what_is_no_workbook_stays_for_the_guard(data: bytes):
    assert trim_long_tables(data, NAME).data == data


def test_a_short_tracker_is_read_as_it_is(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.undo()
    data = tracker_workbook(realistic(count=1))
    assert trim_long_tables(data, NAME).data is data
