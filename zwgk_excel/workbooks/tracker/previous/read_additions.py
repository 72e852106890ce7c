"""Reading what the office added to a tracker: columns with values and formulas, widths, and whole sheets."""

from __future__ import annotations

import io
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from zwgk_excel.domain.problems import CellRef, problem
from zwgk_excel.domain.text import clean
from zwgk_excel.layout.columns import SheetLayout, layout
from zwgk_excel.workbooks.ooxml.package import OoxmlPackage, SheetEntry, each_start, main, sheets_of, tables_on
from zwgk_excel.workbooks.opening.guard import RejectedFileError, check
from zwgk_excel.workbooks.opening.open_book import Grid, address, column_letters, open_book
from zwgk_excel.workbooks.reading.cell_reader import as_text
from zwgk_excel.workbooks.reading.table_reader import LocatedTable, find_table, is_visible
from zwgk_excel.workbooks.tracker.previous.copy_sheets import added_sheets, not_copied
from zwgk_excel.workbooks.tracker.previous.formula_moves import FILL_ROW, RowMapping
from zwgk_excel.workbooks.tracker.previous.row_comments import notes_on
from zwgk_excel.workbooks.tracker.previous.user_additions import ExtraCell, ExtraColumn, UserAdditions, Width
from zwgk_excel.workbooks.tracker.rows.formulas import name_of
from zwgk_excel.workbooks.tracker.rows.row_keys import ROW_KEYS, key_of, unique_keys
from zwgk_excel.workbooks.tracker.rows.row_values import PLAIN_TABLES
from zwgk_excel.workbooks.tracker.rows.score_rows import removed_headings

_TOP = 20
"""Rows in which the cell of the chosen unit is looked for."""


def read_user_additions(data: bytes, numbers: Mapping[str, Mapping[int, int]] = MappingProxyType({})) -> UserAdditions:
    """Everything that the office added to a tracker, for ``tracker_workbook``; ``numbers`` as :func:`lean` gives them.

    Raises :class:`RejectedFileError` with one of the guard's problems, or table_unreadable where the file is a workbook but of
    no form that its sheets could be carried over from.
    """
    tracker = layout("tracker")
    check(data, tracker.file_name)
    try:
        return _kept(data, numbers)
    except RejectedFileError:
        raise
    # Anything may come out of a library that reads a damaged file; the tracker must not be overwritten then.
    except Exception as error:
        reason = f"{type(error).__name__}"
        raise RejectedFileError(problem("table_unreadable", CellRef(tracker.file_name), reason=reason)) from error


def _kept(data: bytes, numbers: Mapping[str, Mapping[int, int]]) -> UserAdditions:
    tracker = layout("tracker")
    package = OoxmlPackage(data)
    entries = sheets_of(package)
    if not entries:
        # Strict Open XML has other names for everything.
        raise RejectedFileError(problem("table_unreadable", CellRef(tracker.file_name), reason="严格 Open XML 格式"))
    names = [sheet.name for sheet in tracker.sheets.values()]
    tables = [sheet.table for sheet in tracker.sheets.values() if sheet.table]
    sheets = added_sheets(data, names, tables)
    found = UserAdditions(data, sheets=sheets, notes=not_copied(data, sheets))
    if page := _entry_of(package, entries, tracker["unit_page"]):
        found = replace(found, chosen_unit=_chosen_unit(data, page.name))
    tracking = _entry_of(package, entries, tracker["tracking"])
    if tracking:
        found = _with_table(found, data, package, tracking, tracker["tracking"])
    others = ((key, _entry_of(package, entries, tracker[key])) for key in PLAIN_TABLES)
    beside = {
        key: table
        for key, entry in others
        if entry and (table := _beside(data, package, entry, tracker[key], numbers.get(entry.part, {})))
    }
    found = replace(found, beside=beside)
    removed = _entry_of(package, entries, tracker["removed"])
    return _with_removed(found, data, removed) if removed else found


def _chosen_unit(data: bytes, sheet: str) -> str:
    """What stands in the cell after its name, wherever rows were inserted."""
    for row in _cells(data, sheet, data_only=True)[:_TOP]:
        texts = [clean(str(cell.value or "")) for cell in row]
        if name_of("chosen_unit") in texts[:-1]:
            return texts[texts.index(name_of("chosen_unit")) + 1]
    return ""


def _entry_of(package: OoxmlPackage, entries: Sequence[SheetEntry], sheet: SheetLayout) -> SheetEntry | None:
    """The sheet by its name, or, renamed, by its table."""
    by_name = (entry for entry in entries if entry.name == sheet.name)
    by_table = (entry for entry in entries if sheet.table in tables_on(package, entry))
    return next(by_name, None) or next(by_table, None)


def _beside(
    data: bytes, package: OoxmlPackage, entry: SheetEntry, sheet: SheetLayout, numbers: Mapping[int, int]
) -> UserAdditions | None:
    """What the office added to another table than the tracking table; None for nothing.

    Such tables may be long, so they are looked over quickly before they are read with everything.
    """
    grid = open_book(data, layout("tracker").file_name).grid(entry.name)
    table = find_table(grid, sheet) if grid else None
    if table is None or any(key not in table.positions for key in ROW_KEYS[sheet.key]):
        return None
    rows = table.grid.rows[table.header :]
    typed = any(is_visible(value) for row in rows for place, value in enumerate(row) if place not in table.keys)
    commented = any(relation.type == "comments" for relation in package.relations(entry.part))
    return _with_table(UserAdditions(b""), data, package, entry, sheet, numbers) if typed or commented else None


def _with_table(
    found: UserAdditions,
    data: bytes,
    package: OoxmlPackage,
    entry: SheetEntry,
    sheet: SheetLayout,
    numbers: Mapping[int, int] = MappingProxyType({}),
) -> UserAdditions:
    """``found`` with what was added to a table; ``numbers``: row in ``data`` → row in the office's file."""
    formulas, values = _cells(data, entry.name, data_only=False), _cells(data, entry.name, data_only=True)
    grid = Grid(entry.name, [[cell.value for cell in row] for row in values])
    table = find_table(grid, sheet)
    if table is None or any(key not in table.positions for key in ROW_KEYS[sheet.key]):
        return found
    keys = _row_keys(table)
    widths = _widths(package.parts[entry.part])
    reader = _Columns(table, keys, formulas, values, widths, numbers)
    ours = {key: widths[place] for key, place in table.positions.items() if place in widths}
    rows = {numbers.get(row + 1, row + 1): key for row, key in keys.items()}
    comments, others = notes_on(package, entry, {row - 1: key for row, key in rows.items()})
    lost = (f"“{entry.name}”中 {'、'.join(others)} 的批注不在任务行上，不能带入新的总台账。",) if others else ()
    return replace(
        found,
        comments=comments,
        notes=(*found.notes, *lost),
        columns=tuple(reader.read()),
        widths=ours,
        letters={column_letters(place): key for key, place in table.positions.items()},
        rows=rows,
        sheet=entry.name,
    )


def _cells(data: bytes, sheet: str, *, data_only: bool) -> list[tuple[Any, ...]]:
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(data), read_only=True, data_only=data_only)
    try:
        page = book[sheet]
        page.reset_dimensions()
        return [tuple(row) for row in page.iter_rows()]
    finally:
        book.close()


def _row_keys(table: LocatedTable) -> dict[int, str]:
    """Row, 0 for the sheet's first → what stands there; of an obligation that stands twice the first row."""
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
    """Column, 0 for the first → its width, for every column that the sheet says something about."""
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
    """Reads the columns that no heading of ours claims."""

    def __init__(
        self,
        table: LocatedTable,
        keys: Mapping[int, str],
        formulas: Sequence[tuple[Any, ...]],
        values: Sequence[tuple[Any, ...]],
        widths: Mapping[int, Width],
        numbers: Mapping[int, int],
    ) -> None:
        self._table, self._keys, self._widths, self._numbers = table, keys, widths, numbers
        self._formulas, self._values = formulas, values

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
        cell = self._formulas[row][place] if place < len(self._formulas[row]) else None
        if cell is not None and cell.data_type == "f":
            # An array formula is an object of its own.
            return ExtraCell(value, str(getattr(cell.value, "text", cell.value)), self._number(row))
        return None if value is None else ExtraCell(value)

    def _number(self, row: int) -> int:
        """The number in the office's file, 1 for the first, of a row of the table, 0 for the first."""
        return self._numbers.get(row + 1, row + 1)

    def _number_format(self, place: int) -> str:
        """The format most of its filled cells have (all of them where none is filled); empty for the general one."""
        cells = [self._formulas[row][place] for row in self._keys if place < len(self._formulas[row])]
        filled = [cell for cell in cells if cell.value is not None]
        formats = Counter(cell.number_format for cell in filled or cells)
        common = formats.most_common(1)[0][0] if formats else ""
        return "" if common == "General" else str(common)

    def _fill(self, cells: Sequence[ExtraCell]) -> str:
        """The formula all rows share, as it stands in FILL_ROW."""
        if not cells or not all(cell.formula for cell in cells):
            return ""
        span = self._number(min(self._keys)), self._number(max(self._keys))
        moves = RowMapping(self._table.grid.sheet, spans={span: span})
        shared = {moves.formula(cell.formula, cell.row, FILL_ROW) for cell in cells}
        return shared.pop() if len(shared) == 1 else ""


def _at(rows: Sequence[tuple[Any, ...]], row: int, place: int) -> Any:
    return rows[row][place].value if row < len(rows) and place < len(rows[row]) else None


def _with_removed(found: UserAdditions, data: bytes, entry: SheetEntry) -> UserAdditions:
    """Values that had left the tracking sheet go back to their columns, which may be gone as well."""
    rows = _cells(data, entry.name, data_only=True)
    table = find_table(Grid(entry.name, [[c.value for c in row] for row in rows]), layout("tracker")["removed"])
    if table is None or any(column.key not in table.positions for column in table.sheet):
        return found
    # Words on scores and matters are no column of any table; they find back by themselves.
    others = removed_headings()
    lines: dict[str, list[tuple[str, str, Any]]] = defaultdict(list)
    for row in range(table.header + 1, len(rows)):
        name, heading, value = (_at(rows, row, table.positions[each.key]) for each in table.sheet)
        if name is not None and heading is not None and value is not None and heading not in others:
            sheet, key = _split_removed_key(str(name))
            lines[sheet].append((key, str(heading), value))
    found = _restored(found, "tracking", lines.pop("tracking", []))
    beside = {key: _restored(found.beside.get(key, UserAdditions(b"")), key, removed) for key, removed in lines.items()}
    return replace(found, beside={**found.beside, **beside})


def _split_removed_key(name: str) -> tuple[str, str]:
    """The sheet and the row that a line of the removed values is about."""
    sheets = {layout("tracker")[key].name: key for key in PLAIN_TABLES}
    first, _, rest = name.partition("/")
    return (sheets[first], rest) if first in sheets else ("tracking", name)


def _restored(found: UserAdditions, sheet: str, removed: Sequence[tuple[str, str, Any]]) -> UserAdditions:
    """The columns with what had been removed from them in its place again."""
    columns = {column.heading: column for column in found.columns}
    last = layout("tracker")[sheet].columns[-1].key
    for key, heading, value in removed:
        column = columns.setdefault(heading, ExtraColumn(heading, last))
        columns[heading] = replace(column, cells={key: ExtraCell(value), **column.cells})
    return replace(found, columns=tuple(columns.values()))
