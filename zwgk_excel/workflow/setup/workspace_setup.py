"""``zwgk init``: a new workspace with the shipped duty table and roster."""

from __future__ import annotations

import json
import re
from pathlib import Path

from zwgk_excel.layout.resources import read_text
from zwgk_excel.ledger import LedgerError, url_of
from zwgk_excel.workbooks.tables.read_tables import duty_table_workbook, roster_workbook
from zwgk_excel.workbooks.writing.files import write_atomic
from zwgk_excel.workflow import clock
from zwgk_excel.workflow.errors import UserError, reason_of
from zwgk_excel.workflow.office.ledger_access import ledger_fault, open_ledger_with_password
from zwgk_excel.workflow.office.trust import trust_workspace
from zwgk_excel.workflow.office.workspace import SETTINGS_FILE, Workspace, open_workspace, refuse_enclosed

_URL_LINE = re.compile(r"(?m)^# url = .*$")


def init_workspace(root: Path, *, ledger_url: str = "") -> Workspace:
    """Make a workspace in ``root``; an existing one gets what is missing, nothing is overwritten.

    A new one is trusted on this computer from then on. ``ledger_url`` is the ledger's database URL, empty for a file in
    the workspace. Raises UserError where ``root`` is a file or in another workspace, cannot be written, holds other
    files or another ledger's URL, or the ledger cannot be made; UntrustedWorkspaceError for an existing one that the
    user has not consented to.
    """
    _check_folder(root)
    _check_url(ledger_url)
    try:
        root.mkdir(parents=True, exist_ok=True)
        if _write_new(root / SETTINGS_FILE, _settings(ledger_url).encode("utf-8")):
            trust_workspace(root)
        workspace = open_workspace(root)
        _check_ledger(workspace, ledger_url)
        if not workspace.duty_table.exists():
            _write_new(workspace.duty_table, duty_table_workbook())
        if not workspace.roster.exists():
            _write_new(workspace.roster, roster_workbook())
        workspace.inbox.mkdir(exist_ok=True)
        (root / "发件箱").mkdir(exist_ok=True)
    except OSError as error:
        raise UserError(f"无法在“{root}”新建工作区：{reason_of(error)}。") from None
    try:
        open_ledger_with_password(workspace.ledger_url, workspace.id, create=True, now=clock.now).close()
    except LedgerError as error:
        raise ledger_fault(error, workspace.ledger_url, workspace.id) from error
    return workspace


def import_own_ledger(workspace: Workspace) -> int | None:
    """Copy the workspace's SQLite ledger into its empty database; returns the number of receipts.

    Without this an office that moves to a database would lose its history, and the key that its workbooks are signed
    with. None where nothing was copied. The file is not changed. Raises UserError.
    """
    place = workspace.ledger_url
    if isinstance(place, Path) or not workspace.own_ledger.is_file():
        return None
    try:
        with (
            open_ledger_with_password(workspace.own_ledger, workspace.id, now=clock.now) as old,
            open_ledger_with_password(place, workspace.id, now=clock.now) as new,
            old.exclusive(),
            new.exclusive(),
        ):
            return new.import_from(old)
    except LedgerError as error:
        raise ledger_fault(error, place, workspace.id) from error


def _settings(ledger_url: str) -> str:
    text = read_text("zwgk.toml")
    return _URL_LINE.sub(lambda _: f"url = {json.dumps(ledger_url)}", text, count=1) if ledger_url else text


def _check_url(ledger_url: str) -> None:
    """Raise UserError for a URL that is none: it must not get into the settings."""
    try:
        url_of(ledger_url)
    except LedgerError as error:
        raise ledger_fault(error, ledger_url) from error


def _check_ledger(workspace: Workspace, ledger_url: str) -> None:
    if ledger_url and workspace.ledger_url != ledger_url:
        raise UserError(f"这个工作区已有设置；请改 {SETTINGS_FILE} 里 [ledger] 的 url，再运行一次 zwgk init。")


def _check_folder(root: Path) -> None:
    refuse_enclosed(root)
    if root.exists() and not root.is_dir():
        raise UserError(f"“{root}”是文件，不能作为工作区；请另选文件夹。")
    if root.is_dir() and not (root / SETTINGS_FILE).exists() and any(root.iterdir()):
        raise UserError(f"“{root}”里已有其他文件；请选一个空文件夹作为工作区。")


def _write_new(path: Path, data: bytes) -> bool:
    return not path.exists() and write_atomic(path, data)
