"""Installs zwgk for the current user of Windows, over an earlier version too, and prepares taking it away.

Runs under the Python of the archive and has the words for its batch files; standard library alone.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

SUMS = "SHA256SUMS.txt"
PAUSES = (0.2, 0.5, 1.0, 2.0)
"""Seconds between attempts at what another program may hold open for a moment."""
_KEPT = "工作区（责任分工表、总台账、数据库等）和各项设置都没有动。"


class SetUpError(Exception):
    """What stopped it, as a Chinese sentence; an earlier version is as it was."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Install or uninstall, and say what came of it: 0 done, 1 not."""
    parser = argparse.ArgumentParser(prog="set_up.py")
    parser.add_argument("what", choices=("install", "uninstall"))
    parser.add_argument("place", nargs="?", type=Path)
    asked = parser.parse_args(arguments)
    place = Path(os.path.abspath(asked.place or usual_place()))  # noqa: PTH100 — resolve() would follow a mapped drive
    try:
        if asked.what == "install":
            install(Path(__file__).resolve().parent.parent, place)
            print(f"安装完成：{place}")
            print("新开一个命令窗口后可用 zwgk 命令；重新打开 Excel，功能区中会有“政务公开”选项卡。")
        else:
            uninstall(place)
            print(f"已卸载。{_KEPT}")
        code = 0
    except SetUpError as error:
        print(error)
        code = 1
    if sys.stdin is not None and sys.stdin.isatty():  # started by a double click, it would be gone before it is read
        with suppress(EOFError):  # the device NUL counts as a terminal
            input("按回车键关闭本窗口。")
    return code


def usual_place() -> Path:
    """The folder for programs of this user, which needs no administrator."""
    local = os.environ.get("LOCALAPPDATA")
    return (Path(local) if local else Path.home() / "AppData/Local") / "Programs/zwgk"


def install(bundle: Path, place: Path) -> None:
    """Put the program of an unpacked archive into ``place``, where an earlier version may be; raises SetUpError."""
    print("核对文件……")
    check(bundle)
    _refuse_while_excel_runs()
    program, new, old = place / "program", place / "program.new", place / "program.old"
    if program.resolve() == (bundle / "program").resolve():
        raise SetUpError("这是已安装的文件夹；请在解压出来的文件夹里运行 install.cmd。")
    try:
        for left in (new, old):
            if left.exists():
                shutil.rmtree(left)
        print("复制文件……")
        shutil.copytree(bundle / "program", new)
    except OSError as error:
        raise SetUpError(f"写不了“{error.filename}”：{error.strerror}。请检查磁盘空间和文件夹权限。") from None
    _replace(program, new, old)
    for source in (bundle / "zwgk.cmd", program / "uninstall.cmd"):
        shutil.copy(source, place)
    _change_path(place, add=True)
    if zwgk(program, "addin", "install") != 0:
        print("加载项没有装好（原因见上）；处理后运行 zwgk addin install，命令行不受影响。")


def uninstall(place: Path) -> None:
    """Take away the add-in and the entry in PATH; the batch file deletes the rest. Raises SetUpError."""
    program = place / "program"
    if not (program / "python/python.exe").is_file():
        raise SetUpError(f"“{place}”里没有安装 zwgk。")
    from zwgk_excel.workflow.setup.addin_paths import addin_paths, this_computer

    if addin_paths(this_computer()).record.is_file() and zwgk(program, "addin", "uninstall") == 2:
        raise SetUpError("加载项没有卸载（原因见上），程序也没有删除；处理后再运行一次。")
    _change_path(place, add=False)


def check(bundle: Path) -> None:
    """Compare every file with the list of the archive; raises SetUpError for the first that is missing or differs."""
    for line in (bundle / SUMS).read_text(encoding="utf-8").splitlines():
        digest, _, name = line.partition("  ")
        path = bundle / name
        if not path.is_file():
            raise SetUpError(f"缺少文件“{name}”：安装包没有解压完整，或被杀毒软件删去；请重新解压。")
        if hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            raise SetUpError(f"文件“{name}”与清单不符：安装包损坏或被改动；请重新拷贝、重新解压。")


def zwgk(program: Path, *arguments: str) -> int:
    """Run a command of an installed program; its exit code."""
    command = [str(program / "python/python.exe"), "-X", "utf8", "-m", "zwgk_excel", *arguments]
    sys.stdout.flush()
    return subprocess.run(command, cwd=program, check=False).returncode


def with_entry(path: str, folder: str) -> str:
    """A value of PATH with ``folder`` at its end, once."""
    return ";".join([*(each for each in path.split(";") if each and not _same(each, folder)), folder])


def without_entry(path: str, folder: str) -> str:
    """A value of PATH without ``folder``."""
    return ";".join(each for each in path.split(";") if not _same(each, folder))


def _refuse_while_excel_runs() -> None:
    """Before anything is changed: an open Excel keeps the old add-in, which is not to call the new program."""
    if sys.platform == "win32":
        from zwgk_excel.workflow.setup.addin_paths import this_computer

        if this_computer().excel_is_running():
            raise SetUpError("Excel 正在运行，什么也没有改动；请先关闭所有 Excel 窗口，再安装一次。")


def _replace(program: Path, new: Path, old: Path) -> None:
    """Put ``new`` in the place of ``program``, or leave that as it is."""
    earlier = program.exists()
    try:
        if earlier:
            _rename(program, old)
        _rename(new, program)
    except OSError:
        if earlier and not program.exists():
            old.rename(program)
        message = f"“{program}”正在使用，原来的版本没有改动；请关闭 Excel 和其他 zwgk 窗口，再安装一次。"
        raise SetUpError(message) from None
    shutil.rmtree(old, ignore_errors=True)  # what is still open goes with the next installation


def _rename(folder: Path, to: Path) -> None:
    """Rename, with patience: what was just written is held for a moment by whoever looks for viruses."""
    for pause in PAUSES:
        try:
            folder.rename(to)
            return
        except OSError:
            time.sleep(pause)
    folder.rename(to)


def _same(one: str, other: str) -> bool:
    return one.rstrip("\\/").casefold() == other.rstrip("\\/").casefold()


def _change_path(place: Path, *, add: bool) -> None:
    """Add ``place`` to the PATH of this user, or take it out, and tell the running programs."""
    if sys.platform == "win32":
        import ctypes
        import winreg

        folder = str(place)
        if add and (";" in folder or "%" in folder):
            print(f"文件夹名中有 ; 或 %，没有加入 PATH；请用“{place / 'zwgk.cmd'}”运行。")
            return
        access = winreg.KEY_READ | winreg.KEY_WRITE
        with winreg.CreateKeyEx(winreg.HKEY_CURRENT_USER, "Environment", access=access) as key:
            try:
                before, kind = winreg.QueryValueEx(key, "Path")
            except FileNotFoundError:
                before, kind = "", winreg.REG_EXPAND_SZ
            after = with_entry(before, folder) if add else without_entry(before, folder)
            if after != before:
                winreg.SetValueEx(key, "Path", 0, kind, after)
        everybody, setting_changed, unless_hung = 0xFFFF, 0x1A, 2
        ctypes.windll.user32.SendMessageTimeoutW(everybody, setting_changed, 0, "Environment", unless_hung, 1000, None)


if __name__ == "__main__":
    sys.exit(main())
