"""Which programs run on this desktop, from Windows' own list.

Not from ``tasklist``, which an office's IT may forbid, and which names the programs of everybody on a shared server.
https://learn.microsoft.com/windows/win32/api/tlhelp32/ns-tlhelp32-processentry32w
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from typing import Any

_PROCESSES = 0x2
"""TH32CS_SNAPPROCESS."""
_INVALID = ctypes.c_void_p(-1).value


class ProcessEntry(ctypes.Structure):
    """``PROCESSENTRY32W``."""

    _fields_ = (
        ("size", ctypes.c_uint32),
        ("usage", ctypes.c_uint32),
        ("process", ctypes.c_uint32),
        ("heap", ctypes.c_size_t),
        ("module", ctypes.c_uint32),
        ("threads", ctypes.c_uint32),
        ("parent", ctypes.c_uint32),
        ("priority", ctypes.c_int32),
        ("flags", ctypes.c_uint32),
        ("name", ctypes.c_uint16 * 260),
    )


def runs_here(program: str, calls: Any = None) -> bool:
    """Whether a program of this file name runs in the session of this process; ``calls`` is its kernel32.

    Raises OSError where Windows gives no list.
    """
    kernel = calls or _kernel()
    ours = _session(kernel, os.getpid())
    return any(_session(kernel, each) == ours for each, name in _processes(kernel) if name == program.casefold())


def _processes(kernel: Any) -> Iterator[tuple[int, str]]:
    """Number and casefolded file name of every process."""
    snapshot = kernel.CreateToolhelp32Snapshot(_PROCESSES, 0)
    if snapshot in (None, _INVALID):
        raise OSError("no list of processes")
    try:
        entry = ProcessEntry(size=ctypes.sizeof(ProcessEntry))
        more = kernel.Process32FirstW(snapshot, ctypes.byref(entry))
        while more:
            yield entry.process, bytes(entry.name).decode("utf-16-le", "replace").partition("\0")[0].casefold()
            more = kernel.Process32NextW(snapshot, ctypes.byref(entry))
    finally:
        kernel.CloseHandle(snapshot)


def _session(kernel: Any, process: int) -> int | None:
    """The session of a process; None for one that has ended."""
    found = ctypes.c_uint32()
    return found.value if kernel.ProcessIdToSessionId(process, ctypes.byref(found)) else None


def _kernel() -> Any:
    if sys.platform == "win32":
        kernel = ctypes.WinDLL("kernel32")
        kernel.CreateToolhelp32Snapshot.restype = ctypes.c_void_p
        kernel.Process32FirstW.argtypes = kernel.Process32NextW.argtypes = (ctypes.c_void_p, ctypes.c_void_p)
        kernel.CloseHandle.argtypes = (ctypes.c_void_p,)
        return kernel
    raise OSError("not Windows")
