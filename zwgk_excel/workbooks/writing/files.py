"""Files, and folders of files, written whole or not at all."""

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
    """Remove the temporary files that a killed :func:`write_atomic` left in a folder and the folders in it.

    Only for one who holds the lock of the ledger or of the folder: nobody else is writing then.
    """
    for path in folder.rglob(f"{_PREFIX}*{_SUFFIX}"):
        path.unlink(missing_ok=True)


@contextmanager
def atomic_replacement(path: Path) -> Iterator[Path]:
    """A temporary file beside ``path`` to write to, put in its place when the block ends; gone when it fails.

    For what is too big to hold in memory; raises OSError as :func:`write_atomic` does.
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
    """Put ``data`` at ``path`` through a temporary file in the same folder; False when it was there already.

    ``modified`` is the time stamp (seconds since 1970) that the new file gets, from the moment it is there. Raises
    OSError (PermissionError where another program holds the file open) and then leaves ``path`` as it was.
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
    """A new folder beside ``folder`` to write to, put in its place when the block ends; gone when it fails.

    ``tag`` is part of the names that stand beside it meanwhile: what a killed run with the same tag left there is put
    right first. Raises OSError, also where another program holds a file of ``folder`` open, which then stays as it was.
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
    """Bring back a folder that a run had moved aside when it was killed, and remove what it left."""
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
