"""The window for a password: a console that runs ``zwgk password``, with nothing secret on its command line."""

from __future__ import annotations

import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from zwgk_excel.addin.host.password_window import ask_password


def test_a_console_of_its_own_asks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    started: list[tuple[list[str], dict[str, Any]]] = []
    monkeypatch.setattr(platform, "system", lambda: "Windows")
    monkeypatch.setattr(sys, "executable", "/python/pythonw.exe")
    monkeypatch.setattr(subprocess, "Popen", lambda command, **options: started.append((command, options)))
    assert ask_password(tmp_path)
    ((command, options),) = started
    assert command[0].endswith("python.exe")
    assert command[-3:] == ["password", "-w", str(tmp_path)]
    assert options == {"creationflags": 0x10}


def test_other_systems_have_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(platform, "system", lambda: "Linux")
    assert not ask_password(tmp_path)


def test_what_the_console_runs_is_the_command(tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    from zwgk_excel.addin.host import password_window

    run = [sys.executable, "-c", password_window._RUN, "password", "-w", str(tmp_path)]
    done = subprocess.run(run, input="\n", capture_output=True, encoding="utf-8", check=False)
    assert "不是工作区" in done.stderr
    assert "按回车键关闭这个窗口" in done.stdout
