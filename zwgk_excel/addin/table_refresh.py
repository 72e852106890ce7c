"""One table of the open tracker brought up to date: rows come and go, cells are written in blocks, the rest stays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from zwgk_excel.addin.journal import FROM_ABOVE, FROM_BELOW, Journal
from zwgk_excel.addin.live import read_grid
from zwgk_excel.addin.rows import LiveRow, RowPlan, plan_rows, runs
from zwgk_excel.domain.text import clean
from zwgk_excel.layout.columns import Sheet
from zwgk_excel.workbooks.formats import TEXT
from zwgk_excel.workbooks.opening.grid import Grid, column_letters
from zwgk_excel.workbooks.reading.cell_reader import as_text
from zwgk_excel.workbooks.reading.sheet_reader import find_table, is_visible
from zwgk_excel.workbooks.tracker.assessed import SCORE_KEY, STEP_KEY
from zwgk_excel.workbooks.tracker.formula_moves import FILL_ROW, Moves
from zwgk_excel.workbooks.tracker.recorded import Cell, Link, RecordedSheet
from zwgk_excel.workbooks.tracker.sheet import FIRST_ROW, HEADER_ROW

KEYS: Mapping[str, tuple[str, ...]] = {
    "tracking": ("duty", "unit", "reference"),
    "matrix": ("unit",),
    "items": ("unit", "cycle", "file", "row"),
    "problems": ("file", "sheet", "cell", "code", "obligation"),
    "receipts": ("file", "sha256"),
    "letters": ("letter",),
    "scores": SCORE_KEY,
    "rectifications": STEP_KEY,
    "removed": ("obligation", "column"),
}
"""Sheet → the columns that say what a row is about."""
_GAP = 40
"""Changed rows that are no further apart are written in one block: a call costs more than a few cells."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a table lies on its sheet now; rows and columns count from 1."""

    header: int
    first: int
    last: int
    columns: tuple[int, ...]
    """The column of each recorded one, in their order."""

    def area(self, column: int) -> str:
        """The data cells of a column, absolute."""
        letters = column_letters(column - 1)
        return f"${letters}${self.first}:${letters}${self.last}"


class Unrecognised(Exception):
    """The sheet has been changed beyond recognition; its name is the argument."""


class TableRefresh:
    """Brings one sheet up to date; ``recorded`` is what the writer made of the same view."""

    def __init__(self, sheet: Any, shape: Sheet, recorded: RecordedSheet, journal: Journal) -> None:
        """``sheet`` is an xlwings sheet. Raises :class:`Unrecognised` where its table cannot be found."""
        self.sheet, self._shape, self._recorded, self._journal = sheet, shape, recorded, journal
        self.headings = [cell.value for cell in recorded.rows(HEADER_ROW)[HEADER_ROW] if cell]
        self._add_missing_columns()
        self.grid = read_grid(sheet)
        self.old = self._place(self.grid)
        self._targets = self._read_targets()
        self.plan = self._plan()
        self.place = Place(self.old.header, self.old.first, self.plan.last, self.old.columns)

    # --- where things are ----------------------------------------------------------------------

    def _positions(self, grid: Grid) -> tuple[int, list[int | None]]:
        """The header row and the column of each heading, from 1."""
        table = find_table(grid, self._shape)
        if table is None:
            raise Unrecognised(self.sheet.name)
        by_text = {clean(as_text(value)): place for place, value in enumerate(grid.rows[table.header])}
        found: list[int | None] = []
        for heading in self.headings:
            column = self._shape.find(heading)
            place = table.positions.get(column.key) if column else by_text.get(heading)
            found.append(None if place is None else place + 1)
        return table.header + 1, found

    def _add_missing_columns(self) -> None:
        """A new month of the matrix, or a column of ours that somebody deleted."""
        header, found = self._positions(read_grid(self.sheet))
        for number, column in enumerate(found):
            if column is None:
                at = 1 + max((each for each in found[:number] if each), default=0)
                formats = FROM_BELOW if number + 1 < len(found) and found[number + 1] else FROM_ABOVE
                self._journal.insert_column(self.sheet, at, formats)
                found = [each + 1 if each and each >= at else each for each in found]
                found[number] = at
                self._journal.write(self.sheet.range((header, at)), [[self.headings[number]]])
                self.sheet.range((1, at)).column_width = self._recorded.widths[number]

    def _place(self, grid: Grid) -> Place:
        header, found = self._positions(grid)
        columns = tuple(column for column in found if column)
        table = self._recorded.table
        names = [each.name for each in self.sheet.tables]
        if table and table[0] in names:
            last = self.sheet.tables[table[0]].range.last_cell.row
        else:
            filled = (n for n, row in enumerate(grid.rows, 1) if n > header and as_text(row[columns[0] - 1]))
            last = max(filled, default=header + 1)
        return Place(header, header + 1, max(last, header + 1), columns)

    # --- what there is and what there should be ------------------------------------------------

    def _keys_at(self) -> list[int]:
        headings = [self._shape.heading(key) for key in KEYS[self._shape.key]]
        return [self.headings.index(heading) for heading in headings]

    def _read_targets(self) -> dict[str, tuple[int, Sequence[Cell | None]]]:
        """Key → the recorded row and its cells, in their order; a number follows a key that comes again."""
        found: dict[str, tuple[int, Sequence[Cell | None]]] = {}
        keys = self._keys_at()
        for row, cells in self._recorded.rows(FIRST_ROW).items():
            parts = [_shown(cells[place]) for place in keys]
            if any(parts):
                found[_unique("/".join(parts), found)] = row, cells
        return found

    def _plan(self) -> RowPlan:
        live, seen = [], set[str]()
        keys = [self.old.columns[place] - 1 for place in self._keys_at()]
        for number in range(self.old.first, self.old.last + 1):
            row = self.grid.rows[number - 1] if number <= len(self.grid.rows) else []
            parts = [clean(as_text(row[place])) if place < len(row) else "" for place in keys]
            key = _unique("/".join(parts), seen) if any(parts) else ""
            seen.add(key)
            live.append(LiveRow(key, not any(is_visible(value) for value in row)))
        self._live_keys = [row.key for row in live]
        return plan_rows(live, self.old.first, list(self._targets))

    def key_at(self, row: int) -> str:
        """The key of a row of now; empty where it has none."""
        return self._live_keys[row - self.old.first]

    # --- doing it ------------------------------------------------------------------------------

    def apply(self) -> None:
        """Insert and delete rows, write what is different, and let table and formats follow."""
        self._formulas = self._live_formulas()
        for row, count in self.plan.inserts:
            self._journal.insert_rows(self.sheet, row, count, FROM_BELOW if row == self.old.first else FROM_ABOVE)
        for first, last in self.plan.deletes:
            self._journal.delete_rows(self.sheet, first, last)
        if self._recorded.table and self._recorded.table[0] in [each.name for each in self.sheet.tables]:
            table = self.sheet.tables[self._recorded.table[0]]
            right = table.range.last_cell.column
            cells = self.sheet.range((self.place.header, table.range.column), (self.place.last, right))
            self._journal.resize(table, cells)
        self._format()
        if self.plan.emptied:
            for column in self.place.columns:
                self._journal.clear(self.sheet.range((self.plan.emptied, column)))
        for group in self._column_groups():
            self._write_group(group)

    def _live_formulas(self) -> dict[int, list[str]]:
        """Recorded column → what each row of now has typed in it, for the columns that hold formulas."""
        wanted = {place for _, cells in self._targets.values() for place, cell in enumerate(cells) if _is_formula(cell)}
        found = {}
        for place in wanted:
            column = self.old.columns[place]
            texts = self.sheet.range((self.old.first, column), (self.old.last, column)).formula
            found[place] = [row[0] for row in texts] if isinstance(texts, list | tuple) else [texts]
        return found

    def _format(self) -> None:
        """New rows get their column's number format and fill; a row changes its fill when its month is closed."""
        rows = {self.plan.places[key] for key in self.plan.added} | set(self._turned())
        by_row = {self.plan.places[key]: cells for key, (_, cells) in self._targets.items()}
        for place, column in enumerate(self.place.columns):
            self._keep_kinds(place, column)
            looks: dict[tuple[str, str], set[int]] = {}
            for row in rows:
                form = cell.format if (cell := by_row[row][place]) else {}
                looks.setdefault((form.get("num_format", ""), form.get("bg_color", "")), set()).add(row)
            for (code, fill), numbers in looks.items():
                for first, last in runs(numbers):
                    cells = self.sheet.range((first, column), (last, column))
                    if code:
                        self._journal.format(cells, "number_format", code)
                    self._journal.format(cells, "color", _rgb(fill))

    def _turned(self) -> Iterator[int]:
        """Rows whose state was a formula and becomes a value, or the other way round."""
        for place, texts in self._formulas.items():
            for key, number in self.plan.origins.items():
                cell = self._targets[key][1][place]
                if texts[number - self.old.first].startswith("=") is not _is_formula(cell):
                    yield self.plan.places[key]

    def _keep_kinds(self, place: int, column: int) -> None:
        """Before anything is written: text that looks like a number must stay text, and no formula become one."""
        codes: dict[str, set[int]] = {}
        for key, (_, cells) in self._targets.items():
            if (cell := cells[place]) and (code := kind_code(cell)):
                codes.setdefault(code, set()).add(self.plan.places[key])
        for code, numbers in codes.items():
            for first, last in runs(numbers):
                self._journal.format(self.sheet.range((first, column), (last, column)), "number_format", code)

    def _column_groups(self) -> Iterator[list[int]]:
        """Recorded columns that stand side by side on the sheet; a column of links by itself."""
        links = {place for _, cells in self._targets.values() for place, cell in enumerate(cells) if _is_link(cell)}
        group: list[int] = []
        for place, column in sorted(enumerate(self.place.columns), key=lambda each: each[1]):
            apart = place in links or (group and (group[-1] in links or column != self.place.columns[group[-1]] + 1))
            if group and apart:
                yield group
                group = []
            group.append(place)
        if group:
            yield group

    def _write_group(self, group: list[int]) -> None:
        moves = self._moves()
        templates = {place: _Template(moves) for place in group}
        wanted: dict[int, list[Any]] = {}
        changed: list[int] = []
        for key, (recorded_row, cells) in self._targets.items():
            row = self.plan.places[key]
            wanted[row] = [templates[place].value(cells[place], recorded_row + 1, row) for place in group]
            if any(self._differs(key, place, value) for place, value in zip(group, wanted[row], strict=True)):
                changed.append(row)
        left = self.place.columns[group[0]]
        if any(isinstance(values[0], Link) for values in wanted.values()):
            for row in changed:
                self._write_link(self.sheet.range((row, left)), wanted[row][0])
            return
        for first, last in _blocks(changed, wanted):
            cells = self.sheet.range((first, left), (last, left + len(group) - 1))
            self._journal.write(cells, [wanted[row] for row in range(first, last + 1)])

    def _write_link(self, cell: Any, value: Any) -> None:
        if isinstance(value, Link):
            self._journal.link(cell, value.address, value.text)
        else:
            self._journal.write(cell, [[value]])

    def _differs(self, key: str, place: int, value: Any) -> bool:
        origin = self.plan.origins.get(key)
        if origin is None:
            return value is not None
        if place in self._formulas:
            typed = self._formulas[place][origin - self.old.first]
            if typed.startswith("=") or (isinstance(value, str) and value.startswith("=")):
                return bool(_plain(typed) != _plain(value))
        row = self.grid.rows[origin - 1]
        column = self.old.columns[place] - 1
        return not _same(row[column] if column < len(row) else None, value)

    def _moves(self) -> Moves:
        letters = {column_letters(n): column_letters(column - 1) for n, column in enumerate(self.place.columns)}
        return Moves(self.sheet.name, {HEADER_ROW + 1: self.place.header}, letters=letters)


class _Template:
    """Formulas of one column as they read on the sheet; those that only differ in their row are moved once."""

    def __init__(self, moves: Moves) -> None:
        self._moves = moves
        self._source = self._target = ""

    def value(self, cell: Cell | None, recorded_row: int, row: int) -> Any:
        """What is written into row ``row``."""
        if cell is None or cell.value == "":
            return None
        if not cell.is_formula:
            return cell.value
        if self._source.replace(str(FILL_ROW), str(recorded_row)) != cell.value:
            self._source = Moves("", letters={}).formula(cell.value, recorded_row, FILL_ROW)
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


def kind_code(cell: Cell) -> str:
    """The number format that a cell needs to take what is written into it; empty where any will do."""
    code = str(cell.format.get("num_format", ""))
    if cell.is_formula:
        return "General" if code == TEXT else code
    return TEXT if code == TEXT else ""


def _shown(cell: Cell | None) -> str:
    value = cell.value if cell else None
    if isinstance(value, Link):
        value = value.text
    return clean(as_text(value))


def _unique(key: str, taken: Any) -> str:
    number, name = 1, key
    while name in taken:
        number += 1
        name = f"{key}#{number}"
    return name


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
