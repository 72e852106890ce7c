"""The folders of the current user that Excel and xlwings read."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from zwgk_excel.workbooks.xlam.addin_package import FILE_NAME, xlwings_version
from zwgk_excel.workbooks.xlam.hardening import PROJECT_NAME
from zwgk_excel.workflow.errors import UserError

_RECORD = "installed.json"
_SYSTEMS = {"linux": "Linux"}
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Environment:
    """The properties of the computer that an installation depends on."""

    platform: str
    """As ``sys.platform``."""
    home: Path
    roaming: Path
    """Windows' folder of application data that belongs to the user."""
    interpreter: Path
    encoding: str
    """How VBA reads text files: Windows' own code page."""
    excel_is_running: Callable[[], bool]


@dataclass(frozen=True, slots=True)
class AddinPaths:
    """The paths of the add-in's files."""

    addin: Path
    configuration: Path
    record: Path
    interpreter_key: str
    script: Path | None = None
    """The AppleScript that macOS wants before Excel may start Python."""


def addin_paths(environment: Environment) -> AddinPaths:
    """The paths on this computer; raises UserError where there is no Excel."""
    home = environment.home
    if environment.platform == "win32":
        folder = home / f".{PROJECT_NAME}"
        addin = environment.roaming / "Microsoft" / "Excel" / "XLSTART" / FILE_NAME
        return AddinPaths(addin, folder / f"{PROJECT_NAME}.conf", folder / _RECORD, "INTERPRETER_WIN")
    if environment.platform == "darwin":
        library = home / "Library"
        office = library / "Group Containers" / "UBF8T346G9.Office" / "User Content.localized"
        sandbox = library / "Containers" / "com.microsoft.Excel" / "Data"
        script = library / "Application Scripts" / "com.microsoft.Excel" / f"xlwings-{xlwings_version()}.applescript"
        addin = office / "Startup.localized" / "Excel" / FILE_NAME
        record = home / f".{PROJECT_NAME}" / _RECORD
        return AddinPaths(addin, sandbox / f"{PROJECT_NAME}.conf", record, "INTERPRETER_MAC", script)
    raise UserError(
        f"这台电脑的系统（{_SYSTEMS.get(environment.platform, environment.platform)}）上没有微软 Excel，"
        "不能安装加载项；"
        "请在装有 Excel 的 Windows 电脑上运行 zwgk addin install，本机可用命令行完成同样的工作（见 zwgk --help）。"
    )


def this_computer() -> Environment:
    """The computer this runs on."""
    import os

    home = Path.home()
    return Environment(
        platform=sys.platform,
        home=home,
        roaming=Path(os.environ.get("APPDATA") or home / "AppData" / "Roaming"),
        interpreter=Path(sys.executable),
        encoding="mbcs" if sys.platform == "win32" else "ascii",
        excel_is_running=_excel_is_running,
    )


def _excel_is_running() -> bool:
    from zwgk_excel.workflow.setup.windows_processes import runs_here

    try:
        return runs_here("EXCEL.EXE") if sys.platform == "win32" else _runs_on_macos("Microsoft Excel")
    except OSError as error:  # a file that Excel holds open still refuses below
        _log.info("whether Excel runs is not known: %s", error)
        return False


def _runs_on_macos(program: str) -> bool:
    """Raises OSError."""
    import subprocess

    try:
        return subprocess.run(["pgrep", "-x", program], capture_output=True, timeout=20, check=False).returncode == 0
    except subprocess.TimeoutExpired as error:
        raise OSError(str(error)) from None
