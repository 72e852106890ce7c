"""目录矩阵 in the open tracker: its domains come, go, and never act."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import xlwings as xw

from tests.addin.refresh.conftest import Views
from tests.addin.refresh.test_tracker_refresh import refreshed, rows
from tests.workbooks.tracker_sample import covered
from zwgk_excel.addin.refresh import tracker_refresh
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.tracker.rows.coverage_rows import coverage_matrix
from zwgk_excel.workbooks.tracker.rows.view import TrackerView
from zwgk_excel.workbooks.writing.formats import TEXT

SHEET = layout("tracker")["coverage_matrix"]


@pytest.fixture
def book(opened: Callable[..., xw.Book], views: Views) -> xw.Book:
    return opened(covered(views.silent, ["就业", "养老服务"], units=3))


def table(book: xw.Book) -> list[list[Any]]:
    return rows(book, SHEET.name)[2:]


def wanted(view: TrackerView) -> dict[str, dict[str, Any]]:
    ours = {"unit", "total"}
    return {str(row["unit"]): {key: row[key] for key in row if key not in ours} for row in coverage_matrix(view)}


def shown(book: xw.Book) -> dict[str, dict[str, Any]]:
    head, *lines = table(book)
    inner = [place for place, text in enumerate(head) if text and text not in {"单位", "合计"}]
    return {line[0]: {head[place]: line[place] for place in inner} for line in lines if line[0]}


def test_a_new_domain_stands_before_the_total_and_is_coloured(book: xw.Book, views: Views):
    view = covered(views.silent, ["就业", "养老服务", "税收管理"], units=3)
    refreshed(book, view)
    assert table(book)[0] == ["单位", "就业", "养老服务", "税收管理", "合计"]
    assert shown(book) == wanted(view)
    rules = book.sheets[SHEET.name].range("D4").conditional_formats
    assert len(rules) == 4


def test_the_first_domain_comes_into_an_empty_sheet(opened: Callable[..., xw.Book], views: Views):
    book = opened(views.silent)
    view = covered(views.silent, ["就业"], units=2)
    refreshed(book, view)
    assert shown(book) == wanted(view)
    assert len(book.sheets[SHEET.name].range("B4").conditional_formats) == 4


def test_a_domain_that_is_gone_is_emptied_and_what_the_office_typed_stays(book: xw.Book, views: Views):
    sheet = book.sheets[SHEET.name]
    sheet.range("F3").value, sheet.range("F4").value = "备注", "电话已催"
    view = covered(views.silent, ["养老服务"], units=3)
    refreshed(book, view)
    typed = ["电话已催", None, None]
    lines = zip(wanted(view).items(), typed, strict=True)
    assert shown(book) == {unit: {**cells, "备注": text} for (unit, cells), text in lines}
    assert [line[1] for line in table(book)] == [None] * 4
    again = refreshed(book, view)
    assert again.skipped_sheets == ()


def test_a_refresh_that_fails_leaves_the_domains_as_they_were(
    book: xw.Book, views: Views, monkeypatch: pytest.MonkeyPatch
):
    before = table(book)

    def broken(app: xw.App, book: xw.Book) -> None:
        raise OSError("full")

    monkeypatch.setattr(tracker_refresh, "save", broken)
    with pytest.raises(OSError, match="full"):
        refreshed(book, covered(views.silent, ["税收管理"], units=3))
    assert table(book) == before


def test_a_tracker_of_earlier_versions_gets_the_sheet(book: xw.Book, views: Views):
    book.sheets[SHEET.name].delete()
    view = covered(views.silent, ["就业"], units=2)
    assert refreshed(book, views.silent).skipped_sheets == ()
    names = [each.name for each in book.sheets]
    assert names.index(SHEET.name) == names.index(layout("tracker")["column_updates"].name) + 1
    refreshed(book, view)
    assert shown(book) == wanted(view)


@pytest.mark.parametrize("domain", ["=1+1", "@SUM(1)", "+1", "合计", "单位", "", "\x00就业\n管理" * 40])
def test_the_name_of_a_domain_is_text_whatever_it_says(book: xw.Book, views: Views, domain: str):
    book.sheets[SHEET.name].range("A3:D3").number_format = "General"
    view = covered(views.silent, [domain], units=2)
    refreshed(book, view)
    assert shown(book) == wanted(view)
    assert book.sheets[SHEET.name].range("B3").number_format == TEXT
