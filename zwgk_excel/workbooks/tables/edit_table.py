"""Edits cells of a table that the office keeps: nothing else of the workbook changes.

Works on the package itself: what an office adds to its workbook (columns, sheets, pictures, comments, filters) is not
for this program to lose.
"""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from typing import Any

from lxml import etree

from zwgk_excel.domain.errors import ZwgkError
from zwgk_excel.domain.table_edits import RowEdit
from zwgk_excel.layout.columns import SheetLayout
from zwgk_excel.workbooks.excel import address
from zwgk_excel.workbooks.ooxml.addresses import Area, Cell, areas_in
from zwgk_excel.workbooks.ooxml.package import MAIN, OoxmlPackage, main, parse, serialise, sheets_of
from zwgk_excel.workbooks.ooxml.sheet_cells import SheetCells
from zwgk_excel.workbooks.opening.file_kinds import FileKind
from zwgk_excel.workbooks.opening.open_book import open_book
from zwgk_excel.workbooks.reading.table_reader import LocatedTable, typed_rows
from zwgk_excel.workbooks.tables.new_sheet import add_table_sheet
from zwgk_excel.workbooks.tables.read_tables import locate_table

_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_DAMAGED = (KeyError, ValueError, StopIteration, zipfile.BadZipFile, etree.XMLSyntaxError)
"""What a workbook that violates the standard raises."""


class TableNotEditableError(ZwgkError):
    """The table cannot be edited safely: one Chinese sentence that says why; it is to be edited by hand."""


def edit_table(data: bytes, name: str, sheet: SheetLayout, edits: Sequence[RowEdit]) -> bytes:
    """The workbook with the rows of its table edited; new rows stand in the first empty ones below it.

    ``name`` is the file's name, for messages. An optional sheet that is not there is made. Raises
    TableNotEditableError, and RejectedFileError for what is no workbook.
    """
    book = open_book(data, name)
    if book.kind not in {FileKind.XLSX, FileKind.XLSM}:
        raise TableNotEditableError(f"“{name}”其实不是 .xlsx 文件；请用 Excel 或 WPS 打开，另存为 .xlsx 后再办。")
    table = locate_table(book, sheet)
    if table is None and not (sheet.optional and sheet.name not in book.sheet_names):
        raise TableNotEditableError(f"“{name}”中没有找到“{sheet.name}”的表头；请运行 zwgk check 查看。")
    try:
        package = OoxmlPackage(data)
        if table is None:
            add_table_sheet(package, sheet)
            table = locate_table(open_book(package.write(), name), sheet)
            assert table is not None
        return _edited(package, table, name, edits)
    except _DAMAGED:
        raise TableNotEditableError(
            f"“{name}”的文件结构与常见的 .xlsx 不同，不能由程序修改；请用 Excel 或 WPS 打开，另存为 .xlsx 后再办。"
        ) from None


def _edited(package: OoxmlPackage, table: LocatedTable, name: str, edits: Sequence[RowEdit]) -> bytes:
    part = next(each.part for each in sheets_of(package) if each.name == table.grid.sheet)
    root = parse(package.parts[part])
    cells = SheetCells(root)
    writer = _CellWriter(root, cells, name, table.grid.sheet)
    last = max(typed_rows(table, table.sheet), default=table.header)
    free = last
    for edit in edits:
        if edit.row is None:
            free = writer.first_empty_row(free + 1)
            number, like = free, last
        else:
            number = like = edit.row.number - 1
        for key, text in edit.cells.items():
            if key not in table.positions:
                if not text:
                    continue
                heading = table.sheet.heading(key)
                raise TableNotEditableError(f"“{name}”里没有“{heading}”一列；请补上这一列（表头写“{heading}”）后再办。")
            writer.write((number, table.positions[key]), text, like=(like, table.positions[key]))
    if free > last:
        for dimension in root.findall(main("dimension")):  # optional, and too small now
            root.remove(dimension)
        _extend_list(package, part, last, free)
    package.parts[part] = serialise(root)
    if writer.has_formulas:
        _recalculated(package)
    return package.write()


class _CellWriter:
    """Writes texts into one sheet."""

    def __init__(self, root: Any, cells: SheetCells, file: str, sheet: str) -> None:
        self._cells, self._file, self._sheet = cells, file, sheet
        self.has_formulas = next(root.iter(main("f")), None) is not None
        merged = (areas_in(each.get("ref", "")) for each in root.iter(main("mergeCell")))
        self._merged: list[Area] = [area for areas in merged for area in areas]
        self._filled = {
            int(row.get("r")) - 1 for row in root.iter(main("row")) if any(len(cell) for cell in row.iter(main("c")))
        }

    def first_empty_row(self, start: int) -> int:
        """The first row from ``start`` on without a value or a merged cell."""
        taken = self._filled | {row for area in self._merged for row in range(area.top, area.bottom + 1)}
        while start in taken:
            start += 1
        self._filled.add(start)
        return start

    def write(self, cell: Cell, text: str, *, like: Cell) -> None:
        """Replace the content of a cell; one without a format of its own gets that of ``like``."""
        where = f"{self._file}!{self._sheet}!{address(*cell)}"
        if any(a.top <= cell[0] <= a.bottom and a.left <= cell[1] <= a.right and a.size > 1 for a in self._merged):
            raise TableNotEditableError(f"{where} 在合并的单元格里，程序不改；请取消合并后再办。")
        style = self._cells.style(cell) or self._cells.style(like)
        found = self._cells.cell(cell)
        if found.find(main("f")) is not None:
            raise TableNotEditableError(f"{where} 是公式，程序不改；请改成文字后再办。")
        for child in list(found):
            found.remove(child)
        for attribute in ("t", "cm", "vm"):
            found.attrib.pop(attribute, None)
        found.set("s", str(style))
        if text:
            found.set("t", "inlineStr")
            shown = etree.SubElement(etree.SubElement(found, main("is")), main("t"))
            shown.text = text
            shown.set(_SPACE, "preserve")


def _extend_list(package: OoxmlPackage, part: str, last: int, free: int) -> None:
    """Let an Excel table that ends above the new rows have them, too."""
    for relation in package.relations(part):
        if relation.type != "table" or relation.target not in package.parts:
            continue
        root = parse(package.parts[relation.target])
        (area,) = areas_in(root.get("ref", ""))
        if area.bottom < last or area.bottom >= free or int(root.get("totalsRowCount", "0")):
            continue
        grown = str(Area(area.top, area.left, free, area.right))
        for each in (root, *root.iter(f"{{{MAIN}}}autoFilter")):
            each.set("ref", grown)
        package.parts[relation.target] = serialise(root)


def _recalculated(package: OoxmlPackage) -> None:
    """Let formulas of the office that look at the cells be calculated anew when the workbook is opened."""
    root = parse(package.parts[package.workbook_name])
    found = root.find(main("calcPr"))
    if found is not None:
        found.set("fullCalcOnLoad", "1")
        package.parts[package.workbook_name] = serialise(root)
