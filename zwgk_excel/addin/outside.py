"""Where the program cannot be reached from Python (WPS): the same work on the saved files, and plain system windows."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from zwgk_excel.workflow.errors import UserError

_UNREACHABLE = "本机的表格程序不支持从按钮直接操作（如 WPS），"


def run(button: str) -> None:
    """Do what ``button`` does as far as files allow, reopen the tracker, and say so."""
    if button != "consolidate":
        show(f"{_UNREACHABLE}此按钮不可用；请在命令行运行 zwgk，用法见 zwgk --help。")
        return
    try:
        tracker, words = _consolidate()
    except UserError as error:
        show(f"{_UNREACHABLE}改用命令行汇总：{error}")
        return
    show(f"{_UNREACHABLE}已改用命令行汇总已保存的文件：{words}")
    open_path(tracker)


def _consolidate() -> tuple[Path, str]:
    from zwgk_excel.addin.places import remembered
    from zwgk_excel.addin.session import user
    from zwgk_excel.addin.summary import summary
    from zwgk_excel.workflow.consolidate import consolidate
    from zwgk_excel.workflow.office import open_office

    root = remembered()
    if root is None:
        raise UserError("还不知道工作区在哪里；请先在命令行运行 zwgk init 新建，或用 zwgk -w 指定。")
    with open_office(root) as office:
        done = consolidate(office, as_of=None, who=user())
        return office.workspace.tracker, summary(done.taken, done.decisions, done.standings)


def show(text: str) -> None:
    """A message without the application: a window of the system, else the error output."""
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.user32.MessageBoxW(None, text, "政务公开", 0x40)
    else:
        sys.stderr.write(f"{text}\n")


def open_path(path: Path) -> None:
    """Open a file or folder with whatever the system opens it with."""
    if sys.platform == "win32":
        os.startfile(path)
    else:
        command = "open" if sys.platform == "darwin" else "xdg-open"
        subprocess.run([command, str(path)], check=False)
