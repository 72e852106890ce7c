"""What installs the bundle on Windows: its sums, its replacing, its PATH. Its batch files: ``make test-windows``."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from bundle.folders import SUMS, pack_zip, put_text, write_sums
from bundle.windows import set_up
from tests.tools import ROOT

TEXTS = ROOT / "bundle/windows"
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a script stands for python.exe")


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """An unpacked archive whose Python is a script that writes down what it is asked."""
    folder = tmp_path / "解压 一"
    python = folder / "program/python/python.exe"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\necho "$@" >>"{tmp_path}/asked"\n', encoding="utf-8")
    python.chmod(0o755)
    for name, into in (("zwgk.cmd", folder), ("uninstall.cmd", folder / "program")):
        put_text(TEXTS / name, into / name, windows=True)
    write_sums(folder)
    return folder


def test_an_installation_over_another_leaves_nothing_of_it(bundle: Path, tmp_path: Path, capsys):
    place = tmp_path / "程 序"
    set_up.install(bundle, place)
    (place / "program/old.py").write_text("")
    (place / "program.new").mkdir()  # an attempt that was cut off
    set_up.install(bundle, place)
    assert sorted(path.name for path in place.iterdir()) == ["program", "uninstall.cmd", "zwgk.cmd"]
    assert not (place / "program/old.py").exists()
    assert (tmp_path / "asked").read_text().splitlines() == ["-X utf8 -m zwgk_excel addin install"] * 2


@pytest.mark.parametrize("held", ["program", "program.new"])
def test_what_is_in_use_is_left_as_it_is(bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, held: str):
    place = tmp_path / "程 序"
    set_up.install(bundle, place)
    (place / "program/old.py").write_text("")
    rename = Path.rename

    def refused(self: Path, target: Path) -> Path:
        if self.name == held:
            raise PermissionError(13, "in use", str(self))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refused)
    monkeypatch.setattr(set_up, "PAUSES", (0.0,))
    with pytest.raises(set_up.SetUpError, match="正在使用"):
        set_up.install(bundle, place)
    assert (place / "program/old.py").exists()


@pytest.mark.parametrize(("damage", "told"), [("missing", "缺少文件“zwgk.cmd”"), ("changed", "与清单不符")])
def test_a_damaged_archive_is_not_installed(bundle: Path, tmp_path: Path, damage: str, told: str):
    if damage == "missing":
        (bundle / "zwgk.cmd").unlink()
    else:
        (bundle / "zwgk.cmd").write_bytes(b"x")
    with pytest.raises(set_up.SetUpError, match=told):
        set_up.install(bundle, tmp_path / "程序")
    assert not (tmp_path / "程序").exists()


def test_an_installed_folder_is_no_archive(bundle: Path):
    with pytest.raises(set_up.SetUpError, match="解压出来的"):
        set_up.install(bundle, bundle)


def test_nothing_to_uninstall_is_said(tmp_path: Path, capsys):
    assert set_up.main(["uninstall", str(tmp_path)]) == 1
    assert "没有安装" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", r"C:\z"),
        (r"C:\a;%USERPROFILE%\b", r"C:\a;%USERPROFILE%\b;C:\z"),
        (r"C:\Z\;C:\a;", r"C:\a;C:\z"),
    ],
)
def test_the_folder_stands_in_path_once(before: str, after: str):
    assert set_up.with_entry(before, r"C:\z") == after
    assert r"C:\z" not in set_up.without_entry(after, r"C:\Z")


def test_batch_files_are_read_alike_in_every_code_page(tmp_path: Path):
    """They hold ASCII alone and end their lines as cmd.exe needs them; what Notepad opens begins with its mark."""
    for path in TEXTS.glob("*.cmd"):
        put_text(path, tmp_path / path.name, windows=True)
        content = (tmp_path / path.name).read_bytes()
        assert content.isascii()
        assert content.count(b"\r\n") == content.count(b"\n") > 0
    put_text(TEXTS / "README.txt", tmp_path / "安装说明.txt", {"version": "1.2"}, windows=True)
    text = (tmp_path / "安装说明.txt").read_bytes().decode("utf-8")
    assert text.startswith("\ufeff政务公开信息报送（zwgk_excel 1.2）")


def test_names_in_the_zip_are_marked_as_unicode(bundle: Path, tmp_path: Path):
    import zipfile

    (bundle / "安装说明.txt").write_text("x")
    names = zipfile.ZipFile(pack_zip(bundle, tmp_path / "a.zip")).infolist()
    assert {f"{bundle.name}/{SUMS}", f"{bundle.name}/安装说明.txt"} <= {each.filename for each in names}
    assert all(each.flag_bits & 0x800 for each in names if not each.filename.isascii())
