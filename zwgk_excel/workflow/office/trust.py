"""Which workspaces their user trusts on this computer: marks outside them, in the user's own folder of settings.

A workspace's settings name servers that get passwords, certificates to believe and jobs to run, so nobody acts by them
before the user has made the workspace here, or has consented to it. A mark holds for a path and for the id that lies in
the workspace (``zwgk.id``): another workspace put in its place has another id. The id is a file of its own, so that
nothing of a stranger's ledger is opened before the consent.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from zwgk_excel.domain.text import one_line
from zwgk_excel.workbooks.writing.files import write_atomic
from zwgk_excel.workflow import clock
from zwgk_excel.workflow.errors import UntrustedWorkspaceError, UserError, reason_of

ID_FILE = "zwgk.id"
VARIABLE = "ZWGK_CONFIG_DIR"
"""Names another folder for the marks, absolute: for accounts without a home."""
_ID = re.compile(r"[0-9a-f]{32}")
_ID_BYTES = 64
"""An id file longer than this is none."""


@dataclass(frozen=True, slots=True)
class TrustMark:
    """A workspace that the user trusts."""

    workspace: str
    """Its id."""
    since: datetime


def trust_mark(root: Path) -> TrustMark:
    """The mark of the workspace in ``root``; raises UntrustedWorkspaceError where the user has not consented to it."""
    mark, found = _stored_mark(root), workspace_id(root)
    if mark is None:
        raise UntrustedWorkspaceError(root, "还没有在这台电脑上确认过")
    if mark.workspace != found:
        raise UntrustedWorkspaceError(root, f"已不是在这台电脑上确认过的那一个（{ID_FILE} 不同或已丢失）")
    return mark


def is_trusted(root: Path) -> bool:
    """Whether the user has consented to the workspace in ``root``."""
    try:
        trust_mark(root)
    except UntrustedWorkspaceError:
        return False
    return True


def trust_workspace(root: Path) -> None:
    """Record the user's consent to the workspace in ``root``, which gets an id where it has none.

    Raises UserError where one of the two cannot be written.
    """
    place = _mark_place(root)
    try:
        if not workspace_id(root):
            write_atomic(root / ID_FILE, f"{secrets.token_hex(16)}\n".encode())
        content = {"path": _real_path(root), "workspace": workspace_id(root), "since": clock.now().isoformat()}
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_atomic(place, json.dumps(content, ensure_ascii=False, indent=2).encode("utf-8"))
        place.chmod(0o600)
    except OSError as error:
        raise UserError(
            f"无法记下对工作区的确认：无法写入“{error.filename or place}”（{reason_of(error)}）；"
            f"请检查权限，没有个人文件夹的账户请用环境变量 {VARIABLE} 指定一个文件夹。"
        ) from None


def withdraw_trust(root: Path) -> bool:
    """Remove the mark of the workspace in ``root``; False where there was none. Raises UserError."""
    place = _mark_place(root)
    try:
        place.unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise UserError(f"无法撤销对工作区的确认：无法删除“{place}”（{reason_of(error)}）。") from None
    return True


def workspace_id(root: Path) -> str:
    """The id that lies in a workspace; empty for none."""
    path = root / ID_FILE
    try:
        if not path.is_file():  # a pipe would keep us waiting
            return ""
        with path.open("rb") as stream:
            text = stream.read(_ID_BYTES).decode("ascii", errors="replace").strip()
    except OSError:  # one that cannot be read is not the one of a mark either
        return ""
    return text if _ID.fullmatch(text) else ""


def config_folder(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Path:
    """The user's own folder of settings for this program.

    Where the system wants it: %APPDATA%, ~/Library/Application Support, or XDG_CONFIG_HOME as the XDG Base Directory
    Specification has it. Raises UserError for a relative path in ZWGK_CONFIG_DIR, and where the user has no home.
    """
    if own := environment.get(VARIABLE, ""):
        if not Path(own).is_absolute():
            raise UserError(f"环境变量 {VARIABLE} 应为完整的路径，现为“{one_line(own)}”。")
        return Path(own)
    try:
        home = Path.home()
    except RuntimeError:
        raise UserError(f"系统没有给出当前用户的个人文件夹；请用环境变量 {VARIABLE} 指定一个文件夹。") from None
    if platform == "win32":
        return Path(environment.get("APPDATA") or home / "AppData" / "Roaming") / "zwgk"
    if platform == "darwin":
        return home / "Library" / "Application Support" / "zwgk"
    shared = Path(environment.get("XDG_CONFIG_HOME", ""))
    return (shared if shared.is_absolute() else home / ".config") / "zwgk"


def _mark_place(root: Path) -> Path:
    name = hashlib.sha256(_real_path(root).encode("utf-8", "surrogateescape")).hexdigest()[:32]
    return config_folder() / "trusted" / f"{name}.json"


def _real_path(root: Path) -> str:
    """A folder's path without links, and in Windows without differences of case."""
    return os.path.normcase(os.path.realpath(root))


def _stored_mark(root: Path) -> TrustMark | None:
    """The mark of a path; one that cannot be read is none, so that the user is asked again."""
    try:
        content = json.loads(_mark_place(root).read_bytes())
        mark = TrustMark(content["workspace"], datetime.fromisoformat(content["since"]))
        return mark if content["path"] == _real_path(root) and mark.workspace else None
    except (OSError, ValueError, KeyError, TypeError):
        return None
