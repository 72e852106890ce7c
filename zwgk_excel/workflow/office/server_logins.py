"""Who logs in where: what a password is bound to, so that no setting takes it to another server."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from zwgk_excel.domain.text import one_line
from zwgk_excel.ledger import account_of, display_location, url_of
from zwgk_excel.mail.servers import server
from zwgk_excel.workflow.errors import UserError

if TYPE_CHECKING:
    from zwgk_excel.workflow.office.workspace import Workspace

MAIL = ("smtp", "imap")
LEDGER, ROLLUP = "ledger", "rollup"
_NAMES = {"smtp": "发信服务器", "imap": "收信服务器", LEDGER: "数据库服务器", ROLLUP: "数据库服务器"}
_POSTGRESQL_PORT = 5432


@dataclass(frozen=True, slots=True)
class ServerLogin:
    """A login at a server, for one workspace."""

    protocol: str
    """``smtp``, ``imap``, ``ledger``, or ``rollup``: a database that the command line names."""
    user: str
    host: str
    port: int
    workspace: str
    """Its id; empty for ``rollup``."""
    former: str
    """The keyring's account of versions before 0.2, which bound a password to less."""

    @property
    def server(self) -> str:
        """``host:port``, the host in lower case."""
        return f"{self.host.lower().removesuffix('.')}:{self.port}"

    @property
    def account(self) -> str:
        """The keyring's account of the password."""
        return f"{self.protocol}:{self.user}@{self.server}#{self.workspace}"

    @property
    def shown(self) -> str:
        """The server, for messages."""
        return f"{_NAMES[self.protocol]} {self.server}"


def mail_login(workspace: Workspace, protocol: str) -> ServerLogin:
    """The login at the SMTP or IMAP server of the settings; raises UserError where no login name is set."""
    settings = workspace.settings
    if not settings.login:
        raise UserError(
            "还没有设置邮箱；请在 zwgk.toml 的 [mail] 中填写 address（发件邮箱），需要时再填 user（登录名）。"
        )
    found = settings.mail.smtp if protocol == "smtp" else settings.mail.imap
    place = server(protocol, found.host, found.port, found.security)
    return ServerLogin(protocol, settings.login, place.host, place.port, workspace.id, f"mail:{settings.login}")


def mail_logins(workspace: Workspace) -> tuple[ServerLogin, ...]:
    """The logins at the mail servers that are set; raises UserError where no login name is set."""
    mail = workspace.settings.mail
    hosts = {"smtp": mail.smtp.host, "imap": mail.imap.host}
    return tuple(mail_login(workspace, protocol) for protocol in MAIL if hosts[protocol])


def ledger_login(url: str, workspace: str = "") -> ServerLogin:
    """The login at the database server of a URL, of a workspace's ledger or (without its id) of a rollup.

    Raises LedgerError for a URL that is none.
    """
    found = url_of(url)
    protocol = LEDGER if workspace else ROLLUP
    host, port = found.host or "localhost", found.port or _POSTGRESQL_PORT
    return ServerLogin(protocol, found.username or "", host, port, workspace, account_of(found))


def servers_of(workspace: Workspace) -> list[str]:
    """The servers that a workspace's settings name, for messages."""
    mail, place = workspace.settings.mail, workspace.ledger_url
    hosts = {"smtp": mail.smtp, "imap": mail.imap}
    ports = {each: server(each, found.host, found.port, found.security).port for each, found in hosts.items()}
    listed = [f"{_NAMES[each]} {found.host}:{ports[each]}" for each, found in hosts.items() if found.host]
    return listed if isinstance(place, Path) else [*listed, f"数据库 {one_line(display_location(place))}"]
