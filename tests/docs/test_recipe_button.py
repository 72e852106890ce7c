"""docs/recipes/button.md followed literally in a copy of the tree: afterwards the button is everywhere."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tools import ROOT

BLOCK = re.compile(r"^```\w+ (?P<does>append|run)(?: (?P<file>\S+))?\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
FOLDERS = ("zwgk_excel", "workbook_templates", "vba_shim", "tests")
FILES = ("pyproject.toml", "constraints.txt", "README.md")
LEFT_OUT = shutil.ignore_patterns("__pycache__", "node_modules", "*.png")


def steps(recipe: str) -> Iterator[tuple[str, str, str]]:
    """What each block of a recipe does, to which file, with which text."""
    text = (ROOT / "docs" / "recipes" / recipe).read_text(encoding="utf-8")
    yield from ((found["does"], found["file"] or "", found["text"]) for found in BLOCK.finditer(text))


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the tree."""
    root = tmp_path_factory.mktemp("tree")
    for name in FOLDERS:
        shutil.copytree(ROOT / name, root / name, ignore=LEFT_OUT)
    for name in FILES:
        shutil.copyfile(ROOT / name, root / name)
    return root


def run(tree: Path, command: str) -> str:
    """What a command prints that is run in the copy, with the modules of the copy before all others."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = os.environ | {"PATH": path, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        command, shell=True, cwd=tree, env=environment, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


def test_the_button_is_everywhere(tree: Path):
    ran = 0
    for does, file, text in steps("button.md"):
        if does == "run":
            run(tree, text)
            ran += 1
        else:
            (tree / file).parent.mkdir(parents=True, exist_ok=True)
            with (tree / file).open("a", encoding="utf-8") as stream:
                stream.write(text)
    assert ran == 1
    with zipfile.ZipFile(tree / "zwgk.xlam") as addin:
        ribbon = addin.read("customUI/customUI14.xml").decode()
    place = ribbon.index('id="zwgkOpenBulletins" tag="open_bulletins" label="打开通报"')
    assert ribbon.index('id="zwgkPublish"') < place < ribbon.index('id="zwgkTools"')
    show = "from zwgk_excel.layout.buttons import help_text; print(help_text())"
    assert "以前的通报按“打开通报”。" in run(tree, f'python -c "{show}"')
    assert "打开工作区文件夹中的“通报”" in run(
        tree, 'python -c "import zwgk_excel.addin as a; a.open_bulletins()" 2>&1'
    )
