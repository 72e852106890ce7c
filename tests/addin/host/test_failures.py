"""Every failure is one Chinese sentence; what nobody expected is in the log."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from tests.terminal import HOSTILE, acting
from zwgk_excel.addin.host import session
from zwgk_excel.addin.host.failures import NotRestored, PartialFailure, UnrecognisedSheet, words_for
from zwgk_excel.workflow.errors import UserError


@pytest.fixture(autouse=True)
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(session, "HOME", tmp_path / "张 三")
    return tmp_path / "张 三" / "addin.log"


@pytest.mark.parametrize("text", HOSTILE)
def test_what_strangers_wrote_does_nothing_where_the_log_is_read(log: Path, text: str):
    words_for(ValueError(text))
    assert acting(log.read_text(encoding="utf-8")) == []


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


def test_an_error_made_for_users_is_told_as_it_is(log: Path):
    assert words_for(UserError("没有选定工作区。")) == "没有选定工作区。"
    assert "“跟踪台账”的表头" in words_for(UnrecognisedSheet("跟踪台账"))
    assert not log.exists()


def test_a_file_that_is_held_is_told_by_its_name(log: Path):
    words = words_for(PermissionError(errno.EACCES, "Permission denied", "D:\\甲\\通报.docx"))
    assert "“D:\\甲\\通报.docx”不能读写：没有权限，或正被其他程序打开" in words
    assert not log.exists()


def test_an_unexpected_error_is_in_the_log_with_its_trace(log: Path):
    words = words_for(ZeroDivisionError("1/0"))
    assert "意外的错误，工作簿已恢复原样" in words
    assert str(log) in words
    assert "Traceback" not in words
    words_for(KeyError("二"))
    text = log.read_text(encoding="utf-8")
    assert ("ZeroDivisionError: 1/0" in text, "KeyError: '二'" in text) == (True, True)


def test_of_what_could_not_be_taken_back_the_log_has_the_first_error(log: Path):
    words = words_for(caused(NotRestored(), ZeroDivisionError()))
    assert "意外的错误，工作簿未能恢复原样，请不要保存" in words
    assert "ZeroDivisionError" in log.read_text(encoding="utf-8")


@pytest.mark.parametrize("cause", [UserError("表受保护。"), UnrecognisedSheet("跟踪台账"), ValueError()])
def test_a_failure_half_way_says_what_was_done_by_then(cause: Exception):
    first, *_, last = words_for(caused(PartialFailure("新收的 2 份已登记。"), cause)).splitlines()
    assert first == words_for(cause).splitlines()[0]
    assert last == "新收的 2 份已登记。"
