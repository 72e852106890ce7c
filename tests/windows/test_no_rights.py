"""Folders that Windows keeps this user out of: a sentence with the reason, and nothing half done."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tools import on_windows, under_wine
from tests.windows.test_addin import files, sign_in
from tests.workflow.desk import CYCLE, Desk, issue, new_desk
from zwgk_excel.cli.main import run

pytestmark = on_windows

_OF_THE_KERNEL = Path("Z:\\sys\\kernel")
"""Wine knows no access control lists; here not even its administrator may write, and Windows' own error comes of it."""


@pytest.fixture
def closed(tmp_path: Path) -> Iterator[Path]:
    """A folder in which this user may read and not write."""
    if under_wine():
        if not _OF_THE_KERNEL.is_dir():
            pytest.skip("no folder here that its administrator may not write to")
        yield _OF_THE_KERNEL
        return
    folder, user = tmp_path / "关着", os.environ["USERNAME"]
    folder.mkdir()
    subprocess.run(["icacls", folder, "/deny", f"{user}:(OI)(CI)(W)"], check=True, capture_output=True)
    yield folder
    subprocess.run(["icacls", folder, "/remove:d", user, "/t"], check=True, capture_output=True)


def test_xlstart_may_not_be_written_to(
    tmp_path: Path, closed: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """As where a policy keeps users out of the folder of application data."""
    home = tmp_path / "张 三"
    home.mkdir()
    monkeypatch.setenv("USERPROFILE", str(home))
    monkeypatch.setenv("APPDATA", str(closed))
    assert run(["addin", "install"]) == 2
    told = capsys.readouterr().err
    assert str(closed) in told
    assert "没有写入权限" in told
    assert run(["addin", "status"]) == 1
    assert run(["addin", "uninstall"]) == 0
    assert files(home) == []


def test_the_users_own_folder_may_not_be_written_to(
    tmp_path: Path, closed: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """The home, where the settings of the add-in lie: none of it is in XLSTART either."""
    roaming = sign_in(monkeypatch, tmp_path / "张 三") / "AppData" / "Roaming"
    monkeypatch.setenv("USERPROFILE", str(closed))
    assert run(["addin", "install"]) == 2
    assert "没有写入权限" in capsys.readouterr().err
    assert files(roaming) == []


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return issue(new_desk(tmp_path_factory.mktemp("desk")))


WRITES = {
    "a workspace": ("init", "{closed}\\工作区"),
    "an export": ("export", str(CYCLE), "--to", "{closed}\\数据.xlsx", "-w", "{root}"),
    "the add-in": ("addin", "build", "{closed}\\zwgk.xlam"),
    "the demo": ("demo", "{closed}\\演示"),
}


@pytest.mark.parametrize("what", WRITES)
def test_whoever_may_not_write_is_told_where(desk: Desk, closed: Path, what: str, capsys: pytest.CaptureFixture[str]):
    before = sorted(closed.iterdir())
    code = run([each.format(closed=closed, root=desk.root) for each in WRITES[what]])
    told = capsys.readouterr().err
    assert code == 2, told
    assert str(closed) in told
    assert "权限" in told
    assert sorted(closed.iterdir()) == before
