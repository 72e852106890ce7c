"""Checks of where a workspace lies, who acts there, the office's own templates, and whether ``zwgk`` is found."""

from __future__ import annotations

import os
import shutil
import sys
import sysconfig
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from zwgk_excel.layout.checkup import DiagnosticResult, check
from zwgk_excel.workflow.errors import reason_of
from zwgk_excel.workflow.intake.web_mark import is_from_web
from zwgk_excel.workflow.office.workspace import Workspace
from zwgk_excel.workflow.users import NOBODY, acting_person

SYNCED = (
    "onedrive", "dropbox", "google drive", "googledrive", "icloud", "坚果云", "我的坚果云", "nutstore", "百度网盘",
    "百度云同步盘", "baidunetdisk", "baidusyncdisk", "wpsdrive", "wps云盘", "wps云文档", "微云", "weiyun", "阿里云盘",
    "天翼云盘",
)  # fmt: skip
"""Beginnings of names of folders that a program copies to a server, small letters."""
_SYNCING = ("OneDrive", "OneDriveCommercial", "OneDriveConsumer")
"""Environment variables with such a folder."""
_REMOVABLE = ("/media/", "/run/media/", "/Volumes/")
_DRIVE_REMOVABLE = 2
"""What Windows says of a drive that can be taken out (GetDriveTypeW)."""


def person(workspace: Workspace) -> DiagnosticResult:
    """Whether what is decided here is recorded in somebody's name."""
    name = acting_person("", workspace.settings.office.person)
    return check("workspace", "person_missing") if name == NOBODY else check("workspace", "person_ok", name=name)


def place(root: Path, environment: Mapping[str, str] = os.environ) -> Iterator[DiagnosticResult]:
    """Whether the workspace lies where its files may be copied away or taken out; none where it does not."""
    folder = root.resolve()
    kept = [Path(value).resolve() for name in _SYNCING if (value := environment.get(name))]
    named = [part for part in folder.parts if part.casefold().startswith(SYNCED)]
    if named or any(folder.is_relative_to(each) for each in kept):
        yield check("workspace", "place_synced", path=folder)
    if _is_removable(folder):
        yield check("workspace", "place_removable", path=folder)


def _is_removable(folder: Path) -> bool:
    if sys.platform == "win32":
        import ctypes

        return ctypes.windll.kernel32.GetDriveTypeW(folder.anchor) == _DRIVE_REMOVABLE
    return folder.as_posix().startswith(_REMOVABLE)


def templates(workspace: Workspace) -> Iterator[DiagnosticResult]:
    """The office's own texts of mails and template of the bulletin; none where it has none."""
    texts = sorted(workspace.mail_texts.glob("*.txt"))
    document = sorted(workspace.templates.glob("*.docx"))
    faults = [f"{path.name}：{why}" for path in (*texts, *document) if (why := _fault(path))]
    if faults:
        yield check("workspace", "templates_wrong", faults="；".join(faults))
    elif names := [path.name for path in (*texts, *document)]:
        yield check("workspace", "templates_own", names="、".join(names))


def _fault(path: Path) -> str:
    """Why a template cannot be used at all; empty for nothing that is seen without filling it in."""
    try:
        if path.suffix == ".docx":
            return "" if zipfile.is_zipfile(path) else "不是 Word 文档（.docx）"
        path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        return "不是 UTF-8 编码的文本"
    except OSError as error:
        return reason_of(error)
    return ""


def marked(workspace: Workspace) -> Iterator[DiagnosticResult]:
    """Whether Windows takes the tracker or a table for a file from outside; none where it does not."""
    paths = (workspace.tracker, workspace.duty_table, workspace.roster)
    if names := [path.name for path in paths if is_from_web(path)]:
        yield check("workspace", "from_web", names="、".join(names))


def command(name: str | None = None) -> DiagnosticResult:
    """Whether ``zwgk`` typed in a new window is this program; ``name`` is what is found, by default along PATH."""
    found = shutil.which("zwgk") if name is None else name
    if not found:
        return check("program", "command_missing", folder=Path(sys.executable).parent)
    if not {Path(found).parent, Path(found).resolve().parent} & _own_folders():
        return check("program", "command_elsewhere", path=found, folder=Path(sys.executable).parent)
    return check("program", "command_ok", path=found)


def _own_folders() -> set[Path]:
    """Where the command of this interpreter may lie: beside it, above it (the bundle of Windows), where pip puts it."""
    beside = Path(sys.executable).parent
    schemes = (sysconfig.get_default_scheme(), f"{os.name}_user")
    return {beside, beside.parent, *(Path(sysconfig.get_path("scripts", scheme)) for scheme in schemes)}
