"""Edits of single cells of the tables that the office keeps, and the rows that they are about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from zwgk_excel.domain.acts import Change
from zwgk_excel.domain.errors import ZwgkError
from zwgk_excel.domain.lint.tables import TableRow
from zwgk_excel.domain.problems import CellRef
from zwgk_excel.domain.text import clean_name, fold


class EditedTable(StrEnum):
    """One of the tables, as acts name it."""

    DUTIES = "duties"
    ROSTER = "roster"
    TASKS = "tasks"
    """The one-off tasks, a sheet of the duty table's workbook."""
    CATALOGUE = "catalogue"
    """标准目录."""
    CATALOGUE_IMPORTED = "catalogue_imported"
    """What its last import said, a sheet of its workbook."""

    @property
    def key(self) -> str:
        """The column that tells its rows apart."""
        return "name" if self is EditedTable.ROSTER else "id"


@dataclass(frozen=True, slots=True)
class CellEdit:
    """A cell that is to say something else. With its row's own name among the edits the row comes, or goes."""

    table: EditedTable
    row: str
    """Id of the duty or task, or name of the unit."""
    column: str
    """Column key."""
    before: str
    after: str

    @property
    def change(self) -> Change:
        """The edit as its act records it."""
        return Change(f"{self.table}/{self.row}/{self.column}", self.before, self.after)

    @classmethod
    def of(cls, change: Change) -> CellEdit:
        """The edit that an act recorded."""
        table, _, rest = change.subject.partition("/")
        row, _, column = rest.rpartition("/")
        return cls(EditedTable(table), row, column, change.before, change.after)


def reversed_edits(edits: Iterable[CellEdit]) -> tuple[CellEdit, ...]:
    """The edits that make the cells say again what they said before."""
    return tuple(replace(each, before=each.after, after=each.before) for each in edits)


class RowDiffersError(ZwgkError):
    """A row is not there, or a cell of it says something else than it should before it is edited."""

    def __init__(self, row: str, place: CellRef | None = None, column: str = "", found: str = "") -> None:
        super().__init__(row)
        self.row, self.place, self.column, self.found = row, place, column, found


@dataclass(frozen=True, slots=True)
class RowEdit:
    """What one row is to say."""

    row: TableRow | None
    """None for a new one."""
    cells: Mapping[str, str]
    """Column key → text; empty to clear the cell."""


def row_edits(rows: Sequence[TableRow], edits: Sequence[CellEdit]) -> tuple[RowEdit, ...]:
    """The rows of one table that the edits are about, with what they are to say.

    Raises RowDiffersError where a row is missing or says something else than what the edits begin with.
    """
    by_row: dict[str, list[CellEdit]] = {}
    for each in edits:
        by_row.setdefault(each.row, []).append(each)
    by_name: dict[str, list[TableRow]] = {}
    for row in rows if edits else ():
        by_name.setdefault(fold(clean_name(row[edits[0].table.key])), []).append(row)
    return tuple(_row_edit(by_name.get(fold(name), []), name, mine) for name, mine in by_row.items())


def _row_edit(named: Sequence[TableRow], name: str, edits: Sequence[CellEdit]) -> RowEdit:
    """``named`` are the rows of the edits' name."""
    key = edits[0].table.key
    cells = {each.column: each.after for each in edits}
    own = next((each for each in edits if each.column == key), None)
    if own is not None and not own.before:
        return RowEdit(None, cells)
    fitting = [row for row in named if all(row[each.column] == each.before for each in edits)]
    if own is not None:  # a row goes only as it came: what was typed into it since would be lost
        fitting = [row for row in fitting if not any(text for column, text in row.cells.items() if column not in cells)]
    if fitting:
        return RowEdit(fitting[-1], cells)
    if not named:
        raise RowDiffersError(name)
    row = named[-1]
    odd = next((each for each in edits if row[each.column] != each.before), None)
    column = odd.column if odd else next(each for each, text in row.cells.items() if text and each not in cells)
    raise RowDiffersError(name, row.at(column), column, row[column])


def says_already(rows: Sequence[TableRow], edits: Sequence[CellEdit]) -> bool:
    """Whether the rows say what the edits end with."""
    try:
        found = row_edits(rows, reversed_edits(edits))
    except RowDiffersError:
        return False
    # A row that went leaves nothing that could be compared: it must not be there.
    gone = [each for each in found if each.row is None]
    names = {fold(clean_name(row[edits[0].table.key])): row for row in rows}
    return not any(_same(names.get(fold(each.cells[edits[0].table.key])), each.cells) for each in gone)


def _same(row: TableRow | None, cells: Mapping[str, str]) -> bool:
    return row is not None and all(row[column] == text for column, text in cells.items())
