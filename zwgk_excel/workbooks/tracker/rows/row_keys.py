"""Finds the tracking table in a workbook, and the row keys of the tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from zwgk_excel.domain.text import clean
from zwgk_excel.layout.columns import SheetLayout, layout
from zwgk_excel.workbooks.opening.open_book import Grid
from zwgk_excel.workbooks.reading.cell_reader import as_text
from zwgk_excel.workbooks.reading.table_reader import LocatedTable, find_table

KEY_COLUMNS = ("duty", "unit", "reference")
"""The columns that make up an obligation's key, in its order: ``D01/市政府办/2026-11``."""

ROW_KEYS: Mapping[str, tuple[str, ...]] = {
    "in_tray": ("kind", "subject"),
    "tracking": KEY_COLUMNS,
    "matrix": ("unit",),
    "items": ("unit", "cycle", "task", "title"),
    "problems": ("file", "sheet", "cell", "code", "obligation"),
    "receipts": ("file", "sha256"),
    "link_checks": ("cycle", "unit", "task", "url", "title"),
    "site_faults": ("number",),
    "coverage": ("unit", "entry"),
    "coverage_matrix": ("unit",),
    "letters": ("letter",),
    "reconciled": ("cycle", "unit", "agreement", "reported_title", "listed_title", "url"),
    "acts": ("number",),
    "scores": ("cycle", "unit", "rule", "obligation"),
    "rectifications": ("number", "cycle", "unit", "step"),
    "column_updates": ("unit", "duty"),
    "removed": ("obligation", "column"),
}
"""Sheet → the columns that say what a row is about: an item stays the same when its unit sends it again.

What is not raised yet has no number on the rectification ledger.
"""


def unique_keys(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A key for each row from the texts of its key columns: all different, empty where all texts are empty.

    A repeated key gets a number.
    """
    taken: set[str] = set()
    for texts in rows:
        parts = [clean(text) for text in texts]
        key = name = "/".join(parts) if any(parts) else ""
        number = 1
        while key and name in taken:
            number += 1
            name = f"{key}#{number}"
        taken.add(name)
        yield name


def removed_key(sheet: SheetLayout, key: str) -> str:
    """The name of a row on the sheet of removed values: an obligation by its key, others by sheet and key."""
    return key if sheet.key == "tracking" else f"{sheet.name}/{key}"


class GridSource(Protocol):
    """A workbook as grids: a file that was read, or a live one."""

    @property
    def sheet_names(self) -> list[str]:
        """All sheets in their order."""
        ...

    def grid(self, sheet: str) -> Grid | None:
        """The grid of a sheet; None where there is none of that name."""
        ...


def find_tracking(book: GridSource) -> LocatedTable | None:
    """The tracking table: on the sheet of its name, else on the one with the most of its headings; None for none."""
    sheet = layout("tracker")["tracking"]
    own = book.grid(sheet.name)
    grids = [own] if own else [grid for name in book.sheet_names if (grid := book.grid(name))]
    tables = [table for grid in grids if (table := find_table(grid, sheet))]
    return max(tables, key=lambda table: len(table.positions), default=None)


def key_of(table: LocatedTable, row: int) -> str:
    """The key of the obligation in a row (from 0); empty where a part of it is missing."""
    parts = [clean(as_text(table.grid.value(row, table.positions[key]))) for key in KEY_COLUMNS]
    return "/".join(parts) if all(parts) else ""
