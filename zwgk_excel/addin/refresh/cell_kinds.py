"""Number formats and fills of many cells at a time: asked and set as a few ranges of several blocks each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from zwgk_excel.addin.refresh.journal import Journal
from zwgk_excel.addin.refresh.live_book import cells_at, several
from zwgk_excel.addin.refresh.row_plan import runs
from zwgk_excel.workbooks.tracker.recording_workbook import Area, Cell, Link
from zwgk_excel.workbooks.writing.formats import TEXT

_Value = TypeVar("_Value")


def kind_code(cell: Cell) -> str:
    """The number format that a cell needs to take what is written into it; empty where any will do."""
    code = str(cell.format.get("num_format", ""))
    if isinstance(cell.value, Link):
        # The text of a link that is no formula is typed in: a file may be called =1+1.xlsx.
        return (code or "General") if cell.value.formula else TEXT
    if cell.is_formula:
        return "General" if code == TEXT else code
    return TEXT if code == TEXT else ""


def keep_kinds(sheet: Any, wanted: Mapping[tuple[int, int], str], journal: Journal) -> None:
    """Before anything is written into cells that were there before: text that looks like a number must stay text, and
    no formula become one.

    ``wanted`` maps row and column of an xlwings sheet, from 1, to the number format, empty for any.
    """
    for code, areas in _by_value({place: code for place, code in wanted.items() if code}).items():
        # Asked all together; where not all of them are so, column by column, so that each can be taken back.
        if all(cells.number_format == code for cells in several(sheet, areas)):
            continue
        for top, left, bottom, right in areas:
            for column in range(left, right + 1):
                journal.format(cells_at(sheet, (top, column, bottom, column)), "number_format", code)


def dress(sheet: Any, name: str, wanted: Mapping[tuple[int, int], object], journal: Journal) -> None:
    """Set a property of the look of cells that were put in just now; ``wanted`` maps row and column, from 1."""
    for value, areas in _by_value(wanted).items():
        for cells in several(sheet, areas):
            journal.dress(cells, name, value)


def _by_value(wanted: Mapping[tuple[int, int], _Value]) -> dict[_Value, list[Area]]:
    """Value → the blocks of cells that have it, of (row, column) → value."""
    found: dict[_Value, list[Area]] = defaultdict(list)
    for top, left, bottom, right, value in _rectangles(wanted):
        found[value].append((top, left, bottom, right))
    return found


def _rectangles(wanted: Mapping[tuple[int, int], _Value]) -> Iterator[tuple[int, int, int, int, _Value]]:
    """Top, left, bottom and right of blocks with one value."""
    columns: dict[tuple[int, int, _Value], set[int]] = defaultdict(set)
    by_place: dict[tuple[int, _Value], set[int]] = defaultdict(set)
    for (row, column), value in wanted.items():
        by_place[column, value].add(row)
    for (column, value), rows in by_place.items():
        for first, last in runs(rows):
            columns[first, last, value].add(column)
    for (first, last, value), places in columns.items():
        for left, right in runs(places):
            yield first, left, last, right, value
