"""Writes the tallies of the matrix and of the kinds of units, on the very hidden sheet: what is typed into one row of
the tracking sheet takes one sum for each unit and month, not a dozen counts over the whole sheet.

It reads the tracking sheet by position, whatever row stands there, so that the office may sort it. As long as it has
not, the sums of a month look at the rows of the month alone. Beside the rows
stand blocks of their own: a line for each unit and open month, one for each unit in the order of the matrix, and one
for each line of 总览 by month and column.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.tracking import TrackerRow
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.words import word
from zwgk_excel.workbooks.excel import column_letters
from zwgk_excel.workbooks.tracker.rows.figures import (
    closed_cycles,
    counts_of,
    cycles_of,
    matrix_text,
    rows_by_unit,
)
from zwgk_excel.workbooks.tracker.rows.formulas import (
    GROUP,
    MATRIX_NAMES,
    PACKS,
    TALLIES,
    column_name,
    group_formula,
    group_text_formula,
    pack_formula,
    packed,
    tally_name,
    unit_place,
)
from zwgk_excel.workbooks.tracker.rows.row_values import tracking_order
from zwgk_excel.workbooks.tracker.rows.view import TrackerView
from zwgk_excel.workbooks.tracker.sheets.page import FIRST_ROW
from zwgk_excel.workbooks.tracker.sheets.sections import CountedLine, counted_lines

PLACE = 3
"""The first column of the tallies; those before it say what the tracker is made of."""
_GROUP, _STATE, _PACKS = PLACE + 1, PLACE + 2, PLACE + 3
_NUMBER = _PACKS + len(PACKS) + 1
_WHOLE = _NUMBER + 1
"""Whether all rows of a unit and month stand among those of the month, as written: not after the office sorted them."""
_SUMS, _SUMMED = _WHOLE + 1, 3
"""What a text of the matrix needs of the packed numbers."""
_TEXT = _SUMS + _SUMMED
_KIND = _TEXT + 2
_TOTALS = _KIND + 1
SPARE = 20
"""Lines of tallies more than rows: for those that somebody typed between them, which push the last ones down."""
_LINES = _TOTALS + len(PACKS) + 1
LAST = _LINES + len(PACKS) - 1
"""The last column of the tallies."""

_POSITION = f"ROW()-{FIRST_ROW}"


def write_tallies(book: Any, sheet: Any, view: TrackerView, without_key: int = 0) -> None:
    """Write the tallies into an ``xlsxwriter`` worksheet, row by row, with the names that other sheets use.

    ``without_key`` are the rows between those of the view that somebody typed.
    """
    writer = _TalliesWriter(sheet, view, without_key)
    for row in range(FIRST_ROW, FIRST_ROW + writer.lines):
        writer.write_line(row)
    name = layout("tracker")["identity"].name
    for key in TALLIES:
        book.define_name(tally_name(key), f"='{name}'!{writer.block(key)}")


class _TalliesWriter:
    """Writes line by line what stands beside each other there."""

    def __init__(self, sheet: Any, view: TrackerView, without_key: int) -> None:
        self._sheet = sheet
        self._rows = tracking_order(view)
        self._counted = len(self._rows) + without_key + SPARE
        by_unit = rows_by_unit(view)
        self._units = list(by_unit.items())
        self._places = {name: place for place, name in enumerate(by_unit, 1)}
        self._kinds = {unit.name: word("unit_kind", unit.kind) for unit in view.units}
        shut = closed_cycles(view)
        by_group: dict[tuple[str, object], list[TrackerRow]] = defaultdict(list)
        for row in view.rows:
            by_group[row.status.obligation.unit, row.status.obligation.cycle].append(row)
        cycles = [cycle for cycle in cycles_of(view) if cycle not in shut]
        spans: dict[Month, tuple[int, int]] = {}
        for position, row in enumerate(self._rows):
            cycle = row.status.obligation.cycle
            spans[cycle] = (spans.get(cycle, (position, position))[0], position)
        self._groups = [
            (place * GROUP + cycle.year * 100 + cycle.month, spans.get(cycle, (0, 0)), by_group[name, cycle])
            for name, place in self._places.items()
            for cycle in cycles
        ]
        self._formulas = _row_formulas()
        self._lines = counted_lines(view)
        self.lines = max(self._counted, len(self._groups), len(self._units), len(self._lines))

    def block(self, key: str) -> str:
        """The cells of a block that has a name."""
        packs = range(1, len(PACKS) + 1)
        counts = {"group": len(self._groups), "text": len(self._groups), "row": self._counted}
        counts |= dict.fromkeys((f"pack_{number}" for number in packs), self._counted)
        counts |= dict.fromkeys((f"line_{number}" for number in packs), len(self._lines))
        columns = {"row": _GROUP, "group": _NUMBER, "text": _TEXT, "kind": _KIND}
        columns |= {f"pack_{number}": _PACKS + number - 1 for number in packs}
        columns |= {f"total_{number}": _TOTALS + number - 1 for number in packs}
        columns |= {f"line_{number}": _LINES + number - 1 for number in packs}
        return _area(columns[key], counts.get(key, len(self._units)))

    def write_line(self, row: int) -> None:
        """Write one line, from left to right."""
        position = row - FIRST_ROW
        if position < len(self._rows):
            self._write_row(row, self._values(self._rows[position]))
        elif position < self._counted:
            self._write_row(row, (0, 0, "", *[0] * len(PACKS)))
        if position < len(self._groups):
            self._write_group(row, *self._groups[position])
        if position < len(self._units):
            self._write_unit(row, *self._units[position])
        if position < len(self._lines):
            self._write_counted(row, self._lines[position])

    def _values(self, each: TrackerRow) -> tuple[Any, ...]:
        owed = each.status.obligation
        place = self._places[owed.unit]
        number = place * GROUP + owed.cycle.year * 100 + owed.cycle.month
        return place, number, word("timeliness", each.status.timeliness or ""), *packed(counts_of([each]))

    def _write_row(self, row: int, values: Sequence[Any]) -> None:
        for column, (formula, value) in enumerate(zip(self._formulas, values, strict=True), PLACE):
            self._formula(row, column, formula.replace("{row}", str(row + 1)), value)

    def _write_group(self, row: int, number: int, span: tuple[int, int], rows: list[TrackerRow]) -> None:
        self._sheet.write_number(row, _NUMBER, number)
        (first, last), every, wanted = span, self._counted, _cell(row, _NUMBER)
        groups, near = _area(_GROUP, every), _area(_GROUP, last - first + 1, first)
        self._formula(row, _WHOLE, f"=N(COUNTIF({groups},{wanted})=COUNTIF({near},{wanted}))", 1)
        for pack, value in enumerate(packed(counts_of(rows))[:_SUMMED]):
            column = _PACKS + pack
            quick = f"SUMIF({near},{wanted},{_area(column, last - first + 1, first)})"
            whole = f"SUMIF({groups},{wanted},{_area(column, every)})"
            self._formula(row, _SUMS + pack, f"=IF({_cell(row, _WHOLE)}=1,{quick},{whole})", value)
        sums = [_cell(row, _SUMS + pack) for pack in range(_SUMMED)]
        self._formula(row, _TEXT, group_text_formula(sums), matrix_text(rows))

    def _write_unit(self, row: int, name: str, rows: list[TrackerRow]) -> None:
        kind = f'=IFERROR(INDEX({MATRIX_NAMES["kind"]},{_POSITION})&"","")'
        self._formula(row, _KIND, kind, self._kinds.get(name, ""))
        places = _area(PLACE, self._counted)
        for pack, value in enumerate(packed(counts_of(rows))):
            wanted = f"{places},{_POSITION},{_area(_PACKS + pack, self._counted)}"
            self._formula(row, _TOTALS + pack, f"=SUMIF({wanted})", value)

    def _write_counted(self, row: int, line: CountedLine) -> None:
        for pack, value in enumerate(packed(counts_of(line.rows))):
            self._formula(row, _LINES + pack, line.scope.packed_formula(pack), value)

    def _formula(self, row: int, column: int, formula: str, value: Any) -> None:
        self._sheet.write_formula(row, column, formula, None, value)


def _row_formulas() -> list[str]:
    """The formulas beside a row of the tracking sheet, ``{row}`` for the number of their own."""
    keys = ("unit", "cycle", "due", "received_at", "outcome", "timeliness")
    found = {key: f"INDEX({column_name(key)},{_POSITION})" for key in keys}
    place, state = (f"${column_letters(column)}{{row}}" for column in (PLACE, _STATE))
    cells = {**found, "timeliness": state}
    return [
        f"=IFERROR(IF({found['unit']}=\"\",0,{unit_place(found['unit'])}),0)",
        group_formula(place, found["cycle"]),
        f'=IFERROR({found["timeliness"]}&"","")',
        *(pack_formula(pack, cells) for pack in range(len(PACKS))),
    ]


def _cell(row: int, column: int) -> str:
    return f"${column_letters(column)}{row + 1}"


def _area(column: int, count: int, start: int = 0) -> str:
    """The cells of ``count`` lines of a column, from the line ``start``, 0 for the first."""
    letters, first = column_letters(column), FIRST_ROW + start
    return f"${letters}${first + 1}:${letters}${first + max(count, 1)}"
