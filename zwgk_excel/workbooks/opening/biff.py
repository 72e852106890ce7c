"""Reads the records of an .xls that calamine does not report: encryption, extent of sheets, error cells.

Record numbers and layouts are those of [MS-XLS] section 2.4; BIFF5 (Excel 95) has the same for these records.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from zwgk_excel.workbooks.opening import number_formats
from zwgk_excel.workbooks.opening.number_formats import ShownFormat
from zwgk_excel.workbooks.opening.rejected import unreadable
from zwgk_excel.workbooks.opening.sheet_survey import Cell

_BOF, _EOF, _FILEPASS, _SHEET, _DATE_MODE = 0x0809, 0x000A, 0x002F, 0x0085, 0x0022
_LATER_ERROR = "#错误值"
_SHEET_TYPES = {1: "Excel 4.0 宏表", 6: "VBA 模块表"}
"""Sheets without cells to be read; a chart is 2."""
_FORMAT, _LOOKS, _BOF8 = 0x041E, 0x00E0, 0x0600
"""Records of number formats and of cell formats (XF), and the version that BOF names in Excel 97 and later."""
_NUMBER, _RK = 0x0203, 0x027E
_FORMULAS = frozenset({0x0006, 0x0206, 0x0406})
_BOOL_OR_ERROR, _MANY_NUMBERS = 0x0205, 0x00BD
_FILLED = frozenset({0x0203, 0x0204, 0x00FD, 0x027E, 0x00D6, _BOOL_OR_ERROR, _MANY_NUMBERS}) | _FORMULAS
"""Records of cells with content: NUMBER, LABEL, LABELSST, RK, RSTRING, BOOLERR, MULRK, FORMULA."""
_ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}
_NO_NUMBER, _ERROR_RESULT = b"\xff\xff", 2
_ANY_ERROR = 0x2A
"""What stands for an error of a later Excel, which the bulk reader does not know."""


@dataclass
class XlsSheetSurvey:
    """The extent and error cells of one sheet of an .xls."""

    rows: int = 0
    columns: int = 0
    """How far the cells with content reach."""
    errors: dict[Cell, str] = field(default_factory=dict)
    shown: dict[Cell, str] = field(default_factory=dict)
    """Texts of the numbers whose format says more than they do."""
    kind: str = ""
    """What it is in Chinese, of a sheet without cells to be read: a macro sheet, a module."""


@dataclass(frozen=True, slots=True)
class XlsSurvey:
    """What the records of an .xls say."""

    sheets: list[XlsSheetSurvey]
    """In their order."""
    date_1904: bool
    data: bytes
    """The file, with error values that the bulk reader knows in place of others."""


def is_encrypted(data: bytes) -> bool:
    """Whether the workbook in a compound file is encrypted; False for a damaged one, which opening reports."""
    try:
        stream = _stream(data)
    except Exception:  # damaged in any way: said when it is opened
        return False
    return any(kind == _FILEPASS for kind, _ in _records(stream, 0))


def survey(data: bytes, name: str) -> XlsSurvey:
    """Survey the workbook in a compound file. Raises RejectedFileError (file_unreadable)."""
    try:
        stream = bytearray(_stream(data))
        starts = [(struct.unpack_from("<I", body)[0], body[5]) for kind, body in _records(stream, 0) if kind == _SHEET]
        formats, odd = _formats(stream), list[int]()
        sheets = [_sheet(stream, start, kind, formats, odd) for start, kind in starts]
        for at in odd:
            stream[at] = _ANY_ERROR
        modes = (body for kind, body in _records(stream, 0) if kind == _DATE_MODE)
        return XlsSurvey(sheets, any(body[:1] == b"\x01" for body in modes), _with(data, stream) if odd else data)
    except MemoryError:
        raise
    except Exception as error:  # the library raises whatever a damaged file makes of it
        raise unreadable(name, "内容损坏") from error


def _stream(data: bytes) -> bytes:
    import olefile

    with olefile.OleFileIO(io.BytesIO(data)) as compound:
        return bytes(compound.openstream(_stream_name(compound)).read())


def _stream_name(compound: Any) -> str:
    return next(name for name in ("Workbook", "Book") if compound.exists(name))


def _with(data: bytes, stream: bytes | bytearray) -> bytes:
    """The compound file with another workbook of the same length."""
    import olefile

    file = io.BytesIO(data)
    with olefile.OleFileIO(file, write_mode=True) as compound:
        compound.write_stream(_stream_name(compound), bytes(stream))
        return file.getvalue()


def _records(stream: bytes | bytearray, start: int) -> Iterator[tuple[int, bytes]]:
    """(Number, body) of the records of one substream, without those of embedded charts."""
    return ((kind, bytes(stream[at : at + length])) for kind, at, length in _spans(stream, start))


def _spans(stream: bytes | bytearray, start: int) -> Iterator[tuple[int, int, int]]:
    """(Number, offset of the body, its length) of the same."""
    depth = 0
    while start + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, start)
        if depth <= 1:
            yield kind, start + 4, length
        depth += (kind == _BOF) - (kind == _EOF)
        if kind == _EOF and depth <= 0:
            return
        start += 4 + length


def _sheet(
    stream: bytearray, start: int, kind_of_sheet: int, formats: Mapping[int, ShownFormat], odd: list[int]
) -> XlsSheetSurvey:
    """Survey one sheet; offsets of error codes that only later versions have are added to ``odd``."""
    sheet = XlsSheetSurvey(kind=_SHEET_TYPES.get(kind_of_sheet, ""))
    for kind, at, length in _spans(stream, start):
        if kind not in _FILLED:
            continue
        body = bytes(stream[at : at + length])
        row, column = struct.unpack_from("<HH", body)
        last = struct.unpack_from("<H", body, len(body) - 2)[0] if kind == _MANY_NUMBERS else column
        sheet.rows, sheet.columns = max(sheet.rows, row + 1), max(sheet.columns, last + 1)
        if (place := _error_at(kind, body)) is not None:
            code = body[place]
            sheet.errors[row, column] = _ERRORS.get(code, _LATER_ERROR)
            if code not in _ERRORS:
                odd.append(at + place)
        elif formats:
            sheet.shown.update(_shown(kind, body, formats))
    return sheet


def _error_at(kind: int, body: bytes) -> int | None:
    """Where in a cell's record its error code stands; None for a cell that is no error."""
    if kind == _BOOL_OR_ERROR and body[7]:
        return 6
    if kind in _FORMULAS and body[12:14] == _NO_NUMBER and body[6] == _ERROR_RESULT:
        return 8
    return None


def _shown(kind: int, body: bytes, formats: Mapping[int, ShownFormat]) -> Iterator[tuple[Cell, str]]:
    """(Cell, text) of the numbers of a record whose format says more than they do."""
    row, column = struct.unpack_from("<HH", body)
    numbers: list[tuple[int, float]] = []
    if kind == _NUMBER or (kind in _FORMULAS and body[12:14] != _NO_NUMBER):
        numbers = [struct.unpack_from("<Hd", body, 4)]
    elif kind == _RK:
        numbers = [(struct.unpack_from("<H", body, 4)[0], _rk(body, 6))]
    elif kind == _MANY_NUMBERS:
        numbers = [(struct.unpack_from("<H", body, at)[0], _rk(body, at + 2)) for at in range(4, len(body) - 7, 6)]
    for place, (look, number) in enumerate(numbers, column):
        if look in formats and (text := formats[look].shown(f"{number:.15g}")):
            yield (row, place), text


def _rk(body: bytes, at: int) -> float:
    """The number of an RK record ([MS-XLS] 2.5.217): 30 bits of a double or an integer, perhaps of hundredths."""
    raw = struct.unpack_from("<I", body, at)[0]
    high = raw & 0xFFFFFFFC
    value: float = (struct.unpack("<i", struct.pack("<I", raw))[0] >> 2) if raw & 2 else _double(high)
    return value / 100 if raw & 1 else value


def _double(high: int) -> float:
    return float(struct.unpack("<d", struct.pack("<II", 0, high))[0])


def _formats(stream: bytearray) -> dict[int, ShownFormat]:
    """Number of a cell format → its number format, of those that say something."""
    codes, looks, wide = dict(number_formats.BUILTIN), list[int](), True
    for kind, body in _records(stream, 0):
        if kind == _BOF:
            wide = struct.unpack_from("<H", body)[0] >= _BOF8
        elif kind == _FORMAT:
            codes[struct.unpack_from("<H", body)[0]] = _format_code(body, wide)
        elif kind == _LOOKS:
            looks.append(struct.unpack_from("<H", body, 2)[0])
    made = {number: number_formats.parsed(codes[number]) for number in set(looks) if number in codes}
    return {at: found for at, number in enumerate(looks) if (found := made.get(number))}


def _format_code(body: bytes, wide: bool) -> str:
    if not wide:
        return body[3 : 3 + body[2]].decode("gb18030", "replace")
    count, flags = struct.unpack_from("<HB", body, 2)
    if flags & 1:
        return body[5 : 5 + 2 * count].decode("utf-16-le", "replace")
    return body[5 : 5 + count].decode("latin-1")
