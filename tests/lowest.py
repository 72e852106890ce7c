"""``make test-lowest``: the lower bounds of pyproject.toml are versions with which the program really runs.

``python -m tests.lowest make`` makes in build/lowest an environment with the lowest version of every direct dependency
(uv resolves them) and the wheel of this checkout. The Pythons of the classifiers are resolved too: for each there must
be a set of versions that needs no compiler. ``python -m tests.lowest run`` runs every command in it, and beside them
the fast tests of the rooms that use libraries.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.version import Version

from tests.smoke import run, steps
from tests.tools import ROOT

PLACE = ROOT / "build/lowest"
ENVIRONMENT = PLACE / "venv"
PROGRAMS = ENVIRONMENT / ("Scripts" if sys.platform == "win32" else "bin")
EXTRAS = ("excel", "postgresql", "rollup", "test")
PYTHON = "Programming Language :: Python :: 3."
FAST_TESTS = ("-m", "not slow", "-q", "-r", "fE", "-p", "no:cacheprovider")
LEFT_OUT = (
    # import no library: no version makes a difference to them
    "tests/domain", "tests/layout", "tests/xlsx_lint", "tests/fuzz",
    # look at the checkout itself
    "tests/docs", "tests/bundle", "tests/test_benchmarks.py", "tests/test_checkout.py", "tests/test_docstrings.py",
    "tests/test_wired.py", "tests/test_work.py",
    # click in a grid behind xlwings, which has here the version that it has everywhere (pyproject.toml says why):
    # what a click calls has its tests in the rooms of the workbooks, the ledger, the mail and the use cases
    "tests/addin/buttons", "tests/addin/refresh", "tests/addin/live",
    # import no library either, but through rooms that have tests here, and are run by the commands
    *(f"tests/workflow/{room}" for room in (
        "acts", "assessment", "catalogue", "cluster", "consolidation", "decisions", "escalation", "in_tray", "issuing",
        "mailing", "published", "responsibilities", "site_faults", "tracking",
    )),
    # say what each command does, all of which are run; how words are taken and shown stays
    *(path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "tests/cli").glob("test_*.py"))
      if path.name not in {"test_chinese.py", "test_settings_commands.py", "test_show.py", "test_usage.py"}),
)  # fmt: skip
"""Tests that can say nothing of the lowest versions."""
PINNED = ("tests/workbooks/bulletin/test_bulletin.py::test_the_shipped_template_is_what_its_script_makes",)
"""Tests of files that scripts make with the versions of constraints.txt: the same to the byte with them alone."""


def main(what: str, workers: str = "2") -> None:
    """``make`` the environment, or ``run`` what is proved in it, the tests in so many processes.

    What fails ends it with its own words.
    """
    {"make": make, "run": lambda: run_all(workers)}[what]()


def make() -> None:
    """The environment, and that its versions are those of pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for version in pythons(project["classifiers"]):
        _say(f"Python {version}: wheels of every dependency")
        _uv("compile", "--only-binary", ":all:", "--python-version", version, *_extras(), "pyproject.toml")
    _say("the lowest versions, installed")
    shutil.rmtree(PLACE, ignore_errors=True)
    install()
    if wrong := [*above_their_bounds(project, _installed())]:
        sys.exit("A bound is lower than what can be installed, so it is never run: " + "; ".join(wrong))


def run_all(workers: str) -> None:
    """The fast tests, and beside them every command, each a process of its own that would leave processors idle."""
    _say("every command of the installed wheel, and the fast tests")
    os.environ["ZWGK_CONFIG_DIR"] = str(PLACE / "config")
    with ThreadPoolExecutor(1) as beside:
        commands = beside.submit(run_commands)
        left_out = [*(f"--deselect={each}" for each in PINNED), *(f"--ignore={each}" for each in LEFT_OUT)]
        environment = {"ZWGK_NO_TOOLS": "1", "ZWGK_REQUIRE_TOOLS": "0"}
        _call(PROGRAMS / "python", "-m", "pytest", "-n", workers, *FAST_TESTS, *left_out, environment=environment)
        commands.result()


def run_commands() -> None:
    """Every command, one after the other."""
    folder = PLACE / "elsewhere"
    folder.mkdir(exist_ok=True)
    for step in steps(Path(tempfile.mkdtemp(dir=PLACE))):
        run(PROGRAMS / "zwgk", folder, step)


def install() -> None:
    """The wheel, with the lowest versions of what it and its tests ask for."""
    _call(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", PLACE, ROOT)
    _call(sys.executable, "-m", "uv", "venv", "--quiet", "--python", sys.executable, ENVIRONMENT)
    listed = PLACE / "lowest.txt"
    lowest = ("--resolution", "lowest-direct", "--python", sys.executable)
    _uv("compile", *lowest, *_extras(), "--output-file", listed, "pyproject.toml")
    (wheel,) = PLACE.glob("*.whl")
    _uv("install", "--python", PROGRAMS / "python", "--requirement", listed, wheel)


def pythons(classifiers: list[str]) -> Iterator[str]:
    """The Pythons that a project says it runs on, such as 3.12."""
    yield from (each.rpartition(" ")[2] for each in classifiers if each.startswith(PYTHON))


def above_their_bounds(project: dict[str, Any], installed: dict[str, str]) -> Iterator[str]:
    """The requirements whose lowest version was not installed, though something of that name was.

    ``project`` is the table of pyproject.toml, ``installed`` has versions by the names that :func:`plain` makes.
    """
    extras = project["optional-dependencies"]
    for text in (*project["dependencies"], *(each for extra in EXTRAS for each in extras[extra])):
        asked = Requirement(text)
        least = max((Version(each.version) for each in asked.specifier if each.operator == ">="), default=None)
        found = installed.get(plain(asked.name))
        if found is not None and least != Version(found):
            yield f"{text} (installed: {found})"


def plain(name: str) -> str:
    """A distribution's name as all spellings of it become one."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _installed() -> dict[str, str]:
    listed = _call(sys.executable, "-m", "uv", "pip", "freeze", "--python", PROGRAMS / "python", quiet=True)
    pairs = (line.partition("==") for line in listed.splitlines())
    return {plain(name): version for name, sign, version in pairs if sign}


def _extras() -> Iterator[str]:
    return (part for extra in EXTRAS for part in ("--extra", extra))


def _uv(what: str, *options: str | Path) -> None:
    _call(sys.executable, "-m", "uv", "pip", what, "--quiet", *options, quiet=True)


def _call(*command: str | Path, quiet: bool = False, environment: Mapping[str, str] | None = None) -> str:
    """Run a program from the root of the checkout; where it fails, so does this."""
    kept = subprocess.PIPE if quiet else None
    variables = {**os.environ, **(environment or {})}
    done = subprocess.run(
        [str(part) for part in command], cwd=ROOT, env=variables, text=True, stdout=kept, check=False
    )
    if done.returncode != 0:
        print(done.stdout or "")
        sys.exit(f"exit {done.returncode}: {' '.join(map(str, command))}")
    return done.stdout or ""


def _say(what: str) -> None:
    print(f"--- {what}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
