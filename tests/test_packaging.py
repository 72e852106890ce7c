"""The wheel holds everything it needs: installed into a fresh environment, commands work from anywhere."""

from __future__ import annotations

import os
import re
import sys
import zipfile
from itertools import islice
from pathlib import Path

import pytest

from tests import smoke
from tests.examples import LONG
from tests.tools import ROOT
from zwgk_excel import __version__

pytestmark = pytest.mark.slow
EXTRAS = ("excel", "rollup")
"""What ``zwgk addin build`` and ``zwgk rollup`` ask for."""
FIRST_STEPS = 8
"""As far as a month is planned."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's wheel, built without network by the build backend that is installed here."""
    outdir = tmp_path_factory.mktemp("wheel")
    _run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", outdir, ROOT)
    (built,) = outdir.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of a fresh environment that holds the wheel and its dependencies, nothing else.

    The pip that is here fills it, and each module is compiled when it is first used: not all of pandas, and no pip.
    """
    home = tmp_path_factory.mktemp("installed")
    _run(sys.executable, "-m", "venv", "--without-pip", home / "venv")
    programs = home / "venv" / ("Scripts" if os.name == "nt" else "bin")
    constraints = ROOT / "constraints.txt"
    extras = f"{wheel}[{','.join(EXTRAS)}]"
    pip = (sys.executable, "-m", "pip", "--python", programs / "python")
    _run(*pip, "install", "--quiet", "--no-compile", "--constraint", constraints, extras)
    return programs


@pytest.mark.parametrize("folder", ["workbook_templates", "vba_shim"])
def test_wheel_holds_the_top_level_folders(wheel: Path, folder: str) -> None:
    kept = {
        file.relative_to(ROOT).as_posix()
        for file in (ROOT / folder).rglob("*")
        if file.is_file() and not file.name.startswith(("~$", ".")) and file.suffix != ".pyc"
    }
    packed = {name.removeprefix("zwgk_excel/") for name in zipfile.ZipFile(wheel).namelist()}
    assert kept
    assert kept <= packed


def test_wheel_holds_nothing_but_the_package(wheel: Path) -> None:
    tops = {name.partition("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"zwgk_excel"}


def test_the_version_stands_once(wheel: Path) -> None:
    assert re.search(r"^zwgk_excel-(.+?)-", wheel.name)[1] == __version__  # type: ignore[index]


def test_the_installed_wheel_works_away_from_the_checkout(installed: Path, tmp_path: Path) -> None:
    """A month is demonstrated and the first of the commands are run; all are in an environment with the lowest versions
    (``tests/lowest.py``), unless ``ZWGK_LONG=1``."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    most = None if LONG else FIRST_STEPS
    for step in islice(smoke.steps(tmp_path), most):
        smoke.run(installed / "zwgk", elsewhere, step)
    assert list(elsewhere.iterdir()) == []


def test_the_installed_wheel_tells_its_types(installed: Path, tmp_path: Path) -> None:
    """Mypy finds ``py.typed``, and what is annotated wrongly in the example is found by its unused ``type: ignore``."""
    example = tmp_path / "api.py"
    example.write_bytes((ROOT / "tests/typing/api.py").read_bytes())
    options = ("--strict", "--config-file=", "--cache-dir", tmp_path / "cache", "--python-executable")
    _run(sys.executable, "-m", "mypy", *options, installed / "python", example, cwd=tmp_path)


def _run(*command: str | Path, cwd: Path | None = None) -> str:
    """Run a program away from this checkout's environment; a failure shows all it printed."""
    done = smoke.process(*command, cwd=cwd)
    assert done.returncode == 0, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout
