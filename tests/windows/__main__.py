"""``make test-windows``: the tests of Windows under wine, a chosen part; ``make test-windows-all``: all of them, after
the offline bundle was installed and used and every button was pressed.

On Windows itself ``py -m tests.windows --report FILE`` runs them in this Python, and then presses every button
(:mod:`tests.windows.acceptance`). What a test needs of another system is the reason that it is marked with
(``tests.tools.posix_only``). Left out is what takes long (``slow``): measurements, floods, and what asks a dozen
processes or LibreOffice, and is not of the system.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from tests.tools import ROOT
from tests.windows import acceptance, bundle, demo, workbooks
from tests.windows.click.__main__ import press_all, press_as_in_excel
from tests.windows.workbooks import ELSEWHERE, PLACE

PACKAGES = PLACE / "cpython/Lib/site-packages"
_WHEEL = PLACE / "wheel"
CHOSEN = (
    "windows/test_same_bytes.py",
    "windows",
    "workflow/office/test_keychain.py",
    "workflow/office/test_trust.py",
    "workflow/setup/test_addin_install.py",
    "workflow/setup/test_windows_processes.py",
    "workflow/workers/test_job_limits.py",
    "workbooks/writing/test_files.py",
    "addin/host/test_book_places.py",
    "addin/host/test_conversation.py",
    "addin/host/test_failures.py",
    "addin/host/test_password_window.py",
    "addin/host/test_run_button.py",
    "addin/host/test_system_windows.py",
    "addin/host/test_workspace_choice.py",
)
"""Folders and files of tests/ for every change: what only Windows has, and what lies nearest to it. The longest test
comes first, so that the others run beside it."""
AREAS = ("windows", "domain", "layout", "ledger", "workbooks", "workflow", "cli", "addin", "mail")
_NO_WINE = 3
"""How tests/windows/setup.sh ends where a program is missing and may not be installed."""
_MEMORY, _ROOM = Path("/dev/shm"), 4 << 30
"""Where files lie in memory, and the bytes that a run's may take at a time."""


def main() -> None:
    """Run all of it; exit 1, and what went wrong, at the end."""
    parser = argparse.ArgumentParser(prog="python -m tests.windows", description=__doc__)
    parser.add_argument("--workers", default="2", help="processes of the tests")
    parser.add_argument("--all", action="store_true", help="all areas, the offline bundle and every button")
    parser.add_argument("--if-possible", action="store_true", help="nothing where wine may not be installed")
    parser.add_argument("--set-up", action="store_true", help="what the run needs, and no run")
    parser.add_argument("--report", type=Path, help="on Windows: the report to send back")
    parser.add_argument("only", nargs="*", help="folders or files of tests/ in place of the areas")
    asked = parser.parse_args()
    areas = tuple(asked.only) or (AREAS if asked.all or asked.report else CHOSEN)
    if sys.platform == "win32":
        sys.exit(acceptance.write(asked.report or Path("windows-report.md"), areas))
    _say("the interpreter of Windows and its wheels")
    code = subprocess.run([ROOT / "tests/windows/setup.sh"], check=False).returncode
    if code == _NO_WINE and asked.if_possible and os.environ.get("ZWGK_REQUIRE_TOOLS") != "1":
        return
    if code:
        sys.exit(f"exit {code}: tests/windows/setup.sh")
    if asked.set_up:
        return
    with _wine_stays():
        _under_wine(areas, asked.workers, whole=asked.all)


@contextmanager
def _wine_stays() -> Iterator[None]:
    """A program that waits, so that wine's services run already: else they begin with the pipes of the first one that
    is started, whose end is then waited for as long as any other runs."""
    nothing = subprocess.DEVNULL
    variables = {**os.environ, **bundle.wine_variables(PLACE)}
    waiting = ("wine", "cmd", "/c", "pause")
    with subprocess.Popen(waiting, env=variables, stdin=subprocess.PIPE, stdout=nothing, stderr=nothing) as program:
        try:
            yield
        finally:
            assert program.stdin
            program.stdin.close()


def _under_wine(areas: tuple[str, ...], workers: str, *, whole: bool) -> None:
    """Every step is done, whatever came of those before it; exit 1 where one went wrong."""
    _in_memory()
    config = bundle.as_windows(PLACE / "config")
    os.environ.update(ZWGK_NO_TOOLS="1", ZWGK_REQUIRE_TOOLS="0", ZWGK_CONFIG_DIR=config)
    # Without the path of the checkout before those of the interpreter, what is tested is the wheel.
    own = ("-o", "pythonpath=", *acceptance.OPTIONS)
    tests = ("-m", "pytest", "-n", workers, "-q", *own, *(f"tests/{area}" for area in areas))
    most = None if whole else _MOST
    steps: dict[str, Callable[[], object]] = {"the tests": partial(_call, PLACE / "python", *tests, seconds=most)}
    if whole:
        steps["every button by the way of a click"] = partial(_press, press_all, "click")
        steps["every button as in a real Excel"] = partial(_press, press_as_in_excel, "as-in-excel")
        steps["the report of the acceptance"] = _report
        steps["the offline bundle: installed, used, installed over itself, uninstalled"] = partial(bundle.play, PLACE)
    _say("the wheel, and what this system makes, to compare")
    install()
    _make_here()
    if wrong := [what for what, do in steps.items() if not _went_well(what, do)]:
        sys.exit(f"went wrong: {'; '.join(wrong)}")


def _went_well(what: str, do: Callable[[], object]) -> bool:
    _say(what)
    try:
        do()
    except (AssertionError, SystemExit) as error:
        print(error, flush=True)
        return False
    return True


def _make_here() -> None:
    """What tests/windows/test_same_bytes.py compares, made by this system of the same wheel."""
    shutil.rmtree(demo.ELSEWHERE, ignore_errors=True)
    shutil.unpack_archive(_wheel(), _WHEEL / "unpacked", "zip")
    paths = os.pathsep.join(map(str, (_WHEEL / "unpacked", ROOT)))
    variables = {**os.environ, "ZWGK_CONFIG_DIR": str(PLACE / "config"), "PYTHONPATH": paths}
    makers = {demo.__name__: demo.ELSEWHERE, workbooks.__name__: ELSEWHERE}
    commands = [[sys.executable, "-P", "-m", maker, str(place)] for maker, place in makers.items()]
    running = [subprocess.Popen(each, cwd=ROOT, env=variables, stdout=subprocess.DEVNULL) for each in commands]
    codes = [each.wait() for each in running]
    assert codes == [0, 0], list(zip(commands, codes, strict=True))


def _press(press: Callable[[Path], int], name: str) -> None:
    to = PLACE / f"{name}-report.md"
    wrong = press(to)
    assert not wrong, f"{wrong} presses went wrong: {to}"


def _report() -> None:
    """As a user of Windows writes it, here with a few tests and without Excel."""
    to = PLACE / "acceptance.md"
    to.unlink(missing_ok=True)
    _call(PLACE / "python", "-m", __package__, "--report", bundle.as_windows(to), "windows/test_names.py")
    told = to.read_text(encoding="utf-8")
    assert "| windows |" in told, told
    assert "没有安装 Excel" in told, told


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
    shutil.rmtree(_WHEEL, ignore_errors=True)
    _call(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", _WHEEL, ROOT)
    to = ("--reinstall", "--target", PACKAGES)
    _call(sys.executable, "-m", "uv", "pip", "install", "-q", "--no-deps", *to, _wheel())


def _wheel() -> Path:
    (found,) = _WHEEL.glob("*.whl")
    return found


_STARTED = time.monotonic()
_MOST = 1800
"""Seconds of the chosen tests: alone they take three minutes, and one that opened a box would wait for ever."""


def _call(*command: str | Path, seconds: float | None = None) -> None:
    try:
        done = subprocess.run([str(part) for part in command], cwd=ROOT, check=False, timeout=seconds)
    except subprocess.TimeoutExpired:
        sys.exit(f"not done after {seconds:.0f} s, perhaps behind a box that nobody answers: {command[-1]}")
    if done.returncode != 0:
        sys.exit(f"exit {done.returncode}: {' '.join(map(str, command))}")


def _say(what: str) -> None:
    print(f"--- {(time.monotonic() - _STARTED) / 60:4.1f} min: {what}", flush=True)


if __name__ == "__main__":
    main()
