"""Which workspace a button works on: the one used last, that of the workbook in front, or a new one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from zwgk_excel.addin.host import session as sessions
from zwgk_excel.addin.host.session import Session
from zwgk_excel.workflow.errors import UntrustedWorkspaceError, UserError
from zwgk_excel.workflow.office.server_logins import servers_of
from zwgk_excel.workflow.office.trust import trust_mark, trust_workspace
from zwgk_excel.workflow.office.workspace import enclosing_workspace, foreign_workspace, is_workspace, refuse_enclosed
from zwgk_excel.workflow.setup.workspace_setup import init_workspace

_REMEMBERED = "workspace.txt"
FOLDER_WANTED = "请选工作区的文件夹"


def workspace_of(session: Session) -> Path:
    """The workspace's folder. Raises UserError when there is none and the user makes none."""
    root = agreed(session)
    if root is None and around(session.host.front) is None and remembered() is None:
        root = first_run(session)
    if root is None:
        raise UserError("没有选定工作区，什么也没有改动。")
    remember(root)
    return root


def agreed(session: Session) -> Path | None:
    """The workspace around the workbook in front where it is the one used last or the user agrees to change to it.

    Around a workbook that lies in no workspace it is the one used last. A workbook may have come with a stranger's
    settings beside it, which name servers that get passwords: one that is not trusted on this computer is asked about
    too, and trusted from then on. None where there is neither, or the user does not agree.
    """
    front, known = around(session.host.front), remembered()
    root = front or known
    if root is None:
        return None
    change: list[str] = []
    if front is not None and front.resolve() != known:
        change = [f"最前面的文件在工作区：{front}", f"上次使用的工作区：{known or '（无）'}"]
    return root if consented(session, root, change) else None


def consented(session: Session, root: Path, change: Sequence[str] = ()) -> bool:
    """Whether the user agrees to act by a workspace: asked where it is a change, or is not trusted yet.

    With the user's consent it is trusted from then on.
    """
    warning = _warning(root)
    if not (change or warning):
        return True
    question = "改用最前面的文件所在的工作区吗？" if change else "以后在这台电脑上按它的设置工作吗？"
    if not session.confirm([*(change or [f"工作区：{root}"]), *warning], question):
        return False
    if warning:
        trust_workspace(root)
    return True


def _warning(root: Path) -> list[str]:
    """What the user is told of a workspace that is not trusted yet, nothing of one that is."""
    try:
        trust_mark(root)
    except UntrustedWorkspaceError as error:
        servers = "、".join(servers_of(foreign_workspace(root))) or "没有服务器"
        advice = "请只确认本办公室自己建立、复制或从备份恢复的工作区；随邮件或压缩包收到的文件夹请不要确认。"
        return [f"{error.reason}。", f"它的设置要连接：{servers}", advice]
    return []


def around(path: Path | None) -> Path | None:
    """The outermost workspace that a workbook lies in: what lies in a workspace is none itself; None for none, and
    for a workbook that lies nowhere on this computer."""
    return enclosing_workspace(path) if path else None


def remembered() -> Path | None:
    """The workspace used last, if it is still there and lies in no other."""
    note = sessions.HOME / _REMEMBERED
    if not note.is_file():
        return None
    root = Path(note.read_text(encoding="utf-8").strip())
    return root if is_workspace(root) and enclosing_workspace(root) is None else None


def remember(root: Path) -> None:
    """Let other buttons work on this workspace."""
    sessions.HOME.mkdir(parents=True, exist_ok=True)
    (sessions.HOME / _REMEMBERED).write_text(str(root.resolve()), encoding="utf-8")


def first_run(session: Session) -> Path | None:
    """Ask for a folder: one that is a workspace is taken, an empty one made one. None when the user gives up.

    Raises UserError for a folder that holds other things.
    """
    if session.ask("还没有工作区。请选一个空文件夹新建工作区，或选已有的工作区。") != "ok":
        return None
    folder = session.choose_folder(FOLDER_WANTED)
    return None if folder is None else open_or_make(session, folder)


def open_or_make(session: Session, folder: Path) -> Path | None:
    """The workspace in ``folder``, made where there is none; None where the user does not agree or trust it.

    Raises UserError for a folder that holds other things, or lies in a workspace.
    """
    refuse_enclosed(folder)
    if not is_workspace(folder):
        if not session.confirm([f"“{folder}”还不是工作区。"], "在这里新建工作区吗？"):
            return None
        init_workspace(folder)
    return folder if consented(session, folder) else None
