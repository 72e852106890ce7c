"""On a real Windows: the tests that CI runs under wine, every button of the ribbon, and a report to send back.

What was asked of a person's eyes is in docs/windows-acceptance.md.
"""

from __future__ import annotations

import ctypes
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.tools import ROOT, under_wine
from tests.windows.figures import KEEP_IN
from zwgk_excel.version import __version__

OPTIONS = (
    *("-m", "not slow", "-p", "tests.windows.figures", "-p", "no:cacheprovider", "-r", "fE"),
    *("-o", "faulthandler_timeout=900", "-o", "faulthandler_exit_on_timeout=true"),
)
"""Of pytest, in every run on Windows. A test that waits for ever fails, and its worker is replaced."""
_CLICK = "tests.windows.click"
"""Presses every button of the ribbon in Excel; what stands for it elsewhere needs LibreOffice and wine."""
_LAST = 60
"""Lines of a run that the report quotes where something failed."""


def write(report: Path, areas: Sequence[str]) -> int:
    """Run the tests of some folders of tests/, press the buttons, write the report; 1 where anything failed."""
    report = report.resolve()
    started = time.monotonic()
    code, tests = _tests(report.with_name(f"{report.stem}-figures.json"), areas)
    pressed, buttons = _buttons(report.with_name(f"{report.stem}-buttons.md"))
    took = f"用时 {(time.monotonic() - started) / 60:.0f} 分钟"
    lines = ["# Windows 验收报告", "", *_computer(), took, "", *tests, "", *buttons]
    report.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"报告：{report}", flush=True)
    return int(bool(code or pressed))


def _computer() -> Iterator[str]:
    yield f"- 程序：zwgk {__version__}，Python {platform.python_version()} {platform.machine()}"
    if sys.platform == "win32":
        kernel = ctypes.windll.kernel32
        yield f"- 系统：{platform.platform()}{'（wine）' if under_wine() else ''}"
        yield f"- 代码页：{kernel.GetACP()}，控制台 {kernel.GetOEMCP()}"
    yield f"- Excel：{excel_version() or '没有安装'}"


def excel_version() -> str:
    """What the registry says of the Excel that is installed (``Excel.Application.16``); empty for none."""
    if sys.platform == "win32":
        import winreg

        try:
            return winreg.QueryValue(winreg.HKEY_CLASSES_ROOT, "Excel.Application\\CurVer")
        except OSError:
            return ""
    return ""


def _tests(figures: Path, areas: Sequence[str]) -> tuple[int, list[str]]:
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", *OPTIONS, *(f"tests/{area}" for area in areas)]
    code, said = _run(command, {KEEP_IN: str(figures), "ZWGK_NO_TOOLS": "1", "ZWGK_REQUIRE_TOOLS": "0"})
    lines = ["## 测试", "", "| 部分 | 通过 | 不适用 | 失败 |", "|---|---|---|---|"]
    if figures.is_file():
        found = json.loads(figures.read_text(encoding="utf-8"))
        lines += [f"| {area} | {n['passed']} | {n['marked']} | {n['failed']} |" for area, n in found.items()]
        figures.unlink()
    return code, lines if code == 0 else [*lines, "", "```", *said[-_LAST:], "```"]


def _buttons(report: Path) -> tuple[int, list[str]]:
    if not excel_version():
        return 0, ["## 按钮", "", "没有按：这台电脑上没有安装 Excel。"]
    report.unlink(missing_ok=True)
    code, said = _run([sys.executable, "-m", _CLICK, "--report", str(report), "--excel"], {})
    if not report.is_file():
        return 1, ["## 按钮", "", "```", *said[-_LAST:], "```"]
    told = report.read_text(encoding="utf-8").splitlines()
    report.unlink()
    return code, ["## 按钮", "", *told]


def _run(command: Sequence[str], variables: dict[str, str]) -> tuple[int, list[str]]:
    """Exit code and lines of a program, which are shown as they come."""
    said: list[str] = []
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **variables, "PYTHONUTF8": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    ) as program:
        assert program.stdin
        assert program.stdout
        program.stdin.close()
        for line in program.stdout:
            print(line, end="", flush=True)
            said.append(line.rstrip("\n"))
    return program.returncode, said
