"""Two runs at once on one workspace: one does the work, the other waits or says that it is busy; nothing twice."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.hostile.reports import Report, filled, issued
from tests.tools import ROOT
from tests.workflow.desk import Desk
from zwgk_excel.workflow.intake.receiving import receive

pytestmark = pytest.mark.slow

BUSY = "另一个 zwgk 正在处理本工作区"
COUNT = 12


@pytest.fixture(scope="module")
def report(tmp_path_factory) -> Report:
    return filled(issued(tmp_path_factory.mktemp("issued")))


@pytest.fixture
def desk(tmp_path) -> Desk:
    return issued(tmp_path)


def replies(folder: Path, report: Report, numbers: Sequence[int]) -> Path:
    folder.mkdir()
    for number in numbers:
        (folder / f"回复{number}.xlsx").write_bytes(report.titled(f"信息{number}").bytes())
    return folder


def start(desk: Desk, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "zwgk_excel", *map(str, arguments), "-w", str(desk.root)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ended(*runs: subprocess.Popen[str]) -> list[int]:
    """The exit codes; whoever did not get its turn said so in one sentence."""
    codes = []
    for run in runs:
        _, errors = run.communicate(timeout=120)
        codes.append(run.returncode)
        assert run.returncode in {0, 1, 2}, errors
        assert (BUSY in errors) == (run.returncode == 2), errors
        assert "Traceback" not in errors
    return codes


def taken(desk: Desk) -> list[tuple[str, str]]:
    """File and title of every receipt, once each; the files in 收件箱 are theirs, whole."""
    with desk.open() as office:
        receipts = office.ledger.receipts()
    for receipt in receipts:
        assert hashlib.sha256((desk.root / receipt.file).read_bytes()).hexdigest() == receipt.sha256
    inbox = [path for path in (desk.root / "收件箱").rglob("*") if path.is_file()]
    assert len(inbox) == len(receipts)
    contents = [(receipt.name, receipt.content) for receipt in receipts if receipt.content]
    return sorted((name, item.title) for name, content in contents for item in content.items)


def titles(desk: Desk) -> list[str]:
    """The titles alone, for files that lie in folders of 收件箱."""
    return sorted(title for _, title in taken(desk))


EXPECTED = sorted((f"回复{number}.xlsx", f"信息{number}") for number in range(COUNT))


def test_the_same_files_twice_at_once(desk, report, tmp_path):
    folder = replies(tmp_path / "来件", report, range(COUNT))
    codes = ended(*(start(desk, "receive", folder, "--received-at", "2026-11-20") for _ in range(3)))
    assert codes != [2, 2, 2]
    assert taken(desk) == EXPECTED


def test_different_files_at_once(desk, report, tmp_path):
    folders = [
        replies(tmp_path / name, report, range(first, COUNT, 2)) for first, name in enumerate(("第一批", "第二批"))
    ]
    codes = ended(*(start(desk, "receive", folder, "--received-at", "2026-11-20") for folder in folders))
    for folder, code in zip(folders, codes, strict=True):
        if code == 2:
            assert ended(start(desk, "receive", folder, "--received-at", "2026-11-20")) != [2]
    assert taken(desk) == EXPECTED


def test_two_consolidations_at_once(desk, report):
    replies(desk.root / "收件箱/各单位", report, range(COUNT))
    codes = ended(*(start(desk, "consolidate", "--as-of", "2026-12-03") for _ in range(3)))
    assert codes != [2, 2, 2]
    assert titles(desk) == sorted(title for _, title in EXPECTED)
    tracker = (desk.root / "总台账.xlsx").read_bytes()
    assert ended(start(desk, "consolidate", "--as-of", "2026-12-03")) != [2]
    assert (desk.root / "总台账.xlsx").read_bytes() == tracker


def test_receiving_while_consolidating(desk, report, tmp_path):
    """Whatever order they come in, each file is taken in once."""
    mailed, dropped = range(0, COUNT, 2), range(1, COUNT, 2)
    replies(desk.root / "收件箱/拖入", report, dropped)
    folder = replies(tmp_path / "来件", report, mailed)
    runs = {
        "receive": start(desk, "receive", folder, "--received-at", "2026-11-20"),
        "consolidate": start(desk, "consolidate", "--as-of", "2026-12-03"),
    }
    codes = dict(zip(runs, ended(*runs.values()), strict=True))
    if codes["receive"] == 2:
        assert ended(start(desk, "receive", folder, "--received-at", "2026-11-20")) != [2]
    assert ended(start(desk, "consolidate", "--as-of", "2026-12-03")) != [2]
    assert titles(desk) == sorted(title for _, title in EXPECTED)


@pytest.mark.parametrize("command", [("receive", "来件"), ("consolidate",), ("generate", "2026-12")])
def test_busy_is_said_and_nothing_is_touched(desk, report, tmp_path, command):
    folder = replies(tmp_path / "来件", report, range(3))
    arguments = [folder if part == "来件" else part for part in command]
    before = {path: path.read_bytes() for path in desk.root.rglob("*") if path.is_file()}
    with desk.open() as office, office.ledger.exclusive():
        assert ended(start(desk, *arguments)) == [2]
    after = {path: path.read_bytes() for path in desk.root.rglob("*") if path.is_file()}
    assert {path for path in after if path.name != "zwgk.db-lock"} == {p for p in before if p.name != "zwgk.db-lock"}
    assert all(after[path] == data for path, data in before.items())
    assert ended(start(desk, *arguments)) != [2]


def test_one_waits_for_a_short_one(desk, report, tmp_path):
    """A run that starts while another is about to end does not give up at once."""
    folder = replies(tmp_path / "来件", report, range(1))
    with desk.open() as office:
        with office.ledger.exclusive():
            waiting = start(desk, "receive", folder, "--received-at", "2026-11-20")
            receive(office, [folder], received_at=desk.now)
        assert ended(waiting) == [0]
    assert len(taken(desk)) == 1
