"""The compression of VBA sources ([MS-OVBA] 2.4.1): chunks of 4096 bytes, each of literals and copies."""

from __future__ import annotations

import struct

CHUNK = 4096
_SIGNATURE = b"\x01"
_COMPRESSED, _RAW = 0xB000, 0x3000
_SHORTEST_COPY = 3


def compress(data: bytes) -> bytes:
    """The compressed container of ``data``; empty data is the signature alone.

    Raises ValueError when the last, partial chunk cannot be made to fit: the format has no raw form for it. Source
    text is never like that.
    """
    chunks = (data[start : start + CHUNK] for start in range(0, len(data), CHUNK))
    return _SIGNATURE + b"".join(_chunk(each) for each in chunks)


def _chunk(chunk: bytes) -> bytes:
    body = _tokens(chunk)
    if len(body) < CHUNK or (len(body) == CHUNK and len(chunk) < CHUNK):
        return struct.pack("<H", _COMPRESSED | (len(body) - 1)) + body
    if len(chunk) < CHUNK:
        raise ValueError("the last chunk of the data does not compress")
    return struct.pack("<H", _RAW | (CHUNK - 1)) + chunk


def _tokens(chunk: bytes) -> bytes:
    """Groups of a flag byte and eight tokens; a set flag bit marks a copy of earlier bytes."""
    written, position = bytearray(), 0
    while position < len(chunk):
        flags_at, flags = len(written), 0
        written.append(0)
        for bit in range(8):
            if position == len(chunk):
                break
            offset_bits = _offset_bits(position)
            length, source = _longest_match(chunk, position, (0xFFFF >> offset_bits) + _SHORTEST_COPY)
            if length:
                flags |= 1 << bit
                offset = position - source
                written += struct.pack("<H", (offset - 1) << (16 - offset_bits) | (length - _SHORTEST_COPY))
            else:
                written.append(chunk[position])
            position += max(length, 1)
        written[flags_at] = flags
    return bytes(written)


def _offset_bits(position: int) -> int:
    """The number of a copy token's 16 bits for the offset: enough to reach the chunk's start, at least 4.

    [MS-OVBA] 2.4.1.3.19.1.
    """
    return max((position - 1).bit_length(), 4)


def _longest_match(chunk: bytes, position: int, longest: int) -> tuple[int, int]:
    """(Length, position) of the longest earlier occurrence (it may overlap); length 0 where none is worth a copy."""
    limit = min(longest, len(chunk) - position)
    length, source, wanted = 0, 0, _SHORTEST_COPY
    while wanted <= limit:
        found = chunk.rfind(chunk[position : position + wanted], 0, position + wanted - 1)
        if found < 0:
            break
        source, length = found, wanted
        while length < limit and chunk[source + length] == chunk[position + length]:
            length += 1
        wanted = length + 1
    return length, source
