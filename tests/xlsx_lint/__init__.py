"""A lint of our own for workbooks that we write: what breaks in Excel although the Open XML schema is satisfied.

``lint(path)`` returns every defect found. The codes:

============================ ==========================================================================
``cell-duplicate``           a cell or a row stands twice in a sheet, or out of order
``cell-too-long``            a text over 32,767 characters
``merge-overlap``            merged areas overlap each other or a table
``table-ref``                a table's area is malformed, lacks a data row, or does not fit its columns
``table-overlap``            two tables of a sheet overlap
``table-header``             a heading cell differs from the table's column name
``table-name``               a table name is illegal, used twice, or also a defined name; ids or columns repeat
``sheet-name``               a sheet name is too long, illegal, or used twice
``validation-list``          a typed-in list of more than 255 characters
``validation-text``          a prompt or error text (255) or its title (32) is too long
``validation-overlap``       two data validations claim the same cell
``condition-formula``        structured references or array constants where Excel allows none
``formula-syntax``           unbalanced parentheses, brackets or quotes, or an empty formula
``formula-length``           more than 8,192 characters
``formula-function``         a function that Excel 2010 does not have
``formula-reference``        a sheet, table, table column or name that does not exist, ``#REF!``, another workbook
``name-reference``           the same, in a defined name
============================ ==========================================================================
"""

from __future__ import annotations

import os
import zipfile

from tests.xlsx_lint.book import Defect
from tests.xlsx_lint.formulas import check_formulas, check_names
from tests.xlsx_lint.reading import read_book
from tests.xlsx_lint.sheets import check_cells, check_merges, check_sheet_names
from tests.xlsx_lint.tables import check_table_names, check_tables
from tests.xlsx_lint.validations import check_conditions, check_validations

RULES = (
    check_sheet_names,
    check_cells,
    check_merges,
    check_tables,
    check_table_names,
    check_validations,
    check_conditions,
    check_formulas,
    check_names,
)


def lint(path: str | os.PathLike[str]) -> list[Defect]:
    """Return all defects of an .xlsx or .xlsm file. Raises what ``zipfile`` and ``lxml`` raise on no workbook."""
    with zipfile.ZipFile(path) as archive:
        book = read_book(archive)
    return [defect for rule in RULES for defect in rule(book)]
