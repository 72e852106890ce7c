"""Extracts attachments from winmail.dat (TNEF, [MS-OXTNEF], [MS-OXPROPS]).

tnefparse from PyPI is not used: it fails on GBK texts, takes quadratic time on hostile files, and had its last release
in 2021.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from zwgk_excel.mail.charsets import decoded

_SIGNATURE = 0x223E9F78
_ATTACHMENT = 2
"""Level of what belongs to an attachment; 1 is the message's own."""
_REND_DATA, _TITLE, _DATA, _PROPERTIES = 0x9002, 0x8010, 0x800F, 0x9005
"""Ids of attAttachRendData (an attachment begins), attAttachTitle, attAttachData, attAttachment."""
_CODEPAGE = 0x9007
_LONG_NAME, _NAME, _DISPLAY_NAME, _OBJECT = 0x3707, 0x3704, 0x3001, 0x3701
_FIXED = {0x1: 4, 0x2: 4, 0x3: 4, 0x4: 4, 0x5: 8, 0x6: 8, 0x7: 8, 0xA: 4, 0xB: 4, 0x14: 8, 0x40: 8, 0x48: 16}
"""Bytes of a property value by its type, padded to four."""
_STRING, _UNICODE, _OBJECT_TYPE, _BINARY = 0x1E, 0x1F, 0xD, 0x102
_MULTIPLE, _NAMED = 0x1000, 0x8000
_MOST = 200
_DEEPEST = 3


@dataclass(slots=True)
class TnefAttachment:
    """One attachment of winmail.dat."""

    name: str = ""
    data: bytes = b""
    long: bool = False
    """The name is the long one, not that of DOS."""


def is_tnef(data: bytes) -> bool:
    """Whether the bytes are TNEF."""
    return len(data) > 6 and _uint32(data, 0) == _SIGNATURE


def tnef_attachments(data: bytes, depth: int = 0) -> list[TnefAttachment]:
    """The attachments in TNEF, including those of attached mails; damaged ones as far as readable. Never raises."""
    found: list[TnefAttachment] = []
    label = ""
    for level, name, value in _attributes(data):
        if name == _CODEPAGE and len(value) >= 4:
            label = f"cp{_uint32(value, 0)}"
        elif level == _ATTACHMENT and name == _REND_DATA:
            if len(found) == _MOST:
                break
            found.append(TnefAttachment())
        elif level == _ATTACHMENT and found:
            _take(found[-1], name, value, label)
    return [inner for each in found for inner in _opened(each, depth)]


def _opened(packed: TnefAttachment, depth: int) -> list[TnefAttachment]:
    """The attachment, or those of an attached mail, whose TNEF begins after a class id of 16 bytes."""
    inner = packed.data[16:]
    if depth < _DEEPEST and is_tnef(inner):
        return tnef_attachments(inner, depth + 1)
    return [packed] if packed.name or packed.data else []


def _take(packed: TnefAttachment, name: int, value: bytes, label: str) -> None:
    if name == _TITLE and not packed.long:
        packed.name = decoded(value.partition(b"\0")[0], label)
    elif name == _DATA:
        packed.data = value
    elif name == _PROPERTIES:
        for key, text in _properties(value):
            _take_property(packed, key, text, label)


def _take_property(packed: TnefAttachment, key: tuple[int, int], value: bytes, label: str) -> None:
    kind, name = key
    if name == _OBJECT and not packed.data:
        packed.data = value
    elif name in {_LONG_NAME, _NAME, _DISPLAY_NAME} and (name == _LONG_NAME or not packed.name):
        text = value.decode("utf-16-le", "replace") if kind == _UNICODE else decoded(value, label)
        packed.name, packed.long = text.partition("\0")[0], name == _LONG_NAME


def _attributes(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Level, id and value of each attribute: 1 byte level, 2 id, 2 type, 4 length, the value, 2 checksum."""
    at = 6
    while at + 9 <= len(data):
        level, name, _, length = struct.unpack_from("<BHHI", data, at)
        yield level, name, data[at + 9 : at + 9 + length]
        at += 9 + length + 2


def _properties(data: bytes) -> Iterator[tuple[tuple[int, int], bytes]]:
    """Type, id and first value of each property of a list; ends early where the list is damaged."""
    at = 4
    while at + 4 <= len(data):
        kind, name = struct.unpack_from("<HH", data, at)
        at = _past_name(data, at + 4) if name >= _NAMED else at + 4
        several, kind = kind & _MULTIPLE, kind & ~_MULTIPLE
        if kind in _FIXED:
            count = _uint32(data, at) if several else 1
            at += 4 * bool(several) + count * _FIXED[kind]
        elif kind in {_STRING, _UNICODE, _OBJECT_TYPE, _BINARY}:
            at, value = _variable(data, at)
            yield (kind, name), value
        else:
            return


def _past_name(data: bytes, at: int) -> int:
    """The offset after the GUID of a named property and its number or name."""
    if _uint32(data, at + 16) == 0:
        return at + 24
    return at + 24 + _padded(_uint32(data, at + 20))


def _variable(data: bytes, at: int) -> tuple[int, bytes]:
    """(Offset after the values of a property of variable length, the first value)."""
    count, at = _uint32(data, at), at + 4
    first = b""
    for number in range(count):
        if at + 4 > len(data):
            break
        length = _uint32(data, at)
        if number == 0:
            first = data[at + 4 : at + 4 + length]
        at += 4 + _padded(length)
    return at, first


def _padded(length: int) -> int:
    return length + -length % 4


def _uint32(data: bytes, at: int) -> int:
    """Four bytes as a number; 0 beyond the end, so that damage ends a list and not the run."""
    return int(struct.unpack_from("<I", data, at)[0]) if at + 4 <= len(data) else 0
