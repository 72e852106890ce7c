"""What a terminal is sent: the raw bytes of a program that runs in a pseudo-terminal, and what acts in them."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import pytest

OUR_OWN = re.compile(r"\x1b\[[0-9;]*[mAK]|\x1b\[\?25[lh]|\r")
"""What rich writes: colours, and for progress bars lines up, erased lines, the cursor hidden and shown."""
HOSTILE = (
    "\x1b[2J清屏",
    "\x1b]0;标题\x07",
    "\x1b]8;;http://evil.example\x1b\\链接\x1b]8;;\x1b\\",
    "\x9b31m八位",
    "\x9d0;八位标题\x9c",
    "正常\r伪装",
    "退\b\b格",
    "表\u202excod.exe",
    "\u2066隔离\u2069",
    "零\u200b宽\ufeff",
    "行\u2028分\u2029段",
    "标签\U000e0041\U000e007f",
    "删\x7f除\x00空",
    "孤\ud83d儿",
)
"""Texts that act on a terminal, each in another way."""


def acting(text: str) -> list[str]:
    """The characters of a text, after what rich writes is taken out, that move, colour, reorder or break lines."""
    kinds = ("Cc", "Cf", "Zl", "Zp", "Cs")
    left = OUR_OWN.sub("", text)
    return [repr(char) for char in left if char not in "\n\t" and unicodedata.category(char) in kinds]


def at_a_terminal(monkeypatch: pytest.MonkeyPatch, typed: str) -> None:
    """Let a person sit at the terminal, who types this."""
    stdin = io.StringIO(typed)
    monkeypatch.setattr(stdin, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stdin", stdin)


def in_a_terminal(*arguments: str | Path, cwd: Path) -> str:
    """All that ``zwgk`` with these arguments sends to a terminal of 200 columns."""
    import fcntl
    import pty
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 200, 0, 0))
    command = [sys.executable, "-P", "-m", "zwgk_excel", *map(str, arguments)]
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs, cwd=cwd, env=os.environ | {"TERM": "xterm"}
    ):
        os.close(theirs)
        return b"".join(_until_closed(ours)).decode("utf-8", errors="surrogateescape")


def _until_closed(terminal: int) -> Sequence[bytes]:
    parts: list[bytes] = []
    while True:
        try:
            part = os.read(terminal, 65536)
        except OSError:  # Linux' way to say that the other side was closed
            part = b""
        if not part:
            os.close(terminal)
            return parts
        parts.append(part)
