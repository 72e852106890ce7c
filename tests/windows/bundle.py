"""The offline bundle for Windows under wine: what its batch files do, in folders with blanks and 汉字.

Its libraries are those that wine 8 can load (``wheels.txt``), and a library that wine lacks lies beside its Python; all
else is as users get it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import zipfile
from pathlib import Path

from bundle.__main__ import windows
from bundle.wheels import CONSTRAINTS, own_wheel

HERE = Path(__file__).resolve().parent


def play(place: Path) -> None:
    """Make it in ``place``, where setup.sh has been; install, use, install over itself, uninstall.

    Raises AssertionError with what was printed where a step does not do what it should.
    """
    work = place / "bundle"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    archive = windows(work, own_wheel(work), work, (), _constraints(work / "constraints.txt"))
    unpacked, installed, office = work / "解压 一", work / "政务公开 程序", work / "工作区 甲"
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(unpacked)
    (source,) = unpacked.iterdir()
    shutil.copy(place / "cpython/bcryptprimitives.dll", source / "program/python")

    for _ in range(2):  # the second time over an existing installation
        told = _cmd(place, source, "install.cmd", as_windows(installed))
        assert "安装完成" in told, told
        assert "已安装" in told, told  # the add-in
    assert sorted(path.name for path in installed.iterdir()) == ["program", "uninstall.cmd", "zwgk.cmd"]
    assert "zwgk 0." in _cmd(place, installed, "zwgk.cmd", "--version")
    _cmd(place, installed, "zwgk.cmd", "init", as_windows(office))
    told = _cmd(place, installed, "zwgk.cmd", "generate", "2024-10", "-w", as_windows(office))
    assert "新生成" in told, told
    assert as_windows(installed) in _cmd(place, installed, "zwgk.cmd", "addin", "status")

    (source / "zwgk.cmd").write_bytes(b"@echo off\r\n")
    assert "zwgk.cmd" in _cmd(place, source, "install.cmd", as_windows(installed), code=1)
    assert "zwgk 0." in _cmd(place, installed, "zwgk.cmd", "--version")

    told = _cmd(place, installed, "uninstall.cmd")
    assert "已卸载" in told, told
    assert not (installed / "program").exists()
    assert (office / "zwgk.toml").is_file()


def _constraints(out: Path) -> Path:
    """Versions for wine: those of the project, but of some libraries older ones."""
    pinned = [line for line in (HERE / "wheels.txt").read_text(encoding="utf-8").splitlines() if "==" in line]
    names = {line.partition("==")[0] for line in pinned}
    usual = CONSTRAINTS.read_text(encoding="utf-8").splitlines()
    lines = [*(line for line in usual if line.partition("==")[0] not in names), *pinned]
    out.write_text("\n".join(lines), encoding="utf-8")
    return out


def as_windows(path: Path) -> str:
    """A path of this system as wine's programs know it."""
    return "Z:" + str(path).replace("/", "\\")


def wine_variables(place: Path) -> dict[str, str]:
    """What setup.sh starts wine with."""
    return dict(line.split("=", 1) for line in (place / "environment").read_text(encoding="utf-8").splitlines())


def _cmd(place: Path, folder: Path, *command: str, code: int = 0) -> str:
    """What a command line prints under wine's cmd.exe; its standard streams must be pipes."""
    wine = wine_variables(place)
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("ZWGK_", "PYTHON"))}
    done = subprocess.run(
        ["wine", "cmd", "/c", *command],
        cwd=folder,
        env=ours | wine,
        input=b"",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    told = done.stdout.decode("utf-8", "replace")
    assert done.returncode == code, f"{command}: exit {done.returncode}\n{told}"
    return told
