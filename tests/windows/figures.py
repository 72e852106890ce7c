"""What a run of the tests came to, by area: a plugin of pytest (``-p tests.windows.figures``).

The areas are the folders of ``tests/``. The table is printed at the end, and kept for who writes a report.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path

import pytest

_COLUMNS = ("passed", "marked", "failed")
"""Marked: skipped for what the test needs of another system, or of a program that is not here."""
KEEP_IN = "ZWGK_FIGURES"
"""The variable that names a file for them; none where it is not set."""


class Figures:
    """Counts the tests of a run, each once."""

    def __init__(self) -> None:
        self._areas: dict[str, Counter[str]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Of a test that passes its call is told last; a skipped or failed set-up is all that there is."""
        if report.when == "call" or report.outcome != "passed":
            outcome = "marked" if report.skipped else report.outcome
            area = report.nodeid.split("/")[1] if report.nodeid.count("/") > 1 else "tests"
            self._areas.setdefault(area, Counter())[outcome] += 1

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """The table, and the file."""
        rows = {**dict(sorted(self._areas.items())), "all": sum(self._areas.values(), Counter())}
        terminalreporter.section("by area")
        terminalreporter.write_line("".join([f"{'':12}", *(f"{each:>8}" for each in _COLUMNS)]))
        for area, found in rows.items():
            terminalreporter.write_line("".join([f"{area:12}", *(f"{found[each]:8}" for each in _COLUMNS)]))
        if place := os.environ.get(KEEP_IN):
            told = {area: {each: found[each] for each in _COLUMNS} for area, found in rows.items()}
            Path(place).write_text(json.dumps(told), encoding="utf-8")


def pytest_configure(config: pytest.Config) -> None:
    """Only where the run is told, not in each of its processes."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Figures())
