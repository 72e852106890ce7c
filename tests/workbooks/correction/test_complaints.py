"""Which cells a problem marks: merged ones, many, and hostile addresses."""

from __future__ import annotations

import pytest

from tests.workbooks.correction.marked import FIRST, ITEMS, MARKUP, RED, REVIEWER, at, look, opened
from tests.workbooks.report_sample import content
from zwgk_excel.domain.problems import merge_equal, problem
from zwgk_excel.workbooks.correction.complaints import by_cell, merge_problems
from zwgk_excel.workbooks.correction.mark_up import correction_copy
from zwgk_excel.workbooks.ooxml.addresses import areas_in
from zwgk_excel.workbooks.report.report_workbook import report_workbook


def test_merged_problems_mark_the_cells_they_name():
    each = [problem("item_field_missing", at(ITEMS, f"K{row}"), heading="初审人") for row in range(10, 25)]
    book = opened(correction_copy(report_workbook(content()), merge_equal(each)))
    marked = [cell.coordinate for row in book[ITEMS].iter_rows(max_row=40) for cell in row if cell.comment]
    assert marked == [f"K{row}" for row in range(10, 25)]
    page = book.worksheets[0]
    assert page.cell(FIRST, MARKUP.index("cell") + 1).value == "K10:K24"
    assert "15 处必须改正" in page["A2"].value


def test_unmerged_problems_are_one_line_and_all_marked():
    each = [problem("item_field_missing", at(ITEMS, f"K{row}"), heading="初审人") for row in range(10, 25)]
    book = opened(correction_copy(report_workbook(content()), each))
    marked = [cell.coordinate for row in book[ITEMS].iter_rows(max_row=40) for cell in row if cell.comment]
    assert marked == [f"K{row}" for row in range(10, 25)]
    page = book.worksheets[0]
    assert page.cell(FIRST, MARKUP.index("cell") + 1).value == "K10:K24"
    assert page.max_row == FIRST


def test_two_problems_of_one_cell_share_its_comment():
    both = [REVIEWER, problem("cell_too_long", REVIEWER.place, heading="复审人", length=30, limit=20)]
    cell = opened(correction_copy(report_workbook(content()), both))[ITEMS]["L7"]
    assert look(cell) == (RED, "medium")
    assert all(each.found in cell.comment.text for each in both)


@pytest.mark.parametrize(
    ("text", "areas"),
    [
        ("F4", ["F4"]),
        ("F4、F5、AB6 等 10 处", ["F4", "F5", "AB6"]),
        ("$B$2:C9", ["B2:C9"]),
        ("C9:B2", ["B2:C9"]),
        ("", []),
        ("A0", []),
        ("XFE1", []),
        ("A1048577", []),
        ("第5行", []),
        ("ABCD12", []),
    ],
)
def test_addresses(text, areas):
    assert [str(area) for area in areas_in(text)] == areas


def test_an_area_without_end_marks_no_more_than_the_limit():
    everything = problem("text_outside", at(ITEMS, "A1:XFD1048576"), value="x")
    assert sum(len(cells) for cells in by_cell([everything], 50).values()) == 50
    assert merge_problems([everything])[0].cells == "A1:XFD1048576"


def test_a_complaint_about_the_cover_for_several_tasks_is_one_mark_and_one_line():
    cell = at("填报说明", "E16")
    each = [problem("item_field_missing", cell, heading="终审人", obligation=key) for key in ("D02/甲/1", "D04/甲/1")]
    book = opened(correction_copy(report_workbook(content()), each))
    marked = {page.title: [c.coordinate for row in page for c in row if c.comment] for page in book.worksheets}
    assert marked["填报说明"] == ["E16"]
    assert book["填报说明"]["E16"].comment.text.count("缺终审人") == 1
    page = book.worksheets[0]
    assert page.max_row == FIRST
    assert "1 处必须改正" in page["A2"].value
