"""Identifies the sheets of a returned workbook: by name, then by headings, also renamed, copied or added ones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from zwgk_excel.domain.problems import CellRef, Problem, problem
from zwgk_excel.domain.text import fold
from zwgk_excel.layout.columns import SheetLayout, layout
from zwgk_excel.workbooks.contract import identity_sheet
from zwgk_excel.workbooks.contract.correction_sheet import is_correction_sheet
from zwgk_excel.workbooks.opening.open_book import Grid, OpenedWorkbook
from zwgk_excel.workbooks.opening.rejected import RejectedFileError
from zwgk_excel.workbooks.reading.cell_reader import as_text
from zwgk_excel.workbooks.reading.headings import assume_headings, repair_headings
from zwgk_excel.workbooks.reading.table_reader import LocatedTable, find_table
from zwgk_excel.workbooks.reading.titles import find_cover_title, find_title

TASKS, ITEMS, COVER, LISTS, IDENTITY, EXAMPLE = "tasks", "items", "cover", "lists", "identity", "example"
_COPY = re.compile(r"\s*([（(]\s*\d+\s*[)）]|[_-]\s*\d+|[-_ ]*(副本|复件)\s*\d*)\s*$")
"""What Excel and WPS, LibreOffice, and people add to the name of a copied sheet."""


@dataclass(frozen=True, slots=True)
class TableSheet:
    """A sheet identified as 任务清单 or 信息明细, with its table."""

    sheet: SheetLayout
    grid: Grid
    table: LocatedTable | None
    """None where it has the name, but no headings."""
    problems: tuple[Problem, ...] = ()
    """What was repaired to find the table."""
    copy: bool = False
    """There is another sheet of its kind before it."""


@dataclass
class Sheets:
    """The sheets of a workbook by role."""

    parts: dict[str, list[TableSheet]] = field(default_factory=lambda: {TASKS: [], ITEMS: []})
    identity: Grid | None = None
    covers: list[Grid] = field(default_factory=list)
    examples: list[Grid] = field(default_factory=list)
    others: list[Grid] = field(default_factory=list)
    """Sheets that a unit added, or of unknown role."""
    unread: list[Problem] = field(default_factory=list)
    """What is told of sheets that could not be read, and that the report does not need."""

    @property
    def grids(self) -> list[Grid]:
        """All that a unit may have typed into, table sheets first."""
        tables = (part.grid for parts in self.parts.values() for part in parts)
        return [*tables, *self.covers, *self.examples, *self.others]


def find_sheets(book: OpenedWorkbook, file: str) -> Sheets:
    """The sheets of ``book``; ``file`` is its name for messages.

    A sheet with the right name and headings comes first. Without one, a sheet with a third of the headings is accepted;
    further sheets need half of them. Raises RejectedFileError when a sheet cannot be read that a report must have; any
    other is only told.
    """
    found, unsure = Sheets(), list[tuple[str, Grid]]()
    for name in book.sheet_names:
        role, exact = _role(name)
        if role == LISTS and exact:
            continue
        try:
            grid = book.grid(name)
        except RejectedFileError as rejected:
            if exact and role in (TASKS, ITEMS, IDENTITY):
                raise
            told = rejected.problem.found
            found.unread.append(problem("sheet_unread", CellRef(file, name), reason=told))
            continue
        if grid is None or not (grid.rows or grid.errors or grid.uncached or role in found.parts):
            continue
        if is_correction_sheet(name, grid.rows):
            continue
        if role == IDENTITY and exact and found.identity is None:
            found.identity = grid
        elif role == COVER:
            found.covers.append(grid)
        elif role == EXAMPLE:
            found.examples.append(grid)
        elif not (role in found.parts and exact and _take(found, role, grid, file)):
            unsure.append((role, grid))
    for role, grid in unsure:
        _sort(found, role, grid, file)
    for key in (TASKS, ITEMS):
        _settle(found, key, file)
    return found


def _role(name: str) -> tuple[str, bool]:
    """The role that a sheet's name means, and whether it is the exact name and not that of a copy."""
    names = _names()
    if key := names.get(fold(name)):
        return key, True
    return names.get(fold(_COPY.sub("", name)), ""), False


@cache
def _names() -> dict[str, str]:
    return {fold(sheet.name): key for key, sheet in layout("report").sheets.items()}


def _take(found: Sheets, key: str, grid: Grid, file: str) -> bool:
    """Add a sheet as a table sheet if its headings match; whether they do."""
    table = find_table(grid, layout("report")[key])
    other = layout("report")[ITEMS if key == TASKS else TASKS]
    if table is None or (_share(table) < 0.5 and (rival := find_table(grid, other)) and _share(rival) > _share(table)):
        return False
    mended, problems = repair_headings(table, file)
    found.parts[key].append(TableSheet(mended.sheet, grid, mended, tuple(problems), bool(found.parts[key])))
    return True


def _share(table: LocatedTable) -> float:
    return len(table.positions) / len(table.sheet.columns)


def _sort(found: Sheets, role: str, grid: Grid, file: str) -> None:
    """Assign a role to a sheet whose name does not decide it."""
    if _is_identity(grid):
        found.identity = found.identity or grid
        return
    if role == LISTS or _is_lists(grid):
        return
    if find_cover_title(grid):
        found.covers.append(grid)
        return
    tables = [table for key in (ITEMS, TASKS) if (table := find_table(grid, layout("report")[key]))]
    best = max(tables, key=_share, default=None)
    if best and _share(best) >= (1 / 2 if found.parts[best.sheet.key] else 1 / 3):
        _take(found, best.sheet.key, grid, file)
    else:
        found.others.append(grid)


def _is_identity(grid: Grid) -> bool:
    return [as_text(raw) for raw in (grid.rows or [[]])[0][:2]] == [identity_sheet.PRODUCT, identity_sheet.PRODUCT_NAME]


def _is_lists(grid: Grid) -> bool:
    return (grid.rows or [[]])[0][:2] == ["label", "criterion"]


def _settle(found: Sheets, key: str, file: str) -> None:
    """Where no sheet has the headings, accept one by its name, its title or its cells."""
    sheet = layout("report")[key]
    if found.parts[key]:
        first = found.parts[key][0]
        if fold(first.grid.sheet) != fold(sheet.name):
            # What has the name but not the headings was looked at, and is no better.
            told = problem("sheet_found", CellRef(file, first.grid.sheet), value=sheet.name, sheet=first.grid.sheet)
            found.parts[key][0] = TableSheet(sheet, first.grid, first.table, (told, *first.problems))
        return
    for grid in _likely(found.others, sheet):
        assumed = assume_headings(grid, sheet, file)
        if assumed or _role(grid.sheet)[0] == key:
            table, problems = assumed or (None, [])
            found.parts[key].append(TableSheet(sheet, grid, table, tuple(problems)))
            found.others.remove(grid)
            return


def _likely(grids: list[Grid], sheet: SheetLayout) -> Iterator[Grid]:
    named = [grid for grid in grids if _role(grid.sheet)[0] == sheet.key]
    titled = [grid for grid in grids if grid not in named and find_title(grid, sheet)]
    yield from (*named, *titled)
