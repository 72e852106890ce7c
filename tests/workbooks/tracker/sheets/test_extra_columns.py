"""What the office types beside the rows of 信息明细, 问题清单 and 收件登记 stays beside them, or is listed."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.comments import Comment

from tests.ooxml import validate
from tests.workbooks.tracker_sample import added_to, item_count, realistic
from tests.xlsx_lint import lint
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.tracker.previous.user_additions import removed_values
from zwgk_excel.workbooks.tracker.rows.view import TrackerView
from zwgk_excel.workbooks.tracker.sheets import page as tracker_sheet
from zwgk_excel.workbooks.tracker.tracker_workbook import tracker_workbook

TRACKER = layout("tracker")
VIEW = realistic(count=1, items=1)
SHEETS = ("items", "problems", "receipts")
MARK = "核对"


@pytest.fixture(scope="module")
def marked() -> bytes:
    """A tracker in which each row of three sheets has its own key typed beside it, a formula, and some comments."""
    book = openpyxl.load_workbook(io.BytesIO(tracker_workbook(VIEW)))
    for key in SHEETS:
        page, left = book[TRACKER[key].name], len(TRACKER[key].columns) + 1
        page.cell(3, left, MARK)
        page.cell(3, left + 1, "两倍")
        for row in range(4, page.max_row + 1):
            page.cell(row, left, identity(page, row))
            page.cell(row, left + 1, f"=LEN({page.cell(row, 1).coordinate})*2")
        page.cell(5, 2).comment = Comment(f"看过 {identity(page, 5)}", "办公室")
    return saved(book)


def identity(page: Any, row: int) -> str:
    """All that a row of ours shows."""
    sheet = next(each for each in TRACKER.sheets.values() if each.name == page.title)
    return "|".join(str(page.cell(row, column + 1).value) for column in range(len(sheet.columns)))


def saved(book: Any) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def without_a_unit(view: TrackerView) -> tuple[str, TrackerView]:
    """The view before one of its units sent anything."""
    unit = next(each.unit for each in view.contents if each.problems)
    contents = tuple(each for each in view.contents if each.unit != unit)
    return unit, replace(
        view,
        contents=contents,
        item_count=item_count(contents),
        receipts=tuple(each for each in view.receipts if each.unit != unit),
        problems=tuple(each for each in view.problems if f"/{unit}/" not in each.obligation),
    )


def assert_beside(data: bytes) -> None:
    """Every row has just what was typed beside it."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    for key in SHEETS:
        page, left = book[TRACKER[key].name], len(TRACKER[key].columns) + 1
        assert page.cell(3, left).value == MARK
        assert page.tables[TRACKER[key].table].tableColumns[left - 1].name == MARK
        for row in range(4, page.max_row + 1):
            assert page.cell(row, left).value == identity(page, row), (key, row)
            assert page.cell(row, left + 1).value == f"=LEN({page.cell(row, 1).coordinate})*2"
        (noted,) = ((c.row, c.comment.text) for line in page.iter_rows() for c in line if c.comment)
        assert noted[1] == f"看过 {identity(page, noted[0])}"


@pytest.mark.parametrize("long", [tracker_sheet.LONG_ROWS, 3])
def test_it_stays_when_nothing_happened(marked: bytes, tmp_path: Path, long: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tracker_sheet, "LONG_ROWS", long)
    once = tracker_workbook(VIEW, added_to(marked))
    assert_beside(once)
    assert tracker_workbook(VIEW, added_to(once)) == once
    path = tmp_path / TRACKER.file_name
    path.write_bytes(once)
    assert [str(defect) for defect in lint(path)] == []
    assert validate(path, "Office2010") == []


def test_it_follows_its_row_when_others_come(marked: bytes):
    unit, fewer = without_a_unit(VIEW)
    book = openpyxl.load_workbook(io.BytesIO(tracker_workbook(fewer)))
    for key in SHEETS:
        page, left = book[TRACKER[key].name], len(TRACKER[key].columns) + 1
        page.cell(3, left, MARK)
        for row in range(4, page.max_row + 1):
            page.cell(row, left, identity(page, row))
    grown = openpyxl.load_workbook(io.BytesIO(tracker_workbook(VIEW, added_to(saved(book)))))
    for key in SHEETS:
        page, left = grown[TRACKER[key].name], len(TRACKER[key].columns) + 1
        marks = {row: page.cell(row, left).value for row in range(4, page.max_row + 1)}
        assert {row for row, mark in marks.items() if mark is None} == {
            row for row in marks if unit in identity(page, row)
        }
        assert all(mark in (None, identity(page, row)) for row, mark in marks.items())


def test_what_stood_beside_a_row_that_goes_is_listed_and_comes_back(marked: bytes):
    unit, fewer = without_a_unit(VIEW)
    lost = removed_values(fewer, added_to(marked))
    sheets = {each.obligation.partition("/")[0] for each in lost}
    assert sheets == {TRACKER[key].name for key in SHEETS}
    assert [unit in str(each.value) for each in lost if each.heading == MARK].count(True) >= len(SHEETS)
    assert all(unit in str(each.value) for each in lost if each.heading == MARK)
    small = tracker_workbook(fewer, added_to(marked))
    listed = openpyxl.load_workbook(io.BytesIO(small))[TRACKER["removed"].name]
    assert sum(row[1].value == MARK for row in listed.iter_rows(min_row=4)) == sum(e.heading == MARK for e in lost)
    back = openpyxl.load_workbook(io.BytesIO(tracker_workbook(VIEW, added_to(small))))
    for key in SHEETS:
        page, left = back[TRACKER[key].name], len(TRACKER[key].columns) + 1
        assert all(page.cell(row, left).value == identity(page, row) for row in range(4, page.max_row + 1)), key


def test_nothing_beside_costs_nothing():
    assert added_to(tracker_workbook(VIEW)).beside == {}
