"""Cells of the office's tables are edited, and nothing else of the workbook: whatever the office made of it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.table import Table

from tests.xlsx_lint import lint
from zwgk_excel.domain.lint.tables import TableRow
from zwgk_excel.domain.table_edits import RowEdit
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.opening.guard import RejectedFileError
from zwgk_excel.workbooks.tables.edit_table import TableNotEditableError, edit_table
from zwgk_excel.workbooks.tables.read_tables import read_roster, roster_workbook

UNITS = layout("roster")["units"]
NAME = "单位通讯录.xlsx"
HEADINGS = [column.heading for column in UNITS]


def changed(edit: Callable[[Any], None], data: bytes = b"") -> bytes:
    """The shipped roster after the office edited it in a spreadsheet program."""
    book = openpyxl.load_workbook(io.BytesIO(data or roster_workbook()))
    edit(book.active)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def rows(data: bytes) -> dict[str, TableRow]:
    return {row["name"]: row for row in read_roster(data, NAME)[0]}


def edited(data: bytes, *edits: tuple[str, dict[str, str]]) -> bytes:
    """The roster with cells of the rows of units written; a new row for an unknown unit."""
    found = rows(data)
    return edit_table(data, NAME, UNITS, [RowEdit(found.get(unit), cells) for unit, cells in edits])


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def lint_of(folder: Path, data: bytes) -> object:
    (folder / "before.xlsx").write_bytes(data)
    return lint(folder / "before.xlsx")


def test_a_sheet_that_the_workbook_does_not_have_yet_is_made_with_its_first_row(tmp_path):
    data, tasks = roster_workbook(), layout("task_table")["tasks"]
    after = edit_table(data, NAME, tasks, [RowEdit(None, {"id": "T01", "title": "防汛专题", "due": "2026-12-10"})])
    book = openpyxl.load_workbook(io.BytesIO(after))
    assert book.sheetnames == [UNITS.name, layout("roster")["officers"].name, tasks.name]
    assert [cell.value for cell in book[tasks.name][3]] == [column.heading for column in tasks]
    assert [cell.value for cell in book[tasks.name][4]][:2] == ["T01", "防汛专题"]
    assert lint_of(tmp_path, after) == lint_of(tmp_path, data)
    kept = parts(data)
    changed_parts = {name for name, part in parts(after).items() if kept.get(name) != part}
    assert {name for name in changed_parts if name in kept} <= {
        "[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
    }
    again = edit_table(after, NAME, tasks, [RowEdit(None, {"id": "T02", "title": "年终总结"})])
    assert openpyxl.load_workbook(io.BytesIO(again))[tasks.name]["A5"].value == "T02"


def test_a_cell_says_something_else_and_all_other_parts_are_the_same_bytes():
    data = roster_workbook()
    done = edited(data, ("市教育局", {"valid_to": "2026-12"}))
    assert rows(done)["市教育局"]["valid_to"] == "2026-12"
    before, after = parts(data), parts(done)
    assert before.keys() == after.keys()
    assert {name for name in before if before[name] != after[name]} <= {
        "xl/worksheets/sheet1.xml",
        "[Content_Types].xml",
    }
    assert {name: dict(row.cells) for name, row in rows(done).items() if name != "市教育局"} == {
        name: dict(row.cells) for name, row in rows(data).items() if name != "市教育局"
    }


def test_what_the_office_made_of_its_workbook_stays():
    def make_it_its_own(page: Any) -> None:
        page.insert_cols(2)
        page["B4"], page["B9"] = "分管领导", "李副主任"
        page["A9"].fill, page["A9"].font = PatternFill("solid", "FFFF00"), Font(bold=True)
        page["A9"].comment = Comment("核对过", "办公室")
        page.row_dimensions[9].height = 33
        page.parent.create_sheet("历年")["A1"] = "=1+1"
        page.parent["历年"]["A2"] = "二〇二五年的旧表"

    data = changed(make_it_its_own)
    unit = next(name for name, row in rows(data).items() if row.number == 9)
    done = edited(data, (unit, {"valid_to": "2026-12", "mails": "甲@example.gov.cn"}), ("市新局", {"name": "市新局"}))
    book = openpyxl.load_workbook(io.BytesIO(done))
    page = book.active
    assert (page["B9"].value, page["A9"].comment.text, page["A9"].font.b) == ("李副主任", "核对过", True)
    assert (page["A9"].fill.fgColor.rgb[-6:], page.row_dimensions[9].height) == ("FFFF00", 33)
    assert (book["历年"]["A1"].value, book["历年"]["A2"].value) == ("=1+1", "二〇二五年的旧表")
    assert rows(done)[unit]["mails"] == "甲@example.gov.cn"
    assert rows(done)["市新局"].number == 42


def test_a_new_row_stands_in_the_first_empty_one_and_looks_like_the_others(tmp_path):
    data = changed(lambda page: page.__setitem__("N43", "制表：办公室"))  # a note of the office's below the table
    done = edited(data, ("市新局", {"name": "市新局", "kind": "部门", "valid_from": "2027-01"}))
    row = rows(done)["市新局"]
    assert (row.number, row["kind"], row["valid_from"]) == (42, "部门", "2027-01")
    another = edited(done, ("市另局", {"name": "市另局", "kind": "部门"}))
    assert rows(another)["市另局"].number == 44
    page = openpyxl.load_workbook(io.BytesIO(done)).active
    assert (page["N43"].value, page["A42"].border.left.style) == ("制表：办公室", page["A41"].border.left.style)
    (tmp_path / NAME).write_bytes(another)
    assert lint(tmp_path / NAME) == lint_of(tmp_path, data)


def test_an_excel_table_has_the_new_row_too():
    def as_list(page: Any) -> None:
        page.auto_filter.ref = None
        page.delete_rows(42, 40)
        page.add_table(Table(displayName="通讯录", ref="A3:L41"))
        for position, heading in enumerate(HEADINGS, 1):
            page.cell(3, position, heading)

    done = edited(changed(as_list), ("市新局", {"name": "市新局", "kind": "部门"}))
    (table,) = openpyxl.load_workbook(io.BytesIO(done)).active.tables.values()
    assert (table.ref, table.autoFilter.ref if table.autoFilter else "A3:L42") == ("A3:L42", "A3:L42")


def test_a_row_goes():
    done = edited(edited(roster_workbook(), ("市新局", {"name": "市新局"})), ("市新局", {"name": ""}))
    assert rows(done).keys() == rows(roster_workbook()).keys()


def with_formula(page: Any) -> None:
    page["K8"] = '="2026-"&"12"'


def merged(page: Any) -> None:
    page.merge_cells("K8:K9")


@pytest.mark.parametrize(("how", "told"), [(with_formula, "K8 是公式"), (merged, "K8 在合并的单元格里")])
def test_what_would_not_be_as_it_looks_is_refused(how, told):
    data = changed(how)
    unit = next(row for row in read_roster(data, NAME)[0] if row.number == 8)
    with pytest.raises(TableNotEditableError, match=told):
        edit_table(data, NAME, UNITS, [RowEdit(unit, {"valid_to": "2026-12"})])


def test_a_column_that_the_table_lacks_is_asked_for():
    data = changed(lambda page: page.delete_cols(11))
    with pytest.raises(TableNotEditableError, match="没有“停用月份”一列"):
        edited(data, ("市教育局", {"valid_to": "2026-12"}))


def test_a_file_of_another_kind_is_named():
    with pytest.raises(TableNotEditableError, match=r"其实不是 \.xlsx 文件；请用 Excel 或 WPS 打开，另存为 \.xlsx"):
        edit_table("单位,类别,邮箱\n市教育局,部门,\n".encode(), NAME, UNITS, [RowEdit(None, {"name": "市新局"})])


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 cut short", "一、二".encode()])
def test_what_is_no_workbook_is_refused(data):
    with pytest.raises((RejectedFileError, TableNotEditableError)):
        edit_table(data, NAME, UNITS, [RowEdit(None, {"name": "市新局"})])


@pytest.mark.parametrize("text", ["=1+1", " 前后有空格 ", "甲&乙<丙>", "2026-12", "0012"])
def test_a_text_is_text(text):
    done = edited(roster_workbook(), ("市教育局", {"officers": text}))
    cell = next(
        row for row in openpyxl.load_workbook(io.BytesIO(done)).active.iter_rows() if row[0].value == "市教育局"
    )[4]
    assert (cell.value, cell.data_type) == (text, "s")


def test_formulas_that_look_at_the_cells_are_calculated_anew():
    data = changed(lambda page: page.__setitem__("N1", "=COUNTA(K4:K41)"))
    done = edited(data, ("市教育局", {"valid_to": "2026-12"}))
    assert b'fullCalcOnLoad="1"' in parts(done)["xl/workbook.xml"]
