"""Opens workbooks of Excel 2007 and later: guarded package, values by calamine, one sheet at a time."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Mapping, Sequence
from xml.parsers import expat

from zwgk_excel.domain.problems import CellRef, problem
from zwgk_excel.workbooks.opening.book import Grid, OpenedWorkbook
from zwgk_excel.workbooks.opening.calamine_reader import open_workbook, read_sheet
from zwgk_excel.workbooks.opening.file_kinds import FileKind
from zwgk_excel.workbooks.opening.guard import GuardedPackage, unpack
from zwgk_excel.workbooks.opening.rejected import unreadable, unsafe
from zwgk_excel.workbooks.opening.zip_parts import normalised_path

_SHEETS = 500
"""No office has more sheets in one workbook, and each may name the same large part."""


def open_xlsx(data: bytes, members: Sequence[zipfile.ZipInfo], kind: FileKind, name: str) -> OpenedWorkbook:
    """Open an .xlsx, or an .xlsm without its macros. Raises RejectedFileError with one of the guard's problems."""
    package = unpack(data, members, kind, name)
    paths = _sheet_paths(package, name)
    workbook = open_workbook(package.lean or data, name)

    def read(sheet: str) -> Grid:
        rows, merged = read_sheet(workbook, sheet, name)
        survey = package.surveys.get(paths.get(sheet, ""))
        if survey is None:
            if rows:
                raise unreadable(name, "找不到工作表的数据", sheet)
            return Grid(sheet, [])
        return Grid(sheet, rows, survey.errors, survey.uncached, merged)

    notes = [problem("macros_ignored", CellRef(name))] if kind is FileKind.XLSM else []
    return OpenedWorkbook(name, kind, workbook.sheet_names, read, notes)


def _sheet_paths(package: GuardedPackage, name: str) -> dict[str, str]:
    """Sheet name → path of its part, by the workbook's relationships."""
    try:
        starts = _relations(package, "")
        workbook = next((path for kind, path in starts.values() if kind == "officeDocument"), "xl/workbook.xml")
        targets = _relations(package, workbook)
        sheets = _elements(package.directory.get(workbook, b"<none/>"), "sheet")
    except expat.ExpatError as error:
        raise unreadable(name, "工作簿目录损坏") from error
    if len(sheets) > _SHEETS:
        raise unsafe(name, f"含 {len(sheets)} 张工作表")
    relation = {sheet.get("name", ""): _relation_id(sheet) for sheet in sheets}
    return {sheet: targets[key][1] for sheet, key in relation.items() if key in targets}


def _relation_id(attributes: Mapping[str, str]) -> str:
    return next((value for key, value in attributes.items() if key.endswith(":id")), "")


def _relations(package: GuardedPackage, part: str) -> dict[str, tuple[str, str]]:
    """Relation id → (last word of its type, path of its target part)."""
    folder, base = posixpath.split(part)
    path = posixpath.join(folder, "_rels", f"{base}.rels")
    relations = {}
    for each in _elements(package.directory.get(path, b"<none/>"), "Relationship"):
        target = posixpath.normpath(posixpath.join("/", folder, normalised_path(each.get("Target", "")))).lstrip("/")
        relations[each.get("Id", "")] = each.get("Type", "").rpartition("/")[2], target
    return relations


def _elements(part: bytes, name: str) -> list[dict[str, str]]:
    """The attributes of every element of a local name. Raises ExpatError."""
    found: list[dict[str, str]] = []
    parser = expat.ParserCreate()

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == name:
            found.append(attributes)

    parser.StartElementHandler = start
    parser.Parse(part, True)
    return found
