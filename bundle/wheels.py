"""The wheels that another computer needs: chosen for its system and its Python, not for those that this runs on."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CONSTRAINTS = ROOT / "constraints.txt"
PIP = "pip==26.3"
"""Installs without network; it travels along, since Debian's Python comes without ensurepip."""

# Older systems than these have no wheels of numpy and pandas: glibc 2.28 is that of Kylin V10, UOS 20 and Debian 10.
_GLIBCS = range(17, 29)


class BundleError(Exception):
    """What could not be made, with the words of the program that failed."""


@dataclass(frozen=True, slots=True)
class Target:
    """A system and a Python that wheels are wanted for."""

    system: str
    """``windows`` or ``linux``."""
    machine: str
    """``x86_64`` or ``aarch64``."""
    python: str
    """As ``3.11``."""

    @property
    def platform(self) -> str:
        """What uv calls it."""
        return f"{self.machine}-{'pc-windows-msvc' if self.system == 'windows' else 'manylinux_2_28'}"

    @property
    def tags(self) -> list[str]:
        """The platform tags of wheels that run there; pip takes each word for word."""
        return ["manylinux2014_" + self.machine, *(f"manylinux_2_{each}_{self.machine}" for each in _GLIBCS)]


def own_wheel(folder: Path) -> Path:
    """The wheel of this checkout, built into ``folder`` without network."""
    call(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", folder, ROOT)
    (wheel,) = folder.glob("zwgk_excel-*.whl")
    return wheel


def requirements(target: Target, extras: Iterable[str], constraints: Path, out: Path) -> Path:
    """Write the pinned requirements of the package on a target to ``out``; markers are judged for the target.

    Raises BundleError where a dependency has no wheel for it.
    """
    asked = [part for extra in extras for part in ("--extra", extra)]
    options = ("-q", "--no-header", "--no-annotate", "--only-binary", ":all:", "--constraint", constraints)
    where = ("--python-platform", target.platform, "--python-version", target.python)
    call(sys.executable, "-m", "uv", "pip", "compile", *options, *where, *asked, ROOT / "pyproject.toml", "-o", out)
    return out


def download(target: Target, listed: Path, folder: Path) -> None:
    """Fetch the wheels of a list for a Linux target into ``folder``; those that lie there already are kept."""
    cp = "cp" + target.python.replace(".", "")
    where = [part for tag in target.tags for part in ("--platform", tag)]
    python = ("--implementation", "cp", "--python-version", target.python, "--abi", cp, "--abi", "abi3")
    options = ("-q", "--disable-pip-version-check", "--no-deps", "--only-binary", ":all:")
    call(sys.executable, "-m", "pip", "download", *options, *where, *python, "-r", listed, PIP, "-d", folder)


def unpack(target: Target, listed: Path, wheel: Path, folder: Path) -> None:
    """Install the wheels of a list and our own into ``folder``, as they lie in site-packages of the target."""
    where = ("--python-platform", target.platform, "--python-version", target.python, "--target", folder)
    options = ("-q", "--no-deps", "--only-binary", ":all:")
    call(sys.executable, "-m", "uv", "pip", "install", *options, *where, "--requirement", listed, wheel)


def call(*command: str | Path) -> None:
    """Run a program from the root of the checkout; raises BundleError with its words."""
    texts: Sequence[str] = [str(part) for part in command]
    done = subprocess.run(texts, cwd=ROOT, capture_output=True, encoding="utf-8", errors="replace", check=False)
    if done.returncode != 0:
        raise BundleError(f"{' '.join(texts)}\n{done.stdout}{done.stderr}")
