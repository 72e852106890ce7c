"""Reads the columns that the office fills in the tracker; columns are found by heading, in any order and on any row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from zwgk_excel.domain.decisions import ActiveDecisions
from zwgk_excel.domain.problems import CellRef, Problem, problem
from zwgk_excel.domain.text import clean
from zwgk_excel.layout.columns import Column, ColumnKind, SheetLayout, layout
from zwgk_excel.workbooks.excel import address
from zwgk_excel.workbooks.reading.cell_reader import as_text
from zwgk_excel.workbooks.reading.table_reader import LocatedTable, ParsedRow, is_visible, read_row, typed_rows
from zwgk_excel.workbooks.tracker.previous.remarks import read_rectification_inputs, read_remarks
from zwgk_excel.workbooks.tracker.rows.row_keys import KEY_COLUMNS, GridSource, find_tracking, key_of
from zwgk_excel.workbooks.tracker.rows.view import RectificationInput

LEDGER_REVISION_KEY = "revision"
"""Key of the hidden sheet: how many decisions the ledger held when the tracker was made."""
LAST_ACT_KEY = "acts"
"""Key of the hidden sheet: the number of the last act then."""


@dataclass(frozen=True, slots=True)
class OfficeEntry:
    """The office's cells in the row of one obligation."""

    obligation: str
    extended_to: date | None
    waived: bool
    opinion: str
    place: CellRef
    """The first of the office's cells in the row."""
    unread: frozenset[str] = frozenset()
    """Keys of the columns that are missing or could not be understood: their values here mean nothing."""

    def over(self, before: ActiveDecisions) -> ActiveDecisions:
        """The decisions that the cells ask for; those of ``before`` where a column could not be read."""
        return ActiveDecisions(
            before.extended_to if "extended_to" in self.unread else self.extended_to,
            before.waived if "waived" in self.unread else self.waived,
            before.opinion if "opinion" in self.unread else self.opinion,
        )


@dataclass(frozen=True, slots=True)
class OfficeInput:
    """The office's inputs of one tracker."""

    entries: tuple[OfficeEntry, ...] = ()
    """One for each row with an obligation, empty ones too: a value taken out again is a decision."""
    problems: tuple[Problem, ...] = ()
    revision: int | None = None
    """The number of decisions in the ledger when the tracker was made; None where the file has none."""
    acts: int | None = None
    """The number of the last act when the tracker was made; None where the file has none."""
    remarks: Mapping[str, str] = field(default_factory=dict)
    """整改情况 by the key of its line of the scores."""
    mended: Mapping[str, RectificationInput] = field(default_factory=dict)
    """整改措施 and 销号日期 by the key of their line of the rectification ledger."""


def office_of(book: GridSource, name: str) -> OfficeInput:
    """The office's columns of a tracker, a file or an open one; ``name`` is the file's, for messages.

    Rows may be sorted, filtered or hidden, columns moved. Of an obligation listed twice the first row counts. Raises
    what ``book`` raises for a sheet that cannot be read.
    """
    sheet = layout("tracker")["tracking"]
    table = find_tracking(book)
    remarks = read_remarks(book)
    mended, wrong = read_rectification_inputs(book, name)
    if table is None:
        missing_sheet = problem("sheet_missing", CellRef(name), value=sheet.name)
        return OfficeInput(problems=(missing_sheet, *wrong), remarks=remarks, mended=mended)
    revision, acts = (_number(book, key) for key in (LEDGER_REVISION_KEY, LAST_ACT_KEY))
    missing = table.missing(sheet[key] for key in KEY_COLUMNS)
    absent = [*missing, *table.missing(_office_columns(sheet))]
    place = CellRef(name, table.grid.sheet, address(table.header, 0))
    problems = [problem("table_heading_missing", place, heading=column.heading) for column in absent]
    entries = {} if missing else _entries(table, name, problems)
    return OfficeInput(tuple(entries.values()), (*problems, *wrong), revision, acts, remarks, mended)


def _office_columns(sheet: SheetLayout) -> list[Column]:
    return [column for column in sheet if column.office]


def _entries(table: LocatedTable, name: str, problems: list[Problem]) -> dict[str, OfficeEntry]:
    entries: dict[str, OfficeEntry] = {}
    columns = _office_columns(table.sheet)
    for number in typed_rows(table, table.sheet):
        key = key_of(table, number)
        if not key:
            problems += _outside(table, number, name)
            continue
        row = read_row(table, number, columns, name, by=date.max)
        problems += _for_the_office(table, row, columns)
        entry = _entry(key, table, row, name)
        if (first := entries.setdefault(key, entry)) is not entry and _differ(first, entry):
            problems.append(problem("office_row_repeated", entry.place, obligation=key, key=key))
    return entries


def _entry(key: str, table: LocatedTable, row: ParsedRow, name: str) -> OfficeEntry:
    present = [column for column in _office_columns(table.sheet) if column.key in table.positions]
    absent = {column.key for column in table.missing(_office_columns(table.sheet))}
    cell = address(row.number - 1, min((table.positions[column.key] for column in present), default=0))
    return OfficeEntry(
        key,
        row.values["extended_to"],
        row.values["waived"] == "yes",
        row.values["opinion"],
        CellRef(name, table.grid.sheet, cell),
        row.unread | absent,
    )


def _differ(first: OfficeEntry, other: OfficeEntry) -> bool:
    return replace(other, place=first.place) != first


def _for_the_office(table: LocatedTable, row: ParsedRow, columns: list[Column]) -> Iterator[Problem]:
    """The problems of the office's cells, with texts that do not ask for sending a file again."""
    texts = layout("tracker").settings["texts"]
    expected = {ColumnKind.DATE: texts["date_expected"], ColumnKind.CHOICE: texts["choice_expected"]}
    by_cell = {address(row.number - 1, table.positions[c.key]): c for c in columns if c.key in table.positions}
    for each in row.problems:
        column = by_cell[each.place.cell]
        if not each.is_error or column.key not in row.unread:
            # A long opinion is taken as it is; what was understood is told as it was.
            if not each.is_error:
                yield each
            continue
        raw = table.grid.value(row.number - 1, table.positions[column.key])
        value = as_text(raw) or table.grid.errors.get((row.number - 1, table.positions[column.key]), "")
        wanted = expected.get(column.kind, column.heading)
        key = key_of(table, row.number - 1)
        values = {"heading": column.heading, "value": value, "expected_value": wanted}
        yield problem("office_cell_form", each.place, obligation=key, **values)


def _outside(table: LocatedTable, number: int, name: str) -> Iterator[Problem]:
    """Problems for the office's cells in rows without an obligation."""
    for column in _office_columns(table.sheet):
        place = table.positions.get(column.key)
        if place is not None and is_visible(raw := table.grid.value(number, place)):
            where = CellRef(name, table.grid.sheet, address(number, place))
            yield problem("text_outside", where, value=clean(as_text(raw)))


def _number(book: GridSource, key: str) -> int | None:
    """A number of the hidden sheet."""
    grid = book.grid(layout("tracker")["identity"].name)
    rows = grid.rows if grid else []
    found = next((as_text(row[1]) for row in rows if len(row) > 1 and row[0] == key), "")
    return int(found) if found.isascii() and found.isdecimal() else None
