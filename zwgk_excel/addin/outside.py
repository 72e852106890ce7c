"""Where the program cannot be reached from Python (WPS): the same work on the saved files, and plain system windows."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from zwgk_excel.domain.periods import Month
from zwgk_excel.workflow import clock
from zwgk_excel.workflow.errors import UserError

COMMANDS: Mapping[str, str] = {
    "generate": "请在命令行运行 zwgk generate {month}",
    "send": "请在命令行运行 zwgk send {month}（先预览，加 --yes 才发出）",
    "fetch": "请在命令行运行 zwgk fetch",
    "remind": "请在命令行运行 zwgk remind（先预览，加 --yes 才发出）",
    "assess": "请在命令行运行 zwgk assess {month}",
    "publish": "请在命令行运行 zwgk bulletin {month}",
    "open_workspace": "请在命令行用 cd 进入工作区文件夹，新建用 zwgk init 文件夹",
    "check": "请在命令行运行 zwgk check",
    "open_inbox": "请直接打开工作区文件夹中的“收件箱”",
    "self_test": "请在命令行运行 zwgk doctor",
    "help": "请在命令行运行 zwgk --help",
}
"""Button → what does the same without it; 汇总 is not among them, since it is done on the saved file."""
_UNREACHABLE = "本机的表格程序不支持从按钮直接操作（如 WPS），"


def run(button: str) -> None:
    """Do what ``button`` does as far as files allow, reopen the tracker, and say so."""
    if button != "consolidate":
        instead = COMMANDS[button].format(month=Month.of(clock.now().date()))
        show(f"{_UNREACHABLE}此按钮不可用；{instead}。")
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
    from zwgk_excel.addin.summary import summary
    from zwgk_excel.workflow.consolidation.consolidating import consolidate
    from zwgk_excel.workflow.office.context import open_office
    from zwgk_excel.workflow.users import current_user

    root = remembered()
    if root is None:
        raise UserError("还不知道工作区在哪里；请先在命令行运行 zwgk init 新建，或用 zwgk -w 指定。")
    with open_office(root) as office:
        done = consolidate(office, as_of=None, who=current_user())
        return office.workspace.tracker, summary(done.taken, done.decisions, done.statuses)


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
