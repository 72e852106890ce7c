"""Short lists on 单位情况: the rows of a table that concern the chosen unit, looked up by formula.

Only the newest Excel has FILTER. So a hidden cell holds the position of the n-th wanted row: each row has a weight, of
equal ones the upper row comes first; SUMPRODUCT makes every program compute arrays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from zwgk_excel.domain.tracking import Timeliness
from zwgk_excel.layout.words import word
from zwgk_excel.workbooks.excel import ROWS, column_letters
from zwgk_excel.workbooks.tracker.rows.formulas import column_name, quoted
from zwgk_excel.workbooks.tracker.rows.row_values import OPEN, RowValues
from zwgk_excel.workbooks.tracker.sheets.page import FIRST_ROW, excel_value
from zwgk_excel.workbooks.writing.formats import DATE, Formats

_STEP = 2 * ROWS
"""What one more in weight counts: more than any row number."""
_DAYS = 100_000
"""What one more in urgency counts: more than the serial number of any day."""
BEYOND_TABLE = ROWS + 1 - FIRST_ROW
"""The position that stands for no row, where the table begins in its usual row."""
_DATES = frozenset({"due", "final", "raised_on", "mend_by", "closed_on"})


@dataclass(frozen=True, slots=True)
class UnitList:
    """A list on the page: the table it looks up, and the positions of its columns."""

    unit: str
    """Defined name of the table's column of units."""
    columns: Sequence[tuple[str, str, str, tuple[int, int]]]
    """Key, heading, defined name, and first and last column on the page of each."""
    weight: str = "1"
    """The formula of how much each row is wanted; 0 for not at all."""


def open_weight() -> str:
    """The expression for the weight of open obligations: overdue first, not yet due last, of each the earlier final
    date; not above 0 for what is not open."""
    count = len(OPEN)
    named = (f"({column_name('timeliness')}={quoted(word('timeliness', each))})" for each in OPEN)
    urgency = "+".join(f"{each}*{count - rank}" for rank, each in enumerate(named))
    return f"({urgency})*{_DAYS}-{column_name('final')}"


def urgency_of(timeliness: Timeliness | None) -> int:
    """The first part of what :func:`open_weight` weighs by; 0 for what is not open."""
    return len(OPEN) - OPEN.index(timeliness) if timeliness in OPEN else 0


def position_formula(listed: UnitList, chosen: str, number: int) -> str:
    """The position in the table of the ``number``-th wanted row (from 1) of the unit in the cell ``chosen``.

    Without such a row it is beyond the table, so that a look-up gives an error.
    """
    weight, unit = listed.weight, listed.unit
    order = f"({unit}={chosen})*(({weight})>0)*(({weight})*{_STEP}+{ROWS + 1}-ROW({unit}))"
    first = f"ROW(INDEX({unit},1))"
    found = f"{ROWS + 1}-MOD(SUMPRODUCT(LARGE({order},{number})),{_STEP})-{first}+1"
    return f"=IFERROR({found},{ROWS + 2}-{first})"


def write_list(
    sheet: Any,
    formats: Formats,
    listed: UnitList,
    place: tuple[int, int],
    chosen: str,
    lines: Sequence[tuple[int, RowValues]],
    count: int,
) -> None:
    """Headings and ``count`` lines from the row of ``place`` on; its column is hidden and holds the positions.

    ``lines`` are the positions and rows that the formulas will find.
    """
    row, helper = place
    for _, heading, _, columns in listed.columns:
        merged(sheet, row, columns, heading, formats.head)
    for number in range(count):
        at = row + 1 + number
        position, values = lines[number] if number < len(lines) else (BEYOND_TABLE, {})
        formula = position_formula(listed, chosen, number + 1)
        sheet.write_formula(at, helper, formula, formats.plain, position)
        cell = f"${column_letters(helper)}{at + 1}"
        for key, _, name, columns in listed.columns:
            form = formats.named("centre", num_format=DATE if key in _DATES else "General", text_wrap=False)
            merged(sheet, at, columns, "", form)
            found = f"INDEX({name},{cell})"
            formula = f'=IFERROR(IF({found}="","",{found}),"")'
            sheet.write_formula(at, columns[0], formula, form, excel_value(values.get(key)))


def merged(sheet: Any, row: int, columns: tuple[int, int], text: str, form: Any) -> None:
    """A text in one cell or in merged cells of a row."""
    first, last = columns
    if last > first:
        sheet.merge_range(row, first, row, last, text, form)
    else:
        sheet.write_string(row, first, text, form)
