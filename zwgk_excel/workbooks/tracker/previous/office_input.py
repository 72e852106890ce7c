"""Reads the columns that the office fills in the tracker; columns are found by heading, in any order and on any row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cache

from zwgk_excel.domain.decisions import ActiveDecisions
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.problems import CellRef, Problem, problem
from zwgk_excel.domain.text import clean, fold, parse_date
from zwgk_excel.layout.columns import Column, ColumnKind, SheetLayout, layout
from zwgk_excel.workbooks.excel import address
from zwgk_excel.workbooks.opening.open_book import CellValue
from zwgk_excel.workbooks.reading.cell_reader import as_text
from zwgk_excel.workbooks.reading.table_reader import LocatedTable, ParsedRow, is_visible, read_row, typed_rows
from zwgk_excel.workbooks.tracker.previous.remarks import read_rectification_inputs, read_remarks
from zwgk_excel.workbooks.tracker.previous.tray_input import FORMULA, read_tray
from zwgk_excel.workbooks.tracker.rows.row_keys import KEY_COLUMNS, GridSource, find_tracking, key_of
from zwgk_excel.workbooks.tracker.rows.row_values import refusal_mark, refused_text
from zwgk_excel.workbooks.tracker.rows.view import RectificationInput, RefusedCell, TrayEntry, TypedValue

_DAY_ZERO, _LEAP_1900 = datetime(1899, 12, 31), datetime(1900, 3, 1)
"""The day of the number 0, and the day before which numbers are counted from it: Excel knows a 29 February 1900."""

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
    """Keys of the columns that are missing, could not be understood, or were emptied after they were refused: their
    values here mean nothing."""
    typed: Mapping[str, TypedValue] = field(default_factory=dict)
    """Column key → what stands in its cell, of those that are not empty."""

    def over(self, before: ActiveDecisions) -> ActiveDecisions:
        """The decisions that the cells ask for; those of ``before`` where a column could not be read."""
        return replace(
            before,
            extended_to=before.extended_to if "extended_to" in self.unread else self.extended_to,
            waived=before.waived if "waived" in self.unread else self.waived,
            opinion=before.opinion if "opinion" in self.unread else self.opinion,
        )


@dataclass(frozen=True, slots=True)
class OfficeInput:
    """The office's inputs of one tracker."""

    entries: tuple[OfficeEntry, ...] = ()
    """One for each row with an obligation, empty ones too: a value taken out again is a decision."""
    problems: tuple[Problem, ...] = ()
    """Those with the tables; those with single cells are in ``refused``."""
    refused: tuple[RefusedCell, ...] = ()
    """The cells of the tracking sheet that could not be understood."""
    revision: int | None = None
    """The number of decisions in the ledger when the tracker was made; None where the file has none."""
    acts: int | None = None
    """The number of the last act when the tracker was made; None where the file has none."""
    remarks: Mapping[str, str] = field(default_factory=dict)
    """整改情况 by the key of its line of the scores."""
    mended: Mapping[str, RectificationInput] = field(default_factory=dict)
    """整改措施 and 销号日期 by the key of their line of the rectification ledger."""
    tray: tuple[TrayEntry, ...] = ()
    """The rows of 待处理 with anything typed in them."""


def office_of(book: GridSource, name: str) -> OfficeInput:
    """The office's columns of a tracker, a file or an open one; ``name`` is the file's, for messages.

    Rows may be sorted, filtered or hidden, columns moved. Of an obligation listed twice the first row counts. Raises
    what ``book`` raises for a sheet that cannot be read.
    """
    sheet = layout("tracker")["tracking"]
    table = find_tracking(book)
    remarks = read_remarks(book)
    mended, wrong = read_rectification_inputs(book, name)
    tray = read_tray(book, name)
    if table is None:
        missing_sheet = problem("sheet_missing", CellRef(name), value=sheet.name)
        return OfficeInput(problems=(missing_sheet, *wrong), remarks=remarks, mended=mended, tray=tray)
    revision, acts = (_number(book, key) for key in (LEDGER_REVISION_KEY, LAST_ACT_KEY))
    missing = table.missing(sheet[key] for key in KEY_COLUMNS)
    absent = [*missing, *table.missing(_office_columns(sheet))]
    place = CellRef(name, table.grid.sheet, address(table.header, 0))
    problems = [problem("table_heading_missing", place, heading=column.heading) for column in absent]
    refused: list[RefusedCell] = []
    entries = {} if missing else _entries(table, name, problems, refused)
    found = tuple(entries.values())
    return OfficeInput(found, (*problems, *wrong), tuple(refused), revision, acts, remarks, mended, tray)


def _office_columns(sheet: SheetLayout) -> list[Column]:
    return [column for column in sheet if column.office]


def _entries(
    table: LocatedTable, name: str, problems: list[Problem], refused: list[RefusedCell]
) -> dict[str, OfficeEntry]:
    entries: dict[str, OfficeEntry] = {}
    columns = _office_columns(table.sheet)
    for number in typed_rows(table, table.sheet):
        key = key_of(table, number)
        if not key:
            problems += _outside(table, number, name)
            continue
        cells = _OfficeCells(table, number, name, key)
        row = cells.understood(read_row(table, number, columns, name, by=cells.latest))
        entry = _entry(key, table, row, name, cells)
        if (first := entries.setdefault(key, entry)) is entry:
            refused += (cells.refused(column) for column in columns if column.key in row.unread)
        elif _differ(first, entry):
            problems.append(problem("office_row_repeated", entry.place, obligation=key, key=key))
    return entries


def _entry(key: str, table: LocatedTable, row: ParsedRow, name: str, cells: _OfficeCells) -> OfficeEntry:
    columns = _office_columns(table.sheet)
    present = [column for column in columns if column.key in table.positions]
    absent = {column.key for column in table.missing(columns)}
    cell = address(row.number - 1, min((table.positions[column.key] for column in present), default=0))
    return OfficeEntry(
        key,
        row.values["extended_to"],
        row.values["waived"] == "yes",
        row.values["opinion"],
        CellRef(name, table.grid.sheet, cell),
        row.unread | absent | cells.put_right(),
        cells.typed(),
    )


class _OfficeCells:
    """The office's cells of one row, as they were typed."""

    def __init__(self, table: LocatedTable, row: int, name: str, key: str) -> None:
        self._table, self._row, self._name, self._key = table, row, name, key
        self.latest = _latest_day(as_text(self._raw("cycle")))
        """The day up to which a date without a year is looked for."""

    def _raw(self, key: str) -> CellValue:
        place = self._table.positions.get(key)
        return None if place is None else self._table.grid.value(self._row, place)

    def understood(self, row: ParsedRow) -> ParsedRow:
        """The row with what only the office's columns understand: 同意 for 是, the number 12.8 for 12月8日."""
        # What a run wrote in place of a formula without a result is still no decision in the next one.
        columns = _office_columns(self._table.sheet)
        row = replace(
            row, unread=row.unread | {each.key for each in columns if as_text(self._raw(each.key)) == FORMULA}
        )
        if not row.unread:
            return row
        day = _day_of_number(self._raw("extended_to"), self.latest)
        own = {"waived": _yes_or_no(self._raw("waived")), "extended_to": day}
        found = {key: value for key, value in own.items() if key in row.unread and value is not None}
        return replace(row, values={**row.values, **found}, unread=row.unread - found.keys())

    def typed(self) -> dict[str, TypedValue]:
        """Column key → what stands in its cell; an error as its text."""
        columns = [column for column in _office_columns(self._table.sheet) if column.key in self._table.positions]
        found = {column.key: self._typed(column) for column in columns}
        return {key: value for key, value in found.items() if value is not None}

    def _typed(self, column: Column) -> TypedValue | None:
        cell = self._row, self._table.positions[column.key]
        grid = self._table.grid
        if cell in grid.errors:
            return grid.errors[cell]
        if cell in grid.uncached:
            return FORMULA
        raw = grid.value(*cell)
        if isinstance(raw, bool):
            return as_text(raw)
        if isinstance(raw, date) and (number := _serial(raw)) is not None:
            return number
        return raw if is_visible(raw) else None

    def refused(self, column: Column) -> RefusedCell:
        """A cell that could not be understood."""
        texts = layout("tracker").settings["texts"]
        expected = {ColumnKind.DATE: texts["date_expected"], ColumnKind.CHOICE: texts["choice_expected"]}
        value = self._typed(column) or ""
        place = CellRef(self._name, self._table.grid.sheet, address(self._row, self._table.positions[column.key]))
        what = refused_text(column.heading, value)
        wanted = expected.get(column.kind, column.heading)
        wrong = problem("office_cell_form", place, obligation=self._key, what=what, expected_value=wanted)
        return RefusedCell.of(column.key, value, wrong)

    def put_right(self) -> set[str]:
        """The keys of columns that were marked as not taken, and are empty now: that takes back what was typed there,
        not what is in force."""
        told = as_text(self._raw("refusal"))
        marked = [column for column in _office_columns(self._table.sheet) if refusal_mark(column.heading) in told]
        return {column.key for column in marked} - self.typed().keys() if marked else set()


@cache
def _latest_day(cycle: str) -> date:
    """The last day of the twelve months that begin with a cycle: 12月8日 is in them once; an impossible day where the
    cycle cannot be read."""
    try:
        return (Month.parse(clean(cycle)) + 11).last
    except ValueError:
        return date.max


def _yes_or_no(raw: CellValue) -> str | None:
    """``yes`` or ``no`` for a word that the list of 免报 does not have; None for any other."""
    known: Mapping[str, list[str]] = layout("tracker").settings["waived_as_typed"]
    typed = fold(as_text(raw))
    return next((code for code, words in known.items() if typed in {fold(word) for word in words}), None)


def _day_of_number(raw: CellValue, latest: date) -> date | None:
    """The day that a number means: 12.8 is 12月8日; 12.1 may have been typed as 12.10, so it means none."""
    number = _serial(raw) if isinstance(raw, date) else raw
    if isinstance(number, bool) or not isinstance(number, float):
        return None
    month, _, day = f"{number:.15g}".partition(".")
    return parse_date(f"{month}.{day}", by=latest) if len(day) == 2 or day in set("456789") else None


def _serial(raw: date) -> float | None:
    """The number that was typed into a cell of dates and shows as a day of early 1900; None for any other day."""
    moment = raw if isinstance(raw, datetime) else datetime.combine(raw, time())
    return round((moment - _DAY_ZERO) / timedelta(days=1), 6) if moment < _LEAP_1900 else None


def _differ(first: OfficeEntry, other: OfficeEntry) -> bool:
    return replace(other, place=first.place, typed=first.typed) != first


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
