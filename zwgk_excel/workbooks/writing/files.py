"""Atomic writes of files and folders."""

from __future__ import annotations

import errno
import glob
import os
import secrets
import shutil
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PREFIX, _SUFFIX = ".zwgk-", ".tmp"
_NOT_FOR_FOLDERS = {errno.EINVAL, errno.ENOTSUP}
"""What network folders answer that cannot be told to write their names."""


def remove_temporary_files(folder: Path) -> None:
    """Delete leftover temporary files of :func:`write_atomic` in a folder and its subfolders.

    Call it only while holding the lock of the ledger or the folder, when nobody else writes.
    """
    for path in folder.rglob(f"{_PREFIX}*{_SUFFIX}"):
        path.unlink(missing_ok=True)


@contextmanager
def atomic_replacement(path: Path) -> Iterator[Path]:
    """A temporary file next to ``path``, moved to it when the block ends; deleted when it fails.

    For data too big for memory; raises OSError as :func:`write_atomic` does.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = _new_file(path)
    try:
        yield temporary
        with temporary.open("r+b") as stream:
            os.fsync(stream.fileno())
        temporary.replace(path)
        _sync_folder(path.parent)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_atomic(path: Path, data: bytes, *, modified: float | None = None) -> bool:
    """Write ``data`` to ``path`` through a temporary file in the same folder; False where the content was equal.

    ``modified`` is the modification time (seconds since 1970) of the new file. Raises OSError (PermissionError where
    another program holds the file open) and then leaves ``path`` unchanged.
    """
    if path.exists() and path.read_bytes() == data:
        return False
    with atomic_replacement(path) as temporary:
        temporary.write_bytes(data)
        if modified is not None:
            os.utime(temporary, (modified, modified))
    return True


def _new_file(path: Path) -> Path:
    """An empty file beside ``path`` that may be read by whom the user's umask says, or by whom ``path`` could be."""
    temporary = path.with_name(f"{_PREFIX}{secrets.token_hex(6)}{_SUFFIX}")
    os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
    if path.exists():
        temporary.chmod(stat.S_IMODE(path.stat().st_mode) | stat.S_IRUSR | stat.S_IWUSR)
    return temporary


def _sync_folder(folder: Path) -> None:
    """Let the names in a folder survive a power cut, as what its files hold does; Windows has no such call."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in _NOT_FOR_FOLDERS:
            raise
    finally:
        os.close(handle)


@contextmanager
def replacing_folder(folder: Path, tag: str = "") -> Iterator[Path]:
    """A new folder next to ``folder``, moved to it when the block ends; deleted when it fails.

    ``tag`` is part of the temporary names; leftovers of a killed run with the same tag are cleaned up first. Raises
    OSError, also where another program holds a file of ``folder`` open; ``folder`` is unchanged then.
    """
    new_names, old_names = f".zwgk{tag}-new-", f".zwgk{tag}-old-"
    folder.parent.mkdir(parents=True, exist_ok=True)
    _recover(folder, new_names, old_names)
    new = folder.parent / f"{new_names}{secrets.token_hex(6)}"
    new.mkdir()
    try:
        yield new
        _replace_folder(new, folder, folder.parent / f"{old_names}{os.getpid()}")
    except BaseException:
        shutil.rmtree(new, ignore_errors=True)
        raise


def _recover(folder: Path, new_names: str, old_names: str) -> None:
    """Restore a folder that a killed run had moved, and remove its leftovers."""
    for old in folder.parent.glob(f"{glob.escape(old_names)}*"):
        if folder.exists():
            shutil.rmtree(old)
        else:
            old.replace(folder)
    for left in folder.parent.glob(f"{glob.escape(new_names)}*"):
        shutil.rmtree(left)


def _replace_folder(new: Path, folder: Path, aside: Path) -> None:
    if folder.exists():
        folder.replace(aside)
    try:
        new.replace(folder)
    except OSError:
        if aside.exists():
            aside.replace(folder)
        raise
    _sync_folder(folder.parent)
    if aside.exists():
        shutil.rmtree(aside)
