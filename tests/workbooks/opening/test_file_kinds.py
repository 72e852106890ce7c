"""Kinds of files are told apart by content, and every kind that is no report is named in Chinese."""

from __future__ import annotations

import random
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workbooks.sheets import book, zipped
from zwgk_excel.domain.problem_catalogue import CATALOGUE
from zwgk_excel.workbooks.opening.file_kinds import FileKind, kind_of, refusal, zip_kind
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


NOISE = random.Random(7).randbytes(5000)
FLAT = '<?xml version="1.0"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"PK\x07\x08PK\x03\x04", FileKind.VOLUME),
        (b"BZh91AY&SY\0\0", FileKind.BZIP2),
        (b"BZh is a name,1\n", FileKind.TEXT),
        (b"\xfd7zXZ\0\0\4", FileKind.XZ),
        (b"a".ljust(257, b"\0") + b"ustar\x0000", FileKind.TAR),
        (b"MSCF\0\0\0\0", FileKind.OTHER_ARCHIVE),
        (b"\x28\xb5\x2f\xfd\0", FileKind.OTHER_ARCHIVE),
        (b"\x22\x10-lh5-\0", FileKind.OTHER_ARCHIVE),
        (b"\0" * 0x8001 + b"CD001", FileKind.OTHER_ARCHIVE),
        (compound("__properties_version1.0"), FileKind.OUTLOOK_MAIL),
        (b"\x78\x9f\x3e\x22\0\0", FileKind.TNEF),
        (b"!BDN\0", FileKind.MAILBOX),
        (b"From: a@b.cn\r\nTo: c@d.cn\r\nSubject: x\r\n\r\n", FileKind.MAIL),
        (b"Received: from a\n by b\nX-A: 1\nFrom: a@b.cn\n\nx", FileKind.MAIL),
        (b"From a@b.cn Thu Mar  5 10:00:00 2026\nReturn-Path: <a@b.cn>\nFrom: a@b.cn\n\n", FileKind.MAIL),
        (b"MIME-Version: 1.0\r\nFrom: a@b.cn\r\nMessage-ID: <1@b.cn>\r\n\r\n", FileKind.MAIL),
        (b"From: <Saved by Blink>\r\nMIME-Version: 1.0\r\nTo: x\r\n", FileKind.TEXT),
        (b"MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\n", FileKind.MHTML),
        (b"From: here\nto there, 1\n", FileKind.TEXT),
        (bytes.fromhex("3080") + bytes.fromhex("06092a864886f70d010702a080"), FileKind.SIGNED_MAIL),
        (bytes.fromhex("308201f0") + bytes.fromhex("060a2a811ccf550601040202"), FileKind.SIGNED_MAIL),
        (bytes.fromhex("308201f0") + bytes.fromhex("06092a864886f70d010703"), FileKind.ENCRYPTED_MAIL),
        (bytes.fromhex("308201f0") + bytes.fromhex("060a2a811ccf550601040203"), FileKind.ENCRYPTED_MAIL),
        (b"-----BEGIN PGP MESSAGE-----\n", FileKind.ENCRYPTED_MAIL),
        (compound("DRMEncryptedDataSpace") + compound("EncryptedPackage"), FileKind.RIGHTS),
        (compound("EncryptedPackage") + compound("DRMEncryptedTransform")[512:], FileKind.RIGHTS),
        (compound("\tDRMContent") + compound("Workbook")[512:], FileKind.RIGHTS),
        (b".pfile\1\0" + NOISE, FileKind.RIGHTS),
        (b"\x62\x14\x23\x65\2\5\0\0E-SafeNet\0\0\0LOCK" + NOISE, FileKind.ESAFENET),
        (b"%TSD-Header-###%" + NOISE, FileKind.TSD),
        (b"\x9b DRMONE  This Document is encrypted" + NOISE, FileKind.FASOO),
        (b"SCDSA004" + NOISE, FileKind.SOFTCAMP),
        (b"<## NASCA DRM FILE - VER1.00 ##>" + NOISE, FileKind.NASCA),
        (NOISE, FileKind.SCRAMBLED),
        (b"\1\2SomeVendor\0\0".ljust(512, b"\0") + NOISE, FileKind.SCRAMBLED),
        (NOISE[:600], FileKind.SCRAMBLED),
        (b"\0\1\0\0\2" * 2000, FileKind.UNKNOWN),
        ("关于公开目录的说明，报送单位与责任科室名称不一致。".encode("gb18030") * 90, FileKind.TEXT),
        (b"L\0\0\0\1\x14\2\0\0\0\0\0", FileKind.SHORTCUT),
        (b"[InternetShortcut]\r\nURL=https://docs.qq.com/sheet/a\r\n", FileKind.WEB_LINK),
        (b"[{000214A0}]\nProp3=19,2\n[InternetShortcut]\nURL=https://a.cn", FileKind.WEB_LINK),
        (b"[Desktop Entry]\nName=x\nType=Link\nURL=https://a.cn\n", FileKind.WEB_LINK),
        (
            b'<?xml version="1.0"?><plist><dict><key>URL</key><string>https://a.cn</string></dict></plist>',
            FileKind.WEB_LINK,
        ),
        ((FLAT + 'office:mimetype="application/vnd.oasis.opendocument.spreadsheet">').encode(), FileKind.FODS),
        ((FLAT + 'office:mimetype="application/vnd.oasis.opendocument.text">').encode(), FileKind.OPEN_DOCUMENT),
        (b'<uof:UOF xmlns:uof="http://schemas.uof.org/cn/2003/uof">', FileKind.UOF),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', FileKind.PICTURE),
        (b"RIFF\0\0\0\0WEBPVP8 ", FileKind.PICTURE),
        (b"RIFF\0\0\0\0WAVEfmt ", FileKind.RECORDING),
        (b"\0\0\0\x18ftypheic", FileKind.PICTURE),
        (b"\0\0\0\x18ftypmp42", FileKind.RECORDING),
        (b"ID3\4\0\0", FileKind.RECORDING),
        (b"Founder CEB 3.3", FileKind.FIXED_PAGES),
        (b"SQLite format 3\0", FileKind.DATABASE),
        (b"\0\1\0\0Standard ACE DB\0", FileKind.DATABASE),
        (compound("VisioDocument"), FileKind.VISIO),
    ],
)
def test_what_arrives_instead_is_known_by_name(data: bytes, kind: FileKind):
    assert kind_of(data) is kind


@pytest.mark.parametrize(
    ("paths", "mimetype", "kind"),
    [
        (["Index/Document.iwa", "Index/Tables/Tile.iwa", "preview.jpg"], b"", FileKind.IWORK),
        (["Index.zip", "Metadata/Properties.plist"], b"", FileKind.IWORK),
        (["index.zip", "表.xlsx"], b"", FileKind.ZIP),
        (["FixedDocumentSequence.fdseq"], b"", FileKind.FIXED_PAGES),
        (["uof.xml", "content.xml"], b"", FileKind.UOF),
        (["META-INF/container.xml"], b"application/epub+zip", FileKind.BOOK),
        (["META-INF/MANIFEST.MF", "a.class"], b"", FileKind.PROGRAM),
        (["visio/document.xml"], b"", FileKind.VISIO),
    ],
)
def test_zip_files_of_other_programs_are_known(paths: list[str], mimetype: bytes, kind: FileKind):
    assert zip_kind([normalised_path(path) for path in paths], mimetype) is kind


@pytest.mark.parametrize(
    ("data", "code", "word"),
    [
        (b"", "file_kind", "空文件"),
        (b"%PDF-1.7", "file_pictured", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "file_pictured", "图片"),
        (zipped({"word/document.xml": "<a/>"}), "file_kind", "Word"),
        (zipped({"ppt/presentation.xml": "<a/>"}), "file_kind", "PowerPoint"),
        (zipped({"xl/workbook.bin": b"\0"}), "file_convertible", ".xlsb"),
        (zipped({"Index/Document.iwa": b"\0"}), "file_convertible", ".numbers"),
        (zipped({"表一.xlsx": book({"S": [[1]]})}), "file_kind", "压缩包"),
        (b"\x09\x08\x10\x00\x00\x06\x05\x00", "file_convertible", "早期版本"),
        (compound("WordDocument"), "file_kind", ".wps"),
        (compound("PowerPoint Document"), "file_kind", ".dps"),
        (compound("DRMEncryptedDataSpace"), "file_protected", "敏感度标签"),
        (b"%TSD-Header-###%" + NOISE, "file_protected", "加密软件"),
        (b"[InternetShortcut]\r\nURL=https://a.cn", "file_shortcut", "网址"),
        (b"L\0\0\0\1\x14\2\0", "file_shortcut", "快捷方式"),
        (b"-----BEGIN PGP MESSAGE-----\n", "mail_encrypted", "加密的邮件"),
    ],
)
def test_what_cannot_be_a_report_is_named(data: bytes, code: str, word: str):
    with pytest.raises(RejectedFileError) as caught:
        open_book(data, "表.xlsx")
    assert caught.value.problem.code == code
    assert word in caught.value.problem.found
    assert caught.value.problem.place.file == "表.xlsx"


@pytest.mark.parametrize("kind", FileKind)
def test_every_kind_that_is_refused_says_what_to_do(kind: FileKind):
    assert CATALOGUE[refusal(kind)].action.startswith(("请", "无需"))


@given(
    st.binary(max_size=700)
    | st.sampled_from(list(b"PKR7")).flatmap(lambda b: st.binary(max_size=50).map(lambda x: bytes([b]) + x))
)
def test_any_bytes_have_a_kind(data: bytes):
    assert kind_of(data) in FileKind
