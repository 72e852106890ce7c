"""Sheets carried from workbook to workbook: nothing of them lost, nothing else changed, nothing growing."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from tests.ooxml import validate_all
from tests.xlsx_lint import lint
from zwgk_excel.workbooks.ooxml.package import OoxmlPackage
from zwgk_excel.workbooks.tracker.previous import carry_over as carry_over_module
from zwgk_excel.workbooks.tracker.previous.carry_over import added_sheets, carry_over, not_kept

RICH, PLAIN = "富文本", "普通"
pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")


def png() -> bytes:
    """A red dot."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0\xff\0\0")) + chunk(b"IEND", b"")


def made(write: Callable[[Any], None]) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        write(book)
    return stream.getvalue()


def _target(book: Any) -> None:
    page = book.add_worksheet("台账")
    bold = book.add_format({"bold": True, "num_format": "0.000", "bg_color": "#123456"})
    page.write_string(0, 0, "我们的", bold)
    page.add_table(1, 0, 3, 1, {"name": "t_ours", "columns": [{"header": "单位"}, {"header": "数"}]})
    page.write_comment("A1", "target's own")
    chart = book.add_chart({"type": "pie"})
    chart.add_series({"values": "=台账!$B$3:$B$4"})
    page.insert_chart("D2", chart)
    book.define_name("ours", "=台账!$A$1")


def _source(book: Any) -> None:
    _target(book)
    page = book.add_worksheet("办公室分析")
    page.set_tab_color("#FF0000")
    euro = book.add_format({"num_format": '0.0"元"', "font_color": "#AA00BB", "border": 2, "bg_color": "#FFEE00"})
    red = book.add_format({"font_color": "red", "bold": True})
    page.set_column(2, 2, 33, euro)
    page.set_row(6, 40, red)
    page.write_rich_string("A1", "一半", red, RICH)
    page.write_string("A2", PLAIN)
    page.write_number("B2", 3.25, euro)
    page.write_formula("B3", "=SUM(台账!B3:B4)+ours+own", euro, 7)
    page.merge_range("D1:E2", "合并", red)
    page.write_url("A4", "https://example.gov.cn/a#b", string="网址")
    page.write_url("A5", "internal:'台账'!A1", string="内部")
    page.write_comment("A2", "批注内容", {"author": "办公室"})
    page.data_validation("B5:B9", {"validate": "list", "source": ["甲", "乙"]})
    page.conditional_format("B2:B9", {"type": "cell", "criteria": ">", "value": 5, "format": red})
    page.conditional_format("F2:F9", {"type": "data_bar", "data_bar_2010": True})
    page.conditional_format("G2:G9", {"type": "icon_set", "icon_style": "3_flags"})
    page.add_sparkline("H1", {"range": "办公室分析!B2:B9"})
    page.insert_image("J1", "dot.png", {"image_data": io.BytesIO(png()), "url": "internal:台账!A1"})
    page.insert_textbox("J5", "文本框")
    columns = [{"header": "名"}, {"header": "值", "format": euro, "formula": "=2*3"}]
    page.add_table("L1:M4", {"name": "t_mine", "columns": columns, "style": "Table Style Medium 4"})
    chart = book.add_chart({"type": "column"})
    chart.add_series({"name": "数", "values": "=办公室分析!$B$2:$B$3", "categories": "=台账!$A$3:$A$4"})
    chart.set_title({"name": "自己的图"})
    page.insert_chart("A12", chart)
    page.print_area("A1:E9")
    page.repeat_rows(0)
    page.freeze_panes(1, 1)
    page.set_header("&C&G", {"image_center": "dot.png", "image_data_center": io.BytesIO(png())})
    hidden = book.add_worksheet("藏起来")
    hidden.write_string("A1", PLAIN)
    hidden.hide()
    sheet = book.add_chartsheet("图表页")
    pie = book.add_chart({"type": "line"})
    pie.add_series({"values": "=办公室分析!$B$2:$B$3"})
    sheet.set_chart(pie)
    book.define_name("own", "=办公室分析!$B$2")
    book.define_name("藏起来!local", "=藏起来!$A$1")
    page.activate()


TARGET, SOURCE = made(_target), made(_source)
SHEETS = ("办公室分析", "藏起来", "图表页")


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def edited(data: bytes, changes: dict[str, Callable[[str], str]], more: dict[str, bytes] | None = None) -> bytes:
    """A workbook with parts rewritten, and more of them."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts(data).items():
            changed = changes[name](content.decode()).encode() if name in changes else content
            assert name not in changes or changed != content, name
            archive.writestr(name, changed)
        for name, content in (more or {}).items():
            archive.writestr(name, content)
    return stream.getvalue()


@pytest.fixture(scope="module")
def result() -> bytes:
    return carry_over(TARGET, OoxmlPackage(SOURCE), SHEETS)


def test_sheets_follow_ours_in_their_order_with_state_and_colour(result: bytes):
    book = openpyxl.load_workbook(io.BytesIO(result))
    assert book.sheetnames == ["台账", *SHEETS]
    assert book["藏起来"].sheet_state == "hidden"
    assert book["办公室分析"].sheet_properties.tabColor.rgb == "FFFF0000"
    assert not book["办公室分析"].sheet_view.tabSelected
    assert book.active.title == "台账"


def test_cells_keep_text_formula_and_looks(result: bytes):
    old, new = (openpyxl.load_workbook(io.BytesIO(data), rich_text=True)["办公室分析"] for data in (SOURCE, result))
    compared = 0
    for row in old.iter_rows():
        for cell in row:
            other = new[cell.coordinate]
            assert other.value == cell.value
            for look in ("number_format", "font", "fill", "border", "alignment"):
                assert repr(getattr(other, look)) == repr(getattr(cell, look)), (cell.coordinate, look)
            compared += cell.value is not None
    assert compared == 12
    assert str(new["A1"].value) == "一半" + RICH
    assert new.column_dimensions["C"].width == old.column_dimensions["C"].width
    assert new["B3"].value == "=SUM(台账!B3:B4)+ours+own"


def test_everything_on_the_sheet_came_along(result: bytes):
    page = openpyxl.load_workbook(io.BytesIO(result))["办公室分析"]
    assert [str(each) for each in page.merged_cells.ranges] == ["D1:E2"]
    assert page["A2"].comment.text == "批注内容"
    assert page["A4"].hyperlink.target == "https://example.gov.cn/a"
    assert page["A5"].hyperlink.location == "'台账'!A1"
    assert page.data_validations.dataValidation[0].formula1 == '"甲,乙"'
    rule = next(rule for area in page.conditional_formatting for rule in area.rules if rule.type == "cellIs")
    assert rule.dxf.font.b
    assert rule.dxf.font.color.rgb == "FFFF0000"
    assert page.tables["t_mine"].tableStyleInfo.name == "TableStyleMedium4"
    assert len(page._charts) == 1
    assert (page.print_area, page.print_title_rows, page.freeze_panes) == ("'办公室分析'!$A$1:$E$9", "$1:$1", "B2")
    text = "".join(content.decode("utf-8", "replace") for content in parts(result).values())
    assert "自己的图" in text
    assert "文本框" in text
    assert "sparkline" in text
    assert "x14:dataBar" in text
    assert sum(name.startswith("xl/media/") for name in parts(result)) == sum(
        name.startswith("xl/media/") for name in parts(SOURCE)
    )


def test_names_come_along_and_ours_stay(result: bytes):
    book = openpyxl.load_workbook(io.BytesIO(result))
    assert {name: each.attr_text for name, each in book.defined_names.items()} == {
        "ours": "台账!$A$1",
        "own": "办公室分析!$B$2",
    }
    assert book["藏起来"].defined_names["local"].attr_text == "藏起来!$A$1"


def test_the_target_itself_is_untouched(result: bytes):
    old, new = parts(TARGET), parts(result)
    changed = {name for name in old if old[name] != new[name]}
    allowed = {"[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"}
    assert changed <= {*allowed, "xl/sharedStrings.xml"}


def test_the_result_is_sound(result: bytes, tmp_path: Path):
    path = tmp_path / "r.xlsx"
    path.write_bytes(result)
    assert [str(defect) for defect in lint(path)] == []
    assert validate_all([path]) == {}


def test_grafting_again_changes_and_grows_nothing(result: bytes):
    second = carry_over(TARGET, OoxmlPackage(result), SHEETS)
    assert second == result
    assert carry_over(TARGET, OoxmlPackage(second), SHEETS) == result


def test_equal_styles_are_shared_with_the_target():
    same = carry_over(TARGET, OoxmlPackage(TARGET), ["台账"])
    style = parts(same)["xl/styles.xml"].decode()
    before = parts(TARGET)["xl/styles.xml"].decode()
    assert re.findall(r'<(?:fonts|fills|borders|cellXfs|dxfs) count="(\d+)"', style) == re.findall(
        r'<(?:fonts|fills|borders|cellXfs|dxfs) count="(\d+)"', before
    )


def test_a_name_that_is_taken_gets_a_number_and_tables_stay_apart(tmp_path: Path):
    path = tmp_path / "r.xlsx"
    path.write_bytes(carry_over(TARGET, OoxmlPackage(TARGET), ["台账"]))
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["台账", "台账 (2)"]
    assert set(book["台账 (2)"].tables) == {"t_ours_2"}
    assert [d for d in lint(path) if d.code.startswith("table")] == []


def test_nothing_added_no_change():
    assert carry_over(TARGET, OoxmlPackage(TARGET), []) is TARGET


def test_what_lies_in_the_workbook_comes_without_a_sheet_too():
    book = openpyxl.load_workbook(io.BytesIO(carry_over(TARGET, OoxmlPackage(SOURCE), [])))
    assert book.sheetnames == ["台账"]
    assert {name: each.attr_text for name, each in book.defined_names.items()} == {"ours": "台账!$A$1", "own": "#REF!"}


def test_only_sheets_that_are_not_ours_count_as_added():
    assert added_sheets(OoxmlPackage(SOURCE), ["台账"], []) == SHEETS
    assert added_sheets(OoxmlPackage(SOURCE), ["别的"], ["t_ours"]) == SHEETS
    assert added_sheets(OoxmlPackage(SOURCE), ["台账", "藏起来"], ["T_MINE"]) == ("图表页",)


# --- what is not whole -------------------------------------------------------------------------


def _with_external(data: bytes) -> bytes:
    """Cells with a plain and a shared formula about another workbook, and one that only looks like it."""
    cells = (
        '<row r="30"><c r="A30"><f>[1]Sheet1!A1+1</f><v>42</v></c>'
        '<c r="B30"><f t="shared" ref="B30:B31" si="0">\'[1]a b\'!A1</f><v>1</v></c>'
        '<c r="C30" t="str"><f>"[1]"&amp;t_mine[[#Totals],[值]]</f><v>x</v></c></row>'
        '<row r="31"><c r="B31"><f t="shared" si="0"/><v>2</v></c><c r="C31" cm="1" vm="1"><v>5</v></c></row>'
        "</sheetData>"
    )
    return edited(data, {"xl/worksheets/sheet2.xml": lambda text: text.replace("</sheetData>", cells)})


def test_formulas_about_workbooks_that_the_file_has_no_record_of_become_values():
    source = _with_external(SOURCE)
    result = carry_over(TARGET, OoxmlPackage(source), SHEETS)
    page = openpyxl.load_workbook(io.BytesIO(result))["办公室分析"]
    assert [page[cell].value for cell in ("A30", "B30", "B31", "C31")] == [42, 1, 2, 5]
    assert page["C30"].value == '="[1]"&t_mine[[#Totals],[值]]'
    assert any("办公室分析" in note and "2 个公式" in note for note in not_kept(OoxmlPackage(source), SHEETS))
    assert not_kept(OoxmlPackage(SOURCE), SHEETS) == ()


def test_names_about_nothing_stay_as_excel_shows_them():
    names = (
        '<definedName name="gone">#REF!</definedName><definedName name="far">[2]x!$A$1</definedName>'
        "<definedName name=\"lost\">'没有了'!$A$1</definedName></definedNames>"
    )
    listed = '<sheet name="没有了" sheetId="99" r:id="rId1"/></sheets>'
    changes = {
        "xl/workbook.xml": lambda text: text.replace("</definedNames>", names).replace("</sheets>", listed),
    }
    book = openpyxl.load_workbook(io.BytesIO(carry_over(TARGET, OoxmlPackage(edited(SOURCE, changes)), SHEETS)))
    lost = {name: each.attr_text for name, each in book.defined_names.items() if name not in {"ours", "own"}}
    assert lost == dict.fromkeys(("gone", "far", "lost"), "#REF!")


def test_pivot_tables_keep_their_data():
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    cache = f'<pivotCacheDefinition xmlns="{main}" xmlns:r="{office}" r:id="rId1"/>'
    formats = '<formats><format dxfId="0"/></formats>'
    pivot = f'<pivotTableDefinition xmlns="{main}" name="p" cacheId="5">{formats}</pivotTableDefinition>'

    def one(target: str, kind: str, id_: str = "rId1") -> str:
        return f'<Relationship Id="{id_}" Type="{office}/{kind}" Target="{target}"/>'

    def relations(content: str) -> bytes:
        return f'<Relationships xmlns="{package}">{content}</Relationships>'.encode()

    pivot_relation = one("../pivotTables/pivotTable1.xml", "pivotTable", "rId50") + "</Relationships>"
    book_relation = one("pivotCache/pivotCacheDefinition1.xml", "pivotCacheDefinition", "rId60") + "</Relationships>"
    listed = '<pivotCaches><pivotCache cacheId="5" r:id="rId60"/></pivotCaches></workbook>'
    source = edited(
        SOURCE,
        {
            "xl/workbook.xml": lambda text: text.replace("</workbook>", listed),
            "xl/_rels/workbook.xml.rels": lambda text: text.replace("</Relationships>", book_relation),
            "xl/worksheets/_rels/sheet2.xml.rels": lambda text: text.replace("</Relationships>", pivot_relation),
        },
        {
            "xl/pivotTables/pivotTable1.xml": pivot.encode(),
            "xl/pivotTables/_rels/pivotTable1.xml.rels": relations(
                one("../pivotCache/pivotCacheDefinition1.xml", "pivotCacheDefinition")
            ),
            "xl/pivotCache/pivotCacheDefinition1.xml": cache.encode(),
            "xl/pivotCache/_rels/pivotCacheDefinition1.xml.rels": relations(
                one("pivotCacheRecords1.xml", "pivotCacheRecords")
            ),
            "xl/pivotCache/pivotCacheRecords1.xml": f'<pivotCacheRecords xmlns="{main}"/>'.encode(),
        },
    )
    result = carry_over(TARGET, OoxmlPackage(source), SHEETS)
    found = parts(result)
    assert "xl/pivotCache/pivotCacheRecords1.xml" in found
    book = found["xl/workbook.xml"].decode()
    cached = re.search(r'<pivotCache cacheId="5" r:id="(rId\d+)"', book)
    assert cached
    assert f'Id="{cached[1]}"' in found["xl/_rels/workbook.xml.rels"].decode()
    assert carry_over(TARGET, OoxmlPackage(result), SHEETS) == result


def test_a_large_workbook_is_not_taken_apart_for_nothing(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(carry_over_module, "_LARGE", 100)
    whole: list[bytes] = []

    class Watched(OoxmlPackage):
        def __init__(self, data: bytes, *, largest_sheet: int | None = None) -> None:
            super().__init__(data, largest_sheet=largest_sheet)
            if largest_sheet is None:
                whole.append(data)

    source, other = OoxmlPackage(TARGET), OoxmlPackage(SOURCE)
    monkeypatch.setattr(carry_over_module, "OoxmlPackage", Watched)
    assert carry_over(TARGET, source, []) is TARGET
    assert whole == []
    monkeypatch.setattr(carry_over_module, "_LARGE", 1 << 30)
    plain = carry_over(TARGET, other, [])
    monkeypatch.setattr(carry_over_module, "_LARGE", 100)
    assert carry_over(TARGET, other, []) == plain != TARGET
