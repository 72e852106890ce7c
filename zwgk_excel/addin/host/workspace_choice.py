"""Which workspace a button works on: that of the workbook in front, else the one used last, else a new one."""

from __future__ import annotations

import platform
from pathlib import Path
from typing import Any

from zwgk_excel.addin.host import session as sessions
from zwgk_excel.addin.host.session import Session
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.office.workspace import SETTINGS_FILE
from zwgk_excel.workflow.setup.workspace_setup import init_workspace

_REMEMBERED = "workspace.txt"
_FOLDER_PICKER = 4  # msoFileDialogFolderPicker


def workspace_of(session: Session) -> Path:
    """The workspace's folder. Raises UserError when there is none and the user makes none."""
    root = around(session.book) or remembered() or first_run(session)
    if root is None:
        raise UserError("没有选定工作区，什么也没有改动。")
    remember(root)
    return root


def around(book: Any) -> Path | None:
    """The workspace that a workbook lies in: its folder, or one above."""
    path = Path(book.fullname)
    if not path.is_absolute():
        return None
    return next((folder for folder in path.parents if (folder / SETTINGS_FILE).is_file()), None)


def remembered() -> Path | None:
    """The workspace used last, if it is still there."""
    note = sessions.HOME / _REMEMBERED
    if not note.is_file():
        return None
    root = Path(note.read_text(encoding="utf-8").strip())
    return root if (root / SETTINGS_FILE).is_file() else None


def remember(root: Path) -> None:
    """Let other buttons work on this workspace."""
    sessions.HOME.mkdir(parents=True, exist_ok=True)
    (sessions.HOME / _REMEMBERED).write_text(str(root.resolve()), encoding="utf-8")


def first_run(session: Session) -> Path | None:
    """Ask for a folder: one that is a workspace is taken, an empty one made one. None when the user gives up.

    Raises UserError for a folder that holds other things.
    """
    if session.ask("还没有工作区。请选一个空文件夹新建工作区，或选已有的工作区。") != "ok":
        return None
    folder = choose_folder(session.app)
    return None if folder is None else open_or_make(session, folder)


def open_or_make(session: Session, folder: Path) -> Path | None:
    """The workspace in ``folder``, made where there is none and the user agrees; None where not.

    Raises UserError for a folder that holds other things.
    """
    if not (folder / SETTINGS_FILE).is_file():
        if not session.confirm([f"“{folder}”还不是工作区。"], "在这里新建工作区吗？"):
            return None
        init_workspace(folder)
    return folder


def choose_folder(app: Any) -> Path | None:
    """The application's own dialog for a folder; None when it is cancelled."""
    if platform.system() != "Windows":
        raise UserError("这里不能弹出选择文件夹的窗口；请在命令行运行 zwgk init 新建工作区，再打开其中的文件。")
    dialog = app.api.FileDialog(_FOLDER_PICKER)
    return Path(dialog.SelectedItems(1)) if dialog.Show() else None
