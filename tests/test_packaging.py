"""The wheel holds everything it needs: installed into a fresh environment, it plays the demo from anywhere."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from tests.tools import ROOT

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's wheel, built without network by the build backend that is installed here."""
    outdir = tmp_path_factory.mktemp("wheel")
    _run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", outdir, ROOT)
    (built,) = outdir.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of a fresh environment that holds the wheel and its dependencies, nothing else."""
    home = tmp_path_factory.mktemp("installed")
    _run(sys.executable, "-m", "venv", home / "venv")
    programs = home / "venv" / ("Scripts" if os.name == "nt" else "bin")
    constraints = ROOT / "constraints.txt"
    _run(programs / "python", "-m", "pip", "install", "--quiet", "--constraint", constraints, wheel)
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


def test_installed_wheel_plays_the_demo(installed: Path, tmp_path: Path) -> None:
    neutral, workspace = tmp_path / "elsewhere", tmp_path / "演示"
    neutral.mkdir()
    _run(installed / "zwgk", "demo", workspace, cwd=neutral)
    assert (workspace / "总台账.xlsx").is_file()
    assert list(neutral.iterdir()) == []


def test_installed_command_explains_itself(installed: Path, tmp_path: Path) -> None:
    started = time.perf_counter()
    output = _run(installed / "zwgk", "--help", cwd=tmp_path)
    print(f"zwgk --help took {time.perf_counter() - started:.2f} s")
    assert "generate" in output
    assert "consolidate" in output


def _run(*command: str | Path, cwd: Path | None = None) -> str:
    """Run a program away from this checkout's environment; a failure shows all it printed."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=inherited | {"PYTHONUTF8": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout
