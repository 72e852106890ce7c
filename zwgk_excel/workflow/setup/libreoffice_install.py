"""Installs the extension of LibreOffice for the current user, with LibreOffice's own ``unopkg``."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from zwgk_excel.domain.text import one_line
from zwgk_excel.version import __version__
from zwgk_excel.workbooks.writing.files import write_atomic
from zwgk_excel.workflow.errors import UserError, reason_of
from zwgk_excel.workflow.setup.libreoffice_build import FILE_NAME, IDENTIFIER, extension_bytes

_SECONDS = 120
"""What ``unopkg`` may take; the first time it lays out the user's profile."""
_LOADER = "pythonloader.py"
"""In LibreOffice's folder: it runs extensions in Python."""


@dataclass(frozen=True, slots=True)
class LibreOfficeEnvironment:
    """The properties of the computer that an installation depends on."""

    program: Path | None
    """LibreOffice's folder of programs; None where it was not found."""
    home: Path
    interpreter: Path
    options: tuple[str, ...] = ()
    """Given to each call of ``unopkg``: an administrator's extensions are everybody's."""

    @property
    def record(self) -> Path:
        """Where the sum of the installed extension stands."""
        return self.home / ".zwgk" / "libreoffice.sha256"

    @property
    def unopkg(self) -> Path | None:
        """LibreOffice's program for extensions; None where it is not there."""
        return _unopkg_in(self.program) if self.program else None


@dataclass(frozen=True, slots=True)
class ExtensionStatus:
    """The installed state; ``faults`` are sentences, empty when everything matches."""

    libreoffice: Path
    installed: str
    """The version of the installed extension; empty for none."""
    interpreter: Path
    """The one that runs now, which the buttons start where there is no fault."""
    version: str
    faults: tuple[str, ...]


def this_libreoffice() -> LibreOfficeEnvironment:
    """The LibreOffice of the computer this runs on."""
    shared = ("--shared",) if hasattr(os, "geteuid") and os.geteuid() == 0 else ()
    program = next((each for each in _folders() if _unopkg_in(each)), None)
    return LibreOfficeEnvironment(program, Path.home(), Path(sys.executable), shared)


def install_extension(environment: LibreOfficeEnvironment) -> ExtensionStatus:
    """Install the extension, in the place of another version; repeatable. Raises UserError."""
    _require(environment)
    content = extension_bytes(environment.interpreter)
    with tempfile.TemporaryDirectory() as folder:
        package = Path(folder) / FILE_NAME
        package.write_bytes(content)
        _unopkg(environment, "add", "--force", "--suppress-license", str(package))
    try:
        environment.record.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(environment.record, _sum(content))
    except OSError as error:
        raise UserError(f"无法写入“{environment.record}”：{reason_of(error)}。") from None
    return extension_status(environment)


def uninstall_extension(environment: LibreOfficeEnvironment) -> None:
    """Remove the extension, and what install has noted. Raises UserError, also where there is none."""
    _require(environment)
    if not _installed(environment):
        raise UserError("LibreOffice 中没有安装“政务公开”扩展，没有可以卸载的。")
    _unopkg(environment, "remove", IDENTIFIER)
    environment.record.unlink(missing_ok=True)


def extension_status(environment: LibreOfficeEnvironment) -> ExtensionStatus:
    """What is installed and whether it matches this Python and this version. Raises UserError without LibreOffice."""
    program = _require(environment)
    installed = _installed(environment)
    return ExtensionStatus(
        program, installed, environment.interpreter, __version__, tuple(_faults(environment, program, installed))
    )


def _faults(environment: LibreOfficeEnvironment, program: Path, installed: str) -> Iterable[str]:
    again = "请运行 zwgk addin install --libreoffice。"
    if not (program / _LOADER).is_file():
        yield (
            "这个 LibreOffice 不能运行 Python 写的扩展，按钮不会有反应；"
            "Debian、UOS 等系统请由管理员安装软件包 python3-uno。"
        )
    if not installed:
        yield f"尚未安装；{again}"
    elif not _is_current(environment):
        yield f"安装的扩展不是由现在的 zwgk-excel 和 Python（{environment.interpreter}）生成的；{again}"


def _is_current(environment: LibreOfficeEnvironment) -> bool:
    try:
        return environment.record.read_bytes() == _sum(extension_bytes(environment.interpreter))
    except OSError:  # no note, or none that may be read
        return False


def _installed(environment: LibreOfficeEnvironment) -> str:
    """The version of our extension in LibreOffice's list, empty for none."""
    listed = _unopkg(environment, "list")
    found = re.search(rf"^Identifier: {re.escape(IDENTIFIER)}\s+Version: (\S+)", listed, re.MULTILINE)
    return found[1] if found else ""


def _require(environment: LibreOfficeEnvironment) -> Path:
    if environment.program is None or environment.unopkg is None:
        raise UserError("这台电脑上没有找到 LibreOffice（7.0 或更高版本）；请先安装它，再运行一次。")
    return environment.program


def _unopkg(environment: LibreOfficeEnvironment, command: str, *arguments: str) -> str:
    """What it writes. Raises UserError."""
    # LibreOffice has a Python of its own, which must not see the variables of ours.
    own = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    line = [str(environment.unopkg), command, *environment.options, *arguments]
    try:
        done = subprocess.run(
            line, env=own, capture_output=True, encoding="utf-8", errors="replace", timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise UserError("LibreOffice 的扩展程序没有反应；请关闭所有 LibreOffice 窗口，再运行一次。") from None
    except OSError as error:
        raise UserError(f"无法运行“{environment.unopkg}”：{reason_of(error)}。") from None
    if done.returncode:
        told = one_line(done.stderr or done.stdout)[:300]
        raise UserError(f"LibreOffice 没有接受：{told}；请关闭所有 LibreOffice 窗口，再运行一次。")
    return done.stdout


def _unopkg_in(program: Path) -> Path | None:
    """On Windows the one that writes to its output is a .com."""
    return next((path for name in ("unopkg.com", "unopkg") if (path := program / name).is_file()), None)


def _folders() -> Iterator[Path]:
    """Where LibreOffice may be, the one on the path first."""
    for name in ("soffice", "libreoffice"):
        if found := shutil.which(name):
            yield Path(found).resolve().parent
    if sys.platform == "win32":
        for variable in ("ProgramW6432", "ProgramFiles", "ProgramFiles(x86)"):
            if folder := os.environ.get(variable):
                yield Path(folder) / "LibreOffice" / "program"
    else:
        for pattern in ("usr/lib*/libreoffice/program", "opt/libreoffice*/program", "opt/apps/*/files/program"):
            yield from sorted(Path("/").glob(pattern), reverse=True)


def _sum(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode()
