"""A test run leaves the checkout as it found it, or fails and says which file it touched."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

_CACHES = frozenset(
    ("__pycache__", ".hypothesis", ".import_linter_cache", ".mypy_cache", ".pytest_cache", ".ruff_cache", "htmlcov")
)
"""Folders that tools keep beside the sources; Git ignores them, and so does the watch."""


class Seen(NamedTuple):
    """One line of ``git status``: its two letters, and of a file that Git does not ignore its time and size."""

    status: str
    changed: int
    size: int


class CheckoutWatch:
    """A pytest plugin for the process that starts a run (with xdist: not for its workers)."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.before: Mapping[str, Seen] | None = None
        self.touched: list[str] = []

    def pytest_sessionstart(self) -> None:
        """Note what differs from the last commit before any test runs."""
        self.before = look(self.root)

    def pytest_report_header(self) -> str | None:
        """Say so where the run cannot be watched, such as in an unpacked source archive."""
        return "checkout: not watched, Git knows none here" if look(self.root) is None else None

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail the run that touched something. The workers of xdist have ended by now."""
        after = look(self.root)
        if self.before is not None and after is not None:
            self.touched = differences(self.before, after)
        if self.touched and session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Name every file."""
        if self.touched:
            terminalreporter.section("the checkout is not as it was before the tests", red=True)
            for name in self.touched:
                terminalreporter.line(name)
            terminalreporter.line("A test wrote here instead of into its tmp_path (or somebody edited meanwhile).")


def look(root: Path) -> dict[str, Seen] | None:
    """What ``git status`` lists below ``root``, caches left out, by path; None where there is no checkout."""
    command = ["git", "status", "--porcelain", "-z", "--untracked-files=all", "--ignored=matching", "--no-renames"]
    environment = os.environ | {"GIT_OPTIONAL_LOCKS": "0"}
    try:
        done = subprocess.run(command, cwd=root, env=environment, capture_output=True, check=False)
    except FileNotFoundError:
        return None
    if done.returncode != 0:
        return None
    return dict(_lines(root, done.stdout))


def differences(before: Mapping[str, Seen], after: Mapping[str, Seen]) -> list[str]:
    """The paths that came, went or changed, sorted."""
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


def _lines(root: Path, listed: bytes) -> Iterator[tuple[str, Seen]]:
    for line in os.fsdecode(listed).split("\0")[:-1]:
        status, name = line[:2], line[3:]
        ignored = status == "!!"
        if not (ignored and _is_cache(name)):
            yield name, Seen(status, *((0, 0) if ignored else _time_and_size(root / name)))


def _is_cache(name: str) -> bool:
    parts = name.rstrip("/").split("/")
    return not _CACHES.isdisjoint(parts) or parts[-1].startswith(".coverage") or parts[-1].endswith(".pyc")


def _time_and_size(path: Path) -> tuple[int, int]:
    try:
        state = path.lstat()
    except FileNotFoundError:  # deleted in the work tree
        return 0, 0
    return state.st_mtime_ns, state.st_size
