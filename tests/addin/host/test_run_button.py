"""One click: the closing words, the status bar, and the way without a program."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import xlwings as xw

from tests.addin.grid import GridApp
from zwgk_excel.addin.host import session as sessions
from zwgk_excel.addin.host import workspace_choice, wps_fallback
from zwgk_excel.addin.host.run_button import run_button
from zwgk_excel.addin.host.session import Session
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.setup.workspace_setup import init_workspace


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sessions, "HOME", tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the system's window says."""
    shown: list[str] = []
    monkeypatch.setattr(wps_fallback, "show", shown.append)
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
    assert [sheet.name for sheet in seen[0].book.sheets] == ["前面的"]
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


def never(session: Session) -> str:
    raise AssertionError("there is no session")


def test_a_button_without_a_program_says_what_to_do(said: list[str]):
    run_button("publish", never)
    assert said == [
        f"本机的表格程序不支持从按钮直接操作（如 WPS），此按钮不可用；请在命令行运行 zwgk bulletin {_now()}。"
    ]


def test_a_button_that_can_works_on_the_saved_files(said: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    opened: list[Path] = []
    monkeypatch.setattr(wps_fallback, "open_path", opened.append)
    init_workspace(tmp_path / "工作区")
    workspace_choice.remember(tmp_path / "工作区")
    run_button("consolidate", never, lambda root: (root / "总台账.xlsx", "新收 2 份。"))
    assert said[0].endswith("已改用命令行汇总已保存的文件：新收 2 份。")
    assert opened == [(tmp_path / "工作区" / "总台账.xlsx").resolve()]


def test_without_a_workspace_or_with_a_refusal_nothing_is_opened(
    said: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(wps_fallback, "open_path", lambda path: pytest.fail("opened"))

    def refused(root: Path) -> tuple[Path, str]:
        raise UserError("责任表有错误。")

    run_button("consolidate", never, refused)
    assert "还不知道工作区在哪里" in said[-1]
    init_workspace(tmp_path / "工作区")
    workspace_choice.remember(tmp_path / "工作区")
    run_button("consolidate", never, refused)
    assert said[-1].endswith("改用命令行汇总：责任表有错误。")


def test_an_unexpected_error_without_a_program_is_in_the_log_too(said: list[str], tmp_path: Path, home: Path):
    init_workspace(tmp_path / "工作区")
    workspace_choice.remember(tmp_path / "工作区")
    run_button("consolidate", never, lambda root: (_ for _ in ()).throw(ZeroDivisionError))
    assert "意外的错误，" in said[-1]
    assert "ZeroDivisionError" in (home / "addin.log").read_text(encoding="utf-8")


def _now() -> str:
    from zwgk_excel.domain.periods import Month
    from zwgk_excel.workflow import clock

    return str(Month.of(clock.now().date()))
