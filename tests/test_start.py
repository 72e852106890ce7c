"""What an installed ``zwgk`` offers and loads before it does any work; run as a process, away from the checkout."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from importlib.metadata import packages_distributions, requires

import pytest
from packaging.requirements import Requirement

from tests.lowest import plain
from tests.tools import ROOT
from zwgk_excel import __version__
from zwgk_excel.cli.main import COMMANDS

DRAWS_THE_HELP = {"rich", "typer", "editables"}
"""What a help may load: what draws it, and what an editable install needs to find the package."""
READS_ARGUMENTS = {"pydantic"}
"""What Typer loads itself as soon as a command has arguments."""
_LOADED = """
import json, sys
from zwgk_excel.cli.main import run
codes = [run(line.split()) for line in sys.argv[1:]]
print("\\n" + json.dumps([max(codes), *{name.partition(".")[0] for name in sys.modules}]))
"""


def python(code: str, *arguments: str) -> list[str]:
    """The lines that a fresh Python prints; the tests run in an empty folder, and so does it."""
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", code, *arguments], capture_output=True, encoding="utf-8", check=True
    )
    return done.stdout.splitlines()


@pytest.mark.parametrize(
    ("lines", "needed"),
    [
        (["--help"], DRAWS_THE_HELP),
        (["--version"], DRAWS_THE_HELP),
        ([f"{name} --help" for name, _, _ in COMMANDS], DRAWS_THE_HELP | READS_ARGUMENTS),
        (["addin --help", "schedule --help", "rectify --help"], DRAWS_THE_HELP | READS_ARGUMENTS),
    ],
)
def test_a_help_loads_no_library_but_those_that_draw_it(lines, needed):
    """Pandas, SQLAlchemy, openpyxl, xlwings and whatever else is asked for are loaded by the work that needs them."""
    code, *loaded = json.loads(python(_LOADED, *lines)[-1])
    owners = {name: {plain(each) for each in owners} for name, owners in packages_distributions().items()}
    asked = {plain(Requirement(each).name) for each in requires("zwgk-excel") or ()}
    assert code == 0
    assert {"pandas", "sqlalchemy", "openpyxl", "xlwings", "xlsxwriter"} <= asked
    assert {each for name in loaded for each in owners.get(name, ())} & asked <= needed


def test_a_help_loads_none_of_our_rules():
    """Nor the words and layouts: half of the time that it takes would go into them."""
    code = """
import sys
from zwgk_excel.cli.main import run
for line in sys.argv[1:]:
    run(line.split())
print()
print(sorted(name for name in sys.modules if name.startswith("zwgk_excel.")))
"""
    loaded = ast.literal_eval(python(code, "--help", "status --help", "extend --help")[-1])
    rules = {name for name in loaded if name.split(".")[1] in ("domain", "layout")}
    assert rules <= {f"zwgk_excel.domain{each}" for each in ("", ".errors", ".system_errors", ".text")}


def test_the_version_is_told():
    assert python("from zwgk_excel.cli.main import main; main()", "--version") == [f"zwgk {__version__}"]


def test_an_install_offers_nothing_but_the_package():
    """``tests`` and ``docs`` are no names to import; an editable install finds its texts in the checkout."""
    code = """
import importlib.util, sys
from pathlib import Path
from zwgk_excel.layout.resources import folder
print([folder for folder in sys.argv[1:] if folder in str(importlib.util.find_spec(Path(folder).name))])
print([folder(name).is_dir() for name in ("workbook_templates", "vba_shim")])
"""
    ours = [str(ROOT / name) for name in ("tests", "docs", "benchmarks", "bundle")]
    assert python(code, *ours) == ["[]", "[True, True]"]
