"""Parses a returned 整改链接表: whose it claims to be, and what the unit says of each fault.

Every cell that the unit typed is in an answer, or is quoted in a problem.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from zwgk_excel.domain.identity import AskedFault, FaultTableIdentity
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.problems import CellRef, Problem, problem
from zwgk_excel.domain.returns import FaultAnswer, FaultAnswerStatus
from zwgk_excel.domain.text import clean, fold, is_link, shortened
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.words import word
from zwgk_excel.workbooks.contract import fault_identity
from zwgk_excel.workbooks.excel import address
from zwgk_excel.workbooks.opening.open_book import CellValue, Grid, OpenedWorkbook
from zwgk_excel.workbooks.opening.rejected import RejectedFileError
from zwgk_excel.workbooks.reading.cell_reader import as_text
from zwgk_excel.workbooks.reading.find_sheets import TableSheet
from zwgk_excel.workbooks.reading.table_reader import LocatedTable, ParsedRow, find_table, read_row, typed_rows
from zwgk_excel.workbooks.reading.unmapped_cells import ConsumedCells, unmapped_in_table_sheet, unmapped_sheet

_QUOTED = 200
"""Characters of a row that are quoted."""
_NAMED = 20
"""So many rows that are not understood are named."""


@dataclass(frozen=True, slots=True)
class ShownCell:
    """A cell that the unit was not to change."""

    text: str
    """As one line."""
    place: CellRef


@dataclass(frozen=True, slots=True)
class ParsedFaultTable:
    """The result of parsing a 整改链接表; nothing in it is verified."""

    identity: FaultTableIdentity | None
    """None where the identity sheet is gone or makes no sense."""
    signature: str
    answers: tuple[FaultAnswer, ...]
    shown: Mapping[int, Mapping[str, ShownCell]]
    """整改号 of an answer → the locked cells of its row by column key, to be compared with what was sent."""
    problems: tuple[Problem, ...]
    place: CellRef
    """The sheet, for what is told of it as a whole."""


def read_fault_table(book: OpenedWorkbook, name: str, by: date) -> ParsedFaultTable | None:
    """The table in an opened workbook; None for a workbook that is none. ``name`` is the file's name for messages.

    ``by`` as for :func:`zwgk_excel.workbooks.reading.read_return.read_return`. Raises RejectedFileError where its
    sheets cannot be read.
    """
    sheet = layout("site_faults")["faults"]
    hidden = next((each for each in book.sheet_names if fold(each) == fold(layout("site_faults")["identity"].name)), "")
    rows = book.grid(hidden) if hidden else None
    shown = next((each for each in book.sheet_names if fold(each) == fold(sheet.name)), "")
    if not (rows and _value(rows, fault_identity.PRODUCT) == fault_identity.PRODUCT_NAME) and not shown:
        return None
    identity = _identity(rows) if rows else None
    grid = book.grid(shown) if shown else None
    table = find_table(grid, sheet) if grid else None
    place = CellRef(name, shown)
    if grid is None or table is None:
        return ParsedFaultTable(None, "", (), {}, (), place)
    limit = layout("site_faults").settings["rows_read"]
    if len(typed := typed_rows(table, sheet.inputs)) > limit:
        raise RejectedFileError(problem("rows_too_many", place, count=len(typed), limit=limit))
    answers, told = _answers(table, typed, identity, name, by)
    others = (grid for each in book.sheet_names if each not in {hidden, shown} and (grid := book.grid(each)))
    outside = [
        *unmapped_in_table_sheet(TableSheet(sheet, grid, table), _consumed(table), name),
        *(each for other in others for each in unmapped_sheet(other, name)),
    ]
    problems = (*book.problems, *told, *outside)
    locked = {each.number: _locked(table, each.row - 1, name) for each in answers}
    return ParsedFaultTable(identity, _value(rows, fault_identity.SIGNATURE), answers, locked, problems, place)


def _locked(table: LocatedTable, row: int, name: str) -> dict[str, ShownCell]:
    """The locked cells of a row (from 0); empty ones of columns that are gone."""
    found = {}
    for key in fault_identity.LOCKED:
        where = table.positions.get(key)
        raw = table.grid.value(row, where) if where is not None else None
        place = CellRef(name, table.grid.sheet, address(row, where or 0))
        found[key] = ShownCell(clean(as_text(raw)), place)
    return found


def _consumed(table: LocatedTable) -> ConsumedCells:
    """The hint, which names a day, and all rows below the headings: what stands in our columns was read, or is told."""
    hint = {(row, column) for row in range(1, table.header) for column, _ in enumerate(table.grid.rows[row][:1])}
    return ConsumedCells(range(table.header + 1, len(table.grid.rows)), hint)


def _answers(
    table: LocatedTable, typed: Sequence[int], identity: FaultTableIdentity | None, name: str, by: date
) -> tuple[tuple[FaultAnswer, ...], list[Problem]]:
    asked = {each.number for each in identity.faults} if identity else set()
    answers: dict[int, FaultAnswer] = {}
    told: list[Problem] = []
    rows = Counter(_number_in(table, at) for at in typed)
    wanted = [table.sheet["number"], *table.sheet.inputs]
    for at in typed:
        row = read_row(table, at, wanted, name, by=by)
        number = _number_in(table, at)
        place = CellRef(name, table.grid.sheet, address(at, table.positions.get("number", 0)))
        told += (each for each in row.problems)
        if number not in asked:
            if len(told) < _NAMED:
                told.append(problem("fault_row_foreign", place, value=number, text=_text(row)))
        elif rows[number] > 1:  # which of them is meant nobody knows
            told.append(problem("fault_row_repeated", place, value=number))
        elif row.values["new_url"] and not is_link(row.values["new_url"]):
            continue  # told already: an answer that leads nowhere is none
        elif found := _answer(row, int(number)):
            answers[int(number)] = found
            if not found.explanation and found.status is not FaultAnswerStatus.MENDED:
                del answers[int(number)]
                status = word("fault_answer", found.status)
                told.append(problem("fault_explanation_missing", place, value=number, status=status))
        else:
            told.append(problem("fault_status_missing", place, value=number, text=_text(row)))
    return tuple(answers.values()), told


def _answer(row: ParsedRow, number: int) -> FaultAnswer | None:
    values = row.values
    if not values["status"]:
        return None
    status = FaultAnswerStatus(values["status"])
    return FaultAnswer(number, status, values["new_url"] or "", values["explanation"] or "", row.number)


def _number_in(table: LocatedTable, row: int) -> str:
    where = table.positions.get("number")
    raw = table.grid.value(row, where) if where is not None else None
    return clean(as_text(raw)).removesuffix(".0")


def _text(row: ParsedRow) -> str:
    status, *others = (row.values.get(key) for key in ("status", "new_url", "explanation"))
    values = (word("fault_answer", FaultAnswerStatus(status)) if status else "", *others)
    return shortened(" | ".join(str(each) for each in values if each), _QUOTED) or "（读不出）"


def _value(grid: Grid | None, key: str) -> str:
    rows = grid.rows if grid else []
    return next((as_text(row[1]).strip() for row in rows if len(row) > 1 and as_text(row[0]).strip() == key), "")


def _identity(grid: Grid) -> FaultTableIdentity | None:
    try:
        return FaultTableIdentity(
            int(_value(grid, fault_identity.SCHEMA)),
            _value(grid, fault_identity.UNIT),
            Month.parse(_value(grid, fault_identity.CYCLE)),
            date.fromisoformat(_value(grid, fault_identity.ISSUED_ON)),
            int(_value(grid, fault_identity.TABLE)),
            tuple(_asked(row) for row in grid.rows if row and as_text(row[0]).strip() == fault_identity.FAULT),
        )
    except ValueError:
        return None  # edited by hand beyond understanding: as good as none


def _asked(row: Sequence[CellValue]) -> AskedFault:
    return AskedFault(*(clean(as_text(each)) for each in (*row[1:4], None, None, None)[:3]))
