"""Limits of a worker on Windows: what Windows is asked for, with a double of its calls.

That it does what it is asked for is shown on it: ``tests/windows/test_workers.py``.
"""

from __future__ import annotations

import ctypes
import os
from typing import Any

import pytest

from zwgk_excel.workflow.workers import job_limits
from zwgk_excel.workflow.workers.job_limits import ExtendedLimits, Job

WORKER = 41


class Kernel:
    """As much of kernel32 as jobs are made with; it refuses the call that is named."""

    def __init__(self, refuses: str = "") -> None:
        self.refuses = refuses
        self.told: list[tuple[int, int, int]] = []
        """The limits that were set: flags, bytes, 100 ns of processor time."""
        self.assigned: list[int] = []

    def CreateJobObjectW(self, _attributes: None, _name: None) -> int:
        return 0 if self.refuses == "create" else 7

    def SetInformationJobObject(self, job: int, kind: int, limits: Any, size: int) -> int:
        told = ctypes.cast(limits, ctypes.POINTER(ExtendedLimits)).contents
        assert (job, kind, size) == (7, 9, ctypes.sizeof(ExtendedLimits))
        self.told.append((told.basic.flags, told.process_memory, told.basic.process_time))
        return int(self.refuses != "set")

    def AssignProcessToJobObject(self, job: int, process: int) -> int:
        assert job == 7
        self.assigned.append(process)
        return int(self.refuses != "assign")

    def GetCurrentProcess(self) -> int:
        return -1


@pytest.fixture(autouse=True)
def _no_job_of_another_test(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_limits, "_ours", [])


@pytest.mark.skipif(ctypes.sizeof(ctypes.c_void_p) != 8, reason="sizes of 64 bits")
def test_the_structure_is_as_windows_has_it() -> None:
    """Offsets of winnt.h for x64, on whatever system."""
    fields = ("counters", "process_memory", "job_memory")
    assert [getattr(ExtendedLimits, name).offset for name in fields] == [64, 112, 120]
    assert ctypes.sizeof(ExtendedLimits) == 144


def test_a_worker_has_a_limit_of_memory_and_with_each_task_one_of_processor_time() -> None:
    kernel = Kernel()
    job_limits.limit_this_process(1 << 30, kernel)
    assert kernel.assigned == [-1]
    job_limits.limit_processor(8)
    (first, second) = kernel.told
    assert first == (0x500, 1 << 30, 0)
    assert second[:2] == (0x502, 1 << 30)
    used = os.times().user
    assert second[2] / 1e7 == pytest.approx(used + 8, abs=1)


def test_workers_end_with_whoever_has_their_job() -> None:
    kernel = Kernel()
    Job(kernel, ends_with_us=True).add(WORKER)
    assert (kernel.told, kernel.assigned) == ([(0x2400, 0, 0)], [WORKER])


@pytest.mark.parametrize("call", ["create", "set", "assign"])
def test_where_windows_refuses_the_worker_works_with_the_time_out_alone(
    call: str, caplog: pytest.LogCaptureFixture
) -> None:
    kernel = Kernel(refuses=call)
    job_limits.limit_this_process(1 << 30, kernel)
    job_limits.limit_processor(8)
    assert "no limits" in caplog.text
    assert len(kernel.told) == (0 if call == "create" else 1)


def test_a_limit_that_is_refused_later_stops_no_task(caplog: pytest.LogCaptureFixture) -> None:
    kernel = Kernel()
    job_limits.limit_this_process(1 << 30, kernel)
    kernel.refuses = "set"
    job_limits.limit_processor(8)
    assert "processor time" in caplog.text
