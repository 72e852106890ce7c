"""The engine that lets ordinary xlwings code run on LibreOffice: what it imitates of Excel."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from urllib.parse import unquote

import openpyxl
import pytest
import xlsxwriter
import xlwings as xw

from tests.calc.engine import CalcApp

HEADINGS = ["编号", "单位", "日期", "合计"]


@pytest.fixture
def book(live: CalcApp, tmp_path: Path) -> xw.Book:
    path = tmp_path / "台账.xlsx"
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet("台账")
        text, day = made.add_format({"num_format": "@"}), made.add_format({"num_format": "yyyy-mm-dd"})
        sheet.add_table(2, 0, 7, 3, {"name": "t_a", "columns": [{"header": each} for each in HEADINGS]})
        for row in range(3, 8):
            sheet.write_string(row, 0, f"{row:05}", text)
            sheet.write_string(row, 1, f"单位{row % 2}")
            sheet.write_datetime(row, 2, dt.datetime(2026, 11, row), day)
            sheet.write_formula(row, 3, f'=IF($B{row + 1}="单位1",SUM(其他!A1:A2),"a,b;c")')
        red = made.add_format({"bg_color": "#FF0000"})
        sheet.conditional_format("B4:B8", {"type": "formula", "criteria": '=$B4="单位1"', "format": red})
        sheet.data_validation("B4:B8", {"validate": "list", "source": ["单位0", "单位1"], "input_message": "请选"})
        other = made.add_worksheet("其他")
        other.write_column(0, 0, [2, 3])
        locked = made.add_worksheet("锁定")
        locked.protect()
        made.define_name("全部", "='台账'!$A$4:$A$8")
    found = xw.books.open(path)
    found.set_mock_caller()
    return found


def saved(book: xw.Book) -> openpyxl.Workbook:
    book.save()
    return openpyxl.load_workbook(book.fullname)


def test_values_come_as_excel_gives_them(book: xw.Book):
    assert xw.Book.caller().name == "台账.xlsx"
    rows = book.sheets["台账"].range("A3:D4").value
    assert rows == [HEADINGS, ["00003", "单位1", dt.datetime(2026, 11, 3), 5.0]]


def test_formulas_read_and_write_in_excels_notation(book: xw.Book):
    sheet = book.sheets["台账"]
    assert sheet["D4"].formula == '=IF($B4="单位1",SUM(其他!A1:A2),"a,b;c")'
    sheet["E4:E5"].formula = [["=SUM('其他'!$A$1:$A$2,1)"], ['=B5&","']]
    assert sheet["E4:E5"].value == [6.0, "单位0,"]
    assert saved(book)["台账"]["E4"].value in {"=SUM(其他!$A$1:$A$2,1)", "=SUM('其他'!$A$1:$A$2,1)"}


def test_text_turns_into_numbers_in_general_cells_only(book: xw.Book):
    sheet = book.sheets["其他"]
    sheet["C1:D1"].value = ["00123", "110101199001011234"]
    assert sheet["C1:D1"].value == [123.0, pytest.approx(1.101011990010112e17)]
    sheet["C2:E2"].number_format = "@"
    sheet["C2:E2"].value = ["00123", "110101199001011234", "=1+1"]
    assert sheet["C2:E2"].value == ["00123", "110101199001011234", "=1+1"]
    sheet["C3"].value = "=1+1"
    assert sheet["C3"].value == 2
    written = saved(book)["其他"]
    assert [cell.data_type for cell in written[2][2:5]] == ["s", "s", "s"]


def test_a_protected_sheet_refuses(book: xw.Book):
    sheet = book.sheets["锁定"]
    assert sheet.api.ProtectContents
    for attempt in (
        lambda: setattr(sheet["A1"], "value", "x"),
        lambda: sheet["1:1"].insert("down"),
        sheet["A1"].clear_contents,
        lambda: setattr(sheet["A1"], "number_format", "@"),
    ):
        with pytest.raises(xw.XlwingsError, match="protected"):
            attempt()


@pytest.mark.parametrize("row", [4, 6])
def test_rows_inserted_belong_to_table_rules_and_names(book: xw.Book, row: int):
    sheet = book.sheets["台账"]
    sheet[f"{row}:{row + 1}"].insert("down", copy_origin="format_from_right_or_below")
    assert sheet.tables["t_a"].range.address == "$A$3:$D$10"
    assert sheet[f"A{row}"].number_format == "@"
    assert sheet[f"B{row}"].data_validation.type == "list"
    assert [rule.type for rule in sheet[f"B{row}"].conditional_formats] == ["custom"]
    sheet[f"{row}:{row + 1}"].delete()
    assert sheet.tables["t_a"].range.address == "$A$3:$D$8"
    assert sheet["A4"].value == "00003"


def test_a_filter_can_be_read_cleared_and_set_again(book: xw.Book):
    table = book.sheets["台账"].tables["t_a"]
    table.autofilter.apply_values(2, ["单位1"])
    assert [(each.type, each.values) for each in table.autofilter.criteria][1] == ("values", ["单位1"])
    hidden = {number for number, row in saved(book)["台账"].row_dimensions.items() if row.hidden}
    assert hidden == {5, 7}
    table.autofilter.clear()
    assert {each.type for each in table.autofilter.criteria} == {"none"}
    assert not any(row.hidden for row in saved(book)["台账"].row_dimensions.values())


def test_rules_validations_names_and_links_are_written(book: xw.Book):
    sheet = book.sheets["台账"]
    rule = sheet["A4:A8"].conditional_formats.add_custom('=$A4="00004"', fill_color="#00ff00", font_bold=True)
    rule.impl.api.NumberFormat = '"× "@'
    sheet["C4:C8"].data_validation.set_date("between", dt.date(2026, 1, 1), dt.date(2026, 12, 31))
    sheet["C4:C8"].data_validation.api.InputMessage = "填日期"
    sheet["F4"].add_hyperlink("收件箱/表.xlsx#'信息明细'!A5", "表")
    book.names["全部"].refers_to = "='台账'!$B$4:$B$8"
    written = saved(book)
    page = written["台账"]
    assert any(str(cells.sqref) == "A4:A8" for cells in page.conditional_formatting)
    assert {str(each.sqref): each.prompt for each in page.data_validations.dataValidation}["C4:C8"] == "填日期"
    assert page["F4"].value == "表"
    assert unquote(page["F4"].hyperlink.target) == "收件箱/表.xlsx"
    assert page["F4"].hyperlink.location == "'信息明细'!A5"
    assert written.defined_names["全部"].attr_text.replace("'", "") == "台账!$B$4:$B$8"


def test_what_the_user_is_told_is_kept(book: xw.Book, live: CalcApp):
    app = book.app
    app.status_bar = "读取 1/3"
    app.status_bar = False
    assert app.alert("完成", "政务公开") == "ok"
    assert (live.statuses, live.alerts) == (["读取 1/3", False], [("完成", "政务公开")])
