"""Installing on Windows, played in folders of Linux: what is written, refused, put back."""

import dataclasses
import hashlib
import json
from pathlib import Path

import pytest

from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.setup import addin_install
from zwgk_excel.workflow.setup.addin_build import addin_bytes, build
from zwgk_excel.workflow.setup.addin_install import install, status, uninstall
from zwgk_excel.workflow.setup.addin_paths import Environment, addin_paths, this_computer


@pytest.fixture
def computer(tmp_path):
    """A Windows computer whose user and whose Python have Chinese names; code page 936."""
    home = tmp_path / "Users" / "张 三"
    interpreter = home / "程序" / "python.exe"
    interpreter.parent.mkdir(parents=True)
    interpreter.write_bytes(b"MZ")
    roaming = home / "AppData" / "Roaming"
    return Environment("win32", home, roaming, interpreter, "gbk", lambda: False)


@pytest.fixture
def mac(computer):
    return dataclasses.replace(computer, platform="darwin", encoding="utf-8")


def everything(computer):
    return {path: path.read_bytes() for path in computer.home.rglob("*") if path.is_file()}


def test_what_install_writes_on_windows(computer):
    before = everything(computer)
    done = install(computer)
    assert done.faults == ()
    new = {path: content for path, content in everything(computer).items() if path not in before}
    addin = computer.home / "AppData/Roaming/Microsoft/Excel/XLSTART/zwgk.xlam"
    configuration = computer.home / ".zwgk/zwgk.conf"
    assert set(new) == {addin, configuration, computer.home / ".zwgk/installed.json"}
    assert new[addin] == addin_bytes()
    assert new[configuration] == f'"INTERPRETER_WIN","{computer.interpreter}"\r\n'.encode("gbk")
    assert done == status(computer)


def test_a_second_installation_changes_nothing(computer):
    install(computer)
    before = everything(computer)
    install(computer)
    assert everything(computer) == before


def test_uninstall_leaves_nothing_behind(computer):
    before = everything(computer)
    install(computer)
    removal = uninstall(computer)
    assert everything(computer) == before
    assert {path.name for path in removal.removed} == {"zwgk.xlam", "zwgk.conf"}
    assert removal.kept == removal.restored == ()
    assert not (computer.home / ".zwgk").exists()


def test_an_earlier_configuration_comes_back(computer):
    configuration = computer.home / ".zwgk" / "zwgk.conf"
    configuration.parent.mkdir()
    configuration.write_bytes('"INTERPRETER_WIN","D:\\旧\\python.exe"\r\n'.encode("gbk"))
    before = everything(computer)
    install(computer)
    install(computer)
    assert configuration.read_bytes() != before[configuration]
    assert uninstall(computer).restored == (configuration,)
    assert everything(computer) == before


def test_a_configuration_changed_after_installing_is_the_users(computer):
    install(computer)
    configuration = computer.home / ".zwgk" / "zwgk.conf"
    changed = configuration.read_bytes() + b'"PYTHONPATH","D:\\tools"\r\n'
    configuration.write_bytes(changed)
    removal = uninstall(computer)
    assert removal.kept == (configuration,)
    assert configuration.read_bytes() == changed


def test_a_new_installation_keeps_a_changed_configuration_aside(computer):
    install(computer)
    configuration = computer.home / ".zwgk" / "zwgk.conf"
    changed = configuration.read_bytes() + b'"PYTHONPATH","D:\\tools"\r\n'
    configuration.write_bytes(changed)
    assert install(computer).faults == ()
    uninstall(computer)
    assert configuration.read_bytes() == changed


def test_every_configuration_of_the_user_is_kept(computer):
    """An earlier one, and then a change after installing: the newest comes back, the other one stays beside it."""
    configuration = computer.home / ".zwgk" / "zwgk.conf"
    configuration.parent.mkdir()
    configuration.write_bytes(b"first")
    install(computer)
    configuration.write_bytes(b"second")
    install(computer)
    install(computer)
    uninstall(computer)
    assert configuration.read_bytes() == b"second"
    assert configuration.with_name("zwgk.conf.before").read_bytes() == b"first"


def test_running_excel_is_refused(computer):
    busy = dataclasses.replace(computer, excel_is_running=lambda: True)
    before = everything(computer)
    with pytest.raises(UserError, match="先关闭所有 Excel 窗口"):
        install(busy)
    assert everything(computer) == before
    install(computer)
    before = everything(computer)
    with pytest.raises(UserError, match="先关闭所有 Excel 窗口"):
        uninstall(busy)
    assert everything(computer) == before


def test_a_locked_add_in_is_refused(computer, monkeypatch):
    """Windows refuses to replace a file that Excel holds open; the older one stays whole."""
    install(computer)
    before = everything(computer)
    monkeypatch.setattr(addin_install, "addin_bytes", lambda: b"newer")

    replace = Path.replace

    def locked(self, target):
        if target.suffix == ".xlam":
            raise PermissionError(13, "Permission denied", str(self), None, str(target))
        return replace(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", locked)
        with pytest.raises(UserError, match=r"zwgk\.xlam”正被占用.*关闭所有 Excel 窗口"):
            install(computer)
    after = everything(computer)
    record = addin_paths(computer).record
    assert {path: content for path, content in after.items() if path != record} == {
        path: content for path, content in before.items() if path != record
    }
    uninstall(computer)
    assert set(everything(computer)) == {computer.interpreter}


def test_a_path_that_the_code_page_cannot_write_is_refused(computer):
    western = dataclasses.replace(computer, encoding="cp1252")
    before = everything(computer)
    with pytest.raises(UserError, match="代码页写不出"):
        install(western)
    assert everything(computer) == before


def test_status_says_what_does_not_match(computer, monkeypatch):
    (first, second) = status(computer).faults
    assert "尚未安装" in first
    assert "没有配置 Python" in second
    install(computer)
    other = dataclasses.replace(computer, interpreter=computer.home / "other.exe")
    assert [str(computer.interpreter) in fault for fault in status(other).faults] == [True]
    computer.interpreter.unlink()
    (fault,) = status(computer).faults
    assert "已不存在" in fault
    monkeypatch.setattr(addin_install, "addin_bytes", lambda: b"newer")
    assert any("不是由现在的" in fault for fault in status(computer).faults)


def test_nothing_to_uninstall(computer):
    with pytest.raises(UserError, match="没有安装记录"):
        uninstall(computer)


@pytest.mark.parametrize("damaged", ["{", "[]", '{"written": 3}', '{"written": {"a": [1]}}'])
def test_a_damaged_record_is_told(computer, damaged):
    install(computer)
    addin_paths(computer).record.write_text(damaged, encoding="utf-8")
    with pytest.raises(UserError, match="已损坏"):
        uninstall(computer)


def test_a_record_names_only_our_places(computer, tmp_path):
    """uninstall deletes by the record, so the record may not lead anywhere else."""
    install(computer)
    victim = tmp_path / "letter.txt"
    victim.write_bytes(b"x")
    record = addin_paths(computer).record
    content = json.loads(record.read_text(encoding="utf-8"))
    content["written"][str(victim)] = [hashlib.sha256(b"x").hexdigest()]
    record.write_text(json.dumps(content), encoding="utf-8")
    uninstall(computer)
    assert victim.exists()


def test_macos_gets_the_script_that_starts_python(mac):
    before = everything(mac)
    assert install(mac).faults == ()
    new = {path.relative_to(mac.home).as_posix() for path in everything(mac)} - {
        path.relative_to(mac.home).as_posix() for path in before
    }
    assert new == {
        ".zwgk/installed.json",
        "Library/Application Scripts/com.microsoft.Excel/xlwings-0.37.8.applescript",
        "Library/Containers/com.microsoft.Excel/Data/zwgk.conf",
        "Library/Group Containers/UBF8T346G9.Office/User Content.localized/Startup.localized/Excel/zwgk.xlam",
    }
    uninstall(mac)
    assert everything(mac) == before


def test_a_script_of_another_xlwings_user_stays(mac):
    install(mac)
    script = addin_paths(mac).script
    assert script
    content = script.read_bytes()
    uninstall(mac)
    script.write_bytes(content)
    install(mac)
    uninstall(mac)
    assert script.read_bytes() == content


def test_linux_cannot_and_says_so():
    for action in (install, uninstall, status):
        with pytest.raises(UserError, match="没有微软 Excel"):
            action(dataclasses.replace(this_computer(), platform="linux"))


def test_build_needs_a_sensible_name(tmp_path):
    with pytest.raises(UserError, match="xlam"):
        build(tmp_path / "zwgk.xlsx")
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(UserError, match="无法写入"):
        build(tmp_path / "file" / "zwgk.xlam")
