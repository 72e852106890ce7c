"""Reads the duty table and the roster from the workbooks that the office edits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from zwgk_excel.domain.deadlines import Policy
from zwgk_excel.domain.duties import Cadence
from zwgk_excel.domain.lint.catalogue import softened
from zwgk_excel.domain.lint.interpret import lint_tables
from zwgk_excel.domain.lint.tables import ReferenceTables, TableRow
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.problems import CellRef, Problem, problem, with_severities
from zwgk_excel.domain.text import clean_paragraph
from zwgk_excel.layout import seed
from zwgk_excel.layout.columns import Column, SheetLayout, layout
from zwgk_excel.layout.policy import shipped_policy
from zwgk_excel.layout.table_sheets import imported_sheet
from zwgk_excel.workbooks.excel import address
from zwgk_excel.workbooks.opening.file_kinds import PLAIN_TEXT
from zwgk_excel.workbooks.opening.guard import RejectedFileError, wrong_kind
from zwgk_excel.workbooks.opening.open_book import OpenedWorkbook, open_book
from zwgk_excel.workbooks.reading.cell_reader import as_text
from zwgk_excel.workbooks.reading.table_reader import LocatedTable, find_table, typed_rows
from zwgk_excel.workbooks.tables.write_tables import duty_table_workbook, roster_workbook

__all__ = ["duty_table_workbook", "load_tables", "read_duty_table", "read_roster", "roster_workbook"]

_OF_CELLS = frozenset({"cell_error", "cell_formula"})
"""Problems of a single cell that cannot be read."""
RowsAndProblems = tuple[list[TableRow], list[Problem]]


def load_tables(
    duty_data: bytes,
    duty_name: str,
    roster_data: bytes,
    roster_name: str,
    *,
    policy: Policy | None = None,
    unissued: Month | None = None,
    catalogue: tuple[bytes, str] | None = None,
) -> ReferenceTables:
    """Both workbooks parsed, with all findings of ``zwgk check``; names are for messages.

    ``policy`` (the shipped one where None) gives the monthly due day and the office's severities;
    ``unissued`` is the first month that is not issued, where any is; ``catalogue`` 标准目录.xlsx and its name, where
    the office has one.
    """
    policy = policy or shipped_policy()
    duty_rows, duty_problems = read_duty_table(duty_data, duty_name)
    task_rows, task_problems = read_table(duty_data, duty_name, layout("task_table")["tasks"])
    roster_rows, roster_problems = read_roster(roster_data, roster_name)
    officer_rows, officer_problems = read_table(roster_data, roster_name, layout("roster")["officers"])
    entry_rows, entry_problems = read_entries(*catalogue) if catalogue else ([], [])
    # The numbers that imports have given are wanted for what is told of a row without one.
    lacking = catalogue and not all(row["id"] for row in entry_rows)
    used = [row["id"] for row in read_table(*catalogue, imported_sheet())[0]] if catalogue and lacking else []
    tables = lint_tables(
        duty_rows,
        roster_rows,
        kind_groups=seed.kind_groups(),
        office_groups=seed.office_groups(),
        labels=seed.vocabulary(),
        due_day=_due_day(policy),
        unissued=unissued,
        final=policy.deadlines[Cadence.MONTHLY].final,
        task_rows=task_rows,
        officer_rows=officer_rows,
        entry_rows=entry_rows,
        used_entry_ids=used,
    )
    found = [*duty_problems, *task_problems, *roster_problems, *officer_problems, *entry_problems, *tables.problems]
    return replace(tables, problems=tuple(with_severities(found, policy.severities)))


def read_duty_table(data: bytes, name: str) -> RowsAndProblems:
    """The rows of a duty table's workbook and the problems of its table; ``name`` is for messages.

    Columns are found by their headings and aliases, in any order, unknown columns are ignored, blank rows skipped.
    Without rows there is always an error: table_unreadable, table_heading_missing or table_empty.
    """
    return read_table(data, name, layout("duty_table")["duties"])


def read_roster(data: bytes, name: str) -> RowsAndProblems:
    """The rows of a roster's workbook, as :func:`read_duty_table` reads a duty table's."""
    return read_table(data, name, layout("roster")["units"])


def read_entries(data: bytes, name: str) -> RowsAndProblems:
    """The rows of a catalogue, as :func:`read_duty_table` reads a duty table's.

    No month depends on it: one without entries (all taken out, an import undone) is as good as none, and a cell that
    cannot be read is no error.
    """
    rows, problems = read_table(data, name, layout("catalogue")["entries"])
    told = (each for each in problems if each.code != "table_empty")
    return rows, [softened(each) if each.code in _OF_CELLS else each for each in told]


def _due_day(policy: Policy) -> int | None:
    """The day that the notice asks for; None where the office has set another: it has decided then."""
    due = policy.deadlines[Cadence.MONTHLY].due
    return due.day if due is not None and due == shipped_policy().deadlines[Cadence.MONTHLY].due else None


def read_table(data: bytes, name: str, sheet: SheetLayout) -> RowsAndProblems:
    """The rows of a table, as :func:`read_duty_table` reads a duty table's.

    An optional one that is not there has no rows, and no problem; what makes the whole file unreadable is told of the
    table that must be in it.
    """
    try:
        book = open_book(data, name)
        if book.kind in PLAIN_TEXT:
            raise wrong_kind(book.kind, name)
        table = locate_table(book, sheet)
    except RejectedFileError as rejected:
        return [], [] if sheet.optional else [problem("table_unreadable", CellRef(name), reason=rejected.problem.found)]
    if table is None and sheet.optional:
        return [], []
    required = [column for column in sheet if column.required]
    missing = table.missing(required) if table else required
    if table is None or missing:
        place = CellRef(name, table.grid.sheet, _heading_cell(table)) if table else CellRef(name)
        return [], [problem("table_heading_missing", place, heading=column.heading) for column in missing]
    rows, problems = _rows(table, name)
    if not rows and not sheet.optional:
        problems.append(problem("table_empty", CellRef(name, table.grid.sheet, _heading_cell(table))))
    return rows, [*_odd_headings(table, name), *problems]


def locate_table(book: OpenedWorkbook, sheet: SheetLayout) -> LocatedTable | None:
    """A table of the office's: on the sheet of its proper name, else on the sheet with the most of its headings.

    An optional one is on the sheet of its name alone.
    """
    names = [sheet.name] if sheet.name in book.sheet_names or sheet.optional else book.sheet_names
    names = [each for each in names if each in book.sheet_names]
    grids = [grid for name in names if (grid := book.grid(name))]
    tables = [table for grid in grids if (table := find_table(grid, sheet))]
    return max(tables, key=lambda table: len(table.positions), default=None)


def _rows(table: LocatedTable, name: str) -> RowsAndProblems:
    rows: list[TableRow] = []
    problems: list[Problem] = []
    for number in typed_rows(table, table.sheet):
        places = {key: address(number, position) for key, position in table.positions.items()}
        first = CellRef(name, table.grid.sheet, places[table.sheet.columns[0].key])
        cells = {key: as_text(table.grid.seen(number, place)) for key, place in table.positions.items()}
        damaged = _damaged(table, number, first)
        rows.append(
            TableRow(first, {key: clean_paragraph(text) for key, text in cells.items()}, places, frozenset(damaged))
        )
        problems += damaged.values()
    return rows, problems


def _damaged(table: LocatedTable, number: int, first: CellRef) -> dict[str, Problem]:
    """Column key → the problem with an error value, or a formula without a cached result, in a row."""
    found = {}
    for key, position in table.positions.items():
        place, heading = first.at(address(number, position)), table.sheet.heading(key)
        if value := table.grid.errors.get((number, position)):
            found[key] = problem("cell_error", place, heading=heading, value=value)
        elif (number, position) in table.grid.uncached:
            found[key] = problem("cell_formula", place, heading=heading)
    return found


def _odd_headings(table: LocatedTable, name: str) -> Iterable[Problem]:
    """Problems with missing columns (one for all) and with columns that occur twice."""
    absent: list[Column] = table.missing(table.sheet)
    if absent:
        place = CellRef(name, table.grid.sheet, _heading_cell(table))
        yield problem("table_column_absent", place, heading="、".join(column.heading for column in absent))
    for position, key in table.repeated.items():
        place = CellRef(name, table.grid.sheet, address(table.header, position))
        yield problem("table_heading_repeated", place, heading=table.sheet.heading(key))


def _heading_cell(table: LocatedTable) -> str:
    return address(table.header, min(table.positions.values()))
