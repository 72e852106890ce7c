"""What a file may replace: nothing of a workspace, nothing of others, nothing open, nothing that somebody edited.

Every command that writes a file under a name the user gives asks here first; one that goes into the workspace under a
name of ours (通报, 名单) gets a number beside what was edited.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from zwgk_excel.domain.file_names import numbered, safe_name
from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.ooxml.edit_fingerprint import is_unedited
from zwgk_excel.workbooks.opening.bounded_files import read_file
from zwgk_excel.workbooks.writing.files import write_atomic
from zwgk_excel.workflow.errors import UserError, reason_of, remedy_of
from zwgk_excel.workflow.office.open_files import require_not_open
from zwgk_excel.workflow.office.workspace import SETTINGS_FILE, Workspace, enclosing_workspace, is_workspace

_STEP = "导出"
_ELSEWHERE = "请另写文件名或另选文件夹，或先把它移走。"
_MOST_BYTES = 1 << 30
"""Of an export of many years: a larger file is none of ours."""
_OF_ZWGK = ("zwgk.", ".zwgk")
"""What the names of the settings, the ledger with its journal and lock, and temporary files begin with."""
_BOOKS = ("tracker", "duty_table", "roster", "catalogue", "published")
_FOLDERS = ("收件箱", "发件箱", "退回修改", "通报", "模板", "邮件文字", "日志", "网页存档", "网站清单")


def require_replaceable(target: Path, workspace: Workspace | None = None) -> None:
    """Raise UserError for a file or folder that must not be written: of ``workspace``, or of one that it lies in.

    A folder's content is checked by :func:`zwgk_excel.workflow.analysis.own_folder.own_folder`.
    """
    if any(_belongs_to(each, target) for each in _own_places(target, workspace)):
        raise UserError(f"“{target}”是工作区自己的文件或文件夹；请另选位置。")
    blocked = next((each for each in target.parents if each.exists() and not each.is_dir()), None)
    if blocked is not None:
        raise UserError(f"无法写入“{target}”：“{blocked}”是一个文件，不是文件夹；请另选位置。")


def require_own_file(path: Path, is_own: Callable[[bytes], bool]) -> None:
    """Raise UserError where ``path`` is a folder, is open, or holds what ``is_own`` does not know as written by us."""
    if path.is_dir():
        raise UserError(f"无法写入“{path}”：它是一个文件夹；请写明其中的文件名。")
    require_not_open(path, _STEP)
    if not path.exists():
        return
    try:
        own = is_own(read_file(path, _MOST_BYTES))
    except OSError as error:
        raise UserError(f"“{path}”不能读取（{reason_of(error)}），没有替换它；{_ELSEWHERE}") from None
    if not own:
        raise UserError(f"“{path}”不是 zwgk 导出的，或导出后有人改动过；没有替换它。{_ELSEWHERE}")


def write_unless_edited(path: Path, data: bytes) -> tuple[Path, bool, tuple[Path, ...]]:
    """Write a file with an edit fingerprint to ``path``, or under the next number where that was edited.

    Returns (path written, whether it is new or changed, edited files that were not changed).
    """
    kept: list[Path] = []
    while True:
        place = path.with_name(safe_name(numbered(path.name, len(kept) + 1)))
        if not place.exists() or _is_ours(place):
            return place, write(place, data), tuple(kept)
        kept.append(place)


def kept_words(path: Path) -> str:
    """What is said of an edited file that was not changed."""
    return f"“{path.name}”已有人修改过，保持原样。"


def _is_ours(path: Path) -> bool:
    try:
        return is_unedited(path.read_bytes())
    except OSError as error:
        raise UserError(f"“{path}”不能读取：{reason_of(error)}；请关闭打开它的程序后再试。") from None


def write(path: Path, data: bytes) -> bool:
    """Write a file atomically; False when the content was equal. Raises UserError where it cannot be written."""
    try:
        return write_atomic(path, data)
    except OSError as error:
        raise UserError(f"无法写入“{path}”：{reason_of(error)}；{remedy_of(error)}后再试。") from None


def _own_places(target: Path, workspace: Workspace | None) -> Iterator[tuple[Path, tuple[Path, ...]]]:
    """(Folder of a workspace, what is its own) of the given one, and of any other at the target or around it."""
    if workspace is not None:
        yield workspace.root, tuple(_own(workspace.root, workspace.authority))
    around = target if is_workspace(target) else enclosing_workspace(target)
    if around is not None:
        yield around, tuple(_own(around, None))


def _belongs_to(workspace: tuple[Path, tuple[Path, ...]], target: Path) -> bool:
    """Whether a path is a workspace, contains it, or is one of its own files and folders or below one.

    Both where the path says and where its links lead to.
    """
    root, own = workspace[0].resolve(), workspace[1]
    names = {each.name.casefold() for each in own if each.parent == root}
    for place in (Path(os.path.normpath(target.absolute())), target.resolve()):
        if root.is_relative_to(place) or any(place.is_relative_to(each) for each in own):
            return True
        inside = place.relative_to(root).parts if place.is_relative_to(root) else ("",)
        if inside[0].casefold() in names or inside[0].casefold().startswith(_OF_ZWGK):
            return True
    return False


def _own(root: Path, authority: Path | None) -> Iterator[Path]:
    """The files and folders of a workspace, resolved; for each workbook also the folder of its name."""
    root = root.resolve()
    for book in _BOOKS:
        path = root / layout(book).file_name
        yield from (path, path.with_suffix(""), path.resolve())
    for name in (*_FOLDERS, SETTINGS_FILE):
        yield from (root / name, (root / name).resolve())
    if authority is not None:
        yield authority.resolve()
