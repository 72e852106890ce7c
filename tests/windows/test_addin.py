"""The add-in installed for users as Windows has them: names, redirected folders, a home on the network, Excel open."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.tools import on_windows, under_wine
from tests.windows.processes import ALONE, held
from zwgk_excel.cli.main import run
from zwgk_excel.workflow.setup.addin_paths import this_computer

pytestmark = on_windows

NETWORK = Path("H:\\")
"""A drive that stands for the network; tests/windows/setup.sh makes it."""
NAMES = (
    "张 三",
    "李 & 四 (党政办)",
    "王%TEMP%五",
    "OneDrive - 某某市人民政府办公室\\文档",
    "a" * 60 + "\\" + "深" * 60,
)


@pytest.fixture
def user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return sign_in(monkeypatch, tmp_path / "张 三")


def sign_in(monkeypatch: pytest.MonkeyPatch, home: Path, roaming: Path | None = None) -> Path:
    """The rest of the test is of a user with these folders."""
    roaming = roaming or home / "AppData" / "Roaming"
    roaming.mkdir(parents=True)
    monkeypatch.setenv("USERPROFILE", str(home))
    monkeypatch.setenv("APPDATA", str(roaming))
    return home


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def goes_in_and_out(home: Path, roaming: Path) -> None:
    """install, status, uninstall: what the user gets, and that nothing stays."""
    assert run(["addin", "install"]) == 0
    assert files(roaming / "Microsoft") == ["Excel\\XLSTART\\zwgk.xlam"]
    assert (home / ".zwgk" / "zwgk.conf").read_bytes() == f'"INTERPRETER_WIN","{sys.executable}"\r\n'.encode("mbcs")
    assert run(["addin", "status"]) == 0
    assert run(["addin", "uninstall"]) == 0
    assert files(home) == files(roaming) == []


@pytest.mark.parametrize("name", NAMES)
def test_any_name_of_a_user_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str):
    home = sign_in(monkeypatch, tmp_path / name)
    goes_in_and_out(home, home / "AppData" / "Roaming")


@pytest.mark.skipif(not NETWORK.is_dir(), reason="no drive H:")
def test_xlstart_on_the_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """As where profiles roam: the application data lie on a server, the home may not."""
    shutil.rmtree(NETWORK / "应用 数据", ignore_errors=True)
    home = sign_in(monkeypatch, tmp_path / "张 三", NETWORK / "应用 数据")
    goes_in_and_out(home, NETWORK / "应用 数据")


@pytest.mark.parametrize("command", ["install", "status", "uninstall"])
def test_a_server_that_cannot_be_reached_is_told(
    user: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str
):
    """Drive Q: is not there: what is installed is not known, and nothing is half installed."""
    monkeypatch.setenv("APPDATA", "Q:\\应用数据")
    code = run(["addin", command])
    told = capsys.readouterr()
    assert code == {"install": 2, "status": 1, "uninstall": 2}[command], told
    assert "Q:" in told.out + told.err or "没有安装记录" in told.err
    assert not (user / ".zwgk" / "zwgk.conf").exists()


@contextmanager
def excel(folder: Path) -> Iterator[None]:
    """A process named as Excel is, which answers nobody: it opens no window and reads no messages."""
    home = Path(getattr(sys, "_base_executable", sys.executable)).parent
    folder.mkdir()
    for each in ("python3*.dll", "vcruntime*.dll", "python3*.zip"):
        for path in home.glob(each):
            shutil.copy(path, folder)
    program = Path(shutil.copy(home / "python.exe", folder / "EXCEL.EXE"))
    code = "import sys; print('up', flush=True); sys.stdin.read()"
    variables = {**os.environ, "PYTHONHOME": str(home)}
    with subprocess.Popen(
        [program, "-S", "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=variables
    ) as process:
        assert process.stdout
        assert process.stdin
        assert process.stdout.readline().strip() == b"up"
        try:
            yield
        finally:
            process.stdin.close()


def test_excel_that_runs_or_hangs_stops_both(user: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert not this_computer().excel_is_running()
    with excel(tmp_path / "Office"):
        assert this_computer().excel_is_running()
        assert run(["addin", "install"]) == 2
        assert "请先关闭所有 Excel 窗口" in capsys.readouterr().err
        assert files(user) == []
    assert run(["addin", "install"]) == 0
    before = files(user)
    with excel(tmp_path / "Office 2"):
        assert run(["addin", "uninstall"]) == 2
    assert files(user) == before


@pytest.mark.parametrize("name", ["zwgk.xlam", "zwgk.conf", "installed.json"])
def test_a_file_of_ours_that_is_held(user: Path, capsys: pytest.CaptureFixture[str], name: str):
    """By a scanner of viruses, or by Excel of another session: a sentence with its name, and the next run is whole."""
    assert run(["addin", "install"]) == 0
    (path,) = user.rglob(name)
    before = path.read_bytes()
    for command in ("install", "status", "uninstall"):
        capsys.readouterr()
        with held(path, ALONE):
            code = run(["addin", command])
        told = capsys.readouterr()
        if code not in (0, 1):
            assert (code, name in told.err) == (2, True), told
    assert path.read_bytes() == before or not path.exists()
    assert run(["addin", "install"]) == 0
    assert run(["addin", "uninstall"]) == 0
    assert files(user) == []


@pytest.mark.skipif(under_wine(), reason="wine replaces a file that is read-only")
def test_a_file_without_rights_to_write(user: Path, capsys: pytest.CaptureFixture[str]):
    assert run(["addin", "install"]) == 0
    (addin,) = user.rglob("zwgk.xlam")
    addin.write_bytes(b"an earlier version")
    addin.chmod(stat.S_IREAD)
    capsys.readouterr()
    assert run(["addin", "install"]) == 2
    assert "没有写入权限" in capsys.readouterr().err
    assert addin.read_bytes() == b"an earlier version"
    addin.chmod(stat.S_IWRITE | stat.S_IREAD)
    assert run(["addin", "install"]) == 0


def test_a_folder_without_rights(user: Path, capsys: pytest.CaptureFixture[str]):
    """Where a policy keeps users out of XLSTART: nothing of it is there afterwards, and the record is told nothing."""
    (user / "AppData" / "Roaming" / "Microsoft").write_bytes(b"in the way")
    assert run(["addin", "install"]) == 2
    assert "无法写入" in capsys.readouterr().err
    assert not (user / ".zwgk" / "zwgk.conf").exists()


@pytest.mark.skipif(not under_wine(), reason="asks for the code page that tests/windows/setup.sh gives wine")
def test_this_windows_has_a_chinese_code_page():
    assert "政务".encode("mbcs") == "政务".encode("gbk")
