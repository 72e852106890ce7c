"""What is a workspace, and what is none, whatever settings lie in it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.tools import posix_only
from tests.workflow.desk import Desk, new_desk
from zwgk_excel.cli.main import run
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.office.workspace import enclosing_workspace, open_workspace
from zwgk_excel.workflow.setup.workspace_setup import init_workspace


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return new_desk(tmp_path)


@pytest.fixture
def planted(desk: Desk, tmp_path: Path) -> Path:
    """A whole workspace of somebody else's that was put into 收件箱."""
    strange = new_desk(tmp_path / "别处").root
    return Path(shutil.copytree(strange, desk.root / "收件箱" / "报送" / "里面"))


def test_a_folder_in_a_workspace_is_none(desk: Desk, planted: Path):
    with pytest.raises(UserError, match=r"里面.*-w"):
        open_workspace(planted)
    assert enclosing_workspace(planted) == desk.root
    assert open_workspace(desk.root).root == desk.root


def test_nor_is_the_current_folder_of_the_command_line(
    planted: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.chdir(planted)
    assert run(["status", "2026-11"]) == 2
    assert "里面" in capsys.readouterr().err


@posix_only("symbolic links, which wine does not resolve and few users of Windows may make")
def test_a_link_out_of_a_workspace_and_one_into_it_make_none(desk: Desk, planted: Path, tmp_path: Path):
    strange = new_desk(tmp_path / "别处二").root
    (desk.root / "收件箱" / "链接").symlink_to(strange)
    (tmp_path / "捷径").symlink_to(planted)
    for link in (desk.root / "收件箱" / "链接", tmp_path / "捷径"):
        with pytest.raises(UserError, match="里面"):
            open_workspace(link)
    (tmp_path / "办公室").symlink_to(desk.root)
    assert open_workspace(tmp_path / "办公室").duty_table.is_file()


def test_none_is_made_in_another(desk: Desk):
    inner = desk.root / "收件箱" / "新的"
    with pytest.raises(UserError, match="里面"):
        init_workspace(inner)
    assert not inner.exists()
    init_workspace(desk.root)


def test_a_folder_that_is_named_like_the_settings_makes_no_workspace(tmp_path: Path):
    (tmp_path / "zwgk.toml").mkdir()
    assert init_workspace(tmp_path / "办公室").root == tmp_path / "办公室"
