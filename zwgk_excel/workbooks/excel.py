"""Constants and conversions of Excel: cell names, sheet size, serial numbers of days, the code of A4."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from functools import lru_cache, reduce

ROWS, COLUMNS = 1_048_576, 16_384
"""How many a sheet has."""
A3, A4 = 8, 9
"""The papers' numbers in a sheet's page setup."""
PIXELS_PER_WIDTH, PIXELS_AROUND = 7, 5
"""Of a column: for each character of its width, and beside them. A file tells the sum, in characters."""
EPOCH = date(1899, 12, 30)
"""The day with the number 0, so that 1900-03-01, the first day that Excel counts right, is 61."""
EPOCH_1904 = date(1904, 1, 1)
"""The day with the number 0 in workbooks that count as Excel for the Mac once did."""

# Names of columns are counted here: xlsxwriter does it too, but takes longer to load than most commands that only read.
_LETTERS = re.compile(r"[A-Z]{1,3}")
_CELL = re.compile(r"([A-Z]{1,3})(\d{1,7})")


@lru_cache(maxsize=COLUMNS)
def column_letters(column: int) -> str:
    """The letters of a column, from 0: 0 → ``A``, 26 → ``AA``."""
    more, last = divmod(column, 26)
    return (column_letters(more - 1) if more else "") + chr(ord("A") + last)


@lru_cache(maxsize=COLUMNS)
def column_number(letters: str) -> int:
    """The column of its letters, from 0; a number beyond every sheet for other texts."""
    if not _LETTERS.fullmatch(letters):
        return COLUMNS
    return reduce(lambda before, letter: before * 26 + ord(letter) - ord("A") + 1, letters, 0) - 1


def address(row: int, column: int) -> str:
    """The name of a cell by row and column, from 0: (6, 5) → ``F7``."""
    return f"{column_letters(column)}{row + 1}"


def cell_at(where: str) -> tuple[int, int]:
    """(Row, column), from 0, of a cell's name: ``F7`` → (6, 5); raises ValueError for other texts."""
    found = _CELL.fullmatch(where)
    if found is None:
        raise ValueError(f"not a cell: {where!r}")
    return int(found[2]) - 1, column_number(found[1])


def serial(day: date) -> int:
    """The serial number of a day, or of a moment's day."""
    return day.toordinal() - EPOCH.toordinal()


def serial_of_moment(moment: datetime) -> float:
    """The serial number of a day and time; the time is its fraction."""
    return (moment - datetime(EPOCH.year, EPOCH.month, EPOCH.day)) / timedelta(days=1)


def day_of(number: float, *, date_1904: bool = False) -> date:
    """The day of a serial number, whatever its fraction; ``date_1904`` where the workbook counts from 1904-01-01."""
    return (EPOCH_1904 if date_1904 else EPOCH) + timedelta(days=int(number))
