"""What pyproject.toml, the changelog and the read-me say of the project is so."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from itertools import pairwise

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from tests import lowest, smoke
from tests.tools import ROOT
from zwgk_excel import __version__
from zwgk_excel.cli.main import COMMANDS, app

pytestmark = pytest.mark.slow

TEXT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
PROJECT = tomllib.loads(TEXT)["project"]
CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
RELEASES = re.findall(r"(?m)^## \[([0-9.]+)\] - (\d{4}-\d\d-\d\d)$", CHANGELOG)
PRIVATE_NAMES = {"imapclient", "typer", "xlsxwriter", "xlwings"}
"""Libraries of which we call or override what they do not document, or whose files we change."""


def requirements() -> list[Requirement]:
    """What the package asks for, with or without extras; not what only its tests and benchmarks do."""
    extras = PROJECT["optional-dependencies"]
    asked = [each for name, listed in extras.items() if name not in ("test", "bench") for each in listed]
    return [Requirement(each) for each in (*PROJECT["dependencies"], *asked)]


# --- version -------------------------------------------------------------------------------------


def test_the_version_is_that_of_the_last_release_or_on_the_way_to_the_next():
    last, ours = Version(RELEASES[0][0]), Version(__version__)
    assert ours == last or (ours > last and ours.is_devrelease)


def test_releases_are_told_from_the_newest_to_the_oldest():
    assert all(Version(newer) > Version(older) for (newer, _), (older, _) in pairwise(RELEASES))
    assert [day for _, day in RELEASES] == sorted((day for _, day in RELEASES), reverse=True)


# --- libraries -----------------------------------------------------------------------------------


def test_every_library_has_a_lower_bound_and_those_with_private_names_in_use_an_upper_one():
    operators = [(lowest.plain(each.name), {one.operator for one in each.specifier}) for each in requirements()]
    assert [name for name, found in operators if ">=" not in found] == []
    assert {name for name, found in operators if "<" in found} == PRIVATE_NAMES


def test_the_reasons_of_upper_bounds_name_files_that_are_there():
    """A comment beside the bound, or above it, names who uses what the library does not document."""
    lines = TEXT.splitlines()
    bounded = [number for number, line in enumerate(lines) if re.search(r'>=[^"]*,<', line)]
    reasons = {number: re.findall(r"[\w/]+\.py\b", lines[number - 1] + lines[number]) for number in bounded}
    named = [name for names in reasons.values() for name in names]
    assert [name for name in named if not (ROOT / "zwgk_excel" / name).is_file()] == []
    assert len(named) >= len(PRIVATE_NAMES)


@pytest.mark.parametrize(
    ("installed", "wrong"),
    [
        ({"some-library": "1.4.0"}, []),  # 1.4 is 1.4.0
        ({"some-library": "1.4.1"}, ["Some.Library>=1.4,<2 (installed: 1.4.1)"]),
        ({}, []),  # for another system
    ],
)
def test_a_bound_below_what_can_be_installed_is_found(installed, wrong):
    extras: dict[str, list[str]] = {name: [] for name in lowest.EXTRAS}
    project = {"dependencies": ["Some.Library>=1.4,<2"], "optional-dependencies": extras}
    assert list(lowest.above_their_bounds(project, installed)) == wrong


def test_the_oldest_python_is_the_first_of_the_classifiers():
    assert f">={next(lowest.pythons(PROJECT['classifiers']))}" == PROJECT["requires-python"]


# --- commands ------------------------------------------------------------------------------------


def test_the_smoke_runs_every_command(tmp_path):
    names = {*(name for name, _, _ in COMMANDS), *(group.name for group in app.registered_groups)}
    assert {step.arguments[0] for step in smoke.steps(tmp_path)} == names | {"--version"}


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md", "CONTRIBUTING.md"])
def test_the_make_targets_in_the_documents_are_there(name):
    shown = re.sub(r"(?s)<!--.*?-->", "", (ROOT / name).read_text(encoding="utf-8"))
    told = set(re.findall(r"(?m)(?:^|`)make ([a-z-]+)", shown))
    targets = set(re.findall(r"(?m)^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8")))
    assert told
    assert told <= targets


def test_nothing_says_that_an_index_has_the_package():
    """It is installed from a wheel; only extras are added by its name, beside one that is installed."""
    places = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "workbook_templates").glob("*.toml")]
    texts = {path.name: path.read_text(encoding="utf-8") for path in (*places, *(ROOT / "zwgk_excel").rglob("*.py"))}
    assert [name for name, text in texts.items() if re.search(r'pip install[^\n`]* "?zwgk-excel(?!\[)', text)] == []


# --- tests ---------------------------------------------------------------------------------------

_HIDE_POSIX = """
import os, sys
for name in ("pwd", "grp", "fcntl", "resource", "termios", "pty", "tty", "syslog"):
    sys.modules[name] = None
for name in ("fork", "geteuid", "getuid", "killpg", "setsid"):
    delattr(os, name)
import pytest
sys.exit(pytest.main(sys.argv[1:]))
"""


def test_all_tests_can_be_collected_where_the_modules_of_posix_are_missing():
    """As on Windows: what needs them says so when it runs."""
    options = ("--collect-only", "-qq", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:cov", "tests")
    command = [sys.executable, "-c", _HIDE_POSIX, *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
