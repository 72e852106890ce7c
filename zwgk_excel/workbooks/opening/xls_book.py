"""Opens workbooks of Excel 97–2003 and WPS .et, which have the same format."""

from __future__ import annotations

from zwgk_excel.domain.problems import CellRef, problem
from zwgk_excel.workbooks.opening import biff
from zwgk_excel.workbooks.opening.book import Grid, OpenedWorkbook
from zwgk_excel.workbooks.opening.calamine_reader import open_workbook, read_sheet
from zwgk_excel.workbooks.opening.file_kinds import FileKind
from zwgk_excel.workbooks.opening.guard import check_reach
from zwgk_excel.workbooks.opening.rejected import unreadable


def open_xls(data: bytes, name: str) -> OpenedWorkbook:
    """Open an .xls that is not encrypted. Raises RejectedFileError (file_unreadable, sheet_too_large)."""
    found = biff.survey(data, name)
    for sheet in found.sheets:
        check_reach(sheet.rows, sheet.columns, name)
    workbook = open_workbook(found.data, name)
    names: list[str] = workbook.sheet_names
    if len(names) != len(found.sheets):
        raise unreadable(name, "工作簿目录损坏")
    surveys = dict(zip(names, found.sheets, strict=True))

    def read(sheet: str) -> Grid:
        (rows, merged), survey = read_sheet(workbook, sheet, name), surveys[sheet]
        return Grid(sheet, rows, survey.errors, merged=merged, shown=survey.shown, date_1904=found.date_1904)

    foreign = {each: survey.kind for each, survey in surveys.items() if survey.kind}
    notes = [problem("sheet_foreign", CellRef(name, each), kind=kind) for each, kind in foreign.items()]
    return OpenedWorkbook(name, FileKind.XLS, [each for each in names if each not in foreign], read, notes)
