"""The buttons before and around a consolidation."""

from __future__ import annotations

import platform
from pathlib import Path
from types import SimpleNamespace

import pytest
import xlwings as xw

import zwgk_excel.addin as addin
from tests.addin.clicks import click
from tests.addin.grid import GridApp
from tests.workflow.desk import CYCLE, DUTIES, Desk
from zwgk_excel.addin.host import session, system_windows
from zwgk_excel.addin.host.workspace_choice import remember, remembered
from zwgk_excel.layout.buttons import help_text
from zwgk_excel.layout.columns import layout


@pytest.fixture
def front(grid: GridApp, desk: Desk) -> GridApp:
    """The application with the tracker in front."""
    xw.books.open(desk.root / layout("tracker").file_name).set_mock_caller()
    return grid


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """What was opened with the system's program."""
    paths: list[Path] = []
    monkeypatch.setattr(system_windows, "open_path", paths.append)
    return paths


def test_workbooks_of_the_chosen_month_are_made_once(front: GridApp, desk: Desk):
    closing = click(front, "generate", "ok")
    assert desk.sent("市财政局", CYCLE + 1).is_file()
    assert "2026-12 的报送表：新生成 4 个，更新 0 个，无变化 0 个" in closing
    assert "无变化 4 个" in click(front, "generate", "ok")
    assert click(front, "generate", "cancel") == session.CANCELLED
    assert not desk.sent("市财政局", CYCLE + 2).exists()
    with desk.open() as office:
        issued = office.ledger.acts()[-1]
    assert (issued.kind, issued.cycle, issued.source) == ("issue", CYCLE + 1, "ribbon")


def test_a_unit_that_owes_nothing_any_more_is_named(front: GridApp, desk: Desk):
    click(front, "generate", "2027-01")
    desk.set_duties([each for each in DUTIES if each["owners"] != "各部门、各乡镇(街道)"])
    assert click(front, "generate", "2027-01", "cancel") == session.CANCELLED
    assert "2027-01 已下发" in front.alerts[-2][0]
    assert "无变化 4 个" in click(front, "generate", "2027-01", "ok")
    assert click(front, "generate", "2029-01", "cancel") == session.CANCELLED
    desk.reissue(CYCLE + 2)
    assert "金湖街道" in click(front, "generate", "2027-01")


def test_the_duty_table_is_checked_as_it_was_saved(front: GridApp, desk: Desk):
    assert click(front, "check").startswith("错误 0 处")
    desk.set_duties([*DUTIES, {"id": "D02", "column": "重复", "owners": "市财政局"}])
    book = xw.books.open(desk.root / layout("duty_table").file_name)
    closing = click(front, "check")
    assert "须改正后才能生成报送表" in closing
    assert "D02" in closing
    assert f"“{book.name}”正打开着，检查的是已保存的内容。" in closing


def test_the_inbox_is_made_where_somebody_deleted_it(front: GridApp, desk: Desk, opened: list[Path]):
    inbox = desk.root / "收件箱"
    for path in inbox.iterdir():
        path.unlink()
    inbox.rmdir()
    addin.open_inbox()
    assert (opened, front.alerts) == ([inbox.resolve()], [])
    assert inbox.is_dir()


def test_the_self_test_says_what_is_there_and_what_is_not(front: GridApp, desk: Desk):
    lines = click(front, "self_test").splitlines()
    assert [line[0] for line in lines[:3]] == ["√"] * 3
    assert f"√ 工作区：{desk.root.resolve()}" in lines
    assert not [line for line in lines if line[0] == "×"]
    assert any(line.startswith("！ 报送邮箱：") and "按“设置”，填写报送邮箱" in line for line in lines)
    assert {"依赖库", "数据库", "磁盘"} <= {*lines[-1].removeprefix("√ 正常：").split("、")}
    (desk.root / "zwgk.toml").unlink()
    lines = click(front, "self_test").splitlines()
    assert [line[0] for line in lines[:3]] == ["√", "√", "×"]
    assert "请按“打开工作区”" in lines[2]
    assert "数据库" not in lines[-1]


def test_what_is_wrong_comes_first_in_the_self_test(front: GridApp, desk: Desk):
    desk.set_duties([*DUTIES, {"id": "D02", "column": "重复", "owners": "市财政局"}])
    lines = click(front, "self_test").splitlines()
    assert lines[3].startswith("× 责任分工和通讯录：有 1 处错误")
    marks = [line[0] for line in lines[3:-1]]
    assert marks == sorted(marks, key="×！·".index)


def test_another_workspace_is_chosen(
    front: GridApp, tmp_path: Path, opened: list[Path], monkeypatch: pytest.MonkeyPatch
):
    picked = [tmp_path / "别的"]
    dialog = SimpleNamespace(Show=lambda: bool(picked), SelectedItems=lambda number: str(picked[0]))
    monkeypatch.setattr(GridApp, "api", SimpleNamespace(FileDialog=lambda kind: dialog))
    monkeypatch.setattr(platform, "system", lambda: "Windows")
    remember(tmp_path)
    assert click(front, "open_workspace", "cancel") == session.CANCELLED
    assert remembered() is None
    assert click(front, "open_workspace", "ok") == f"已选定工作区：{picked[0]}"
    assert (remembered(), opened) == (picked[0].resolve(), [picked[0]])


def test_the_manual_lies_in_the_workspace_and_is_opened(front: GridApp, desk: Desk, opened: list[Path]):
    addin.manual()
    (path,) = opened
    assert (path.parent, path.name[:5]) == (desk.root.resolve() / "手册", "办公室手册")
    assert [each.name[:4] for each in path.parent.iterdir() if each != path] == ["填报手册"]
    assert front.alerts == []


@pytest.mark.parametrize(("button", "folder"), [("manual", "手册"), ("open_inbox", "收件箱")])
def test_where_the_system_opens_nothing_its_place_is_told(
    front: GridApp, desk: Desk, monkeypatch: pytest.MonkeyPatch, button: str, folder: str
):
    def none(path: Path) -> None:
        raise FileNotFoundError(path)

    monkeypatch.setattr(system_windows, "open_path", none)
    assert str(desk.root.resolve() / folder) in click(front, button)


def test_help_is_what_the_table_says(front: GridApp):
    assert click(front, "help") == help_text()
