"""Isolation: whatever one file does to its worker costs that one file, and the run goes on."""

from __future__ import annotations

import io
import multiprocessing
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pebble
import pytest

from tests.tools import runs, under_wine
from tests.workbooks.sheets import report, zipped
from tests.workflow import killers
from tests.workflow.killers import parse
from zwgk_excel.domain.problems import Problem
from zwgk_excel.workbooks.opening.archives import Member, OpenedArchive
from zwgk_excel.workbooks.reading.read_return import ParsedReturn, read_return
from zwgk_excel.workflow.office.passwords import office_passwords
from zwgk_excel.workflow.workers.readers import ReaderPool, ReadingJob

pytestmark = pytest.mark.slow

BY = date(2026, 11, 20)
GOOD = report([{"task": "D02 政府采购", "title": "关于采购目录的通知"}])
SECONDS, WALL = 1.5, 2.0


@pytest.fixture(scope="module")
def readers() -> Iterator[ReaderPool]:
    with ReaderPool(2, seconds=SECONDS, wall=WALL, parse=parse) as shared:
        yield shared


def job(name: str, source: Path | bytes = GOOD) -> ReadingJob:
    return ReadingJob(source, f"{name}.xlsx", BY)


def code(result: ParsedReturn | Problem) -> str:
    return result.code if isinstance(result, Problem) else "read"


def test_a_file_reads_as_without_isolation(readers: ReaderPool):
    assert readers.read(GOOD, "好.xlsx", by=BY) == read_return(GOOD, "好.xlsx", by=BY)


def test_what_a_guard_says_comes_back(readers: ReaderPool):
    problem = readers.read(b"%PDF-1.7", "表.xlsx", by=BY)
    assert isinstance(problem, Problem)
    assert (problem.code, problem.place.file) == ("file_pictured", "表.xlsx")


@pytest.mark.parametrize(
    ("killer", "expected"),
    [
        ("abort", "file_crashed"),
        ("hang", "file_too_slow"),
        ("spin", "file_too_slow"),
        ("memory", "file_crashed"),
        ("panic", "file_crashed"),
        ("bug", "file_crashed"),
    ],
)
def test_a_killer_costs_its_own_file_and_the_next_one_reads_well(readers: ReaderPool, killer: str, expected: str):
    if killer == "memory" and under_wine():
        pytest.skip("wine does not keep a job's limit of memory")
    problem = readers.read(GOOD, f"{killer}.xlsx", by=BY)
    assert code(problem) == expected
    assert isinstance(problem, Problem)
    assert problem.place.file == f"{killer}.xlsx"
    assert code(readers.read(GOOD, "好.xlsx", by=BY)) == "read"


def test_a_file_is_not_slow_because_the_computer_is_busy():
    """Only what it computes counts, though by the clock it takes three times as long as it may compute."""
    with ReaderPool(1, seconds=0.5, parse=parse) as patient:
        assert code(patient.read(GOOD, "wait.xlsx", by=BY)) == "read"


def test_what_never_ends_is_ended_by_the_clock():
    with ReaderPool(1, seconds=0.5, wall=1, parse=parse) as hurried:
        found = hurried.read(GOOD, "hang.xlsx", by=BY)
    assert isinstance(found, Problem)
    assert (found.code, "超过 1 秒" in found.found) == ("file_too_slow", True)


@pytest.mark.skipif(under_wine(), reason="wine does not keep a job's limit of processor time")
def test_what_computes_too_long_is_ended_long_before():
    with ReaderPool(1, seconds=0.5, wall=600, parse=parse) as patient:
        found = patient.read(GOOD, "spin.xlsx", by=BY)
        several = [code(result) for _, result in patient.read_all(map(job, ("好", "spin", "好")))]
        alone = [code(result) for _, result in patient.read_all([job("spin")])]
    assert isinstance(found, Problem)
    assert (found.code, "超过 0.5 秒" in found.found) == ("file_too_slow", True)
    assert (several, alone) == (["read", "file_too_slow", "read"], ["file_too_slow"])


def test_many_files_come_back_in_order_with_killers_among_them(readers: ReaderPool):
    names = [f"好{number}" for number in range(60)]
    for place, killer in ((3, "abort"), (17, "bug"), (18, "abort"), (41, "hang"), (59, "abort")):
        names[place] = killer
    results = [(each.name, code(result)) for each, result in readers.read_all(job(name) for name in names)]
    told = {"abort": "file_crashed", "bug": "file_crashed", "hang": "file_too_slow"}
    assert results == [(f"{name}.xlsx", told.get(name, "read")) for name in names]


def test_slow_but_honest_files_are_all_read(readers: ReaderPool):
    """Together they take longer than one file may."""
    names = ["slow"] * 8
    assert [code(result) for _, result in readers.read_all(map(job, names))] == ["read"] * 8


def test_only_a_few_jobs_are_taken_ahead(readers: ReaderPool):
    taken = 0

    def jobs() -> Iterator[ReadingJob]:
        nonlocal taken
        for number in range(2000):
            taken += 1
            yield job(f"好{number}")

    results = readers.read_all(jobs())
    next(results)
    assert taken < 400
    results.close()  # type: ignore[attr-defined]  # a generator, though only its iteration is promised


def test_files_are_read_by_the_workers_from_where_they_lie(readers: ReaderPool, tmp_path: Path):
    path = tmp_path / "表.xlsx"
    path.write_bytes(GOOD)
    results = list(readers.read_all([job("在", path), job("不在", tmp_path / "没有.xlsx")]))
    assert [code(result) for _, result in results] == ["read", "file_unreadable"]


def test_the_passwords_of_the_office_reach_the_workers():
    from msoffcrypto.format.ooxml import OOXMLFile

    locked = io.BytesIO()
    OOXMLFile(io.BytesIO(GOOD)).encrypt("密码123", locked)
    with ReaderPool(1, passwords=["密码123"]) as knowing, ReaderPool(1) as ignorant:
        assert code(ignorant.read(locked.getvalue(), "密.xlsx", by=BY)) == "file_encrypted"
        reading = knowing.read(locked.getvalue(), "密.xlsx", by=BY)
    assert isinstance(reading, ParsedReturn)
    assert [each.code for each in reading.content.problems if each.code == "file_decrypted"] == ["file_decrypted"]


def test_a_large_file_is_a_task_of_its_own(readers: ReaderPool):
    large = GOOD + b"\0" * (5 << 20)
    results = readers.read_all([job("大", large), job("abort"), job("好")])
    assert [code(result) for _, result in results] == ["file_unreadable", "file_crashed", "read"]


def test_archives_are_unpacked_by_workers(readers: ReaderPool):
    assert readers.opened(zipped({"甲/表.xlsx": GOOD}), "件.zip") == OpenedArchive((Member("表.xlsx", GOOD),), False)
    assert readers.opened(GOOD, "表.xlsx") is None
    damaged = readers.opened(zipped({f"{n}.txt": b"" for n in range(600)}), "件.zip")
    assert isinstance(damaged, Problem)
    assert damaged.code == "archive_unsafe"


def test_without_a_file_no_worker_starts(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pebble, "ProcessPool", None)
    with ReaderPool(1):
        pass
    with ReaderPool(1) as needed, pytest.raises(TypeError):
        needed.read(GOOD, "好.xlsx", by=BY)


def test_workers_end_with_the_block():
    with ReaderPool(1, parse=killers.tell_process) as read:
        told = read.read(GOOD, "好.xlsx", by=BY)
    read.close()
    assert isinstance(told, Problem)
    assert is_gone(int(told.obligation))


def is_gone(process: int) -> bool:
    """Whether a process has ended; whoever forked it takes a moment to see that."""
    for _ in range(200):
        if not runs(process):
            return True
        time.sleep(0.05)
    return False


@pytest.mark.skipif(under_wine(), reason="wine does not keep a job's limit of memory")
def test_the_memory_of_a_worker_is_limited():
    """Three hundred megabytes are within the usual limit, and beyond this one."""
    with ReaderPool(1, memory=1 << 28, parse=parse) as tight, ReaderPool(1, parse=parse) as usual:
        assert code(tight.read(GOOD, "large.xlsx", by=BY)) == "file_crashed"
        assert code(tight.read(GOOD, "好.xlsx", by=BY)) == "read"
        assert code(usual.read(GOOD, "large.xlsx", by=BY)) == "read"


def test_passwords_come_from_the_environment_and_the_keyring(monkeypatch: pytest.MonkeyPatch):
    import keyring
    from keyring.errors import NoKeyringError

    monkeypatch.setenv("ZWGK_PASSWORDS", "甲乙; 123 ;;123")
    monkeypatch.setattr(keyring, "get_password", lambda service, account: "丙" if service == "zwgk_excel" else None)
    assert office_passwords() == ("甲乙", "123", "丙")

    def none(service: str, account: str) -> str:
        raise NoKeyringError("none here")

    monkeypatch.setattr(keyring, "get_password", none)
    monkeypatch.delenv("ZWGK_PASSWORDS")
    assert office_passwords() == ()


def test_only_as_many_workers_start_as_the_files_need():
    others = set(multiprocessing.active_children())
    with ReaderPool(4) as readers:
        readers.start(21)
        readers.start(400)
        assert len(set(multiprocessing.active_children()) - others) == 2
        assert isinstance(readers.read(b"", "空.xlsx", by=date(2026, 1, 3)), Problem)
