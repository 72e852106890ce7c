"""Small workbooks in the grid, and everything that stands in one."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace
from typing import Any

import xlwings as xw

from tests.addin.grid.model import Cell
from zwgk_excel.addin.refresh.defined_names import DefinedNames
from zwgk_excel.addin.refresh.journal import Journal


def sheet_of(rows: Sequence[Sequence[Any]], name: str = "台账", table: str = "") -> xw.Sheet:
    """A sheet of a new workbook with these rows from A1 on; ``table`` names an Excel table over them."""
    sheet = xw.books.add().sheets[0]
    sheet.name = name
    cells = sheet.range((1, 1), (len(rows), len(rows[0])))
    cells.value = rows
    if table:
        sheet.tables.add(cells, name=table)
    return sheet


def rows_of(sheet: xw.Sheet, address: str) -> list[list[Any]]:
    """What is typed into a block: formulas and constants as text."""
    return [list(row) for row in sheet.range(address).options(ndim=2).formula]


def state(book: xw.Book) -> dict[str, Any]:
    """Everything in a workbook of the grid, to be compared with later; formulas without what they came to."""
    model = book.impl.model
    return deepcopy(
        {
            "names": model.names,
            "pages": {
                page.name: {
                    "cells": {
                        place: replace(cell, content=None) if cell.formula else cell
                        for place, cell in page.cells.items()
                        if cell != Cell()
                    },
                    "tables": [(each.name, each.area, each.criteria) for each in page.tables],
                    "rules": [(each.areas, each.formula) for each in page.rules],
                    "validations": [(each.areas, each.kind) for each in page.validations],
                    "charts": page.charts,
                }
                for page in model.pages
            },
        }
    )


def journal_on(sheet: xw.Sheet) -> Journal:
    """A journal of changes on a sheet."""
    journal = Journal(DefinedNames(sheet.book))
    journal.on(sheet.name)
    return journal
