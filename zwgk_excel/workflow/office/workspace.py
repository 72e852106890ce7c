"""A workspace: one folder with all data of an office, copied to back it up."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from zwgk_excel.domain.periods import Month, Period
from zwgk_excel.layout.columns import layout
from zwgk_excel.mail.servers import ssl_context
from zwgk_excel.workflow.errors import UserError, reason_of
from zwgk_excel.workflow.office.settings import Settings, read_settings
from zwgk_excel.workflow.office.trust import trust_mark

if TYPE_CHECKING:
    import ssl

SETTINGS_FILE = "zwgk.toml"


@dataclass(frozen=True, slots=True)
class Workspace:
    """The paths of a workspace's files, and its settings."""

    root: Path
    settings: Settings
    id: str = ""
    """What lies in ``zwgk.id``; passwords are bound to it. Empty for one that is only read."""

    @property
    def duty_table(self) -> Path:
        """责任分工表.xlsx."""
        return self.root / layout("duty_table").file_name

    @property
    def roster(self) -> Path:
        """单位通讯录.xlsx."""
        return self.root / layout("roster").file_name

    @property
    def catalogue(self) -> Path:
        """标准目录.xlsx; made by its first import."""
        return self.root / layout("catalogue").file_name

    @property
    def tracker(self) -> Path:
        """总台账.xlsx."""
        return self.root / layout("tracker").file_name

    @property
    def inbox(self) -> Path:
        """收件箱: returned files, never modified or deleted."""
        return self.root / "收件箱"

    @property
    def mailed(self) -> Path:
        """收件箱/邮件: files that came by mail, a folder for each month and in it one for each mail."""
        return self.inbox / "邮件"

    @property
    def authority(self) -> Path | None:
        """The certificates of the office's own authority ([mail] ca_file); None for none."""
        name = self.settings.mail.ca_file
        return self.root / name if name else None

    @property
    def ledger_url(self) -> str | Path:
        """The ledger's location: a database URL, or the path of the SQLite file."""
        return self.settings.ledger.url or self.own_ledger

    @property
    def own_ledger(self) -> Path:
        """zwgk.db: the SQLite file, used where no database is set."""
        return self.root / "zwgk.db"

    def outbox(self, cycle: Month) -> Path:
        """发件箱 of a cycle."""
        return self.root / "发件箱" / str(cycle)

    @property
    def templates(self) -> Path:
        """模板: the office's own copies of templates."""
        return self.root / "模板"

    @property
    def mail_texts(self) -> Path:
        """邮件文字: the office's own copies of ``mail_….txt``, which take precedence over the shipped ones."""
        return self.root / "邮件文字"

    @property
    def kept_pages(self) -> Path:
        """网页存档: pages as they were when their links were visited, never opened by the program."""
        return self.root / "网页存档"

    @property
    def website_lists(self) -> Path:
        """网站清单: exports of the website's back office, put there to be imported."""
        return self.root / "网站清单"

    @property
    def published_catalogues(self) -> Path:
        """标准目录: tables as counties publish them, put there to be imported into the catalogue."""
        return self.root / "标准目录"

    def bulletins(self, period: Period) -> Path:
        """通报 of a month, a quarter or a year."""
        return self.root / "通报" / str(period)

    def relative(self, path: Path) -> str:
        """A path inside the workspace as the ledger and links write it: relative, with ``/``."""
        return path.resolve().relative_to(self.root.resolve()).as_posix()


def is_workspace(folder: Path) -> bool:
    """Whether a folder has a workspace's settings."""
    try:
        return (folder / SETTINGS_FILE).is_file()
    except OSError:  # a folder above that one may not look into
        return False


def enclosing_workspace(path: Path) -> Path | None:
    """The outermost workspace that a file or folder lies in, itself not counted; None where it lies in none.

    It lies where its path says, and where that leads to when links are followed: neither may be in a workspace.
    """
    places = (Path(os.path.normpath(path.absolute())), path.resolve())
    found = (folder for place in places for folder in reversed(place.parents) if is_workspace(folder))
    return next(found, None)


def refuse_enclosed(root: Path) -> None:
    """Raise UserError for a folder in another workspace: what strangers send arrives there, settings among it."""
    if outer := enclosing_workspace(root):
        raise UserError(
            f"“{root}”在工作区“{outer}”里面；工作区里的文件夹（如收件箱）不能当作工作区，请用 -w 指定正确的工作区。"
        )


def open_workspace(root: Path) -> Workspace:
    """The workspace in ``root``, to act by its settings.

    Raises UserError where there is none, or where it lies in another; UntrustedWorkspaceError where the user has not
    consented to it.
    """
    _check_place(root)
    mark = trust_mark(root)
    return Workspace(root, read_settings(root / SETTINGS_FILE), mark.workspace)


def foreign_workspace(root: Path) -> Workspace:
    """The workspace in ``root``, whoever made it, only to be read; raises UserError as :func:`open_workspace` does."""
    _check_place(root)
    return Workspace(root, read_settings(root / SETTINGS_FILE))


def _check_place(root: Path) -> None:
    if not is_workspace(root):
        raise UserError(f"“{root}”不是工作区（没有 {SETTINGS_FILE}）；请用 -w 指定工作区，或先运行 zwgk init 新建。")
    refuse_enclosed(root)


def trusted_certificates(workspace: Workspace) -> ssl.SSLContext:
    """The TLS context that verifies the certificates of mail servers.

    Raises UserError where the file of [mail] ca_file cannot be read.
    """
    try:
        return ssl_context(workspace.authority)
    except OSError as error:
        raise UserError(
            f"[mail] ca_file 的证书“{workspace.settings.mail.ca_file}”无法读取（{reason_of(error)}）；"
            "请核对 zwgk.toml 中的文件名，内容应为 PEM 格式的证书。"
        ) from error
