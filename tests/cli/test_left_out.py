"""Figures that files in 收件箱 are not in yet say so, on the error stream, and how to have them in."""

from __future__ import annotations

import json
import shutil
from datetime import datetime
from pathlib import Path

import pytest

from tests.clock import set_clock
from tests.workflow.desk import Desk, item, new_desk, nil
from zwgk_excel.cli.main import run

NOTE = "收件箱中有 1 个文件还没有登记"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A workspace with a return in 收件箱 that nobody has taken in."""
    made = new_desk(tmp_path)
    run(["generate", "2026-11", "-w", str(made.root), "--as-of", "2026-11-02"])
    answers = {("D04", "2026-11"): nil()}
    path = made.reply("市财政局", "回复.xlsx", answers=answers, items=[item("D02 政府采购")])
    shutil.copy(path, made.root / "收件箱" / path.name)
    return made


@pytest.mark.parametrize(
    "command",
    [["bulletin", "2026-11"], ["assess", "2026-11"], ["assess", "2026Q4"], ["escalate", "2026-11"]],
)
def test_until_it_is_taken_in(
    desk: Desk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    set_clock(monkeypatch, datetime(2026, 12, 5, 9))
    where = ["-w", str(desk.root), "--as-of", "2026-12-03"]
    capsys.readouterr()
    run([*command, *where, "--json"])
    said = capsys.readouterr()
    assert said.err.startswith(NOTE)
    assert said.err.count("\n") == 1
    json.loads(said.out)
    run(["consolidate", *where])
    capsys.readouterr()
    run([*command, *where])
    assert "还没有登记" not in capsys.readouterr().err


def test_what_is_closed_does_not_change_any_more(
    desk: Desk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    set_clock(monkeypatch, datetime(2026, 12, 5, 9))
    where = ["-w", str(desk.root), "--as-of", "2026-12-03"]
    waiting = desk.root / "收件箱" / "回复.xlsx"
    outside = waiting.rename(desk.root.parent / waiting.name)
    assert run(["close", "2026-11", *where, "--yes"]) == 0
    outside.rename(waiting)
    capsys.readouterr()
    assert run(["bulletin", "2026-11", *where]) == 0
    assert run(["assess", "2026-11", *where]) == 0
    assert capsys.readouterr().err == ""
