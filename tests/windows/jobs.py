"""What a worker tells about the jobs that it is in; imported by workers."""

from __future__ import annotations

import ctypes
import sys

from zwgk_excel.workflow.workers import job_limits


def in_a_job() -> bool:
    """Whether the running process is in any job."""
    found = ctypes.c_int(0)
    if sys.platform == "win32":
        kernel = ctypes.WinDLL("kernel32")
        kernel.GetCurrentProcess.restype = ctypes.c_void_p
        kernel.IsProcessInJob.argtypes = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)
        assert kernel.IsProcessInJob(kernel.GetCurrentProcess(), None, ctypes.byref(found))
    return bool(found.value)


def accepted() -> int:
    """How many jobs with limits Windows has put the running process into."""
    return len(job_limits._ours)


def limits() -> tuple[int, int, int]:
    """Those of the innermost job of the running process: flags, bytes, 100 ns of processor time."""
    told = job_limits.ExtendedLimits()
    if sys.platform == "win32":
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        pointer = ctypes.c_void_p
        kernel.QueryInformationJobObject.argtypes = (pointer, ctypes.c_int, pointer, ctypes.c_uint32, pointer)
        if not kernel.QueryInformationJobObject(None, 9, ctypes.byref(told), ctypes.sizeof(told), None):
            raise ctypes.WinError(ctypes.get_last_error())
    return told.basic.flags, told.process_memory, told.basic.process_time
