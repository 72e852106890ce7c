"""The commands of docs/windows-acceptance.md, which nobody here can run as they stand, are right word for word."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys

from tests.tools import ROOT

TEXT = (ROOT / "docs/windows-acceptance.md").read_text(encoding="utf-8")
(COMMANDS,) = re.findall(r"```\n(py .*?)\n```", TEXT, re.DOTALL)


def test_what_it_installs_can_be_installed_together():
    (line,) = (each for each in COMMANDS.splitlines() if " -m pip install " in each)
    asked = shlex.split(line.partition(" install ")[2])
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--no-deps", "--no-build-isolation"]
    done = subprocess.run([*pip, *asked], cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr


def test_the_programs_that_it_runs_know_the_options():
    lines = [line for line in TEXT.splitlines() if "-m tests.windows" in line]
    named = {(module, option) for line in lines for module, rest in re.findall(r"-m (tests\.[\w.]+)([^`]*)", line)
             for option in re.findall(r"--[\w-]+", rest)}  # fmt: skip
    assert {module for module, _ in named} == {"tests.windows", "tests.windows.click"}
    for module, option in named:
        done = subprocess.run([sys.executable, "-m", module, "--help"], cwd=ROOT, capture_output=True, check=True)
        assert option.encode() in done.stdout, (module, option)
