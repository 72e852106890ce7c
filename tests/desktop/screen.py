"""A screen in memory: windows are found by their title, pointer and keys move as a person's, and a picture is taken."""

from __future__ import annotations

import os
import struct
import subprocess
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from tests.tools import require

T = TypeVar("T")
SIZE = 1500, 950
PATIENCE = 90.0
"""Seconds after which nothing is waited for any more."""


class Screen:
    """An X server of our own; use it as a context manager."""

    def __init__(self, folder: Path) -> None:
        """Its picture lies in ``folder``."""
        server, self._xdotool = require("Xvfb", "xdotool")
        read, write = os.pipe()
        size = "{}x{}x24".format(*SIZE)
        options = ["-screen", "0", size, "-fbdir", str(folder), "-nolisten", "tcp", "-displayfd", str(write)]
        self._server = subprocess.Popen([server, *options], pass_fds=[write], stderr=subprocess.DEVNULL)
        os.close(write)
        with os.fdopen(read) as number:
            self.display = f":{number.readline().strip()}"
        self._picture = folder / "Xvfb_screen0"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.terminate()
        self._server.wait()

    def windows(self, title: str) -> list[str]:
        """The numbers of the visible windows whose title begins so."""
        return self._do("search", "--onlyvisible", "--name", f"^{title}", check=False).split()

    def place(self, window: str) -> tuple[int, int, int]:
        """Left, top and height of a window, in pixels."""
        told = dict(line.split("=", 1) for line in self._do("getwindowgeometry", "--shell", window).splitlines())
        return int(told["X"]), int(told["Y"]), int(told["HEIGHT"])

    def click(self, x: int, y: int) -> None:
        """Move the pointer there and press its left button."""
        self._do("mousemove", str(x), str(y))
        time.sleep(0.05)  # LibreOffice highlights what is under the pointer first
        self._do("click", "1")

    def focus(self, window: str) -> None:
        """Let the keyboard type into a window; nothing where it has just gone."""
        self._do("windowfocus", window, check=False)

    def keys(self, *keys: str) -> None:
        """Press keys, one after the other."""
        self._do("key", "--delay", "30", *keys)

    def type(self, text: str) -> None:
        """Type a text."""
        self._do("type", "--delay", "20", "--", text)

    def png(self) -> bytes:
        """What is on the screen."""
        return _png(self._picture.read_bytes())

    def settled(self) -> bytes:
        """The same when nothing has moved for a second."""
        before, now = b"", self.png()
        while before != now:
            time.sleep(1)
            before, now = now, self.png()
        return now

    def _do(self, *command: str, check: bool = True) -> str:
        told = {**os.environ, "DISPLAY": self.display}
        done = subprocess.run([self._xdotool, *command], env=told, capture_output=True, text=True, check=False)
        assert not (check and done.returncode), done.stderr
        return done.stdout


def wait_for(what: Callable[[], T], seconds: float = PATIENCE, told: str = "") -> T:
    """The first true answer of a question that is asked again and again. Raises TimeoutError."""
    until = time.monotonic() + seconds
    while not (found := what()):
        if time.monotonic() > until:
            raise TimeoutError(told or f"{what}")
        time.sleep(0.05)
    return found


def _png(xwd: bytes) -> bytes:
    """An X window dump of 32 bits a pixel as PNG."""
    head = struct.unpack(">25I", xwd[:100])
    start, width, height, line = head[0] + 12 * head[19], head[4], head[5], head[12]
    rows = []
    for top in range(start, start + height * line, line):
        row, shown = xwd[top : top + 4 * width], bytearray(3 * width)
        shown[0::3], shown[1::3], shown[2::3] = row[2::4], row[1::4], row[0::4]
        rows.append(b"\0" + bytes(shown))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = (b"IHDR", header), (b"IDAT", zlib.compress(b"".join(rows), 9)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
