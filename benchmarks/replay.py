"""The bare library: every call that a workbook of ours makes of xlsxwriter, noted once and then made again alone.

The file that comes out has the same cells, formats, validations and charts; what is left out is all our own work, so
that the ratio of both times is the cost of this project.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import contextmanager
from inspect import isfunction
from typing import Any
from unittest.mock import patch

import xlsxwriter
from xlsxwriter.chart import Chart
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from zwgk_excel.workbooks.writing.fast_book import StreamingWorkbook

Step = tuple[int, str, tuple[Any, ...], dict[str, Any]]
"""Number of the object, method, arguments; objects among the arguments are :class:`Ref`."""


class Ref(int):
    """The number of an object that an earlier step made."""


class Noted:
    """The outermost calls on a workbook and on what it makes, in their order."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.options: dict[str, Any] = {}
        self._numbers: dict[int, int] = {}
        self._kept: list[Any] = []
        self._depth = 0

    def number(self, thing: Any) -> int:
        """The number of an object, a new one for a new object."""
        if id(thing) not in self._numbers:
            self._numbers[id(thing)] = len(self._kept)
            self._kept.append(thing)
        return self._numbers[id(thing)]

    def wrap(self, method: Callable[..., Any], name: str) -> Callable[..., Any]:
        """The method, noting each call that no other noted call makes."""

        def called(thing: Any, *args: Any, **kwargs: Any) -> Any:
            if self._depth:
                return method(thing, *args, **kwargs)
            number = self.number(thing)
            step = (number, name, self._plain(args), self._plain(kwargs))
            self._depth += 1
            try:
                made = method(thing, *args, **kwargs)
            finally:
                self._depth -= 1
            self.steps.append(step)
            if isinstance(made, Worksheet | Format | Chart):
                self.steps.append((self.number(made), "", (), {}))
            return made

        return called

    def _plain(self, value: Any) -> Any:
        if isinstance(value, Worksheet | Format | Chart):
            return Ref(self.number(value))
        if isinstance(value, dict):
            return {key: self._plain(each) for key, each in value.items()}
        if isinstance(value, list | tuple):
            return type(value)([self._plain(each) for each in value])
        return value


_CLASSES = (StreamingWorkbook, StreamingWorkbook.worksheet_class, xlsxwriter.Workbook, Worksheet, Format, Chart)


@contextmanager
def noting() -> Any:
    """Note the calls of the one workbook that is made within."""
    noted = Noted()
    patches = []
    begin = xlsxwriter.Workbook.__init__

    def opened(book: Any, filename: Any = None, options: Any = None) -> None:
        noted._depth += 1
        begin(book, filename, options)
        noted._depth -= 1
        noted.options = {key: value for key, value in (options or {}).items() if key != "tmpdir"}
        noted.number(book)

    patches.append(patch.object(xlsxwriter.Workbook, "__init__", opened))
    for kind in _CLASSES:
        for name, method in vars(kind).items():
            if isfunction(method) and not name.startswith("_"):
                patches.append(patch.object(kind, name, noted.wrap(method, name)))
    for each in patches:
        each.start()
    try:
        yield noted
    finally:
        for each in patches:
            each.stop()


def replay(noted: Noted) -> bytes:
    """Make the same calls again; the workbook."""
    stream = io.BytesIO()
    things: dict[int, Any] = {0: xlsxwriter.Workbook(stream, dict(noted.options))}
    made = None
    for number, name, args, kwargs in noted.steps:
        if not name:
            things[number] = made
        else:
            # The bare library knows no single long sheet; it holds every cell.
            plain = name.replace("_long_", "_")
            made = getattr(things[number], plain)(*_filled(args, things), **_filled(kwargs, things))
    if not things[0].fileclosed:
        things[0].close()
    return stream.getvalue()


def _filled(value: Any, things: dict[int, Any]) -> Any:
    if type(value) is tuple:
        return tuple(things[each] if type(each) is Ref else _deep(each, things) for each in value)
    return _deep(value, things)


def _deep(value: Any, things: dict[int, Any]) -> Any:
    if type(value) is Ref:
        return things[value]
    if type(value) is dict:
        return {key: _deep(each, things) for key, each in value.items()}
    if type(value) is list:
        return [_deep(each, things) for each in value]
    return value
