"""The command behind ``make pictures``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import xlsxwriter

from tests.tools import ROOT, require


def test_pictures_of_visible_sheets(tmp_path: Path) -> None:
    require("soffice", "uno", "pdftoppm")
    workbook = tmp_path / "表.xlsx"
    with xlsxwriter.Workbook(workbook) as book:
        book.add_worksheet("总览").write("A1", "市教育局")
        long = book.add_worksheet("明细")
        long.write_column("A1", ["一行"] * 120)
        hidden = book.add_worksheet("字典")
        hidden.write("A1", "不印")
        hidden.hide()

    everything = _render(workbook, tmp_path / "all")
    first_page = _render(workbook, tmp_path / "one", "--sheet", "明细", "--name", "items", "--pages", "1")

    assert everything[:2] == ["总览.png", "明细.png"]
    assert everything[2:] == [f"明细-{number}.png" for number in range(2, len(everything))]
    assert len(everything) > 2
    assert first_page == ["items.png"]
    assert (tmp_path / "one/items.png").read_bytes().startswith(b"\x89PNG")


def _render(workbook: Path, outdir: Path, *options: str) -> list[str]:
    command = [sys.executable, str(ROOT / "docs/render.py"), str(workbook), str(outdir), *options]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
    return [Path(line).name for line in done.stdout.splitlines()]
