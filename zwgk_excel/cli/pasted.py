"""Words within commands that are shown to be pasted: the office's own, never a stranger's, and quoted all the same.

A file is named by the number of its receipt: sh, cmd and PowerShell quote each in another way, and none a digit.
"""

from __future__ import annotations

import re
import shlex
import sys

_PLAIN = re.compile(r"[\w./-]+")
_NO_QUOTES_HELP = re.compile(r'["$`%\u201c-\u201f]|\\$')
"""What acts between double quotes in cmd or PowerShell, where typographic quotes end them too; ``\\"`` ends none."""


def pasted(*words: str, windows: bool = sys.platform == "win32") -> str:
    """The words as a command for this system's shells; empty where one of them cannot be quoted for all of them."""
    quoted = [word if _PLAIN.fullmatch(word) else (_for_windows if windows else _for_posix)(word) for word in words]
    return " ".join(quoted) if all(quoted) else ""


def _for_posix(word: str) -> str:
    return shlex.quote(word) if word.isprintable() else ""


def _for_windows(word: str) -> str:
    return "" if _NO_QUOTES_HELP.search(word) or not word.isprintable() else f'"{word}"'
