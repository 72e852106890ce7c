"""Rules for tables: their areas, headings and names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations
from typing import Any

from tests.xlsx_lint.areas import Area, area_of, cell_name
from tests.xlsx_lint.book import Book, Defect, Table
from tests.xlsx_lint.reading import cell_text, elements


def check_tables(book: Book) -> Iterator[Defect]:
    roots = dict(book.sheets)
    areas: list[tuple[Table, Area]] = []
    for table in book.tables:
        area = area_of(table.ref)
        where = f"{table.sheet}!{table.ref} ({table.name})"
        if area is None or area.bottom - area.top < (1 if table.header else 0):
            yield Defect("table-ref", where, "is no area with a data row")
            continue
        if area.right - area.left + 1 != len(table.columns):
            yield Defect("table-ref", where, f"does not fit its {len(table.columns)} columns")
            continue
        areas.append((table, area))
        if table.header:
            yield from _table_header(book, roots[table.sheet], table, area)
    for (table, area), (other, other_area) in combinations(areas, 2):
        if table.sheet == other.sheet and area.overlaps(other_area):
            yield Defect("table-overlap", f"{table.sheet}!{table.ref}", f"{table.name} overlaps {other.name}")


def _table_header(book: Book, root: Any, table: Table, area: Area) -> Iterator[Defect]:
    row = next((row for row in elements(root, "row") if row.get("r") == str(area.top)), ())
    cells = {cell.get("r"): cell_text(book, cell) for cell in row}
    for offset, column in enumerate(table.columns):
        cell = cell_name(area.top, area.left + offset)
        if cells.get(cell) != column:
            yield Defect("table-header", f"{table.sheet}!{cell}", f"holds {cells.get(cell)!r}, not {column!r}")


def check_table_names(book: Book) -> Iterator[Defect]:
    taken = {name.casefold() for name, _ in book.names}
    numbers: set[str] = set()
    for table in book.tables:
        where = f"{table.sheet}!{table.ref} ({table.name})"
        if not re.fullmatch(r"[^\W\d][\w.]{0,254}", table.name) or re.fullmatch(r"[A-Za-z]{1,3}\d+|[RrCc]", table.name):
            yield Defect("table-name", where, "is not a legal table name")
        if table.name.casefold() in taken:
            yield Defect("table-name", where, "is the name of something else, too")
        if table.number in numbers:
            yield Defect("table-name", where, f"has an id that is used twice: {table.number}")
        folded = [column.casefold() for column in table.columns]
        if len(set(folded)) < len(folded) or "" in folded:
            yield Defect("table-name", where, "has a column name twice, or an empty one")
        taken.add(table.name.casefold())
        numbers.add(table.number)
