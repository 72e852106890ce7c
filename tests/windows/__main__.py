"""``make test-windows``: the offline bundle installed and used, the tests of the rules and the layouts, under wine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.tools import ROOT
from tests.windows import bundle

PLACE = ROOT / "build/windows"
PACKAGES = PLACE / "cpython/Lib/site-packages"
AREAS = ("domain", "layout")
"""The folders of tests/ that are known to pass there."""


def main(workers: str = "2") -> None:
    """Run all of it, the tests in so many processes; what fails first ends it with its own words."""
    _say("the interpreter of Windows and its wheels")
    _call(ROOT / "tests/windows/setup.sh")
    _say("the offline bundle: installed, used, installed over itself, uninstalled")
    bundle.play(PLACE)
    install()
    _say("the tests")
    os.environ.update(ZWGK_NO_TOOLS="1", ZWGK_REQUIRE_TOOLS="0")
    options = ("-n", workers, "-q", "-r", "fE", "-p", "no:cacheprovider")
    _call(PLACE / "python", "-m", "pytest", *options, *(f"tests/{area}" for area in AREAS))


def install() -> None:
    """The wheel of this checkout, in place of the one of an earlier run."""
    shutil.rmtree(PLACE / "wheel", ignore_errors=True)
    _call(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", PLACE / "wheel", ROOT)
    (wheel,) = (PLACE / "wheel").glob("*.whl")
    _call(sys.executable, "-m", "uv", "pip", "install", "-q", "--no-deps", "--reinstall", "--target", PACKAGES, wheel)


def _call(*command: str | Path) -> None:
    done = subprocess.run([str(part) for part in command], cwd=ROOT, check=False)
    if done.returncode != 0:
        sys.exit(f"exit {done.returncode}: {' '.join(map(str, command))}")


def _say(what: str) -> None:
    print(f"--- {what}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
