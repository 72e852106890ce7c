"""Which programs run on this desktop: told by a double of Windows' kernel32, and by Windows itself where it is here."""

from __future__ import annotations

import ctypes
import os
from dataclasses import dataclass, field
from typing import Any

import pytest

from zwgk_excel.workflow.setup.windows_processes import ProcessEntry, runs_here

OURS, OTHERS = 1, 2


@dataclass
class Kernel:
    """What of kernel32 is asked: processes by number, each with its session and file name."""

    processes: dict[int, tuple[int, str]]
    open: list[int] = field(default_factory=list)
    _left: list[tuple[int, str]] = field(default_factory=list)

    def CreateToolhelp32Snapshot(self, what: int, process: int) -> int:  # as Windows names it
        assert (what, process) == (2, 0)
        self._left = [(number, name) for number, (_, name) in self.processes.items()]
        self.open.append(7)
        return 7

    def Process32FirstW(self, snapshot: int, entry: Any) -> bool:
        assert entry._obj.size == ctypes.sizeof(ProcessEntry)
        return self.Process32NextW(snapshot, entry)

    def Process32NextW(self, snapshot: int, entry: Any) -> bool:
        if not self._left:
            return False
        entry._obj.process, name = self._left.pop(0)
        entry._obj.name[:] = [*name.encode("utf-16-le")[::2], *[0] * (260 - len(name))]
        return True

    def ProcessIdToSessionId(self, process: int, session: Any) -> bool:
        session._obj.value = self.processes.get(process, (0, ""))[0]
        return process in self.processes

    def CloseHandle(self, handle: int) -> None:
        self.open.remove(handle)


@pytest.mark.parametrize(
    ("excel", "found"),
    [
        ((OURS, "EXCEL.EXE"), True),
        ((OURS, "Excel.exe"), True),
        ((OTHERS, "EXCEL.EXE"), False),
        ((OURS, "et.exe"), False),
    ],
    ids=["ours", "in small letters", "another user's on the same server", "WPS"],
)
def test_excel_of_this_desktop(excel: tuple[int, str], found: bool):
    kernel = Kernel({4: (0, "System"), os.getpid(): (OURS, "python.exe"), 999_001: excel})
    assert runs_here("EXCEL.EXE", kernel) is found
    assert kernel.open == []


def test_where_windows_gives_no_list_it_is_told():
    class Refusing(Kernel):
        def CreateToolhelp32Snapshot(self, what: int, process: int) -> int:
            return ctypes.c_void_p(-1).value or 0

    with pytest.raises(OSError, match="no list"):
        runs_here("EXCEL.EXE", Refusing({}))


def test_an_entry_has_windows_own_size():
    assert ctypes.sizeof(ProcessEntry) == (568 if ctypes.sizeof(ctypes.c_void_p) == 8 else 556)
