"""The extension of LibreOffice: what is in it, and what LibreOffice's own program makes of it."""

from __future__ import annotations

import ast
import dataclasses
import io
import json
import zipfile
from pathlib import Path

import pytest
from lxml import etree

from tests.desktop.libreoffice import environment_in
from tests.tools import posix_only
from zwgk_excel.layout.buttons import ribbon_tab
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.setup import libreoffice_install
from zwgk_excel.workflow.setup.libreoffice_build import build_extension, extension_bytes
from zwgk_excel.workflow.setup.libreoffice_install import (
    LibreOfficeEnvironment,
    extension_status,
    install_extension,
    this_libreoffice,
    uninstall_extension,
)

PYTHON = Path("/程序/bin/python3")
VALUE = "{http://openoffice.org/2001/registry}name"


def parts(interpreter: Path | None = PYTHON) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(extension_bytes(interpreter))) as package:
        return {name: package.read(name) for name in package.namelist()}


def buttons(bar: str) -> list[tuple[str, str]]:
    """Function and label of each button of a kind of bar, in the order in which LibreOffice shows them."""
    root = etree.fromstring(parts()["Addons.xcu"])
    nodes = root.xpath(f"//node[@*='{bar}']/node")
    items = [sorted(node, key=lambda each: str(each.get(VALUE))) for node in nodes]
    told = [{each.get(VALUE): each.findtext("value") for each in item} for bar_ in items for item in bar_]
    return [(str(each["URL"]).partition(":")[2], str(each["Title"])) for each in told]


@pytest.mark.parametrize("bar", ["OfficeToolBar", "OfficeNotebookBar"])
def test_every_button_of_the_table_is_on_the_toolbar_and_on_the_tab(bar: str):
    tab = ribbon_tab()
    grouped = [(each.function, each.label) for group in tab.groups for each in group.buttons]
    table = [(each.function, each.label) for each in tab.buttons.values()]
    assert buttons(bar) == (grouped if bar == "OfficeToolBar" else table)


def test_the_package_names_each_of_its_parts_and_is_the_same_every_time():
    found = parts()
    named = etree.fromstring(found["META-INF/manifest.xml"]).xpath("//@*[local-name()='full-path']")
    assert sorted(named) == sorted(found.keys() - {"META-INF/manifest.xml", "description.xml", "settings.json"})
    assert extension_bytes(PYTHON) == extension_bytes(PYTHON)


def test_the_launcher_knows_the_buttons_and_the_installed_program():
    settings = json.loads(parts()["settings.json"])
    assert list(settings["buttons"]) == list(ribbon_tab().buttons)
    assert settings["interpreter"] == str(PYTHON)
    assert json.loads(parts(None)["settings.json"])["interpreter"] == ""


def test_the_launcher_is_python_of_long_ago_with_nothing_but_the_standard_library_and_uno():
    tree = ast.parse(parts()["launcher.py"].decode(), feature_version=(3, 7))
    names = {each.names[0].name for each in ast.walk(tree) if isinstance(each, ast.Import)}
    names |= {str(each.module).partition(".")[0] for each in ast.walk(tree) if isinstance(each, ast.ImportFrom)}
    assert names == {"com", "json", "os", "subprocess", "sys", "tempfile", "threading", "uno", "unohelper"}


def test_it_is_built_for_whoever_wants_to_look_at_it(tmp_path: Path):
    out = tmp_path / "zwgk.oxt"
    assert (build_extension(out), build_extension(out)) == (True, False)
    assert out.read_bytes() == extension_bytes(None)
    with pytest.raises(UserError, match=r"\.oxt"):
        build_extension(tmp_path / "zwgk.xlam")
    out.with_name("锁.oxt").mkdir()
    with pytest.raises(UserError, match="无法写入"):
        build_extension(out.with_name("锁.oxt"))


# --- installed ---------------------------------------------------------------------------------


def test_installed_twice_looked_at_and_removed(tmp_path: Path):
    computer = environment_in(tmp_path, PYTHON)
    assert "尚未安装" in extension_status(computer).faults[-1]
    done = install_extension(computer)
    assert (done.faults, bool(done.installed)) == ((), True)
    assert install_extension(computer) == done == extension_status(computer)
    (fault,) = extension_status(dataclasses.replace(computer, interpreter=Path("/别的/python"))).faults
    assert "不是由现在的" in fault
    uninstall_extension(computer)
    assert extension_status(computer).installed == ""
    assert not computer.record.exists()
    with pytest.raises(UserError, match="没有可以卸载的"):
        uninstall_extension(computer)


@posix_only("stands for LibreOffice's program as a shell script")
@pytest.mark.parametrize(
    ("script", "told"),
    [("echo 'ERROR: 正在运行' >&2; exit 1", "没有接受：ERROR: 正在运行"), ("sleep 60", "没有反应")],
)
def test_what_libreoffice_refuses_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, told: str):
    monkeypatch.setattr(libreoffice_install, "_SECONDS", 0.5)
    program = tmp_path / "unopkg"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    with pytest.raises(UserError, match=told):
        install_extension(LibreOfficeEnvironment(tmp_path, tmp_path, PYTHON))
    assert not (tmp_path / ".zwgk").exists()


@posix_only("stands for LibreOffice's program as a shell script")
def test_a_libreoffice_that_runs_no_python_is_told(tmp_path: Path):
    program = tmp_path / "unopkg"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    first, second = extension_status(LibreOfficeEnvironment(tmp_path, tmp_path, PYTHON)).faults
    assert ("python3-uno" in first, "尚未安装" in second) == (True, True)


@pytest.mark.parametrize("found", [False, True])
def test_without_libreoffice_nothing_is_done(tmp_path: Path, found: bool):
    computer = LibreOfficeEnvironment(tmp_path if found else None, tmp_path, PYTHON)
    with pytest.raises(UserError, match="没有找到 LibreOffice"):
        install_extension(computer)


@posix_only("looks for the program on the path")
def test_the_libreoffice_on_the_path_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for name in ("soffice", "unopkg"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert this_libreoffice().program == tmp_path
