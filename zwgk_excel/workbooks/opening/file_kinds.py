"""Detects the format of a file from its content, never from its name."""

from __future__ import annotations

import math
import re
from collections import Counter
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
    FODS = "OpenDocument 单文件表格（.fods）"
    ENCRYPTED = "加密的 Office 文件"
    SPREADSHEETML = "XML 表格（SpreadsheetML）"
    HTML = "网页（HTML）"
    MHTML = "网页（MHTML）"
    TEXT = "文本文件"
    ZIP = "压缩包（ZIP）"
    RAR = "压缩包（RAR）"
    SEVEN_ZIP = "压缩包（7z）"
    TAR = "压缩包（TAR）"
    GZIP = "压缩包（GZ）"
    BZIP2 = "压缩包（BZ2）"
    XZ = "压缩包（XZ）"
    OTHER_ARCHIVE = "少见的压缩包（CAB、LZH、ISO、ZST 等）"
    VOLUME = "分卷压缩包中的一卷"
    OUTLOOK_MAIL = "Outlook 邮件（.msg）"
    MAIL = "邮件（.eml）"
    TNEF = "Outlook 邮件附件包（winmail.dat）"
    SIGNED_MAIL = "签名的邮件（.p7m）"
    ENCRYPTED_MAIL = "加密的邮件（S/MIME、PGP）"
    MAILBOX = "邮箱文件（.pst、.mbox）"
    RIGHTS = "受权限管理或敏感度标签（IRM）保护的 Office 文件"
    ESAFENET = "亿赛通（E-SafeNet）加密的文件"
    TSD = "绿盾（TSD）等加密软件加密的文件"
    FASOO = "Fasoo DRM 加密的文件"
    SOFTCAMP = "SoftCamp 加密的文件"
    NASCA = "NASCA 等加密软件加密的文件"
    SCRAMBLED = "乱码文件（多半被加密软件加密，或已损坏）"
    SHORTCUT = "快捷方式（.lnk）"
    WEB_LINK = "网址快捷方式"
    IWORK = "苹果 iWork 文件（.numbers、.pages、.key）"
    UOF = "标文通文件（.uof、.uos、.uot）"
    PDF = "PDF 文件"
    OFD = "OFD 版式文件"
    FIXED_PAGES = "版式文件（XPS、CEB、SEP、CAJ、DJVU 等）"
    PICTURE = "图片"
    RECORDING = "音频或视频"
    RTF = "RTF 文档"
    DOCX = "Word 文档（.docx）"
    PPTX = "PowerPoint 文稿（.pptx）"
    DOC = "Word 97-2003 文档或 WPS 文字（.doc、.wps）"
    PPT = "PowerPoint 97-2003 或 WPS 演示文稿（.ppt、.dps）"
    VISIO = "Visio 图（.vsd、.vsdx）"
    OLD_OFFICE = "旧版 Office 文件"
    OPEN_DOCUMENT = "OpenDocument 文件"
    BOOK = "电子书（EPUB）"
    DATABASE = "数据库文件"
    PROGRAM = "程序文件"
    EMPTY = "空文件"
    UNKNOWN = "无法识别的文件"


PLAIN_TEXT = frozenset({FileKind.TEXT, FileKind.HTML, FileKind.MHTML, FileKind.SPREADSHEETML})
COMPRESSED = frozenset(
    {FileKind.RAR, FileKind.SEVEN_ZIP, FileKind.TAR, FileKind.GZIP, FileKind.BZIP2, FileKind.XZ}
    | {FileKind.OTHER_ARCHIVE, FileKind.VOLUME}
)
"""Archives beside zip files, of which a workbook is one."""
MAILS = frozenset({FileKind.OUTLOOK_MAIL, FileKind.MAIL, FileKind.TNEF, FileKind.SIGNED_MAIL})
"""Mails saved as files, which hold others."""
_PROTECTED = frozenset(
    {FileKind.RIGHTS, FileKind.ESAFENET, FileKind.TSD, FileKind.FASOO, FileKind.SOFTCAMP, FileKind.NASCA}
    | {FileKind.SCRAMBLED}
)
_PICTURED = frozenset({FileKind.PDF, FileKind.OFD, FileKind.FIXED_PAGES, FileKind.PICTURE, FileKind.RECORDING})
_CONVERTIBLE = frozenset({FileKind.XLSB, FileKind.BIFF, FileKind.IWORK, FileKind.UOF})


def refusal(kind: FileKind) -> str:
    """The code of the problem with a file of a kind that is not read: it says what its sender does next."""
    if kind in _PROTECTED:
        return "file_protected"
    if kind in _PICTURED:
        return "file_pictured"
    if kind in _CONVERTIBLE:
        return "file_convertible"
    if kind in {FileKind.SHORTCUT, FileKind.WEB_LINK}:
        return "file_shortcut"
    if kind is FileKind.ENCRYPTED_MAIL:
        return "mail_encrypted"
    return "file_kind"


_MAGIC = (
    (b"PK\x03\x04", FileKind.ZIP),
    (b"PK\x05\x06", FileKind.ZIP),
    (b"PK\x07\x08", FileKind.VOLUME),
    (b"%PDF", FileKind.PDF),
    (b"Rar!\x1a\x07", FileKind.RAR),
    (b"7z\xbc\xaf", FileKind.SEVEN_ZIP),
    (b"\x1f\x8b", FileKind.GZIP),
    (b"BZh", FileKind.BZIP2),
    (b"\xfd7zXZ\0", FileKind.XZ),
    (b"\x28\xb5\x2f\xfd", FileKind.OTHER_ARCHIVE),
    (b"\x04\x22\x4d\x18", FileKind.OTHER_ARCHIVE),
    (b"MSCF\0\0\0\0", FileKind.OTHER_ARCHIVE),
    (b"\x78\x9f\x3e\x22", FileKind.TNEF),
    (b"!BDN", FileKind.MAILBOX),
    (b".pfile", FileKind.RIGHTS),
    (b"\x62\x14\x23\x65", FileKind.ESAFENET),
    (b"E-SafeNet", FileKind.ESAFENET),
    (b"%TSD-Header-###%", FileKind.TSD),
    (b"\x9b DRMONE", FileKind.FASOO),
    (b"SCDSA00", FileKind.SOFTCAMP),
    (b"<## NASCA DRM FILE", FileKind.NASCA),
    (b"\x89PNG", FileKind.PICTURE),
    (b"\xff\xd8\xff", FileKind.PICTURE),
    (b"GIF8", FileKind.PICTURE),
    (b"BM", FileKind.PICTURE),
    (b"II*\0", FileKind.PICTURE),
    (b"MM\0*", FileKind.PICTURE),
    (b"8BPS", FileKind.PICTURE),
    (b"\0\0\1\0", FileKind.PICTURE),
    (b"\xd7\xcd\xc6\x9a", FileKind.PICTURE),
    (b"\0\0\0\x0cjP  ", FileKind.PICTURE),
    (b"ID3", FileKind.RECORDING),
    (b"\xff\xfb", FileKind.RECORDING),
    (b"#!AMR", FileKind.RECORDING),
    (b"OggS", FileKind.RECORDING),
    (b"FLV\1", FileKind.RECORDING),
    (b"\x1a\x45\xdf\xa3", FileKind.RECORDING),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", FileKind.RECORDING),
    (b"Founder CEB", FileKind.FIXED_PAGES),
    (b"AT&TFORM", FileKind.FIXED_PAGES),
    (b"CAJ\0", FileKind.FIXED_PAGES),
    (b"HN\0\0", FileKind.FIXED_PAGES),
    (b"SURSEN", FileKind.FIXED_PAGES),
    (b"SQLite format 3\0", FileKind.DATABASE),
    (b"\0\1\0\0Standard Jet DB", FileKind.DATABASE),
    (b"\0\1\0\0Standard ACE DB", FileKind.DATABASE),
    (b"{\\rtf", FileKind.RTF),
    (b"MZ", FileKind.PROGRAM),
    (b"\x7fELF", FileKind.PROGRAM),
    (b"L\0\0\0\1\x14\2\0", FileKind.SHORTCUT),
    (b"-----BEGIN PGP MESSAGE", FileKind.ENCRYPTED_MAIL),
    (b"\x09\x08", FileKind.BIFF),
    (b"\x09\x00", FileKind.BIFF),
    (b"\x09\x02", FileKind.BIFF),
    (b"\x09\x04", FileKind.BIFF),
)
"""Marks at the beginning of a file."""
_ALSO_TEXT = frozenset({b"BM", b"MZ", b"BZh", b"ID3", b"8BPS", b"CAJ\0"})
"""Marks that a text may begin with."""
_MARKS = (
    (257, b"ustar", FileKind.TAR),
    (4, b"ftypheic", FileKind.PICTURE),
    (4, b"ftypheix", FileKind.PICTURE),
    (4, b"ftypmif1", FileKind.PICTURE),
    (4, b"ftypavif", FileKind.PICTURE),
    (4, b"ftyp", FileKind.RECORDING),
    (2, b"-lh5-", FileKind.OTHER_ARCHIVE),
    (0x8001, b"CD001", FileKind.OTHER_ARCHIVE),
    (40, b" EMF", FileKind.PICTURE),
)
"""Marks further inside: offset, mark, kind."""
_STREAMS = (
    ("__properties_version1.0", FileKind.OUTLOOK_MAIL),
    ("DRMEncryptedDataSpace", FileKind.RIGHTS),
    ("DRMEncryptedTransform", FileKind.RIGHTS),
    ("\tDRMContent", FileKind.RIGHTS),
    ("\tDRMDataSpace", FileKind.RIGHTS),
    ("EncryptedPackage", FileKind.ENCRYPTED),
    ("WordDocument", FileKind.DOC),
    ("PowerPoint Document", FileKind.PPT),
    ("VisioDocument", FileKind.VISIO),
    ("Workbook", FileKind.XLS),
    ("Book", FileKind.XLS),
)
"""Entries of compound files, the first that is there decides."""
_PARTS = (
    (("xl/workbook.bin",), FileKind.XLSB),
    (("word/document",), FileKind.DOCX),
    (("ppt/presentation",), FileKind.PPTX),
    (("visio/document",), FileKind.VISIO),
    (("ofd.xml",), FileKind.OFD),
    (("index/document.iwa",), FileKind.IWORK),
    (("index.zip", "metadata/"), FileKind.IWORK),
    (("buildversionhistory.plist",), FileKind.IWORK),
    (("fixeddocumentsequence.fdseq",), FileKind.FIXED_PAGES),
    (("fixeddocseq.fdseq",), FileKind.FIXED_PAGES),
    (("uof.xml",), FileKind.UOF),
    (("androidmanifest.xml",), FileKind.PROGRAM),
    (("meta-inf/manifest.mf",), FileKind.PROGRAM),
    (("content.xml",), FileKind.OPEN_DOCUMENT),
)
"""Beginnings of paths, all of which a kind of zip file has."""
_MIME_TYPES = (
    (b"application/vnd.oasis.opendocument.spreadsheet", FileKind.ODS),
    (b"application/epub+zip", FileKind.BOOK),
)
"""What a zip file says of itself in its member ``mimetype``."""
_SIGNED = bytes.fromhex("06092a864886f70d010702"), bytes.fromhex("060a2a811ccf550601040202")
_ENVELOPED = (
    bytes.fromhex("06092a864886f70d010703"),
    bytes.fromhex("060b2a864886f70d0109100117"),
    bytes.fromhex("060a2a811ccf550601040203"),
)
"""Object identifiers of signed and encrypted messages: CMS (RFC 5652), also with Chinese algorithms (GM/T 0010)."""
_FLAT_ODF = b"urn:oasis:names:tc:opendocument:xmlns:office:1.0"
_FLAT_SHEET = b"application/vnd.oasis.opendocument.spreadsheet"
_UOF = re.compile(rb"schemas\.uof\.org|<uof:uof")
_MARKUP = (b"<html", b"<!doctype html", b"<table", b"<meta", b"<head", b"<body", b"<style", b"<div")
_LINK_FILE = re.compile(rb"\[internetshortcut\]|\[desktop entry\].*?type=link|<plist.*?<key>url</key>", re.DOTALL)
_FIELD = re.compile(rb"[!-9;-~]{1,80}[ \t]*:[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*(?:\r?\n|\Z)")
_OF_MAILS = frozenset({b"received", b"return-path", b"delivered-to", b"message-id", b"to", b"cc"})
_CONTROLS, _CONTROLLED = bytes(set(range(32)) - set(b"\t\n\r\f\x1b")), 0.02
"""Bytes that no text has, and the share of them that other files have at least."""
_SKIPPED, _ENOUGH, _EVEN = 512, 512, 7.2
"""Bytes that containers begin with, as few as tell nothing, and bits that a byte has at least in what is encrypted."""


def kind_of(data: bytes) -> FileKind:
    """The format by the first bytes; ZIP for every zip file (see :func:`zip_kind`)."""
    if not data.strip(b"\0 \r\n\t"):
        return FileKind.EMPTY
    if data.startswith(_CFB):
        return _compound_kind(data)
    for magic, kind in _MAGIC:
        if data.startswith(magic) and not (magic in _ALSO_TEXT and b"\0" not in data[:_SNIFFED]):
            return kind
    if data.startswith(b"RIFF"):
        return FileKind.PICTURE if data[8:12] == b"WEBP" else FileKind.RECORDING
    for offset, mark, kind in _MARKS:
        if data.startswith(mark, offset):
            return kind
    return _message_kind(data) or _text_kind(data)


def zip_kind(paths: Iterable[str], mimetype: bytes = b"") -> FileKind:
    """The format of a zip file by the case-folded paths of its members and the text of its member ``mimetype``."""
    held = tuple(paths)
    if any(path.endswith("workbook.xml") for path in held):
        return FileKind.XLSM if any(path.endswith("vbaproject.bin") for path in held) else FileKind.XLSX
    told = next((kind for mark, kind in _MIME_TYPES if mimetype.strip().startswith(mark)), None)
    kind = next((kind for parts, kind in _PARTS if all(_holds(held, part) for part in parts)), FileKind.ZIP)
    if told is FileKind.ODS:
        return told if kind is FileKind.OPEN_DOCUMENT else kind
    return told or kind


def _holds(paths: Iterable[str], beginning: str) -> bool:
    return any(path.startswith(beginning) for path in paths)


def looks_utf16(data: bytes) -> bool:
    """Whether text is UTF-16: by its byte order mark, else by the zero bytes of spaces, digits and commas."""
    if data.startswith(_UTF16):
        return True
    sample = data[:_SNIFFED]
    odd, even = sample[1::2].count(0), sample[::2].count(0)
    return max(odd, even) > len(sample) // 16 and min(odd, even) == 0


def _message_kind(data: bytes) -> FileKind | None:
    """The kind of a signed or encrypted message as the bytes that a mail holds in base64; None for anything else."""
    if data[:1] != b"\x30":
        return None
    head = data[1:32]
    if any(each in head for each in _SIGNED):
        return FileKind.SIGNED_MAIL
    return FileKind.ENCRYPTED_MAIL if any(each in head for each in _ENVELOPED) else None


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
    elif _is_scrambled(data):
        return FileKind.SCRAMBLED
    elif b"\0" in data[:_SNIFFED]:
        return FileKind.UNKNOWN
    else:
        head = data[:_SNIFFED].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    head = head.lstrip()
    if head.startswith(b"<") and (kind := _markup_kind(head)):
        return kind
    if _LINK_FILE.search(head[:1024]):
        return FileKind.WEB_LINK
    if _is_mail(head):
        return FileKind.MAIL
    return FileKind.MHTML if head.startswith(b"mime-version") else FileKind.TEXT


def _markup_kind(head: bytes) -> FileKind | None:
    if _FLAT_ODF in head:
        return FileKind.FODS if _FLAT_SHEET in head else FileKind.OPEN_DOCUMENT
    if b"schemas-microsoft-com:office:spreadsheet" in head:
        return FileKind.HTML if b"<html" in head else FileKind.SPREADSHEETML
    if _UOF.search(head):
        return FileKind.UOF
    if head.startswith(_MARKUP) or b"<html" in head:
        return FileKind.HTML
    return FileKind.PICTURE if b"<svg" in head else None


def _is_mail(head: bytes) -> bool:
    """Whether a text (in lower case) begins with the headers of a mail, and is no web page that a browser saved so."""
    names, at = set[bytes](), 0
    if head.startswith(b"from "):  # as mailboxes of Unix separate their mails
        at = head.find(b"\n") + 1
    while found := _FIELD.match(head, at):
        name, _, value = found[0].partition(b":")
        names.add(name.strip() if b"<saved by" not in value else b"")
        at = found.end()
    return b"from" in names and bool(names & _OF_MAILS)


def _is_scrambled(data: bytes) -> bool:
    """Whether bytes look as those of what is encrypted: no value comes more often than another."""
    sample = data[_SKIPPED : _SKIPPED + _SNIFFED] if len(data) > 2 * _SKIPPED else data
    if len(sample) < _ENOUGH or len(sample.translate(None, _CONTROLS)) > len(sample) * (1 - _CONTROLLED):
        return False
    shares = [count / len(sample) for count in Counter(sample).values()]
    return -sum(share * math.log2(share) for share in shares) > _EVEN
