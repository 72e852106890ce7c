"""Mails as the programs that Chinese offices use write them: raw bytes, made here, each with what it should give."""

from __future__ import annotations

import base64
import io
import re
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

LONG_NAME = "2026年3月经济运行情况报送表（㈱财政局—最终版）.xlsx"
"""Long enough to be folded; ㈱ and — are in GB18030 and not in GB2312."""
GBK_NAME = "2026年3月经济运行情况报送表（财政局最终版）.xlsx"
FILE = b"PK\x03\x04" + bytes(range(256)) * 12 + b"\r\nxl/workbook.xml"
OCTETS = b"Content-Type: application/octet-stream"
HTML_CID = b'<p>\xe8\xa7\x81\xe9\x99\x84\xe4\xbb\xb6</p><img src="cid:logo@x">'


def part(head: bytes, body: bytes, encoding: str = "base64") -> bytes:
    """One part of a multipart: its headers, and its body in a transfer encoding."""
    sent = base64.encodebytes(body).replace(b"\n", b"\r\n") if encoding == "base64" else body
    return head + b"\r\nContent-Transfer-Encoding: " + encoding.encode() + b"\r\n\r\n" + sent


def multipart(*parts: bytes, boundary: bytes = b"BB", kind: bytes = b"mixed", closed: bool = True) -> bytes:
    """Content-Type header and body of a multipart."""
    head = b"Content-Type: multipart/" + kind + b'; boundary="' + boundary + b'"\r\n\r\n'
    body = b"".join(b"--" + boundary + b"\r\n" + each + b"\r\n" for each in parts)
    return head + body + (b"--" + boundary + b"--\r\n" if closed else b"")


def mail(body: bytes, *, subject: bytes = b"=?utf-8?B?5rWL6K+V?=", sender: bytes = b"", more: bytes = b"") -> bytes:
    """A whole mail; ``body`` brings its Content-Type, ``more`` are further header lines with their line breaks."""
    name = b"=?gb18030?B?" + base64.b64encode("财政局".encode("gb18030")) + b"?= <caizheng@example.gov.cn>"
    head = b"From: " + (sender or name) + b"\r\nTo: zwgk@example.gov.cn\r\nSubject: " + subject
    dated = b"\r\nDate: Thu, 05 Mar 2026 10:00:00 +0800\r\nMessage-ID: <v@example.gov.cn>\r\nMIME-Version: 1.0\r\n"
    return head + dated + more + body


TEXT = part(b"Content-Type: text/plain; charset=gb2312", "见附件㈱".encode("gb18030"), "8bit")


def with_file(
    kind: bytes, disposition: bytes = b"", data: bytes = FILE, encoding: str = "base64", boundary: bytes = b"BB"
) -> bytes:
    """A mail of a text and one file; ``disposition`` is what follows ``Content-Disposition:``."""
    head = kind + (b"\r\nContent-Disposition: " + disposition if disposition else b"")
    return mail(multipart(TEXT, part(head, data, encoding), boundary=boundary))


def word(text: str, charset: str, encoding: str = "B", label: str = "") -> bytes:
    """An encoded word (RFC 2047), labelled with another charset where ``label`` says so."""
    raw = text.encode(charset)
    body = base64.b64encode(raw) if encoding == "B" else b"".join(b"=%02X" % byte for byte in raw)
    return b"=?" + (label or charset).encode() + b"?" + encoding.encode() + b"?" + body + b"?="


def folded(text: str, charset: str) -> bytes:
    """Several encoded words of eight characters, a line each."""
    return b"\r\n ".join(word(text[at : at + 8], charset) for at in range(0, len(text), 8))


def split_inside(text: str) -> bytes:
    """Encoded words that break off inside a character."""
    raw = text.encode()
    pieces = (base64.b64encode(raw[at : at + 31]) for at in range(0, len(raw), 31))
    return b"\r\n\t".join(b"=?utf-8?B?" + piece + b"?=" for piece in pieces)


def extended(text: str, charset: str, label: str = "") -> bytes:
    """filename* (RFC 2231) in one piece."""
    return f"attachment; filename*={label or charset}''{quote(text.encode(charset), safe='')}".encode()


def continued(text: str, charset: str) -> bytes:
    """filename*0*, filename*1*, … (RFC 2231), a line each."""
    pieces = re.findall(r"(?:%..|.){1,15}", quote(text.encode(charset), safe=""))
    first = f"{charset}''"
    lines = [f"filename*{number}*={first if number == 0 else ''}{piece}" for number, piece in enumerate(pieces)]
    return b"attachment; " + b";\r\n ".join(line.encode() for line in lines)


def quoted(value: bytes) -> bytes:
    """A plain filename in quotes."""
    return b'attachment; filename="' + value + b'"'


def tnef(name: str, data: bytes) -> bytes:
    """winmail.dat with one attachment, its short name in GBK and its long one in UTF-16."""

    def attribute(level: int, id_: int, value: bytes) -> bytes:
        return struct.pack("<BII", level, id_, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)

    text = name.encode("utf-16-le") + b"\0\0"
    long_name = struct.pack("<IHHII", 1, 0x1F, 0x3707, 1, len(text)) + text + b"\0" * (-len(text) % 4)
    return (
        struct.pack("<IH", 0x223E9F78, 1)
        + attribute(1, 0x00089006, struct.pack("<I", 0x00010000))
        + attribute(1, 0x00069007, struct.pack("<II", 936, 0))
        + attribute(2, 0x00069002, b"\x01\0" + b"\xff" * 4 + b"\0" * 8)
        + attribute(2, 0x00018010, "报表~1.XLS".encode("gbk") + b"\0")
        + attribute(2, 0x0006800F, data)
        + (attribute(2, 0x00069005, long_name) if name else b"")
    )


def gbk_zip(**files: bytes) -> bytes:
    """A zip file with names in GBK and nothing that says so, as Chinese Windows makes it."""
    stream = io.BytesIO()
    stands: dict[bytes, bytes] = {}
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (name, data) in enumerate(files.items()):
            raw = name.encode("gbk")
            stand = f"{number:03}".ljust(len(raw), "_")
            stands[stand.encode()] = raw
            archive.writestr(zipfile.ZipInfo(stand), data)
    made = stream.getvalue()
    for stand_in, named in stands.items():
        made = made.replace(stand_in, named)
    return made


NAMED = extended(LONG_NAME, "utf-8")
SOUND = with_file(OCTETS, NAMED)
ALONE = part(OCTETS + b"\r\nContent-Disposition: " + NAMED, FILE)
FORWARDED = with_file(OCTETS, NAMED, boundary=b"CC")
RFC822 = b"Content-Type: message/rfc822"
XLS, TNEF = b"Content-Type: application/vnd.ms-excel", b"Content-Type: application/ms-tnef"


@dataclass(frozen=True, slots=True)
class Variant:
    """A way to write an attachment's name, and the name."""

    what: str
    raw: bytes
    name: str
    data: bytes = FILE


def _named(what: str, disposition: bytes, name: str, kind: bytes = OCTETS) -> Variant:
    return Variant(what, with_file(kind, disposition), name)


VARIANTS = (
    _named("rfc 2231, utf-8", NAMED, LONG_NAME),
    _named("rfc 2231, continued", continued(LONG_NAME, "utf-8"), LONG_NAME),
    _named("rfc 2231, gb18030", extended(LONG_NAME, "gb18030"), LONG_NAME),
    _named("rfc 2231, gb18030 labelled gb2312", extended(LONG_NAME, "gb18030", "gb2312"), LONG_NAME),
    _named("rfc 2231 without a charset", NAMED.replace(b"utf-8''", b"''"), LONG_NAME),
    _named("encoded word in quotes", quoted(word(LONG_NAME, "utf-8")), LONG_NAME),
    _named("encoded words in quotes, folded", quoted(folded(LONG_NAME, "utf-8")), LONG_NAME),
    _named("encoded word, gbk, quoted-printable", quoted(word(GBK_NAME, "gbk", "Q")), GBK_NAME),
    _named("encoded word, gb18030 labelled gb2312", quoted(word(LONG_NAME, "gb18030", "B", "gb2312")), LONG_NAME),
    _named("encoded word without quotes", b"attachment; filename=" + word(LONG_NAME, "utf-8"), LONG_NAME),
    _named("encoded words split inside a character", quoted(split_inside(LONG_NAME)), LONG_NAME),
    _named("encoded word with an unknown charset", quoted(word(LONG_NAME, "utf-8", "B", "x-klingon")), LONG_NAME),
    _named("raw gbk", quoted(GBK_NAME.encode("gbk")), GBK_NAME),
    _named("raw gbk with a backslash byte at the end", quoted("报送表誠.xlsx誠".encode("gbk")), "报送表誠.xlsx誠"),
    _named("raw utf-8", quoted(LONG_NAME.encode()), LONG_NAME),
    _named("percent-encoded", quoted(quote(LONG_NAME).encode()), LONG_NAME),
    _named("name in Content-Type", b"attachment", GBK_NAME, OCTETS + b'; name="' + word(GBK_NAME, "gbk") + b'"'),
    _named("no disposition", b"", GBK_NAME, XLS + b'; name="' + word(GBK_NAME, "gbk") + b'"'),
    _named("inline", NAMED.replace(b"attachment", b"inline"), LONG_NAME),
    _named("a percent sign that encodes nothing", quoted(b"100%.xlsx"), "100%.xlsx"),
    _named("a path", quoted(rb"..\..\/etc/cron.d/x.xlsx"), r"..\..\/etc/cron.d/x.xlsx"),
    _named("no name at all", b"attachment", ""),
    Variant("winmail.dat", with_file(TNEF, quoted(b"winmail.dat"), tnef(LONG_NAME, FILE)), LONG_NAME),
    Variant("winmail.dat, only the short name", with_file(TNEF, b"attachment", tnef("", FILE)), "报表~1.XLS"),
    Variant("forwarded", mail(multipart(TEXT, RFC822 + b"\r\n\r\n" + FORWARDED)), LONG_NAME),
    Variant("forwarded, in base64", mail(multipart(TEXT, part(RFC822, FORWARDED))), LONG_NAME),
    Variant("forwarded as a file", with_file(OCTETS, quoted(b"fw.EML"), FORWARDED), LONG_NAME),
    Variant("base64 with dirt in it", SOUND.replace(b"\n", b"!\n ", 30).replace(b"!\n ", b"\n", 18), LONG_NAME),
    Variant("no closing delimiter", mail(multipart(TEXT, ALONE, closed=False)), LONG_NAME),
    Variant("eight bits", with_file(OCTETS, NAMED, FILE, "binary"), LONG_NAME),
    Variant("the whole mail is the file", mail(ALONE), LONG_NAME),
    Variant("a multipart that does not name its delimiter", SOUND.replace(b'; boundary="BB"', b""), LONG_NAME),
    Variant("a line among the headers that is none", SOUND.replace(b"Subject:", b"garbage\r\nSubject:"), LONG_NAME),
    Variant("line feeds alone", SOUND.replace(b"\r\n", b"\n"), LONG_NAME),
)
"""A name for each way; the file is FILE in all of them."""


def bounce(recipient: str, original: str, *, action: str = "failed", status: str = "550 5.1.1 User unknown") -> bytes:
    """A delivery report (RFC 3464) about a mail with this message id."""
    report = (
        b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.gov.cn\r\n\r\n"
        + f"Final-Recipient: rfc822; {recipient}\r\nAction: {action}\r\nDiagnostic-Code: smtp; {status}\r\n".encode()
    )
    returned = f"Content-Type: text/rfc822-headers\r\n\r\nMessage-ID: {original}\r\nSubject: x\r\n".encode()
    body = multipart(TEXT, report, returned, kind=b"report; report-type=delivery-status")
    return mail(body, sender=b"MAILER-DAEMON@mx.example.gov.cn", more=b"Return-Path: <>\r\n")


def _multipart_of(boundary: bytes, body: bytes) -> bytes:
    return b"Content-Type: multipart/mixed; boundary=%b\r\n\r\n%b" % (boundary, body)


HOSTILE: dict[str, Callable[[int], bytes]] = {
    "parts": lambda size: _multipart_of(b"a", b"--a\r\n" * size),
    "delimiters in one line": lambda size: _multipart_of(b"a", b"--a" * size),
    "a line of delimiters": lambda size: _multipart_of(b"-", b"-" * size),
    "encoded words never closed": lambda size: b"Subject: " + b"=?utf-8?q?" * size,
    "folded lines": lambda size: b"X: " + b"a\r\n " * size,
    "fields": lambda size: b"a:\r\n" * size,
    "tags never closed": lambda size: b"Content-Type: text/html\r\n\r\n" + b"<" * size,
    "styles never closed": lambda size: b"Content-Type: text/html\r\n\r\n" + b"<style " * size,
    "parameters": lambda size: b"Content-Disposition: attachment" + b"; filename*1*=a''%41" * size,
    "TNEF attributes": lambda size: with_file(
        OCTETS, b"attachment", tnef("a", b"")[:-40] + b"\2\2\x90\6\0\0\0\0\0\0\0" * size
    ),
}
"""What would be slow to a reader that goes back to the beginning, of any size."""
