"""Reads what the office added to a tracker: columns with values and formulas, widths, whole sheets."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from types import MappingProxyType
from typing import Any

from zwgk_excel.domain.problems import CellRef, problem
from zwgk_excel.domain.text import clean
from zwgk_excel.layout.columns import SheetLayout, layout
from zwgk_excel.workbooks.contract.cell_pictures import RICH_RESULT, is_wps_picture, rich, rich_cells
from zwgk_excel.workbooks.excel import address, column_letters, column_number
from zwgk_excel.workbooks.ooxml.package import SheetEntry, each_start, main, tables_on
from zwgk_excel.workbooks.opening.open_book import Grid
from zwgk_excel.workbooks.opening.rejected import RejectedFileError
from zwgk_excel.workbooks.reading.cell_reader import as_text
from zwgk_excel.workbooks.reading.table_reader import LocatedTable, find_table, is_visible
from zwgk_excel.workbooks.tracker.previous.carry_over import added_sheets, not_kept
from zwgk_excel.workbooks.tracker.previous.formula_moves import FILL_ROW, RowMapping
from zwgk_excel.workbooks.tracker.previous.on_our_sheets import remarks_on_ours
from zwgk_excel.workbooks.tracker.previous.opened_tracker import OpenedTracker
from zwgk_excel.workbooks.tracker.previous.part_kinds import refuse_unkept, remarks_on
from zwgk_excel.workbooks.tracker.previous.row_comments import notes_on
from zwgk_excel.workbooks.tracker.previous.stray_cells import StrayCell, strays_around_area, strays_beside_table
from zwgk_excel.workbooks.tracker.previous.user_additions import ExtraCell, ExtraColumn, UserAdditions, Width
from zwgk_excel.workbooks.tracker.rows.formulas import name_of
from zwgk_excel.workbooks.tracker.rows.row_keys import ROW_KEYS, key_of, unique_keys
from zwgk_excel.workbooks.tracker.rows.row_values import PLAIN_TABLES, CellPicture
from zwgk_excel.workbooks.tracker.rows.score_rows import removed_headings

_TOP = 20
"""Rows from the top that are searched for the cell of the chosen unit."""
_WITHOUT_COLUMNS = (
    *("overview", "in_tray", "matrix", "unit_page", "scores", "rectifications"),
    *("column_updates", "coverage_matrix"),
)
"""Our sheets on which the office's columns do not stay."""
_FORMULA = re.compile(rb"<(?:\w+:)?c(?=[\s>])([^<>]*)>\s*<(?:\w+:)?f[\s/>]")
"""A cell with a formula: its attributes."""
_REFERENCE = re.compile(rb"""\br\s*=\s*["']([A-Z]+)\d""")


def read_user_additions(tracker: OpenedTracker) -> UserAdditions:
    """Everything that the office added to a tracker, for ``tracker_workbook``.

    Raises :class:`RejectedFileError`: table_unreadable for Strict Open XML, tracker_part_unkept for what a rewritten
    tracker would not have any more; and what lxml and openpyxl raise on a damaged file.
    """
    shape = layout("tracker")
    if not tracker.entries:
        raise RejectedFileError(problem("table_unreadable", CellRef(tracker.name), reason="严格 Open XML 格式"))
    found = _with_sheets(UserAdditions(chosen_unit=_chosen_unit(tracker)), tracker)
    strays: list[StrayCell] = []
    if (entry := _entry_of(tracker, shape["tracking"])) and (table := _table_on(tracker, entry, shape["tracking"])):
        found = _with_table(found, tracker, entry, table)
        strays += strays_beside_table(tracker, entry, table)
    beside = {key: added for key in PLAIN_TABLES if (added := _beside(tracker, shape[key], strays)) is not None}
    strays += (each for key in _WITHOUT_COLUMNS for each in _strays(tracker, shape[key]))
    found = replace(found, beside=beside, strays=tuple(strays))
    removed = _entry_of(tracker, shape["removed"])
    return _with_removed(found, tracker, removed) if removed else found


def _with_sheets(found: UserAdditions, tracker: OpenedTracker) -> UserAdditions:
    """``found`` with the sheets to be copied, and with what is not kept as it was."""
    ours = layout("tracker").sheets.values()
    names, tables = [sheet.name for sheet in ours], [sheet.table for sheet in ours if sheet.table]
    sheets = added_sheets(tracker.package, names, tables)
    anew = [entry for entry in tracker.entries if entry.part and entry.name not in sheets]
    refuse_unkept(tracker.package, tracker.name, anew)
    remarks = remarks_on(tracker.package, anew, [entry for entry in tracker.entries if entry.name in sheets])
    notes = (*not_kept(tracker.package, sheets), *remarks, *remarks_on_ours(tracker.package, anew))
    # The cells of our own sheets are written anew, and would be most of what is held in memory.
    source = tracker.package.without_cells({entry.part for entry in anew})
    return replace(found, source=source, sheets=sheets, notes=notes)


def _chosen_unit(tracker: OpenedTracker) -> str:
    """The unit chosen on 单位情况: in the cell after the input's name, in the first rows; empty where there is none."""
    entry = _entry_of(tracker, layout("tracker")["unit_page"])
    grid = tracker.grid(entry.name) if entry else None
    for row in grid.rows[:_TOP] if grid else []:
        texts = [clean(as_text(value)) for value in row]
        if name_of("chosen_unit") in texts[:-1]:
            return texts[texts.index(name_of("chosen_unit")) + 1]
    return ""


def _entry_of(tracker: OpenedTracker, sheet: SheetLayout) -> SheetEntry | None:
    """The sheet by its name or, renamed, by its table."""
    by_name = (entry for entry in tracker.entries if entry.name == sheet.name)
    by_table = (entry for entry in tracker.entries if sheet.table in tables_on(tracker.package, entry))
    return next(by_name, None) or next(by_table, None)


def _table_on(tracker: OpenedTracker, entry: SheetEntry, sheet: SheetLayout) -> LocatedTable | None:
    """The table on a sheet; None where it lacks a heading of the row key."""
    grid = tracker.grid(entry.name)
    table = find_table(grid, sheet) if grid else None
    return table if table and all(key in table.positions for key in ROW_KEYS[sheet.key]) else None


def _strays(tracker: OpenedTracker, sheet: SheetLayout) -> Iterator[StrayCell]:
    """The stray cells on a sheet to which no column can be added."""
    entry = _entry_of(tracker, sheet)
    if entry is None or not entry.part:
        return
    if sheet.table:
        if table := _table_on(tracker, entry, sheet):
            yield from strays_beside_table(tracker, entry, table)
    elif grid := tracker.grid(entry.name):
        hidden = {place: each for place, each in _widths(tracker.package.parts[entry.part]).items() if each.hidden}
        yield from strays_around_area(tracker, entry, grid, hidden)


def _beside(tracker: OpenedTracker, sheet: SheetLayout, strays: list[StrayCell]) -> UserAdditions | None:
    """The office's additions to a table other than the tracking table, None for none; ``strays`` gets the others."""
    entry = _entry_of(tracker, sheet)
    table = _table_on(tracker, entry, sheet) if entry else None
    if entry is None or table is None:
        return None
    strays += strays_beside_table(tracker, entry, table)
    commented = any(relation.type == "comments" for relation in tracker.package.relations(entry.part))
    if not commented and not _is_added_to(table, tracker.package.parts[entry.part]):
        return None
    return _with_table(UserAdditions(), tracker, entry, table)


def _is_added_to(table: LocatedTable, part: bytes) -> bool:
    """Whether a sheet has a value or formula in a column that is not ours; ``part`` is the sheet's XML.

    A quick test, because reading a table with its formulas takes long and hardly any has additions.
    """
    grid, ours = table.grid, table.keys
    rows = grid.rows[table.header :]
    beside = [place for place in range(len(rows[0])) if place not in ours]
    typed = any(is_visible(row[place]) for row in rows for place in beside)
    return typed or any(place not in ours for _, place in grid.errors) or _has_formula_beside(part, ours)


def _has_formula_beside(part: bytes, ours: Collection[int]) -> bool:
    """Whether a sheet has a formula in another column; a cell without a reference counts as one."""
    letters = {column_letters(place).encode() for place in ours}
    found = (_REFERENCE.search(attributes) for attributes in _FORMULA.findall(part))
    return any(reference is None or reference[1] not in letters for reference in found)


def _with_table(found: UserAdditions, tracker: OpenedTracker, entry: SheetEntry, table: LocatedTable) -> UserAdditions:
    """``found`` with the additions to a table."""
    part = tracker.package.parts[entry.part]
    numbers = tracker.numbers.get(entry.part, MappingProxyType({}))
    keys, widths = _row_keys(table), _widths(part)
    columns: tuple[ExtraColumn, ...] = ()
    if _is_added_to(table, part):
        cells = tracker.cells(entry.name)
        values = _shown(cells, table.grid, part)
        columns = tuple(_Columns(table, keys, cells, values, widths, numbers).read())
    rows = {numbers.get(row + 1, row + 1): key for row, key in keys.items()}
    comments, others = notes_on(tracker.package, entry, {row - 1: key for row, key in rows.items()})
    lost = (f"“{entry.name}”中 {'、'.join(others)} 的批注不在任务行上，不能带入新的总台账。",) if others else ()
    return replace(
        found,
        comments=comments,
        notes=(*found.notes, *lost),
        columns=columns,
        widths={key: widths[place] for key, place in table.positions.items() if place in widths},
        letters={column_letters(place): key for key, place in table.positions.items()},
        rows=rows,
        sheet=entry.name,
    )


def _shown(cells: Sequence[tuple[Any, ...]], grid: Grid, part: bytes) -> list[list[Any]]:
    """The shown value of each cell: for a formula its cached result, for a picture in the cell the picture."""
    values = [
        [_result(grid, row, place, cell) if cell.data_type == "f" else cell.value for place, cell in enumerate(line)]
        for row, line in enumerate(cells)
    ]
    for letters, number, value in rich_cells(part):
        row, place = number - 1, column_number(letters)
        if _at(values, row, place) is not None:
            values[row][place] = CellPicture(rich(value), RICH_RESULT)
    return values


def _result(grid: Grid, row: int, place: int, cell: Any) -> Any:
    value = grid.errors.get((row, place), grid.value(row, place))
    # An array formula is an object of its own.
    formula = str(getattr(cell.value, "text", cell.value))
    if is_wps_picture(formula):
        return CellPicture(formula, str(value or formula))
    # A day is a datetime, as in the cells of openpyxl.
    return datetime.combine(value, time()) if type(value) is date else value


def _row_keys(table: LocatedTable) -> dict[int, str]:
    """Row (from 0) → row key; of an obligation listed twice the first row."""
    rows = range(table.header + 1, len(table.grid.rows))
    if table.sheet.key != "tracking":
        places = [table.positions[key] for key in ROW_KEYS[table.sheet.key]]
        keys = unique_keys([as_text(table.grid.value(row, place)) for place in places] for row in rows)
        return {row: key for row, key in zip(rows, keys, strict=True) if key}
    found: dict[str, int] = {}
    for row in rows:
        if key := key_of(table, row):
            found.setdefault(key, row)
    return {row: key for key, row in found.items()}


def _widths(part: bytes) -> dict[int, Width]:
    """Column (from 0) → its width, for every column with a width in the sheet."""
    found: dict[int, Width] = {}
    for _, node in each_start(part):
        # The columns stand before the cells, of which there may be millions.
        if node.tag == main("sheetData"):
            break
        if node.tag != main("col"):
            continue
        width = float(node.get("width")) if node.get("width") else None
        hidden = node.get("hidden") in {"1", "true"}
        for column in range(int(node.get("min", "1")) - 1, min(int(node.get("max", "1")), 1_000)):
            found[column] = Width(width, hidden)
    return found


class _Columns:
    """Reads the columns whose headings are not ours."""

    def __init__(
        self,
        table: LocatedTable,
        keys: Mapping[int, str],
        cells: Sequence[tuple[Any, ...]],
        values: Sequence[Sequence[Any]],
        widths: Mapping[int, Width],
        numbers: Mapping[int, int],
    ) -> None:
        """``cells`` as openpyxl reads them, ``values`` as they are shown; ``numbers``: row in the grid → row in the
        office's file, both from 1."""
        self._table, self._keys, self._widths, self._numbers = table, keys, widths, numbers
        self._cells, self._values = cells, values

    def read(self) -> Iterator[ExtraColumn]:
        width = max((len(row) for row in self._values), default=0)
        after = ""
        for place in range(width):
            if place in self._table.keys:
                after = self._table.keys[place]
            elif (column := self._column(place, after)) is not None:
                yield column

    def _column(self, place: int, after: str) -> ExtraColumn | None:
        heading = clean(str(_at(self._values, self._table.header, place) or ""))
        cells = {key: cell for row, key in self._keys.items() if (cell := self._cell(row, place))}
        # What stands beside no obligation has nowhere to go back to; it is listed as removed, by its cell.
        others = {address(self._number(row) - 1, place): ExtraCell(value) for row, value in self._others(place)}
        if not heading and not cells and not others:
            return None
        fill = self._fill(list(cells.values())) if len(cells) == len(self._keys) else ""
        width = self._widths.get(place, Width(None))
        return ExtraColumn(
            heading or column_letters(place),
            after,
            column_letters(place),
            width.width,
            width.hidden,
            self._number_format(place),
            cells | others,
            fill,
        )

    def _others(self, place: int) -> Iterator[tuple[int, Any]]:
        for row in range(self._table.header + 1, len(self._values)):
            value = _at(self._values, row, place)
            if row not in self._keys and value is not None and clean(str(value)):
                yield row, value

    def _cell(self, row: int, place: int) -> ExtraCell | None:
        value = _at(self._values, row, place)
        cell = self._cells[row][place] if place < len(self._cells[row]) else None
        if isinstance(value, CellPicture):
            return ExtraCell(value)
        if cell is not None and cell.data_type == "f":
            # An array formula is an object of its own.
            return ExtraCell(value, str(getattr(cell.value, "text", cell.value)), self._number(row))
        return None if value is None else ExtraCell(value)

    def _number(self, row: int) -> int:
        """The row number in the office's file, from 1, of a row of the table, from 0."""
        return self._numbers.get(row + 1, row + 1)

    def _number_format(self, place: int) -> str:
        """The number format of most filled cells (of all cells where none is filled); empty for the general one."""
        cells = [self._cells[row][place] for row in self._keys if place < len(self._cells[row])]
        filled = [cell for cell in cells if cell.value is not None]
        formats = Counter(cell.number_format for cell in filled or cells)
        common = formats.most_common(1)[0][0] if formats else ""
        return "" if common == "General" else str(common)

    def _fill(self, cells: Sequence[ExtraCell]) -> str:
        """The formula that all rows share, as it reads in FILL_ROW."""
        if not cells or not all(cell.formula for cell in cells):
            return ""
        span = self._number(min(self._keys)), self._number(max(self._keys))
        moves = RowMapping(self._table.grid.sheet, spans={span: span})
        shared = {moves.formula(cell.formula, cell.row, FILL_ROW) for cell in cells}
        return shared.pop() if len(shared) == 1 else ""


def _at(rows: Sequence[Sequence[Any]], row: int, place: int) -> Any:
    return rows[row][place] if row < len(rows) and place < len(rows[row]) else None


def _with_removed(found: UserAdditions, tracker: OpenedTracker, entry: SheetEntry) -> UserAdditions:
    """``found`` with the values of the sheet of removed values back in their columns, which may be gone too."""
    grid = tracker.grid(entry.name)
    table = find_table(grid, layout("tracker")["removed"]) if grid else None
    if table is None or any(column.key not in table.positions for column in table.sheet):
        return found
    rows = _shown(tracker.cells(entry.name), table.grid, tracker.package.parts[entry.part])
    # Words on scores and matters are no column of any table; they find back by themselves.
    others = removed_headings()
    lines: dict[str, list[tuple[str, str, Any]]] = defaultdict(list)
    for row in range(table.header + 1, len(rows)):
        name, heading, value = (_at(rows, row, table.positions[each.key]) for each in table.sheet)
        if name is not None and heading is not None and value is not None and heading not in others:
            sheet, key = _split_removed_key(str(name))
            lines[sheet].append((key, str(heading), value))
    found = _restored(found, "tracking", lines.pop("tracking", []))
    beside = {key: _restored(found.beside.get(key, UserAdditions()), key, removed) for key, removed in lines.items()}
    return replace(found, beside={**found.beside, **beside})


def _split_removed_key(name: str) -> tuple[str, str]:
    """(Sheet, row key) that a row of the removed values is about."""
    sheets = {layout("tracker")[key].name: key for key in PLAIN_TABLES}
    first, _, rest = name.partition("/")
    return (sheets[first], rest) if first in sheets else ("tracking", name)


def _restored(found: UserAdditions, sheet: str, removed: Sequence[tuple[str, str, Any]]) -> UserAdditions:
    """The columns with their removed values restored."""
    columns = {column.heading: column for column in found.columns}
    last = layout("tracker")[sheet].columns[-1].key
    for key, heading, value in removed:
        column = columns.setdefault(heading, ExtraColumn(heading, last))
        columns[heading] = replace(column, cells={key: ExtraCell(value), **column.cells})
    return replace(found, columns=tuple(columns.values()))
