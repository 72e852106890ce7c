"""The error for wrong usage or input, with one Chinese sentence for the user."""

from __future__ import annotations

from pathlib import Path

from zwgk_excel.domain.errors import ZwgkError
from zwgk_excel.domain.system_errors import system_reason, system_remedy
from zwgk_excel.domain.text import one_line


class UserError(ZwgkError):
    """Wrong usage or input: one Chinese sentence; nothing was changed unless the raising function says so."""


class UntrustedWorkspaceError(UserError):
    """A workspace that the user has not consented to on this computer; nothing was done by its settings."""

    def __init__(self, root: Path, reason: str) -> None:
        self.root, self.reason = root, reason
        super().__init__(
            f"工作区“{one_line(str(root.resolve()))}”{reason}，没有按它的设置做任何事；是本办公室自己的（不是随邮件或压缩包收到的），"
            "请运行 zwgk trust -w 文件夹 确认一次。"
        )


class InvalidValueError(UserError, ValueError):
    """A value of the wrong kind or form given by a caller in Python, such as ``202611`` for a month."""


def reason_of(error: OSError) -> str:
    """Why the system could not read or write, in Chinese."""
    return system_reason(error)


def remedy_of(error: OSError) -> str:
    """What to do about it before trying again, in Chinese."""
    return system_remedy(error)


def refused_words(error: PermissionError) -> str:
    """What a user is told of a file that the system lets this program neither read nor write, and of which no step says
    more: another program holds it open, or there are no rights to it."""
    name = one_line(str(error.filename2 or error.filename))
    return f"“{name}”不能读写：{reason_of(error)}；{remedy_of(error)}，再试一次。已写好的文件都是完整的。"
