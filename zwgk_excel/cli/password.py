"""``password``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from zwgk_excel.cli.chinese import typer
from zwgk_excel.cli.options import HERE, Workspace
from zwgk_excel.workflow.errors import UserError

if TYPE_CHECKING:
    from zwgk_excel.workflow.office.server_logins import ServerLogin


def password(
    workspace: Workspace = HERE,
    ledger: Annotated[bool, typer.Option("--ledger", metavar="", help="改存本工作区数据库的密码。")] = False,
    rollup: Annotated[
        str, typer.Option("--rollup", metavar="数据库地址", help="改存 zwgk rollup 要读的数据库的密码，不需要工作区。")
    ] = "",
    workbooks: Annotated[
        bool, typer.Option("--workbooks", metavar="", help="改存打开加密报送件用的密码，几个之间用分号隔开。")
    ] = False,
    delete: Annotated[bool, typer.Option("--delete", metavar="", help="删除已保存的密码。")] = False,
) -> int:
    """Store a password in the system's keyring."""
    if sum(map(bool, (ledger, rollup, workbooks))) > 1:
        raise UserError("--ledger、--rollup 和 --workbooks 一次只能写一个。")
    if workbooks:
        return _of_workbooks(delete=delete)
    logins = [_of_rollup(rollup)] if rollup else _of_workspace(workspace, ledger=ledger)
    return _of_servers(logins, mail=not (ledger or rollup), delete=delete)


def _of_workbooks(*, delete: bool) -> int:
    from zwgk_excel.cli import show
    from zwgk_excel.workflow.office import passwords

    what = "加密报送件的密码"
    if delete:
        return _deleted(what, passwords.delete_workbook_passwords())
    passwords.store_workbook_passwords(show.hidden_answer(f"请输入{what}："))
    return _stored(what)


def _of_servers(logins: list[ServerLogin], *, mail: bool, delete: bool) -> int:
    from zwgk_excel.cli import show
    from zwgk_excel.workflow.office import passwords

    what = f"“{logins[0].user}”登录{'、'.join(each.shown for each in logins)} 的密码"
    if delete:
        removed = [passwords.delete_password(each) for each in logins]
        return _deleted(what, any(removed))
    hint = "（多数邮箱要填客户端授权码，不是网页登录密码）" if mail else ""
    secret = show.hidden_answer(f"请输入{what}{hint}：")
    for each in logins:
        passwords.store_password(each, secret)
    _stored(what)
    show.print_line("改了服务器、端口、登录名或工作区，要重新保存。")
    if mail:
        show.print_line("运行 zwgk doctor --mail 测试能否登录。")
    return 0


def _of_workspace(root: Path, *, ledger: bool) -> list[ServerLogin]:
    """The logins of a workspace's database or mail servers; raises UserError where none is set."""
    from zwgk_excel.workflow.office import server_logins
    from zwgk_excel.workflow.office.workspace import open_workspace

    opened = open_workspace(root)
    if ledger:
        return [_at_database(opened.settings.ledger.url, opened.id)]
    logins = server_logins.mail_logins(opened)
    if not logins:
        raise UserError("还没有设置邮件服务器，密码只为写明的服务器保存；请先在 zwgk.toml 的 [mail] 中设置。")
    return list(logins)


def _of_rollup(url: str) -> ServerLogin:
    return _at_database(url, "")


def _at_database(url: str, workspace: str) -> ServerLogin:
    from zwgk_excel.ledger import LedgerError
    from zwgk_excel.workflow.office.ledger_access import ledger_fault
    from zwgk_excel.workflow.office.server_logins import ledger_login

    if not url.startswith("postgresql"):
        raise UserError("没有数据库服务器的地址（postgresql://用户@主机/库名）；zwgk.db 是文件，不用密码。")
    try:
        return ledger_login(url, workspace)
    except LedgerError as error:
        raise ledger_fault(error, url, workspace) from error


def _stored(what: str) -> int:
    from zwgk_excel.cli import show

    show.print_line(f"{what}已存入系统密钥库。", "green")
    return 0


def _deleted(what: str, removed: bool) -> int:
    from zwgk_excel.cli import show

    show.print_line(f"已从系统密钥库删除{what}。" if removed else f"系统密钥库中没有{what}。")
    return 0
