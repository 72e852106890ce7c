"""Why the system refused is told in Chinese, whatever language the system speaks."""

from __future__ import annotations

import errno
import os
import re

import pytest

from zwgk_excel.domain.system_errors import system_reason, system_remedy


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.ENOTDIR, errno.EISDIR, errno.EXDEV, errno.EPIPE])
def test_known_ones(number: int) -> None:
    told = system_reason(OSError(number, os.strerror(number), "a.xlsx"))
    assert re.fullmatch("[\u4e00-\u9fff，]+", told)


def test_of_others_the_number_is_told() -> None:
    assert system_reason(OSError(errno.ENOTTY, "Inappropriate ioctl for device")) == f"系统错误 {errno.ENOTTY}"
    assert system_reason(OSError("disk gone")) == "原因不明"


def test_the_words_of_a_chinese_system_are_kept() -> None:
    assert system_reason(OSError(errno.ENOTTY, "设备没有响应")) == "设备没有响应"


def test_what_this_program_says_itself_stays() -> None:
    told = "不是普通文件，而是管道、套接字或设备"
    assert system_reason(OSError(errno.EINVAL, told)) == told


def test_what_to_do_fits_the_reason() -> None:
    told = {number: system_remedy(OSError(number, "")) for number in (errno.EBUSY, errno.EROFS, errno.ENOSPC)}
    assert [number for number, remedy in told.items() if "打开它的程序" in remedy] == [errno.EBUSY]
    assert "权限" in system_remedy(OSError(errno.EACCES, ""))
    assert system_remedy(OSError("disk gone")) == "请排除原因"


@pytest.mark.parametrize(("length", "told"), [(248, "路径太长"), (247, "找不到文件或文件夹")])
def test_of_a_long_path_windows_says_that_it_is_not_there(length: int, told: str) -> None:
    error = OSError(errno.ENOENT, "The system cannot find the path specified", "x" * length)
    error.winerror = 3  # type: ignore[attr-defined,unused-ignore]  # on other systems no error has one
    assert system_reason(error) == told
    assert ("较浅" in system_remedy(error)) == (length > 247)
