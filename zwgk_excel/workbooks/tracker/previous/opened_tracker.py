"""An opened tracker file: values, package, and on demand cells with formulas and formats."""

from __future__ import annotations

import io
from functools import cached_property
from typing import Any

from zwgk_excel.layout.columns import layout
from zwgk_excel.workbooks.ooxml.package import OoxmlPackage, SheetEntry, sheets_of
from zwgk_excel.workbooks.opening.file_kinds import FileKind, kind_of
from zwgk_excel.workbooks.opening.guard import wrong_kind
from zwgk_excel.workbooks.opening.open_book import Grid, OpenedWorkbook, open_book
from zwgk_excel.workbooks.tracker.previous.trim_long_tables import trim_long_tables
from zwgk_excel.workbooks.tracker.rows.row_values import PLAIN_TABLES

_WORKBOOKS = frozenset({FileKind.XLSX, FileKind.XLSM})


class OpenedTracker:
    """A tracker's sheets as :class:`zwgk_excel.workbooks.tracker.rows.row_keys.GridSource`.

    The file passes guard and calamine when this is made. :attr:`package` and :meth:`cells` (by openpyxl) are read at
    most once, on demand. A tracker with long tables is trimmed before
    (:func:`zwgk_excel.workbooks.tracker.previous.trim_long_tables.trim_long_tables`).
    """

    def __init__(self, data: bytes, name: str) -> None:
        """``name`` is the file's, for messages.

        Raises RejectedFileError with one of the guard's problems, file_kind for anything but an .xlsx or .xlsm.
        """
        short = trim_long_tables(data, name)
        self.name = name
        self.numbers = short.numbers
        """Part of a cut sheet → row in the grid → row in the office's file, both 1 for the first."""
        self._data = short.data
        self._book = _opened(short.data, name)
        self._grids: dict[str, Grid | None] = {}

    @property
    def sheet_names(self) -> list[str]:
        """All sheets in their order."""
        return self._book.sheet_names

    def grid(self, sheet: str) -> Grid | None:
        """The values of a sheet; None where there is none. Raises RejectedFileError as :class:`OpenedWorkbook`."""
        if sheet in self._grids:
            return self._grids[sheet]
        grid = self._book.grid(sheet)
        # Long tables are asked for once each; kept, they would be in memory all at a time.
        if sheet not in {layout("tracker")[key].name for key in PLAIN_TABLES}:
            self._grids[sheet] = grid
        return grid

    @cached_property
    def package(self) -> OoxmlPackage:
        """The parts of the file; not to be changed. Raises what ``zipfile`` and ``lxml`` raise."""
        return OoxmlPackage(self._data)

    @cached_property
    def entries(self) -> list[SheetEntry]:
        """The sheets as ``workbook.xml`` lists them; empty for Strict Open XML, which has other namespaces."""
        return sheets_of(self.package)

    def cells(self, sheet: str) -> list[tuple[Any, ...]]:
        """The openpyxl cells of a sheet from A1 on, rows of unequal length, with formulas and formats.

        Raises what openpyxl raises.
        """
        page = self._formulas[sheet]
        # What the file says about its own extent may be wrong.
        page.reset_dimensions()
        return [tuple(row) for row in page.iter_rows()]

    @cached_property
    def _formulas(self) -> Any:
        from openpyxl import load_workbook

        # Read-only: a sheet is read when it is asked for. It lies over bytes in memory, so nothing has to be closed.
        return load_workbook(io.BytesIO(self._data), read_only=True)


def _opened(data: bytes, name: str) -> OpenedWorkbook:
    """The tracker through its guard. Encrypted files are rejected, even where the password is known."""
    book = open_book(data, name)
    kind = kind_of(data)
    kind = book.kind if kind is FileKind.ZIP else kind
    if kind not in _WORKBOOKS:
        raise wrong_kind(kind, name)
    return book
