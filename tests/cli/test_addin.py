"""``zwgk addin`` as a person types it."""

import json
import re

import pytest

from tests.desktop.libreoffice import environment_in
from zwgk_excel.cli.addin import COMMANDS
from zwgk_excel.cli.main import run
from zwgk_excel.workflow.setup import addin_paths, libreoffice_install
from zwgk_excel.workflow.setup.addin_paths import Environment


@pytest.fixture
def windows(tmp_path, monkeypatch):
    """The commands believe they run on Windows."""
    interpreter = tmp_path / "python.exe"
    interpreter.write_bytes(b"MZ")
    computer = Environment("win32", tmp_path, tmp_path / "Roaming", interpreter, "gbk", lambda: False)
    monkeypatch.setattr(addin_paths, "this_computer", lambda: computer)
    return computer


@pytest.mark.parametrize("command", [name for name, _, _ in COMMANDS])
def test_every_command_explains_itself_in_chinese(capsys, command):
    assert run(["addin", command, "--help"]) == 0
    shown = capsys.readouterr().out
    assert f"用法：zwgk addin {command}" in shown
    assert not re.search(r"\b(Usage|Options|Arguments|Commands|required|default|Show this)\b", shown)


def test_the_group_lists_its_commands(capsys):
    assert run(["addin", "--help"]) == 0
    shown = capsys.readouterr().out
    assert all(name in shown for name, _, _ in COMMANDS)


def test_build(capsys, tmp_path):
    out = tmp_path / "输出" / "zwgk.xlam"
    assert run(["addin", "build", str(out)]) == 0
    assert "加载项已生成" in capsys.readouterr().out
    first = out.read_bytes()
    assert run(["addin", "build", str(out)]) == 0
    assert "没有变化" in capsys.readouterr().out
    assert out.read_bytes() == first


def test_install_status_uninstall(capsys, windows):
    assert run(["addin", "status"]) == 1
    assert "尚未安装" in capsys.readouterr().out
    assert run(["addin", "install"]) == 0
    assert "政务公开" in capsys.readouterr().out
    assert run(["addin", "status", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["installed"] is True
    assert found["interpreter"] == str(windows.interpreter)
    assert found["xlwings"] == "0.37.8"
    assert run(["addin", "uninstall"]) == 0
    assert "已卸载" in capsys.readouterr().out
    assert run(["addin", "uninstall"]) == 2


@pytest.mark.parametrize("command", ["install", "uninstall", "status"])
def test_on_linux_one_sentence(capsys, monkeypatch, command):
    monkeypatch.setattr("sys.platform", "linux")
    assert run(["addin", command]) == 2
    told = capsys.readouterr().err.strip()
    assert "zwgk addin install" in told
    assert "命令行" in told
    assert "\n" not in told


@pytest.fixture
def libreoffice(tmp_path, monkeypatch):
    """A LibreOffice of our own, in which nothing is installed yet."""
    computer = environment_in(tmp_path, tmp_path / "python")
    monkeypatch.setattr(libreoffice_install, "this_libreoffice", lambda: computer)
    return computer


def test_the_extension_of_libreoffice_is_built_installed_looked_at_and_removed(capsys, libreoffice, tmp_path):
    assert run(["addin", "build", "--libreoffice", str(tmp_path / "zwgk.oxt")]) == 0
    assert "扩展已生成" in capsys.readouterr().out
    assert run(["addin", "status", "--libreoffice"]) == 1
    assert "尚未安装" in capsys.readouterr().out
    assert run(["addin", "install", "--libreoffice"]) == 0
    assert "工具栏中会有“政务公开”的按钮" in capsys.readouterr().out
    assert run(["addin", "status", "--libreoffice", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["interpreter"] == str(libreoffice.interpreter)
    assert run(["addin", "uninstall", "--libreoffice", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"removed": ["cn.zwgk.excel"]}
    assert run(["addin", "uninstall", "--libreoffice"]) == 2
    assert "没有可以卸载的" in capsys.readouterr().err
