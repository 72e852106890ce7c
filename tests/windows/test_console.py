"""The program as Windows starts it: by its module, with pipes, in any code page, interrupted, without time zones."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tools import on_windows
from tests.windows.processes import zwgk
from tests.workflow.desk import Desk, issue, new_desk

pytestmark = on_windows


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return issue(new_desk(tmp_path))


@pytest.mark.parametrize("page", ["936", "65001", "437"])
def test_what_is_piped_is_utf_8_in_every_code_page(tmp_path: Path, page: str):
    code, told = zwgk("check", "-w", "没有 𠮷", folder=tmp_path, before=f"chcp {page} >nul")
    assert code == 2, told
    assert "没有 𠮷”不是工作区" in told.decode("utf-8")


def test_what_goes_into_a_file_is_utf_8(tmp_path: Path):
    """It opens in the editor whatever the console's code page is, and no sign of it is lost."""
    asked = ("check", "-w", "没有 𠮷", ">", "说明.txt", "2>&1")
    assert zwgk(*asked, folder=tmp_path, before="chcp 936 >nul") == (2, b"")
    assert "没有 𠮷”不是工作区" in (tmp_path / "说明.txt").read_text(encoding="utf-8")


@pytest.mark.skipif(shutil.which("py") is None, reason="py comes with Python's installer, which wine does not run")
def test_the_launcher_starts_it(tmp_path: Path):
    in_its_own = sys.prefix != sys.base_prefix
    which = [] if in_its_own else [f"-{sys.version_info.major}.{sys.version_info.minor}"]
    done = subprocess.run(
        ["py", *which, "-m", "zwgk_excel", "--version"],
        cwd=tmp_path,
        env={**os.environ, "VIRTUAL_ENV": sys.prefix} if in_its_own else os.environ,
        input=b"",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    assert (done.returncode, done.stdout[:7]) == (0, b"zwgk 0."), done.stdout


def test_the_module_takes_nothing_from_the_current_folder(tmp_path: Path):
    for name in ("json.py", "typer.py", "zwgk_excel.py"):
        (tmp_path / name).write_text("raise SystemExit(9)", encoding="utf-8")
    code, told = zwgk("--version", folder=tmp_path)
    assert code == 0, told
    assert told.startswith(b"zwgk 0.")


_WITHOUT_ZONES = """
import sys, zoneinfo
sys.modules["tzdata"] = None
zoneinfo.reset_tzpath(())
try:
    zoneinfo.ZoneInfo("Asia/Shanghai")
except zoneinfo.ZoneInfoNotFoundError:
    from zwgk_excel.cli.main import run
    sys.exit(run(sys.argv[1:]))
"""


def test_no_time_zones_are_needed(desk: Desk):
    done = subprocess.run(
        [sys.executable, "-c", _WITHOUT_ZONES, "status", "2026-11", "--as-of", "2026-11-20", "-w", str(desk.root)],
        input=b"",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    assert done.returncode in (0, 1), done.stdout.decode("utf-8", "replace")
    assert "2026-11" in done.stdout.decode("utf-8")


_INTERRUPT = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGINT, lambda *_: None)  # a handler of this process alone; SIG_IGN would be inherited
program = subprocess.Popen([sys.executable, "-c", sys.argv[1]], stdin=subprocess.PIPE,
    stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
assert program.stdout.readline().strip() == b"ready"
os.kill(0, signal.CTRL_C_EVENT)
told, _ = program.communicate(timeout=60)
sys.stdout.buffer.write(told + b"exit %d" % program.returncode)
"""
_BUSY = """
import sys, time
from zwgk_excel.cli import main
from zwgk_excel.workflow.errors import UserError
def busy(arguments):
    print("ready", flush=True)
    for _ in range(600):
        time.sleep(0.05)
main._command = busy
sys.exit(main.run([]))
"""


def test_ctrl_c_ends_a_command_in_chinese():
    """In a console of its own, whose processes all get it, as where somebody presses the keys."""
    done = subprocess.run(
        [sys.executable, "-c", _INTERRUPT, _BUSY],
        input=b"",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=os.environ,
        creationflags=subprocess.CREATE_NEW_CONSOLE,  # type: ignore[attr-defined,unused-ignore]
        timeout=120,
        check=False,
    )
    told = done.stdout.decode("utf-8", "replace")
    assert "已中断" in told
    assert told.endswith("exit 130")
