"""Where WPS looks for add-ins, by system."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.setup.addin_paths import Environment

_LINUX = (
    Path("opt/kingsoft/wps-office/office6"),
    Path("opt/apps/cn.wps.wps-office-pro/files/kingsoft/wps-office/office6"),
    Path("opt/apps/cn.wps.wps-office/files/kingsoft/wps-office/office6"),
)
"""Where WPS lies: its own package, and those of the store of UOS."""


@dataclass(frozen=True, slots=True)
class WpsPaths:
    """Folders and files of WPS that belong to the user, and what the machine prescribes."""

    addins: Path
    """The folder of the user's add-ins, with their lists."""
    prescriptions: tuple[Path, ...]
    """The files ``oem.ini`` that are there, where an organisation sets the add-ins of all its users."""

    @property
    def publish(self) -> Path:
        """The list of add-ins that every version reads."""
        return self.addins / "publish.xml"

    @property
    def plugins(self) -> Path:
        """The list that ``oem.ini`` may point to."""
        return self.addins / "jsplugins.xml"

    @property
    def gate(self) -> Path:
        """Where WPS keeps which add-ins the user allowed."""
        return self.addins / "authaddin.json"


def wps_paths(environment: Environment, root: Path = Path("/")) -> WpsPaths:
    """The paths on this computer; ``root`` is the root of its files. Raises UserError where WPS has no such add-ins."""
    if environment.platform == "win32":
        addins = environment.roaming / "kingsoft" / "wps" / "jsaddons"
    elif environment.platform.startswith("linux"):
        addins = environment.home / ".local" / "share" / "Kingsoft" / "wps" / "jsaddons"
    else:
        raise UserError(f"这台电脑的系统（{environment.platform}）上的 WPS 没有试过，不能安装加载项。")
    return WpsPaths(addins, tuple(each for each in _prescriptions(environment, root) if each.is_file()))


def _prescriptions(environment: Environment, root: Path) -> Iterator[Path]:
    if environment.platform == "win32":
        local = environment.roaming.parent / "Local"
        for programs in (local, root / "Program Files", root / "Program Files (x86)"):
            yield from sorted(programs.glob("Kingsoft/WPS Office/*/office6/cfgs/oem.ini"))
    else:
        for office in _LINUX:
            yield root / office / "cfgs" / "oem.ini"
