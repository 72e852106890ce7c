"""Finds the data rows of a table: without repeated headings, totals and sign-offs, merged cells filled in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import takewhile

from zwgk_excel.domain.problems import CellRef, Problem, problem
from zwgk_excel.domain.text import clean, fold
from zwgk_excel.layout.columns import Column, ColumnKind
from zwgk_excel.workbooks.contract.template_text import is_hint, is_title
from zwgk_excel.workbooks.excel import address
from zwgk_excel.workbooks.opening.open_book import CellValue
from zwgk_excel.workbooks.opening.sheet_survey import Cell
from zwgk_excel.workbooks.reading.cell_reader import as_text
from zwgk_excel.workbooks.reading.headings import heading_cell
from zwgk_excel.workbooks.reading.sign_off import REMARK, SIGN_OFF, are_days, are_sign_offs, is_remark
from zwgk_excel.workbooks.reading.table_reader import LocatedTable, is_visible

_TOTAL = re.compile(r"(合计|小计|总计|共计|累计|总数)[:：]?\s*(\d+\s*[条项件个篇]?)?|共\s*\d+\s*[条项件个篇](信息)?")
_COUNT = re.compile(r"\d+(\.\d+)?\s*[条项件个篇]?")
_REPEATED, _TOTALLED, _SIGNED = "header_repeated", "total_skipped", SIGN_OFF
_MOST_SIGNED = 8
"""Cells of a row with sign-offs: a label, a name and a day for each of a few people."""
_SHARED = frozenset({ColumnKind.CHOICE, ColumnKind.DATE, ColumnKind.NAME, ColumnKind.PHONE, ColumnKind.PARAGRAPH})
"""Column types where a vertically merged cell applies to each of its rows; title, number and link are one item's
own."""


@dataclass(frozen=True, slots=True)
class TableRows:
    """The classified rows below the headings."""

    table: LocatedTable
    """With the values of merged cells in every row they reach."""
    rows: list[int]
    """The rows that hold something and are no headings again, totals, sign-offs or remarks; 0 for the sheet's first."""
    skipped: Mapping[Cell, Problem] = field(default_factory=dict)
    """Cells of the rows that are, each with its note."""
    filled: Mapping[Cell, Problem] = field(default_factory=dict)
    """Cells that a merged cell filled, each with its note."""


def classify_rows(
    table: LocatedTable,
    rows: Iterable[int],
    file: str,
    *,
    is_row: Callable[[int], bool],
    is_aside: Callable[[int], bool] = lambda row: False,
) -> TableRows:
    """Classify the non-empty ``rows``; ``file`` is the file's name for messages.

    A row that is none of headings, a total and sign-offs is a remark where ``is_aside`` says so, and where ``is_row``
    is False, it is in no list of the result. Repeated headings may be above the table as well.
    """
    place, kept, skipped = CellRef(file, table.grid.sheet), list[int](), dict[Cell, Problem]()
    columns = sorted(where for where, key in table.keys.items() if table.sheet[key].kind is not ColumnKind.CHECK)
    above = range(table.header - bool(table.raised))
    for row in (*above, *rows):
        line = table.grid.rows[row] if row < len(table.grid.rows) else []
        cells = {column: line[column] for column in columns if column < len(line) and is_visible(line[column])}
        code = _skipped(table, cells)
        if row in above and (code != _REPEATED or len(cells) == 1):
            continue
        if not code and is_aside(row):
            code = REMARK
        if not code and is_row(row):
            kept.append(row)
        skipped.update(_notes(table, row, cells, code, place) if code else ())
    return _filled(TableRows(table, kept, skipped), place) if table.grid.merged else TableRows(table, kept, skipped)


def _notes(
    table: LocatedTable, row: int, cells: Mapping[int, CellValue], code: str, place: CellRef
) -> Iterator[tuple[Cell, Problem]]:
    checks = ((where, table.grid.value(row, where)) for where in table.keys if where not in cells)
    also = {where: raw for where, raw in checks if code == _REPEATED and raw and _is_heading(table, where, raw)}
    for column, raw in {**cells, **also}.items():
        note = problem(code, place.at(address(row, column)), row=row + 1, value=as_text(raw).strip())
        yield (row, column), note


def _skipped(table: LocatedTable, cells: Mapping[int, CellValue]) -> str:
    """The code of the note on a row with these visible cells (without 自查); empty for a data row."""
    if len(cells) == 1 and any(is_title(table.sheet, raw) or is_hint(table.sheet, raw) for raw in cells.values()):
        return _REPEATED
    if len(cells) > 1 and all(_is_heading(table, column, raw) for column, raw in cells.items()):
        return _REPEATED
    # Nearly every row is no total, as its first cell tells.
    texts = takewhile(_may_be_in_total, (clean(as_text(raw)) for raw in cells.values()))
    totals = [bool(_TOTAL.fullmatch(text)) for text in texts]
    if any(totals) and len(totals) == len(cells):
        return _TOTALLED
    if len(cells) <= _MOST_SIGNED and _is_signed(table, cells):
        return _SIGNED
    return REMARK if len(cells) == 1 and all(is_remark(as_text(raw)) for raw in cells.values()) else ""


def _is_signed(table: LocatedTable, cells: Mapping[int, CellValue]) -> bool:
    texts = [as_text(raw) for _, raw in sorted(cells.items())]
    # Days alone in columns of days are an item that somebody began.
    begun = any(table.sheet[table.keys[column]].kind is ColumnKind.DATE for column in cells)
    return are_sign_offs(texts) and not (begun and are_days(texts))


def _may_be_in_total(text: str) -> bool:
    return bool(_TOTAL.fullmatch(text) or _COUNT.fullmatch(text))


def _is_heading(table: LocatedTable, where: int, raw: CellValue) -> bool:
    folded = fold(as_text(raw))
    return folded in table.sheet[table.keys[where]].names or folded == fold(
        as_text(table.grid.value(*heading_cell(table, where)))
    )


def _filled(body: TableRows, place: CellRef) -> TableRows:
    """The rows with cells filled from a vertically merged cell above, in rows that are not empty otherwise."""
    grid = body.table.grid
    width = max(map(len, grid.rows), default=0)
    # A row with nothing but an error or a formula without a result may lie below the last one with values.
    rows: list[list[CellValue]] = list(grid.rows)
    rows += [[None] * width for _ in range(max(body.rows, default=0) + 1 - len(rows))]
    filled: dict[Cell, Problem] = {}
    for (first, row), column in _covered(body):
        raw, where = rows[first][column.where], (row, column.where)
        if not is_visible(raw) or is_visible(rows[row][column.where]) or where in grid.errors or where in grid.uncached:
            continue
        rows[row] = [*rows[row][: column.where], raw, *rows[row][column.where + 1 :]]
        values = {"heading": column.of.heading, "cell": address(first, column.where), "value": as_text(raw).strip()}
        filled[where] = problem("merged_filled", place.at(address(*where)), obligation="", **values)
    return replace(body, table=replace(body.table, grid=replace(grid, rows=rows)), filled=filled)


@dataclass(frozen=True, slots=True)
class _Column:
    where: int
    of: Column


def _covered(body: TableRows) -> Iterator[tuple[tuple[int, int], _Column]]:
    """((First row of a merged cell, row it covers), column)."""
    kept = set(body.rows)
    for (top, left), (bottom, _) in body.table.grid.merged:
        column = body.table.sheet[body.table.keys[left]] if left in body.table.keys else None
        if column and column.input and column.kind in _SHARED and top in kept:
            covered = (row for row in body.rows if top < row <= bottom)
            yield from (((top, row), _Column(left, column)) for row in covered)
