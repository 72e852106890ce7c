"""The error for wrong usage or input, with one Chinese sentence for the user."""

from __future__ import annotations

import errno
from pathlib import Path

from zwgk_excel.domain.errors import ZwgkError
from zwgk_excel.domain.text import one_line

_REASONS = {
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "磁盘配额已用完",
    errno.EROFS: "磁盘是只读的",
    errno.EACCES: "没有权限，或正被其他程序打开",
    errno.EPERM: "没有权限，或正被其他程序打开",
    errno.ENAMETOOLONG: "文件名太长",
    errno.EIO: "读写磁盘失败",
    errno.ENOENT: "文件已不存在",
}


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
    """Why the system could not read or write, in Chinese for the known errors."""
    return _REASONS.get(error.errno or 0) or error.strerror or "原因不明"
