"""Limits of a worker on Windows, by job objects: what ``setrlimit`` is elsewhere.

A worker is in two jobs (Windows 8 and later nest them). The outer one belongs to whoever started it and ends all of his
workers when he ends, however that happens. In the inner one the worker puts itself: it has the limits of memory and
processor time, and no child of a worker gets out of it.

https://learn.microsoft.com/windows/win32/procthread/job-objects;
https://learn.microsoft.com/windows/win32/api/winnt/ns-winnt-jobobject_extended_limit_information
"""

from __future__ import annotations

import ctypes
import logging
import os
import sys
from functools import cache
from typing import Any

_log = logging.getLogger(__name__)

_PROCESS_TIME, _PROCESS_MEMORY, _DIE_ON_UNHANDLED, _KILL_ON_CLOSE = 0x2, 0x100, 0x400, 0x2000
"""JOB_OBJECT_LIMIT_…; with the third no window tells of a crash, behind which the worker would wait for a click."""
_EXTENDED_LIMITS = 9
"""JobObjectExtendedLimitInformation."""
_TICKS = 10_000_000
"""Of Windows' clock of processor time, in a second."""


class _BasicLimits(ctypes.Structure):
    _fields_ = (
        ("process_time", ctypes.c_int64),
        ("job_time", ctypes.c_int64),
        ("flags", ctypes.c_uint32),
        ("least_working_set", ctypes.c_size_t),
        ("most_working_set", ctypes.c_size_t),
        ("processes", ctypes.c_uint32),
        ("affinity", ctypes.c_size_t),
        ("priority", ctypes.c_uint32),
        ("scheduling", ctypes.c_uint32),
    )


class ExtendedLimits(ctypes.Structure):
    """``JOBOBJECT_EXTENDED_LIMIT_INFORMATION``: times in 100 ns of user mode since a process began, bytes."""

    _fields_ = (
        ("basic", _BasicLimits),
        ("counters", ctypes.c_uint64 * 6),
        ("process_memory", ctypes.c_size_t),
        ("job_memory", ctypes.c_size_t),
        ("peak_process_memory", ctypes.c_size_t),
        ("peak_job_memory", ctypes.c_size_t),
    )


class Job:
    """A job object of Windows; ``calls`` is its kernel32. Raises OSError where Windows refuses one.

    It lasts as long as this process, or longer where it has other processes that are not to end with this one.
    """

    def __init__(self, calls: Any, *, memory: int = 0, ends_with_us: bool = False) -> None:
        self._calls = calls
        self._limits = ExtendedLimits()
        self._handle = calls.CreateJobObjectW(None, None)
        if not self._handle:
            raise _refused()
        self._limits.basic.flags = _DIE_ON_UNHANDLED
        if memory:
            self._limits.basic.flags |= _PROCESS_MEMORY
            self._limits.process_memory = memory
        if ends_with_us:
            self._limits.basic.flags |= _KILL_ON_CLOSE
        self._set()

    def add(self, process: int) -> None:
        """Put a process into it, by its handle; raises OSError, as of one that has ended already."""
        if not self._calls.AssignProcessToJobObject(self._handle, process):
            raise _refused()

    def add_this_process(self) -> None:
        """Put the running process into it; raises OSError."""
        self.add(self._calls.GetCurrentProcess())

    def limit_processor(self, seconds: float) -> None:
        """End each process that has used so many seconds of a processor since it began; raises OSError."""
        self._limits.basic.flags |= _PROCESS_TIME
        self._limits.basic.process_time = int(seconds * _TICKS)
        self._set()

    def _set(self) -> None:
        size = ctypes.sizeof(self._limits)
        if not self._calls.SetInformationJobObject(
            self._handle, _EXTENDED_LIMITS, ctypes.byref(self._limits), size
        ):
            raise _refused()


_ours: list[Job] = []
"""Of a worker: the job that it is in, and that it sets the processor time of."""


def limit_this_process(memory: int, calls: Any = None) -> None:
    """Put this worker into a job with so many bytes of memory.

    Where Windows refuses (a sandbox or a service that nests no jobs) the worker has the time-out alone.
    """
    try:
        job = Job(calls or _kernel(), memory=memory)
        job.add_this_process()
    except OSError as error:
        _log.warning("this worker has no limits: %s", error)
    else:
        _ours[:] = [job]


def limit_processor(seconds: float) -> None:
    """Give this worker so many seconds of processor time from now on; nothing for a process without limits."""
    for job in _ours:
        try:
            job.limit_processor(os.times().user + seconds)
        except OSError as error:  # as where a job above this one is stricter
            _log.warning("this worker has no limit of processor time: %s", error)


def end_with_us(process: int) -> None:
    """See to it that a process, by its handle, ends when this one does, even when this one is killed.

    Where Windows refuses, it is left: a worker that nobody speaks to ends by itself, unless it hangs.
    """
    try:
        _workers().add(process)
    except OSError as error:
        _log.warning("a worker may outlive this process: %s", error)


@cache
def _workers() -> Job:
    return Job(_kernel(), ends_with_us=True)


def _refused() -> OSError:
    if sys.platform == "win32":
        return ctypes.WinError(ctypes.get_last_error())
    return OSError("refused")


@cache
def _kernel() -> Any:
    if sys.platform == "win32":
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel.CreateJobObjectW.restype = ctypes.c_void_p
        kernel.CreateJobObjectW.argtypes = (ctypes.c_void_p, ctypes.c_wchar_p)
        kernel.GetCurrentProcess.restype = ctypes.c_void_p
        kernel.AssignProcessToJobObject.argtypes = (ctypes.c_void_p, ctypes.c_void_p)
        kernel.SetInformationJobObject.argtypes = (ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p, ctypes.c_uint32)
        return kernel
    raise OSError("no job objects")
