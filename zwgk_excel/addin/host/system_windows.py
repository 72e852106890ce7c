"""The host where no program can be reached: plain windows of the system, and files opened by whatever opens them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from zwgk_excel.addin.host.host import OpenBook, View
from zwgk_excel.layout.buttons import ribbon_tab
from zwgk_excel.workflow.errors import UserError

OPENING = 5.0
"""Seconds that opening a file is waited for."""
_YES, _NO, _OK = 6, 7, 1
"""What Windows' box answers; 2 is its cancel."""
_KEYS = {"ok_cancel": 0x01, "yes_no_cancel": 0x03}


class SystemWindows:
    """A :class:`zwgk_excel.addin.host.host.Host` without a program: nothing is open in it, and nothing can be typed."""

    live = None
    chooser = None
    program = "（没有连上表格程序）"
    front = None
    can_type = False

    def books(self) -> Sequence[OpenBook]:
        """None are known: whether a file is open shows when it is to be written."""
        return ()

    def save_and_close(self, path: Path) -> None:
        """Nothing is open here."""

    def open_at(self, path: Path, view: View = View()) -> None:  # immutable
        """Open it with whatever the system opens it with."""
        open_path(path)

    def tell(self, text: str) -> None:
        """A window of the system, else the error output."""
        if sys.platform == "win32":
            _box(text, 0x40)
        else:
            sys.stderr.write(f"{text}\n")

    def ask(self, text: str, buttons: str) -> str:
        """Windows' own box. Raises UserError elsewhere."""
        if sys.platform == "win32":
            return {_OK: "ok", _YES: "yes", _NO: "no"}.get(_box(text, _KEYS[buttons] | 0x20), "cancel")
        else:
            raise UserError(f"这里没有可以提问的窗口，什么也没有改动。要问的是：\n{text}")

    def ask_text(self, question: str, default: str) -> str | None:
        """Nobody asks: there is no such window."""
        raise UserError(question)

    def choose_folder(self, question: str) -> Path | None:
        """Raises UserError: there is no such window."""
        raise UserError("这里不能弹出选择文件夹的窗口；请在命令行运行 zwgk init 新建工作区，再打开其中的文件。")

    def progress(self, text: str) -> None:
        """There is nowhere to show it."""


def _box(text: str, look: int) -> int:
    import ctypes

    return int(ctypes.windll.user32.MessageBoxW(None, text, ribbon_tab().label, look))  # type: ignore[attr-defined]


def is_opened(path: Path) -> bool:
    """Open a file or folder as :func:`open_path`; False where the system has nothing that opens it."""
    try:
        open_path(path)
    except OSError:
        return False
    return True


def open_path(path: Path) -> None:
    """Open a file or folder with whatever the system opens it with. Raises OSError where it has nothing of the kind."""
    if sys.platform == "win32":
        os.startfile(path)
    else:
        command = "open" if sys.platform == "darwin" else "xdg-open"
        opener = subprocess.Popen([command, str(path)], start_new_session=True)
        # On some desktops it ends only with the program that shows the file; the button does not wait for that.
        with suppress(subprocess.TimeoutExpired):
            opener.wait(timeout=OPENING)
