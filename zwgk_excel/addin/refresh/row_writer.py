"""The cells of one table of the open tracker: formats first, then what is different, in blocks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from zwgk_excel.addin.refresh.journal import Journal
from zwgk_excel.addin.refresh.live_book import formulas_of, used_cells
from zwgk_excel.addin.refresh.row_plan import RowPlan, runs
from zwgk_excel.workbooks.excel import column_letters
from zwgk_excel.workbooks.opening.open_book import Grid
from zwgk_excel.workbooks.tracker.previous.formula_moves import FILL_ROW, RowMapping
from zwgk_excel.workbooks.tracker.recording_workbook import Cell, Link
from zwgk_excel.workbooks.tracker.sheets.page import HEADER_ROW
from zwgk_excel.workbooks.writing.formats import TEXT

Targets = Mapping[str, tuple[int, Sequence[Cell | None]]]
"""Key → the recorded row (from 0) and its cells, in their order."""
_GAP = 40
"""Changed rows that are no further apart are written in one block: a call costs more than a few cells."""


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
        # A row that reads otherwise may have to be opened elsewhere, so links are written last.
        for group in sorted(self._column_groups(links), key=lambda group: group[0] in links):
            if group[0] in links:
                self._write_links(group[0], changed, journal)
            else:
                changed.update(self._write_group(group, journal))

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
        """A block of the sheet; by its address it is one call, by the numbers of its corners three."""
        return self._sheet.range(f"{column_letters(left - 1)}{top}:{column_letters(right - 1)}{bottom}")

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
        for name, look in (("number_format", _code), ("color", _fill)):
            wanted = {(row, place): look(cell) for row in rows for place, cell in enumerate(by_row[row])}
            for top, left, bottom, right, value in self._rectangles(wanted):
                if value or name == "color":
                    journal.dress(
                        self._cells(top, left, bottom, right), name, value if name != "color" else _rgb(value)
                    )

    def _rectangles(self, wanted: Mapping[tuple[int, int], str]) -> Iterator[tuple[int, int, int, int, str]]:
        """Top, left, bottom and right of blocks of the sheet with one value, of (row, recorded column) → value."""
        columns: dict[tuple[int, int, str], set[int]] = defaultdict(set)
        by_place: dict[tuple[int, str], set[int]] = defaultdict(set)
        for (row, place), value in wanted.items():
            by_place[place, value].add(row)
        for (place, value), rows in by_place.items():
            for first, last in runs(rows):
                columns[first, last, value].add(self._area.columns[place])
        for (first, last, value), places in columns.items():
            for left, right in runs(places):
                yield first, left, last, right, value

    def _turned(self) -> Iterator[int]:
        """Rows whose state was a formula and becomes a value, or the other way round."""
        for place, texts in self._formulas.items():
            for key, number in self._plan.rows_before.items():
                cell = self._targets[key][1][place]
                if texts[number - self._old.first].startswith("=") is not _is_formula(cell):
                    yield self._plan.rows_after[key]

    def _keep_kinds(self, rows: Collection[int], group: Sequence[int], journal: Journal) -> None:
        """Before anything is written into these rows: text that looks like a number must stay text, and no formula
        become one. In rows that were put in just now the formats are right already."""
        wanted = {
            (row, place): code
            for key, (_, cells) in self._targets.items()
            if key in self._plan.rows_before and (row := self._plan.rows_after[key]) in rows
            for place in group
            if (cell := cells[place]) and (code := kind_code(cell))
        }
        for top, left, bottom, right, code in self._rectangles(wanted):
            # Asked as a block; where not all of it is so, column by column, so that each can be taken back.
            if self._cells(top, left, bottom, right).number_format != code:
                for column in range(left, right + 1):
                    journal.format(self._cells(top, column, bottom, column), "number_format", code)

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

    def _write_group(self, group: list[int], journal: Journal) -> list[int]:
        """Write the rows in which any of these columns differs; returns them."""
        templates = {place: _Template(self._moves) for place in group}
        wanted: dict[int, list[Any]] = {}
        changed: list[int] = []
        for key, (recorded_row, cells) in self._targets.items():
            row = self._plan.rows_after[key]
            wanted[row] = [templates[place].value(cells[place], recorded_row + 1, row) for place in group]
            if any(self._differs(key, place, value) for place, value in zip(group, wanted[row], strict=True)):
                changed.append(row)
        left, new = self._area.columns[group[0]], self._new()
        for first, last in _blocks(changed, wanted):
            block = range(first, last + 1)
            self._keep_kinds(block, group, journal)
            write = journal.fill if new.issuperset(block) else journal.write
            write(self._cells(first, left, last, left + len(group) - 1), [wanted[row] for row in block])
        return changed

    def _new(self) -> set[int]:
        """The rows that were put in just now."""
        return {self._plan.rows_after[key] for key in self._plan.added}

    def _write_links(self, place: int, changed: set[int], journal: Journal) -> None:
        """Links of new rows as formulas, in blocks; of other rows one by one, over the link that is there.

        So are those of new rows that are too long for a formula.
        """
        column = self._area.columns[place]
        new: dict[int, Any] = {}
        long: dict[int, Link] = {}
        for key, (_, cells) in self._targets.items():
            row, cell = self._plan.rows_after[key], cells[place]
            value = cell.value or None if cell else None
            if key not in self._plan.rows_before:
                new[row] = value.formula or None if isinstance(value, Link) else value
                if isinstance(value, Link) and not value.formula:
                    long[row] = value
            elif isinstance(value, Link) and (row in changed or self._differs(key, place, value)):
                self._keep_kinds((row,), (place,), journal)
                journal.link(self._cells(row, column, row, column), value.address, value.text)
            elif self._differs(key, place, value):
                self._keep_kinds((row,), (place,), journal)
                journal.write(self._cells(row, column, row, column), [[value]])
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


def kind_code(cell: Cell) -> str:
    """The number format that a cell needs to take what is written into it; empty where any will do."""
    code = str(cell.format.get("num_format", ""))
    if isinstance(cell.value, Link):
        # The text of a link that is no formula is typed in: a file may be called =1+1.xlsx.
        return (code or "General") if cell.value.formula else TEXT
    if cell.is_formula:
        return "General" if code == TEXT else code
    return TEXT if code == TEXT else ""


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
