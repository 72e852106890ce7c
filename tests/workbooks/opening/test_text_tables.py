"""Tables in text: any encoding and delimiter, and the markup that export programs call .xls."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.work import peak_of
from zwgk_excel.workbooks.opening import text_tables
from zwgk_excel.workbooks.opening.file_kinds import FileKind
from zwgk_excel.workbooks.opening.guard import RejectedFileError
from zwgk_excel.workbooks.opening.open_book import CellValue, open_book

ROWS: list[list[CellValue]] = [
    ["单位", "标题", "日期"],
    ["财政局", "甲,乙;“丙”", "2026年3月5日"],
    [None, "=cmd|'/c calc'!A1", None],
]


def only(data: bytes, name: str = "明细.csv") -> list[list[CellValue]]:
    book = open_book(data, name)
    (sheet,) = book.sheet_names
    grid = book.grid(sheet)
    assert grid is not None
    return grid.rows


def rejection(data: bytes, name: str = "x.xls") -> str:
    with pytest.raises(RejectedFileError) as caught:
        only(data, name)
    return caught.value.problem.code


def delimited(delimiter: str, end: str = "\r\n") -> str:
    def quoted(value: CellValue) -> str:
        return "" if value is None else f'"{value}"' if delimiter in str(value) else str(value)

    return end.join(delimiter.join(map(quoted, row)) for row in ROWS) + end


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_every_encoding_and_delimiter(encoding: str, delimiter: str):
    assert only(delimited(delimiter).encode(encoding)) == ROWS


def test_the_sheet_is_named_as_the_file_and_what_was_done_is_told():
    book = open_book(delimited(",").encode(), "市教育局_信息明细.csv")
    assert (book.sheet_names, book.kind) == (["市教育局_信息明细"], FileKind.TEXT)
    assert [each.code for each in book.problems] == ["file_as_text"]


def test_a_separator_line_of_excel_is_obeyed():
    assert only(b"sep=;\r\na;b,c\r\n") == [["a", "b,c"]]


def test_quoted_fields_hold_delimiters_and_line_breaks():
    assert only('甲,乙\n"一\n二,三","说""好"""\n'.encode()) == [["甲", "乙"], ["一\n二,三", '说"好"']]


def test_text_without_a_table_is_one_column():
    assert only("各位领导：\n  附件请查收\n".encode("gb18030"), "说明.txt") == [["各位领导："], ["  附件请查收"]]


CELL = st.text("甲乙ab1 ;“”，。", max_size=6).map(lambda text: text if text.strip() else None)


@given(st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=8))
def test_what_excel_saves_as_csv_comes_back(rows: list[list[CellValue]]):
    head: list[CellValue] = ["任务", "标题", "备注"]
    text = "\r\n".join(",".join(str(value or "") for value in row) for row in [head, *rows])
    while rows and not any(rows[-1]):
        rows = rows[:-1]
    assert only(b"\xef\xbb\xbf" + text.encode()) == [head, *rows]


@pytest.mark.parametrize("data", [b"\x81\x30\xff,\xff\n", "甲,乙".encode("shift_jis") + b"\xfc\xfc\xff\xff"])
def test_text_in_no_known_encoding_is_unreadable(data: bytes):
    assert rejection(data) == "file_unreadable"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"a,b\n" + b"1,2\n" * 100_001, "sheet_too_large"),
        (b"," * 600 + b"x", "sheet_too_large"),
        (b'a,b\n"' + b"x" * (2 << 20), "file_unreadable"),
    ],
)
def test_tables_in_text_have_the_limits_of_sheets(data: bytes, code: str):
    assert rejection(data) == code
    assert peak_of(lambda: rejection(data)) < 50 << 20


# --- HTML --------------------------------------------------------------------------------------

TABLE = "<table border=1><tr><th>单位</th><th>金额</th></tr><tr><td>财政局</td><td>１２３</td></tr></table>"
HEAD = '<meta http-equiv="Content-Type" content="text/html; charset=gb2312"><title>表</title><style>td {}</style>'


@pytest.mark.parametrize("encoding", ["gbk", "utf-8", "utf-8-sig", "utf-16"])
def test_html_in_any_encoding(encoding: str):
    html = f"<html><head>{HEAD}</head><body>{TABLE}</body></html>"
    assert only(html.encode(encoding), "导出.xls") == [["单位", "金额"], ["财政局", "１２３"]]


def test_cells_keep_their_places_under_merged_ones_and_text_outside_is_kept():
    html = """<html><body><p>2026年 信息明细</p><table>
      <tr><td rowspan=2>甲</td><td colspan="2">乙</td><td>丙</td></tr>
      <tr><td>一<br>二</td><td> <b>粗</b> 体 </td><td></td></tr></table>填表人：张三
      <script>x()</script></body></html>"""
    assert only(html.encode(), "x.xls") == [
        ["2026年 信息明细", None, None, None],
        ["甲", "乙", None, "丙"],
        [None, "一\n二", "粗 体", None],
        ["填表人：张三", None, None, None],
    ]


def test_a_page_without_anything_is_an_empty_table():
    assert only(b"<html><body></body></html>", "x.xls") == []


def test_spans_beyond_reason_are_no_bomb():
    html = "<table>" + '<tr><td rowspan="99999" colspan="99999">x</td></tr>' * 30 + "<tr><td>y</td></tr></table>"
    assert rejection(html.encode()) == "sheet_too_large"
    assert peak_of(lambda: rejection(html.encode())) < 50 << 20


def mhtml(*pages: str) -> bytes:
    parts = "".join(f'--x\r\nContent-Type: text/html; charset="gb2312"\r\n\r\n{page}\r\n' for page in pages)
    return f'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="x"\r\n\r\n{parts}--x--\r\n'.encode("gbk")


def test_a_web_archive_has_the_sheets_that_its_frame_names():
    frame = "<html><xml><x:Name>任务清单</x:Name><x:Name>信息明细</x:Name></xml></html>"
    book = open_book(mhtml(frame, TABLE, TABLE.replace("单位", "标题")), "存.xls")
    assert book.sheet_names == ["任务清单", "信息明细"]
    grid = book.grid("信息明细")
    assert grid is not None
    assert grid.rows[0] == ["标题", "金额"]


def test_a_web_archive_without_names_has_that_of_the_file():
    assert open_book(mhtml(TABLE, TABLE), "存.mht").sheet_names == ["存", "存（2）"]


# --- SpreadsheetML 2003 ------------------------------------------------------------------------

SS = "urn:schemas-microsoft-com:office:spreadsheet"


def spreadsheetml(rows: str, head: str = "") -> bytes:
    sheet = f'<Worksheet ss:Name="信息明细"><Table>{rows}</Table></Worksheet>'
    return f'<?xml version="1.0"?>{head}<Workbook xmlns="{SS}" xmlns:ss="{SS}">{sheet}</Workbook>'.encode()


def data(kind: str, text: str, attributes: str = "") -> str:
    return f'<Cell {attributes}><Data ss:Type="{kind}">{text}</Data></Cell>'


def test_spreadsheetml_keeps_types_and_places():
    cells = data("String", "文") + data("Number", "3") + data("Number", "3.5", 'ss:Index="4"')
    days = data("DateTime", "2026-03-05T00:00:00.000") + data("DateTime", "2026-03-05T08:30:00.000")
    book = open_book(
        spreadsheetml(
            f"<Row>{cells}{data('Boolean', '1')}</Row>"
            f'<Row ss:Index="3">{data("String", "并", "ss:MergeAcross=" + chr(34) + "2" + chr(34))}{days}</Row>'
        ),
        "x.xls",
    )
    assert book.sheet_names == ["信息明细"]
    grid = book.grid("信息明细")
    assert grid is not None
    assert grid.rows == [
        ["文", 3, None, 3.5, True],
        [None] * 5,
        ["并", None, None, date(2026, 3, 5), datetime(2026, 3, 5, 8, 30)],
    ]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (spreadsheetml("<Row>")[:-20], "file_unreadable"),
        (spreadsheetml(f"<Row>{data('Number', 'drei')}</Row>"), "file_unreadable"),
        (spreadsheetml(f'<Row ss:Index="4000000000">{data("String", "x")}</Row>'), "sheet_too_large"),
        (
            spreadsheetml(f"<Row>{data('String', 'x', 'ss:Index=' + chr(34) + '99999' + chr(34))}</Row>"),
            "sheet_too_large",
        ),
        (spreadsheetml(f"<Row>{data('String', '&a;')}</Row>", '<!DOCTYPE x [<!ENTITY a "b">]>'), "file_unsafe"),
        (
            spreadsheetml(
                f"<Row>{data('String', '&a;')}</Row>", '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
            ),
            "file_unsafe",
        ),
    ],
)
def test_what_spreadsheetml_must_not_hold(content: bytes, code: str):
    assert rejection(content) == code


@pytest.mark.parametrize(
    "data",
    [
        b"," * 2_000_000,
        b"a," * 2_000_000,
        b"a" + b"\n" * 1_100_000,
        b"<table>" + b"<tr><td colspan=512></td></tr>" * 40_000,
        b"<table><tr>" + b"<td colspan=512>" * 100_000,
        spreadsheetml("<Row>" + '<Cell ss:MergeAcross="512"/>' * 100_000 + "</Row>"),
        spreadsheetml('<Row><Cell ss:MergeAcross="512"/></Row>' * 40_000),
        spreadsheetml("<Row>" + '<Cell ss:Index="90"/>' * 400_000 + "</Row>"),
    ],
    ids=["commas", "fields", "lines", "rows-of-spans", "spans", "merged", "merged-rows", "backwards"],
)
def test_cells_are_counted_while_they_are_gathered(data: bytes, monkeypatch: pytest.MonkeyPatch):
    """A few megabytes may be a table of gigabytes; where the system sets no limit the count does."""
    monkeypatch.setattr(text_tables, "_MOST_CELLS", 1_000_000)
    codes: list[str] = []
    assert peak_of(lambda: codes.append(rejection(data))) < 130 << 20
    assert codes == ["sheet_too_large"]


@pytest.mark.parametrize("text", ["甲,乙\r\n" + "," * 600 + "\r\n", "甲,乙" + ",\r\n" * 2_000])
def test_blank_cells_at_the_ends_are_no_content(text: str):
    assert only(text.encode()) == [["甲", "乙"]]
