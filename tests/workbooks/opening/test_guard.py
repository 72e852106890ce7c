"""The guard lets sound workbooks through and names what is wrong with all others, before any parser sees them."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable

import pytest

from tests.work import peak_of
from tests.workbooks.sheets import book, raw_book, zipped
from zwgk_excel.workbooks.opening import guard
from zwgk_excel.workbooks.opening.guard import RejectedFileError, check
from zwgk_excel.workbooks.opening.open_book import open_book
from zwgk_excel.workbooks.opening.zip_parts import OFFICE_FILE_LIMITS

GOOD = book({"信息明细": [["标题", 1], ["甲", 2]]})


def rejection(data: bytes) -> tuple[str, str]:
    with pytest.raises(RejectedFileError) as caught:
        check(data, "表.xlsx")
    assert caught.value.problem.place.file == "表.xlsx"
    return caught.value.problem.code, caught.value.problem.found


def rewritten(change: Callable[[dict[str, bytes]], object]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(GOOD)) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    change(content)
    return zipped(content)


def test_a_sound_workbook_passes():
    check(GOOD, "x.xlsx")
    grid = open_book(GOOD, "x.xlsx").grid("信息明细")
    assert grid is not None
    assert grid.rows == [["标题", 1], ["甲", 2]]


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", "甲,乙".encode(), zipped({"content.xml": "<a/>"})])
def test_other_kinds_are_no_xlsx(data: bytes):
    assert rejection(data)[0] in {"file_kind", "file_pictured"}


def test_size_is_limited():
    assert rejection(GOOD + b"\0" * guard.FILE_BYTES)[0] == "file_too_large"


@pytest.mark.parametrize("keep", [30, 200, len(GOOD) // 2, len(GOOD) - 10], ids=["30", "200", "half", "all but 10"])
def test_a_truncated_file_is_unreadable(keep: int):
    assert rejection(GOOD[:keep])[0] == "file_unreadable"


def test_a_flipped_bit_is_found_by_the_checksum():
    with zipfile.ZipFile(io.BytesIO(GOOD)) as archive:
        member = archive.getinfo("xl/worksheets/sheet1.xml")
    spot = member.header_offset + 30 + len(member.filename) + member.compress_size // 2
    damaged = GOOD[:spot] + bytes([GOOD[spot] ^ 8]) + GOOD[spot + 1 :]
    assert rejection(damaged)[0] == "file_unreadable"


def directory_edit(offset: int, value: bytes, data: bytes = GOOD, member: bytes = b"xl/worksheets/sheet1.xml") -> bytes:
    """Write ``value`` into a member's entry of the central directory."""
    entry = data.rindex(b"PK\x01\x02", 0, data.rindex(member))
    return data[: entry + offset] + value + data[entry + offset + len(value) :]


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (rewritten(lambda parts: parts.update({"../evil": b"x"})), "路径"),
        (rewritten(lambda parts: parts.update({"/abs": b"x"})), "路径"),
        (rewritten(lambda parts: parts.update({"c:evil": b"x"})), "路径"),
        (rewritten(lambda parts: parts.update({"XL/Workbook.xml": b"<x/>"})), "重名"),
        (rewritten(lambda parts: parts.update({f"xl/m{n}": b"" for n in range(OFFICE_FILE_LIMITS.members)})), "个部件"),
        (rewritten(lambda parts: parts.update({"xl/z": b"\0" * (OFFICE_FILE_LIMITS.ratio_floor + 1)})), "压缩比"),
        (directory_edit(8, struct.pack("<H", 1)), "加密"),
        (directory_edit(10, struct.pack("<H", 12)), "压缩方式"),
        (directory_edit(20, struct.pack("<I", len(GOOD))), "重叠"),
        (directory_edit(24, struct.pack("<I", OFFICE_FILE_LIMITS.part + 1)), "MB"),
        (directory_edit(24, struct.pack("<I", 20)), "不符"),
    ],
)
def test_the_zip_directory_is_bounded(data: bytes, word: str):
    code, found = rejection(data)
    assert code == "file_unsafe"
    assert word in found


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/sharedStrings.xml", "xl/worksheets/sheet1.xml", "[Content_Types].xml"]
)
@pytest.mark.parametrize("before", ["", "<!-- <a> -->\n", '<?pi "x"?> '])
def test_a_dtd_is_refused_in_every_part(part: str, before: str):
    def declare(parts: dict[str, bytes]) -> None:
        head, _, rest = parts[part].partition(b"?>")
        parts[part] = head + b"?>" + before.encode() + b'<!DOCTYPE x [<!ENTITY a "b">]>' + rest

    code, found = rejection(rewritten(declare))
    assert code == "file_unsafe"
    assert "DTD" in found


@pytest.mark.parametrize("encoding", ["utf-16", "gb18030"])
def test_other_encodings_are_refused_since_the_reader_would_see_an_empty_sheet(encoding: str):
    def recode(parts: dict[str, bytes]) -> None:
        text = parts["xl/worksheets/sheet1.xml"].decode().replace("UTF-8", encoding)
        parts["xl/worksheets/sheet1.xml"] = text.encode(encoding)

    code, found = rejection(rewritten(recode))
    assert code == "file_unsafe"
    assert "UTF-8" in found


ONE = '<row r="1"><c r="A1"><v>1</v></c></row>'


@pytest.mark.parametrize(
    "rows",
    [
        ONE + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        ONE + '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row>',
        ONE + "<row r='1048576'><c r='XFD1048576'><v>1</v></c></row>",
        ONE + '<row r="1048576"><c\ts="0"\nr = "XFD1048576"><v>1</v></c></row>',
        ONE + '<x:row r="1048576" xmlns:x="u"><x:c r="XFD1048576"><x:v>1</x:v></x:c></x:row>',
        ONE + '<row r="1048576"><c><v>1</v></c></row>',
        ONE + '<row r="1"><c r="SS1"><v>1</v></c></row>',
        ONE + '<row r="1"><c r="ss1"><v>1</v></c></row>',
        ONE + '<row r="100001"><c r="A100001"><v>1</v></c></row>',
        ONE + '<row r="50000"><c r="SR50000"><v>1</v></c></row>',
        ONE + '<row r="4000000000"><c r="A4000000000"><v>1</v></c></row>',
        ONE + "<row>" + "<c><v>1</v></c>" * 513 + "</row>",
    ],
)
def test_a_sheet_that_reaches_too_far_is_refused_before_room_is_made_for_it(rows: str):
    book = raw_book(rows)
    assert rejection(book)[0] == "sheet_too_large"
    assert peak_of(lambda: rejection(book)) < 1 << 20


@pytest.mark.parametrize(
    "rows",
    [
        ONE + '<row r="1048576" s="1" customFormat="1"><c r="XFD1048576" s="1"/></row>',
        ONE + '<row r="100000"><c r="B100000"><v>1</v></c></row>',
        ONE + '<row r="9"><c r="SR9"><v>1</v></c></row>',
        '<!-- <row r="1048576"><c r="XFD1048576"><v>1</v></c></row> -->' + ONE,
    ],
)
def test_formatting_and_honest_sizes_are_no_reason_to_refuse(rows: str):
    data = raw_book(rows)
    check(data, "x.xlsx")
    read = open_book(data, "x.xlsx")
    grid = read.grid(read.sheet_names[0])
    assert grid is not None
    assert grid.value(0, 0) == 1


@pytest.mark.parametrize("rows", ['<row r="1"><c r="A1"', '<row r="x"><c r=""/></row>', '<row r="1"><c r="7A"/></row>'])
def test_a_malformed_sheet_is_unreadable(rows: str):
    assert rejection(raw_book(rows))[0] == "file_unreadable"


@pytest.mark.parametrize("count", ["4294967295", "9999999999999999999999999"])
def test_a_lying_count_of_strings_is_refused(count: str):
    strings = f'<sst uniqueCount="{count}"><si><t>x</t></si></sst>'
    assert rejection(raw_book(ONE, strings=strings)) == ("file_unsafe", "文件结构异常：共享字符串的数目不实")
