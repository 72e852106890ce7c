"""``make test-windows``: the offline bundle installed and used, every button pressed, a chosen part of the tests, under
wine.

With ``all`` (``make test-windows-all``) every folder and file that is known to pass. What a test needs of another
system is the reason that it is marked with (``tests.tools.posix_only``).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.tools import ROOT
from tests.windows import bundle
from tests.windows.click.__main__ import press_all
from tests.windows.parts import ELSEWHERE

PLACE = ROOT / "build/windows"
PACKAGES = PLACE / "cpython/Lib/site-packages"
CHOSEN = (
    "windows",
    "domain",
    "layout",
    "ledger",
    "workflow/office/test_context.py",
    "workflow/office/test_issue_recovery.py",
    "workflow/office/test_keychain.py",
    "workflow/office/test_passwords.py",
    "workflow/office/test_settings_edit.py",
    "workflow/office/test_trust.py",
    "workflow/office/test_workspace.py",
    "workflow/workers/test_job_limits.py",
    "workflow/workers/test_readers.py",
    "addin/host",
    "workbooks/writing/test_files.py",
)
"""Folders and files of tests/ that pass there, nearest to what Windows does otherwise than other systems."""
OTHERS = (
    "workflow/workers/test_reports.py",
    "workflow/doctor",
    "workflow/scheduling",
    "workflow/setup/test_addin_install.py",
    "workflow/intake/test_receiving.py",
    "workflow/intake/test_web_mark.py",
    "workflow/intake/test_inbox.py",
    "workflow/intake/test_receipt_times.py",
    "workflow/intake/test_bounds.py",
    "cli/test_addin.py",
    "cli/test_chinese.py",
    "cli/test_doctor.py",
    "cli/test_schedule.py",
)
"""Those that pass as well and take longer, or ask little of the system."""
_MEMORY, _ROOM = Path("/dev/shm"), 4 << 30
"""Where files lie in memory, and the bytes that a run's may take at a time."""


def main(workers: str = "2", which: str = "") -> None:
    """Run all of it, the tests in so many processes; what fails first ends it with its own words."""
    _say("the interpreter of Windows and its wheels")
    _call(ROOT / "tests/windows/setup.sh")
    _in_memory()
    _say("the offline bundle: installed, used, installed over itself, uninstalled")
    bundle.play(PLACE)
    install()
    _say("every button by the way of a click")
    if wrong := press_all(PLACE / "click-report.md"):
        sys.exit(f"{wrong} presses went wrong: {PLACE / 'click-report.md'}")
    _say("the tests")
    _call(sys.executable, "-m", "tests.windows.parts", ELSEWHERE)
    os.environ.update(ZWGK_NO_TOOLS="1", ZWGK_REQUIRE_TOOLS="0")
    areas = (*CHOSEN, *OTHERS) if which == "all" else CHOSEN
    options = ("-n", workers, "-q", "-r", "fE", "-p", "no:cacheprovider")
    _call(PLACE / "python", "-m", "pytest", *options, *(f"tests/{area}" for area in areas))


def _in_memory() -> None:
    """Let wine's temporary files lie in memory where there is room: a database waits for the disk at each commit."""
    if not _MEMORY.is_dir() or shutil.disk_usage(_MEMORY).free < _ROOM:
        return
    for folder in (PLACE / "prefix/drive_c/users").glob("*/Temp"):
        if not folder.is_symlink():
            shutil.rmtree(folder)
            folder.symlink_to(_MEMORY / f"zwgk-wine-{os.getuid()}")
        folder.readlink().mkdir(exist_ok=True)


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
