"""Where the program cannot be reached from Python (WPS): the same work on the saved files, and plain system windows."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from zwgk_excel.addin.host.workspace_choice import remembered
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.text import on_screen
from zwgk_excel.layout.buttons import ribbon_tab
from zwgk_excel.workflow import clock
from zwgk_excel.workflow.errors import UserError

OnFiles = Callable[[Path], tuple[Path, str]]
"""A button's work on the saved files of a workspace: the file to open afterwards, and the closing words."""
_UNREACHABLE = "本机的表格程序不支持从按钮直接操作（如 WPS），"


def run(button: str, on_files: OnFiles | None) -> None:
    """Do what ``button`` does as far as files allow, open what it made, and say so; else say what to do instead."""
    if on_files is None:
        instead = ribbon_tab().buttons[button].without_app.format(month=Month.of(clock.now().date()))
        show(f"{_UNREACHABLE}此按钮不可用；{instead}。")
        return
    label = ribbon_tab().buttons[button].label
    try:
        made, words = on_files(_workspace())
    except UserError as error:
        show(f"{_UNREACHABLE}改用命令行{label}：{error}")
        return
    show(f"{_UNREACHABLE}已改用命令行{label}已保存的文件：{words}")
    open_path(made)


def _workspace() -> Path:
    root = remembered()
    if root is None:
        raise UserError("还不知道工作区在哪里；请先在命令行运行 zwgk init 新建，或用 zwgk -w 指定。")
    return root


def show(text: str) -> None:
    """A message without the application: a window of the system, else the error output."""
    shown = on_screen(text, lines=True)
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.user32.MessageBoxW(None, shown, ribbon_tab().label, 0x40)
    else:
        sys.stderr.write(f"{shown}\n")


def open_path(path: Path) -> None:
    """Open a file or folder with whatever the system opens it with."""
    if sys.platform == "win32":
        os.startfile(path)
    else:
        command = "open" if sys.platform == "darwin" else "xdg-open"
        subprocess.run([command, str(path)], check=False)
