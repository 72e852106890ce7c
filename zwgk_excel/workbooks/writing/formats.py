"""New workbooks in the house style, cached cell formats, and row heights for long text."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from io import BytesIO
from typing import Any

from zwgk_excel.workbooks.writing import style

DATE = "yyyy-mm-dd"
DATETIME = "yyyy-mm-dd hh:mm"
MONTH = "yyyy-mm"
TEXT = "@"
"""Excel's text format: what is typed stays as typed, leading zeros and long numbers included."""

ROW_HEIGHT = 18.0
"""Points; the default height of a row."""
MAX_ROW_HEIGHT = 409.0
"""Excel's own limit, in points."""
_LINE = 1.55
"""Height of a line as a multiple of the font size; measured with 微软雅黑, the tallest of the usual faces."""

_BASE = {"font_name": style.FONT, "font_size": style.FONT_SIZE, "font_color": style.INK, "valign": "vcenter"}
_CELL = {"border": 1, "border_color": style.LINE, "text_wrap": True}
_HEAD = {**_CELL, "bold": True, "align": "center", "font_color": style.HEAD_INK}

_NAMED: Mapping[str, Mapping[str, Any]] = {
    "plain": {},
    "title": {"bold": True, "font_size": style.TITLE_SIZE, "font_color": style.HEAD_FILL},
    "hint": {"font_color": style.MUTED, "text_wrap": True},
    "head": {**_HEAD, "bg_color": style.HEAD_FILL},
    "input_head": {**_HEAD, "bg_color": style.INPUT_HEAD_FILL},
    "cell": _CELL,
    "text": {**_CELL, "num_format": TEXT},
    "centre": {**_CELL, "align": "center"},
    "integer": {**_CELL, "align": "center", "num_format": "0"},
    "date": {**_CELL, "align": "center", "num_format": DATE},
    "datetime": {**_CELL, "align": "center", "num_format": DATETIME},
    "link": {**_CELL, "font_color": "#0563C1", "underline": 1},
    "input": {**_CELL, "bg_color": style.INPUT_FILL, "locked": False},
    "input_text": {**_CELL, "bg_color": style.INPUT_FILL, "locked": False, "num_format": TEXT},
    "input_date": {**_CELL, "bg_color": style.INPUT_FILL, "locked": False, "align": "center", "num_format": DATE},
    "red": {"bg_color": style.RED_FILL, "font_color": style.RED_INK},
    "amber": {"bg_color": style.AMBER_FILL, "font_color": style.AMBER_INK},
    "yellow": {"bg_color": style.YELLOW_FILL, "font_color": style.YELLOW_INK},
    "green": {"bg_color": style.GREEN_FILL, "font_color": style.GREEN_INK},
    "grey": {"bg_color": style.GREY_FILL, "font_color": style.GREY_INK},
}
_COLOURS = frozenset({"red", "amber", "yellow", "green", "grey"})
"""Formats of conditions: colours only, because Excel lets a condition change neither font name nor size."""


HOUSE_FONT: Mapping[str, Any] = {
    # Without font_scheme xlsxwriter would tie the font to the theme, and Excel would show the theme's instead.
    "default_format_properties": {"font_name": style.FONT, "font_size": style.FONT_SIZE, "font_scheme": False},
}
"""Options of ``xlsxwriter.Workbook``: the font where a cell has no format of its own, by which columns are measured."""
BOOK_OPTIONS: Mapping[str, Any] = {
    "in_memory": True,
    "default_row_height": round(ROW_HEIGHT / 0.75),
    **HOUSE_FONT,
}
"""Options of ``xlsxwriter.Workbook``: nothing on disk, and the house font."""


def new_book(stream: BytesIO, *, title: str, author: str, created: date, kind: type[Any] | None = None) -> Any:
    """An xlsxwriter workbook that writes to ``stream``; equal calls give equal bytes.

    ``kind`` is a subclass of ``StreamingWorkbook`` to use.
    """
    from zwgk_excel.workbooks.writing.fast_book import StreamingWorkbook

    book = (kind or StreamingWorkbook)(stream, dict(BOOK_OPTIONS))
    stamp = datetime.combine(created, time())
    book.set_properties({"title": title, "author": author, "created": stamp})
    return book


def text_width(text: str) -> int:
    """The width of one line of text in Excel's character widths: a Chinese character counts two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WFA" else 1 for sign in text)


def row_height(cells: Iterable[tuple[str, float]], size: float = style.FONT_SIZE, least: float = ROW_HEIGHT) -> float:
    """The height in points that shows every text of a row; ``cells`` are (text, column width).

    Needed because Excel does not fit merged cells, and other programs fit no rows on opening.
    """
    lines = max((_lines(text, width * style.FONT_SIZE / size) for text, width in cells), default=1)
    return min(max(least, lines * size * _LINE + 4), MAX_ROW_HEIGHT)


def _lines(text: str, width: float) -> int:
    usable = max(width - 1.5, 2)
    return sum(max(1, math.ceil(text_width(line) / usable)) for line in text.split("\n"))


class Formats:
    """The formats of one workbook; equal properties give the same format object."""

    def __init__(self, book: Any) -> None:
        """``book`` is an ``xlsxwriter.Workbook``."""
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Any] = {}

    def get(self, **properties: Any) -> Any:
        """The format with these xlsxwriter properties over the house font, size, ink and vertical centring."""
        return self._make({**_BASE, **properties})

    def named(self, name: str, **properties: Any) -> Any:
        """A named format (``title``, ``head``, ``input``, ``red`` …) with further properties."""
        base = {} if name in _COLOURS else _BASE
        return self._make({**base, **_NAMED[name], **properties})

    def condition(self, **properties: Any) -> Any:
        """A format for a conditional format: only the given properties."""
        return self._make(properties)

    def __getattr__(self, name: str) -> Any:
        """``formats.head`` for ``formats.named("head")``."""
        if name not in _NAMED:
            raise AttributeError(name)
        return self.named(name)

    def _make(self, properties: Mapping[str, Any]) -> Any:
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(dict(properties))
        return self._made[key]
