"""Atomic writes of files and folders."""

from __future__ import annotations

import glob
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PREFIX, _SUFFIX = ".zwgk-", ".tmp"


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
    handle, name = tempfile.mkstemp(prefix=_PREFIX, suffix=_SUFFIX, dir=path.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        with temporary.open("r+b") as stream:
            os.fsync(stream.fileno())
        temporary.chmod(0o644)
        temporary.replace(path)
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
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=_PREFIX, suffix=_SUFFIX, dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(0o644)
        if modified is not None:
            os.utime(temporary, (modified, modified))
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return True


@contextmanager
def replacing_folder(folder: Path, tag: str = "") -> Iterator[Path]:
    """A new folder next to ``folder``, moved to it when the block ends; deleted when it fails.

    ``tag`` is part of the temporary names; leftovers of a killed run with the same tag are cleaned up first. Raises
    OSError, also where another program holds a file of ``folder`` open; ``folder`` is unchanged then.
    """
    new_names, old_names = f".zwgk{tag}-new-", f".zwgk{tag}-old-"
    folder.parent.mkdir(parents=True, exist_ok=True)
    _recover(folder, new_names, old_names)
    new = Path(tempfile.mkdtemp(prefix=new_names, dir=folder.parent))
    try:
        yield new
        new.chmod(0o755)
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
    if aside.exists():
        shutil.rmtree(aside)
