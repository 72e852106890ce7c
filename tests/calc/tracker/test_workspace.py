"""Which workspace a button works on, and what the buttons beside 汇总 open, ask and say."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlwings as xw

from tests.calc.engine import CalcApp
from tests.calc.tracker.clicking import (
    LAYOUT,
    PURCHASES,
    TRACKING,
    click,
    open_tracker,
    returns,
    rows_of,
    saved,
    tracker,
)
from tests.workflow.desk import CYCLE, Desk
from zwgk_excel.addin import outside, places, session
from zwgk_excel.layout.columns import layout


def test_another_book_in_front_opens_the_workspaces_own(live: CalcApp, desk: Desk):
    book = xw.books.open(desk.root / layout("roster").file_name)
    book.set_mock_caller()
    returns(desk)
    click()
    assert LAYOUT.file_name in [each.name for each in xw.books]
    assert rows_of(saved(desk)[TRACKING.name])[PURCHASES][1][TRACKING.heading("items")] == 3


def test_no_tracker_yet_makes_one(live: CalcApp, desk: Desk):
    tracker(desk).unlink()
    xw.books.open(desk.root / layout("roster").file_name).set_mock_caller()
    returns(desk)
    click()
    assert "新收 2 份" in live.alerts[-1][0]
    assert LAYOUT.file_name in [each.name for each in xw.books]


def test_the_first_run_makes_a_workspace_and_remembers_it(
    live: CalcApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(session, "HOME", tmp_path / "home")
    monkeypatch.setattr(places, "choose_folder", lambda app: tmp_path / "新工作区")
    xw.books.add().set_mock_caller()
    click("check")
    assert (tmp_path / "新工作区" / "zwgk.toml").is_file()
    assert places.remembered() == (tmp_path / "新工作区").resolve()
    assert "提醒" in live.alerts[-1][0]
    click("self_test")
    assert str(tmp_path / "新工作区") in live.alerts[-1][0]
    assert "×" not in live.alerts[-1][0]


def test_giving_up_at_the_first_run_changes_nothing(live: CalcApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(session, "HOME", tmp_path / "home")
    xw.books.add().set_mock_caller()
    live.answer = "cancel"
    click("generate")
    assert "什么也没有改动" in live.alerts[-1][0]
    assert places.remembered() is None


def test_generate_asks_which_month(live: CalcApp, desk: Desk):
    open_tracker(live, desk)
    live.answer = "yes"
    click("generate")
    assert desk.sent("市财政局", CYCLE + 1).is_file()
    assert "新生成" in live.alerts[-1][0]


def test_the_inbox_and_the_help_open(live: CalcApp, desk: Desk, monkeypatch: pytest.MonkeyPatch):
    opened: list[Path] = []
    monkeypatch.setattr(outside, "open_path", opened.append)
    open_tracker(live, desk)
    click("open_inbox")
    assert [path.name for path in opened] == ["收件箱"]
    click("help")
    assert "汇总" in live.alerts[-1][0]


def test_without_an_application_the_command_line_does_it(desk: Desk, monkeypatch: pytest.MonkeyPatch, live: CalcApp):
    said: list[str] = []
    opened: list[Path] = []
    monkeypatch.setattr(outside, "show", said.append)
    monkeypatch.setattr(outside, "open_path", opened.append)
    places.remember(desk.root)
    returns(desk)
    click()
    assert "命令行" in said[0]
    assert "新收 2 份" in said[0]
    assert opened == [tracker(desk)]
    assert rows_of(saved(desk, values=False)[TRACKING.name])[PURCHASES][1][TRACKING.heading("items")] == 3
    click("generate")
    assert "zwgk generate 2026-12" in said[1]
    click("send")
    assert "zwgk send 2026-12（先预览，加 --yes 才发出）" in said[2]
