"""Why the system refused is told in Chinese, whatever language the system speaks."""

from __future__ import annotations

import errno
import os
import re

import pytest

from zwgk_excel.domain.system_errors import system_reason


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
