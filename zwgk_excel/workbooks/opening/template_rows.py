"""Removes the rows of a report workbook that hold only our self-check formulas, before calamine reads it."""

from __future__ import annotations

import re
from functools import lru_cache

from zwgk_excel.workbooks.contract.defined_names import ITEM_CHECK

# A row with our own formula alone, and no text to show: a report has thousands of them.
_OWN_END = rb"><f>" + ITEM_CHECK.encode() + rb"</f><v(?:/>|></v>)</c></row>"
_OWN_ROW = re.compile(rb'(<row r=")([1-9]\d{0,6}+)("[^<>]*+><c r="[A-Z]++)(\d++)("[^<>]*+' + _OWN_END + rb")")
# The same with cells before it that hold nothing but their looks, as in the rows that are drawn ready.
_DRAWN_ROW = re.compile(
    rb'<row r="[1-9]\d*+"[^<>]*+>(?:<c r="[A-Z]++\d++"(?: s="\d++")?+/>)*+<c r="[A-Z]++\d++"[^<>]*+' + _OWN_END
)
# The same at the end of a row that has other cells.
_OWN_TAILS = tuple(f"<f>{ITEM_CHECK}</f>{value}</c></row>".encode() for value in ("<v/>", "<v></v>"))


def without_template_rows(part: bytes) -> bytes:
    """The XML of a worksheet without the rows that hold only self-check formulas.

    They are nine tenths of a report workbook. Rows in the spelling of another program are kept.
    """
    first = _OWN_ROW.search(part)
    if first is None:
        return part
    end = part.rfind(b"</sheetData>")
    start = _same_from(part, end)
    if start == end > first.start() and _are_own_rows(part[first.start() : end]):
        start = first.start()
    return _DRAWN_ROW.sub(b"", part[:start] + part[end:] if start < end else part)


def _same_from(part: bytes, end: int) -> int:
    """The offset from which all rows up to ``end`` equal the last one but for their numbers, as we write them.

    Comparing takes a thirtieth of the time of counting, which was a fifth of reading a workbook. ``end`` where there is
    no such run of self-checks.
    """
    last = _OWN_ROW.match(part, max(part.rfind(b"<row ", 0, max(end, 0)), 0))
    if last is None or last.end() != end:
        return end
    head, number, middle, _, tail = last.groups()
    first = _OWN_ROW.match(part, max(part.rfind(b"<row ", 0, part.find(middle)), 0))
    most = (end - first.start()) // len(head + middle + tail) if first else 0
    if first is None or not 0 <= int(number) - int(first[2]) < most:
        return end
    rows = _numbered(head, middle, tail, int(first[2]), int(number))
    return first.start() if part[first.start() : end] == rows else end


@lru_cache(maxsize=4)
def _numbered(head: bytes, middle: bytes, tail: bytes, first: int, last: int) -> bytes:
    """The rows ``first`` to ``last``, with the number between ``head`` and ``middle`` and before ``tail``."""
    return b"".join(b"%b%d%b%d%b" % (head, number, middle, number, tail) for number in range(first, last + 1))


def _are_own_rows(part: bytes) -> bool:
    """Whether a piece of a sheet consists of such rows only: by counting, which is faster than parsing."""
    rows = part.count(b"<row ")
    return any(
        rows == part.count(b"<c ") == part.count(tail) and part.count(b"<") == rows * (2 + tail.count(b"<"))
        for tail in _OWN_TAILS
    )


def without_self_checks(part: bytes) -> bytes:
    """The XML of a worksheet without the self-check formulas at the end of rows that have other cells."""
    for tail in _OWN_TAILS:
        if tail in part:
            part = part.replace(tail, b"</c></row>")
    return part
