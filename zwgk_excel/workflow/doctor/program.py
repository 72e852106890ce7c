"""Checks of the program and the computer."""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from importlib import metadata

from zwgk_excel.domain.periods import CHINA
from zwgk_excel.layout.checkup import DiagnosticResult, check
from zwgk_excel.version import __version__
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.office.keychain import keyring_name
from zwgk_excel.workflow.setup.addin_install import status
from zwgk_excel.workflow.setup.addin_paths import Environment
from zwgk_excel.workflow.wps import registration
from zwgk_excel.workflow.wps.service import reachable

OLDEST_PYTHON = (3, 11)


def python() -> DiagnosticResult:
    """The version of Python."""
    if sys.version_info < OLDEST_PYTHON:
        return check("program", "python_old", version=platform.python_version())
    bits = 64 if sys.maxsize > 2**32 else 32
    system = f"{platform.system()} {platform.release()}"
    return check("program", "python_ok", version=platform.python_version(), bits=bits, system=system)


def libraries() -> DiagnosticResult:
    """The versions of the required libraries."""
    try:
        asked = metadata.requires("zwgk-excel") or []
    except metadata.PackageNotFoundError:
        return check("program", "libraries_unlisted", version=__version__)
    return compared(asked)


def compared(asked: Sequence[str]) -> DiagnosticResult:
    """Compare requirements such as ``openpyxl>=3.1,<4`` with the installed versions.

    Those of extras or of other systems are skipped.
    """
    try:
        from packaging.requirements import Requirement
    except ModuleNotFoundError as error:  # it is a requirement itself
        return check("program", "library_missing", names=str(error.name))
    stated = [Requirement(each) for each in asked]
    wanted = [each for each in stated if each.marker is None or each.marker.evaluate({"extra": ""})]
    installed = {each.name: _installed(each.name) for each in wanted}
    if missing := [name for name, version in installed.items() if not version]:
        return check("program", "library_missing", names="、".join(missing))
    unfit = [
        f"{each.name} {installed[each.name]}（需要 {each.specifier}）"
        for each in wanted
        if not each.specifier.contains(installed[each.name], prereleases=True)
    ]
    if unfit:
        return check("program", "library_unfit", names="、".join(unfit))
    return check("program", "libraries_ok", version=__version__, count=len(wanted))


def addin(environment: Environment) -> DiagnosticResult:
    """The Excel add-in of the current user."""
    try:
        found = status(environment)
    except UserError as error:
        return check("program", "addin_elsewhere", reason=str(error))
    if found.faults:
        return check("program", "addin_faulty", faults="".join(found.faults))
    return check("program", "addin_ok", path=found.addin)


def wps(environment: Environment) -> Iterator[DiagnosticResult]:
    """The add-in of WPS and its service; none where the user has not installed it."""
    try:
        found = registration.status(environment)
        if not registration.is_installed():
            return
    except UserError as error:
        yield check("program", "wps_faulty", faults=str(error))
        return
    if found.faults:
        yield check("program", "wps_faulty", faults="".join(found.faults))
    elif found.gate == "unknown":
        yield check("program", "wps_unseen")
    else:
        yield check("program", "wps_ok", folder=found.folder)
    if reachable() is False:
        yield check("program", "wps_unreachable")


def keyring() -> DiagnosticResult:
    """Whether passwords can be kept in the system's keyring; nothing is read from it or written into it."""
    name = keyring_name()
    return check("computer", "keyring_ok", name=name) if name else check("computer", "keyring_none")


def time_zone(now: datetime, offset: timedelta) -> DiagnosticResult:
    """The computer's time zone: ``now`` is China's local time, ``offset`` the computer's offset from UTC."""
    if offset == CHINA.utcoffset(None):
        return check("computer", "zone_ok", now=f"{now:%Y-%m-%d %H:%M}")
    hours = offset.total_seconds() / 3600
    return check("computer", "zone_other", now=f"{now:%Y-%m-%d %H:%M}", zone=f"UTC{hours:+g}")


def printing() -> Iterator[DiagnosticResult]:
    """Chinese fonts and LibreOffice for making a PDF; nothing is checked on Windows."""
    if sys.platform == "win32":
        return
    fonts = _chinese_fonts()
    yield check("computer", "fonts_ok", name=fonts[0]) if fonts else check("computer", "fonts_missing")
    office = shutil.which("soffice")
    yield check("computer", "office_ok", path=office) if office else check("computer", "office_missing")


def _chinese_fonts() -> list[str]:
    listing = shutil.which("fc-list")
    if not listing:
        return []
    done = subprocess.run(
        [listing, ":lang=zh-cn", "family"], capture_output=True, text=True, encoding="utf-8", timeout=30, check=False
    )
    return sorted(line.partition(",")[0] for line in done.stdout.splitlines() if line)


def _installed(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""
