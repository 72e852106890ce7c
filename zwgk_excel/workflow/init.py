"""``zwgk init``: a new workspace with the shipped duty table and roster."""

from __future__ import annotations

from pathlib import Path

from zwgk_excel.layout.resources import read_text
from zwgk_excel.ledger import open_ledger
from zwgk_excel.workbooks.files import write_atomic
from zwgk_excel.workbooks.tables.reading import duty_table_workbook, roster_workbook
from zwgk_excel.workflow import clock
from zwgk_excel.workflow.errors import UserError, reason_of
from zwgk_excel.workflow.workspace import SETTINGS_FILE, Workspace, open_workspace


def init_workspace(root: Path) -> Workspace:
    """Make a workspace in ``root``; run again it adds what is missing and overwrites nothing.

    Raises UserError where ``root`` is a file, cannot be written, or holds other things.
    """
    _check_folder(root)
    try:
        root.mkdir(parents=True, exist_ok=True)
        _write_new(root / SETTINGS_FILE, read_text("zwgk.toml").encode("utf-8"))
        workspace = open_workspace(root)
        if not workspace.duty_table.exists():
            _write_new(workspace.duty_table, duty_table_workbook())
        if not workspace.roster.exists():
            _write_new(workspace.roster, roster_workbook())
        workspace.inbox.mkdir(exist_ok=True)
        (root / "发件箱").mkdir(exist_ok=True)
    except OSError as error:
        raise UserError(f"无法在“{root}”新建工作区：{reason_of(error)}。") from None
    open_ledger(workspace.ledger_url, create=True, now=clock.now).close()
    return workspace


def _check_folder(root: Path) -> None:
    if root.exists() and not root.is_dir():
        raise UserError(f"“{root}”是文件，不能作为工作区；请另选文件夹。")
    if root.is_dir() and not (root / SETTINGS_FILE).exists() and any(root.iterdir()):
        raise UserError(f"“{root}”里已有其他文件；请选一个空文件夹作为工作区。")


def _write_new(path: Path, data: bytes) -> None:
    if not path.exists():
        write_atomic(path, data)
