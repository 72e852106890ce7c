"""What an export may replace: nothing of the workspace, nothing of others, nothing that is open or was edited."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from zwgk_excel.workbooks.rollup.export_workbook import is_own_export
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.office.open_files import require_not_open
from zwgk_excel.workflow.office.workspace import SETTINGS_FILE, Workspace

_STEP = "导出"
_OF_ZWGK = ("zwgk.", ".zwgk")
"""What the names of the settings, the ledger with its journal and lock, and temporary files begin with."""
_FOLDERS = ("收件箱", "发件箱", "退回修改", "通报", "模板", "邮件文字", "日志")


def require_replaceable(workspace: Workspace, target: Path) -> None:
    """Raise UserError for a workbook or folder that must not be written: see the first line of this module.

    A folder's content is checked by :func:`zwgk_excel.workflow.analysis.own_folder.own_folder`.
    """
    if belongs_to(workspace, target):
        raise UserError(f"“{target}”是工作区自己的文件或文件夹；请另选 --to 的位置。")
    blocked = next((each for each in target.parents if each.exists() and not each.is_dir()), None)
    if blocked is not None:
        raise UserError(f"无法写入“{target}”：“{blocked}”是一个文件，不是文件夹；请另选 --to 的位置。")


def require_own_book(path: Path) -> None:
    """Raise UserError where ``path`` is a folder, is open, or is a workbook not exported by us or edited since."""
    if path.is_dir():
        raise UserError(f"无法写入“{path}”：它是一个文件夹；请另选 --to 的文件名。")
    require_not_open(path, _STEP)
    if path.exists() and not is_own_export(path.read_bytes()):
        raise UserError(
            f"“{path}”不是 zwgk 导出的，或导出后有人改动过；没有替换它。请在 --to 另写文件名，或先把它移走。"
        )


def belongs_to(workspace: Workspace, target: Path) -> bool:
    """Whether a path is the workspace, contains it, or is one of its own files and folders or below one."""
    place, root = target.resolve(), workspace.root.resolve()
    if root.is_relative_to(place) or any(place.is_relative_to(each) for each in _own(workspace)):
        return True
    inside = place.relative_to(root).parts if place.is_relative_to(root) else ("",)
    names = {each.name.casefold() for each in _own(workspace)}
    return inside[0].casefold() in names or inside[0].casefold().startswith(_OF_ZWGK)


def _own(workspace: Workspace) -> Iterator[Path]:
    """The files and folders of a workspace, resolved; for each workbook also the folder of its name."""
    root = workspace.root.resolve()
    for book in (workspace.tracker, workspace.duty_table, workspace.roster):
        yield from (book.resolve(), book.with_suffix("").resolve())
    for name in (*_FOLDERS, SETTINGS_FILE):
        yield (root / name).resolve()
    if workspace.authority is not None:
        yield workspace.authority.resolve()
