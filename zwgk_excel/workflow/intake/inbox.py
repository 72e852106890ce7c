"""Files in 收件箱: listed, copied in under safe names, hashed; temporary and system files are skipped."""

from __future__ import annotations

import hashlib
import os
import stat
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

from zwgk_excel.domain.authentication import SenderProof
from zwgk_excel.domain.file_names import acts, is_disguised, left_behind, numbered, safe_name
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.problems import CellRef, Problem, problem
from zwgk_excel.domain.returns import NO_TIME, Receipt, Verdict
from zwgk_excel.domain.senders import SenderFields
from zwgk_excel.workbooks.opening.archives import Member
from zwgk_excel.workbooks.opening.bounded_files import TooLargeError, not_a_file, read_file
from zwgk_excel.workbooks.opening.guard import too_large
from zwgk_excel.workbooks.writing.files import write_atomic
from zwgk_excel.workflow import clock
from zwgk_excel.workflow.errors import UserError, reason_of
from zwgk_excel.workflow.intake.web_mark import is_from_web, mark_as_from_web
from zwgk_excel.workflow.office.context import Office

UNPACKED_FOLDER = "_解压"
_THREADS = min(4, os.cpu_count() or 1)
_FILES, _BYTES = 25, 2 << 20
"""What one thread reads at a time, unless it is a single file."""


@dataclass(frozen=True, slots=True)
class MailOrigin:
    """The mail that brought a file."""

    sender: str
    """Bare address in lower case; empty where none could be read."""
    claimed: SenderFields
    """All that its headers say about the sender."""
    unit: str = ""
    """Whose letter it answers, by the code in its subject; empty for none."""
    cycle: Month | None = None
    """The cycle of that letter."""
    proof: SenderProof = SenderProof.UNASKED
    """What the office's server says of it, and"""
    results: str = ""
    """that in words."""


@dataclass(frozen=True, slots=True)
class InboxFile:
    """A file in 收件箱 with the time and way of its receipt."""

    path: Path
    file: str
    """The same as the ledger writes it: relative to the workspace, with ``/``."""
    received_at: datetime
    estimated: bool = False
    """Whether the time is the file's own, because the person said so."""
    file_time: datetime | None = None
    """When the file was last written, as its sender says; None for what came by mail."""
    size: int = 0
    """Bytes, when it was found."""
    origin: MailOrigin | None = None
    """Of a mailed file and of the members of a mailed archive."""
    copied: bool = False
    """Whether it is a copy that this run made."""

    @property
    def order(self) -> tuple[datetime, bool, datetime, str, str]:
        """Sort key: oldest first; of equal times archives before their members, then by the files' own times."""
        unpacked = any(part.endswith(UNPACKED_FOLDER) for part in self.path.parts[:-1])
        return self.received_at, unpacked, self.file_time or NO_TIME, self.path.name, str(self.path)


@dataclass(frozen=True, slots=True)
class LoadedFile:
    """A file's bytes and its receipt before parsing."""

    arrival: InboxFile
    receipt: Receipt
    data: bytes
    too_large: Problem | None = None
    """The problem with a file that is not read; it has no bytes here, and a hash of its beginning."""


def own_time(path: Path) -> datetime | None:
    """When a file was last written, as its sender says; None where that cannot be told."""
    try:
        return _written(path.stat())
    except OSError:
        return None


def find_files(paths: Iterable[Path]) -> list[Path]:
    """The files at paths and in folders, among them what is no regular file; raises UserError for a missing path."""
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            files += sorted(_sent_in(path))
        elif path.exists():
            files.append(path)
        else:
            raise UserError(f"找不到文件“{path}”；请核对路径。")
    return files


_OWN_FOLDERS = frozenset({"发件箱", "退回修改", "通报", "模板", "邮件文字", "日志"})
"""What the program writes, or the office for it: nothing in there came from a unit."""


def refuse_own(office: Office, files: Iterable[Path]) -> None:
    """Raise UserError where some of the files are the workspace's own: its tables, ledger, tracker, and folders."""
    workspace = office.workspace
    root = workspace.root.resolve()
    tables = {workspace.duty_table.name, workspace.roster.name, workspace.tracker.name}
    own = []
    for path in files:
        place = path.resolve()
        if place.is_relative_to(root):
            first, *rest = place.relative_to(root).parts
            if first in _OWN_FOLDERS if rest else first in tables or first.startswith("zwgk."):
                own.append(place.relative_to(root).as_posix())
    if own:
        more = f"等 {len(own)} 个文件" if len(own) > 1 else ""
        raise UserError(
            f"“{own[0]}”{more}是工作区自己的文件，不是收到的报送表，一个也没有登记；"
            "请写明收到的文件，或只放这些文件的文件夹；已放进收件箱的，运行 zwgk consolidate。"
        )


def _sent_in(folder: Path) -> Iterator[Path]:
    """The files in a folder and its subfolders; links to folders are not followed."""
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not left_behind(name)]
        yield from (Path(parent, name) for name in names if not left_behind(name))


InboxListing: TypeAlias = tuple[Sequence[InboxFile], Sequence[Problem]]
"""(Files in 收件箱, problems with files that cannot be read now)."""


def new_in_inbox(office: Office) -> InboxListing:
    """The files of 收件箱 as received now, and problems with those that cannot be read now.

    Files below 邮件 belong to ``fetch``, which knows the sender; those without a record are reported.
    """
    inbox, mailed, now = office.workspace.inbox, office.workspace.mailed, office.now()
    arrivals: list[InboxFile] = []
    problems: list[Problem] = []
    fetched = {file for file, _ in office.ledger.known()} if mailed.is_dir() else set()
    by_mail = f"{mailed.relative_to(office.workspace.root).as_posix()}/"
    for path in find_files([inbox]) if inbox.is_dir() else []:
        file = path.relative_to(office.workspace.root).as_posix()
        if file.startswith(by_mail):
            if file not in fetched:
                problems.append(problem("file_unfetched", CellRef(path.relative_to(inbox).as_posix())))
            continue
        try:
            found = _regular(path)
            arrivals.append(InboxFile(path, file, now, file_time=_written(found), size=found.st_size))
        except OSError as error:
            problems.append(_unread(office, path, error))
    return arrivals, problems


def import_file(
    office: Office, path: Path, received_at: datetime, *, use_file_time: bool = False
) -> InboxFile | Problem:
    """A named file in 收件箱: itself if it is there, else a copy; the problem with a file that none can be made of.

    With ``use_file_time`` it was received when it was last written, where that can be told.

    That is one too large, and what is no file: a pipe, a link to nothing. Raises UserError when a file cannot be read
    or copied; then there is no copy.
    """
    try:
        found = _regular(path)
    except OSError as error:
        return _unread(office, path, error)
    try:
        own = _written(found)
        kept, copied = (path, False) if _in_inbox(office, path) else _copied(office, path, own)
    except TooLargeError as error:
        return too_large(error.size, path.name)
    except OSError as error:
        name = error.filename if isinstance(error.filename, str) else path
        raise UserError(
            f"“{path.name}”没有收进收件箱：{reason_of(error)}（{name}）；已登记的文件不受影响，排除后重新运行即可。"
        ) from error
    return InboxFile(
        kept,
        _relative(office, kept),
        own if use_file_time and own else received_at,
        use_file_time and own is not None,
        own,
        found.st_size,
        copied=copied,
    )


def save_attachment(
    office: Office, folder: Path, name: str, data: bytes, received_at: datetime, origin: MailOrigin
) -> InboxFile:
    """An attachment saved in a folder below 收件箱; raises UserError where it cannot be written."""
    try:
        path, _ = _save_copy(folder, name, data, received_at, from_web=True)
    except OSError as error:
        raise UserError(
            f"邮件附件没有保存：{reason_of(error)}（{folder.name}）；已登记的不受影响，排除后重新运行 zwgk fetch 即可。"
        ) from error
    return InboxFile(path, _relative(office, path), received_at, size=len(data), origin=origin)


def without_acting_name(office: Office, arrival: InboxFile) -> InboxFile | Problem:
    """A file that somebody put into 收件箱, renamed where its name means something to us, to Python or to a system.

    So is one whose name has characters that are not seen. The problem tells why that cannot be done now. The caller
    holds the ledger's lock.
    """
    path = arrival.path
    if not acts(path.name) and not is_disguised(path.name):
        return arrival
    safe, number = safe_name(path.name), 1
    while os.path.lexists(target := path.with_name(numbered(safe, number))):
        number += 1
    try:
        path.rename(target)
    except OSError as error:
        return _unread(office, path, error)
    return replace(arrival, path=target, file=_relative(office, target))


def load(office: Office, arrival: InboxFile) -> LoadedFile | Problem:
    """A file with its bytes; the problem says why it cannot be read now."""
    try:
        data = read_file(arrival.path)
    except TooLargeError as error:
        # Its own name is in its hash: what is not read is a copy of nothing else.
        beginning = f"{arrival.file}\n{error.size}\n".encode() + error.head
        return replace(_loaded(arrival, beginning), data=b"", too_large=_size_problem(arrival, error.size))
    except OSError as error:
        return _unread(office, arrival.path, error)
    return _loaded(arrival, data)


def load_all(office: Office, arrivals: Iterable[InboxFile]) -> Iterator[tuple[InboxFile, LoadedFile | Problem]]:
    """Many files with their bytes, in order; a few are read and hashed ahead, on all processors."""
    with ThreadPoolExecutor(_THREADS) as pool:
        waiting: deque[Future[list[tuple[InboxFile, LoadedFile | Problem]]]] = deque()
        for some in _portions(arrivals):
            waiting.append(pool.submit(_load_some, office, some))
            if len(waiting) > _THREADS:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()


def _load_some(office: Office, arrivals: Sequence[InboxFile]) -> list[tuple[InboxFile, LoadedFile | Problem]]:
    return [(each, load(office, each)) for each in arrivals]


def _portions(arrivals: Iterable[InboxFile]) -> Iterator[list[InboxFile]]:
    some: list[InboxFile] = []
    for arrival in arrivals:
        if some and (len(some) == _FILES or sum(each.size for each in some) + arrival.size > _BYTES):
            yield some
            some = []
        some.append(arrival)
    if some:
        yield some


def _size_problem(arrival: InboxFile, size: int) -> Problem:
    return too_large(size, arrival.file.partition("/")[2] or arrival.file)


def _loaded(arrival: InboxFile, data: bytes) -> LoadedFile:
    sha256 = hashlib.sha256(data).hexdigest()
    receipt = Receipt(
        arrival.file,
        sha256,
        arrival.received_at,
        Verdict.QUARANTINED,
        arrival.estimated,
        file_time=arrival.file_time,
    )
    return LoadedFile(arrival, receipt, data)


def unpack(office: Office, archive: LoadedFile, members: Sequence[Member]) -> Iterator[LoadedFile]:
    """Save an archive's members next to it, with its receipt time, and load each; raises UserError where that fails."""
    arrival = archive.arrival
    folder = arrival.path.with_name(f"{safe_name(arrival.path.name)}{UNPACKED_FOLDER}")
    from_web = arrival.origin is not None or is_from_web(arrival.path)
    for member in members:
        try:
            written = arrival.file_time or arrival.received_at
            path, copied = _save_copy(folder, member.name, member.data, written, from_web=from_web)
        except OSError as error:
            raise UserError(
                f"压缩包“{arrival.path.name}”没有解压：{reason_of(error)}（{folder.name}）；"
                "它尚未登记，排除后重新运行即可。"
            ) from error
        yield _loaded(replace(arrival, path=path, file=_relative(office, path), copied=copied), member.data)


def _save_copy(
    folder: Path, name: str, data: bytes, moment: datetime | None, *, from_web: bool
) -> tuple[Path, bool]:
    """The path of a copy under a safe, unused name, and whether it was made now.

    An existing file with the same name and bytes is that copy.

    What came ``from_web``, by mail or in what came so, says so to Windows.
    """
    safe, number = safe_name(name), 1
    while (target := folder / numbered(safe, number)).exists() and not _holds(target, data):
        number += 1
    made = not target.exists()
    write_atomic(target, data, modified=None if moment is None else clock.to_timestamp(moment))
    if from_web:
        mark_as_from_web(target, target.stat().st_mtime)
    return target, made


def _regular(path: Path) -> os.stat_result:
    """The status of a regular file; raises OSError for anything else."""
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):
        raise not_a_file(path)
    return found


def _copied(office: Office, path: Path, moment: datetime | None) -> tuple[Path, bool]:
    data, from_web = read_file(path), is_from_web(path)
    return _save_copy(office.workspace.inbox, path.name, data, moment, from_web=from_web)


def _holds(path: Path, data: bytes) -> bool:
    return path.is_file() and path.stat().st_size == len(data) and path.read_bytes() == data


def _in_inbox(office: Office, path: Path) -> bool:
    return path.parent.resolve().is_relative_to(office.workspace.inbox.resolve())


def _relative(office: Office, path: Path) -> str:
    """A path relative to the workspace, as the ledger has it; a link in 收件箱 counts as a file there."""
    return (path.parent.resolve() / path.name).relative_to(office.workspace.root.resolve()).as_posix()


def _written(found: os.stat_result) -> datetime | None:
    """The file's own time; None for one that no calendar has."""
    try:
        return clock.from_timestamp(found.st_mtime)
    except (ValueError, OverflowError):
        return None


def _unread(office: Office, path: Path, error: OSError) -> Problem:
    name = path.relative_to(office.workspace.inbox).as_posix() if _in_inbox(office, path) else path.name
    return problem("file_locked", CellRef(name), reason=reason_of(error))
