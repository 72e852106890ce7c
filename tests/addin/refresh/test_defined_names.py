"""The names of an open workbook: those that its file tells are asked one by one, else all are looked at."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import xlwings as xw

from tests.addin.refresh.conftest import Views
from tests.calc.engine.calls import counted_calls
from zwgk_excel.addin.refresh.defined_names import DefinedNames
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.tracker.tracker_workbook import recorded_tracker

TRACKING, ITEMS = layout("tracker")["tracking"], layout("tracker")["items"]


@pytest.fixture
def book(opened: Callable[..., xw.Book], views: Views) -> xw.Book:
    return opened(views.answered)


@pytest.fixture
def ours(views: Views) -> dict[str, str]:
    return {name: sheet for name, (sheet, _) in recorded_tracker(views.answered).names.items()}


def of_sheet(book: xw.Book, sheet: str) -> dict[str, str]:
    """What xlwings itself says."""
    meant = {each.name: str(each.refers_to) for each in book.names if "!" not in each.name}
    return {name: cells for name, cells in meant.items() if cells.replace("'", "").startswith(f"={sheet}!")}


def test_the_names_of_a_sheet_are_known_by_the_file(book: xw.Book, ours: dict[str, str]):
    for sheet in set(ours.values()):
        with counted_calls() as calls:
            found = DefinedNames(book, ours).on(sheet)
        assert dict(found) == of_sheet(book, sheet) != {}
        assert calls.total() <= 2 * len(found) + 4, calls


def test_a_name_of_the_office_is_among_them(book: xw.Book, ours: dict[str, str]):
    book.names.add("我的范围", f"='{TRACKING.name}'!$A$4:$A$9")
    book.save()
    assert ("我的范围", f"='{TRACKING.name}'!$A$4:$A$9") in DefinedNames(book, ours).on(TRACKING.name)
    assert "我的范围" not in dict(DefinedNames(book, ours).on(ITEMS.name))


@pytest.mark.parametrize("file", ["as it was", "gone", "damaged"])
def test_what_the_file_does_not_know_is_looked_for_among_all(
    book: xw.Book, ours: dict[str, str], file: str
):
    book.names.add("我的范围", f"={TRACKING.name}!$A$4:$A$9")
    if file == "gone":
        Path(book.fullname).unlink()
    if file == "damaged":
        Path(book.fullname).write_bytes(b"PK")
    names = DefinedNames(book, ours)
    assert dict(names.on(TRACKING.name)) == of_sheet(book, TRACKING.name)
    assert "我的范围" in dict(names.on(TRACKING.name))


def test_after_rows_have_moved_all_are_looked_at_again(book: xw.Book):
    Path(book.fullname).unlink()
    names, sheet = DefinedNames(book), book.sheets[TRACKING.name]
    before = dict(names.on(TRACKING.name))
    sheet.range("5:6").insert("down")
    assert dict(names.on(TRACKING.name)) == before
    names.moved(TRACKING.name)
    assert dict(names.on(TRACKING.name)) == of_sheet(book, TRACKING.name) != before


def test_one_that_is_not_there_is_none(book: xw.Book):
    names = DefinedNames(book)
    assert names.get("没有的") is None
    names.add("没有的", f"={TRACKING.name}!$A$4")
    assert names.get("没有的").refers_to == f"={TRACKING.name}!$A$4"
