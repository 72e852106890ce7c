"""Which workspaces are trusted on this computer: made here or consented to, at this path, with this id."""

from __future__ import annotations

import json
import os
import shutil
import stat
from pathlib import Path

import pytest

from tests.tools import ON_WINDOWS, posix_only
from zwgk_excel.workflow.errors import UntrustedWorkspaceError, UserError
from zwgk_excel.workflow.office.trust import (
    config_folder,
    is_trusted,
    trust_mark,
    trust_workspace,
    withdraw_trust,
    workspace_id,
)
from zwgk_excel.workflow.office.workspace import foreign_workspace, open_workspace
from zwgk_excel.workflow.setup.workspace_setup import init_workspace


@pytest.fixture(autouse=True)
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user who trusts nothing yet."""
    monkeypatch.setenv("ZWGK_CONFIG_DIR", str(tmp_path / "config"))
    return tmp_path / "config"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return init_workspace(tmp_path / "工作区").root


def a_copy(root: Path, to: Path) -> Path:
    return Path(shutil.copytree(root, to))


def test_a_workspace_made_here_is_trusted(root: Path):
    opened = open_workspace(root)
    assert opened.id == workspace_id(root) == trust_mark(root).workspace
    assert len(opened.id) == 32


def test_each_has_its_own_id(root: Path, tmp_path: Path):
    assert workspace_id(root) != init_workspace(tmp_path / "另一个").id


def test_the_mark_is_the_users_alone_and_outside_the_workspace(root: Path, config: Path):
    (mark,) = config.rglob("*.json")
    assert json.loads(mark.read_text(encoding="utf-8"))["path"] == os.path.normcase(os.path.realpath(root))
    assert root not in mark.parents
    if not ON_WINDOWS:  # where files have the rights of their folder
        assert stat.S_IMODE(mark.stat().st_mode) == 0o600
        assert stat.S_IMODE(mark.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("again", ["a restored backup", "a moved folder", "another user or computer"])
def test_what_was_not_made_here_is_asked_about_once(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, again: str
):
    if again == "a moved folder":
        root = root.rename(tmp_path / "搬家后")
    elif again == "a restored backup":
        root = a_copy(root, tmp_path / "恢复")
    else:
        monkeypatch.setenv("ZWGK_CONFIG_DIR", str(tmp_path / "another"))
    before = workspace_id(root)
    with pytest.raises(UntrustedWorkspaceError, match=r"还没有在这台电脑上确认过.*zwgk trust"):
        open_workspace(root)
    trust_workspace(root)
    assert open_workspace(root).id == before, "the passwords of a moved workspace are still found"


def test_one_of_an_earlier_version_gets_its_id_with_the_consent(root: Path):
    (root / "zwgk.id").unlink()
    trust_workspace(root)
    assert open_workspace(root).id == workspace_id(root) != ""


def replaced_by_another(root: Path) -> None:
    shutil.rmtree(root)
    init_workspace(root.parent / "别人的").root.rename(root)


def replaced_without_an_id(root: Path) -> None:
    replaced_by_another(root)
    (root / "zwgk.id").unlink()


def with_a_pipe_for_an_id(root: Path) -> None:
    replaced_without_an_id(root)
    os.mkfifo(root / "zwgk.id")


@pytest.mark.parametrize(
    "replace",
    [
        replaced_by_another,
        replaced_without_an_id,
        pytest.param(with_a_pipe_for_an_id, marks=posix_only("a pipe")),
    ],
)
def test_another_workspace_in_its_place_does_not_inherit_the_trust(root: Path, replace):
    replace(root)
    with pytest.raises(UntrustedWorkspaceError, match="已不是在这台电脑上确认过的那一个"):
        open_workspace(root)


def test_of_an_id_no_more_is_read_than_ids_are_long(root: Path):
    os.truncate(root / "zwgk.id", 200 * 2**30)
    with pytest.raises(UntrustedWorkspaceError):
        open_workspace(root)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"path": 1}', b"\xff", b'{"workspace": "", "since": "x"}'])
def test_a_damaged_mark_is_none(root: Path, config: Path, content: bytes):
    (mark,) = config.rglob("*.json")
    mark.write_bytes(content)
    assert not is_trusted(root)
    trust_workspace(root)
    assert is_trusted(root)


def test_a_mark_holds_for_its_path_only(root: Path, tmp_path: Path, config: Path):
    (mark,) = config.rglob("*.json")
    other = a_copy(root, tmp_path / "别处")
    trust_workspace(other)
    (second,) = set(config.rglob("*.json")) - {mark}
    second.write_bytes(mark.read_bytes())
    assert (is_trusted(root), is_trusted(other)) == (True, False)


@posix_only("symbolic links, which wine does not resolve and few users of Windows may make")
def test_the_way_to_it_does_not_matter(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "捷径").symlink_to(root)
    monkeypatch.chdir(root / "收件箱")
    for way in (tmp_path / "捷径", Path(".."), root / "收件箱" / ".."):
        assert is_trusted(way)


def test_trust_is_withdrawn(root: Path):
    assert [withdraw_trust(root), withdraw_trust(root)] == [True, False]
    assert not is_trusted(root)


def test_only_to_read_it_no_consent_is_needed(root: Path):
    withdraw_trust(root)
    assert foreign_workspace(root).id == ""


def test_an_existing_folder_with_settings_is_not_made_ones_own_by_init(root: Path):
    withdraw_trust(root)
    with pytest.raises(UntrustedWorkspaceError):
        init_workspace(root)
    assert not is_trusted(root)


full_path = posix_only("a full path, which begins with a drive on Windows")


@pytest.mark.parametrize(
    ("environment", "platform", "folder"),
    [
        pytest.param({"ZWGK_CONFIG_DIR": "/srv/zwgk"}, "linux", "/srv/zwgk", marks=full_path),
        pytest.param({"XDG_CONFIG_HOME": "/x"}, "linux", "/x/zwgk", marks=full_path),
        ({"XDG_CONFIG_HOME": "here"}, "linux", "/home/a/.config/zwgk"),
        ({}, "linux", "/home/a/.config/zwgk"),
        ({}, "darwin", "/home/a/Library/Application Support/zwgk"),
        ({"APPDATA": "/roaming"}, "win32", "/roaming/zwgk"),
        ({}, "win32", "/home/a/AppData/Roaming/zwgk"),
    ],
)
def test_the_users_folder_of_settings(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], platform: str, folder: str
):
    monkeypatch.setattr(Path, "home", lambda: Path("/home/a"))
    assert config_folder(environment, platform) == Path(folder)


def no_home() -> Path:
    raise RuntimeError("Could not determine home directory.")


def test_without_a_folder_the_variable_is_named(root: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(Path, "home", no_home)
    with pytest.raises(UserError, match="ZWGK_CONFIG_DIR"):
        config_folder({}, "linux")
    with pytest.raises(UserError, match="完整的路径"):
        config_folder({"ZWGK_CONFIG_DIR": "here"})
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("ZWGK_CONFIG_DIR", str(tmp_path / "file"))
    with pytest.raises(UserError, match="ZWGK_CONFIG_DIR"):
        trust_workspace(root)
