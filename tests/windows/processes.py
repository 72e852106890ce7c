"""Processes beside the test's own, as Windows has them: one that holds a file open, a program with pipes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ALONE, READERS = 0, 1
"""What a holder shares with others: nothing; their reading, as Excel and WPS do."""
_HOLD = """
import ctypes, sys
kernel = ctypes.WinDLL("kernel32", use_last_error=True)
kernel.CreateFileW.restype = ctypes.c_void_p
held = kernel.CreateFileW(sys.argv[1], 0xC0000000, int(sys.argv[2]), None, 3, 0, None)
assert held != ctypes.c_void_p(-1).value, ctypes.get_last_error()
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def held(path: Path, shared: int = READERS) -> Iterator[None]:
    """Another process has the file open for writing meanwhile, and shares with others what ``shared`` says."""
    with subprocess.Popen(
        [sys.executable, "-I", "-c", _HOLD, str(path), str(shared)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as holder:
        assert holder.stdin
        assert holder.stdout
        told = holder.stdout.readline()
        try:
            assert told.strip() == b"held", told + holder.stdout.read()
            yield
        finally:
            holder.stdin.close()


def zwgk(
    *arguments: str, folder: Path, before: str = "", variables: Mapping[str, str] | None = None
) -> tuple[int, bytes]:
    """``python -m zwgk_excel`` in a folder by cmd.exe, its output a pipe: exit code, and stdout with stderr.

    ``before`` is a command that cmd.exe runs first.
    """
    command = subprocess.list2cmdline([sys.executable, "-m", "zwgk_excel", *arguments])
    done = subprocess.run(
        f"cmd.exe /d /c {before} & {command}" if before else command,
        cwd=folder,
        env={**os.environ, **(variables or {})},
        input=b"",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout
