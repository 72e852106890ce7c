"""Detects the format of a file from its content, never from its name."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

_CFB = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_SNIFFED = 4096


class FileKind(Enum):
    """Formats of received files; the value is the name for messages."""

    XLSX = "Excel 工作簿（.xlsx）"
    XLSM = "带宏的 Excel 工作簿（.xlsm）"
    XLSB = "Excel 二进制工作簿（.xlsb）"
    XLS = "Excel 97-2003 工作簿（.xls）"
    BIFF = "Excel 早期版本工作簿（.xls）"
    ODS = "OpenDocument 表格（.ods）"
    ENCRYPTED = "加密的 Office 文件"
    SPREADSHEETML = "XML 表格（SpreadsheetML）"
    HTML = "网页（HTML）"
    MHTML = "网页（MHTML）"
    TEXT = "文本文件"
    ZIP = "压缩包（ZIP）"
    RAR = "压缩包（RAR）"
    SEVEN_ZIP = "压缩包（7z）"
    GZIP = "压缩包（GZ）"
    PDF = "PDF 文件"
    OFD = "OFD 版式文件"
    PICTURE = "图片"
    RTF = "RTF 文档"
    DOCX = "Word 文档（.docx）"
    PPTX = "PowerPoint 文稿（.pptx）"
    DOC = "Word 97-2003 文档（.doc）"
    PPT = "PowerPoint 97-2003 文稿（.ppt）"
    OLD_OFFICE = "旧版 Office 文件"
    OPEN_DOCUMENT = "OpenDocument 文件"
    PROGRAM = "程序文件"
    EMPTY = "空文件"
    UNKNOWN = "无法识别的文件"


PLAIN_TEXT = frozenset({FileKind.TEXT, FileKind.HTML, FileKind.MHTML, FileKind.SPREADSHEETML})

_MAGIC = (
    (b"PK\x03\x04", FileKind.ZIP),
    (b"PK\x05\x06", FileKind.ZIP),
    (b"%PDF", FileKind.PDF),
    (b"Rar!\x1a\x07", FileKind.RAR),
    (b"7z\xbc\xaf", FileKind.SEVEN_ZIP),
    (b"\x1f\x8b", FileKind.GZIP),
    (b"\x89PNG", FileKind.PICTURE),
    (b"\xff\xd8\xff", FileKind.PICTURE),
    (b"GIF8", FileKind.PICTURE),
    (b"BM", FileKind.PICTURE),
    (b"II*\0", FileKind.PICTURE),
    (b"MM\0*", FileKind.PICTURE),
    (b"{\\rtf", FileKind.RTF),
    (b"MZ", FileKind.PROGRAM),
    (b"\x7fELF", FileKind.PROGRAM),
    (b"\x09\x08", FileKind.BIFF),
    (b"\x09\x00", FileKind.BIFF),
    (b"\x09\x02", FileKind.BIFF),
    (b"\x09\x04", FileKind.BIFF),
)
_ALSO_TEXT = frozenset({b"BM", b"MZ"})
"""Marks that a text may begin with."""
_STREAMS = (
    ("EncryptedPackage", FileKind.ENCRYPTED),
    ("WordDocument", FileKind.DOC),
    ("PowerPoint Document", FileKind.PPT),
    ("Workbook", FileKind.XLS),
    ("Book", FileKind.XLS),
)
_PARTS = (
    ("xl/workbook.bin", FileKind.XLSB),
    ("word/document", FileKind.DOCX),
    ("ppt/presentation", FileKind.PPTX),
    ("ofd.xml", FileKind.OFD),
    ("content.xml", FileKind.OPEN_DOCUMENT),
)
_SPREADSHEET = b"application/vnd.oasis.opendocument.spreadsheet"
_MARKUP = (b"<html", b"<!doctype html", b"<table", b"<meta", b"<head", b"<body", b"<style", b"<div")


def kind_of(data: bytes) -> FileKind:
    """The format by the first bytes; ZIP for every zip file (see :func:`zip_kind`)."""
    if not data.strip(b"\0 \r\n\t"):
        return FileKind.EMPTY
    if data.startswith(_CFB):
        return _compound_kind(data)
    for magic, kind in _MAGIC:
        if data.startswith(magic) and not (magic in _ALSO_TEXT and b"\0" not in data[:_SNIFFED]):
            return kind
    return _text_kind(data)


def zip_kind(paths: Iterable[str], mimetype: bytes = b"") -> FileKind:
    """The format of a zip file by the case-folded paths of its members and the text of its member ``mimetype``."""
    held = tuple(paths)
    if any(path.endswith("workbook.xml") for path in held):
        return FileKind.XLSM if any(path.endswith("vbaproject.bin") for path in held) else FileKind.XLSX
    kind = next((kind for part, kind in _PARTS if any(path.startswith(part) for path in held)), FileKind.ZIP)
    return FileKind.ODS if kind is FileKind.OPEN_DOCUMENT and mimetype.strip().startswith(_SPREADSHEET) else kind


def looks_utf16(data: bytes) -> bool:
    """Whether text is UTF-16: by its byte order mark, else by the zero bytes of spaces, digits and commas."""
    if data.startswith(_UTF16):
        return True
    sample = data[:_SNIFFED]
    odd, even = sample[1::2].count(0), sample[::2].count(0)
    return max(odd, even) > len(sample) // 16 and min(odd, even) == 0


def _compound_kind(data: bytes) -> FileKind:
    # Names of streams stand in the file in UTF-16; each in an entry that begins on a multiple of 128 bytes.
    return next((kind for stream, kind in _STREAMS if _has_stream(data, stream)), FileKind.OLD_OFFICE)


def _has_stream(data: bytes, stream: str) -> bool:
    name = stream.encode("utf-16-le") + b"\0\0"
    place = data.find(name)
    while place >= 0:
        if place % 128 == 0:
            return True
        place = data.find(name, place + 1)
    return False


def _text_kind(data: bytes) -> FileKind:
    if looks_utf16(data):
        head = data[:_SNIFFED].replace(b"\0", b"").lstrip(b"\xff\xfe").lower()
    elif b"\0" in data[:_SNIFFED]:
        return FileKind.UNKNOWN
    else:
        head = data[:_SNIFFED].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    head = head.lstrip()
    if head.startswith(b"<") and b"schemas-microsoft-com:office:spreadsheet" in head:
        return FileKind.HTML if b"<html" in head else FileKind.SPREADSHEETML
    if head.startswith(_MARKUP) or (head.startswith(b"<") and b"<html" in head):
        return FileKind.HTML
    return FileKind.MHTML if head.startswith(b"mime-version") else FileKind.TEXT
