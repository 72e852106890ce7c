"""Adds an empty table, with its title and headings, as a sheet of its own to a workbook that the office keeps."""

from __future__ import annotations

import posixpath
from typing import Any

from lxml import etree

from zwgk_excel.layout.columns import SheetLayout
from zwgk_excel.workbooks.excel import address
from zwgk_excel.workbooks.ooxml.package import MAIN, RELATION, OoxmlPackage, main, parse, serialise

_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"


def add_table_sheet(package: OoxmlPackage, sheet: SheetLayout) -> None:
    """Add the sheet behind the others; nothing else of the workbook changes."""
    folder = posixpath.dirname(package.workbook_name)
    part = package.fresh_name(posixpath.join(folder, "worksheets", "sheet.xml"))
    package.add(part, serialise(_content(sheet)), _TYPE)
    relation = package.relate(package.workbook_name, f"{RELATION}/worksheet", part)
    root = parse(package.parts[package.workbook_name])
    sheets = root.find(main("sheets"))
    number = 1 + max(int(each.get("sheetId", "0")) for each in sheets)
    entry = etree.SubElement(sheets, main("sheet"), name=sheet.name, sheetId=str(number))
    entry.set(f"{{{RELATION}}}id", relation)
    package.parts[package.workbook_name] = serialise(root)


def _content(sheet: SheetLayout) -> Any:
    root = etree.Element(main("worksheet"), nsmap={None: MAIN})
    columns = etree.SubElement(root, main("cols"))
    for number, column in enumerate(sheet, 1):
        width = str(column.width)
        etree.SubElement(columns, main("col"), min=str(number), max=str(number), width=width, customWidth="1")
    data = etree.SubElement(root, main("sheetData"))
    rows = [[sheet.title], [sheet.hint], [column.heading for column in sheet]]
    for number, texts in enumerate(rows):
        row = etree.SubElement(data, main("row"), r=str(number + 1))
        for position, text in enumerate(texts):
            cell = etree.SubElement(row, main("c"), r=address(number, position), t="inlineStr")
            etree.SubElement(etree.SubElement(cell, main("is")), main("t")).text = text
    return root
