"""Kinds of files are told apart by content, and every kind that is no report is named in Chinese."""

from __future__ import annotations

import struct

import pytest

from tests.workbooks.sheets import book, zipped
from zwgk_excel.workbooks.opening.file_kinds import FileKind, kind_of, zip_kind
from zwgk_excel.workbooks.opening.guard import RejectedFileError
from zwgk_excel.workbooks.opening.open_book import open_book
from zwgk_excel.workbooks.opening.zip_parts import normalised_path

CFB = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0")


def compound(stream: str, offset: int = 0) -> bytes:
    """The beginning of a compound file with one directory entry, ``offset`` bytes off its place."""
    return CFB + b"\0" * offset + stream.encode("utf-16-le").ljust(128, b"\0")


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", FileKind.EMPTY),
        (b"\0" * 500, FileKind.EMPTY),
        (b" \r\n\t", FileKind.EMPTY),
        (b"%PDF-1.7 ...", FileKind.PDF),
        (b"Rar!\x1a\x07\x01\x00", FileKind.RAR),
        (b"7z\xbc\xaf\x27\x1c", FileKind.SEVEN_ZIP),
        (b"\x1f\x8b\x08", FileKind.GZIP),
        (b"\x89PNG\r\n\x1a\n", FileKind.PICTURE),
        (b"\xff\xd8\xff\xe0", FileKind.PICTURE),
        (b"BM\x36\0\0\0", FileKind.PICTURE),
        (b"{\\rtf1", FileKind.RTF),
        (compound("EncryptedPackage"), FileKind.ENCRYPTED),
        (compound("Workbook"), FileKind.XLS),
        (compound("Book"), FileKind.XLS),
        (compound("WordDocument"), FileKind.DOC),
        (compound("PowerPoint Document"), FileKind.PPT),
        (compound("Workbook", 30), FileKind.OLD_OFFICE),
        (CFB, FileKind.OLD_OFFICE),
        (b"\x09\x08\x10\x00\x00\x06\x05\x00", FileKind.BIFF),
        (b"<html><body><table>", FileKind.HTML),
        (b"\xef\xbb\xbf\r\n<!DOCTYPE html><html>", FileKind.HTML),
        ("<html><table>".encode("utf-16"), FileKind.HTML),
        (b'<html xmlns:x="urn:schemas-microsoft-com:office:spreadsheet">', FileKind.HTML),
        (b"MIME-Version: 1.0\r\n", FileKind.MHTML),
        (
            b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
            FileKind.SPREADSHEETML,
        ),
        ("任务,标题\n甲,乙".encode("gb18030"), FileKind.TEXT),
        ("任务\t标题".encode("utf-16"), FileKind.TEXT),
        ("task,title\r\n1,2".encode("utf-16-le"), FileKind.TEXT),
        (b"BMW,1\n", FileKind.TEXT),
        (b"MZ\x90\0\x03\0\0\0", FileKind.PROGRAM),
        (struct.pack("<IIII", 1, 2, 3, 4), FileKind.UNKNOWN),
        (zipped({"a": "b"}), FileKind.ZIP),
    ],
)
def test_files_are_told_apart_by_content(data: bytes, kind: FileKind):
    assert kind_of(data) is kind


@pytest.mark.parametrize(
    ("paths", "mimetype", "kind"),
    [
        (["[Content_Types].xml", "xl/workbook.xml"], b"", FileKind.XLSX),
        (["XL\\Workbook.xml", "xl/vbaProject.bin"], b"", FileKind.XLSM),
        (["xl/workbook.bin"], b"", FileKind.XLSB),
        (["word/document.xml"], b"", FileKind.DOCX),
        (["ppt/presentation.xml"], b"", FileKind.PPTX),
        (["content.xml"], b"application/vnd.oasis.opendocument.spreadsheet", FileKind.ODS),
        (["content.xml"], b"application/vnd.oasis.opendocument.text", FileKind.OPEN_DOCUMENT),
        (["OFD.xml", "Doc_0/Document.xml"], b"", FileKind.OFD),
        (["word/新建文档.doc", "表.xlsx"], b"", FileKind.ZIP),
    ],
)
def test_zip_files_are_told_apart_by_their_members(paths: list[str], mimetype: bytes, kind: FileKind):
    assert zip_kind([normalised_path(path) for path in paths], mimetype) is kind


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "空文件"),
        (b"%PDF-1.7", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "图片"),
        (zipped({"word/document.xml": "<a/>"}), "Word"),
        (zipped({"ppt/presentation.xml": "<a/>"}), "PowerPoint"),
        (zipped({"xl/workbook.bin": b"\0"}), ".xlsb"),
        (zipped({"表一.xlsx": book({"S": [[1]]})}), "压缩包"),
        (b"\x09\x08\x10\x00\x00\x06\x05\x00", "早期版本"),
        (compound("WordDocument"), "Word 97-2003"),
    ],
)
def test_what_cannot_be_a_report_is_named(data: bytes, word: str):
    with pytest.raises(RejectedFileError) as caught:
        open_book(data, "表.xlsx")
    assert caught.value.problem.code == "file_kind"
    assert word in caught.value.problem.found
    assert caught.value.problem.place.file == "表.xlsx"
