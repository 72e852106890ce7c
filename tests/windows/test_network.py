"""A workspace in a shared folder of a server, by the name that Windows gives it: ``\\\\server\\share``."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
import xlwings as xw

from tests.addin.clicks import click, desk_at
from tests.addin.grid import GridApp, register
from tests.addin.tracker_desk import LAYOUT, open_tracker
from tests.calc.year import answer
from tests.tools import on_windows, under_wine
from tests.windows.processes import zwgk
from tests.workflow.desk import CYCLE, Desk, issue, new_desk
from zwgk_excel.cli.main import run

pytestmark = on_windows


@pytest.fixture
def share(tmp_path: Path) -> Iterator[Path]:
    """A folder of a server; under wine the one that tests/windows/setup.sh makes, else this computer's own."""
    drive = os.environ["SystemDrive"].replace(":", "$")  # noqa: SIM112 - as Windows writes it
    server = "\\\\zwgk-server\\share" if under_wine() else f"\\\\localhost\\{drive}{tmp_path.as_posix()[2:]}"
    if not os.path.isdir(server):  # noqa: PTH112 - pathlib raises where the server is not there
        pytest.skip("this user may not see the disk of this computer as a server's")
    folder = Path(tempfile.mkdtemp(dir=server))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def test_a_month_in_a_folder_of_a_server(share: Path, tmp_path: Path):
    """Run from elsewhere too: cmd.exe stands in no such folder."""
    root = share / "政务公开 工作区"
    assert run(["init", str(root)]) == 0
    for step in ("generate", "consolidate"):
        assert run([step, "2024-10", "-w", str(root)]) in (0, 1)
    assert (root / LAYOUT.file_name).is_file()
    assert any((root / "发件箱/2024-10").glob("*.xlsx"))
    code, told = zwgk("status", "2024-10", "-w", str(root), folder=tmp_path)
    assert (code in (0, 1), "2024-10" in told.decode("utf-8")) == (True, True), told.decode("utf-8", "replace")


def test_the_button_knows_a_tracker_on_a_server(share: Path, monkeypatch: pytest.MonkeyPatch):
    prepared, now = issue(new_desk(share / "甲")), datetime(2026, 12, 3, 9)
    assert run(["consolidate", "--as-of", "2026-11-20", "-w", str(prepared.root)]) in (0, 1)
    desk = desk_at(now, prepared.root, share, monkeypatch)
    grid: GridApp = register()
    open_tracker(grid, desk)
    answer(desk, [CYCLE])
    assert click(grid, "consolidate").startswith("汇总完成")
    assert [each.name for each in xw.books] == [LAYOUT.file_name]


def test_a_server_that_is_not_there_is_a_sentence(capsys: pytest.CaptureFixture[str]):
    assert run(["status", str(CYCLE), "-w", "\\\\no-such-server\\share\\工作区"]) == 2
    assert "no-such-server" in capsys.readouterr().err


def test_what_is_in_the_way_in_a_workspace_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """As where a policy keeps a user out of a folder of it, which wine cannot."""
    desk: Desk = new_desk(tmp_path)
    out = desk.root / "发件箱"
    shutil.rmtree(out, ignore_errors=True)
    out.write_bytes(b"no folder")
    assert run(["generate", str(CYCLE), "-w", str(desk.root)]) == 2
    assert "发件箱" in capsys.readouterr().err
