"""Every rule of the lint: silent on a sound workbook, and it finds the defect it is there for."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from tests.xlsx_edit import edit_part
from tests.xlsx_lint import lint

LIST = {"validate": "list", "source": "=名单"}
SHEET, TABLE, WORKBOOK = "xl/worksheets/sheet1.xml", "xl/tables/table1.xml", "xl/workbook.xml"


def write(path: Path, fill: Callable[[xlsxwriter.Workbook, Any], object] = lambda book, sheet: None) -> Path:
    """A workbook with a table, lists, a validation, a conditional format, a name, a link and a chart."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # xlsxwriter's own doubts are not what is tested here
        book = xlsxwriter.Workbook(path)
        sheet = book.add_worksheet("数据")
        columns = [
            {"header": "单位"},
            {"header": "报送\n时限"},
            {"header": "天数 (日)", "formula": "=[@[报送\n时限]]-TODAY()"},
        ]
        sheet.add_table("A1:C4", {"name": "台账", "columns": columns})
        sheet.write_formula("E1", "=SUM('字 典'!A1:A3)+COUNTA(台账[单位])+IF(A2=\"（)\",1,0)")
        sheet.write_formula("E2", "=SUMPRODUCT((台账[[#All],[天数 (日)]]>1)*1)+ROWS(名单)+N(台账[[#Headers],[单位]])")
        sheet.data_validation("A2:A4", LIST)
        sheet.conditional_format("A2:C4", {"type": "formula", "criteria": '=$A2=""', "format": book.add_format()})
        sheet.conditional_format("B2:B4", {"type": "data_bar", "data_bar_2010": True})
        sheet.write_url("E3", "internal:'字 典'!A1")
        sheet.merge_range("G1:H2", "合并")
        lists = book.add_worksheet("字 典")
        lists.write_column("A1", ["甲", "乙", "丙"])
        lists.hide()
        book.define_name("名单", "='字 典'!$A$1:$A$3")
        chart = book.add_chart({"type": "column"})
        chart.add_series({"values": "='字 典'!$A$1:$A$3"})
        sheet.insert_chart("J1", chart)
        sheet.repeat_rows(0)
        sheet.print_area("A1:H9")
        fill(book, sheet)
        book.close()
    return path


def codes(path: Path) -> list[str]:
    return [defect.code for defect in lint(path)]


def test_sound_workbook_has_no_defects(tmp_path: Path) -> None:
    assert [str(defect) for defect in lint(write(tmp_path / "a.xlsx"))] == []


@pytest.mark.parametrize(
    ("code", "part", "old", "new"),
    [
        ("cell-duplicate", SHEET, '<c r="E2"', '<c r="E2"><v>1</v></c><c r="E2"'),
        ("cell-duplicate", SHEET, '<row r="2"', '<row r="1"/><row r="2"'),
        ("cell-duplicate", SHEET, '<c r="E2"', '<c r="E9"'),
        ("merge-overlap", SHEET, '<mergeCell ref="G1:H2"/>', '<mergeCell ref="G1:H2"/><mergeCell ref="H2:I5"/>'),
        ("merge-overlap", SHEET, '<mergeCell ref="G1:H2"/>', '<mergeCell ref="C4:D4"/>'),
        ("table-ref", TABLE, 'ref="A1:C4"', 'ref="A1:C"'),
        ("table-ref", TABLE, 'ref="A1:C4"', 'ref="A1:C1"'),
        ("table-ref", TABLE, 'ref="A1:C4"', 'ref="A1:D4"'),
        ("table-header", TABLE, 'name="单位"', 'name="部门"'),
        ("table-name", TABLE, 'displayName="台账"', 'displayName="台 账"'),
        ("table-name", TABLE, 'displayName="台账"', 'displayName="名单"'),
        ("table-name", TABLE, 'displayName="台账"', 'displayName="AB12"'),
        ("table-name", TABLE, 'name="单位"', 'name="报送_x000a_时限"'),
        ("sheet-name", WORKBOOK, 'name="字 典"', f'name="{"长" * 32}"'),
        ("sheet-name", WORKBOOK, 'name="字 典"', 'name="字/典"'),
        ("sheet-name", WORKBOOK, 'name="字 典"', 'name="数据"'),
        ("name-reference", WORKBOOK, 'name="字 典"', 'name="词典"'),
        ("formula-reference", WORKBOOK, 'name="字 典"', 'name="词典"'),
        ("name-reference", WORKBOOK, "'字 典'!$A$1:$A$3", "#REF!"),
        ("formula-reference", WORKBOOK, 'definedName name="名单"', 'definedName name="清单"'),
        ("condition-formula", SHEET, "<formula1>名单</formula1>", "<formula1>台账[单位]</formula1>"),
        ("condition-formula", SHEET, '<formula>$A2=""</formula>', "<formula>OR($A2={1,2})</formula>"),
        ("formula-syntax", SHEET, "<formula1>名单</formula1>", "<formula1>OFFSET(名单,0,0</formula1>"),
        ("formula-syntax", SHEET, '<formula>$A2=""</formula>', '<formula>$A2="</formula>'),
        ("formula-syntax", SHEET, '<formula>$A2=""</formula>', "<formula>$A2)=1</formula>"),
        ("formula-syntax", SHEET, "<formula1>名单</formula1>", "<formula1></formula1>"),
    ],
)
def test_defects_that_a_library_would_not_write(tmp_path: Path, code: str, part: str, old: str, new: str) -> None:
    path = write(tmp_path / "a.xlsx")
    edit_part(path, part, old, new)
    assert code in codes(path)


def _table(name: str, area: str) -> Callable[[xlsxwriter.Workbook, Any], object]:
    return lambda book, sheet: sheet.add_table(area, {"name": name})


def _formula(text: str) -> Callable[[xlsxwriter.Workbook, Any], object]:
    return lambda book, sheet: sheet.write_formula("E5", text)


@pytest.mark.parametrize(
    ("code", "fill"),
    [
        ("table-name", lambda book, sheet: book.define_name("台账", "=数据!$A$1")),
        ("validation-overlap", lambda book, sheet: sheet.data_validation("A4:B9", LIST)),
        ("formula-function", _formula("=_xlfn.XLOOKUP(1,A1:A3,B1:B3)")),
        ("formula-function", _formula('=TEXTJOIN(",",TRUE,A1:A3)')),
        ("formula-function", _formula("=1+ifs(A1=1,2)")),
        ("formula-length", _formula("=" + "+".join(["A1"] * 3000))),
        ("formula-reference", _formula("=没有!A1")),
        ("formula-reference", _formula("='没 有'!A1")),
        ("formula-reference", _formula("=COUNTA(没有[单位])")),
        ("formula-reference", _formula("=COUNTA(台账[没有])")),
        ("formula-reference", _formula("=COUNTA(没有这个名称)")),
        ("formula-reference", _formula("=[1]数据!A1")),
        ("formula-reference", lambda book, sheet: sheet.write_url("E6", "internal:没有!A1")),
        ("formula-syntax", _formula("=SUM((A1:A3)")),
        ("formula-syntax", _formula('=IF(A1="x,1,2)')),
    ],
)
def test_defects_that_a_library_lets_pass(
    tmp_path: Path, code: str, fill: Callable[[xlsxwriter.Workbook, Any], object]
) -> None:
    assert set(codes(write(tmp_path / "a.xlsx", fill))) == {code}


@pytest.mark.parametrize(
    ("attribute", "length"), [("promptTitle", 33), ("prompt", 256), ("errorTitle", 33), ("error", 256)]
)
def test_validation_texts_have_limits(tmp_path: Path, attribute: str, length: int) -> None:
    path = write(tmp_path / "a.xlsx")
    edit_part(path, SHEET, "<dataValidation ", f'<dataValidation {attribute}="{"字" * length}" ')
    assert codes(path) == ["validation-text"]


def test_validation_texts_at_the_limit_pass(tmp_path: Path) -> None:
    title, text = "字" * 32, "字" * 255
    options = {"input_title": title, "input_message": text, "error_title": title, "error_message": text}
    path = write(tmp_path / "a.xlsx", lambda book, sheet: sheet.data_validation("M1:M9", LIST | options))
    assert codes(path) == []


@pytest.mark.parametrize(("length", "found"), [(255, []), (256, ["validation-list"])])
def test_typed_list_has_a_limit(tmp_path: Path, length: int, found: list[str]) -> None:
    path = write(tmp_path / "a.xlsx")
    edit_part(path, SHEET, "<formula1>名单</formula1>", f'<formula1>"{"字" * length}"</formula1>')
    assert codes(path) == found


def test_two_tables_must_not_share_name_id_or_cells(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xlsx", _table("副表", "M1:N3"))
    edit_part(path, "xl/tables/table2.xml", 'displayName="副表"', 'displayName="台账"')
    assert "table-name" in codes(path)
    edit_part(path, "xl/tables/table2.xml", 'displayName="台账"', 'displayName="副表"')
    edit_part(path, "xl/tables/table2.xml", 'id="2"', 'id="1"')
    assert codes(path) == ["table-name"]
    edit_part(path, "xl/tables/table2.xml", 'id="1"', 'id="2"')
    edit_part(path, "xl/tables/table2.xml", 'ref="M1:N3"', 'ref="C4:D6"')
    assert "table-overlap" in codes(path)


def test_too_long_text(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xlsx")
    edit_part(path, "xl/sharedStrings.xml", "<t>甲</t>", f"<t>{'字' * 32768}</t>")
    assert codes(path) == ["cell-too-long"]


def test_a_defect_names_its_place(tmp_path: Path) -> None:
    (defect,) = lint(write(tmp_path / "a.xlsx", _formula("=没有!A1")))
    assert str(defect) == "formula-reference 数据!E5: no sheet '没有': 没有!A1"
