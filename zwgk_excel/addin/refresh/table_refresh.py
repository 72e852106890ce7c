"""One table of the open tracker brought up to date: found by its headings, its rows matched, put in place, written."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any

from zwgk_excel.addin.host.failures import UnrecognisedSheet
from zwgk_excel.addin.refresh.journal import FROM_ABOVE, FROM_BELOW, Journal
from zwgk_excel.addin.refresh.live_book import OpenSheets, cells_at
from zwgk_excel.addin.refresh.row_plan import LiveRow, RowPlan, plan_rows, runs
from zwgk_excel.addin.refresh.row_writer import RowWriter, TableArea
from zwgk_excel.domain.text import clean
from zwgk_excel.layout.columns import SheetLayout
from zwgk_excel.workbooks.excel import address, column_letters
from zwgk_excel.workbooks.opening.open_book import Grid
from zwgk_excel.workbooks.reading.cell_reader import as_text
from zwgk_excel.workbooks.reading.table_reader import find_table, is_visible
from zwgk_excel.workbooks.tracker.recording_workbook import Cell, Link, RecordedSheet
from zwgk_excel.workbooks.tracker.rows.row_keys import ROW_KEYS, unique_keys
from zwgk_excel.workbooks.tracker.sheets.page import FIRST_ROW, HEADER_ROW

_AREA = re.compile(r"\$A\$1:\$([A-Z]{1,3})\$\d+")
"""A print area from the first cell on."""


class TableRefresh:
    """Brings one sheet up to date; ``recorded`` is what the writer made of the same view."""

    def __init__(
        self,
        sheets: OpenSheets,
        shape: SheetLayout,
        recorded: RecordedSheet,
        journal: Journal,
    ) -> None:
        """``sheets`` has the sheet. Raises :class:`UnrecognisedSheet` where its table cannot be found."""
        self._sheets, self.sheet = sheets, sheets[shape.name]
        self.shape, self._recorded, self._journal = shape, recorded, journal
        self._heads = [cell for cell in recorded.rows(HEADER_ROW)[HEADER_ROW] if cell]
        self.headings = [cell.value for cell in self._heads]
        journal.on(shape.name)
        self.used, self.grid = sheets.read(shape.name)
        self._inserted = self._add_missing_columns(self.grid)
        if self._inserted:
            self.used, self.grid = sheets.read_again(shape.name)
        self._targets = self._read_targets()
        self.old = self._area(self.grid)
        self.plan = self._plan()
        self.area = TableArea(self.old.header, self.old.first, self.plan.last, self.old.columns, self._inserted)

    @property
    def rows_change(self) -> bool:
        """Whether rows or columns come or go."""
        return bool(self._inserted or self.plan.inserts or self.plan.deletes)

    def _positions(self, grid: Grid) -> tuple[int, list[int | None]]:
        """The header row and the column of each heading, from 1."""
        table = find_table(grid, self.shape)
        if table is None:
            raise UnrecognisedSheet(self.shape.name)
        by_text = {clean(as_text(value)): place for place, value in enumerate(grid.rows[table.header])}
        found: list[int | None] = []
        for heading in self.headings:
            column = self.shape.find(heading)
            place = table.positions.get(column.key) if column else by_text.get(heading)
            found.append(None if place is None else place + 1)
        return table.header + 1, found

    def _add_missing_columns(self, grid: Grid) -> frozenset[int]:
        """Insert a new month of the matrix, a column that came in later, or one that somebody deleted; which."""
        header, found = self._positions(grid)
        missing = frozenset(number for number, column in enumerate(found) if column is None)
        for number, column in enumerate(found):
            if column is None:
                at = 1 + max((each for each in found[:number] if each), default=0)
                formats = FROM_BELOW if number + 1 < len(found) and found[number + 1] else FROM_ABOVE
                self._journal.insert_column(self.sheet, at, formats)
                found = [each + 1 if each and each >= at else each for each in found]
                found[number] = at
                self._write_heading(self.sheet.range((header, at)), self._heads[number])
                self.sheet.range((1, at)).column_width = self._recorded.widths[number]
        return missing

    def _write_heading(self, cell: Any, head: Cell) -> None:
        if code := head.format.get("num_format"):
            # A stranger's word is text before it is written: as a formula it would act.
            self._journal.format(cell, "number_format", code)
        self._journal.write(cell, [[head.value]])

    def _area(self, grid: Grid) -> TableArea:
        header, found = self._positions(grid)
        columns = tuple(column for column in found if column)
        last = len(grid.rows)
        if not self._is_complete(grid, header, columns):
            last = self._last_row(grid, header, columns)
        return TableArea(header, header + 1, max(last, header + 1), columns)

    def _is_complete(self, grid: Grid, header: int, columns: Sequence[int]) -> bool:
        """Whether every row below the headings is a wanted one, and none is missing: then no row comes or goes, and
        the table need not be asked where it ends."""
        places = [columns[place] - 1 for place in self._keys_at()]
        keys = list(unique_keys([as_text(_at(row, place)) for place in places] for row in grid.rows[header:]))
        if not self._targets:  # an Excel table keeps one empty row
            return keys in ([], [""]) and not any(map(is_visible, grid.rows[header] if keys else []))
        return len(keys) == len(self._targets) and set(keys) == self._targets.keys()

    def _last_row(self, grid: Grid, header: int, columns: Sequence[int]) -> int:
        if (table := self._table) is not None:
            return int(table.range.address.rpartition("$")[2])
        filled = (n for n, row in enumerate(grid.rows, 1) if n > header and as_text(row[columns[0] - 1]))
        return max(filled, default=header + 1)

    @property
    def _table(self) -> Any:
        """The Excel table; None where the sheet has none."""
        table = self._recorded.table
        return self._sheets.table(self.shape.name, table[0]) if table else None

    def _keys_at(self) -> list[int]:
        headings = [self.shape.heading(key) for key in ROW_KEYS[self.shape.key]]
        return [self.headings.index(heading) for heading in headings]

    def _read_targets(self) -> dict[str, tuple[int, Sequence[Cell | None]]]:
        """Key → the recorded row and its cells, in their order; a number follows a key that comes again."""
        places = self._keys_at()
        rows = self._recorded.rows(FIRST_ROW)
        keys = unique_keys([_shown(cells[place]) for place in places] for cells in rows.values())
        return {key: each for key, each in zip(keys, rows.items(), strict=True) if key}

    def _plan(self) -> RowPlan:
        places = [self.old.columns[place] - 1 for place in self._keys_at()]
        numbers = range(self.old.first - 1, self.old.last)
        rows = [self.grid.rows[number] if number < len(self.grid.rows) else [] for number in numbers]
        self._live_keys = list(unique_keys([as_text(_at(row, place)) for place in places] for row in rows))
        blank = [not any(is_visible(value) for value in row) for row in rows]
        live = [LiveRow(key, empty) for key, empty in zip(self._live_keys, blank, strict=True)]
        return plan_rows(live, self.old.first, list(self._targets))

    @property
    def without_key(self) -> int:
        """How many rows stand there afterwards that show nothing of ours, because somebody typed them."""
        return self.area.last - self.area.first + 1 - len(self.plan.rows_after)

    def key_at(self, row: int) -> str:
        """The key of a row of now; empty where it has none."""
        return self._live_keys[row - self.old.first]

    @property
    def keys_at(self) -> list[int]:
        """The columns of the sheet that make up a row's key, from 1."""
        return [self.old.columns[place] for place in self._keys_at()]

    @property
    def settled(self) -> frozenset[int]:
        """The rows afterwards that were there before, cell by cell."""
        return frozenset() if self._inserted else frozenset(self.plan.rows_after[key] for key in self.plan.rows_before)

    @property
    def own_rows(self) -> dict[int, tuple[int, bool]]:
        """Recorded row (from 0) → the row where it stands once this is applied, and whether it is new."""
        rows, known = self.plan.rows_after, self.plan.rows_before
        return {recorded: (rows[key], key not in known) for key, (recorded, _) in self._targets.items()}

    def cell_of(self, key: str, column: str) -> str:
        """The cell of a row key and a column key once this is applied; empty for a row that is not there then."""
        row = self.plan.rows_after.get(key)
        place = self.area.columns[self.headings.index(self.shape.heading(column))]
        return address(row - 1, place - 1) if row else ""

    def print_rows(self, former: Collection[str] = ()) -> None:
        """Let the print area end at the rows and the column where the recorded one does, wherever these stand now.

        An area that the office took off, set elsewhere than from the first cell on, or ended at a column of its choice
        keeps its columns, or is left alone; ``former`` are keys of columns that it ended at in earlier versions.
        """
        if self._recorded.printed is None:
            return
        _, _, last, column = self._recorded.printed
        found = _AREA.fullmatch(str(self.sheet.page_setup.print_area or ""))
        if found is None:
            return
        rows = [self.plan.rows_after[key] for key, (recorded, _) in self._targets.items() if recorded <= last]
        place = self.area.columns[column]
        headings = (self.shape.heading(key) for key in former)
        ended = {column_letters(self.area.columns[self.headings.index(each)] - 1) for each in headings}
        right = column_letters(place - 1) if found[1] in ended else found[1]
        self._journal.print_area(self.sheet, f"$A$1:${right}${max(rows)}")

    def apply(self) -> None:
        """Insert and delete rows, write what is different, and let table and formats follow."""
        writer = RowWriter(self.sheet, self.grid, self.old, self.area, self.plan, self._targets, self.used)
        if self.plan.deletes:
            self._journal.keep_extents(self.sheet)
        for row, count in self.plan.inserts:
            self._journal.insert_rows(self.sheet, row, count, self._neighbour(row))
        for first, last in self.plan.deletes:
            self._journal.delete_rows(self.sheet, first, last, self._neighbour(first))
        if self.rows_change:
            self._resize()
        if row := self.plan.emptied:
            for left, right in runs(self.area.columns):
                self._journal.clear(cells_at(self.sheet, (row, left, row, right)))
        writer.write(self._journal)

    def _neighbour(self, row: int) -> str:
        """Whose formats a row takes: above the first one is the header."""
        return FROM_BELOW if row == self.old.first else FROM_ABOVE

    def _resize(self) -> None:
        """Let the Excel table cover the rows that there are now."""
        table = self._table
        if table is None:
            return
        old = table.range.address
        first, _, last = old.partition(":")
        left, right = (text.rstrip("0123456789") for text in (first, last or first))
        self._journal.resize(self.sheet, table, old, f"{left}{self.area.header}:{right}{self.area.last}")


def _at(row: Sequence[Any], place: int) -> Any:
    return row[place] if place < len(row) else None


def _shown(cell: Cell | None) -> str:
    value = cell.value if cell else None
    return as_text(value.text if isinstance(value, Link) else value)
