"""``zwgk addin`` as a person types it."""

import json
import re
import time
from functools import partial

import pytest

from tests.desktop.libreoffice import environment_in
from zwgk_excel.cli.addin import COMMANDS
from zwgk_excel.cli.main import run
from zwgk_excel.version import __version__
from zwgk_excel.workflow.office.trust import VARIABLE
from zwgk_excel.workflow.setup import addin_paths, libreoffice_install
from zwgk_excel.workflow.setup.addin_paths import Environment
from zwgk_excel.workflow.wps import service
from zwgk_excel.workflow.wps.note import Note, private_folder, this_program, write_note


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


@pytest.fixture
def own_settings(tmp_path, monkeypatch):
    """A folder of settings that only this test has."""
    monkeypatch.setenv(VARIABLE, str(tmp_path / "设置"))


def test_wps_install_status_uninstall(capsys, windows, own_settings):
    assert run(["addin", "status", "--wps"]) == 1
    assert "还没有装进 WPS" in capsys.readouterr().out
    assert run(["addin", "install", "--wps"]) == 0
    assert "允许" in capsys.readouterr().out
    assert run(["addin", "status", "--wps", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["gate"], found["version"]) == ("unknown", __version__)
    assert run(["addin", "uninstall", "--wps", "--json"]) == 0
    done = json.loads(capsys.readouterr().out)
    assert [path.rpartition("jsaddons")[2][1:] for path in done["removed"]] == [f"zwgk_{__version__}", "publish.xml"]
    assert run(["addin", "uninstall", "--wps"]) == 2


def test_the_service_says_where_it_is_and_is_there_once(capsys, own_settings, monkeypatch):
    monkeypatch.setattr(service, "Service", partial(service.Service, idle=0.0))
    assert run(["addin", "serve"]) == 0
    assert re.search(r"127\.0\.0\.1:\d+", capsys.readouterr().out)
    monkeypatch.setattr(service, "reachable", lambda: True)
    private_folder()
    write_note(Note(9, "口令", this_program(), time.time()))
    assert run(["addin", "serve"]) == 0
    assert "已经在运行" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["install", "uninstall", "status"])
def test_one_program_at_a_time(capsys, command):
    assert run(["addin", command, "--wps", "--libreoffice"]) == 2
    assert "--wps 和 --libreoffice 一次只写一个" in capsys.readouterr().err
