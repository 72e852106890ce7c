"""Which workspace a button works on: around the workbook in front, the one used last, or a new one."""

from __future__ import annotations

import platform
import re
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
import xlwings as xw

from tests.addin.grid import GridApp
from zwgk_excel.addin.host import session as sessions
from zwgk_excel.addin.host.excel import Excel
from zwgk_excel.addin.host.session import Session
from zwgk_excel.addin.host.workspace_choice import open_or_make, remember, remembered, workspace_of
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.office.trust import is_trusted, withdraw_trust
from zwgk_excel.workflow.office.workspace import SETTINGS_FILE
from zwgk_excel.workflow.setup.workspace_setup import init_workspace


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sessions, "HOME", tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    made = tmp_path / "工作区"
    init_workspace(made)
    return made.resolve()


def session_in(path: Path | None) -> Session:
    """A session with a workbook in front that lies there; None for one that was never saved."""
    book = xw.books.add()
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        book.save(path)
    return Session(Excel(book.app, book))


@pytest.mark.parametrize("name", ["总台账.xlsx", "收件箱/2026/回信.xlsx"])
def test_the_workspace_around_the_workbook_in_front_is_taken_when_the_user_agrees(
    grid: GridApp, root: Path, tmp_path: Path, name: str
):
    other = tmp_path / "另一个"
    init_workspace(other)
    remember(other)
    grid.answers[:] = ["ok"]
    assert workspace_of(session_in(root / name)) == root
    (question, _) = grid.alerts[0]
    assert (str(root) in question, str(other) in question) == (True, True)
    assert remembered() == root, "the other buttons work there too"
    assert workspace_of(session_in(root / name)) == root
    assert len(grid.alerts) == 1, "asked once"


@pytest.mark.parametrize("used_before", [True, False])
def test_nothing_is_done_in_a_workspace_that_the_user_does_not_know(
    grid: GridApp, root: Path, tmp_path: Path, used_before: bool
):
    strange = tmp_path / "下载" / "解压"
    init_workspace(strange)
    if used_before:
        remember(root)
    grid.answers[:] = ["cancel"]
    with pytest.raises(UserError, match="什么也没有改动"):
        workspace_of(session_in(strange / "回信.xlsx"))
    assert remembered() == (root if used_before else None)


@pytest.mark.parametrize("known", [True, False], ids=["used last", "never used"])
def test_one_that_was_not_made_here_is_asked_about_once_and_trusted_from_then_on(
    grid: GridApp, root: Path, tmp_path: Path, known: bool
):
    """A restored backup, or one of an earlier version that the buttons used last."""
    copy = Path(shutil.copytree(root, tmp_path / "恢复"))
    (copy / SETTINGS_FILE).write_text('[mail.imap]\nhost = "imap.example.gov.cn"\n', encoding="utf-8")
    if known:
        remember(copy)
    grid.answers[:] = ["ok"]
    assert workspace_of(session_in(copy / "总台账.xlsx")) == copy
    (question, _) = grid.alerts[0]
    assert "还没有在这台电脑上确认过" in question
    assert "imap.example.gov.cn:993" in question
    assert str(copy) in question
    assert is_trusted(copy)
    assert workspace_of(session_in(None)) == copy
    assert len(grid.alerts) == 1, "asked once"


@pytest.mark.parametrize("front", ["in it", "elsewhere"])
def test_without_consent_nothing_is_done_even_in_the_one_used_last(
    grid: GridApp, root: Path, tmp_path: Path, front: str
):
    remember(root)
    withdraw_trust(root)
    grid.answers[:] = ["cancel"]
    with pytest.raises(UserError, match="什么也没有改动"):
        workspace_of(session_in(root / "总台账.xlsx" if front == "in it" else tmp_path / "桌面" / "别的.xlsx"))
    assert not is_trusted(root)


def test_settings_that_cannot_be_read_are_told_and_not_trusted(grid: GridApp, root: Path):
    withdraw_trust(root)
    (root / SETTINGS_FILE).write_text("[office", encoding="utf-8")
    with pytest.raises(UserError, match=r"zwgk\.toml"):
        workspace_of(session_in(root / "总台账.xlsx"))
    assert not is_trusted(root)


@pytest.mark.parametrize("name", ["收件箱/回信", "发件箱/2026-11", "自建/里面"])
def test_a_folder_of_a_workspace_is_none_whatever_lies_in_it(grid: GridApp, root: Path, tmp_path: Path, name: str):
    init_workspace(tmp_path / "攻击")
    inner = Path(shutil.copytree(tmp_path / "攻击", root / name))
    remember(root)
    assert workspace_of(session_in(inner / "回信.xlsx")) == root
    assert grid.alerts == []
    remember(inner)
    assert remembered() is None, "one that an earlier version took is forgotten"
    with pytest.raises(UserError, match=re.escape(str(root))):
        open_or_make(session_in(None), inner)


def test_a_link_in_a_workspace_leads_to_no_other(grid: GridApp, root: Path, tmp_path: Path):
    init_workspace(tmp_path / "攻击")
    (root / "收件箱" / "链接").symlink_to(tmp_path / "攻击")
    remember(root)
    assert workspace_of(session_in(root / "收件箱" / "链接" / "回信.xlsx")) == root
    assert grid.alerts == []


def test_a_book_elsewhere_or_never_saved_gives_the_one_used_last(grid: GridApp, root: Path, tmp_path: Path):
    remember(root)
    assert workspace_of(session_in(None)) == root
    assert workspace_of(session_in(tmp_path / "桌面" / "别的.xlsx")) == root
    assert grid.alerts == []


def test_a_workspace_that_is_gone_is_forgotten(grid: GridApp, root: Path):
    remember(root)
    (root / SETTINGS_FILE).unlink()
    assert remembered() is None
    grid.answers[:] = ["cancel"]
    with pytest.raises(UserError, match="什么也没有改动"):
        workspace_of(session_in(None))


@pytest.fixture
def chosen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The folder that the user picks in the application's dialog."""
    folder = tmp_path / "新的"
    dialog = SimpleNamespace(Show=lambda: True, SelectedItems=lambda number: str(folder))
    monkeypatch.setattr(GridApp, "api", SimpleNamespace(FileDialog=lambda kind: dialog))
    monkeypatch.setattr(platform, "system", lambda: "Windows")
    return folder


def test_an_empty_folder_becomes_a_workspace_when_the_user_agrees(grid: GridApp, chosen: Path):
    grid.answers[:] = ["ok", "ok"]
    assert workspace_of(session_in(None)) == chosen
    assert (chosen / SETTINGS_FILE).is_file()
    assert remembered() == chosen.resolve()


@pytest.mark.parametrize(("answer", "taken"), [("ok", True), ("cancel", False)])
def test_an_existing_workspace_that_is_chosen_is_asked_about(
    grid: GridApp, root: Path, chosen: Path, answer: str, taken: bool
):
    shutil.copytree(root, chosen)
    grid.answers[:] = ["ok", answer]
    if taken:
        assert workspace_of(session_in(None)) == chosen
    else:
        with pytest.raises(UserError, match="什么也没有改动"):
            workspace_of(session_in(None))
    assert (is_trusted(chosen), remembered()) == (taken, chosen.resolve() if taken else None)


def test_nothing_is_made_when_the_user_does_not_agree(grid: GridApp, chosen: Path):
    grid.answers[:] = ["ok", "cancel"]
    with pytest.raises(UserError, match="什么也没有改动"):
        workspace_of(session_in(None))
    assert not chosen.exists()
    assert remembered() is None


def test_a_folder_with_other_things_is_refused(grid: GridApp, chosen: Path):
    chosen.mkdir()
    (chosen / "照片.jpg").write_bytes(b"")
    with pytest.raises(UserError):
        workspace_of(session_in(None))
    assert [path.name for path in chosen.iterdir()] == ["照片.jpg"]


def test_without_the_dialog_the_command_line_is_named(grid: GridApp, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(platform, "system", lambda: "Linux")
    with pytest.raises(UserError, match="zwgk init"):
        session_in(None).choose_folder("哪个？")
