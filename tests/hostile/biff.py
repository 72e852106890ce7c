"""Excel 97–2003 workbooks (BIFF8 in a compound file), small and byte by byte."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence

Rows = Sequence[Sequence[object]]
Cell = tuple[int, int, object]
"""Row and column, 0 for the first, and the value."""

_SECTOR, _MINIMUM = 512, 4096
_FAT, _END, _FREE = 0xFFFFFFFD, 0xFFFFFFFE, 0xFFFFFFFF
_GLOBALS, _SHEET = 0x0005, 0x0010
_PER_RECORD = 4000
"""Characters of a text that surely fit one record."""


def workbook(sheets: Mapping[str, Rows]) -> bytes:
    """An .xls file of sheets, each a list of rows from A1 on; None leaves a cell out, what is no number is text."""
    return compound_file("Workbook", stream({name: cells(rows) for name, rows in sheets.items()}))


def stream(sheets: Mapping[str, Iterable[Cell]]) -> bytes:
    """The workbook stream alone; the cells may stand anywhere."""
    bodies = [_sheet(each) for each in sheets.values()]
    start = len(_globals(dict.fromkeys(sheets, 0)))
    places: dict[str, int] = {}
    for name, body in zip(sheets, bodies, strict=True):
        places[name], start = start, start + len(body)
    return _globals(places) + b"".join(bodies)


def compound_file(name: str, data: bytes) -> bytes:
    """A compound file (OLE2) with one stream."""
    data = data.ljust(_MINIMUM, b"\0")
    sectors = -(-len(data) // _SECTOR)
    tables = 1
    while tables * _SECTOR // 4 < tables + 1 + sectors:
        tables += 1
    chain = [_FAT] * tables + [_END] + [tables + 2 + n for n in range(sectors - 1)] + [_END]
    chain += [_FREE] * (tables * _SECTOR // 4 - len(chain))
    root, entry = _entry("Root Entry", 5, 1, _END, 0), _entry(name, 2, _FREE, tables + 1, len(data))
    directory = (root + entry).ljust(_SECTOR, b"\0")
    table = struct.pack(f"<{len(chain)}I", *chain)
    return _header(tables) + table + directory + data.ljust(sectors * _SECTOR, b"\0")


def _header(tables: int) -> bytes:
    magic = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    versions = struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    counts = struct.pack("<IIIIIIIII", 0, tables, tables, 0, _MINIMUM, _END, 0, _END, 0)
    places = [*range(tables), *[_FREE] * (109 - tables)]
    return magic + versions + counts + struct.pack("<109I", *places)


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    title = name.encode("utf-16-le").ljust(64, b"\0")
    head = struct.pack("<HBBIII", 2 * len(name) + 2, kind, 1, _FREE, _FREE, child)
    return title + head + b"\0" * 36 + struct.pack("<IQ", start, size)


def _globals(places: Mapping[str, int]) -> bytes:
    sheets = b"".join(
        _record(0x0085, struct.pack("<IBBBB", place, 0, 0, len(name), 1) + name.encode("utf-16-le"))
        for name, place in places.items()
    )
    return _begin(_GLOBALS) + _record(0x0042, struct.pack("<H", 1200)) + sheets + _record(0x000A)


def _sheet(filled: Iterable[Cell]) -> bytes:
    filled = list(filled)
    rows, columns = max(row for row, _, _ in filled) + 1, max(column for _, column, _ in filled) + 1
    reach = _record(0x0200, struct.pack("<IIHHH", 0, rows, 0, columns, 0))
    return _begin(_SHEET) + reach + b"".join(_cell(*cell) for cell in filled) + _record(0x000A)


def cells(rows: Rows) -> Iterator[Cell]:
    """The cells with something in them of rows from A1 on."""
    for row, values in enumerate(rows):
        for column, value in enumerate(values):
            if value is not None:
                yield row, column, value


def _cell(row: int, column: int, value: object) -> bytes:
    place = struct.pack("<HHH", row, column, 0)
    if isinstance(value, int | float):
        return _record(0x0203, place + struct.pack("<d", value))
    text = str(value)[:_PER_RECORD]
    return _record(0x0204, place + struct.pack("<HB", len(text), 1) + text.encode("utf-16-le"))


def _begin(kind: int) -> bytes:
    return _record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0x0DBB, 0x07CC, 0, 6))


def _record(number: int, payload: bytes = b"") -> bytes:
    return struct.pack("<HH", number, len(payload)) + payload
