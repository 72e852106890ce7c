"""Opens archives: members with names decoded as Chinese Windows writes them, within limits."""

from __future__ import annotations

import bz2
import io
import lzma
import posixpath
import re
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING, Protocol

from zwgk_excel.domain.errors import ZwgkError
from zwgk_excel.domain.file_names import left_behind, numbered, safe_name
from zwgk_excel.domain.problems import CellRef, Problem, problem
from zwgk_excel.workbooks.opening import zip_parts
from zwgk_excel.workbooks.opening.file_kinds import COMPRESSED, MAILS, FileKind, kind_of
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
_XZ_MEMORY = 256 * MB
_FOLDERS = re.compile(r"((?:.*/)?[^/]+\.(?:numbers|pages|key|rtfd|graffle))/(.+)", re.IGNORECASE | re.DOTALL)
"""What macOS shows as one file and archives as a folder."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive or a mail."""

    name: str
    """Without folders, and safe as a file name on Windows and Linux."""
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class OpenedArchive:
    """The files of an archive, or of a mail that was saved as a file."""

    members: tuple[Member, ...]
    is_mail: bool
    notes: tuple[Problem, ...] = ()
    """What is told of it besides."""


class OpenMail(Protocol):
    """How mails are opened, which is known where mails are."""

    def __call__(self, data: bytes, name: str) -> tuple[Sequence[tuple[str, bytes]], Sequence[Problem]] | None:
        """(Name and bytes of each attachment, notes); None for one that cannot be opened."""


def open_archive(data: bytes, name: str, open_mail: OpenMail | None = None) -> OpenedArchive | None:
    """The files of an archive, including those of inner archives (one level); None for a file that is no archive.

    A workbook is a zip file but no archive; a damaged zip file is not one either; a mail that was saved as a file is.
    ``name`` is the file's name for messages. Temporary and hidden files are left out; of equal names the later get a
    number. An inner archive that cannot be opened is returned as a file. Raises RejectedFileError: file_too_large,
    archive_encrypted, archive_unsafe, archive_volume, and archive_no_tool where it cannot be unpacked here.
    """
    check_size(data, name)
    if not is_archive(data, name):
        return None
    opening = _Opening(name, open_mail)
    outer = list(opening.unpacked(data, name))
    if sum(is_archive(each.data, each.name) for each in outer) > _NESTED:
        raise _unsafe(name, f"其中的压缩包多于 {_NESTED} 个")
    notes = tuple(opening.notes)
    return OpenedArchive(tuple(_told_apart(_opened(outer, opening))), kind_of(data) in MAILS, notes)


def is_archive(data: bytes, name: str) -> bool:
    """Whether a file holds others: an archive or a mail, not a workbook, which is a zip file too, nor a damaged one.

    Only the member that names the document type of a zip file is unpacked.
    """
    kind = kind_of(data)
    if kind is FileKind.ZIP:
        try:
            held = zip_parts.listing(data, name)
            return bool(held) and package_kind(data, held, name) is FileKind.ZIP
        except RejectedFileError:  # reading it as a file says what is wrong with it
            return False
    return kind in COMPRESSED or kind in MAILS


def _opened(outer: list[Member], opening: _Opening) -> Iterator[Member]:
    """The members, inner archives opened; all of them together within the limits, however they are nested.

    The room that is left is counted before each is unpacked, so that never more than it is in memory.
    """
    left, name = LIMITS, opening.name
    while outer:
        member = outer.pop(0)  # and so out of memory
        for each in _opened_within(member, opening, left):
            left = replace(left, members=left.members - 1, total=left.total - len(each.data))
            if left.members < 0:
                raise _unsafe(name, f"含 {LIMITS.members} 个以上的文件")
            if left.total < 0:
                raise _unsafe(name, f"展开后超过 {LIMITS.total // MB} MB")
            yield each


def _opened_within(member: Member, opening: _Opening, left: Limits) -> list[Member]:
    if not is_archive(member.data, member.name):
        return [member]
    try:
        return list(opening.unpacked(member.data, member.name, left))
    except _NoRoomError as error:
        raise _unsafe(opening.name, error.reason) from error
    except RejectedFileError:
        # Reading it as a file, as happens next, tells what it is; the files beside it are not held up.
        return [member]


class _NoRoomError(ZwgkError):
    """An inner archive that would be allowed alone, but not in addition to the others."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class _Opening:
    """An archive that is being opened, and what is told of it and of those in it."""

    def __init__(self, name: str, open_mail: OpenMail | None) -> None:
        self.name, self.notes = name, list[Problem]()
        self._open_mail = open_mail

    def unpacked(self, data: bytes, name: str, left: Limits = LIMITS) -> Iterator[Member]:
        """The members of one archive; raises _NoRoomError where they are more than what is ``left`` of the limits."""
        kind = kind_of(data)
        if kind in MAILS:
            yield from self._attached(data, name, left)
            return
        if kind is FileKind.VOLUME:
            raise RejectedFileError(problem("archive_volume", CellRef(name)))
        if kind not in _UNPACKERS:
            raise RejectedFileError(problem("archive_no_tool", CellRef(name), kind=kind.value))
        for path, content in _whole_folders(_UNPACKERS[kind](data, name, left)):
            if not left_behind(path):
                yield Member(safe_name(path), content)

    def _attached(self, data: bytes, name: str, left: Limits) -> Iterator[Member]:
        found = self._open_mail(data, name) if self._open_mail else None
        if found is None:
            raise unreadable(name, "邮件损坏")
        files, notes = found
        self.notes += notes
        _require_room([len(content) for _, content in files], left)
        for each, content in files:
            if not left_behind(each):
                yield Member(safe_name(each), content)


def _whole_folders(files: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    """The files, with each folder that is one document to its users as one: a zip file, as newer programs save it."""
    folders: dict[str, dict[str, bytes]] = {}
    for path, content in files:
        if found := _FOLDERS.fullmatch(path.replace("\\", "/")):
            folders.setdefault(found[1], {})[found[2]] = content
        else:
            yield path, content
    for folder, parts in folders.items():
        yield folder, zip_parts.stored(parts)


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
    except rarfile.NeedFirstVolume as error:
        raise RejectedFileError(problem("archive_volume", CellRef(name))) from error
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


# --- tar, and single files ---------------------------------------------------------------------


def _untarred(data: bytes, name: str, left: Limits) -> Iterator[tuple[str, bytes]]:
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
            every = list(islice(archive, 4 * LIMITS.members))
            held = [each for each in every if each.isfile() and not each.issparse()]
            _require_size([each.size for each in held], name)
            _require_room([each.size for each in held], left)
            for member in held:
                stream = archive.extractfile(member)
                assert stream is not None  # a file
                yield _tar_path(member.name), stream.read()
    except (tarfile.TarError, EOFError, ValueError, OverflowError, OSError) as error:
        raise unreadable(name, "压缩数据损坏") from error


def _tar_path(path: str) -> str:
    """A member's path: UTF-8, else GBK, which Chinese Windows writes."""
    try:
        return path.encode("utf-8", "surrogateescape").decode("utf-8")
    except UnicodeError:
        return path.encode("utf-8", "surrogateescape").decode("gb18030", "replace")


def _require_size(sizes: list[int], name: str) -> None:
    if len(sizes) > LIMITS.members:
        raise _unsafe(name, f"含 {len(sizes)} 个文件")
    if sum(sizes) > LIMITS.total:
        raise _unsafe(name, f"展开后超过 {LIMITS.total // MB} MB")


class _Decompressor(Protocol):
    """What zlib, bz2 and lzma have in common."""

    def decompress(self, data: bytes, most: int, /) -> bytes: ...

    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...


_SINGLE: Mapping[FileKind, tuple[Callable[[], _Decompressor], re.Pattern[str]]] = {
    FileKind.GZIP: (lambda: zlib.decompressobj(31), re.compile(r"\.t?gz$", re.IGNORECASE)),
    FileKind.BZIP2: (bz2.BZ2Decompressor, re.compile(r"\.t?bz2?$", re.IGNORECASE)),
    FileKind.XZ: (lambda: lzma.LZMADecompressor(memlimit=_XZ_MEMORY), re.compile(r"\.t?xz$", re.IGNORECASE)),
}
"""Kind → how it is decompressed, and what its name has at the end."""
_BROKEN = (zlib.error, lzma.LZMAError, OSError, ValueError, EOFError)


def _decompressed(data: bytes, name: str, left: Limits) -> Iterator[tuple[str, bytes]]:
    """The one file, or where that is a tar the files in it."""
    make, suffix = _SINGLE[kind_of(data)]
    most = min(LIMITS.total, max(LIMITS.ratio_floor, LIMITS.ratio * len(data)))
    content = _all_streams(data, name, make, most)
    if len(content) > most:
        raise _unsafe(name, "压缩比异常" if most < LIMITS.total else f"展开后超过 {LIMITS.total // MB} MB")
    if kind_of(content) is FileKind.TAR:
        yield from _untarred(content, name, left)
        return
    _require_room([len(content)], left)
    yield suffix.sub("", posixpath.basename(name)) or name, content


def _all_streams(data: bytes, name: str, make: Callable[[], _Decompressor], most: int) -> bytes:
    """The content of one stream after the other, at most ``most`` bytes and one."""
    out = io.BytesIO()
    try:
        while data:
            stream = make()
            out.write(stream.decompress(data, most + 1 - out.tell()))
            if out.tell() > most:
                break
            if not stream.eof:
                raise unreadable(name, "压缩数据损坏")
            data = stream.unused_data.lstrip(b"\0")
    except _BROKEN as error:
        raise unreadable(name, "压缩数据损坏") from error
    return out.getvalue()


# --- 7z ----------------------------------------------------------------------------------------


def _un7zipped(data: bytes, name: str, left: Limits) -> Iterator[tuple[str, bytes]]:
    """The files of a .7z, where the library for it is installed (the extra ``sevenzip``)."""
    try:
        import py7zr
        from py7zr.io import BytesIOFactory
    except ImportError:
        raise RejectedFileError(problem("archive_no_tool", CellRef(name), kind=FileKind.SEVEN_ZIP.value)) from None
    try:
        with py7zr.SevenZipFile(io.BytesIO(data)) as archive:
            if archive.needs_password():
                raise RejectedFileError(problem("archive_encrypted", CellRef(name)))
            held = [each for each in archive.list() if not each.is_directory]
            sizes = [each.uncompressed or 0 for each in held]
            _require_size(sizes, name)
            if sum(sizes) > max(LIMITS.ratio_floor, LIMITS.ratio * len(data)):
                raise _unsafe(name, "压缩比异常")
            _require_room(sizes, left)
            factory = BytesIOFactory(LIMITS.part)
            archive.extract(targets=[each.filename for each in held], factory=factory)
            found = [(path, stream.read()) for path, stream in factory.products.items()]
        yield from found
    except py7zr.exceptions.PasswordRequired as error:
        raise RejectedFileError(problem("archive_encrypted", CellRef(name))) from error
    except (RejectedFileError, _NoRoomError, MemoryError):
        raise
    except Exception as error:  # the library raises whatever a damaged file makes of it
        raise unreadable(name, "压缩数据损坏") from error


_UNPACKERS: Mapping[FileKind, Callable[[bytes, str, Limits], Iterator[tuple[str, bytes]]]] = {
    FileKind.ZIP: _unzipped,
    FileKind.RAR: _unrared,
    FileKind.TAR: _untarred,
    FileKind.SEVEN_ZIP: _un7zipped,
    **dict.fromkeys(_SINGLE, _decompressed),
}
