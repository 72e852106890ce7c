"""Write the hostile files: ``python -m tests.hostile.make FOLDER``."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.hostile import archives, bombs, contents, damage, formats, kinds, mails, markup
from tests.hostile.cases import CASES, made
from tests.hostile.reports import Report, filled, issued

SOURCES = (archives, bombs, contents, damage, formats, kinds, mails, markup)
"""The modules that register cases."""


def write(folder: Path, report: Report) -> list[Path]:
    """Write every hostile file into a folder, made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / name for name in CASES]
    for path in paths:
        path.write_bytes(made(CASES[path.name], report))
    return paths


def main(folder: str) -> None:
    """Write them and say how large they are."""
    with tempfile.TemporaryDirectory() as workspace:
        report = filled(issued(Path(workspace)))
    for path in write(Path(folder), report):
        print(f"{path.stat().st_size:>10,} {CASES[path.name].outcome:<28} {path.name}")


if __name__ == "__main__":
    main(*sys.argv[1:])
