"""``trust``, and the question that takes its place at a terminal."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from zwgk_excel.cli.chinese import typer
from zwgk_excel.cli.options import HERE, Workspace

if TYPE_CHECKING:
    from zwgk_excel.workflow.errors import UntrustedWorkspaceError

_YES = ("y", "yes", "是")


def trust(
    workspace: Workspace = HERE,
    withdraw: Annotated[bool, typer.Option("--withdraw", metavar="", help="撤销确认。")] = False,
) -> int:
    """Consent to a workspace on this computer, or withdraw the consent."""
    from zwgk_excel.cli import show
    from zwgk_excel.workflow.office import trust as consent

    if withdraw:
        removed = consent.withdraw_trust(workspace)
        show.print_line("已撤销确认；本机不再按这个工作区的设置做事。" if removed else "本机没有确认过这个工作区。")
        return 0
    for line in _about(workspace):
        show.print_line(line)
    consent.trust_workspace(workspace)
    show.print_line("已确认：本机从此按这个工作区的设置收发邮件、打开数据库。", "green")
    return 0


def agreed(error: UntrustedWorkspaceError) -> bool:
    """Ask whether to trust the workspace that was refused, and record the consent; False without a terminal to ask at.

    Raises UserError where its settings are wrong, or the consent cannot be recorded.
    """
    from zwgk_excel.cli import show
    from zwgk_excel.workflow.office.trust import trust_workspace

    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    warning = "请只确认本办公室自己建立、复制或从备份恢复的工作区；随邮件或压缩包收到的，请不要确认。"
    for line in (f"这个工作区{error.reason}。", *_about(error.root), warning):
        show.warn(line)
    if show.answer("以后在这台电脑上按它的设置工作吗？（输入 y 确认，直接回车不确认）").lower() not in _YES:
        return False
    trust_workspace(error.root)
    return True


def _about(root: Path) -> list[str]:
    """Where a workspace is, and which servers its settings name."""
    from zwgk_excel.domain.text import one_line
    from zwgk_excel.workflow.office.server_logins import servers_of
    from zwgk_excel.workflow.office.workspace import foreign_workspace

    workspace = foreign_workspace(root)
    servers = [*servers_of(workspace), *(f"网站 {each}" for each in workspace.settings.verify.hosts)]
    return [f"工作区：{one_line(str(root.resolve()))}", f"它的设置要连接：{'、'.join(servers) or '没有服务器'}"]
