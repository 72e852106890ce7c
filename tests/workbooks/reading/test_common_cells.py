"""What is filled once on the cover counts for the rows that leave it blank, and is never lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.workbooks.report_sample import content, item
from tests.workflow.intake import test_foreign_identity
from zwgk_excel.domain.text import clean
from zwgk_excel.layout.columns import common_columns, layout
from zwgk_excel.workbooks.contract.common_cells import find_common
from zwgk_excel.workbooks.contract.defined_names import common
from zwgk_excel.workbooks.excel import column_letters
from zwgk_excel.workbooks.opening.open_book import open_book
from zwgk_excel.workbooks.reading.common_cells import CommonCells, cells_elsewhere, read_common
from zwgk_excel.workbooks.reading.read_return import read_return
from zwgk_excel.workbooks.report.fill_in import fill
from zwgk_excel.workbooks.report.report_workbook import report_workbook

KEYS = [column.key for column in common_columns()]
COVER = layout("report")["cover"].name
FULL = {
    "section": "采购科",
    "officer": "张三",
    "phone": "0714-8700001",
    "first_review": "李",
    "second_review": "王",
    "final_review": "赵",
}
BARE: dict[str, Any] = {key: value for key, value in item().items() if key not in KEYS}


@cache
def issued() -> bytes:
    return report_workbook(content(common=(("officer", "张三"),)))


def read(typed: dict[str, Any], *items: dict[str, Any]):
    data = fill(issued(), answers={}, items=items, common=typed)
    return read_return(data, "回.xlsx", by=date(2026, 11, 20))


def test_the_layout_says_what_is_common():
    assert list(FULL) == KEYS


def test_rows_take_what_they_leave_blank():
    reading = read(FULL, BARE, BARE | {"officer": "李 四", "phone": "　"})
    first, second = reading.content.items
    assert {key: first.value(key) for key in KEYS} == FULL
    assert {key: second.value(key) for key in KEYS} == FULL | {"officer": "李四"}
    assert (first.common, second.common) == (frozenset(KEYS), frozenset(KEYS) - {"officer"})
    assert reading.content.common == FULL
    assert [p.code for p in reading.content.problems] == ["normalised"]  # 李 四


def test_what_was_prefilled_counts_as_typed_and_may_be_emptied():
    assert read({}, BARE).content.items[0].officer == "张三"
    assert read({"officer": " "}, BARE).content.items[0].officer == ""


def test_the_cells_are_kept_though_nothing_takes_them():
    reading = read(FULL)
    assert (reading.content.common, reading.content.items, reading.content.problems) == (FULL, (), ())


@settings(max_examples=examples(40), deadline=None)
@given(st.dictionaries(st.sampled_from(KEYS), st.one_of(st.text(max_size=50), st.integers(0, 10**9)), min_size=1))
def test_every_typed_common_cell_is_kept_or_named(typed):
    texts = {key: "".join(c for c in str(value) if c.isprintable()) for key, value in typed.items()}
    reading = read({key: text if isinstance(typed[key], str) else typed[key] for key, text in texts.items()}, BARE)
    named = {p.place.cell: p.found for p in reading.content.problems}
    for key, text in texts.items():
        kept = reading.content.common.get(key, "")
        told = named.get(reading.locator.common[key].cell, "")
        assert clean(text).replace(" ", "") in kept.replace(" ", "") or clean(text) in told, (key, text, kept, told)


def test_a_cell_that_cannot_be_read_is_named_once_and_taken_by_no_row():
    grid = open_book(issued(), "").grid(COVER)
    assert grid is not None
    where = find_common(grid.rows)["section"]
    found = read_common([replace(grid, errors={where: "#N/A"})], "回.xlsx", date(2026, 11, 20))
    assert (found.unread, [p.code for p in found.problems]) == (frozenset({"section"}), ["cell_error"])


def test_what_differs_in_a_copy_of_the_cover_is_named():
    first, copy = (open_book(fill(issued(), answers={}, items=[], common=each), "").grid(COVER) for each in (FULL, {}))
    assert first is not None
    assert copy is not None
    known = read_common([first], "回.xlsx", date(2026, 11, 20))
    renamed = type(copy)(f"{COVER} (2)", copy.rows)
    where = find_common(copy.rows)
    assert cells_elsewhere([first, renamed], known) == {renamed.sheet: set(where.values()) - {where["officer"]}}


def test_a_workbook_from_before_is_read_as_before():
    data = Path(test_foreign_identity.__file__).with_name("schema_1.xlsx").read_bytes()
    typed = fill(data, answers={}, items=[BARE | {"task": "D02 政府采购"}])
    reading = read_return(typed, "回.xlsx", by=date(2026, 11, 20))
    (found,) = reading.content.items
    assert (found.officer, found.common, reading.content.common) == ("", frozenset(), {})
    assert reading.locator.common == {}
    assert [p.code for p in reading.content.problems if p.place.sheet == COVER] == []


@pytest.mark.parametrize("contact", [("", ""), ("李科员", "0714-8700001")], ids=["nobody to ask", "somebody to ask"])
def test_the_names_in_formulas_are_those_of_the_cells_beside_the_labels(contact):
    data = report_workbook(content(contact=contact))
    grid = open_book(data, "").grid(COVER)
    assert grid is not None
    beside = {common(key): f"'{COVER}'!${column_letters(c)}${r + 1}" for key, (r, c) in find_common(grid.rows).items()}
    names = openpyxl.load_workbook(BytesIO(data)).defined_names
    quoted = {name: names[name].attr_text.replace(f"{COVER}!", f"'{COVER}'!").replace("''", "'") for name in beside}
    assert quoted == beside
    assert len(beside) == len(KEYS)


def test_without_a_cover_nothing_is_common():
    assert read_common([], "回.xlsx", date(2026, 11, 20)) == CommonCells()


@pytest.mark.parametrize("key", KEYS)
def test_labels_may_be_moved_or_renamed_to_an_alias(key):
    title, column = layout("report").settings["common"]["title"], layout("report")["items"][key]
    rows = [[], [None, title], [None, None, None, (column.aliases or (column.heading,))[0], "张三"]]
    assert find_common(rows) == {key: (2, 4)}
