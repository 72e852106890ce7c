"""Reads the records of an .xls that calamine does not report: encryption, extent of sheets, error cells.

Record numbers and layouts are those of [MS-XLS] section 2.4; BIFF5 (Excel 95) has the same for these records.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from zwgk_excel.workbooks.opening.rejected import unreadable
from zwgk_excel.workbooks.opening.sheet_survey import Cell

_BOF, _EOF, _FILEPASS, _SHEET = 0x0809, 0x000A, 0x002F, 0x0085
_FORMULAS = frozenset({0x0006, 0x0206, 0x0406})
_BOOL_OR_ERROR, _MANY_NUMBERS = 0x0205, 0x00BD
_FILLED = frozenset({0x0203, 0x0204, 0x00FD, 0x027E, 0x00D6, _BOOL_OR_ERROR, _MANY_NUMBERS}) | _FORMULAS
"""Records of cells with content: NUMBER, LABEL, LABELSST, RK, RSTRING, BOOLERR, MULRK, FORMULA."""
_ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}
_NO_NUMBER, _ERROR_RESULT = b"\xff\xff", 2


@dataclass
class XlsSheetSurvey:
    """The extent and error cells of one sheet of an .xls."""

    rows: int = 0
    columns: int = 0
    """How far the cells with content reach."""
    errors: dict[Cell, str] = field(default_factory=dict)


def is_encrypted(data: bytes) -> bool:
    """Whether the workbook in a compound file is encrypted; False for a damaged one, which opening reports."""
    try:
        stream = _stream(data)
    except Exception:  # damaged in any way: said when it is opened
        return False
    return any(kind == _FILEPASS for kind, _ in _records(stream, 0))


def sheets(data: bytes, name: str) -> list[XlsSheetSurvey]:
    """All sheets in order. Raises RejectedFileError (file_unreadable)."""
    try:
        stream = _stream(data)
        starts = [struct.unpack_from("<I", body)[0] for kind, body in _records(stream, 0) if kind == _SHEET]
        return [_sheet(stream, start) for start in starts]
    except MemoryError:
        raise
    except Exception as error:  # the library raises whatever a damaged file makes of it
        raise unreadable(name, "内容损坏") from error


def _stream(data: bytes) -> bytes:
    import olefile

    with olefile.OleFileIO(io.BytesIO(data)) as compound:
        name = next(name for name in ("Workbook", "Book") if compound.exists(name))
        return bytes(compound.openstream(name).read())


def _records(stream: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """(Number, body) of the records of one substream, without those of embedded charts."""
    depth = 0
    while start + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, start)
        if depth <= 1:
            yield kind, stream[start + 4 : start + 4 + length]
        depth += (kind == _BOF) - (kind == _EOF)
        if kind == _EOF and depth <= 0:
            return
        start += 4 + length


def _sheet(stream: bytes, start: int) -> XlsSheetSurvey:
    sheet = XlsSheetSurvey()
    for kind, body in _records(stream, start):
        if kind not in _FILLED:
            continue
        row, column = struct.unpack_from("<HH", body)
        last = struct.unpack_from("<H", body, len(body) - 2)[0] if kind == _MANY_NUMBERS else column
        sheet.rows, sheet.columns = max(sheet.rows, row + 1), max(sheet.columns, last + 1)
        if error := _error(kind, body):
            sheet.errors[row, column] = error
    return sheet


def _error(kind: int, body: bytes) -> str:
    if kind == _BOOL_OR_ERROR and body[7]:
        return _ERRORS.get(body[6], "#?")
    if kind in _FORMULAS and body[12:14] == _NO_NUMBER and body[6] == _ERROR_RESULT:
        return _ERRORS.get(body[8], "#?")
    return ""
