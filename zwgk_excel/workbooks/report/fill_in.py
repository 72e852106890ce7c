"""Fills in a report workbook by its headings, without a spreadsheet application, for the demonstration and tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from lxml import etree

from zwgk_excel.layout.columns import SheetLayout, layout
from zwgk_excel.workbooks.contract.common_cells import find_common
from zwgk_excel.workbooks.contract.identity_sheet import FIRST_ROW, HEADER_ROW
from zwgk_excel.workbooks.excel import address, cell_at, serial
from zwgk_excel.workbooks.ooxml.package import OoxmlPackage, main, parse, serialise, sheets_of
from zwgk_excel.workbooks.opening.open_book import Grid, open_book

InputValue = str | date | float | None
"""What an officer can type; None leaves the cell alone."""


def fill(
    data: bytes,
    *,
    answers: Mapping[tuple[str, str], Mapping[str, InputValue]],
    items: Sequence[Mapping[str, InputValue]],
    common: Mapping[str, InputValue] | None = None,
    added_tasks: Sequence[Mapping[str, InputValue]] = (),
) -> bytes:
    """A generated report workbook with answers and items typed in.

    ``answers`` maps (编号, 所属期) to column key → value; ``items`` are rows of column key → value, from the first row
    on; ``common`` maps the key of a column to what is filled once on the cover; ``added_tasks`` are rows that somebody
    types below 任务清单, although it is locked. Cached formula results are unchanged,
    as in a program that does not recalculate. Raises KeyError for a task or a column that the workbook lacks.
    """
    book = open_book(data, "")
    tasks, details = layout("report")["tasks"], layout("report")["items"]
    task_grid, item_grid = book.grid(tasks.name), book.grid(details.name)
    if task_grid is None or item_grid is None:
        raise KeyError("not a report workbook")
    rows, columns = _task_rows(task_grid, tasks), _columns(task_grid, tasks)
    typed_answers = {address(rows[task], columns[key]): v for task, row in answers.items() for key, v in row.items()}
    below = max(rows.values(), default=FIRST_ROW) + 1
    added = ((below + n, row) for n, row in enumerate(added_tasks))
    typed_answers |= {address(number, columns[key]): v for number, row in added for key, v in row.items()}
    columns = _columns(item_grid, details)
    start = FIRST_ROW - 1
    typed_items = {address(start + n, columns[key]): v for n, row in enumerate(items) for key, v in row.items()}
    cells = {tasks.name: typed_answers, details.name: typed_items}
    if common:
        cover = layout("report")["cover"].name
        grid = book.grid(cover)
        places = find_common(grid.rows) if grid else {}
        cells[cover] = {address(*places[key]): value for key, value in common.items()}
    return type_into(data, cells)


def type_into(data: bytes, cells: Mapping[str, Mapping[str, InputValue]]) -> bytes:
    """A workbook with cells (sheet name → address → value) written; every other part is unchanged byte for byte."""
    package = OoxmlPackage(data)
    parts = {entry.name: entry.part for entry in sheets_of(package)}
    for sheet, values in cells.items():
        package.parts[parts[sheet]] = _typed(package.parts[parts[sheet]], values)
    return package.write()


def _columns(grid: Grid, sheet: SheetLayout) -> dict[str, int]:
    found = {number: sheet.find(str(heading)) for number, heading in enumerate(grid.rows[HEADER_ROW - 1]) if heading}
    return {column.key: number for number, column in found.items() if column}


def _task_rows(grid: Grid, sheet: SheetLayout) -> dict[tuple[str, str], int]:
    columns = _columns(grid, sheet)
    keys = ((row, grid.value(row, columns["id"])) for row in range(FIRST_ROW - 1, len(grid.rows)))
    return {(str(id_), str(grid.value(row, columns["reference"]))): row for row, id_ in keys if id_}


def _typed(part: bytes, values: Mapping[str, InputValue]) -> bytes:
    root = parse(part)
    sheet_data = root.find(main("sheetData"))
    rows = {int(row.get("r")): row for row in sheet_data}
    looks = _column_styles(root)
    for where, value in values.items():
        if value is not None:
            _type(sheet_data, rows, where, value, looks.get(cell_at(where)[1] + 1, "0"))
    return serialise(root)


def _column_styles(root: etree._Element) -> dict[int, str]:
    """Column, from 1 → the style that a program gives to a cell that is new there."""
    return {
        number: column.get("style", "0")
        for column in root.iterfind(f"{main('cols')}/{main('col')}")
        for number in range(int(column.get("min")), int(column.get("max")) + 1)
    }


def _type(
    sheet_data: etree._Element, rows: dict[int, etree._Element], where: str, value: str | date | float, style: str
) -> None:
    number = cell_at(where)[0] + 1
    if number not in rows:
        later = [row for row in rows if row > number]
        rows[number] = etree.Element(main("row"), r=str(number))
        sheet_data.insert(list(sheet_data).index(rows[min(later)]) if later else len(sheet_data), rows[number])
    cell = _cell(rows[number], where, style)
    for child in list(cell):
        cell.remove(child)
    cell.attrib.pop("t", None)
    if isinstance(value, str):
        cell.set("t", "inlineStr")
        text = etree.SubElement(etree.SubElement(cell, main("is")), main("t"))
        text.text = value
        text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    else:
        etree.SubElement(cell, main("v")).text = str(serial(value) if isinstance(value, date) else value)


def _cell(row: etree._Element, where: str, style: str) -> etree._Element:
    """The cell of a row, which gets one of this style where it has none."""
    column = cell_at(where)[1]
    for position, cell in enumerate(row):
        if cell.get("r") == where:
            return cell
        if cell_at(cell.get("r", "A1"))[1] > column:
            made = etree.Element(main("c"), r=where, s=style)
            row.insert(position, made)
            return made
    return etree.SubElement(row, main("c"), r=where, s=style)
