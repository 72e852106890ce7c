"""Opens workbooks of Excel 2007 and later: guarded package, values by calamine, one sheet at a time."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from zwgk_excel.domain.problems import CellRef, Problem, problem
from zwgk_excel.workbooks.opening.book import Grid, OpenedWorkbook
from zwgk_excel.workbooks.opening.calamine_reader import SheetValues, open_workbook, read_sheet
from zwgk_excel.workbooks.opening.file_kinds import FileKind
from zwgk_excel.workbooks.opening.guard import GuardedPackage
from zwgk_excel.workbooks.opening.package_map import SheetPart
from zwgk_excel.workbooks.opening.rejected import RejectedFileError, unreadable
from zwgk_excel.workbooks.opening.sheet_survey import Cell, Survey

_FOREIGN = {
    "xlMacrosheet": "Excel 4.0 宏表",
    "xlIntlMacrosheet": "Excel 4.0 宏表",
    "dialogsheet": "对话框表",
}
_UNKNOWN_SHEET = "无法识别的工作表"


def open_xlsx(data: bytes, members: Sequence[zipfile.ZipInfo], kind: FileKind, name: str) -> OpenedWorkbook:
    """Open an .xlsx, or an .xlsm without its macros. Raises RejectedFileError with one of the guard's problems."""
    package = GuardedPackage(data, members, kind, name)
    workbook = open_workbook(package.for_reader() or data, name)
    paths = {sheet.name: sheet.path for sheet in package.map.sheets if sheet.is_grid}

    def read(sheet: str) -> Grid:
        path = paths.get(sheet, "")
        if path in package.unread:
            told = package.unread[path]
            raise RejectedFileError(told if told.place.sheet else _on_sheet(told, sheet))
        survey = package.surveys.get(path)
        if survey is None:
            if read_sheet(workbook, sheet, name)[0]:
                raise unreadable(name, "找不到工作表的数据", sheet)
            return Grid(sheet, [])
        values, refused = _values(sheet, path, survey)
        errors = {**survey.errors, **refused}
        return Grid(
            sheet, values[0], errors, survey.uncached, values[1], package.shown[path], package.map.date_1904
        )

    def _values(sheet: str, path: str, survey: Survey) -> tuple[SheetValues, Mapping[Cell, str]]:
        """What the bulk reader reads of a sheet, and the texts of cells that it refuses."""
        if not survey.misread:
            try:
                return read_sheet(workbook, sheet, name), {}
            except RejectedFileError:
                pass  # for one cell, perhaps: read without the cells that it is known to refuse
        held, refused = package.mended(path, sheet)
        return read_sheet(open_workbook(held, name), sheet, name), refused

    def links(sheet: str) -> Mapping[Cell, str]:
        path = paths.get(sheet, "")
        return package.links(path) if path in package.surveys else {}

    return OpenedWorkbook(name, kind, workbook.sheet_names, read, list(_notes(package, kind, name)), links)


def _on_sheet(told: Problem, sheet: str) -> Problem:
    return replace(told, place=replace(told.place, sheet=sheet))


def _notes(package: GuardedPackage, kind: FileKind, name: str) -> Iterator[Problem]:
    if kind is FileKind.XLSM:
        yield problem("macros_ignored", CellRef(name))
    for sheet in package.map.foreign:
        yield problem("sheet_foreign", CellRef(name, sheet.name), kind=_kind(sheet))


def _kind(sheet: SheetPart) -> str:
    return _FOREIGN.get(sheet.kind, _UNKNOWN_SHEET)
