"""Other formats, sound and hostile: xls, ods, text, HTML, encrypted workbooks."""

from __future__ import annotations

import io
from xml.sax.saxutils import escape

from tests.hostile import biff
from tests.hostile.cases import ACCEPTED, case
from tests.hostile.markup import LAUGHS
from tests.hostile.reports import Report
from tests.hostile.zips import zipped

_OASIS = "urn:oasis:names:tc:opendocument:xmlns"
_ODS = "application/vnd.oasis.opendocument.spreadsheet"
_TABLE = "单位\t金额\t日期\r\n财政局\t１２３\t2026年3月5日\r\n"
_HTML = (
    '<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312"></head><body><table border=1>'
    "<tr><td>单位</td><td>金额</td></tr><tr><td>财政局</td><td>１２３</td></tr></table></body></html>"
)


# --- Excel 97–2003 -----------------------------------------------------------------------------


@case("biff8.xls", ACCEPTED)
def biff8(report: Report) -> bytes:
    return biff.workbook(report.rows())


@case("biff8_named.xlsx", ACCEPTED)
def biff8_named_xlsx(report: Report) -> bytes:
    return biff.workbook(report.rows())


@case("biff8_named.et", ACCEPTED)
def biff8_named_et(report: Report) -> bytes:
    return biff.workbook(report.rows())


@case("biff8_truncated.xls", "file_unreadable")
def biff8_truncated(report: Report) -> bytes:
    data = biff.workbook(report.rows())
    return data[: len(data) // 2]


@case("biff8_corners.xls", "sheet_too_large")
def biff8_corners(report: Report) -> bytes:
    rows = report.rows()
    cells = {name: list(biff.cells(sheet)) for name, sheet in rows.items()}
    cells[list(rows)[1]].append((65_535, 255, 2))
    return biff.compound_file("Workbook", biff.stream(cells))


@case("compound_file_of_noise.xls", "file_unreadable")
def compound_noise(report: Report) -> bytes:
    return biff.compound_file("Workbook", bytes(n * 7919 >> 3 & 0xFF for n in range(5_000)))


@case("compound_file_in_a_loop.xls", "file_unreadable")
def compound_loop(report: Report) -> bytes:
    """The chain of its sectors runs in a circle."""
    data = bytearray(biff.workbook(report.rows()))
    tables = int.from_bytes(data[44:48], "little")
    first = tables + 1
    after_second = 512 + 4 * (first + 1)
    data[after_second : after_second + 4] = first.to_bytes(4, "little")
    return bytes(data)


# --- OpenDocument ------------------------------------------------------------------------------


def _ods(tables: str, dtd: str = "") -> bytes:
    spaces = f'xmlns:office="{_OASIS}:office:1.0" xmlns:table="{_OASIS}:table:1.0" xmlns:text="{_OASIS}:text:1.0"'
    body = f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
    content = f'<?xml version="1.0"?>{dtd}<office:document-content {spaces}>{body}</office:document-content>'
    entry = f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{_ODS}"/>'
    manifest = f'<manifest:manifest xmlns:manifest="{_OASIS}:manifest:1.0">{entry}</manifest:manifest>'
    parts = {"mimetype": _ODS, "META-INF/manifest.xml": manifest, "content.xml": content}
    return zipped({name: text.encode() for name, text in parts.items()})


def _tables(report: Report, more: str = "") -> str:
    """The sheets of a report; ``more`` are rows at the end of the item sheet."""
    sheets = list(report.rows().items())
    rows = ["".join(map(_row, values)) for _, values in sheets]
    rows[1] += more
    return "".join(
        f'<table:table table:name="{name}">{each}</table:table>' for (name, _), each in zip(sheets, rows, strict=True)
    )


def _row(values: list) -> str:
    cells = (
        "<table:table-cell/>"
        if value is None
        else f'<table:table-cell office:value-type="string"><text:p>{escape(str(value))}</text:p></table:table-cell>'
        for value in values
    )
    return f"<table:table-row>{''.join(cells)}</table:table-row>"


def _block(rows: int, columns: int) -> str:
    """A number in every cell of so many rows and columns, in a hundred bytes."""
    number = '<table:table-cell table:number-columns-repeated="{}" office:value-type="float" office:value="1"/>'
    row = '<table:table-row table:number-rows-repeated="{}">{}</table:table-row>'
    return row.format(rows, number.format(columns))


@case("ods.ods", ACCEPTED)
def ods(report: Report) -> bytes:
    return _ods(_tables(report))


@case("ods_named.xlsx", ACCEPTED)
def ods_named_xlsx(report: Report) -> bytes:
    return _ods(_tables(report))


@case("ods_of_16g_cells.ods", "sheet_too_large")
def ods_repeated(report: Report) -> bytes:
    return _ods(_tables(report, _block(1_048_576, 16_384)))


@case("ods_of_90m_cells.ods", "sheet_too_large")
def ods_repeated_less(report: Report) -> bytes:
    return _ods(_tables(report, _block(1_000_000, 90)))


@case("ods_repeat_overflow.ods", "sheet_too_large")
def ods_overflow(report: Report) -> bytes:
    return _ods(_tables(report, _block(2**64 - 1, 2**64 - 1)))


@case("ods_laughs.ods", "file_unsafe")
def ods_laughs(report: Report) -> bytes:
    return _ods(_tables(report, _row(["哈"]).replace("哈", "&l9;")), LAUGHS)


# --- text --------------------------------------------------------------------------------------


@case("html_gbk_named.xls", "not_a_report")
def html(report: Report) -> bytes:
    return _HTML.encode("gbk")


@case("mhtml_named.xls", "not_a_report")
def mhtml(report: Report) -> bytes:
    head = 'MIME-Version: 1.0\nContent-Type: multipart/related; boundary="x"\n\n--x\nContent-Type: text/html\n\n'
    return f"{head}{_HTML}\n--x--\n".encode("gbk")


@case("html_nested_tables.xls", "not_a_report")
def nested_html(report: Report) -> bytes:
    return b"<html><body>" + b"<table><tr><td>" * 50_000 + "乙".encode()


@case("spreadsheetml2003_named.xls", "not_a_report")
def spreadsheetml(report: Report) -> bytes:
    name = "urn:schemas-microsoft-com:office:spreadsheet"
    cell = '<Row><Cell><Data ss:Type="String">单位</Data></Cell></Row>'
    sheet = f'<Worksheet ss:Name="数据"><Table>{cell}</Table></Worksheet>'
    return f'<?xml version="1.0"?><Workbook xmlns="{name}" xmlns:ss="{name}">{sheet}</Workbook>'.encode()


@case("utf16_tsv_named.xls", "not_a_report")
def utf16_text(report: Report) -> bytes:
    return _TABLE.encode("utf-16")


@case("gbk_tsv_named.xls", "not_a_report")
def gbk_text(report: Report) -> bytes:
    return _TABLE.encode("gbk")


@case("gbk.csv", "not_a_report")
def gbk_csv(report: Report) -> bytes:
    return _TABLE.replace("\t", ",").encode("gb18030")


@case("utf8_with_mark.csv", "not_a_report")
def utf8_csv(report: Report) -> bytes:
    return _TABLE.replace("\t", ",").encode("utf-8-sig")


@case("injection.csv", "not_a_report")
def injection(report: Report) -> bytes:
    return b"a,b\n=cmd|'/c calc'!A1,@SUM(1)\n"


@case("quote_without_end.csv", "file_unreadable")
def open_quote(report: Report) -> bytes:
    """A quotation mark that is never closed makes one cell of ten megabytes."""
    return b'a,b\n"' + b"x,y\n" * 2_500_000


@case("one_line_of_commas.csv", "sheet_too_large")
def commas(report: Report) -> bytes:
    return b"a" + b"," * 5_000_000 + b"b"


# --- encrypted ---------------------------------------------------------------------------------


def _encrypted(data: bytes, password: str) -> bytes:
    from msoffcrypto.format.ooxml import OOXMLFile

    target = io.BytesIO()
    OOXMLFile(io.BytesIO(data)).encrypt(password, target)
    return target.getvalue()


@case("encrypted.xlsx", "file_encrypted")
def encrypted(report: Report) -> bytes:
    return _encrypted(report.bytes(), "密码123")


@case("encrypted_with_the_usual_password.xlsx", ACCEPTED)
def encrypted_for_show(report: Report) -> bytes:
    """What Excel does to a workbook that is only write-protected."""
    return _encrypted(report.bytes(), "VelvetSweatshop")
