"""Every hostile file ends as a receipt with the right verdict, and the good ones among them come through unharmed.

One by one only every sixth is taken in and measured, unless ``ZWGK_LONG=1``: it takes as long as all of them at once.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.examples import LONG
from tests.hostile.cases import ACCEPTED, CASES, made
from tests.hostile.make import write
from tests.hostile.reports import Report, filled, issued
from tests.tools import ROOT
from tests.verdicts import SECONDS, Taken, outcome, taken_by_command, within_limits

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def report(tmp_path_factory) -> Report:
    return filled(issued(tmp_path_factory.mktemp("issued")))


@pytest.fixture(scope="module")
def files(tmp_path_factory, report: Report) -> Path:
    """The hostile files, and behind each a good report of its own."""
    folder = tmp_path_factory.mktemp("files")
    for path in write(folder, report):
        good = path.with_name(f"{path.name}，之后.xlsx")
        good.write_bytes(report.titled(good.name).bytes())
    return folder


def good_ones(files: Path) -> list[Path]:
    """The good reports among them."""
    return sorted(path for path in files.iterdir() if path.name not in CASES)


@pytest.fixture(scope="module")
def some(tmp_path_factory, files: Path) -> Path:
    """Of the files those that are taken in one by one, each with the good report behind it."""
    folder = tmp_path_factory.mktemp("some")
    for name in sorted(CASES)[:: 1 if LONG else 6]:
        for path in files.glob(f"{name}*"):
            (folder / path.name).hardlink_to(path)
    return folder


def unexpected(outcomes: dict[str, str]) -> dict[str, tuple[str, str]]:
    """What came otherwise than it should: name → expected, found. What is no case is a good report."""
    expected = {name: CASES[name].outcome if name in CASES else ACCEPTED for name in outcomes}
    return {name: (expected[name], found) for name, found in outcomes.items() if found not in expected[name].split("|")}


def firsts(name: str) -> list[str]:
    """What may become of a file itself."""
    return [each.partition("+")[0] for each in CASES[name].outcome.split("|")] if name in CASES else [ACCEPTED]


def test_each_by_itself(some):
    taken = {each.file: each for each in taken_by_command(some)}
    assert taken.keys() == {path.name for path in some.iterdir()}
    assert len(taken) > len(CASES) // 4
    assert unexpected({name: each.outcome for name, each in taken.items()}) == {}
    assert [each for each in taken.values() if not within_limits(each)] == []
    accepted = [each for each in taken.values() if each.outcome == ACCEPTED]
    assert [each.titles for each in accepted] == [(each.file,) for each in accepted]


def test_all_in_one_run(tmp_path, files):
    """What ``zwgk receive`` says of the whole folder, and what is in the ledger afterwards."""
    good = good_ones(files)
    desk = issued(tmp_path)
    run = zwgk("receive", files, "--received-at", "2026-11-20", "--json", "-w", desk.root)
    assert (run.returncode, run.stderr) == (1, "")
    assert len(json.loads(run.stdout)) >= len(CASES) + len(good)
    with desk.open() as office:
        receipts = {receipt.name: receipt for receipt in office.ledger.receipts()}
    names = CASES.keys() | {path.name for path in good}
    assert names <= receipts.keys()
    found = {name: outcome(receipts[name]) for name in names}
    # The files out of an archive have receipts of their own.
    assert {name: each for name, each in found.items() if each not in firsts(name)} == {}
    for path in good:
        content = receipts[path.name].content
        assert content is not None
        assert [item.title for item in content.items] == [path.name]
        assert (desk.root / receipts[path.name].file).read_bytes() == path.read_bytes()
    again = zwgk("receive", files, "--json", "-w", desk.root)
    assert (again.returncode, json.loads(again.stdout), again.stderr) == (0, [], "")
    consolidated = zwgk("consolidate", "--as-of", "2026-11-30", "--json", "-w", desk.root)
    assert (consolidated.returncode, consolidated.stderr) == (1, "")
    assert (desk.root / "总台账.xlsx").is_file()


def zwgk(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "zwgk_excel", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60 * SECONDS)


def test_the_measure_tells_a_hungry_and_slow_one_apart():
    assert within_limits(Taken("x", ACCEPTED, (), (), 0.1, 100.0))
    assert not within_limits(Taken("x", ACCEPTED, (), (), SECONDS, 100.0))
    assert not within_limits(Taken("x", ACCEPTED, (), (), 0.1, 1024.0))


def test_the_files_are_the_same_every_time(tmp_path, some, report):
    """But for the encrypted ones, which are salted."""
    again = filled(issued(tmp_path / "again"))
    assert again == report
    names = [path.name for path in some.iterdir() if path.name in CASES]
    differing = [name for name in names if (some / name).read_bytes() != made(CASES[name], again)]
    assert all("encrypted" in name for name in differing)
