"""Numbers as people see them, where their format says more than they do; serial numbers by the workbook's epoch."""

from __future__ import annotations

import io
import struct
from datetime import date
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from tests.hostile import biff
from tests.workbooks.opening.test_foreign_parts import grid
from tests.workbooks.sheets import cell, edited, headed, zipped
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.excel import day_of, serial
from zwgk_excel.workbooks.opening.number_formats import parsed
from zwgk_excel.workbooks.opening.open_book import Grid
from zwgk_excel.workbooks.reading.read_return import read_return

SHEET = "xl/worksheets/sheet1.xml"


def formatted(*cells: tuple[float, str], date_1904: bool = False) -> bytes:
    """A workbook of one row of numbers, each with its format."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, "date_1904": date_1904}) as workbook:
        page = workbook.add_worksheet("S")
        for column, (number, code) in enumerate(cells):
            page.write_number(0, column, number, workbook.add_format({"num_format": code}))
    return stream.getvalue()


@pytest.mark.parametrize(
    ("code", "number", "text"),
    [
        ("00000", "713", "00713"),
        ("000000000000", "7148712345", "007148712345"),
        ("0000-00-00", "20261103", "2026-11-03"),
        ('0000"年"00"月"00"日"', "20261103", "2026年11月03日"),
        ("000-0000-0000", "13800001234", "138-0000-1234"),
        ("(0000) 0000000", "7148712345", "(0714) 8712345"),
        ('"冶政发〔2026〕"0"号"', "12", "冶政发〔2026〕12号"),
        ("第0条", "3", "第3条"),
        ("\\第0\\条", "3", "第3条"),
        ('General"号"', "12", "12号"),
        ('G/通用格式"号"', "12", "12号"),
        ("[Red]00000", "713", "00713"),
        ("[$-804]00000;[Red]-00000", "713", "00713"),
        ("00000_ ", "713", "00713"),
        ("0.00", "3.1", "3.10"),
        ("0%", "0.5", "50%"),
        ("0.0%", "0.125", "12.5%"),
        ("#00", "7", "07"),
        ('0"."0', "31", "3.1"),
    ],
)
def test_what_a_format_adds_is_shown(code: str, number: str, text: str):
    made = parsed(code)
    assert made is not None
    assert made.shown(number) == text


@pytest.mark.parametrize(
    "code",
    [
        "General",
        "0",
        "#",
        "@",
        "#,##0",
        "#,##0.00",
        "yyyy-mm-dd",
        "h:mm",
        "0.00E+00",
        "# ?/?",
        '[>100]"多"0;0',
        "[DBNum1]0",
        "",
        "0" * 300,
        '"x"',
        "0.0.0",
        ";;;",
        "*-",
        "\\",
        '"',
    ],
)
def test_a_format_that_says_nothing_or_something_else_is_left_alone(code: str):
    assert parsed(code) is None


def test_decimals_of_a_whole_number_say_nothing():
    made = parsed("0.00")
    assert made is not None
    assert [made.shown(each) for each in ("13800001234", "abc", "-3.1", "1E999", "nan", "")] == [""] * 6


@given(st.text('0#?.;,-/年月"\\[]<>*_ %GeneralE@', max_size=30), st.integers(0, 10**15))
def test_no_format_makes_it_fail_and_the_digits_are_those_of_the_number(code: str, number: int):
    made = parsed(code)
    if made and not any(each.isdigit() for kind, text in made.pieces if not kind for each in text) and not made.percent:
        shown = "".join(each for each in made.shown(str(number)) if each.isdigit())
        assert not shown or int(shown) == number


def test_shown_texts_of_an_xlsx_stand_beside_the_numbers():
    read = grid(formatted((713, "00000"), (713, "0"), (13800001234, "General"), (20261103, "0000-00-00")))
    assert read.rows == [[713, 713, 13800001234, 20261103]]
    assert read.shown == {(0, 0): "00713", (0, 3): "2026-11-03"}


@pytest.mark.parametrize(
    "spelling", [lambda x: x.replace('r="A1" s="1"', "s='1'"), lambda x: x.replace("<v>713", "<f>A2</f><v>713")]
)
def test_every_spelling_of_a_number_is_understood(spelling):
    assert grid(edited(formatted((713, "00000")), SHEET, spelling)).shown == {(0, 0): "00713"}


def record(number: int, payload: bytes) -> bytes:
    return struct.pack("<HH", number, len(payload)) + payload


def old_book(code: str, *cells: bytes, date_1904: bool = False) -> bytes:
    """An .xls with a format of its own, which cell format 1 has; the cells are records."""
    plain = biff.stream({"S": [(9, 0, "底")]})
    globals_end = plain.index(record(0x000A, b"")) + 4
    text = code.encode("utf-16-le")
    looks = record(0x00E0, struct.pack("<HH16x", 0, 0)) + record(0x00E0, struct.pack("<HH16x", 0, 200))
    extra = (
        record(0x041E, struct.pack("<HHB", 200, len(code), 1) + text) + looks + record(0x0022, bytes([date_1904, 0]))
    )
    at = plain.index(struct.pack("<HH", 0x0085, 8 + 2))
    moved = struct.unpack_from("<I", plain, at + 4)[0] + len(extra)
    head = plain[: at + 4] + struct.pack("<I", moved) + plain[at + 8 : globals_end - 4]
    return biff.compound_file("Workbook", head + extra + plain[globals_end - 4 : -4] + b"".join(cells) + plain[-4:])


def test_shown_texts_of_an_old_workbook():
    number = record(0x0203, struct.pack("<HHHd", 0, 0, 1, 713))
    small = record(0x027E, struct.pack("<HHHI", 0, 1, 1, 714 << 2 | 2))
    several = record(0x00BD, struct.pack("<HHHIHIH", 0, 2, 1, 715 << 2 | 2, 0, 716 << 2 | 2, 3))
    read = grid(old_book("00000", number, small, several))
    assert read.rows[0] == [713, 714, 715, 716]
    assert read.shown == {(0, 0): "00713", (0, 1): "00714", (0, 2): "00715"}


def ods(cells: str, settings: str = "") -> bytes:
    name = "urn:oasis:names:tc:opendocument:xmlns:"
    spaces = "".join(f' xmlns:{each}="{name}{each}:1.0"' for each in ("office", "table", "text"))
    body = f'<table:table table:name="S"><table:table-row>{cells}</table:table-row></table:table>'
    inner = f"<office:body><office:spreadsheet>{settings}{body}</office:spreadsheet></office:body>"
    content = f"<office:document-content{spaces}>{inner}</office:document-content>"
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    return zipped({"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": manifest})


def number_cell(value: str, text: str, kind: str = "float") -> str:
    head = f'<table:table-cell office:value-type="{kind}" office:value="{value}">'
    return f"{head}<text:p>{text}</text:p></table:table-cell>"


def test_shown_texts_of_an_open_document():
    read = grid(ods(number_cell("713", "00713") + number_cell("1234567", "1,234,567") + number_cell("3.1", "3.10")))
    assert read.shown == {(0, 0): "00713", (0, 2): "3.10"}
    assert grid(ods(number_cell("713", "###") + number_cell("12", "12号"))).shown == {(0, 1): "12号"}


# --- the epoch ---------------------------------------------------------------------------------

DAY = date(2026, 11, 3)


def test_serial_numbers_by_both_epochs():
    assert day_of(serial(DAY)) == day_of(serial(DAY) - 1462, date_1904=True) == DAY


@pytest.mark.parametrize("code", ["yyyy-mm-dd", "General"])
@pytest.mark.parametrize("date_1904", [True, False])
def test_every_format_tells_its_epoch(code: str, date_1904: bool):
    number = serial(DAY) - 1462 * date_1904
    xlsx = grid(formatted((number, code), date_1904=date_1904))
    assert xlsx.date_1904 is date_1904
    assert day(xlsx) == DAY
    old = grid(old_book(code, record(0x0203, struct.pack("<HHHd", 0, 0, 1, number)), date_1904=date_1904))
    assert old.date_1904 is date_1904
    assert day(old) == DAY


def test_an_open_document_may_count_from_1904_too():
    null = '<table:calculation-settings><table:null-date table:date-value="1904-01-01"/></table:calculation-settings>'
    read = grid(ods(number_cell(str(serial(DAY) - 1462), "x"), null))
    assert read.date_1904
    assert not grid(ods(number_cell("5", "5"))).date_1904


def day(read: Grid) -> Any:
    value = read.value(0, 0)
    return day_of(value, date_1904=read.date_1904) if isinstance(value, int) else value


# --- in a return -------------------------------------------------------------------------------


def filled(date_1904: bool = False, **values: tuple[float, str]) -> bytes:
    """A report whose only item has numbers in some columns, each with its format."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, "date_1904": date_1904}) as workbook:
        for key in ("tasks", "items"):
            page = workbook.add_worksheet(layout("report")[key].name)
            rows = headed(key, [{"task": "D02 政府采购", "title": "公告"}] if key == "items" else [])
            for row, line in enumerate(rows):
                for column, value in enumerate(line):
                    if value is not None:
                        page.write_string(row, column, value)
        for key, (number, code) in values.items():
            page.write_number(
                3, layout("report")["items"].index(key), number, workbook.add_format({"num_format": code})
            )
    return stream.getvalue()


def test_a_telephone_number_keeps_its_zero_and_a_document_its_number():
    data = filled(phone=(7148712345, "00000000000"), doc_no=(12, '"冶政发〔2026〕"0"号"'))
    parsed_return = read_return(data, "x.xlsx", by=DAY)
    item = parsed_return.content.items[0]
    assert (item.phone, item.doc_no) == ("07148712345", "冶政发〔2026〕12号")


@pytest.mark.parametrize("code", ["0000-00-00", '0000"年"00"月"00"日"', '0000"."00"."00', "General"])
def test_a_day_typed_as_eight_digits_is_read_as_it_is_shown(code: str):
    content = read_return(filled(published_on=(20261103, code)), "x.xlsx", by=DAY).content
    assert content.items[0].published_on == DAY


def test_a_day_with_two_decimals_is_not_taken_for_another():
    content = read_return(filled(published_on=(3.1, "0.00")), "x.xlsx", by=DAY).content
    assert content.items[0].published_on == date(2026, 3, 10)
    content = read_return(filled(published_on=(3.1, "General")), "x.xlsx", by=DAY).content
    assert [each.code for each in content.problems if each.place.cell == cell("items", "published_on", 4)] == [
        "date_form"
    ]


@pytest.mark.parametrize("code", ["General", "0", "0.00", "yyyy-mm-dd", "00000"])
def test_a_workbook_of_1904_has_its_own_days(code: str):
    data = filled(True, published_on=(serial(DAY) - 1462, code))
    assert read_return(data, "x.xlsx", by=DAY).content.items[0].published_on == DAY
    assert grid(data, "信息明细").date_1904
