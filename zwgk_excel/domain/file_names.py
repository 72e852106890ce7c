"""Names of files that came from outside, made safe for every file system we may be copied to."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 200
"""UTF-8 bytes of a safe name: file systems allow 255, and a number, a folder's ending and the like must still fit."""

_LONGEST_SUFFIX = 16
_NAMELESS = "未命名"
_FORBIDDEN = re.compile(r'[<>:"/\\|?*]')
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
"""Control and format characters (a right-to-left mark turns ``fdp.xlsx`` around), lone surrogates, unassigned ones."""
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])\s*(\.|$)", re.IGNORECASE)
"""Device names of Windows, with any ending: https://learn.microsoft.com/windows/win32/fileio/naming-a-file."""


def safe_name(name: str) -> str:
    """The last part of a path as a name that is allowed on Windows, Linux and macOS, and at most LONGEST bytes long.

    What is shortened keeps its suffix. The name never begins as those files do that a scan of 收件箱 leaves out.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name).rstrip("/\\"))[-1]
    seen = "".join(char for char in last if unicodedata.category(char) not in _UNSEEN)
    plain = _FORBIDDEN.sub("_", seen).strip(" ").rstrip(". ")
    if not plain.strip("."):
        return _NAMELESS
    if plain.startswith((".", "~")) or _RESERVED.match(plain):
        plain = f"_{plain}"
    return _shortened(plain)


def numbered(name: str, number: int) -> str:
    """The name with a number before its suffix, ``回复（2）.xlsx``; as it is for number 1."""
    if number == 1:
        return name
    stem, suffix = _parts(name)
    return f"{stem}（{number}）{suffix}"


def _parts(name: str) -> tuple[str, str]:
    stem, dot, suffix = name.rpartition(".")
    if not stem or len(suffix.encode()) > _LONGEST_SUFFIX:
        return name, ""
    return stem, dot + suffix


def _shortened(name: str) -> str:
    if len(name.encode()) <= LONGEST:
        return name
    stem, suffix = _parts(name)
    room = LONGEST - len(suffix.encode())
    return stem.encode()[:room].decode(errors="ignore").rstrip(". ") + suffix
