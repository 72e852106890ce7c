"""Parses mail headers as found in practice: encoded words, parameters, addresses, message ids.

RFC 2047 and RFC 2231, and the deviations of Chinese mail programs: raw GBK, encoded words within quotes or split inside
a character, percent-encoding without a label.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Container, Iterator, Mapping
from urllib.parse import unquote_to_bytes

from zwgk_excel.domain.addresses import ATOM, DOMAIN, LONGEST_LOCAL
from zwgk_excel.domain.addresses import LONGEST as LONGEST_ADDRESS
from zwgk_excel.mail.charsets import decoded

LONGEST = 256 << 10
"""Bytes of headers that are parsed; what follows counts as body."""

_FIELD = re.compile(rb"([!-9;-~]{1,80})[ \t]*:([^\r\n]*(?:\r?\n[ \t][^\r\n]*)*)(?:\r?\n|\Z)")
_STRAY = re.compile(
    rb"[^\r\n:]{1,998}\r?\n(?=(?i:content-|mime-version|from|to|subject|date|message-id|received)[!-9;-~]*:)"
)
"""A line that is none of a header, such as mbox's ``From …``, with headers after it."""
_BLANK = re.compile(rb"\r?\n")
_FOLD = re.compile(r"\r?\n(?=[ \t])")
_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")
_BETWEEN_WORDS = re.compile(r"(\?=)\s+(?==\?)")
_PARAMETER = re.compile(r';\s*([\w-]{1,40})(?:\*(\d{1,3}))?(\*)?\s*=\s*("(?:[^"\\]|\\.)*"|[^;]*)')
_ESCAPED = re.compile(r'\\(["\\])')
_PERCENT = re.compile(r"[^%]*(?:%[0-9A-Fa-f]{2}[^%]*)+")
ADDRESS = re.compile(rf"(?:{ATOM}|\.){{1,{LONGEST_LOCAL}}}@(?:{DOMAIN}|\.){{1,{LONGEST_ADDRESS}}}")
"""Whatever looks like an address: what senders really have may break our own rule (``a..b@docomo.ne.jp``)."""
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,250}>")

_MOST_IDS = 200
"""A reply names the letters before it, some dozen."""

Headers = Mapping[str, str]
"""Field name in lower case → its first value, unfolded, encoded words as they are."""


def split_headers(data: bytes, start: int, end: int, most: int = LONGEST) -> tuple[Headers, int]:
    """(Headers between two offsets, of ``most`` bytes, offset of the body).

    The body begins after the blank line, or at the first line that is no header.
    """
    fields: dict[str, str] = {}
    at = start
    for found in _lines(data, start, end, most):
        if found.re is _FIELD and (name := _name(found)) not in fields:
            fields[name] = _value(found)
        at = found.end()
    blank = _BLANK.match(data, at, end)
    return fields, blank.end() if blank else at


def header_fields(data: bytes, names: Container[str]) -> list[tuple[str, str]]:
    """(Name in lower case, unfolded value) of every field of a mail with one of these names, in order."""
    found = (each for each in _lines(data, 0, len(data), LONGEST) if each.re is _FIELD)
    return [(name, _value(each)) for each in found if (name := _name(each)) in names]


def _lines(data: bytes, start: int, end: int, most: int) -> Iterator[re.Match[bytes]]:
    at, limit = start, min(end, start + most)
    while found := _FIELD.match(data, at, limit) or _STRAY.match(data, at, limit):
        yield found
        at = found.end()


def _name(found: re.Match[bytes]) -> str:
    return found[1].decode("ascii").lower()


def _value(found: re.Match[bytes]) -> str:
    return _FOLD.sub("", decoded(found[2])).strip()


def split_comments(value: str) -> tuple[str, list[str], str]:
    """(A structured value with a space for each comment, the comments, an unclosed one with its bracket).

    RFC 5322, 3.2.2: brackets in quoted texts are no comments, those in comments are nested.
    """
    kept, inside, comments = "", "", list[str]()
    depth, quoted, escaped = 0, False, False
    for char in value:
        closes = False
        if escaped or char == "\\":
            escaped = not escaped
        elif char == '"' and not depth:
            quoted = not quoted
        elif char == "(" and not quoted:
            depth += 1
        elif char == ")" and depth:
            depth -= 1
            closes = not depth
        if depth:
            inside += char
        elif closes:
            comments.append(inside[1:])
            kept, inside = kept + " ", ""
        else:
            kept += char
    return kept, comments, inside


def decode_header(value: str) -> str:
    """A value with its encoded words decoded; neighbours of one charset are joined before, as bytes."""
    joined = _BETWEEN_WORDS.sub(r"\1", value)
    pieces: list[tuple[str | None, bytes, str]] = []
    at = 0
    for found in _WORD.finditer(joined):
        if found.start() > at:
            pieces.append((None, b"", joined[at : found.start()]))
        label, data = found[1].partition("*")[0].lower(), _word_bytes(found[2], found[3])
        if pieces and pieces[-1][0] == label:
            data = pieces.pop()[1] + data
        pieces.append((label, data, ""))
        at = found.end()
    pieces.append((None, b"", joined[at:]))
    return "".join(text if label is None else decoded(data, label) for label, data, text in pieces)


def _word_bytes(encoding: str, text: str) -> bytes:
    raw = text.encode("utf-8", "surrogatepass")
    if encoding in "bB":
        return base64_piece(re.sub(rb"[^A-Za-z0-9+/]", b"", raw))
    return binascii.a2b_qp(raw, header=True)


def base64_piece(clean: bytes) -> bytes:
    """The bytes of base64 digits without padding; six left-over bits at the end are dropped."""
    if len(clean) % 4 == 1:
        clean = clean[:-1]
    return binascii.a2b_base64(clean + b"=" * (-len(clean) % 4))


def parameter(value: str, name: str) -> str:
    """A parameter of Content-Type or Content-Disposition, decoded; empty for none.

    The extended form (RFC 2231) takes precedence over the plain one.
    """
    plain, extended = "", dict[int, tuple[bool, str]]()
    for found in _PARAMETER.finditer(value):
        if found[1].lower() != name:
            continue
        text = _unquoted(found[4].strip())
        if found[2] is None and found[3] is None:
            plain = plain or text
        else:
            extended.setdefault(int(found[2] or 0), (found[3] is not None, text))
    return _from_extended(extended) or _from_plain(plain)


def _unquoted(text: str) -> str:
    if len(text) > 1 and text.startswith('"') and text.endswith('"'):
        return _ESCAPED.sub(r"\1", text[1:-1])
    return text.strip('"')


def _from_extended(parts: Mapping[int, tuple[bool, str]]) -> str:
    label, data = "", b""
    for number in sorted(parts):
        encoded, text = parts[number]
        if encoded and not data and text.count("'") >= 2:
            label, _, text = text.split("'", 2)
        raw = text.encode("utf-8", "surrogatepass")
        data += unquote_to_bytes(raw) if encoded else raw
    return decode_header(decoded(data, label)).strip()


def _from_plain(text: str) -> str:
    read = decode_header(text).strip()
    if read.isascii() and _PERCENT.fullmatch(read):
        unquoted = decoded(unquote_to_bytes(read))
        return read if "\ufffd" in unquoted else unquoted
    return read


def addresses_in(text: str) -> tuple[str, ...]:
    """Every address in a text, in lower case, each once."""
    return tuple(dict.fromkeys(each.lower().rstrip(".") for each in ADDRESS.findall(text)))


def message_ids(value: str) -> tuple[str, ...]:
    """The message ids in a value, with their angle brackets, each once; the first of very many."""
    return tuple(dict.fromkeys(_MESSAGE_ID.findall(value)))[:_MOST_IDS]
