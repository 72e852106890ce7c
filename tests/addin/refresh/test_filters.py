"""Filters are off while rows are written, and afterwards as before, on the column of the same heading."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import xlwings as xw

from tests.addin.refresh.conftest import Views
from zwgk_excel.addin.refresh.filters import filters_cleared
from zwgk_excel.layout.columns import layout

SHAPE = layout("tracker")["tracking"]
UNIT = SHAPE.index("unit") + 1


@pytest.fixture
def book(opened: Callable[..., xw.Book], views: Views) -> xw.Book:
    return opened(views.answered)


def table_of(book: xw.Book) -> Any:
    return book.sheets[SHAPE.name].tables[SHAPE.table]


def applied(cells: Any) -> dict[int, Any]:
    return {each.field: each.values or each.value1 for each in cells.autofilter.criteria if each.type != "none"}


def test_all_rows_are_shown_in_between_and_filtered_again_afterwards(book: xw.Book):
    table, page = table_of(book), book.sheets[SHAPE.name].impl.page
    table.autofilter.apply_values(UNIT, ["市财政局"])
    table.autofilter.apply_comparison(SHAPE.index("duty") + 1, "not_equal_to", "D02")
    before, hidden = applied(table), page.hidden_rows()
    assert hidden
    with filters_cleared(book) as lost:
        assert (applied(table), page.hidden_rows()) == ({}, set())
        assert lost == []
    assert (applied(table), page.hidden_rows()) == (before, hidden)


def test_a_filter_follows_its_heading(book: xw.Book):
    table = table_of(book)
    table.autofilter.apply_values(UNIT, ["市财政局"])
    with filters_cleared(book):
        book.sheets[SHAPE.name].range("A:A").insert("right")
        book.sheets[SHAPE.name].range((3, 1)).value = "新列"
        table.resize(book.sheets[SHAPE.name].range((3, 1), (table.range.last_cell.row, table.range.last_cell.column)))
    assert applied(table) == {UNIT + 1: ["市财政局"]}


def test_a_filter_whose_column_is_gone_is_not_set_again(book: xw.Book):
    table = table_of(book)
    table.autofilter.apply_values(UNIT, ["市财政局"])
    with filters_cleared(book):
        book.sheets[SHAPE.name].range((3, UNIT)).value = "别的标题"
    assert applied(table) == {}


def test_filters_are_set_again_after_a_failure(book: xw.Book):
    table = table_of(book)
    table.autofilter.apply_values(UNIT, ["市财政局"])

    def fail() -> None:
        with filters_cleared(book):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert applied(table) == {UNIT: ["市财政局"]}


def test_a_filter_of_an_unknown_kind_is_named(book: xw.Book):
    """By colour, or by a date that moves: xlwings cannot set such again."""
    table = table_of(book)
    table.impl.table.criteria[UNIT] = {**_none(UNIT), "type": "cell_color"}
    with filters_cleared(book) as lost:
        assert lost == [SHAPE.name]
    assert applied(table) == {}


def test_the_matrix_has_a_filter_without_a_table(book: xw.Book):
    shape = layout("tracker")["matrix"]
    sheet = book.sheets[shape.name]
    own = sheet.impl.page.filter
    assert own is not None
    units = [row[0] for row in sheet.range((4, 1), (own.area[2], 2)).value]
    own.criteria[1] = {**_none(1), "type": "values", "values": [units[0]]}
    with filters_cleared(book):
        assert own.criteria == {}
    assert own.criteria[1]["values"] == [units[0]]


def _none(field: int) -> dict[str, Any]:
    from xlwings.base_classes import empty_autofilter_criteria

    return dict(empty_autofilter_criteria(field))
