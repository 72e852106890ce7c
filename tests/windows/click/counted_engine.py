"""xlwings' own engine for Windows over the stand-in's objects, in this process and on any system, each member counted.

What an engine's member costs in messages to Excel is decided in xlwings: one of its calls may ask for ten members. Here
pywin32 is not there, so what it adds of its own (the descriptions of classes) is not counted; see
``docs/benchmarks/live-refresh.md``.
"""

from __future__ import annotations

import ctypes
import importlib
import sys
import types
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import MagicMock, patch

import xlwings as xw

from tests.addin.grid import GridApp
from tests.windows.click.face import Application, ExcelError, Face
from tests.windows.click.face.base import Collection

_PYWIN32 = (
    "pywintypes",
    "win32api",
    "win32con",
    "pythoncom",
    "win32com",
    "win32com.client",
    "win32gui",
    "win32process",
    "win32timezone",
    "xlwings._win32patch",
)
_CODES = {"ok": 1, "cancel": 2, "yes": 6, "no": 7}


class Native:
    """One object as pywin32 shows it: what is asked of it is counted by class and name."""

    def __init__(self, face: Face, asked: Counter[str]) -> None:
        self.__dict__.update(_face=face, _asked=asked)

    def _count(self, name: str) -> None:
        self._asked[f"{self._face.of_class()}.{name}"] += 1

    def __getattr__(self, name: str) -> Any:
        if not name[0].isupper():
            raise AttributeError(name)
        called = name == "GetAddress"
        name = name.removeprefix("Get") if called else name
        found = getattr(self._face, name)
        if not callable(found) or isinstance(found, Face):
            self._count(name)
            return self._shown(found)
        if name == "Address" and not called:
            self._count(name)
            return found()

        def method(*given: Any, **named: Any) -> Any:
            self._count(name)
            return self._shown(found(*map(_taken, given), **{key: _taken(each) for key, each in named.items()}))

        return method

    def __setattr__(self, name: str, value: Any) -> None:
        self._count(name)
        setattr(self._face, name, _taken(value))

    def __call__(self, *given: Any) -> Any:
        self._count("Item")
        return self._shown(self._face.Item(*given))

    def __iter__(self) -> Iterator[Any]:
        """One message for the list, and one for each object of it."""
        assert isinstance(self._face, Collection)
        self._count("_NewEnum")
        for each in self._face:
            self._count("_NewEnum")
            yield self._shown(each)

    def _shown(self, value: Any) -> Any:
        return Native(value, self._asked) if isinstance(value, Face) else value


def _taken(value: Any) -> Any:
    if isinstance(value, Native):
        return value._face
    return tuple(map(_taken, value)) if isinstance(value, list | tuple) else value


@contextmanager
def counted_members(grid: GridApp) -> Iterator[Counter[str]]:
    """Let xlwings' engine for Windows be the active one over a grid, and count the members that it asks for."""
    asked: Counter[str] = Counter()
    windows = _engine_for_windows(grid)
    application = Native(Application(grid), asked)
    app = windows.App(xl=application)
    engine = types.SimpleNamespace(
        name="excel",
        type="desktop",
        apps=[app],
        prepare_xl_data_element=windows.Engine.prepare_xl_data_element,
        clean_value_data=windows.Engine.clean_value_data,
    )
    before: Any = xw.engines.active
    xw.engines.add(xw.Engine(impl=engine))
    xw.engines["excel"].activate()
    xw.Book(impl=windows.Book(xl=application.ActiveWorkbook)).set_mock_caller()
    asked.clear()
    try:
        yield asked
    finally:
        before.activate()


def _engine_for_windows(grid: GridApp) -> Any:
    """The module of xlwings with nothing of Windows behind it."""
    stubs: dict[str, Any] = {name: MagicMock(name=name) for name in _PYWIN32}
    stubs["pythoncom"].__file__ = "pythoncom.dll"
    stubs["pywintypes"].com_error = ExcelError
    stubs["pywintypes"].TimeType = type("TimeType", (), {})
    stubs["win32timezone"].TimeZoneInfo.utc = lambda: None
    stubs["win32process"].GetWindowThreadProcessId = lambda window: (1, 1)
    stubs["win32api"].MessageBox = lambda owner, text, title, keys: _CODES[grid.alert(text, title, "", "", None)]
    native = {name: MagicMock(name=name) for name in ("oledll", "windll", "PyDLL")}
    with patch.dict(sys.modules, stubs), patch.multiple(ctypes, create=True, **native), patch("atexit.register"):
        sys.modules.pop("xlwings._xlwindows", None)
        return importlib.import_module("xlwings._xlwindows")
