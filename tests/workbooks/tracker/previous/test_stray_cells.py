"""What is typed onto our sheets outside of any table and any column that stays goes to the sheet of removed values."""

from __future__ import annotations

import io
from collections.abc import Mapping

import openpyxl
import pytest

from tests.workbooks.tracker_sample import added_to, realistic
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.excel import address
from zwgk_excel.workbooks.tracker.previous.user_additions import removed_values
from zwgk_excel.workbooks.tracker.sheets.page import HEADER_ROW
from zwgk_excel.workbooks.tracker.tracker_workbook import tracker_workbook

TRACKER = layout("tracker")
VIEW = realistic(count=2, items=1)
ON_SHEETS = ("overview", "in_tray", "tracking", "matrix", "unit_page", "scores", "rectifications", "items", "acts")
WITHOUT_COLUMNS = ("in_tray", "matrix", "scores", "rectifications", "coverage_matrix")


def typed(data: bytes, cells: Mapping[tuple[str, str], object]) -> bytes:
    """A tracker in which the office has typed something into cells: (sheet, cell) → what."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    for (sheet, cell), value in cells.items():
        book[sheet][cell] = value
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def moved(data: bytes) -> dict[str, tuple[str, object]]:
    """Where it was → (heading, value), of all that the next tracker lists as removed."""
    return {each.obligation: (each.heading, each.value) for each in removed_values(VIEW, added_to(data))}


@pytest.fixture(scope="module")
def data() -> bytes:
    return tracker_workbook(VIEW)


def test_what_we_write_is_ours(data: bytes):
    assert moved(data) == {}


def test_single_cells_in_blank_space_are_kept_and_told(data: bytes):
    cells = {(TRACKER[key].name, "A2000"): f"记在{key}" for key in ON_SHEETS} | {("总览", "R3"): "右边"}
    there = typed(data, cells)
    texts = layout("tracker").settings["texts"]["stray"]
    assert moved(there) == {f"{sheet}!{cell}": (texts, value) for (sheet, cell), value in cells.items()}
    told = next(each for each in removed_values(VIEW, added_to(there)) if each.obligation == "总览!R3")
    assert told.problem("总台账.xlsx").code == "office_text_moved"
    # They stay on that sheet from then on, also beside another text from the same cell.
    again = tracker_workbook(VIEW, added_to(there))
    assert moved(again) == moved(there)
    later = moved(typed(again, {("总览", "R3"): "又一句"}))
    assert (later["总览!R3"], later["总览!R3（2）"]) == ((texts, "右边"), (texts, "又一句"))


@pytest.mark.parametrize("key", WITHOUT_COLUMNS)
def test_a_column_of_the_offices_own_is_kept_and_told(data: bytes, key: str):
    name = TRACKER[key].name
    place = openpyxl.load_workbook(io.BytesIO(data))[name].max_column
    heading, value = address(HEADER_ROW, place), address(HEADER_ROW + 1, place)
    found = moved(typed(data, {(name, heading): "我的列", (name, value): "我填的"}))
    assert found[f"{name}!{heading}"][1] == "我的列"
    assert found[f"{name}!{value}"][1] == "我填的"
