"""Finds the content of a signed message (S/MIME ``smime.p7m``): CMS SignedData, RFC 5652, also with Chinese algorithms.

Only its place is looked for; the signature is not verified, because nobody here decides whom to trust. Libraries that
verify want one whole structure in one encoding, and mail programs write several: definite and indefinite lengths, the
content in one piece or in hundreds.
"""

from __future__ import annotations

import base64
import binascii
import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

_SIGNED = bytes.fromhex("2a864886f70d010702"), bytes.fromhex("2a811ccf550601040202")
_COMPRESSED = (bytes.fromhex("2a864886f70d0109100109"),)
_ENVELOPED = (
    bytes.fromhex("2a864886f70d010703"),
    bytes.fromhex("2a864886f70d0109100117"),
    bytes.fromhex("2a811ccf550601040203"),
)
_OBJECT, _OCTETS, _SEQUENCE, _OCTET_PIECES, _CONTENT = 0x06, 0x04, 0x30, 0x24, 0xA0
_DEEPEST = 12
_MOST = 100_000
"""Elements in a row: a content of 30 MB in pieces of a thousand bytes, as programs write them, has a third of that."""
_LARGEST = 100 << 20
"""Bytes that a compressed message may hold."""
_ARMOUR = re.compile(rb"\s*-----BEGIN (?:PKCS7|CMS)-----\s*([A-Za-z0-9+/=\s]+?)-----END")


class _DamagedError(ValueError):
    """The encoding makes no sense."""


@dataclass(frozen=True, slots=True)
class _Element:
    tag: int
    start: int
    """Offset of its content, and"""
    end: int
    """the end of it."""
    after: int
    """Offset behind the whole element."""


def signed_content(data: bytes, depth: int = 0) -> bytes | None:
    """What a signed or compressed message holds, usually a MIME entity; None for anything else. Never raises.

    Empty where the signature stands apart from its content.
    """
    data = _plain(data)
    try:
        kind, content = _content_info(data)
        if kind in _COMPRESSED:
            return _inflated(data, content)
        if kind not in _SIGNED:
            return None
        held = _inner(data, content)
    except (_DamagedError, IndexError, zlib.error):
        return None
    if held is None:
        return b""
    deeper = signed_content(held, depth + 1) if depth < _DEEPEST else None  # signed twice
    return held if deeper is None else deeper


def is_enveloped(data: bytes) -> bool:
    """Whether the bytes are an encrypted message."""
    data = _plain(data)
    try:
        return _content_info(data)[0] in _ENVELOPED
    except (_DamagedError, IndexError):
        return False


def _plain(data: bytes) -> bytes:
    """The bytes without an armour of base64."""
    if not (found := _ARMOUR.match(data)):
        return data
    try:
        return base64.b64decode(found[1])
    except binascii.Error:
        return data


def _content_info(data: bytes) -> tuple[bytes, _Element]:
    """(Object identifier, content) of a ContentInfo."""
    outer = _element(data, 0, len(data))
    if outer.tag != _SEQUENCE:
        raise _DamagedError
    kind, wrapped = _first(data, outer, 2)
    if kind.tag != _OBJECT or wrapped.tag != _CONTENT:
        raise _DamagedError
    return data[kind.start : kind.end], _first(data, wrapped, 1)[0]


def _inner(data: bytes, signed: _Element) -> bytes | None:
    """The content within SignedData: version, algorithms, then the content info; None where it stands apart."""
    _, _, info = _first(data, signed, 3)
    parts = list(_children(data, info))
    wrapped = next((each for each in parts if each.tag == _CONTENT), None)
    return None if wrapped is None else _octets(data, _first(data, wrapped, 1)[0])


def _inflated(data: bytes, compressed: _Element) -> bytes:
    packed = _inner(data, compressed) or b""
    return zlib.decompressobj().decompress(packed, _LARGEST)


def _octets(data: bytes, element: _Element) -> bytes:
    """The bytes of an octet string, which may come in pieces, and those in pieces again."""
    out, waiting, count = io.BytesIO(), [(element, 0)], 0
    while waiting:
        each, depth = waiting.pop()
        count += 1
        if count > _MOST:
            raise _DamagedError
        if each.tag == _OCTETS:
            out.write(memoryview(data)[each.start : each.end])
        elif each.tag == _OCTET_PIECES and depth < _DEEPEST:
            waiting += reversed([(piece, depth + 1) for piece in _children(data, each)])
        else:
            raise _DamagedError
    return out.getvalue()


def _first(data: bytes, element: _Element, count: int) -> list[_Element]:
    found: list[_Element] = []
    for each in _children(data, element):
        found.append(each)
        if len(found) == count:
            return found
    raise _DamagedError


def _children(data: bytes, element: _Element) -> Iterator[_Element]:
    at = element.start
    while at < element.end:
        child = _element(data, at, element.end)
        yield child
        at = child.after


def _element(data: bytes, at: int, limit: int, depth: int = 0) -> _Element:
    """The element at an offset; X.690, 8.1."""
    tag, length = data[at], data[at + 1]
    if tag & 0x1F == 0x1F or depth > _DEEPEST:
        raise _DamagedError  # no message has tags of several bytes
    start = at + 2
    if length == 0x80:
        if not tag & 0x20:
            raise _DamagedError
        end = _end_of_contents(data, start, limit, depth)
        return _Element(tag, start, end, end + 2)
    if length & 0x80:
        size = length & 0x7F
        if size > 4:
            raise _DamagedError
        length = int.from_bytes(data[start : start + size], "big")
        start += size
    if start + length > limit:
        raise _DamagedError
    return _Element(tag, start, start + length, start + length)


def _end_of_contents(data: bytes, at: int, limit: int, depth: int) -> int:
    count = 0
    while data[at : at + 2] != b"\0\0":
        count += 1
        if at >= limit or count > _MOST:
            raise _DamagedError
        at = _element(data, at, limit, depth + 1).after
    return at
