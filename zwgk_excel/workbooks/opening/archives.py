"""Opens archives: members with names decoded as Chinese Windows writes them, within limits."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from zwgk_excel.domain.errors import ZwgkError
from zwgk_excel.domain.file_names import left_behind, numbered, safe_name
from zwgk_excel.domain.problems import CellRef, problem
from zwgk_excel.workbooks.opening import zip_parts
from zwgk_excel.workbooks.opening.file_kinds import FileKind, kind_of
from zwgk_excel.workbooks.opening.guard import FILE_BYTES, check_size, package_kind
from zwgk_excel.workbooks.opening.rejected import RejectedFileError, unreadable
from zwgk_excel.workbooks.opening.zip_parts import MB, Limits

if TYPE_CHECKING:
    import rarfile

LIMITS = Limits(members=500, part=FILE_BYTES, total=100 * MB)
"""An archive holds the returns of one sender, perhaps of all units of a county."""
_NESTED = 50
"""Archives within an archive: one for each sender at most."""
_UTF8_FLAG = 0x800
_CLOSED = frozenset({FileKind.SEVEN_ZIP, FileKind.GZIP})
"""Archives for which there is neither a program everybody has nor a library we trust."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive."""

    name: str
    """Without folders, and safe as a file name on Windows and Linux."""
    data: bytes


def members(data: bytes, name: str) -> list[Member] | None:
    """The files of an archive, including those of inner archives (one level); None for a file that is no archive.

    A workbook is a zip file but no archive; a damaged zip file is not one either. ``name`` is the file's name for
    messages. Temporary and hidden files are left out; of equal names the later get a number. An inner archive that
    cannot be opened is returned as a file. Raises RejectedFileError: file_too_large, archive_encrypted, archive_unsafe,
    and archive_no_tool where a .rar (or .7z) cannot be unpacked here.
    """
    check_size(data, name)
    if not is_archive(data, name):
        return None
    outer = list(_unpacked(data, name))
    if sum(is_archive(each.data, each.name) for each in outer) > _NESTED:
        raise _unsafe(name, f"其中的压缩包多于 {_NESTED} 个")
    return list(_told_apart(_opened(outer, name)))


def is_archive(data: bytes, name: str) -> bool:
    """Whether a file is an archive: not a workbook, which is a zip file too, and not a damaged zip file.

    Only the member that names the document type of a zip file is unpacked.
    """
    kind = kind_of(data)
    if kind is FileKind.ZIP:
        try:
            held = zip_parts.listing(data, name)
            return bool(held) and package_kind(data, held, name) is FileKind.ZIP
        except RejectedFileError:  # reading it as a file says what is wrong with it
            return False
    return kind is FileKind.RAR or kind in _CLOSED


def _opened(outer: list[Member], name: str) -> Iterator[Member]:
    """The members, inner archives opened; all of them together within the limits, however they are nested.

    The room that is left is counted before each is unpacked, so that never more than it is in memory.
    """
    left = LIMITS
    while outer:
        member = outer.pop(0)  # and so out of memory
        for each in _opened_within(member, name, left):
            left = replace(left, members=left.members - 1, total=left.total - len(each.data))
            if left.members < 0:
                raise _unsafe(name, f"含 {LIMITS.members} 个以上的文件")
            if left.total < 0:
                raise _unsafe(name, f"展开后超过 {LIMITS.total // MB} MB")
            yield each


def _opened_within(member: Member, name: str, left: Limits) -> list[Member]:
    if not is_archive(member.data, member.name):
        return [member]
    try:
        return list(_unpacked(member.data, member.name, left))
    except _NoRoomError as error:
        raise _unsafe(name, error.reason) from error
    except RejectedFileError:
        # Reading it as a file, as happens next, tells what it is; the files beside it are not held up.
        return [member]


class _NoRoomError(ZwgkError):
    """An inner archive that would be allowed alone, but not in addition to the others."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def _unpacked(data: bytes, name: str, left: Limits = LIMITS) -> Iterator[Member]:
    """The members of one archive; raises _NoRoomError where they are more than what is ``left`` of the limits."""
    kind = kind_of(data)
    if kind in _CLOSED:
        raise RejectedFileError(problem("archive_no_tool", CellRef(name), kind=kind.value))
    unpack = _unzipped if kind is FileKind.ZIP else _unrared
    for path, content in unpack(data, name, left):
        if not left_behind(path):
            yield Member(safe_name(path), content)


def _require_room(sizes: list[int], left: Limits) -> None:
    if len(sizes) > left.members:
        raise _NoRoomError(f"含 {LIMITS.members} 个以上的文件")
    if sum(sizes) > left.total:
        raise _NoRoomError(f"展开后超过 {LIMITS.total // MB} MB")


def _told_apart(found: Iterable[Member]) -> Iterator[Member]:
    taken: set[str] = set()
    for member in found:
        number = 1
        while numbered(member.name, number).casefold() in taken:
            number += 1
        name = numbered(member.name, number)
        taken.add(name.casefold())
        yield Member(name, member.data)


def _unsafe(name: str, reason: str) -> RejectedFileError:
    return RejectedFileError(problem("archive_unsafe", CellRef(name), reason=reason))


# --- zip ---------------------------------------------------------------------------------------


def _unzipped(data: bytes, name: str, left: Limits) -> Iterator[tuple[str, bytes]]:
    held = zip_parts.listing(data, name)
    if any(map(zip_parts.is_encrypted, held)):
        raise RejectedFileError(problem("archive_encrypted", CellRef(name)))
    if reason := zip_parts.directory_problem(held, len(data), LIMITS):
        raise _unsafe(name, reason)
    _require_room([each.file_size for each in held if not each.is_dir()], left)
    for member in held:
        if not member.is_dir():
            yield _path(member), zip_parts.inflate(data, member, name)


def _path(member: zipfile.ZipInfo) -> str:
    """A member's path: UTF-8 where flagged, else decoded as UTF-8 or GBK, whichever fits."""
    if member.flag_bits & _UTF8_FLAG:
        return member.filename
    raw = member.orig_filename.encode("cp437")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return member.filename


# --- rar ---------------------------------------------------------------------------------------


def _unrared(data: bytes, name: str, left: Limits) -> Iterator[tuple[str, bytes]]:
    import rarfile

    try:
        with rarfile.RarFile(io.BytesIO(data), errors="strict") as archive:
            held = [each for each in archive.infolist() if each.is_file()]
            if archive.needs_password():
                raise RejectedFileError(problem("archive_encrypted", CellRef(name)))
            if reason := _rar_fault(held):
                raise _unsafe(name, reason)
            _require_room([each.file_size for each in held], left)
            for member in held:
                yield member.filename, _rar_content(archive, member, name)
    except rarfile.RarCannotExec as error:
        raise RejectedFileError(problem("archive_no_tool", CellRef(name), kind=FileKind.RAR.value)) from error
    except (rarfile.Error, EOFError, ValueError, OSError) as error:
        raise unreadable(name, "压缩数据损坏") from error


def _rar_fault(held: list[rarfile.RarInfo]) -> str:
    if len(held) > LIMITS.members:
        return f"含 {len(held)} 个文件"
    if sum(each.file_size for each in held) > LIMITS.total:
        return f"展开后超过 {LIMITS.total // MB} MB"
    ratio, floor = LIMITS.ratio, LIMITS.ratio_floor
    bombs = (each for each in held if each.file_size > max(floor, ratio * each.compress_size))
    return "压缩比异常" if next(bombs, None) else ""


def _rar_content(archive: rarfile.RarFile, member: rarfile.RarInfo, name: str) -> bytes:
    with archive.open(member) as stream:
        content = bytes(stream.read(member.file_size + 1))
    if len(content) > member.file_size:
        raise _unsafe(name, "文件实际大小与目录不符")
    return content
