"""Reports every non-empty cell that is in no item, no answer and no other problem (codes text_outside,
sign_off, sheet_rest)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, islice

from zwgk_excel.domain.problems import CellRef, Problem, problem
from zwgk_excel.layout.columns import Column, ColumnKind
from zwgk_excel.workbooks.contract.template_text import is_check, is_hint
from zwgk_excel.workbooks.excel import address
from zwgk_excel.workbooks.opening.open_book import CellValue, Grid
from zwgk_excel.workbooks.opening.sheet_survey import Cell
from zwgk_excel.workbooks.reading.cell_reader import as_text
from zwgk_excel.workbooks.reading.find_sheets import TableSheet
from zwgk_excel.workbooks.reading.own_texts import own_cover_cells, own_example_cells
from zwgk_excel.workbooks.reading.sign_off import SIGN_OFF, are_sign_offs
from zwgk_excel.workbooks.reading.table_reader import LocatedTable, is_visible
from zwgk_excel.workbooks.reading.titles import ABOVE, find_title

_MOST = 300
"""So many complaints about one sheet; the rest is one complaint that names the range."""
_JOIN = " | "

UnmappedCell = tuple[Cell, str]


@dataclass(frozen=True, slots=True)
class ConsumedCells:
    """The cells of a table's sheet that are in an entry or a problem already."""

    rows: Collection[int]
    """Rows of items or of tasks, 0 for the sheet's first: their known columns were read, or are ours."""
    cells: Collection[Cell] = ()
    """Cells that a problem names."""


def unmapped_in_table_sheet(part: TableSheet, taken: ConsumedCells, file: str) -> Iterator[Problem]:
    """Report the cells of a table's sheet outside its rows and columns, except the template's own."""
    grid, table, place = part.grid, part.table, CellRef(file, part.grid.sheet)
    title = find_title(grid, part.sheet)
    hint = _hint(part, title)
    if title and hint is None and (below := (title[0] + 1, title[1])) not in taken.cells:
        text = _text_of(grid, *below)
        if text and (table is None or below[0] < table.header):
            yield problem("hint_changed", place.at(address(*below)), value=text)
            hint = below
    ours = {title, hint}

    columns = {place: part.sheet[key] for place, key in table.keys.items()} if table else {}

    def is_left(row: int, column: int) -> bool:
        if (row, column) in ours or (row, column) in taken.cells:
            return False
        if table and row <= table.header:
            return not _is_heading(table, row, column)
        return column not in columns or not _belongs(columns[column], grid.value(row, column), row in taken.rows)

    # Nearly every cell was read with its row, which is told without a look at its value.
    plain = {place for place, column in columns.items() if _is_read_with_row(column)}
    known = {row for row in taken.rows if table and row > table.header}
    filled = _filled(grid, _formula_columns(table))
    cells = (cell for cell in filled if not (cell[1] in plain and cell[0] in known) and is_left(*cell))
    yield from _named(grid, _with_text(grid, cells), place)


def unmapped_on_cover(grid: Grid, file: str, also: Collection[Cell] = ()) -> Iterator[Problem]:
    """Report the cells of the cover that are not the template's own, wherever they are.

    ``also`` are cells of the template that hold what was read nowhere.
    """
    own = own_cover_cells(grid).difference(also)
    cells = (cell for cell in _filled(grid) if cell not in own)
    yield from _named(grid, _with_text(grid, cells), CellRef(file, grid.sheet))


def unmapped_on_example(grid: Grid, file: str) -> Iterator[Problem]:
    """Report the cells of 填写示例 that are not the template's own: an item typed over the sample, too."""
    own = own_example_cells(grid)
    cells = (cell for cell in _filled(grid) if cell not in own)
    yield from _named(grid, _with_text(grid, cells), CellRef(file, grid.sheet))


def unmapped_sheet(grid: Grid, file: str) -> Iterator[Problem]:
    """Report the cells of a sheet without a role, one problem per row."""
    rows: dict[int, list[UnmappedCell]] = {}
    for cell, text in _with_text(grid, _filled(grid)):
        rows.setdefault(cell[0], []).append((cell, text))
    joined = ((found[0][0], _JOIN.join(text for _, text in found)) for found in rows.values())
    yield from _named(grid, joined, CellRef(file, grid.sheet))


def _named(grid: Grid, found: Iterable[UnmappedCell], place: CellRef) -> Iterator[Problem]:
    cells = iter(found)
    named = list(islice(cells, _MOST))
    for cell, text, signed in _signed(named):
        yield problem(SIGN_OFF if signed else "text_outside", place.at(address(*cell)), value=text)
    rest = [cell for cell, _ in cells]
    if rest:
        rows, columns = sorted(row for row, _ in rest), [column for _, column in rest]
        last = max(*columns, *(len(row) - 1 for row in grid.rows[:1]))
        area = f"{address(rows[0], min(columns))}:{address(rows[-1], last)}"
        yield problem("sheet_rest", place.at(area), count=len(rest))


def _signed(found: Iterable[UnmappedCell]) -> Iterator[tuple[Cell, str, bool]]:
    """Each cell with its text, and whether its row is one of sign-offs."""
    for _, row in groupby(found, key=lambda each: each[0][0]):
        cells = list(row)
        signed = are_sign_offs([text for _, joined in cells for text in joined.split(_JOIN)])
        yield from ((cell, text, signed) for cell, text in cells)


def _hint(part: TableSheet, title: Cell | None) -> Cell | None:
    """The cell of the template's hint, above the headings."""
    header = part.table.header if part.table else ABOVE
    first = title[0] if title else 0
    rows = enumerate(part.grid.rows[first : max(header, 0)], first)
    return next(((row, c) for row, each in rows for c, raw in enumerate(each) if is_hint(part.sheet, raw)), None)


def _formula_columns(table: LocatedTable | None) -> Collection[int]:
    """Columns that hold thousands of the template's formulas."""
    return {place for place, key in table.keys.items() if table.sheet[key].kind is ColumnKind.CHECK} if table else ()


def _filled(grid: Grid, formulas: Collection[int] = ()) -> list[Cell]:
    """The non-empty cells, row by row, without formulas in the columns ``formulas``."""
    cells = [
        (row, column)
        for row, each in enumerate(grid.rows)
        if each.count(None) < len(each)
        for column, raw in enumerate(each)
        if raw is not None
    ]
    damaged = [cell for cell in grid.errors if cell[1] not in formulas]
    damaged += [(row, c) for c, rows in grid.uncached.rows.items() if c not in formulas for row in rows]
    return sorted({*cells, *damaged}) if damaged else cells


def _with_text(grid: Grid, cells: Iterable[Cell]) -> Iterator[UnmappedCell]:
    """(Cell, text) of the cells that show something."""
    return ((cell, text) for cell in cells if (text := _text_of(grid, *cell)))


def _text_of(grid: Grid, row: int, column: int) -> str:
    if (row, column) in grid.uncached:
        return "（公式）"
    raw = grid.errors.get((row, column)) or grid.seen(row, column)
    return as_text(raw).strip() if is_visible(raw) else ""


def _belongs(column: Column, raw: CellValue, read: bool) -> bool:
    """Whether a cell below the headings was ``read`` with its row, or is a formula of the template."""
    if column.kind is ColumnKind.CHECK:
        return raw is None or is_check(raw)
    return read and (_is_read_with_row(column) or raw is None or isinstance(raw, int))


def _is_read_with_row(column: Column) -> bool:
    """Whether any content of a column is read with its row: false for columns of template formulas."""
    return column.kind is not ColumnKind.CHECK and (column.kind is not ColumnKind.INTEGER or column.input)


def _is_heading(table: LocatedTable, row: int, column: int) -> bool:
    if column in table.raised:
        return row == table.header - 1
    return row == table.header and (column in table.keys or column in table.repeated)
