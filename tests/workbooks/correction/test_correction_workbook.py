"""The sheet 修改意见: its lines, links and texts, in the workbook and alone."""

from __future__ import annotations

import re

from tests.workbooks.correction.marked import (
    DATE,
    FIRST,
    HEADER,
    ITEMS,
    LINK,
    MARKUP,
    PROBLEMS,
    REVIEWER,
    STATEMENT,
    TASKS,
    VANISHED,
    at,
    opened,
    parts,
)
from tests.workbooks.report_sample import content
from zwgk_excel.domain.problems import Problem, problem
from zwgk_excel.workbooks.contract.correction_sheet import is_correction_sheet
from zwgk_excel.workbooks.correction.correction_workbook import correction_workbook, is_list_alone
from zwgk_excel.workbooks.correction.mark_up import correction_copy
from zwgk_excel.workbooks.report.report_workbook import report_workbook
from zwgk_excel.workbooks.writing import style


def test_the_first_sheet_lists_errors_then_warnings_without_notes(marked):
    book = opened(marked)
    assert book.sheetnames[0] == MARKUP.name
    assert book.active.title == MARKUP.name
    page = book.worksheets[0]
    assert [cell.value for cell in page[HEADER]] == [column.heading for column in MARKUP]
    listed = [[cell.value for cell in row] for row in page.iter_rows(min_row=FIRST)]
    assert [row[MARKUP.index("found")] for row in listed] == [
        each.found for each in (DATE, LINK, STATEMENT, REVIEWER, VANISHED)
    ]
    assert [row[MARKUP.index("number")] for row in listed] == [1, 2, 3, 4, 5]
    assert [row[MARKUP.index("severity")][2:] for row in listed] == ["错误"] * 3 + ["提醒"] * 2
    assert "3 处必须改正" in page["A2"].value
    assert "2 处请核对" in page["A2"].value
    assert "市政府办2026年11月" in page["A1"].value


def test_every_line_links_to_its_cell(marked):
    page = opened(marked).worksheets[0]
    column = MARKUP.index("cell") + 1
    links = [page.cell(row, column).hyperlink for row in range(FIRST, FIRST + 5)]
    assert [link.location if link else None for link in links] == [
        f"'{ITEMS}'!F5",
        f"'{ITEMS}'!G5",
        f"'{TASKS}'!I4",
        f"'{ITEMS}'!L7",
        None,
    ]
    assert all(link is None or link.target is None for link in links)


def test_text_that_looks_like_a_formula_is_text(marked):
    hostile = problem("text_outside", at(ITEMS, "S9"), value="x")
    found = ('=HYPERLINK("http://x")', "+1", "-1", "@SUM(1)", "\t=1", "a\x00b\x0bc", "长" * 40_000)
    problems = [Problem(hostile.code, hostile.severity, hostile.place, text, text, text) for text in found]
    data = correction_copy(report_workbook(content()), problems, title="=1+1", author="=2")
    page = opened(data).worksheets[0]
    assert {cell.data_type for row in page.iter_rows() for cell in row if cell.value is not None} <= {"s", "n"}
    assert page.cell(FIRST, MARKUP.index("found") + 1).value == found[0]
    assert max(len(str(cell.value)) for row in page.iter_rows() for cell in row) <= style.CELL_LIMIT
    assert found[0] in opened(data)[ITEMS]["S9"].comment.text
    assert b"<f>" not in first_sheet(data)


def first_sheet(data: bytes) -> bytes:
    """The part of the first sheet."""
    names = [name for name in parts(data) if name.startswith("xl/worksheets/sheet")]
    (found,) = [parts(data)[name] for name in names if "修改意见".encode() in parts(data)[name][:6000]]
    return found


def test_our_sheet_is_known_by_its_headings():
    page = opened(correction_workbook([VANISHED])).worksheets[0]
    assert is_correction_sheet(page.title, page.iter_rows(values_only=True))
    assert not is_correction_sheet("别的", page.iter_rows(values_only=True))
    assert not is_correction_sheet(page.title, [["发现"], [None, 3]])


def test_a_sheet_that_is_gone_is_only_listed():
    data = correction_copy(report_workbook(content()), [problem("text_outside", at("没有", "B2"), value="x")])
    page = opened(data).worksheets[0]
    assert page.cell(FIRST, MARKUP.index("cell") + 1).value == "B2"
    assert page.cell(FIRST, MARKUP.index("cell") + 1).hyperlink is None


def test_the_list_alone_has_no_links_and_says_so():
    page = opened(correction_workbook(PROBLEMS, title="市教育局")).worksheets[0]
    assert page.title == MARKUP.name
    assert not any(cell.hyperlink for row in page.iter_rows() for cell in row)
    assert "来件无法逐格批注" in page["A2"].value
    assert page.max_row == FIRST + 4


def test_the_list_alone_is_told_from_a_marked_copy():
    assert is_list_alone(correction_workbook(PROBLEMS))
    assert not is_list_alone(correction_copy(report_workbook(content()), PROBLEMS))


def test_a_very_long_list_ends_with_how_many_more():
    many = [problem("text_outside", at(ITEMS, f"S{row}"), value=str(row)) for row in range(1, 1_103)]
    page = opened(correction_workbook(many)).worksheets[0]
    assert re.search(r"其余 102 处", page.cell(page.max_row, 1).value)


def test_headings_of_the_layout():
    names = [name for column in MARKUP for name in column.names]
    assert len(set(names)) == len(names) == len(MARKUP.columns)
