"""Mutations of real report workbooks and mails: what broken programs, bad lines and odd habits make of them.

Every mutation is drawn from a :class:`random.Random`, so that a seed and a number make the same file again. Most are
small, because a file that is broken altogether is turned away at the door and tries nothing behind it.
"""

from __future__ import annotations

import base64
import re
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

from tests.hostile.reports import Report
from tests.hostile.zips import zipped

Parts = dict[str, bytes]
_TAG = re.compile(rb"<[^>]*>")
_ELEMENT = re.compile(rb"<(\w+)(?: [^>]*)?(?:/>|>[^<]*</\1>)")
_ATTRIBUTE = re.compile(rb' [\w:]+="[^"]*"')
_TEXT = re.compile(rb">([^<]+)<")
_CELL = re.compile(rb'<c r="[A-Z]+\d+"[^>]*?(?:/>|>.*?</c>)')
_NUMBERS = (b"0", b"-1", b"1", b"4294967296", b"99999999999999999999", b"1e400", b"NaN", b"", b"0x10", b"\xef\xbc\x95")
_TEXTS = (
    b"",
    b" ",
    b"=1+1",
    b"=cmd|'/c calc'!A1",
    b"#REF!",
    b"\xe2\x80\x8f\xe2\x80\x8b",
    b"_x0000_",
    b"&amp;amp;",
    b"&#x110000;",
    b"<![CDATA[x]]>",
    b"https\xef\xbc\x9a//a.cn/1",
    b"2026\xe5\xb9\xb413\xe6\x9c\x8845\xe6\x97\xa5",
    "𠮷".encode(),
    "无".encode() * 40_000,
    b"../../../etc/passwd",
    b"file:///etc/passwd",
    b"\\\\127.0.0.1\\x",
    b"\xff\xfe",
    b"\x00",
    "已报".encode(),
    b"D02",
)
_HEADS = (
    b"<?xml version='1.0' encoding='UTF-16'?>",
    b"<?xml version='1.0' encoding='GBK'?>",
    b"<?xml version='1.1'?>",
    b'<!DOCTYPE a [<!ENTITY e "x">]>',
    b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd">',
    b"\xef\xbb\xbf",
    b"\n\n",
)
_NAMES = (
    "XL/Workbook.xml",
    "xl\\workbook.xml",
    "/xl/workbook.xml",
    "xl/../xl/workbook.xml",
    "xl/worksheets/表.xml",
    "a" * 300,
)


@dataclass(frozen=True)
class Mutant:
    """A file, and what was done to it."""

    name: str
    data: bytes
    done: tuple[str, ...]


def mutant(random: Random, number: int, report: Report) -> Mutant:
    """A mutant of a report workbook of its own: its item has the file's name as title."""
    name = f"{number:05}.xlsx"
    parts: Parts = dict(report.titled(name).parts)
    done = []
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        change = random.choice((*_OF_PARTS, *_OF_XML * 2, *_OF_CELLS * 2))
        done.append(change.__name__.strip("_"))
        change(random, parts)
    data = zipped(parts)
    if random.random() < 0.25:
        change_bytes = random.choice(_OF_BYTES)
        done.append(change_bytes.__name__.strip("_"))
        data = change_bytes(random, data)
    return Mutant(name, data, tuple(done))


def mail_mutant(random: Random, number: int, report: Report) -> Mutant:
    """A mutant of a mail that brings such a workbook, mostly a sound one."""
    inner = mutant(random, number, report)
    if random.random() < 0.7:
        inner = Mutant(inner.name, report.titled(inner.name).bytes(), ())
    lines = _mail(inner).split(b"\r\n")
    done = list(inner.done)
    for _ in range(random.choice((1, 1, 2, 4))):
        change = random.choice(_OF_MAILS)
        done.append(change.__name__.strip("_"))
        lines = change(random, lines)
    return Mutant(f"{number:05}.eml", b"\r\n".join(lines), tuple(done))


def _mail(inner: Mutant) -> bytes:
    name = b"=?utf-8?B?" + base64.b64encode(f"报送表{inner.name}".encode()) + b"?="
    head = (
        b"From: =?gb18030?B?yvTV/r7W?= <caizheng@example.gov.cn>",
        b"To: zwgk@example.gov.cn",
        b"Subject: =?utf-8?B?5oql6YCB?=",
        b"Date: Fri, 20 Nov 2026 10:00:00 +0800",
        b"Message-ID: <v@example.gov.cn>",
        b"MIME-Version: 1.0",
        b'Content-Type: multipart/mixed; boundary="BB"',
    )
    text = (b"Content-Type: text/plain; charset=gb2312", b"Content-Transfer-Encoding: 8bit", b"")
    file = (
        b'Content-Type: application/octet-stream; name="' + name + b'"',
        b"Content-Transfer-Encoding: base64",
        b'Content-Disposition: attachment; filename="' + name + b'"',
        b"",
        *base64.encodebytes(inner.data).splitlines(),
    )
    return b"\r\n".join((*head, b"", b"--BB", *text, "见附件".encode("gb18030"), b"--BB", *file, b"--BB--", b""))


# --- parts -------------------------------------------------------------------------------------


def _part(random: Random, parts: Parts) -> str:
    """A part, the sheets and the workbook more often than the rest."""
    known = [
        name
        for name in (Report.ITEMS, Report.WORKBOOK, Report.STRINGS, Report.RELATIONS, Report.STYLES)
        if name in parts
    ]
    return random.choice([*parts, *known * 3])


def _drop_part(random: Random, parts: Parts) -> None:
    del parts[_part(random, parts)]
    parts.setdefault("xl/left.xml", b"<left/>")


def _empty_part(random: Random, parts: Parts) -> None:
    parts[_part(random, parts)] = b""


def _rename_part(random: Random, parts: Parts) -> None:
    name = _part(random, parts)
    parts[random.choice((*_NAMES, name.upper(), name + " "))] = parts.pop(name)


def _swap_parts(random: Random, parts: Parts) -> None:
    one, other = random.sample(sorted(parts), 2)
    parts[one], parts[other] = parts[other], parts[one]


def _foreign_part(random: Random, parts: Parts) -> None:
    data = random.choice((b"", b"\x00" * 5000, random.randbytes(2000), b"<a/>", zlib.compress(b"x" * 10_000)))
    name = random.choice(
        ("xl/vbaProject.bin", "xl/externalLinks/externalLink1.xml", "customXml/item9.xml", "xl/x.exe", "docProps/x")
    )
    parts[name] = data


def _encode_part(random: Random, parts: Parts) -> None:
    name = _part(random, parts)
    text = parts[name].decode("utf-8", "replace")
    parts[name] = text.encode(random.choice(("utf-16", "utf-16-le", "utf-8-sig", "gb18030")), "replace")


def _cut_part(random: Random, parts: Parts) -> None:
    name = _part(random, parts)
    parts[name] = parts[name][: random.randrange(len(parts[name]) + 1)]


# --- XML ---------------------------------------------------------------------------------------


def _at_match(random: Random, parts: Parts, pattern: re.Pattern[bytes], change: Callable[[bytes], bytes]) -> None:
    """Change one place of one part that a pattern finds."""
    name = _part(random, parts)
    data = parts[name]
    found = random.choice(list(pattern.finditer(data, 0, 400_000)) or [None])
    if found:
        parts[name] = data[: found.start()] + change(found[0]) + data[found.end() :]


def _drop_element(random: Random, parts: Parts) -> None:
    _at_match(random, parts, _ELEMENT, lambda _: b"")


def _double_element(random: Random, parts: Parts) -> None:
    _at_match(random, parts, _ELEMENT, lambda found: found * random.choice((2, 3, 2000)))


def _drop_tag(random: Random, parts: Parts) -> None:
    _at_match(random, parts, _TAG, lambda _: b"")


def _drop_attribute(random: Random, parts: Parts) -> None:
    _at_match(random, parts, _ATTRIBUTE, lambda _: b"")


def _change_attribute(random: Random, parts: Parts) -> None:
    value = random.choice((*_NUMBERS, *_TEXTS[:12]))
    _at_match(random, parts, _ATTRIBUTE, lambda found: found.split(b'"')[0] + b'"' + value + b'"')


def _change_text(random: Random, parts: Parts) -> None:
    value = random.choice((*_NUMBERS, *_TEXTS))
    _at_match(random, parts, _TEXT, lambda _: b">" + value + b"<")


def _change_head(random: Random, parts: Parts) -> None:
    name = _part(random, parts)
    parts[name] = random.choice(_HEADS) + re.sub(rb"^<\?xml[^>]*\?>", b"", parts[name])


def _wrap(random: Random, parts: Parts) -> None:
    """As some programs do with what older ones may not know."""
    _at_match(
        random,
        parts,
        _ELEMENT,
        lambda found: b"<mc:AlternateContent><mc:Fallback>" + found + b"</mc:Fallback></mc:AlternateContent>",
    )


def _deepen(random: Random, parts: Parts) -> None:
    deep = random.choice((10, 300, 100_000))
    _at_match(random, parts, _ELEMENT, lambda found: b"<x>" * deep + found + b"</x>" * deep)


# --- cells -------------------------------------------------------------------------------------


def _at_cell(random: Random, parts: Parts, change: Callable[[bytes, bytes], bytes]) -> None:
    """Change one cell of the item sheet or another one: from its address and its XML."""
    name = random.choice((Report.ITEMS, Report.ITEMS, "xl/worksheets/sheet2.xml"))
    data = parts.get(name, b"")
    cells = list(_CELL.finditer(data))[:400]
    if cells:
        found = random.choice(cells)
        address = found[0].split(b'"')[1]
        parts[name] = data[: found.start()] + change(address, found[0]) + data[found.end() :]


def _type_cell(random: Random, parts: Parts) -> None:
    value = random.choice((*_NUMBERS, *_TEXTS))
    kind = random.choice((b"inlineStr", b"str", b"n", b"s", b"b", b"d", b"e", b"zz"))
    inside = b"<is><t>" + value + b"</t></is>" if kind == b"inlineStr" else b"<v>" + value + b"</v>"
    _at_cell(random, parts, lambda at, _: b'<c r="' + at + b'" t="' + kind + b'">' + inside + b"</c>")


def _style_cell(random: Random, parts: Parts) -> None:
    style = str(random.choice((0, 1, 7, 30, 999_999))).encode()
    _at_cell(
        random,
        parts,
        lambda at, found: re.sub(rb'^<c r="[^"]*"(?: s="\d+")?', b'<c r="' + at + b'" s="' + style + b'"', found),
    )


def _formula_cell(random: Random, parts: Parts) -> None:
    formula = random.choice(
        (b"1+1", b"A1", b"[1]x!A1", b"cmd|'/c calc'!A1", b'HYPERLINK("http://127.0.0.1:9")', b"(" * 5000, b"#REF!")
    )
    _at_cell(random, parts, lambda at, _: b'<c r="' + at + b'"><f>' + formula + b"</f><v>7</v></c>")


def _move_cell(random: Random, parts: Parts) -> None:
    to = random.choice((b"A1", b"A0", b"XFD1048576", b"ZZZZ9", b"B4", b"B5", b"A4000"))
    _at_cell(random, parts, lambda at, found: found.replace(at, to, 1))


def _rich_cell(random: Random, parts: Parts) -> None:
    inside = (
        b"<is><r><rPr><b/></rPr><t>\xe7\x94\xb2</t></r><r><t>\xe4\xb9\x99</t></r><rPh sb='0' eb='1'><t>x</t></rPh></is>"
    )
    _at_cell(random, parts, lambda at, _: b'<c r="' + at + b'" t="inlineStr">' + inside + b"</c>")


# --- bytes -------------------------------------------------------------------------------------


def _flip(random: Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(random.choice((1, 1, 4, 64))):
        changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)


def _flip_directory(random: Random, data: bytes) -> bytes:
    """In the last bytes, where the directory is."""
    changed = bytearray(data)
    for _ in range(random.choice((1, 2, 8))):
        changed[-random.randrange(1, min(len(changed), 1500))] = random.randrange(256)
    return bytes(changed)


def _truncate(random: Random, data: bytes) -> bytes:
    return data[: random.choice((random.randrange(len(data)), len(data) - random.randrange(1, 60)))]


def _append(random: Random, data: bytes) -> bytes:
    return data + random.choice((b"\x00" * 300, b"\r\n", random.randbytes(70_000), data))


def _prepend(random: Random, data: bytes) -> bytes:
    return random.choice((b"\r\n", b"MZ" + b"\x00" * 200, random.randbytes(100))) + data


def _splice(random: Random, data: bytes) -> bytes:
    start, length = random.randrange(len(data)), random.randrange(1, 2000)
    return data[:start] + data[start + length :]


def _double_member(random: Random, data: bytes) -> bytes:
    import io

    stream = io.BytesIO(data)
    try:
        with zipfile.ZipFile(stream) as archive:
            members: Mapping[str, bytes] = {name: archive.read(name) for name in archive.namelist()}
    except (zipfile.BadZipFile, OSError, KeyError, NotImplementedError, zlib.error, RuntimeError, EOFError):
        return data
    name = random.choice(sorted(members))
    return zipped(members, [(name, random.choice((b"", b"<x/>", members[name][:50])))])


# --- mails -------------------------------------------------------------------------------------

Lines = list[bytes]
_ENCODINGS = (b"base64", b"quoted-printable", b"8bit", b"x-uuencode", b"binary", b"7bit", b"BASE64 ", b"\xe7\x94\xb2")
_CHARSETS = (b"gb2312", b"utf-8", b"gb18030", b"unknown-8bit", b"utf-7", b"big5", b"x-gbk", b"")
_KINDS = (
    b"message/rfc822",
    b"multipart/mixed",
    b'multipart/alternative; boundary="BB"',
    b"text/html",
    b"application/ms-tnef",
    b"application/pkcs7-mime; name=smime.p7m",
    b"message/partial; id=1; number=1",
    b"message/external-body; access-type=local-file; name=/etc/passwd",
    b"image/png",
    b"application/x-zip-compressed",
    b"text/calendar",
)
_FILE_NAMES = (
    b'"../../../x.xlsx"',
    b'"C:\\x\\CON.xlsx"',
    b'"a\x00.xlsx"',
    b'""',
    b'"' + b"x" * 3000 + b'.xlsx"',
    b"=?utf-8?Q?=E2=80=AExslx.exe?=",
    b'"report.zip"',
    b'"winmail.dat"',
    b'"=?gb2312?B?xxxx?="',
    b'"a.eml"',
    b'".xlsx"',
    b'x.xlsx; x="',
)


def _drop_line(random: Random, lines: Lines) -> Lines:
    at = random.randrange(min(len(lines), random.choice((30, len(lines)))))
    return lines[:at] + lines[at + 1 :]


def _double_line(random: Random, lines: Lines) -> Lines:
    at = random.randrange(min(len(lines), 30))
    return lines[: at + 1] * random.choice((1, 1, 50)) + lines[at:]


def _garble_line(random: Random, lines: Lines) -> Lines:
    at = random.randrange(min(len(lines), random.choice((30, len(lines)))))
    return [
        *lines[:at],
        random.choice((random.randbytes(40), b"", b"\xff" * 900, b"x" * 100_000, b": ", b"\t folded")),
        *lines[at + 1 :],
    ]


def _header(start: bytes, values: tuple[bytes, ...]) -> Callable[[Random, Lines], Lines]:
    def change(random: Random, lines: Lines) -> Lines:
        found = [at for at, line in enumerate(lines[:40]) if line.startswith(start)]
        if not found:
            return lines
        at = random.choice(found)
        return [*lines[:at], start + b": " + random.choice(values), *lines[at + 1 :]]

    change.__name__ = start.decode().lower()
    return change


def _name_file(random: Random, lines: Lines) -> Lines:
    name = random.choice(_FILE_NAMES)
    return [re.sub(rb'name="[^"]*"', lambda _: b"name=" + name, line) if b"=?utf-8" in line else line for line in lines]


def _nest(random: Random, lines: Lines) -> Lines:
    """A mail forwarded as a file, several times over."""
    for deep in range(random.choice((1, 3, 30))):
        bound = b"N%d" % deep
        kind = random.choice((b"message/rfc822", b"multipart/mixed; boundary=" + bound))
        head = [
            b"From: a@example.gov.cn",
            b"MIME-Version: 1.0",
            b"Content-Type: multipart/mixed; boundary=" + bound,
            b"",
        ]
        lines = [*head, b"--" + bound, b"Content-Type: " + kind, b"", *lines, b"--" + bound + b"--"]
    return lines


def _boundary(random: Random, lines: Lines) -> Lines:
    other = random.choice((b"--CC", b"--BB--", b"--", b"", b"--BB "))
    at = random.choice([at for at, line in enumerate(lines) if line.startswith(b"--BB")] or [0])
    return [*lines[:at], other, *lines[at + 1 :]]


def _line_ends(random: Random, lines: Lines) -> Lines:
    end = random.choice((b"\n", b"\r", b"\r\r\n"))
    return [end.join(lines)]


def _many_parts(random: Random, lines: Lines) -> Lines:
    part = [b"--BB", b'Content-Type: text/plain; name="a.txt"', b"", b"x"]
    at = next((at for at, line in enumerate(lines) if line == b"--BB"), len(lines))
    return lines[:at] + part * random.choice((3, 3000)) + lines[at:]


_OF_PARTS = (_drop_part, _empty_part, _rename_part, _swap_parts, _foreign_part, _encode_part, _cut_part)
_OF_XML = (
    _drop_element,
    _double_element,
    _drop_tag,
    _drop_attribute,
    _change_attribute,
    _change_text,
    _change_head,
    _wrap,
    _deepen,
)
_OF_CELLS = (_type_cell, _style_cell, _formula_cell, _move_cell, _rich_cell)
_OF_BYTES = (_flip, _flip_directory, _truncate, _append, _prepend, _splice, _double_member)
_OF_MAILS = (
    _drop_line,
    _double_line,
    _garble_line,
    _name_file,
    _nest,
    _boundary,
    _line_ends,
    _many_parts,
    _header(b"Content-Transfer-Encoding", _ENCODINGS),
    _header(b"Content-Type", _KINDS),
    _header(b"Content-Type", tuple(b"text/plain; charset=" + each for each in _CHARSETS)),
    _header(b"Content-Disposition", tuple(b"attachment; filename=" + each for each in _FILE_NAMES)),
    _header(
        b"Subject",
        (
            b"=?utf-8?B?////?=",
            b"=?x?Z?x?=",
            b"\xb1\xa8\xcb\xcd",
            b"a" * 20_000,
            b"=?utf-8?Q?" + b"=E2=80=AE" * 200 + b"?=",
        ),
    ),
    _header(
        b"Date", (b"", b"Fri, 99 Foo 99999", b"Mon, 1 Jan 0001 00:00:00 +9999", b"Thu, 01 Jan 2099 00:00:00 -0000")
    ),
    _header(b"From", (b"", b"a@b, c@d", b"<>", b'"@" <x', b"=?gb18030?B?/////w==?=", b"x" * 5000 + b"@example.gov.cn")),
)
