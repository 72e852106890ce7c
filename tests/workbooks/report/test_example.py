"""填写示例: a filled sample row, what the types mean; and what is printed of the items."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date

import openpyxl
import pytest

from tests.workbooks.report_sample import TASKS, WITH_COMPANIONS, content, duty, listed
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.words import words
from zwgk_excel.workbooks.reading.read_return import read_return
from zwgk_excel.workbooks.report.fill_in import type_into
from zwgk_excel.workbooks.report.report_workbook import report_workbook
from zwgk_excel.workbooks.report.self_check import required
from zwgk_excel.workbooks.writing.formats import text_width

SHEET, ITEMS = layout("report")["example"], layout("report")["items"]


def texts(tasks=TASKS):
    page = openpyxl.load_workbook(io.BytesIO(report_workbook(content(tasks))))[SHEET.name]
    return [[cell.value for cell in row] for row in page.iter_rows(max_col=3)]


def test_every_column_that_must_be_filled_has_a_sample():
    shown = {row[0]: row[1] for row in texts()}
    assert all(shown[column.display] for column in required(ITEMS))


def test_columns_of_companions_are_shown_where_they_are_asked_for():
    reading, note = ITEMS.heading("reading"), ITEMS.heading("decision_note")
    assert [reading, note] == [row[0] for row in texts(WITH_COMPANIONS) if row[0] in {reading, note}]
    assert [reading] == [row[0] for row in texts() if row[0] in {reading, note}]


def test_a_unit_without_the_task_of_the_samples_sees_one_of_its_own():
    own = (listed(duty("D05", "教育")), listed(duty("D10", "乡村振兴"), mandatory=False))
    shown = [row[1] for row in texts(own)]
    assert {"D05 教育", "2026年11月教育有关情况", words("item_type")["progress"]} <= set(shown)
    assert "D02 政府采购" in [row[1] for row in texts()]
    data = report_workbook(content(own))
    assert not read_return(data, "回.xlsx", by=date(2026, 11, 20)).content.problems
    typed = type_into(data, {SHEET.name: {"B5": "我填的"}})
    assert "B5" in {each.place.cell for each in read_return(typed, "回.xlsx", by=date(2026, 11, 20)).content.problems}


def test_the_example_of_a_policy_column_is_of_a_type_that_satisfies_it_and_the_meanings_say_which_do_not():
    fit = ("policy", "reading", "other")
    unfit = frozenset(words("item_type")) - set(fit)
    policy = replace(duty("D01", "政策文件", policy=True), unfit_types=unfit)
    shown = {row[0]: row[1] for row in texts((listed(policy),))}
    assert shown[ITEMS["type"].display] == words("item_type")["policy"]
    told = {code for code, word in words("item_type").items() if "政策性栏目" in shown[word]}
    assert told == unfit
    of_samples = listed(replace(duty("D02", "政府采购", policy=True), unfit_types=unfit))
    assert words("item_type")["policy"] in [row[1] for row in texts((of_samples,))]


def test_every_type_of_information_is_explained():
    shown = {row[0]: row[1] for row in texts()}
    assert all(shown[word] for word in words("item_type").values())
    assert layout("report").settings["meanings"].keys() == words("item_type").keys()


@pytest.mark.parametrize("cell", ["B5", "A60", "F2"])
def test_nothing_of_it_is_read_and_what_is_typed_over_or_beside_it_is_named(cell):
    data = type_into(report_workbook(content()), {SHEET.name: {cell: "我填的"}})
    (found,) = read_return(data, "回.xlsx", by=date(2026, 11, 20)).content.problems
    assert (found.code, found.place.cell) == ("text_outside", cell)


def test_the_hint_of_the_items_is_whole_on_each_of_their_pages():
    page = openpyxl.load_workbook(io.BytesIO(report_workbook(content())))[ITEMS.name]
    (hint,) = [each for each in page.merged_cells.ranges if each.coord.startswith("A2:")]
    assert page.print_title_cols == f"$A:${hint.coord[-2]}"
    width = ITEMS["task"].width + ITEMS["title"].width
    assert page.row_dimensions[2].height > 15 * text_width(ITEMS.hint) / width


def test_items_are_printed_down_to_the_last_filled_one():
    book = openpyxl.load_workbook(io.BytesIO(report_workbook(content())))[ITEMS.name]
    assert (book.page_setup.fitToWidth, book.print_title_cols) == (3, "$A:$B")
    before = openpyxl.utils.get_column_letter(ITEMS.index("check"))
    assert book.print_area == f"'{ITEMS.name}'!$A$1:${before}$1048576", "where no formula is: no blank row has content"
    ready = 4 + layout("report").settings["rows_drawn"]
    assert [book.cell(row, 1).fill.fill_type for row in (ready - 1, ready)] == ["solid", None]
