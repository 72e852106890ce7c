"""Reads files of which nobody knows what they are: regular ones only, and no more bytes than are wanted.

The size is looked at before anything is read: a sparse file of 200 GB takes no room on a disk, but all memory.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from zwgk_excel.domain.errors import ZwgkError
from zwgk_excel.workbooks.opening.guard import FILE_BYTES
from zwgk_excel.workbooks.opening.zip_parts import MB

_HEAD = 1 << 16
_NO_WAITING = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
"""Opening a pipe would wait for somebody to write into it."""


class TooLargeError(ZwgkError, OSError):
    """A file of more bytes than may be read; ``head`` are the first of them."""

    def __init__(self, path: Path, size: int, limit: int, head: bytes) -> None:
        super().__init__(errno.EFBIG, f"文件超过 {limit // MB} MB", str(path))
        self.size, self.head = size, head


def read_file(path: Path, limit: int = FILE_BYTES) -> bytes:
    """The bytes of a file, at most ``limit``.

    Raises OSError with a reason in Chinese: TooLargeError, and for what is no regular file (a pipe, a device) and a
    file that grows or shrinks while it is read.
    """
    with open(path, "rb", opener=lambda name, flags: os.open(name, flags | _NO_WAITING)) as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise not_a_file(path)
        if found.st_size > limit:
            raise TooLargeError(path, found.st_size, limit, file.read(_HEAD))
        data = file.read(found.st_size + 1)
        if len(data) != found.st_size:
            raise OSError(errno.EBUSY, "文件正在写入", str(path))
    return data


def not_a_file(path: Path) -> OSError:
    """The error for a pipe, a socket or a device."""
    return OSError(errno.EINVAL, "不是普通文件，而是管道、套接字或设备", str(path))
