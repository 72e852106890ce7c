"""Nothing foreign condemns a workbook: parts, sheets and cells that the reader does not need cost only themselves."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date

import pytest

from tests.hostile import biff
from tests.workbooks.sheets import Formula, book, edited, raw_book, report, zipped
from zwgk_excel.workbooks.opening.guard import RejectedFileError, check
from zwgk_excel.workbooks.opening.open_book import Grid, OpenedWorkbook, open_book
from zwgk_excel.workbooks.opening.package_map import without_sheets
from zwgk_excel.workbooks.reading.read_return import read_return

SHEET, WORKBOOK, RELATIONS = "xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MACRO = "http://schemas.microsoft.com/office/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
DAY = date(2026, 11, 20)
DTD = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def with_parts(data: bytes, **parts: str | bytes) -> bytes:
    return zipped({**parts_of(data), **parts})


def grid(data: bytes, sheet: str = "S") -> Grid:
    found = open_book(data, "x.xlsx").grid(sheet)
    assert found is not None
    return found


# --- parts -------------------------------------------------------------------------------------

FOREIGN_PARTS: dict[str, str | bytes] = {
    # Power Query keeps its queries so.
    "customXml/item1.xml": '<?xml version="1.0" encoding="utf-16"?><DataMashup>AAAA</DataMashup>'.encode("utf-16"),
    "customXml/item2.xml": DTD,
    "docProps/custom.xml": '<?xml version="1.0" encoding="GBK"?><属性>甲</属性>'.encode("gbk"),
    "xl/theme/theme1.xml": "no XML at all <",
    "xl/drawings/drawing1.xml": DTD,
    "xl/drawings/_rels/drawing1.xml.rels": b"\xff\xfe\0<",
    "xl/cellimages.xml": '<?xml version="1.0" encoding="gb2312"?><a/>',
    "xl/richData/rdrichvalue.xml": '<sheetData uniqueCount="4294967295"/>',
    "xl/vendor/extra.xml": "<sheetData><row r='4000000000'/></sheetData>",
    "xl/webextensions/taskpanes.xml": "<a",
    "customXml/_rels/item1.xml.rels": "<Relationships",
}


@pytest.mark.parametrize("path", FOREIGN_PARTS)
def test_a_part_that_is_not_read_does_not_decide(path: str):
    data = with_parts(book({"S": [["甲", 1]], "T": [["乙"]]}), **{path: FOREIGN_PARTS[path]})
    assert grid(data).rows == [["甲", 1]]
    check(data, "x.xlsx")


def test_a_part_that_is_not_read_is_not_even_unpacked():
    data = bytearray(with_parts(book({"S": [["甲"]]}), **{"customXml/item1.bin": b"query" * 1000}))
    place = data.index(b"customXml/item1.bin") + len("customXml/item1.bin")
    data[place : place + 4] = b"\xff\xff\xff\xff"  # its compressed bytes make no sense
    assert grid(bytes(data)).rows == [["甲"]]


@pytest.mark.parametrize("path", [SHEET, "xl/sharedStrings.xml", "xl/styles.xml", WORKBOOK, RELATIONS, "_rels/.rels"])
def test_a_part_that_is_read_is_judged(path: str):
    data = book({"S": [["甲", 1]]})
    spoilt = with_parts(data, **{path: DTD.encode().replace(b"<a>", parts_of(data)[path][:20] + b"<a>")})
    with pytest.raises(RejectedFileError) as caught:
        open_book(spoilt, "x.xlsx").grid("S")
    assert caught.value.problem.code == "file_unsafe"


def test_a_large_workbook_with_a_foreign_part_is_read_too(monkeypatch):
    monkeypatch.setattr("zwgk_excel.workbooks.opening.guard._LEAN_BYTES", 10)
    data = with_macro_sheet(with_parts(book({"S": [["甲"]]}), **FOREIGN_PARTS))
    opened = open_book(data, "x.xlsx")
    assert (opened.sheet_names, grid(data).rows) == (["S"], [["甲"]])


# --- sheets ------------------------------------------------------------------------------------


def with_sheet(data: bytes, name: str, kind: str, path: str, content: str, *, before: bool = False) -> bytes:
    """A workbook with one more sheet, by a relation of this type, as the first or the last."""
    held = parts_of(data)
    entry = f'<sheet name="{name}" sheetId="77" state="veryHidden" r:id="rId77"/>'.encode()
    relation = f'<Relationship Id="rId77" Type="{kind}" Target="{path}"/></Relationships>'.encode()
    listed = held[WORKBOOK]
    listed = (
        listed.replace(b"<sheets>", b"<sheets>" + entry)
        if before
        else listed.replace(b"</sheets>", entry + b"</sheets>")
    )
    changed = {WORKBOOK: listed, RELATIONS: held[RELATIONS].replace(b"</Relationships>", relation)}
    return zipped({**held, **changed, f"xl/{path}": content})


def with_macro_sheet(data: bytes) -> bytes:
    content = f'<xm:macrosheet xmlns="{MAIN}" xmlns:xm="x"><sheetData><row r="1"/></sheetData></xm:macrosheet>'
    return with_sheet(data, "Macro1", f"{MACRO}/xlMacrosheet", "macrosheets/sheet1.xml", content, before=True)


def told(opened: OpenedWorkbook) -> list[tuple[str, str]]:
    return [(each.code, each.place.sheet) for each in opened.problems]


@pytest.mark.parametrize(
    ("kind", "path", "word"),
    [
        (f"{MACRO}/xlMacrosheet", "macrosheets/sheet1.xml", "宏表"),
        (f"{MACRO}/xlIntlMacrosheet", "macrosheets/intlsheet1.xml", "宏表"),
        (f"{OFFICE}/dialogsheet", "dialogsheets/sheet1.xml", "对话框"),
        ("http://example.com/2040/dashboardSheet", "worksheets/sheet9.xml", "无法识别"),
    ],
)
@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize(
    "content", ["<x><sheetData><row r='1'><c r='A1'><f>RUN()</f></c></row></sheetData></x>", "<", ""]
)
def test_a_sheet_of_another_kind_is_told_and_the_rest_is_read(
    kind: str, path: str, word: str, before: bool, content: str
):
    plain = book({"S": [["甲"]], "T": [["乙"]]})
    data = with_sheet(plain, "别的", kind, path, content, before=before)
    opened = open_book(data, "x.xlsx")
    assert opened.sheet_names == ["S", "T"]
    assert without_sheets(parts_of(data)[WORKBOOK], lambda n: n == (0 if before else 2)) == parts_of(plain)[WORKBOOK]
    assert told(opened) == [("sheet_foreign", "别的")]
    assert word in opened.problems[0].found
    assert (grid(data).rows, grid(data, "T").rows) == ([["甲"]], [["乙"]])


def test_a_sheet_that_is_only_listed_is_told():
    data = edited(book({"S": [["甲"]]}), WORKBOOK, lambda xml: xml.replace("</sheets>", '<sheet name="空"/></sheets>'))
    opened = open_book(data, "x.xlsx")
    assert (opened.sheet_names, told(opened)) == (["S"], [("sheet_foreign", "空")])


def test_an_entry_of_a_sheet_may_have_an_end_tag():
    data = edited(
        book({"S": [["甲"]]}),
        WORKBOOK,
        lambda xml: re.sub(r"(<sheet [^>]*)/>", r'\1></sheet><sheet name="b" r:id="no" >\n</sheet >', xml),
    )
    assert open_book(data, "x.xlsx").sheet_names == ["S"]


BAD_SHEETS: dict[str, Callable[[str], str]] = {
    "malformed": lambda xml: xml.replace("</sheetData>", "</sheetdata>"),
    "with a DTD": lambda xml: xml.replace("<worksheet", '<!DOCTYPE a [<!ENTITY b "c">]><worksheet'),
    "beyond every limit": lambda xml: xml.replace(
        "</sheetData>", '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    ),
    "in UTF-16, as it says": lambda xml: xml.replace('encoding="UTF-8"', 'encoding="UTF-16"'),
}


@pytest.mark.parametrize("change", BAD_SHEETS.values(), ids=BAD_SHEETS)
def test_a_sheet_of_the_units_own_that_cannot_be_read_is_told(change: Callable[[str], str]):
    items = [{"task": "D02 政府采购", "title": "采购公告"}]
    held = parts_of(report(items))
    data = edited(with_own_sheet(zipped(held)), "xl/worksheets/own.xml", change)
    content = read_return(data, "x.xlsx", by=DAY).content
    assert [item.title for item in content.items] == ["采购公告"]
    assert [(each.code, each.place.sheet) for each in content.problems if each.code.startswith("sheet_")] == [
        ("sheet_unread", "我们的")
    ]


@pytest.mark.parametrize("change", BAD_SHEETS.values(), ids=BAD_SHEETS)
def test_a_sheet_that_a_report_must_have_is_the_reason_to_read_nothing(change: Callable[[str], str]):
    with pytest.raises(RejectedFileError) as caught:
        read_return(edited(report(), "xl/worksheets/sheet2.xml", change), "x.xlsx", by=DAY)
    assert caught.value.problem.place.sheet == "信息明细"


def with_own_sheet(data: bytes) -> bytes:
    sheet = parts_of(book({"S": [["自己的", 1]]}))[SHEET].decode()
    return with_sheet(data, "我们的", f"{OFFICE}/worksheet", "worksheets/own.xml", sheet)


# --- cells -------------------------------------------------------------------------------------

LATER = [
    "#SPILL!",
    "#CALC!",
    "#BUSY!",
    "#FIELD!",
    "#GETTING_DATA",
    "#PYTHON!",
    "#BLOCKED!",
    "#CONNECT!",
    "#UNKNOWN!",
    "#n/a",
    "#明年!",
]


@pytest.mark.parametrize("error", LATER)
def test_an_error_of_a_later_excel_is_an_error_of_its_cell(error: str):
    data = edited(
        book({"S": [["甲", Formula("=A1", "#N/A"), "乙"], ["丙"]]}), SHEET, lambda xml: xml.replace("#N/A", error)
    )
    read = grid(data)
    assert read.errors == {(0, 1): error}
    assert read.rows == [["甲", None, "乙"], ["丙", None, None]]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ('<c r="B1" t="e"><v>#SPILL!</v></c>', "#SPILL!"),
        ("<c r='B1' t='e'><f>SORT(A1)</f>\n <v>#CALC!</v></c>", "#CALC!"),
        ('<c t="e" vm="1" r="B1"><v>#FIELD!</v></c>', "#FIELD!"),
        ('<c r="B1" t="e"><v>#A&amp;B!</v></c>', "#A&B!"),
        ('<c r="B1" t="later"><v>5</v></c>', "5"),
        ('<c r="B1" t="b"><v>wahr</v></c>', "wahr"),
        ('<c r="B1" t="s"><v>99</v></c>', "（文字丢失）"),
        ('<c r="B1" t="s"><v>99999999999999999999</v></c>', "（文字丢失）"),
    ],
)
def test_a_cell_that_the_bulk_reader_refuses_costs_itself_alone(cell: str, text: str):
    read = grid(raw_book(f'<row r="1"><c r="A1"><v>7</v></c>{cell}<c r="C1" t="s"><v>0</v></c></row>'))
    assert read.rows == [[7, None, "hi"]]
    assert read.errors == {(0, 1): text}


@pytest.mark.parametrize("prefix", ["", "x:"])
def test_a_child_that_the_standard_allows_does_not_cost_the_value(prefix: str):
    rows = (
        '<row r="1"><c r="A1"><v>7</v><extLst><ext uri="{A}"><v>9</v></ext></extLst></c><c><v>8</v><future/></c></row>'
    )
    named = f' xmlns:x="{MAIN}"' if prefix else f' xmlns="{MAIN}"'
    tags = re.sub(r"<(/?)(\w)", rf"<\1{prefix}\2", f"<worksheet><sheetData>{rows}</sheetData></worksheet>")
    read = grid(raw_book("", sheet=tags.replace("worksheet>", f"worksheet{named}>", 1)))
    assert (read.rows, read.errors) == ([[7, 8]], {})


def test_many_odd_cells_are_taken_out_at_once():
    rows = "".join(
        f'<row r="{n}"><c r="A{n}" t="e"><v>#SPILL!</v></c><c r="B{n}"><v>{n}</v></c></row>' for n in range(1, 3000)
    )
    read = grid(raw_book(rows))
    assert len(read.errors) == 2999
    assert read.rows[2998] == [None, 2999]


@pytest.mark.parametrize("code", [0x2B, 0x2C, 0x30, 0xFF])
def test_an_error_of_a_later_excel_in_an_old_workbook(code: int):
    cell = (0x0205).to_bytes(2, "little") + b"\x08\0" + b"\0\0\1\0\0\0" + bytes([code, 1])
    end = b"\x0a\0\0\0"
    plain = biff.stream({"S": [(0, 0, "甲"), (0, 2, 5)]})
    read = grid(biff.compound_file("Workbook", plain[: -len(end)] + cell + end))
    assert read.rows == [["甲", None, 5]]
    assert list(read.errors) == [(0, 1)]
