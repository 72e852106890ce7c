"""Workers end with whoever started them, and are in the jobs that limit them."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import date

import pytest

from tests.tools import ROOT, on_windows, runs, under_wine
from tests.windows import jobs
from tests.workflow.killers import parse
from zwgk_excel.domain.problems import Problem
from zwgk_excel.workflow.workers.readers import ReaderPool

pytestmark = on_windows

_PARENT = """
import multiprocessing, sys, threading, time
sys.path.insert(0, sys.argv[1])
from datetime import date
from tests.windows import jobs
from tests.workflow.killers import parse
from zwgk_excel.workflow.workers.readers import ReaderPool
if __name__ == "__main__":
    readers = ReaderPool(1, seconds=600, parse=parse)
    by = {"by": date(2026, 11, 20)}
    threading.Thread(target=readers.read, args=(b"", "hang.xlsx"), kwargs=by, daemon=True).start()
    while not (children := multiprocessing.active_children()):
        time.sleep(0.05)
    print(*(each.pid for each in children), flush=True)
    sys.stdin.read()
"""


def test_a_worker_that_hangs_ends_with_a_program_that_is_killed():
    with subprocess.Popen(
        [sys.executable, "-c", _PARENT, str(ROOT)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as program:
        assert program.stdout
        workers = [int(number) for number in program.stdout.readline().split()]
        assert workers
        time.sleep(4)  # it reads, and hangs
        assert all(map(runs, workers))
        program.kill()
    for _ in range(100):
        if not any(map(runs, workers)):
            break
        time.sleep(0.1)
    assert not any(map(runs, workers))


def test_a_worker_is_in_a_job_that_windows_accepted():
    with ReaderPool(1) as readers:
        assert [readers.run(jobs.in_a_job), readers.run(jobs.accepted)] == [True, 1]


@pytest.mark.skipif(under_wine(), reason="wine tells no limits of a job")
def test_the_job_has_the_limits_of_the_worker():
    with ReaderPool(1) as readers:
        found = readers.run(jobs.limits)
    assert not isinstance(found, Problem), found
    flags, memory, ticks = found
    assert (flags & 0x502, memory) == (0x502, readers.memory)
    assert ticks > 0


@pytest.mark.skipif(under_wine(), reason="wine does not keep a job's limits of memory and processor time")
def test_what_needs_too_much_ends_the_worker():
    with ReaderPool(1, seconds=1.5, memory=1 << 28, wall=600, parse=parse) as tight:
        large = tight.read(b"", "large.xlsx", by=date(2026, 11, 20))
        endless = tight.read(b"", "spin.xlsx", by=date(2026, 11, 20))
    assert isinstance(large, Problem)
    assert isinstance(endless, Problem)
    assert [large.code, endless.code] == ["file_crashed", "file_too_slow"]
