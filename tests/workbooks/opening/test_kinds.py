"""Kinds of files are told apart by content, and every kind that is no report is named in Chinese."""

from __future__ import annotations

import struct

import pytest

from tests.workbooks.sheets import book, zipped
from zwgk_excel.workbooks.opening.grid import open_book
from zwgk_excel.workbooks.opening.guard import Rejected
from zwgk_excel.workbooks.opening.kinds import Kind, kind_of, zip_kind
from zwgk_excel.workbooks.opening.zip_parts import folded

CFB = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0")


def compound(stream: str, offset: int = 0) -> bytes:
    """The beginning of a compound file with one directory entry, ``offset`` bytes off its place."""
    return CFB + b"\0" * offset + stream.encode("utf-16-le").ljust(128, b"\0")


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", Kind.EMPTY),
        (b"\0" * 500, Kind.EMPTY),
        (b" \r\n\t", Kind.EMPTY),
        (b"%PDF-1.7 ...", Kind.PDF),
        (b"Rar!\x1a\x07\x01\x00", Kind.RAR),
        (b"7z\xbc\xaf\x27\x1c", Kind.SEVEN_ZIP),
        (b"\x1f\x8b\x08", Kind.GZIP),
        (b"\x89PNG\r\n\x1a\n", Kind.PICTURE),
        (b"\xff\xd8\xff\xe0", Kind.PICTURE),
        (b"BM\x36\0\0\0", Kind.PICTURE),
        (b"{\\rtf1", Kind.RTF),
        (compound("EncryptedPackage"), Kind.ENCRYPTED),
        (compound("Workbook"), Kind.XLS),
        (compound("Book"), Kind.XLS),
        (compound("WordDocument"), Kind.DOC),
        (compound("PowerPoint Document"), Kind.PPT),
        (compound("Workbook", 30), Kind.OLD_OFFICE),
        (CFB, Kind.OLD_OFFICE),
        (b"\x09\x08\x10\x00\x00\x06\x05\x00", Kind.BIFF),
        (b"<html><body><table>", Kind.HTML),
        (b"\xef\xbb\xbf\r\n<!DOCTYPE html><html>", Kind.HTML),
        ("<html><table>".encode("utf-16"), Kind.HTML),
        (b'<html xmlns:x="urn:schemas-microsoft-com:office:spreadsheet">', Kind.HTML),
        (b"MIME-Version: 1.0\r\n", Kind.MHTML),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">', Kind.SPREADSHEETML),
        ("任务,标题\n甲,乙".encode("gb18030"), Kind.TEXT),
        ("任务\t标题".encode("utf-16"), Kind.TEXT),
        ("task,title\r\n1,2".encode("utf-16-le"), Kind.TEXT),
        (b"BMW,1\n", Kind.TEXT),
        (b"MZ\x90\0\x03\0\0\0", Kind.PROGRAM),
        (struct.pack("<IIII", 1, 2, 3, 4), Kind.UNKNOWN),
        (zipped({"a": "b"}), Kind.ZIP),
    ],
)
def test_files_are_told_apart_by_content(data: bytes, kind: Kind):
    assert kind_of(data) is kind


@pytest.mark.parametrize(
    ("paths", "mimetype", "kind"),
    [
        (["[Content_Types].xml", "xl/workbook.xml"], b"", Kind.XLSX),
        (["XL\\Workbook.xml", "xl/vbaProject.bin"], b"", Kind.XLSM),
        (["xl/workbook.bin"], b"", Kind.XLSB),
        (["word/document.xml"], b"", Kind.DOCX),
        (["ppt/presentation.xml"], b"", Kind.PPTX),
        (["content.xml"], b"application/vnd.oasis.opendocument.spreadsheet", Kind.ODS),
        (["content.xml"], b"application/vnd.oasis.opendocument.text", Kind.OPEN_DOCUMENT),
        (["OFD.xml", "Doc_0/Document.xml"], b"", Kind.OFD),
        (["word/新建文档.doc", "表.xlsx"], b"", Kind.ZIP),
    ],
)
def test_zip_files_are_told_apart_by_their_members(paths: list[str], mimetype: bytes, kind: Kind):
    assert zip_kind([folded(path) for path in paths], mimetype) is kind


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
    with pytest.raises(Rejected) as caught:
        open_book(data, "表.xlsx")
    assert caught.value.problem.code == "file_kind"
    assert word in caught.value.problem.found
    assert caught.value.problem.place.file == "表.xlsx"
