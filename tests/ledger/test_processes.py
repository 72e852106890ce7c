"""Killed at any moment, or two at once: whole receipts only, each once."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.ledger.deaths import copies
from tests.ledger.samples import NOVEMBER, issue, now, receipt
from tests.tools import ROOT, posix_only
from zwgk_excel.ledger import Ledger, LedgerBusyError, LedgerDamagedError, open_ledger

pytestmark = pytest.mark.slow
forking = posix_only("forks of one process, a copy for each statement")

def _start(place: Path | str, *task: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.ledger.worker", str(place), *map(str, task)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


@contextmanager
def _reopened(place: Path | str) -> Iterator[Ledger]:
    with open_ledger(place, create=True, now=now) as ledger:
        yield ledger


@forking
def test_dead_at_any_statement_of_making_the_ledger(path: Path) -> None:
    died, done = copies(path, "open")
    for place in (*died, done):
        _recovers(place, 1)


@forking
def test_dead_at_any_statement_of_adding_one_after_the_other(path: Path, ledger: Ledger) -> None:
    died, done = copies(path, "add", 1, 3)
    counts = []
    for place in (*died, done):
        with _reopened(place) as left:
            counts.append(len(left.receipts()))
        _recovers(place, 3)
    assert counts == sorted(counts)
    assert set(counts) == {0, 1, 2, 3}


@forking
def test_dead_at_any_statement_of_a_batch(path: Path, ledger: Ledger) -> None:
    died, done = copies(path, "add_batch", 1, 3)
    for place in died:
        with _reopened(place) as left:
            assert left.receipts() == ()
        _recovers(place, 3)
    with _reopened(done) as whole:
        assert len(whole.receipts()) == 3


@forking
def test_dead_at_any_statement_of_closing(path: Path, ledger: Ledger) -> None:
    issue(ledger)
    died, done = copies(path, "close")
    for place in died:
        with _reopened(place) as left:
            assert (left.cycles()[0].closed_at, left.snapshot(NOVEMBER)) == (None, {})
    with _reopened(done) as whole:
        assert (whole.cycles()[0].closed_at, len(whole.snapshot(NOVEMBER))) == (now(), 100)


@forking
def test_dead_at_any_statement_of_undoing(path: Path, ledger: Ledger) -> None:
    figures = {f"D01/单位{number}/2026-11": {"items": number} for number in range(20)}
    issue(ledger)
    ledger.close_cycle(NOVEMBER, now().date(), "王主任", now(), figures)
    died, done = copies(path, "undo")
    for place in died:
        with _reopened(place) as left:
            assert (left.snapshot(NOVEMBER), [each.undone_by for each in left.acts()]) == (figures, [0, 0])
            left.undo(2, who="王主任", reason="还有文件没有登记")
            assert left.snapshot(NOVEMBER) == {}
    with _reopened(done) as whole:
        assert (whole.snapshot(NOVEMBER), [each.undone_by for each in whole.acts()]) == ({}, [0, 3, 0])


def _recovers(place: Path | str, count: int) -> None:
    with _reopened(place) as ledger:
        found = ledger.receipts()
        assert found == tuple(receipt(number) for number in range(1, len(found) + 1))
        for number in range(1, count + 1):
            ledger.add_receipts([receipt(number)], "inbox")
        assert ledger.receipts() == tuple(receipt(number) for number in range(1, count + 1))


@pytest.mark.parametrize("told", [1, 7, 40])
def test_killed_from_outside_while_adding_many(place: Path | str, told: int) -> None:
    process = _start(place, "add", 1, 100_000)
    assert process.stdout is not None
    for _ in range(told):
        process.stdout.readline()
    process.kill()
    process.communicate()
    with _reopened(place) as ledger:
        found = ledger.receipts()
        assert found == tuple(receipt(number) for number in range(1, len(found) + 1))
        # What was told as recorded is there, for good.
        assert len(found) >= told
    _recovers(place, len(found) + 2)


def test_killed_inside_a_big_transaction(path: Path, ledger: Ledger) -> None:
    """The journal is on the disk and pages are written: the next one to open it takes them back."""
    ledger.add_receipts([receipt(0)], "inbox")
    process = _start(path, "add_batch", 1, 20_000)
    journal = path.with_name("zwgk.db-journal")
    until = time.monotonic() + 60
    while not journal.exists() and process.poll() is None and time.monotonic() < until:
        time.sleep(0.005)
    time.sleep(0.1)
    process.kill()
    process.communicate()
    assert ledger.receipts() == (receipt(0),)
    assert ledger.add_receipts([receipt(1)], "inbox") == 1


def test_many_processes_adding_the_same_and_other_receipts(place: Path | str) -> None:
    workers = [_start(place, "add", first, 30) for first in (1, 11, 21, 31)]
    for worker in workers:
        worker.communicate(timeout=120)
    assert [worker.returncode for worker in workers] == [0, 0, 0, 0]
    with _reopened(place) as ledger:
        assert ledger.receipts() == tuple(receipt(number) for number in range(1, 61))


def test_many_processes_making_one_ledger(place: Path | str) -> None:
    workers = [_start(place, "open") for _ in range(6)]
    for worker in workers:
        worker.communicate(timeout=60)
    assert [worker.returncode for worker in workers] == [0] * 6
    with _reopened(place) as ledger:
        assert len(ledger.key) == 32


def test_one_run_at_a_time_until_it_ends_or_is_killed(place: Path | str, ledger: Ledger) -> None:
    holder = _start(place, "hold")
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(LedgerBusyError, match="另一个 zwgk 正在处理本工作区"), ledger.exclusive(wait=0.2):
        pass
    # Reading, and a single record, are not barred.
    assert ledger.receipts() == ()
    assert ledger.add_receipts([receipt(1)], "inbox") == 1
    holder.kill()
    holder.communicate()
    with ledger.exclusive(wait=0.2):
        assert ledger.receipts() == (receipt(1),)


def test_a_run_waits_a_little_for_the_one_before(place: Path | str, ledger: Ledger) -> None:
    with _reopened(place) as other:
        held, done = threading.Event(), threading.Event()

        def hold() -> None:
            with other.exclusive():
                held.set()
                done.wait(10)

        thread = threading.Thread(target=hold)
        thread.start()
        held.wait(10)
        threading.Timer(0.3, done.set).start()
        with ledger.exclusive(wait=10):
            assert done.is_set()
        thread.join()


def test_nested_uses_are_one_and_an_error_lets_go(place: Path | str, ledger: Ledger) -> None:
    with _reopened(place) as other:
        with ledger.exclusive():
            with ledger.exclusive():
                pass
            with pytest.raises(LedgerBusyError), other.exclusive(wait=0):
                pass
        with pytest.raises(RuntimeError, match="stop"), ledger.exclusive():
            raise RuntimeError("stop")
        with other.exclusive(wait=0):
            pass


def test_the_file_that_locks_a_ledger_stays_empty(path: Path, ledger: Ledger) -> None:
    with ledger.exclusive():
        pass
    assert (path.parent / "zwgk.db-lock").stat().st_size == 0


@posix_only("reading of a journal that its owner is just deleting")
def test_copies_made_while_it_is_written_are_whole_or_told_as_damaged(path: Path, ledger: Ledger) -> None:
    """A backup is a copy of the folder, at any moment, with the journal that may lie beside the file."""
    ledger.add_receipts([receipt(0)], "inbox")
    over = threading.Event()

    def write() -> None:
        for number in range(1, 200):
            ledger.add_receipts([receipt(number, items=20)], "inbox")
            if over.is_set():
                return

    thread = threading.Thread(target=write)
    thread.start()
    counts = []
    for number in range(60):
        folder = path.parent / f"备份{number}"
        folder.mkdir()
        for name in ("zwgk.db-journal", "zwgk.db"):
            with suppress(FileNotFoundError):
                (folder / name).write_bytes(path.with_name(name).read_bytes())
        try:
            with open_ledger(folder / "zwgk.db", now=now) as copy:
                counts.append(len(copy.receipts()))
        except LedgerDamagedError:
            counts.append(-1)
    over.set()
    thread.join()
    assert max(counts) > 0
    assert [count for count in counts if count != -1 and not 1 <= count <= 200] == []
