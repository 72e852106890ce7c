"""Why the system could not read, write or connect, in Chinese: its own words are in the language of its set-up."""

from __future__ import annotations

import errno
import re

_REASONS = {
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "磁盘配额已用完",
    errno.EROFS: "磁盘是只读的",
    errno.EACCES: "没有权限，或正被其他程序打开",
    errno.EPERM: "没有权限，或正被其他程序打开",
    errno.EBUSY: "正被其他程序占用",
    errno.ETXTBSY: "正被其他程序占用",
    errno.ENAMETOOLONG: "文件名太长",
    errno.EIO: "读写磁盘失败",
    errno.ENOENT: "找不到文件或文件夹",
    errno.EEXIST: "已有同名的文件或文件夹",
    errno.ENOTDIR: "路径中有一段是文件，不是文件夹",
    errno.EISDIR: "是文件夹，不是文件",
    errno.ENOTEMPTY: "文件夹不是空的",
    errno.ELOOP: "链接绕成了圈",
    errno.EXDEV: "不在同一个磁盘上",
    errno.EINVAL: "系统不接受这个名称或操作",
    errno.EFBIG: "文件太大",
    errno.EMFILE: "打开的文件太多",
    errno.ENFILE: "打开的文件太多",
    errno.ENOMEM: "内存不足",
    errno.ESTALE: "网络文件夹已失效",
    errno.ENETUNREACH: "网络不通",
    errno.EHOSTUNREACH: "主机不可达",
    errno.ENETDOWN: "网络没有连接",
    errno.EADDRINUSE: "端口已被占用",
    errno.EADDRNOTAVAIL: "地址不可用",
    errno.ECONNREFUSED: "连接被拒绝",
    errno.ECONNRESET: "连接被对方重置",
    errno.ECONNABORTED: "连接被对方中止",
    errno.EPIPE: "连接已断开",
    errno.ETIMEDOUT: "等待超时",
}
_CLOSE = "请关闭打开它的程序"
_REMEDIES = {
    errno.ENOSPC: "请腾出空间",
    errno.EDQUOT: "请腾出空间",
    errno.EROFS: "请去掉磁盘的只读，或换到可以写入的磁盘",
    errno.EACCES: f"{_CLOSE}；没有程序打开的，请检查文件夹的权限和只读属性",
    errno.EPERM: f"{_CLOSE}；没有程序打开的，请检查文件夹的权限和只读属性",
    errno.EBUSY: _CLOSE,
    errno.ETXTBSY: _CLOSE,
}
_SHARING = 32
"""Of Windows: another program has the file open; its errno is that of a missing permission."""
_NO_SUCH, _LONGEST = frozenset({2, 3, 206}), 247
"""What Windows says of a path with more characters, unless long paths are switched on: mostly that it is not there.

A file's may have 259, a folder's 247: https://learn.microsoft.com/windows/win32/fileio/maximum-file-path-limitation.
"""
_CHINESE = re.compile("[\u4e00-\u9fff]")


def system_reason(error: OSError) -> str:
    """The reason in Chinese; of one that is not known its number, by which the IT person finds it."""
    if _too_long(error):
        return "路径太长"
    words = error.strerror or ""
    ours = _CHINESE.search(words) and getattr(error, "winerror", None) is None
    if ours:  # said by this program, or by a system set up in Chinese
        return words
    if known := _REASONS.get(error.errno or 0):
        return known
    if _CHINESE.search(words):
        return words
    number = getattr(error, "winerror", None) or error.errno
    return f"系统错误 {number}" if number else "原因不明"


def system_remedy(error: OSError) -> str:
    """What to do about it before trying again, in Chinese."""
    if getattr(error, "winerror", None) == _SHARING:
        return _CLOSE
    if _too_long(error):
        return "请把文件夹移到层次较浅、名称较短的地方"
    return _REMEDIES.get(error.errno or 0, "请排除原因")


def _too_long(error: OSError) -> bool:
    paths = (error.filename, error.filename2)
    return getattr(error, "winerror", None) in _NO_SUCH and any(len(str(path or "")) > _LONGEST for path in paths)
