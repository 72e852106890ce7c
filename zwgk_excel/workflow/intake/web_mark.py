"""The mark of the web: what says on Windows that a file came from outside.

Excel, Word and WPS open a marked file in a protected view, without macros and links; Explorer asks before it runs one.
The mark is a second stream of the file (https://learn.microsoft.com/openspecs/windows_protocols/ms-fscc, section 5.6.1)
and is lost when its bytes are copied.
"""

from __future__ import annotations

import logging
import os
import re
import sys
from functools import cache
from pathlib import Path

_log = logging.getLogger(__name__)
ON_WINDOWS = sys.platform == "win32"
"""Elsewhere files have no such streams, and nothing reads the mark."""
_STREAM = "Zone.Identifier"
_INTERNET = b"[ZoneTransfer]\r\nZoneId=3"
_OUTSIDE = re.compile(rb"^\s*ZoneId\s*=\s*[34]\s*$", re.MULTILINE)
"""The zones of the Internet and of restricted sites."""


def mark_as_from_web(path: Path, modified: float) -> None:
    """Mark a file, which keeps its time ``modified`` (seconds since 1970); does nothing but on Windows.

    A file system without streams (FAT, many network drives) cannot keep the mark: that is logged once for each drive.
    """
    if not ON_WINDOWS:
        return
    try:
        Path(f"{path}:{_STREAM}").write_bytes(_INTERNET)
        os.utime(path, (modified, modified))
    except OSError as error:
        _log_once(path.drive, error.strerror or str(error))


def is_from_web(path: Path) -> bool:
    """Whether a file is marked; False but on Windows."""
    if not ON_WINDOWS:
        return False
    try:
        return _OUTSIDE.search(Path(f"{path}:{_STREAM}").read_bytes()) is not None
    except OSError:  # it has no mark, or the drive keeps none
        return False


@cache
def _log_once(drive: str, reason: str) -> None:
    _log.info("files on %s cannot be marked as from the web: %s", drive or "this drive", reason)
