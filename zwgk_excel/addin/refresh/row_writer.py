"""The cells of one table of the open tracker: formats first, then what is different, in blocks."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from zwgk_excel.addin.refresh.cell_kinds import dress, keep_kinds, kind_code
from zwgk_excel.addin.refresh.journal import Journal
from zwgk_excel.addin.refresh.live_book import cells_at, formulas_of, used_cells
from zwgk_excel.addin.refresh.row_plan import RowPlan, runs
from zwgk_excel.workbooks.excel import column_letters
from zwgk_excel.workbooks.opening.open_book import Grid
from zwgk_excel.workbooks.tracker.previous.formula_moves import FILL_ROW, RowMapping
from zwgk_excel.workbooks.tracker.recording_workbook import Cell, Link
from zwgk_excel.workbooks.tracker.sheets.page import HEADER_ROW

Targets = Mapping[str, tuple[int, Sequence[Cell | None]]]
"""Key → the recorded row (from 0) and its cells, in their order."""
_GAP = 40
"""Changed rows that are no further apart are written in one block: a call costs more than a few cells."""

_LARGE = 5_000
"""Cells of a block of which only the columns that differ are written."""


@dataclass(frozen=True, slots=True)
class TableArea:
    """Where a table lies on its sheet now; rows and columns count from 1."""

    header: int
    first: int
    last: int
    columns: tuple[int, ...]
    """The column of each recorded one, in their order."""
    inserted: frozenset[int] = frozenset()
    """The recorded ones, 0 for the first, that were put in just now: their cells have the formats of a neighbour."""

    def cells_of(self, column: int) -> str:
        """The data cells of a column, absolute."""
        letters = column_letters(column - 1)
        return f"${letters}${self.first}:${letters}${self.last}"


class RowWriter:
    """Writes what is different into rows that stand where they should; made before any row moves.

    ``grid`` and ``old`` are the sheet as it was, ``area`` and ``plan`` where its rows go.
    """

    def __init__(
        self, sheet: Any, grid: Grid, old: TableArea, area: TableArea, plan: RowPlan, targets: Targets, used: Any = None
    ) -> None:
        """``sheet`` is an xlwings sheet, ``used`` its cells from A1 on for who has them at hand."""
        self._sheet, self._grid, self._old = sheet, grid, old
        self._area, self._plan, self._targets = area, plan, targets
        self._formulas = self._live_formulas(used_cells(sheet) if used is None else used)
        self._moves = RowMapping(
            grid.sheet,
            {HEADER_ROW + 1: area.header},
            letters={column_letters(n): column_letters(column - 1) for n, column in enumerate(area.columns)},
        )

    def write(self, journal: Journal) -> None:
        """Formats and cells, after rows were inserted and deleted."""
        self._format(journal)
        changed: set[int] = set()
        links = self._links()
        blocks: list[_Block] = []
        for group in self._column_groups(links):
            if group[0] not in links:
                rows, found = self._changed(group)
                changed.update(rows)
                blocks += found
        self._keep_kinds({(row, n) for each in blocks for row in each.rows for n in each.places}, journal)
        new = self._new()
        for each in blocks:
            write = journal.fill if new.issuperset(each.rows) else journal.write
            left = self._area.columns[each.places[0]]
            write(self._cells(each.rows[0], left, each.rows[-1], left + len(each.places) - 1), each.values)
        # A row that reads otherwise may have to be opened elsewhere, so links are written last.
        for place in sorted(links, key=lambda place: self._area.columns[place]):
            self._write_links(place, changed, journal)

    def _live_formulas(self, used: Any) -> dict[int, list[str]]:
        """Recorded column → what each row of now has typed in it, for the columns that hold formulas."""
        wanted = {place for _, cells in self._targets.values() for place, cell in enumerate(cells) if _is_formula(cell)}
        if not wanted:
            return {}
        typed = formulas_of(used)[self._old.first - 1 : self._old.last]
        typed += [[""] * len(self._grid.rows[0])] * (self._old.last - self._old.first + 1 - len(typed))
        return {place: [row[self._old.columns[place] - 1] for row in typed] for place in wanted}

    # --- formats -------------------------------------------------------------------------------

    def _cells(self, top: int, left: int, bottom: int, right: int) -> Any:
        return cells_at(self._sheet, (top, left, bottom, right))

    def _format(self, journal: Journal) -> None:
        """New rows and columns get their number formats and fills; a row changes its fill when its month is closed."""
        new = {self._plan.rows_after[key] for key in self._plan.added}
        turned = set(self._turned()) - new
        by_row = {self._plan.rows_after[key]: cells for key, (_, cells) in self._targets.items()}
        self._dress(new, by_row, journal)
        for place, column in enumerate(self._area.columns):
            rows = by_row.keys() - new if place in self._area.inserted else turned
            looks: dict[tuple[str, str], set[int]] = {}
            for row in rows:
                form = cell.format if (cell := by_row[row][place]) else {}
                looks.setdefault((form.get("num_format", ""), form.get("bg_color", "")), set()).add(row)
            for (code, fill), numbers in looks.items():
                for first, last in runs(numbers):
                    cells = self._cells(first, column, last, column)
                    if code:
                        journal.format(cells, "number_format", code)
                    journal.format(cells, "color", _rgb(fill))

    def _dress(self, rows: set[int], by_row: Mapping[int, Sequence[Cell | None]], journal: Journal) -> None:
        """Formats and fills of rows that were put in just now, whatever their neighbours left on them."""
        cells = {(row, self._area.columns[n]): cell for row in rows for n, cell in enumerate(by_row[row])}
        codes = {place: code for place, cell in cells.items() if (code := _code(cell))}
        dress(self._sheet, "number_format", codes, journal)
        dress(self._sheet, "color", {place: _rgb(_fill(cell)) for place, cell in cells.items()}, journal)

    def _turned(self) -> Iterator[int]:
        """Rows whose state was a formula and becomes a value, or the other way round."""
        for place, texts in self._formulas.items():
            for key, number in self._plan.rows_before.items():
                cell = self._targets[key][1][place]
                if texts[number - self._old.first].startswith("=") is not _is_formula(cell):
                    yield self._plan.rows_after[key]

    def _keep_kinds(self, written: Collection[tuple[int, int]], journal: Journal) -> None:
        """Before anything is written into these rows and recorded columns; in rows that were put in just now the
        formats are right already."""
        wanted = {
            (row, self._area.columns[place]): kind_code(cell)
            for key, (_, cells) in self._targets.items()
            if key in self._plan.rows_before
            for place, cell in enumerate(cells)
            if cell and ((row := self._plan.rows_after[key]), place) in written
        }
        keep_kinds(self._sheet, wanted, journal)

    # --- cells ---------------------------------------------------------------------------------

    def _links(self) -> set[int]:
        """The recorded columns that hold links."""
        return {place for _, cells in self._targets.values() for place, cell in enumerate(cells) if _is_link(cell)}

    def _column_groups(self, links: set[int]) -> Iterator[list[int]]:
        """Recorded columns that stand side by side on the sheet; a column of links by itself."""
        columns = self._area.columns
        group: list[int] = []
        for place, column in sorted(enumerate(columns), key=lambda each: each[1]):
            apart = place in links or (group and (group[-1] in links or column != columns[group[-1]] + 1))
            if group and apart:
                yield group
                group = []
            group.append(place)
        if group:
            yield group

    def _changed(self, group: list[int]) -> tuple[list[int], list[_Block]]:
        """The rows in which any of these columns differs, and what is to be written for them."""
        templates = {place: _Template(self._moves) for place in group}
        wanted: dict[int, list[Any]] = {}
        changed: dict[int, list[int]] = {}
        for key, (recorded_row, cells) in self._targets.items():
            row = self._plan.rows_after[key]
            wanted[row] = [templates[place].value(cells[place], recorded_row + 1, row) for place in group]
            if found := [n for n, place in enumerate(group) if self._differs(key, place, wanted[row][n])]:
                changed[row] = found
        blocks: list[_Block] = []
        for first, last in _blocks(list(changed), wanted):
            rows = range(first, last + 1)
            # Most of a row stays as it is. In a large block that counts for more than a few calls.
            narrow = len(rows) * len(group) > _LARGE
            differing = {n for row in rows for n in changed.get(row, ())} if narrow else range(len(group))
            for left, right in runs(differing):
                values = [wanted[row][left : right + 1] for row in rows]
                blocks.append(_Block(rows, group[left : right + 1], values))
        return list(changed), blocks

    def _new(self) -> set[int]:
        """The rows that were put in just now."""
        return {self._plan.rows_after[key] for key in self._plan.added}

    def _write_links(self, place: int, changed: set[int], journal: Journal) -> None:
        """Links of new rows as formulas, in blocks; of other rows one by one, over the link that is there.

        So are those of new rows that are too long for a formula.
        """
        column = self._area.columns[place]
        others: dict[int, Any] = {}
        new: dict[int, Any] = {}
        long: dict[int, Link] = {}
        for key, (_, cells) in self._targets.items():
            row, cell = self._plan.rows_after[key], cells[place]
            value = cell.value or None if cell else None
            if key not in self._plan.rows_before:
                new[row] = value.formula or None if isinstance(value, Link) else value
                if isinstance(value, Link) and not value.formula:
                    long[row] = value
            elif (isinstance(value, Link) and row in changed) or self._differs(key, place, value):
                others[row] = value
        self._keep_kinds({(row, place) for row in others}, journal)
        for row, value in others.items():
            cell = self._cells(row, column, row, column)
            if isinstance(value, Link):
                journal.link(cell, value.address, value.text)
            else:
                journal.write(cell, [[value]])
        for first, last in runs(new):
            journal.fill(self._cells(first, column, last, column), [[new[row]] for row in range(first, last + 1)])
        for row, value in long.items():
            journal.link(self._cells(row, column, row, column), value.address, value.text)

    def _differs(self, key: str, place: int, value: Any) -> bool:
        origin = self._plan.rows_before.get(key)
        if origin is None:
            return value is not None
        if place in self._formulas:
            typed = self._formulas[place][origin - self._old.first]
            if typed.startswith("=") or (isinstance(value, str) and value.startswith("=")):
                return bool(_plain(typed) != _plain(value))
        row = self._grid.rows[origin - 1]
        column = self._old.columns[place] - 1
        return not _same(row[column] if column < len(row) else None, value)


@dataclass(frozen=True, slots=True)
class _Block:
    """Rows of the sheet and recorded columns side by side, and what is written into them."""

    rows: range
    places: list[int]
    values: list[list[Any]]


class _Template:
    """Formulas of one column as they read on the sheet; those that only differ in their row are moved once."""

    def __init__(self, moves: RowMapping) -> None:
        self._moves = moves
        self._source = self._target = ""

    def value(self, cell: Cell | None, recorded_row: int, row: int) -> Any:
        """What is written into row ``row``."""
        if cell is None or cell.value == "":
            return None
        if not cell.is_formula:
            return cell.value
        if self._source.replace(str(FILL_ROW), str(recorded_row)) != cell.value:
            self._source = RowMapping("", letters={}).formula(cell.value, recorded_row, FILL_ROW)
            self._target = self._moves.formula(cell.value, recorded_row, FILL_ROW)
        return self._target.replace(str(FILL_ROW), str(row))


def _blocks(changed: Sequence[int], known: Mapping[int, Any]) -> Iterator[tuple[int, int]]:
    """Runs of rows to write: changed ones, and those between that are near; never a row that is not ours."""
    rows = sorted(changed)
    start = previous = 0
    for row in rows:
        if start and row - previous <= _GAP and all(each in known for each in range(previous, row)):
            previous = row
            continue
        if start:
            yield start, previous
        start = previous = row
    if start:
        yield start, previous


def _code(cell: Cell | None) -> str:
    """The number format of a new cell."""
    return (kind_code(cell) or str(cell.format.get("num_format", ""))) if cell else ""


def _fill(cell: Cell | None) -> str:
    return str(cell.format.get("bg_color", "")) if cell else ""


def _is_formula(cell: Cell | None) -> bool:
    return cell is not None and cell.is_formula


def _is_link(cell: Cell | None) -> bool:
    return cell is not None and isinstance(cell.value, Link)


def _same(live: Any, value: Any) -> bool:
    if isinstance(value, Link):
        value = value.text
    if value is None or value == "":
        return live is None or live == ""
    return bool(_moment(live) == _moment(value))


def _moment(value: Any) -> Any:
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime.combine(value, time())
    return value.replace(microsecond=0) if isinstance(value, datetime) else value


def _plain(formula: Any) -> Any:
    """A formula without the spaces that programs put in or leave out, and sheet names without needless quotes."""
    return formula.replace("'", "").replace(" ", "").upper() if isinstance(formula, str) else formula


def _rgb(colour: str) -> tuple[int, int, int] | None:
    if not colour:
        return None
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
