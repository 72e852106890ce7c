"""设置: what an office has to set, asked one by one; the password in a window of its own, which does not show it."""

from __future__ import annotations

from zwgk_excel.addin.host import workspace_choice
from zwgk_excel.addin.host.password_window import ask_password
from zwgk_excel.addin.host.session import CANCELLED, Session
from zwgk_excel.layout.settings_table import EditableSetting, editable_settings
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.office.settings_edit import SettingsFile, open_settings, save_settings

_TIMES = 3
"""So often a wrong answer is asked for again."""


def change_settings(session: Session) -> str:
    """Show the settings, ask for each, check each as it is read, and write what differs."""
    root = workspace_choice.workspace_of(session)
    file: SettingsFile | None = open_settings(root)
    assert file is not None
    shown = [f"{each.label}：{file.value(each.key) or '（空）'}" for each in editable_settings()]
    if session.ask("\n".join(["现在的设置：", *shown, "", "逐项修改吗？不改的项直接按“确定”。"])) != "ok":
        return CANCELLED
    for each in editable_settings():
        file = _asked(session, file, each)
        if file is None:
            return CANCELLED
    words = _saved(session, file)
    mail = file.settings.mail
    if mail.smtp.host or mail.imap.host:
        words = "\n".join(filter(None, [words, _password(session, file)]))
    return words


def _asked(session: Session, file: SettingsFile, setting: EditableSetting) -> SettingsFile | None:
    """The settings with the answer for one of them; None where the user gives up. Raises UserError after some tries."""
    present = file.proposed(setting.key)
    for left in reversed(range(_TIMES)):
        typed = session.ask_text(f"{setting.label}\n{setting.hint}", present)
        if typed is None:
            return None
        try:
            return file if typed == file.value(setting.key) else file.with_value(setting.key, typed)
        except UserError as error:
            if not left:
                raise
            session.tell(f"{error}\n请重新填写。")
    return None


def _saved(session: Session, file: SettingsFile) -> str:
    changes = file.changes()
    if not changes:
        return "设置没有变化。"
    lines = [f"{each.label}：{then or '（空）'} → {now or '（空）'}" for each, then, now in changes]
    if not session.confirm(lines, f"写入“{file.path.name}”吗？"):
        return CANCELLED
    save_settings(file)
    told = f"已写入“{file.path.name}”：{'、'.join(each.label for each, _, _ in changes)}。"
    issued = {each.key for each, _, _ in changes}
    return f"{told}已生成的报送表要换上新的联系方式的，请再按“生成报送表”。" if issued & _ON_COVER else told


_ON_COVER = frozenset({"office.name", "office.mailbox", "office.contact", "office.telephone"})


def _password(session: Session, file: SettingsFile) -> str:
    """Where and how the password of the mailbox is stored: never in a window that shows it."""
    provider = file.provider
    what = f"（{provider.password}）" if provider else "（多数邮箱要用客户端授权码，不是网页登录密码）"
    asked = "密码不写进设置文件，只存入这台电脑的系统密钥库；在另一个窗口中输入，输入时不显示。"
    if not session.confirm([f"邮箱密码{what}", asked], "现在打开那个窗口吗？"):
        return "密码没有改动；要存的，再按“设置”。"
    if ask_password(file.path.parent):
        return "请在打开的窗口中输入密码，存好后关闭它；再按“自检”。"
    return "这里无法打开密码窗口；请由技术人员在命令行存密码。"
