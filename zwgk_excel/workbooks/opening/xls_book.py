"""Opens workbooks of Excel 97–2003 and WPS .et, which have the same format."""

from __future__ import annotations

from zwgk_excel.workbooks.opening import biff
from zwgk_excel.workbooks.opening.book import Grid, OpenedWorkbook
from zwgk_excel.workbooks.opening.calamine_reader import open_workbook, read_sheet
from zwgk_excel.workbooks.opening.file_kinds import FileKind
from zwgk_excel.workbooks.opening.guard import check_reach
from zwgk_excel.workbooks.opening.rejected import unreadable


def open_xls(data: bytes, name: str) -> OpenedWorkbook:
    """Open an .xls that is not encrypted. Raises RejectedFileError (file_unreadable, sheet_too_large)."""
    surveys = biff.sheets(data, name)
    for sheet in surveys:
        check_reach(sheet.rows, sheet.columns, name)
    workbook = open_workbook(data, name)
    names: list[str] = workbook.sheet_names
    if len(names) != len(surveys):
        raise unreadable(name, "工作簿目录损坏")

    def read(sheet: str) -> Grid:
        rows, merged = read_sheet(workbook, sheet, name)
        return Grid(sheet, rows, surveys[names.index(sheet)].errors, merged=merged)

    return OpenedWorkbook(name, FileKind.XLS, names, read)
