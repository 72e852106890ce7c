"""Killed at any point of issuing, amending, taking back, closing, assigning, undoing: the next run ends the same.

With ``ZWGK_EVERY_POINT=1`` before every step; otherwise before and after some of those that leave something behind.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.tools import ROOT
from tests.workflow.desk import Desk, item, new_desk, nil, with_duty
from tests.workflow.killed import DIED
from zwgk_excel.cli.main import run
from zwgk_excel.domain.acts import ActKind
from zwgk_excel.workflow.consolidation.consolidating import consolidate
from zwgk_excel.workflow.intake.receiving import receive

pytestmark = pytest.mark.slow
EVERY = os.environ.get("ZWGK_EVERY_POINT") == "1"
_MOST = 3
"""Points of one command, of those that differ."""
DECEMBER = datetime(2026, 12, 3, 9)


def new(folder: Path) -> Desk:
    """Nothing issued yet."""
    return new_desk(folder)


def issued(folder: Path) -> Desk:
    """November is issued."""
    desk = new(folder)
    give(desk, "generate", "2026-11", "--as-of", "2026-11-02")
    return desk


def edited(folder: Path) -> Desk:
    """November is issued, and the duty table says otherwise since."""
    desk = issued(folder)
    desk.set_duties(with_duty("D02", owners="市财政局、市人社局"))
    return desk


def amended(folder: Path) -> Desk:
    """November is amended."""
    desk = edited(folder)
    give(desk, "generate", "2026-11", "--amend", "--reason", "调整")
    return desk


def taken_back(folder: Path) -> Desk:
    """The amendment of November is undone, its workbooks are still those of before."""
    desk = amended(folder)
    give(desk, "undo", str(last(desk, ActKind.AMEND)), "--reason", "不调整", "--yes")
    return desk


def reported(folder: Path) -> Desk:
    """Returns of three kinds are in, and one more lies in 收件箱."""
    desk = issued(folder)
    good = desk.reply("市财政局", "财政.xlsx", answers={("D04", "2026-11"): nil()}, items=[item("D02 政府采购")])
    bad = desk.reply("市人社局", "人社.xlsx", items=[item("D04 稳岗就业", formed_on="3月")])
    desk.now = DECEMBER
    with desk.open() as office:
        receive(office, [good, bad], received_at=datetime(2026, 11, 20, 9))
        consolidate(office, as_of=DECEMBER.date(), who="科员")
    return desk


def closed(folder: Path) -> Desk:
    """November is closed."""
    desk = reported(folder)
    give(desk, "close", "2026-11", "--as-of", "2026-11-30", "--yes")
    return desk


def reopened(folder: Path) -> Desk:
    """November is closed and open again."""
    desk = closed(folder)
    give(desk, "undo", str(last(desk, ActKind.CLOSE)), "--reason", "还有来件", "--yes")
    return desk


def assigned(folder: Path) -> Desk:
    """A return with errors is assigned to another unit."""
    desk = reported(folder)
    give(desk, *ASSIGN)
    return desk


def give(desk: Desk, *arguments: str) -> None:
    """Give a command that does what it should."""
    assert run([*arguments, "-w", str(desk.root)]) in {0, 1}


def last(desk: Desk, kind: ActKind) -> int:
    """The number of the last act of a kind."""
    with desk.open() as office:
        return max(each.number for each in office.ledger.acts() if each.kind is kind)


ASSIGN = ("receive", "人社.xlsx", "--assign", "市政府办", "--cycle", "2026-11", "--reason", "代报", "--force")


@dataclass(frozen=True)
class Case:
    """A command, what was there before, and the acts that there are more of afterwards."""

    prepare: Callable[[Path], Desk]
    arguments: tuple[str, ...]
    acts: int
    files: bool = True
    """Whether it also writes or removes files."""
    undoes: ActKind | None = None


CASES = {
    "issue": Case(new, ("generate", "2026-11"), 1),
    "amend": Case(edited, ("generate", "2026-11", "--amend", "--reason", "调整"), 1),
    "make again": Case(taken_back, ("generate", "2026-11", "--as-issued"), 0),
    "cancel": Case(issued, ("generate", "2026-11", "--cancel", "--reason", "发早了"), 1),
    "extend": Case(issued, ("extend", "2026-11", "--unit", "市财政局", "--until", "2026-12-05"), 1, files=False),
    "close": Case(reported, ("close", "2026-11", "--yes"), 1, files=False),
    "reopen": Case(closed, ("reopen", "2026-11", "--reason", "还有来件", "--yes"), 1, files=False),
    "close again": Case(reopened, ("close", "2026-11", "--yes"), 1, files=False),
    "undo undone": Case(reopened, ("undo", "{act}", "--reason", "没有来件", "--yes"), 1, False, ActKind.UNDO),
    "undo amendment": Case(amended, ("undo", "{act}", "--reason", "不调整", "--yes"), 1, False, ActKind.AMEND),
    "assign": Case(reported, ASSIGN, 1),
    "undo assigned": Case(assigned, ("undo", "{act}", "--reason", "没有代报", "--yes"), 1, True, ActKind.ASSIGN),
}


def killed(folder: Path, day: str, arguments: tuple[str, ...]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The run that nobody disturbed, and those that died and were given again."""
    most = "0" if EVERY else str(_MOST)
    command = [sys.executable, "-m", "tests.workflow.killed_commands", str(folder), day, most, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    whole, *runs = map(json.loads, done.stdout.splitlines())
    return whole, runs


@pytest.mark.parametrize("name", CASES)
def test_killed_at_any_point_the_next_run_ends_the_same(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    desk = case.prepare(tmp_path)
    shutil.rmtree(tmp_path / "attachments", ignore_errors=True)
    with desk.open() as office:
        before = len(office.ledger.acts())
    act = str(last(desk, case.undoes)) if case.undoes else ""
    arguments = tuple(each.replace("{act}", act) for each in case.arguments)
    whole, runs = killed(tmp_path, desk.now.date().isoformat(), arguments)
    assert whole["died"] in {0, 1}, whole["said"]
    assert len(whole["state"]["acts"]) == before + case.acts
    assert len(runs) >= (4 if case.files else 1)
    for each in runs:
        where = f"{name} killed at step {each['point']} of {whole['steps']}; then: {each['again']} {each['said']}"
        assert each["died"] == DIED, where
        assert "Traceback" not in each["said"], where
        different = [key for key, held in whole["state"].items() if each["state"][key] != held]
        assert different == [], where
        assert each["state"]["files"] == whole["state"]["files"], where
