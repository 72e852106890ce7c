"""Checks of zip files from outside: the directory before anything is unpacked, each member against its stated size."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from zwgk_excel.workbooks.opening.rejected import unreadable, unsafe

MB = 1 << 20
GB = 1 << 30
_ENCRYPTED_FLAG = 0x1
_LOCAL_HEADER = 30
_ENTRY, _MOST_ENTRIES = b"PK\x01\x02", 0xFFFF
"""How an entry of a directory begins, and as many as a zip file has without extensions; those within members count."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of a zip file: number of members, bytes unpacked."""

    members: int = 2_000
    part: int = 150 * MB
    total: int = 300 * MB
    ratio: int = 200
    """Highest compression ratio of a part larger than the floor."""
    ratio_floor: int = 5 * MB


OFFICE_FILE_LIMITS = Limits()
"""For office files: no sound file of a corpus of 1,500 public workbooks breaks these."""


def normalised_path(path: str) -> str:
    """A member's path for comparison: case-folded, backslashes as slashes, as readers compare them."""
    return path.replace("\\", "/").casefold()


def directory(data: bytes, name: str, limits: Limits = OFFICE_FILE_LIMITS) -> list[zipfile.ZipInfo]:
    """The members of a zip file within ``limits``; ``name`` is the file's name for messages.

    Raises RejectedFileError (file_unreadable, file_unsafe).
    """
    members = listing(data, name)
    if reason := directory_problem(members, len(data), limits):
        raise unsafe(name, reason)
    return members


def listing(data: bytes, name: str) -> list[zipfile.ZipInfo]:
    """The members of a zip file, not checked. Raises RejectedFileError (file_unreadable; file_unsafe for too many)."""
    if (count := data.count(_ENTRY)) > _MOST_ENTRIES:  # half a million of them take a gigabyte as objects
        raise unsafe(name, f"含 {count} 个部件")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return archive.infolist()
    except (zipfile.BadZipFile, struct.error, ValueError, RuntimeError, OverflowError, OSError, EOFError) as error:
        raise unreadable(name, "压缩结构损坏") from error


def directory_problem(members: list[zipfile.ZipInfo], size: int, limits: Limits) -> str:
    """What is wrong with the directory of a zip file of ``size`` bytes, in Chinese; empty for a sound one."""
    if len(members) > limits.members:
        return f"含 {len(members)} 个部件"
    if len({normalised_path(each.filename) for each in members}) < len(members):
        return "部件重名"
    if sum(each.compress_size for each in members) > size:
        return "部件互相重叠"
    if sum(each.file_size for each in members) > limits.total:
        return f"展开后超过 {limits.total // MB} MB"
    return next(filter(None, (_member_fault(each, limits) for each in members)), "")


def is_encrypted(member: zipfile.ZipInfo) -> bool:
    """Whether a member is encrypted."""
    return bool(member.flag_bits & _ENCRYPTED_FLAG)


def _member_fault(member: zipfile.ZipInfo, limits: Limits) -> str:
    path = member.filename.replace("\\", "/")
    if path.startswith("/") or ".." in path.split("/") or ":" in path or not path:
        return "部件路径越界"
    if is_encrypted(member):
        return "部件已加密"
    if member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        return "压缩方式不被支持"
    if member.file_size > limits.part:
        return f"部件展开后超过 {limits.part // MB} MB"
    if member.file_size > max(limits.ratio_floor, limits.ratio * member.compress_size):
        return "压缩比异常"
    return ""


def inflate(data: bytes, member: zipfile.ZipInfo, name: str) -> bytes:
    """A member's bytes, at most as many as its directory entry states, so that a false entry cannot be a zip bomb.

    Raises RejectedFileError (file_unreadable, file_unsafe).
    """
    start = member.header_offset
    header = data[start : start + _LOCAL_HEADER]
    if len(header) < _LOCAL_HEADER or not header.startswith(b"PK\x03\x04"):
        raise unreadable(name, "压缩结构损坏")
    start += _LOCAL_HEADER + int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    packed = memoryview(data)[start : start + member.compress_size]
    try:
        part = _unpacked(packed, member)
    except zlib.error as error:
        raise unreadable(name, "压缩数据损坏") from error
    if len(part) > member.file_size:
        raise unsafe(name, "部件实际大小与目录不符")
    if len(part) < member.file_size or zlib.crc32(part) != member.CRC:
        raise unreadable(name, "压缩数据损坏")
    return part


def _unpacked(packed: memoryview, member: zipfile.ZipInfo) -> bytes:
    if member.compress_type == zipfile.ZIP_STORED:
        return bytes(packed)
    return zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, member.file_size + 1)


def stored(parts: Mapping[str, bytes]) -> bytes:
    """An uncompressed zip file of parts (name → bytes), for a reader in the same process."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, part in parts.items():
            archive.writestr(zipfile.ZipInfo(name), part)
    return stream.getvalue()
