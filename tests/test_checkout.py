"""The checkout: its names can be checked out anywhere, and a test run that touches it fails."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.tools import ROOT, require

_FORBIDDEN = re.compile(r'[<>:"|?*\\\x00-\x1f]')
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)")
_LONGEST = 140
"""Windows takes 260 characters for a whole path; this leaves 120 for the folder of the checkout."""


def faults(names: Iterable[str]) -> Iterator[str]:
    """What keeps names of files from being checked out on Windows or macOS, a line each."""
    spellings = defaultdict(set)
    for name in names:
        if len(name) > _LONGEST:
            yield f"{name}: longer than {_LONGEST} characters"
        parts = name.split("/")
        for length, part in enumerate(parts, start=1):
            spelled = "/".join(parts[:length])
            spellings[spelled.casefold()].add(spelled)
            if _FORBIDDEN.search(part):
                yield f"{name}: a character that Windows forbids"
            if part.endswith((".", " ")):
                yield f"{name}: ends with a dot or a blank"
            if _RESERVED.fullmatch(part.partition(".")[0].rstrip()):
                yield f"{name}: reserved by Windows"
    yield from (f"{' '.join(sorted(same))}: differ only in case" for same in spellings.values() if len(same) > 1)


@pytest.mark.parametrize(
    ("names", "fault"),
    [
        (["{'uidvalidity': 8}"], "character"),
        (["docs/a?.md"], "character"),
        (["docs\\a.md"], "character"),
        (["tests/aux.py"], "reserved"),
        (["Com1/a.py"], "reserved"),
        (["a./b"], "dot or a blank"),
        (["a "], "dot or a blank"),
        (["docs/a.md", "docs/A.md"], "only in case"),
        (["docs/a.md", "Docs/b.md"], "only in case"),
        (["x" * 141], "longer"),
    ],
)
def test_a_name_that_cannot_be_checked_out_everywhere(names, fault):
    assert [fault in found for found in faults(names)] == [True]


def test_all_tracked_names_can_be_checked_out_everywhere():
    listed = subprocess.run([*require("git"), "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    names = listed.decode("utf-8").split("\0")[:-1]
    assert "tests/test_checkout.py" in names
    assert list(faults(names)) == []


# --- the watch -----------------------------------------------------------------------------------

_CONFTEST = """
import sys
from pathlib import Path
sys.path.insert(0, {root!r})
from tests.checkout import CheckoutWatch

def pytest_configure(config):
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(CheckoutWatch(Path(__file__).parent))
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository with a test that does what ``does.py`` in it says."""
    git = require("git")[0]
    (tmp_path / "conftest.py").write_text(_CONFTEST.format(root=str(ROOT)), encoding="utf-8")
    (tmp_path / "test_it.py").write_text("def test_it():\n    import does\n", encoding="utf-8")
    (tmp_path / "does.py").write_text("", encoding="utf-8")
    (tmp_path / ".gitignore").write_text("__pycache__/\n.pytest_cache/\n/build/\n", encoding="utf-8")
    for command in (["init", "-q"], ["add", "-A"]):
        subprocess.run([git, *command], cwd=tmp_path, check=True)
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.org")
    subprocess.run([git, *identity, "commit", "-q", "-m", "first"], cwd=tmp_path, check=True)
    return tmp_path


def ran(checkout: Path, does: str, *options: str) -> tuple[int, str]:
    """The exit code and the output of a test run that does something beside its only test, which passes."""
    (checkout / "does.py").write_text(does, encoding="utf-8")
    lean = ("-q", "-p", "no:cov", "-p", "no:hypothesispytest")
    command = [sys.executable, "-m", "pytest", *lean, "--rootdir", str(checkout), *options]
    done = subprocess.run(command, cwd=checkout, capture_output=True, encoding="utf-8", check=False)
    return done.returncode, done.stdout


@pytest.mark.parametrize("options", [(), ("-n", "1")])
def test_a_run_that_leaves_a_file_behind_fails_and_names_it(checkout, options):
    code, told = ran(checkout, "open('剩下的 8.db', 'w').close()", *options)
    assert (code, "1 passed" in told) == (1, True)
    assert "剩下的 8.db" in told


@pytest.mark.parametrize(
    ("does", "touched"),
    [
        ("open('test_it.py', 'a').write('#')", "test_it.py"),  # tracked
        ("__import__('os').remove('.gitignore')", ".gitignore"),
        ("__import__('os').makedirs('build/x')\nopen('build/x/y', 'w').close()", "build/"),  # ignored
        ("open('old.txt', 'a').write('more')", "old.txt"),  # untracked already before the run
    ],
)
def test_whatever_differs_after_a_run_fails_it(checkout, does, touched):
    (checkout / "old.txt").write_text("old", encoding="utf-8")
    code, told = ran(checkout, does)
    assert code == 1
    assert touched in told.partition("the checkout is not as it was")[2].splitlines()


def test_a_run_that_leaves_nothing_but_caches_passes(checkout):
    (checkout / "old.txt").write_text("old", encoding="utf-8")
    assert ran(checkout, "")[0] == 0
    assert (checkout / ".pytest_cache").is_dir()


def test_where_there_is_no_checkout_a_run_says_that_it_is_not_watched(checkout):
    (checkout / ".git").rename(checkout / ".gone")
    code, told = ran(checkout, "open('left', 'w').close()", "-v")
    assert (code, "not watched" in told) == (0, True)


def test_the_tests_run_in_an_empty_folder_of_their_own(current_folder, tmp_path_factory):
    assert Path.cwd() == current_folder
    assert current_folder.is_relative_to(tmp_path_factory.getbasetemp())
    assert list(current_folder.iterdir()) == []
