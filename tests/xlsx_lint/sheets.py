"""Rules for the names of sheets, for cells and for merged areas."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations
from typing import Any

from tests.xlsx_lint.areas import area_of, cell_name
from tests.xlsx_lint.book import Book, Defect
from tests.xlsx_lint.reading import cell_text, elements

MAX_TEXT, MAX_SHEET_NAME = 32_767, 31


def check_sheet_names(book: Book) -> Iterator[Defect]:
    seen: set[str] = set()
    for name, _ in book.sheets:
        if not 0 < len(name) <= MAX_SHEET_NAME:
            yield Defect("sheet-name", name, f"has {len(name)} characters, allowed are 1 to {MAX_SHEET_NAME}")
        if re.search(r"[\[\]:*?/\\]", name) or name.startswith("'") or name.endswith("'"):
            yield Defect("sheet-name", name, "holds one of [ ] : * ? / \\ or an apostrophe at an end")
        if name.casefold() in seen or name.casefold() == "history":
            yield Defect("sheet-name", name, "is used twice or reserved by Excel")
        seen.add(name.casefold())


def check_cells(book: Book) -> Iterator[Defect]:
    for name, root in book.sheets:
        previous_row = 0
        for row in elements(root, "row"):
            number = int(row.get("r") or previous_row + 1)
            if number <= previous_row:
                yield Defect("cell-duplicate", f"{name}!{number}:{number}", f"follows row {previous_row}")
            previous_row = number
            yield from _row_cells(book, name, number, row)


def _row_cells(book: Book, sheet: str, number: int, row: Any) -> Iterator[Defect]:
    previous = 0
    for cell in row:
        area = area_of(cell.get("r") or cell_name(number, previous + 1))
        where = f"{sheet}!{cell.get('r')}"
        if area is None or area.top != number or area.left <= previous:
            yield Defect("cell-duplicate", where, "stands twice, out of order, or in the wrong row")
            continue
        previous = area.left
        if len(cell_text(book, cell)) > MAX_TEXT:
            yield Defect("cell-too-long", where, f"holds more than {MAX_TEXT} characters")


def check_merges(book: Book) -> Iterator[Defect]:
    for name, root in book.sheets:
        merged = [(node.get("ref", ""), area_of(node.get("ref", ""))) for node in elements(root, "mergeCell")]
        tables = [(table.name, area_of(table.ref)) for table in book.tables if table.sheet == name]
        pairs = [*combinations(merged, 2), *((merge, table) for merge in merged for table in tables)]
        for (ref, area), (other_ref, other) in pairs:
            if area and other and area.overlaps(other):
                yield Defect("merge-overlap", f"{name}!{ref}", f"overlaps {other_ref}")
