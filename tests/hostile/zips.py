"""Zip files byte by byte: members that lie about their size, share their data, or unfold to gigabytes."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

MB = 1 << 20
_POLYNOMIAL = 0xEDB88320
_ONE, _BYTE = 1 << 31, 1 << 23
"""The polynomials 1 and x⁸ in the bit order of zip's checksum."""
_ZIP64 = 0xFFFFFFFF


def zipped(parts: Mapping[str, bytes], extra: Iterable[tuple[str, bytes]] = ()) -> bytes:
    """An honest zip file of ``parts``, then of ``extra``, which may repeat names; the same bytes every time."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of names given twice
        for name, data in (*parts.items(), *extra):
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


@dataclass(frozen=True)
class Packed:
    """Deflated data with what a directory says of it."""

    data: bytes
    crc: int
    size: int
    """Bytes when inflated."""


@dataclass(frozen=True)
class Member:
    """One member of :func:`raw_zip`."""

    name: str
    packed: Packed
    claimed: int | None = None
    """The size that the directory gives, where it lies."""
    shares: bool = False
    """The directory points at the data of the member before; no data of its own is written."""


def packed(data: bytes) -> Packed:
    """Data deflated."""
    return Packed(_deflated(data, zlib.Z_FINISH), zlib.crc32(data), len(data))


def repeated(head: bytes, block: bytes, count: int, tail: bytes) -> Packed:
    """``head``, ``count`` times ``block``, ``tail``, deflated, without ever holding it inflated."""
    start, middle, end = _deflated(head), _deflated(block), _deflated(tail, zlib.Z_FINISH)
    crc = zlib.crc32(head)
    for power in range(count.bit_length() - 1, -1, -1):
        if count >> power & 1:
            crc = _joined(crc, _crc_of_doubled(zlib.crc32(block), len(block), power), len(block) << power)
    crc = _joined(crc, zlib.crc32(tail), len(tail))
    return Packed(start + middle * count + end, crc, len(head) + len(block) * count + len(tail))


def raw_zip(members: Iterable[Member]) -> bytes:
    """A zip file whose directory says what the members claim."""
    stream, directory = io.BytesIO(), []
    offset = 0
    for member in members:
        if not member.shares:
            offset = stream.tell()
            stream.write(_header(member) + member.packed.data)
        directory.append(_entry(member, offset))
    start, listing = stream.tell(), b"".join(directory)
    stream.write(listing)
    count = min(len(directory), 0xFFFF)
    stream.write(struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, count, count, len(listing), start, 0))
    return stream.getvalue()


def _header(member: Member) -> bytes:
    fields, extra = _fields(member)
    return struct.pack("<I", 0x04034B50) + fields + member.name.encode() + extra


def _entry(member: Member, offset: int) -> bytes:
    fields, extra = _fields(member)
    tail = struct.pack("<HHHII", 0, 0, 0, 0, offset)
    return struct.pack("<IH", 0x02014B50, 45) + fields + tail + member.name.encode() + extra


def _fields(member: Member) -> tuple[bytes, bytes]:
    """What the local header and the directory entry have in common, and the extra field of large members."""
    size = member.packed.size if member.claimed is None else member.claimed
    compressed, extra = len(member.packed.data), b""
    if size >= _ZIP64:
        extra = struct.pack("<HHQQ", 1, 16, size, compressed)
        size = compressed = _ZIP64
    lengths = struct.pack("<HH", len(member.name.encode()), len(extra))
    return struct.pack("<HHHHHIII", 45, 0, 8, 0, 0x21, member.packed.crc, compressed, size) + lengths, extra


def _deflated(data: bytes, flush: int = zlib.Z_FULL_FLUSH) -> bytes:
    deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return deflate.compress(data) + deflate.flush(flush)


def _crc_of_doubled(crc: int, length: int, times: int) -> int:
    for _ in range(times):
        crc, length = _joined(crc, crc, length), length * 2
    return crc


def _joined(first: int, second: int, length: int) -> int:
    """The checksum of two pieces of data one after the other; ``length`` is the second's."""
    shift, power = _ONE, _BYTE
    while length:
        shift = _times(shift, power) if length & 1 else shift
        power, length = _times(power, power), length >> 1
    return _times(first, shift) ^ second


def _times(a: int, b: int) -> int:
    """The product of two polynomials modulo zip's own."""
    product = 0
    while a:
        if a & _ONE:
            product ^= b
        a = a << 1 & 0xFFFFFFFF
        b = b >> 1 ^ (_POLYNOMIAL if b & 1 else 0)
    return product
