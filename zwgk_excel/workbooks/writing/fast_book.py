"""xlsxwriter with less work per cell: no rewriting of future functions, long sheets streamed in constant memory.

A long sheet (:meth:`StreamingWorkbook.add_long_worksheet`) is written to disk row by row. The private names of
xlsxwriter that this uses are pinned with its version, and tests compare both ways of writing.
"""

from __future__ import annotations

from functools import partial
from types import TracebackType
from typing import Any
from xml.sax.saxutils import escape

from xlsxwriter import Workbook, theme, xmlwriter
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.utility import xl_col_to_name, xl_range
from xlsxwriter.worksheet import Worksheet

from zwgk_excel.workbooks.writing.zip_entries import tell_no_system

# Else the parts of a workbook that is written by files have other line ends on Windows.
xmlwriter.open = theme.open = partial(open, newline="\n")
_IN_SIGHT = 4
"""Rows whose height is kept behind the one being written: a comment's box begins beside the row above its own."""
_CELL_OPTIONS = frozenset({"data", "total_row", "header_row"})
"""Options of a table that write more cells than its headings."""


class _OwnTexts:
    """Replaces the table of shared strings where texts are written inline."""

    def _get_shared_string_index(self, text: str) -> str:
        return text


class _Sheet(Worksheet):  # type: ignore[misc]  # xlsxwriter has no types
    constant_memory: Any
    str_table: Any
    _repeated: tuple[range, int, str, Any] | None = None

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        # Ours use only functions that Excel 2010, WPS and LibreOffice all have; none of these needs a prefix.
        if formula.startswith("{"):
            prepared: str = super()._prepare_formula(formula, expand_future_functions)
            return prepared
        return formula.removeprefix("=")

    def _xml_formula_element(self, formula: str, result: Any, attributes: Any = ()) -> None:
        # An empty text is a result, which xlsxwriter writes as none: what computes nothing would show a zero for it.
        typed = [("t", "str")] if result == "" else []
        super()._xml_formula_element(formula, result, [*attributes, *typed])

    def repeat_formula(self, first: int, last: int, column: int, formula: str, look: Any) -> None:
        """Write a formula that shows an empty text in rows ``first`` to ``last`` of a column, all from 0.

        They stand below all else that is written: as thousands of cells they would take half the time of a report.
        """
        self._check_dimensions(last, column)
        self._repeated = range(first, last + 1), column, self._prepare_formula(formula), look

    def _write_rows(self) -> None:
        super()._write_rows()
        if self._repeated is None:
            return
        rows, column, formula, look = self._repeated
        letters, height = xl_col_to_name(column), self.default_row_height
        tall = "" if height == self.original_row_height else f' ht="{height * 0.75:.16g}" customHeight="1"'
        cell = f'" s="{look._get_xf_index()}" t="str"><f>{escape(formula)}</f><v></v></c></row>'
        numbers = (row + 1 for row in rows)
        self.fh.write("".join(f'<row r="{number}"{tall}><c r="{letters}{number}{cell}' for number in numbers))

    def add_table(self, *place: Any) -> int:
        """As ``xlsxwriter``, also on a long sheet, and without its overlap check, which stores every cell."""
        *cells, options = place
        if len(cells) != 4 or not _CELL_OPTIONS.isdisjoint(options):
            done: int = super().add_table(*place)
            return done
        top, left, bottom, right = cells
        if self.constant_memory and top > self.previous_row:
            self._write_single_row(top)
        long, shared = self.constant_memory, self.str_table
        self.constant_memory, self.str_table = False, _OwnTexts() if long else shared
        try:
            done = super().add_table(top, left, min(top + 1, bottom), right, options)
        finally:
            self.constant_memory, self.str_table = long, shared
        if done == 0:
            reach = xl_range(top, left, bottom, right)
            self.tables[-1].update({key: reach for key in ("range", "a_range", "autofilter") if key in self.tables[-1]})
        return done

    def _write_single_row(self, current_row_num: int = 0) -> None:
        written = self.previous_row
        super()._write_single_row(current_row_num)
        # Of a row on the disk xlsxwriter would keep what set_row said of it, a few hundred bytes.
        self.row_info.pop(written, None)
        if not self.has_comments:
            self.row_sizes.pop(written - _IN_SIGHT, None)


class StreamingWorkbook(Workbook):  # type: ignore[misc]
    """A workbook for formulas of Excel 2010 functions; the same file as ``xlsxwriter.Workbook`` makes.

    Long sheets need one that is not ``in_memory``; temporary files left after an error are in its ``tmpdir``.
    """

    worksheet_class: Any = _Sheet
    constant_memory: Any

    def add_long_worksheet(self, name: str) -> Any:
        """A worksheet whose rows are written from top to bottom, with inline texts, and not kept in memory."""
        usual, self.constant_memory = self.constant_memory, True
        try:
            return self.add_worksheet(name)
        finally:
            self.constant_memory = usual

    def close(self) -> None:
        """Write the file, the same on every system; failures of the system are raised as OSError."""
        try:
            super().close()
        except FileCreateError as error:
            raise error.args[0] from None
        tell_no_system(self.filename)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Write the file; after an error none, and close the temporary files, so that they can be removed."""
        try:
            if kind is None:
                self.close()
        finally:
            for sheet in self.worksheets():
                if sheet.constant_memory:
                    sheet._opt_close()
