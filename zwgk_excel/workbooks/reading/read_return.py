"""Parses a returned report workbook: claimed identity, answers, items, problems.

Every non-empty cell that a unit typed is in a field of an answer or an item, or is quoted in a problem.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from zwgk_excel.domain.catalogue.entries import ENTRY
from zwgk_excel.domain.cell_locator import CellLocator
from zwgk_excel.domain.cloud_links import CloudLink, cloud_link
from zwgk_excel.domain.identity import AskedTask
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.problems import CellRef, Problem, joint_cells, problem
from zwgk_excel.domain.returns import Item, Return, TaskAnswer
from zwgk_excel.domain.text import clean, hidden_in
from zwgk_excel.layout.columns import Column, added_columns, layout
from zwgk_excel.layout.words import words
from zwgk_excel.workbooks.contract import identity_sheet
from zwgk_excel.workbooks.excel import address, column_letters
from zwgk_excel.workbooks.opening.open_book import CellValue, Grid, open_book
from zwgk_excel.workbooks.opening.rejected import RejectedFileError
from zwgk_excel.workbooks.reading.cell_reader import as_text
from zwgk_excel.workbooks.reading.common_cells import CommonCells, cells_elsewhere, read_common
from zwgk_excel.workbooks.reading.entries import SheetEntries, read_answers, read_items, task_rows
from zwgk_excel.workbooks.reading.fault_table import ParsedFaultTable, read_fault_table
from zwgk_excel.workbooks.reading.find_sheets import ITEMS, TASKS, Sheets, TableSheet, find_sheets
from zwgk_excel.workbooks.reading.headings import heading_cell
from zwgk_excel.workbooks.reading.identity_hints import IdentityHints, hints_of
from zwgk_excel.workbooks.reading.unmapped_cells import (
    ConsumedCells,
    unmapped_in_table_sheet,
    unmapped_on_cover,
    unmapped_on_example,
    unmapped_sheet,
)

_LINES = 40
"""Filled cells of a file that only says where the report lies."""
_HIDDEN_NAMED = 200
"""So many cells with hidden characters are named."""

__all__ = ["ClaimedIdentity", "IdentityHints", "ParsedReturn", "read_return"]


@dataclass(frozen=True, slots=True)
class ClaimedIdentity:
    """The content of a workbook's hidden identity sheet, not verified yet."""

    schema: int
    unit: str
    cycle: Month
    issued_on: date
    signature: str
    added: str = ""
    """The columns it was issued with beyond those of the first workbooks, as ``identity_sheet.ADDED`` has them."""
    tasks: tuple[AskedTask, ...] = ()
    """What it asked when it was issued; empty before schema 2."""

    def has(self, sheet: str, key: str) -> bool:
        """Whether it was issued with an added column of the sheet ``tasks`` or ``items``."""
        return identity_sheet.column_name(sheet, key) in self.added.split()


@dataclass(frozen=True, slots=True)
class ParsedReturn:
    """The result of parsing one workbook."""

    identity: ClaimedIdentity | None
    """None where the identity sheet is gone or makes no sense."""
    content: Return
    """Not tied to obligations yet. Without an identity the unit is empty and the cycle None."""
    locator: CellLocator
    hints: IdentityHints
    """Whose workbook it may be where the identity does not settle it."""
    required: tuple[str, ...]
    """Keys of the columns that every item must fill, of those that the workbook was issued with."""
    companions: tuple[str, ...]
    """Keys of the columns of companions that the workbook was issued with."""
    asks_entries: bool
    """Whether it was issued with a column for entries of the catalogue."""
    tasks: tuple[AskedTask, ...]
    """What the rows of 任务清单 ask, copies of the sheet included."""
    faults: ParsedFaultTable | None = None
    """Of a 整改链接表, which is no report and holds nothing else."""


def read_return(data: bytes, name: str, *, by: date, passwords: Sequence[str] = ()) -> ParsedReturn:
    """Parse a report workbook from its bytes; ``name`` is the file's name for messages.

    ``by`` is the day by which it was filled: without an identity, which says the month that it is for, a date without
    a year is the latest such day not after it. ``passwords`` as for ``open_book``. Raises
    :class:`RejectedFileError` with one of the problems of ``open_book``, or not_a_report.
    """
    book = open_book(data, name, passwords=passwords)
    if (faults := read_fault_table(book, name, by)) is not None:
        empty = Sheets()
        locator, hints = _locator(empty, name, CommonCells()), hints_of(empty, name, by)
        return ParsedReturn(None, Return("", None), locator, hints, (), (), False, (), faults)
    found = find_sheets(book, name)
    if not any(found.parts.values()):
        if link := _only_link(found):
            raise RejectedFileError(problem("file_shortcut", CellRef(name), kind=f"一个链接（{link}）"))
        wanted = "、".join(f"“{layout('report')[key].name}”" for key in (TASKS, ITEMS))
        raise RejectedFileError(problem("not_a_report", CellRef(name), reason=f"没有名为{wanted}的表"))
    claim = _claim(found.identity)
    cycle = claim.cycle if claim else None
    answers = read_answers(found.parts[TASKS], name, by, cycle)
    items = read_items(found.parts[ITEMS], name, by, cycle, [each for part in answers for each in part.entries])
    common = read_common(found.covers, name, by)
    elsewhere = cells_elsewhere(found.covers, common)
    read: list[SheetEntries[TaskAnswer] | SheetEntries[Item]] = [*answers, *items]
    missing = [p for key, parts in found.parts.items() for p in _missing(key, parts, claim, name)]
    cells = [*(p for each in read for p in each.problems), *common.problems]
    outside = [p for each in read for p in _beside(each, name)]
    outside += [p for grid in found.covers for p in unmapped_on_cover(grid, name, elsewhere.get(grid.sheet, ()))]
    outside += [p for grid in found.examples for p in unmapped_on_example(grid, name)]
    outside += [p for grid in found.others for p in unmapped_sheet(grid, name)]
    hidden = [p for grid in found.grids for p in _hidden(grid, name)]
    content = Return(
        unit=claim.unit if claim else "",
        cycle=cycle,
        answers=tuple(answer for each in answers for answer in each.entries),
        items=tuple(common.of(item) for each in items for item in each.entries),
        problems=(*book.problems, *found.unread, *missing, *hidden, *cells, *outside),
        common=common.values,
    )
    return ParsedReturn(
        claim,
        content,
        _locator(found, name, common),
        hints_of(found, name, by),
        _required(found.parts, claim),
        _companions(found.parts, claim),
        _is_issued(ITEMS, layout("report")[ITEMS][ENTRY], found.parts[ITEMS], claim),
        tuple(row for each in answers for row in task_rows(each)),
    )


def _only_link(found: Sheets) -> CloudLink | None:
    """The link to a cloud document that a file holds instead of a report; None for one that holds much else."""
    texts = [as_text(raw) for grid in found.grids for row in grid.rows[:_LINES] for raw in row if raw is not None]
    return next(filter(None, map(cloud_link, texts)), None) if len(texts) <= _LINES else None


def _hidden(grid: Grid, name: str) -> Iterator[Problem]:
    """One note on all the cells of a sheet that have characters nobody sees."""
    cells, kinds = list[tuple[int, int]](), dict[str, None]()
    for row, line in enumerate(grid.rows):
        for column, raw in enumerate(line):
            if type(raw) is str and not raw.isprintable() and (found := hidden_in(raw)):
                cells.append((column, row))
                kinds |= dict.fromkeys(found)
    if cells:
        named = (address(row, column) for column, row in sorted(cells)[:_HIDDEN_NAMED])
        place = CellRef(name, grid.sheet, joint_cells(named))
        yield problem("hidden_characters", place, count=len(cells), kinds="、".join(kinds))


def _locator(found: Sheets, name: str, common: CommonCells) -> CellLocator:
    first = {key: parts[0] for key, parts in found.parts.items() if parts}
    sheets = {key: layout("report")[key] for key in (TASKS, ITEMS)}
    return CellLocator(
        file=name,
        sheets={key: first[key].grid.sheet if key in first else sheet.name for key, sheet in sheets.items()},
        letters={(key, c): letter for key, part in first.items() for c, letter in _letters(part).items()},
        headings={(key, column.key): column.heading for key, sheet in sheets.items() for column in sheet},
        copies={part.grid.sheet: _letters(part) for parts in found.parts.values() for part in parts if part.copy},
        common=common.places,
        type_words=words("item_type"),
    )


def _letters(part: TableSheet) -> dict[str, str]:
    return {key: column_letters(place) for key, place in part.table.positions.items()} if part.table else {}


# --- the identity ------------------------------------------------------------------------------


def _claim(grid: Grid | None) -> ClaimedIdentity | None:
    if grid is None:
        return None
    pairs = {as_text(row[0]).strip(): row[1] for row in grid.rows if len(row) > 1}
    texts = {key: as_text(pairs.get(key)).strip() for key in (*identity_sheet.KEYS, identity_sheet.ADDED)}
    if texts[identity_sheet.PRODUCT] != identity_sheet.PRODUCT_NAME or not texts[identity_sheet.UNIT]:
        return None
    try:
        return ClaimedIdentity(
            schema=int(texts[identity_sheet.SCHEMA]),
            unit=texts[identity_sheet.UNIT],
            cycle=Month.parse(texts[identity_sheet.CYCLE]),
            issued_on=date.fromisoformat(texts[identity_sheet.ISSUED_ON]),
            signature=texts[identity_sheet.SIGNATURE],
            added=texts[identity_sheet.ADDED],
            tasks=tuple(_asked(row) for row in grid.rows if row and as_text(row[0]).strip() == identity_sheet.TASK),
        )
    except ValueError:
        # Edited by hand beyond understanding: as good as none, and quarantined as such.
        return None


def _asked(row: Sequence[CellValue]) -> AskedTask:
    return AskedTask(*(clean(as_text(each)) for each in (*row[1:4], None, None, None)[:3]))


# --- what is missing, and what stands where it does not belong ---------------------------------


def _required(parts: Mapping[str, list[TableSheet]], claim: ClaimedIdentity | None) -> tuple[str, ...]:
    columns = (column for column in layout("report")[ITEMS] if column.required)
    return tuple(column.key for column in columns if _is_issued(ITEMS, column, parts[ITEMS], claim))


def _companions(parts: Mapping[str, list[TableSheet]], claim: ClaimedIdentity | None) -> tuple[str, ...]:
    columns = (column for column in layout("report")[ITEMS] if column.companion)
    return tuple(column.key for column in columns if _is_issued(ITEMS, column, parts[ITEMS], claim))


def _is_issued(sheet: str, column: Column, parts: Sequence[TableSheet], claim: ClaimedIdentity | None) -> bool:
    """Whether a workbook was issued with a column.

    A workbook issued before the column was added does not require it, and neither does its self-check. Without an
    identity sheet the headings decide.
    """
    if column not in added_columns(sheet):
        return True
    if claim is None:
        return any(part.table and column.key in part.table.positions for part in parts)
    return claim.has(sheet, column.key)


def _missing(key: str, parts: list[TableSheet], claim: ClaimedIdentity | None, name: str) -> Iterator[Problem]:
    if not parts:
        yield problem("sheet_missing", CellRef(name), value=layout("report")[key].name)
    for part in parts:
        place, table = CellRef(name, part.grid.sheet), part.table
        needed = [c for c in part.sheet if (c.input or c.key == "id") and _is_issued(key, c, parts, claim)]
        for column in table.missing(needed) if table else needed:
            yield problem("heading_missing", place, heading=column.heading)
        if table is None:
            continue
        for where, repeated in table.repeated.items():
            what = f"“{part.sheet.heading(repeated)}”一列出现两次，未读取这一列"
            yield problem("row_repaired", place.at(address(*heading_cell(table, where))), what=what)


def _beside(read: SheetEntries[TaskAnswer] | SheetEntries[Item], name: str) -> Iterator[Problem]:
    body = read.body
    taken = ConsumedCells(frozenset(body.rows), body.skipped) if body else ConsumedCells(())
    return unmapped_in_table_sheet(read.part, taken, name)
