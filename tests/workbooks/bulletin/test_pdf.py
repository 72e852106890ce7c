"""PDF through LibreOffice: what is said when it fails or hangs, and that nothing of it is left running."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tests.tools import posix_only
from zwgk_excel.workbooks.bulletin import pdf
from zwgk_excel.workbooks.bulletin.pdf import PdfError, to_pdf

a_script = posix_only("a script is a program")


def program(folder: Path, script: str) -> str:
    """A LibreOffice that does something else."""
    path = folder / "soffice"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


@a_script
def test_a_file_that_does_not_come_out_is_named(tmp_path):
    with pytest.raises(PdfError, match=r"一\.xlsx"):
        to_pdf(program(tmp_path, "exit 0"), {"一.xlsx": b""})


def test_a_program_that_is_none(tmp_path):
    with pytest.raises(PdfError, match="不能启动"):
        to_pdf(str(tmp_path / "nothing"), {"一.xlsx": b""})


@pytest.mark.skipif(os.name == "nt", reason="asks for processes as POSIX knows them")
def test_one_that_hangs_is_ended_with_its_children(tmp_path, monkeypatch):
    monkeypatch.setattr(pdf, "FILE_SECONDS", 0.2)
    child = tmp_path / "child"
    with pytest.raises(PdfError, match="没有完成"):
        to_pdf(program(tmp_path, f"sleep 60 & echo $! > '{child}'; wait"), {"一.xlsx": b""}, start_seconds=0.5)
    for _ in range(50):
        if not _runs(int(child.read_text())):
            return
        time.sleep(0.1)
    pytest.fail("the child still runs")


def _runs(pid: int) -> bool:
    status = Path(f"/proc/{pid}/stat")
    try:
        return status.read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@a_script
def test_one_that_wants_a_second_start_gets_it(tmp_path):
    seen = tmp_path / "seen"
    script = f"""[ -f '{seen}' ] || {{ touch '{seen}'; exit 81; }}
while [ $# -gt 0 ]; do [ "$1" = --outdir ] && out=$2; shift; done
printf PDF > "$out/0.pdf" """
    assert to_pdf(program(tmp_path, script), {"一.xlsx": b""}) == {"一.xlsx": b"PDF"}
