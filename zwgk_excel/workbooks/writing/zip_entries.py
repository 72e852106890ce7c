"""What a workbook's zip file says of the system that wrote it: the same on every system."""

from __future__ import annotations

import zipfile
from typing import BinaryIO

MADE_ON = 0
"""The system of a zip entry (APPNOTE.TXT 4.4.2): MS-DOS, as Excel writes it; ``zipfile`` writes the running one."""
_RIGHTS = 0o600 << 16
"""Of a part, as ``zipfile`` writes them for one that was never a file."""


def tell_no_system(book: str | BinaryIO) -> None:
    """Write the directory of a finished workbook anew: where each part was made, and with which rights, is the same.

    Raises OSError.
    """
    with zipfile.ZipFile(book, "a") as archive:
        for part in archive.infolist():
            part.create_system, part.external_attr = MADE_ON, _RIGHTS
        archive.comment = b""  # at this zipfile writes the directory anew
