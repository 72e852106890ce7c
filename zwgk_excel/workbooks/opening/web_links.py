"""Files that only lead elsewhere: what Windows, macOS and Linux make of an address that is dragged to a folder."""

from __future__ import annotations

import re

from zwgk_excel.domain.problems import CellRef, problem
from zwgk_excel.domain.text import one_line
from zwgk_excel.workbooks.opening.file_kinds import FileKind
from zwgk_excel.workbooks.opening.rejected import RejectedFileError

_ADDRESS = re.compile(rb"(?:^|\n)[ \t]*url\s*=\s*([^\r\n]+)|<key>url</key>\s*<string>([^<]+)", re.IGNORECASE)
_SHOWN = 300


def link_file(data: bytes, name: str) -> RejectedFileError:
    """The error for such a file, with the address that it leads to."""
    found = _ADDRESS.search(data[:4096].replace(b"\0", b""))
    address = one_line((found[1] or found[2]).decode("utf-8", "replace"))[:_SHOWN] if found else ""
    kind = f"{FileKind.WEB_LINK.value}（{address}）" if address else FileKind.WEB_LINK.value
    return RejectedFileError(problem("file_shortcut", CellRef(name), kind=kind))
