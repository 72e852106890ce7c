"""Opening by content: every format gives the same grids, what was done is told, and killers stop at their guard."""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.calc.office import Office, _properties
from tests.hostile import biff
from tests.workbooks.sheets import Formula, book, edited, raw_book, zipped
from zwgk_excel.workbooks.opening.file_kinds import FileKind
from zwgk_excel.workbooks.opening.guard import RejectedFileError
from zwgk_excel.workbooks.opening.open_book import CellValue, Grid, OpenedWorkbook, open_book

ROWS: list[list[CellValue]] = [
    ["任务", "信息标题", "发布日期", "份数"],
    ["D02 政府采购", "关于采购目录的通知", date(2026, 11, 5), 3],
    [None, "=1+1", None, 2.5],
]
BROKEN: list[list[Any]] = [
    ["甲", Formula("=1/0", "#DIV/0!")],
    [None, Formula("=NA()", "#N/A")],
    ["丙", Formula("=1+1", 2)],
]
GOOD = book({"任务清单": [["甲"]], "信息明细": ROWS})


def opened(data: bytes, name: str = "x.xlsx", passwords: Sequence[str] = ()) -> tuple[OpenedWorkbook, list[str]]:
    found = open_book(data, name, passwords=passwords)
    return found, [each.code for each in found.problems]


def grid(found: OpenedWorkbook, sheet: str) -> Grid:
    read = found.grid(sheet)
    assert read is not None
    return read


def rejection(data: bytes, passwords: Sequence[str] = ()) -> str:
    with pytest.raises(RejectedFileError) as caught:
        open_book(data, "x.xlsx", passwords=passwords)
    return caught.value.problem.code


def saved(office: Office, folder: Path, data: bytes, suffix: str, password: str = "") -> bytes:
    """A workbook as LibreOffice saves it in another format."""
    import uno

    source, target = folder / "源.xlsx", folder / f"存{suffix}"
    source.write_bytes(data)
    with office.open(source) as document:
        if not password:
            return document.save_as(target).read_bytes()
        filters = {".xls": "MS Excel 97", ".ods": "calc8", ".xlsx": "Calc MS Excel 2007 XML"}
        options = _properties(FilterName=filters[suffix], Password=password)
        document._model.storeToURL(uno.systemPathToFileUrl(str(target)), options)
    return target.read_bytes()


# --- every format ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["表.xlsx", "表.xls", "表.et", "表.csv", "表"])
def test_the_name_decides_nothing(name: str):
    found, notes = opened(GOOD, name)
    assert (found.kind, found.name, notes) == (FileKind.XLSX, name, [])
    assert grid(found, "信息明细").rows == ROWS


@pytest.mark.parametrize(("suffix", "kind"), [(".xlsx", FileKind.XLSX), (".xls", FileKind.XLS), (".ods", FileKind.ODS)])
def test_what_libreoffice_saves_is_the_same(office: Office, tmp_path: Path, suffix: str, kind: FileKind):
    found, notes = opened(saved(office, tmp_path, GOOD, suffix))
    assert (found.kind, found.sheet_names, notes) == (kind, ["任务清单", "信息明细"], [])
    assert grid(found, "信息明细").rows == ROWS


@pytest.mark.parametrize("suffix", [".xlsx", ".xls", ".ods"])
def test_errors_are_known_in_every_format(office: Office, tmp_path: Path, suffix: str):
    read = grid(opened(saved(office, tmp_path, book({"S": BROKEN}), suffix))[0], "S")
    assert read.errors == {(0, 1): "#DIV/0!", (1, 1): "#N/A"}
    assert read.rows == [["甲", None], [None, None], ["丙", 2]]


def test_macros_are_told_and_not_run():
    with_macros = zipped({**_parts(GOOD), "xl/vbaProject.bin": b"\xd0\xcf\x11\xe0 not even one"})
    found, notes = opened(with_macros, "x.xlsm")
    assert (found.kind, notes) == (FileKind.XLSM, ["macros_ignored"])
    assert grid(found, "信息明细").rows == ROWS


def _parts(data: bytes) -> dict[str, str | bytes]:
    import zipfile

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


# --- passwords ---------------------------------------------------------------------------------


def encrypted(password: str) -> bytes:
    from msoffcrypto.format.ooxml import OOXMLFile

    target = io.BytesIO()
    OOXMLFile(io.BytesIO(GOOD)).encrypt(password, target)
    return target.getvalue()


def test_the_default_password_of_excel_needs_nobody():
    found, notes = opened(encrypted("VelvetSweatshop"))
    assert (found.kind, notes) == (FileKind.XLSX, ["file_decrypted"])
    assert grid(found, "信息明细").rows == ROWS


def test_the_passwords_of_the_office_are_tried_in_turn():
    found, notes = opened(encrypted("密码123"), passwords=("别的", "密码123"))
    assert notes == ["file_decrypted"]
    assert grid(found, "信息明细").rows == ROWS
    assert "密码123" not in str(found.problems)


def test_a_password_that_nobody_knows_is_asked_for():
    assert rejection(encrypted("谁知道"), ("别的",)) == "file_encrypted"


def test_an_encrypted_xls_is_opened_or_asked_for(office: Office, tmp_path: Path):
    data = saved(office, tmp_path, GOOD, ".xls", "pass-1")
    assert rejection(data) == "file_encrypted"
    found, notes = opened(data, passwords=("pass-1",))
    assert (found.kind, notes) == (FileKind.XLS, ["file_decrypted"])
    assert grid(found, "信息明细").rows == ROWS


def test_an_encrypted_ods_is_asked_for(office: Office, tmp_path: Path):
    assert rejection(saved(office, tmp_path, GOOD, ".ods", "pass-1"), ("pass-1",)) == "file_encrypted"


def test_damaged_encryption_is_unreadable():
    data = bytearray(encrypted("VelvetSweatshop"))
    place = data.index(b"<encryption")
    data[place : place + 20] = b"\0" * 20
    assert rejection(bytes(data)) == "file_unreadable"


# --- guards ------------------------------------------------------------------------------------


def test_an_xls_that_reaches_too_far_is_refused():
    cells = [(0, 0, 1), (65_535, 255, 2)]
    assert rejection(biff.compound_file("Workbook", biff.stream({"S": cells}))) == "sheet_too_large"


def test_an_xls_of_many_numbers_in_one_record_has_its_whole_width():
    wide = struct.pack("<HHHH", 0x00BD, 12, 9, 0) + struct.pack("<HIH", 0, 0, 600)
    stream = biff.stream({"S": [(0, 0, 1)]})
    end = struct.pack("<HH", 0x000A, 0)
    assert rejection(biff.compound_file("Workbook", stream.removesuffix(end) + wide + end)) == "sheet_too_large"


@pytest.mark.parametrize("keep", [0.3, 0.6, 0.9])
def test_a_truncated_xls_is_unreadable(keep: float):
    data = biff.workbook({"S": [["甲" * 100, n] for n in range(100)]})
    assert rejection(data[: int(len(data) * keep)]) == "file_unreadable"


_OASIS = "urn:oasis:names:tc:opendocument:xmlns"
_ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"


def ods(rows: str, head: str = "") -> bytes:
    names = " ".join(f'xmlns:{name}="{_OASIS}:{name}:1.0"' for name in ("office", "table", "text"))
    table = f'<table:table table:name="S">{rows}</table:table>'
    body = f"<office:body><office:spreadsheet>{table}</office:spreadsheet></office:body>"
    return zipped(
        {
            "mimetype": _ODS_TYPE,
            "META-INF/manifest.xml": f'<?xml version="1.0"?><m:manifest xmlns:m="{_OASIS}:manifest:1.0"/>',
            "content.xml": f"<?xml version='1.0'?>{head}<office:document-content {names}>{body}"
            "</office:document-content>",
        }
    )


def ods_row(cell: str = "", row: str = "", text: str = "1") -> str:
    value = f'office:value-type="float" office:value="{text}"'
    cell = f"<table:table-cell {cell} {value}><text:p>{text}</text:p></table:table-cell>"
    return f"<table:table-row {row}>{cell}</table:table-row>"


ROWS_REPEATED, COLUMNS_REPEATED = "table:number-rows-repeated", "table:number-columns-repeated"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (ods(ods_row(f'{COLUMNS_REPEATED}="16384"', f'{ROWS_REPEATED}="1048576"')), "sheet_too_large"),
        (ods(ods_row(f'{COLUMNS_REPEATED}="90"', f'{ROWS_REPEATED}="1000000"')), "sheet_too_large"),
        (ods(ods_row(f'{COLUMNS_REPEATED}="{2**64 - 1}"', f'{ROWS_REPEATED}="{2**64 - 1}"')), "sheet_too_large"),
        (ods(f'<table:table-row {ROWS_REPEATED}="1048575"/>' + ods_row()), "sheet_too_large"),
        (ods(ods_row(f'{COLUMNS_REPEATED}="-1"')), "file_unreadable"),
        (ods(ods_row(text="&a;"), '<!DOCTYPE x [<!ENTITY a "1">]>'), "file_unsafe"),
        (ods("<table:table-row>"), "file_unreadable"),
    ],
)
def test_bombs_in_an_ods_are_refused(data: bytes, code: str):
    assert rejection(data) == code


def test_blank_repeated_rows_of_an_ods_are_no_content():
    blank = (
        f'<table:table-row {ROWS_REPEATED}="1048575"><table:table-cell {COLUMNS_REPEATED}="16384"/></table:table-row>'
    )
    assert grid(opened(ods(ods_row() + blank))[0], "S").rows == [[1]]
    assert grid(opened(ods(ods_row(f'{COLUMNS_REPEATED}="3"', f'{ROWS_REPEATED}="2"')))[0], "S").rows == [[1] * 3] * 2


def test_more_sheets_than_any_office_has_are_refused():
    sheet = re.compile(r"<sheet [^>]*/>")
    many = edited(GOOD, "xl/workbook.xml", lambda xml: sheet.sub(lambda found: found[0] * 300, xml))
    assert rejection(many) == "file_unsafe"


def test_a_long_table_is_within_the_limits_and_its_errors_are_found():
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(9_990, 10_050))
    read = grid(opened(raw_book(rows + '<row r="10050"><c r="AZ10050" t="e"><v>#N/A</v></c></row>'))[0], "S")
    assert read.errors == {(10_049, 51): "#N/A"}
    assert read.value(9_989, 0) == 9_990
