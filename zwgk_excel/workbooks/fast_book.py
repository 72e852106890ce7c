"""xlsxwriter without its search of every formula for newer functions, which takes half the time of a workbook."""

from __future__ import annotations

from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet


class _Sheet(Worksheet):  # type: ignore[misc]  # xlsxwriter has no types
    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        # Ours use only functions that Excel 2010, WPS and LibreOffice all have; none of these needs a prefix.
        if formula.startswith("{"):
            prepared: str = super()._prepare_formula(formula, expand_future_functions)
            return prepared
        return formula.removeprefix("=")


class FastBook(Workbook):  # type: ignore[misc]
    """A workbook for formulas of functions that Excel 2010 has; the same file as ``xlsxwriter.Workbook`` makes."""

    worksheet_class: Any = _Sheet
