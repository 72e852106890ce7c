"""One click: the closing words, the status bar, and a click without a program."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import xlwings as xw

import zwgk_excel.addin as addin
from tests.addin.grid import GridApp
from tests.addin.tracker_desk import returns, tracker
from tests.tools import posix_only
from tests.workflow.desk import Desk
from zwgk_excel.addin.host import session as sessions
from zwgk_excel.addin.host import system_windows
from zwgk_excel.addin.host.excel import Excel
from zwgk_excel.addin.host.run_button import run_button
from zwgk_excel.addin.host.session import Session
from zwgk_excel.addin.host.system_windows import SystemWindows
from zwgk_excel.workflow.errors import UserError


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sessions, "HOME", tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the system's window says."""
    shown: list[str] = []
    monkeypatch.setattr(SystemWindows, "tell", lambda _, text: shown.append(text))
    return shown


def pressed(action: Any, front: xw.Book | None = None) -> None:
    """Press a button with a workbook in front of the caller."""
    caller = xw.books.add()
    caller.set_mock_caller()
    (front or caller).activate()
    run_button("check", action)


def test_the_workbook_in_front_is_what_a_button_works_with(grid: GridApp):
    seen: list[Session] = []
    front = xw.books.add()
    front.sheets[0].name = "前面的"
    pressed(seen.append, front)
    assert isinstance(seen[0].host, Excel)
    assert [sheet.name for sheet in seen[0].host.book.sheets] == ["前面的"]
    assert grid.alerts == [], "no closing words"


def test_closing_words_are_told_and_the_status_bar_is_given_back(grid: GridApp):
    def action(session: Session) -> str:
        session.status("正在检查")
        return "检查完了。"

    pressed(action)
    assert grid.alerts == [("检查完了。", "政务公开")]
    assert grid.statuses == ["正在检查", False]


@pytest.mark.parametrize(
    ("error", "told"), [(UserError("请先选工作区。"), "请先选工作区。"), (KeyError("x"), "意外的错误，")]
)
def test_no_error_reaches_the_application(grid: GridApp, error: Exception, told: str):
    def action(session: Session) -> str:
        session.status("正在检查")
        raise error

    pressed(action)
    assert told in grid.alerts[-1][0]
    assert grid.status_bar is False


# --- without a program -------------------------------------------------------------------------


@pytest.fixture
def unreached() -> None:
    """No program answers xlwings: nothing was made its caller."""
    assert not hasattr(xw.Book, "_mock_caller")


def test_without_a_program_the_button_works_on_the_saved_files_and_the_system_opens_them(
    unreached: None, said: list[str], issued: Path, desk: Desk, monkeypatch: pytest.MonkeyPatch
):
    opened: list[Path] = []
    monkeypatch.setattr(system_windows, "open_path", opened.append)
    returns(desk)
    addin.consolidate()
    assert said[0].startswith("汇总完成。\n本次新收 2 份")
    assert opened == [tracker(desk)]


@posix_only("no window that can ask: Windows has its own box, as in test_system_windows.py")
def test_without_a_program_what_would_have_to_be_asked_is_told_and_nothing_done(
    unreached: None, capsys: pytest.CaptureFixture[str]
):
    addin.generate()
    assert "这里没有可以提问的窗口，什么也没有改动" in capsys.readouterr().err


def test_an_unexpected_error_without_a_program_is_in_the_log_too(unreached: None, said: list[str], home: Path):
    def broken(session: Session) -> str:
        raise ZeroDivisionError

    run_button("check", broken)
    assert "意外的错误，" in said[-1]
    assert "ZeroDivisionError" in (home / "addin.log").read_text(encoding="utf-8")
    assert " check\n" in (home / "addin.log").read_text(encoding="utf-8")
