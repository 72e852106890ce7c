"""Splits a mail into its parts, within limits: multiparts and forwarded mails as a tree, bytes decoded on demand.

Parts are offsets into the one message, so that a large attachment is in memory once encoded and once decoded. The
standard library's parser makes a string of every line, which costs many times as much, and takes broken messages for
text.
"""

from __future__ import annotations

import binascii
import io
from collections.abc import Iterator
from dataclasses import dataclass, field

from zwgk_excel.mail.cms import signed_content
from zwgk_excel.mail.headers import Headers, base64_piece, parameter, split_headers

MOST_PARTS = 200
"""Attachments and texts of one mail, those of forwarded mails included."""
PART_HEADERS = 16 << 10
"""Bytes of headers of one part; a mail of all its parts has no more of them than that."""
LONGEST_NAME = 1_000
"""Characters of a file name; no system has files with longer ones."""
DEEPEST = 5
"""Mails within mails; what is forwarded more often than that stays a mail, saved as such."""
_MOST_LEVELS = 40
"""Multiparts and mails together; a person's mail has hardly ever more than four."""

_MAIL_TYPES = frozenset({"message/rfc822", "message/global"})
_SIGNED_TYPES = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_MAIL_HEADERS = frozenset({"from", "received", "subject", "content-type"})
_BLOCK = 3 << 20
_NOT_BASE64 = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="))


@dataclass(frozen=True, slots=True)
class MimePart:
    """One part that is no multipart."""

    headers: Headers
    path: tuple[str, ...]
    """Content types of the enclosing parts, outermost first."""
    mails: tuple[Headers, ...]
    """Headers of the enclosing mails: the message's own first, then those of forwarded mails."""
    _data: bytes = field(repr=False)
    _start: int
    _end: int

    @property
    def type(self) -> str:
        """The content type in lower case; ``text/plain`` where it has none."""
        return content_type(self.headers)

    @property
    def disposition(self) -> str:
        """``attachment``, ``inline`` or empty."""
        return self.headers.get("content-disposition", "").partition(";")[0].strip().lower()

    @property
    def name(self) -> str:
        """The file name as the sender gave it; empty for none."""
        named = parameter(";" + self.headers.get("content-disposition", "").partition(";")[2], "filename")
        return cut_name(named or parameter(self.headers.get("content-type", ""), "name"))

    @property
    def size(self) -> int:
        """Encoded size in bytes."""
        return self._end - self._start

    def content(self, most: int | None = None) -> bytes:
        """The decoded bytes; with ``most`` those of the first ``most`` encoded bytes."""
        end = self._end if most is None else min(self._end, self._start + most)
        return transfer_decoded(self.headers, self._data, self._start, end)


def cut_name(name: str) -> str:
    """A file name of bounded length, with its end, which tells the kind of file."""
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 20]}…{name[-19:]}"


def content_type(headers: Headers) -> str:
    """The content type in lower case, ``text/plain`` where there is none."""
    return headers.get("content-type", "").partition(";")[0].strip().lower() or "text/plain"


def transfer_decoded(headers: Headers, data: bytes, start: int, end: int) -> bytes:
    """The bytes between two offsets without their transfer encoding; never raises."""
    match headers.get("content-transfer-encoding", "").partition(";")[0].strip().lower():
        case "base64":
            return _from_base64(data, start, end)
        case "quoted-printable":
            return binascii.a2b_qp(data[start:end])
        case "x-uuencode" | "uuencode" | "x-uue" | "uue":
            return _from_uuencoded(data[start:end])
        case _:
            return data[start:end]


def _from_base64(data: bytes, start: int, end: int) -> bytes:
    """Decodes base64 with foreign characters between its digits and padding in the middle."""
    out, rest = io.BytesIO(), b""
    for at in range(start, end, _BLOCK):
        clean = rest + data[at : min(at + _BLOCK, end)].translate(None, _NOT_BASE64)
        *padded, rest = clean.split(b"=")
        for piece in padded:
            out.write(base64_piece(piece))
        whole = len(rest) - len(rest) % 4
        out.write(binascii.a2b_base64(rest[:whole]))
        rest = rest[whole:]
    out.write(base64_piece(rest))
    return out.getvalue()


def _from_uuencoded(data: bytes) -> bytes:
    out = io.BytesIO()
    for line in data.splitlines():
        if line.startswith((b"begin ", b"end")) or not line:
            continue
        try:
            out.write(binascii.a2b_uu(line))
        except binascii.Error:
            return data  # none after all: better the bytes as they are than a part of them
    return out.getvalue()


class MimeWalker:
    """The parts of a message, those of signed ones among them.

    ``left_out`` counts those beyond the limit, ``signed`` says whether some of them were within
    a signature.
    """

    def __init__(self, data: bytes) -> None:
        self.left_out = 0
        self.signed = False
        self._found = 0
        self._data = data
        self.headers, self.body = split_headers(data, 0, len(data))

    def __iter__(self) -> Iterator[MimePart]:
        self.left_out = self._found = 0
        yield from self._inside(self.headers, (), (self.headers,), self._data, self.body, len(self._data))

    def _inside(
        self, headers: Headers, path: tuple[str, ...], mails: tuple[Headers, ...], data: bytes, start: int, end: int
    ) -> Iterator[MimePart]:
        kind = content_type(headers)
        deeper = (*path, kind)
        spans = _spans(headers, data, start, end) if kind.startswith("multipart/") else []
        if spans and len(path) < _MOST_LEVELS:
            for number, (first, last) in enumerate(spans):
                if self._found >= MOST_PARTS:  # counted, and nothing of them parsed
                    self.left_out += len(spans) - number
                    break
                inner, body = split_headers(data, first, last, PART_HEADERS)
                yield from self._inside(inner, deeper, mails, data, body, last)
            return
        part = MimePart(headers, path, mails, data, start, end)
        if _may_be_mail(part) and len(mails) <= DEEPEST:
            mail = part.content()
            inner, body = split_headers(mail, 0, len(mail), PART_HEADERS)
            if part.type in _MAIL_TYPES or _MAIL_HEADERS & inner.keys():
                yield from self._inside(inner, deeper, (*mails, inner), mail, body, len(mail))
                return
        if _may_be_signed(part) and len(path) < _MOST_LEVELS and (signed := signed_content(part.content())):
            self.signed = True
            inner, body = split_headers(signed, 0, len(signed), PART_HEADERS)
            if "content-type" in inner:
                yield from self._inside(inner, deeper, mails, signed, body, len(signed))
                return
        yield from self._leaf(part)

    def _leaf(self, part: MimePart) -> Iterator[MimePart]:
        self._found += 1
        if self._found > MOST_PARTS:
            self.left_out += 1
        else:
            yield part


def _may_be_mail(part: MimePart) -> bool:
    """Whether a part is a forwarded mail, or a file named as one, as webmail forwards several at once."""
    return part.type in _MAIL_TYPES or part.name.lower().endswith(".eml")


def _may_be_signed(part: MimePart) -> bool:
    """Whether a part may be a mail within its signature (RFC 8551, 3.2)."""
    return part.type in _SIGNED_TYPES or part.name.lower().endswith(".p7m")


def _spans(headers: Headers, data: bytes, start: int, end: int) -> list[tuple[int, int]]:
    """The (start, end) offsets of the parts of a multipart; an unclosed last part goes to the end."""
    boundary = parameter(headers.get("content-type", ""), "boundary").encode("utf-8", "surrogatepass")
    delimiter = b"--" + boundary if boundary else _first_delimiter(data, start, end)
    spans: list[tuple[int, int]] = []
    open_at = None
    at = data.find(delimiter, start, end) if delimiter else -1
    while at >= 0:
        after = at + len(delimiter)
        line_end, closing = _delimits(data, at, after, start, end)
        if line_end >= 0:
            if open_at is not None:
                spans.append((open_at, _before_newline(data, open_at, at)))
            open_at = None if closing else line_end
        at = data.find(delimiter, after, end)
    if open_at is not None:
        spans.append((open_at, end))
    return spans


def _delimits(data: bytes, at: int, after: int, start: int, end: int) -> tuple[int, bool]:
    """(Offset of the end of a delimiter's line or -1, whether it is the closing delimiter)."""
    if at > start and data[at - 1 : at] not in (b"\n", b"\r"):
        return -1, False
    closing = data[after : after + 2] == b"--"
    newline = data.find(b"\n", after, min(end, after + 200))
    line_end = end if newline < 0 else newline + 1
    rest = data[after + 2 * closing : min(line_end, after + 200)]
    return (line_end, closing) if closing or not rest.strip() else (-1, False)


def _before_newline(data: bytes, start: int, at: int) -> int:
    """The end of the content before a delimiter: the line break before it belongs to the delimiter."""
    if at > start and data[at - 1 : at] == b"\n":
        at -= 1
    if at > start and data[at - 1 : at] == b"\r":
        at -= 1
    return at


def _first_delimiter(data: bytes, start: int, end: int) -> bytes:
    """The delimiter of a multipart whose header does not name it: the first line that begins with two dashes."""
    head = data[start : min(end, start + 4096)]
    lines = (line.rstrip() for line in head.splitlines())
    return next((line for line in lines if line.startswith(b"--") and len(line) > 2), b"")
