"""Who may read a ledger's file: it holds the key that signs report workbooks.

The user alone; where the folder may be written by the group (a share of several people of the office) or by everybody,
these too: whoever may replace the file anyway is not shut out of it. Windows has no such modes: there the folder's
permissions are inherited.
"""

from __future__ import annotations

import os
import stat
import sys
from contextlib import suppress
from pathlib import Path

_MODES = sys.platform != "win32"


def make_private(path: Path) -> None:
    """Create an empty file for a ledger that is not there yet; raises OSError."""
    if _MODES and not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, _allowed(path)))


def keep_private(path: Path) -> None:
    """Take from an existing file of this user what is too much; another's is left alone. Raises OSError."""
    if not (excess := excess_mode(path)):
        return
    found = path.stat()
    if found.st_uid == os.geteuid():
        with suppress(PermissionError):  # a disk without such modes (FAT): zwgk doctor tells
            path.chmod(stat.S_IMODE(found.st_mode) & ~excess)


def excess_mode(path: Path) -> int:
    """The bits of a file's mode that let in others who need not be; 0 for none, and where there is no file."""
    return stat.S_IMODE(path.stat().st_mode) & ~_allowed(path) if _MODES and path.is_file() else 0


def _allowed(path: Path) -> int:
    folder = path.parent.stat().st_mode
    # In a folder like /tmp everybody may add files, but replace only their own.
    writers = 0 if folder & stat.S_ISVTX else folder & (stat.S_IWGRP | stat.S_IWOTH)
    return stat.S_IRUSR | stat.S_IWUSR | writers | writers << 1
