"""``password``."""

from __future__ import annotations

from typing import Annotated

from zwgk_excel.cli.chinese import typer
from zwgk_excel.cli.options import HERE, Workspace


def password(
    workspace: Workspace = HERE,
    workbooks: Annotated[
        bool, typer.Option("--workbooks", metavar="", help="改存打开加密报送件用的密码，几个之间用分号隔开。")
    ] = False,
    delete: Annotated[bool, typer.Option("--delete", metavar="", help="删除已保存的密码。")] = False,
) -> int:
    """Store a password in the system's keyring."""
    from zwgk_excel.cli import show
    from zwgk_excel.workflow.office import passwords
    from zwgk_excel.workflow.office.workspace import open_workspace

    settings = open_workspace(workspace).settings
    account = passwords.ACCOUNT if workbooks else passwords.mail_account(settings)
    what = "加密报送件的密码" if workbooks else f"邮箱“{settings.login}”的密码"
    if delete:
        removed = passwords.delete_password(account)
        show.print_line(f"已从系统密钥库删除{what}。" if removed else f"系统密钥库中没有{what}。")
        return 0
    hint = "" if workbooks else "（多数邮箱要填客户端授权码，不是网页登录密码）"
    passwords.store_password(account, show.hidden_answer(f"请输入{what}{hint}："))
    show.print_line(f"{what}已存入系统密钥库。", "green")
    if not workbooks:
        show.print_line("运行 zwgk doctor --mail 测试能否登录。")
    return 0
