"""A copy of the checkout that a test may change, as a developer changes his: edited, and run with itself first on the
path."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.tools import ROOT

_COPIED = ("zwgk_excel", "workbook_templates", "vba_shim", "tests", "docs", "benchmarks", "bundle")
# What is compiled goes along, for each command would compile all of it again; not what is being written just now.
_LEFT_OUT = shutil.ignore_patterns("*.pyc.*", "pictures", "node_modules", "*.png")


class Tree:
    """The copy, in a folder of its own."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for name in _COPIED:
            shutil.copytree(ROOT / name, root / name, ignore=_LEFT_OUT)
        for path in ROOT.iterdir():
            if path.is_file() and path.suffix in {".toml", ".md", ".txt"}:
                shutil.copy(path, root)

    def insert(self, file: str, after: str, text: str) -> None:
        """Put lines behind the only line that is ``after``, but for the space around it."""
        lines = self._lines(file)
        lines.insert(self._only(lines, file, after) + 1, text)
        self._write(file, lines)

    def replace(self, file: str, old: str, text: str) -> None:
        """Put lines in the place of the only line that is ``old``, but for the space around it."""
        lines = self._lines(file)
        lines[self._only(lines, file, old)] = text
        self._write(file, lines)

    def append(self, file: str, text: str) -> None:
        """Put lines at the end of a file, which is made where there is none."""
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8", newline="\n") as stream:
            stream.write(text + "\n")

    def check(self, command: str) -> str:
        """What a shell command prints that must succeed; it finds this Python, and the copy's modules first."""
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        # What measures or spreads the tests around this one must not take hold of those in the copy.
        outer = {name: value for name, value in os.environ.items() if not name.startswith(("COV_", "PYTEST_"))}
        environment = {**outer, "PATH": path, "PYTHONPATH": str(self.root)}
        done = subprocess.run(
            command,
            shell=True,
            cwd=self.root,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}"
        return done.stdout

    def _lines(self, file: str) -> list[str]:
        return (self.root / file).read_text(encoding="utf-8").splitlines()

    def _write(self, file: str, lines: list[str]) -> None:
        (self.root / file).write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")

    def _only(self, lines: list[str], file: str, wanted: str) -> int:
        found = [number for number, line in enumerate(lines) if line.strip() == wanted.strip()]
        assert len(found) == 1, f"{file}: {len(found)} lines are {wanted!r}"
        return found[0]
