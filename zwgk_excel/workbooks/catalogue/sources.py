"""Opens the files that counties publish their catalogues in, as grids of texts with merged cells resolved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from zwgk_excel.domain.problems import CellRef, Problem, problem
from zwgk_excel.domain.text import clean_paragraph
from zwgk_excel.workbooks.excel import address
from zwgk_excel.workbooks.opening.book import Grid
from zwgk_excel.workbooks.opening.file_kinds import FileKind
from zwgk_excel.workbooks.opening.guard import package_kind
from zwgk_excel.workbooks.opening.open_book import open_book
from zwgk_excel.workbooks.opening.rejected import RejectedFileError
from zwgk_excel.workbooks.opening.sheet_survey import Cell
from zwgk_excel.workbooks.opening.word_tables import word_tables
from zwgk_excel.workbooks.opening.zip_parts import directory
from zwgk_excel.workbooks.reading.cell_reader import as_text

ROWS, COLUMNS = 20_000, 64
"""Limits of a published table: the 26 domains together have some 2,000 rows and 17 columns."""
_MERGED = ROWS * COLUMNS
"""Cells that all merged ranges of a table may cover: none covers another."""
_ZIP = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class SourceGrid:
    """One sheet, or one table of a document."""

    file: str
    sheet: str
    rows: Sequence[Sequence[str]]
    """Texts, of merged cells in each of them."""
    first: Mapping[Cell, Cell]
    """Cell within a merged range → the first one of it, which holds its text."""
    above: Sequence[str] = ()
    """The paragraphs above it, in a document."""
    faults: Mapping[Cell, str] = field(default_factory=dict)
    """Cell → the error value that stands in it, or empty for a formula without a result."""

    def text(self, row: int, column: int) -> str:
        """The text of a cell; empty outside of the grid."""
        return self.rows[row][column] if row < len(self.rows) and column < len(self.rows[row]) else ""

    def owns(self, row: int, column: int) -> bool:
        """Whether the cell's text is its own, and not that of a merged range which begins elsewhere."""
        return self.first.get((row, column), (row, column)) == (row, column)

    def place(self, row: int, column: int) -> CellRef:
        """The cell, for messages."""
        return CellRef(self.file, self.sheet, address(row, column))


def source_grids(data: bytes, name: str) -> tuple[list[SourceGrid], list[Problem]]:
    """The grids of a file from its bytes, and the problems of the sheets that cannot be read.

    ``name`` is for messages. Raises RejectedFileError as :func:`zwgk_excel.workbooks.opening.open_book.open_book` does.
    """
    if data.startswith(_ZIP) and package_kind(data, directory(data, name), name) is FileKind.DOCX:
        tables = enumerate(word_tables(data, name), 1)
        return [_grid(name, f"第 {n} 个表", each.rows, each.merged, above=each.above) for n, each in tables], []
    book = open_book(data, name)
    # That a page or a text was read by its tables is no fault of a catalogue.
    grids, problems = [], [_advised(each) for each in book.problems if each.code != "file_as_text"]
    for sheet in book.sheet_names:
        try:
            if (grid := book.grid(sheet)) and grid.rows:
                grids.append(_of_sheet(name, grid))
        except RejectedFileError as rejected:
            problems.append(_advised(rejected.problem))
    return grids, problems


def _advised(found: Problem) -> Problem:
    """A problem of any file with advice for a catalogue: the usual one is for the units and their reports."""
    return replace(found, expected="", action="请打开检查，另存后再导入")


def _of_sheet(name: str, grid: Grid) -> SourceGrid:
    faults = {**dict.fromkeys(grid.uncached, ""), **grid.errors}
    _check(name, grid.sheet, len(grid.rows), min(COLUMNS, max(map(len, grid.rows))))
    rows = [[_text(grid, row, column) for column in range(min(len(c), COLUMNS))] for row, c in enumerate(grid.rows)]
    return _grid(name, grid.sheet, rows, grid.merged, faults=faults)


def _text(grid: Grid, row: int, column: int) -> str:
    raw = grid.seen(row, column)
    return clean_paragraph(as_text(raw)) if raw is not None else ""


def _grid(
    file: str,
    sheet: str,
    rows: list[list[str]],
    merged: Iterable[tuple[Cell, Cell]],
    *,
    above: Sequence[str] = (),
    faults: Mapping[Cell, str] | None = None,
) -> SourceGrid:
    _check(file, sheet, len(rows), max(map(len, rows), default=0))
    rows = [[clean_paragraph(text) for text in row] for row in rows]
    first: dict[Cell, Cell] = {}
    covered = 0
    for (top, left), (bottom, right) in merged:
        last_row, last_column = min(bottom, len(rows) - 1), min(right, COLUMNS - 1)
        covered += max(0, last_row - top + 1) * max(0, last_column - left + 1)
        if covered > _MERGED:
            raise _too_large(file, sheet, covered, COLUMNS)
        for row in range(top, last_row + 1):
            for column in range(left, min(last_column, len(rows[row]) - 1) + 1):
                first[row, column] = (top, left)
                rows[row][column] = rows[top][left]
    return SourceGrid(file, sheet, rows, first, tuple(map(clean_paragraph, above)), faults or {})


def _check(file: str, sheet: str, rows: int, columns: int) -> None:
    if rows > ROWS or columns > COLUMNS:
        raise _too_large(file, sheet, rows, columns)


def _too_large(file: str, sheet: str, rows: int, columns: int) -> RejectedFileError:
    values = {"rows": rows, "columns": columns, "limit_rows": ROWS, "limit_columns": COLUMNS}
    return RejectedFileError(problem("sheet_too_large", CellRef(file, sheet), obligation="", **values))
