"""A workbook's parts as they stand: no library that repairs or refuses them comes between."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from lxml import etree

from tests.xlsx_lint.book import Book, Table


def read_book(archive: zipfile.ZipFile) -> Book:
    parts = set(archive.namelist())
    workbook = _parse(archive, "xl/workbook.xml")
    relations = _relations(archive, "xl/workbook.xml")
    book = Book(
        sheets=[],
        names=[(node.get("name", ""), node.text or "") for node in elements(workbook, "definedName")],
        shared=_shared_strings(archive) if "xl/sharedStrings.xml" in parts else [],
    )
    for node in elements(workbook, "sheet"):
        part = relations[_attribute(node, "id")][1]
        if "worksheets/" not in part:
            continue
        name = node.get("name", "")
        book.sheets.append((name, _parse(archive, part)))
        for kind, target in _relations(archive, part).values():
            if kind == "table":
                book.tables.append(_read_table(name, _parse(archive, target)))
    charts = sorted(part for part in parts if re.fullmatch(r"xl/charts/chart\d+\.xml", part))
    book.charts = [(part, _parse(archive, part)) for part in charts]
    return book


def _parse(archive: zipfile.ZipFile, part: str) -> Any:
    return etree.fromstring(archive.read(part), etree.XMLParser(resolve_entities=False, huge_tree=True))


def elements(root: Any, *names: str) -> Iterator[Any]:
    """All elements of these local names, whatever their namespace."""
    return root.iter(*(f"{{*}}{name}" for name in names))


def _attribute(node: Any, name: str) -> str:
    """An attribute by its local name; empty where it is missing."""
    return next((value for key, value in node.attrib.items() if etree.QName(key).localname == name), "")


def _relations(archive: zipfile.ZipFile, part: str) -> dict[str, tuple[str, str]]:
    """The relations of a part: id to (last word of its type, target part)."""
    folder, name = posixpath.split(part)
    try:
        root = _parse(archive, f"{folder}/_rels/{name}.rels")
    except KeyError:
        return {}
    return {
        node.get("Id"): (node.get("Type").rsplit("/", 1)[-1], _target(folder, node.get("Target")))
        for node in elements(root, "Relationship")
        if node.get("TargetMode") != "External"
    }


def _target(folder: str, target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"{folder}/{target}")


def _shared_strings(archive: zipfile.ZipFile) -> list[str]:
    root = _parse(archive, "xl/sharedStrings.xml")
    return ["".join(text.text or "" for text in elements(item, "t")) for item in elements(root, "si")]


def _read_table(sheet: str, root: Any) -> Table:
    return Table(
        sheet=sheet,
        name=root.get("displayName", ""),
        number=root.get("id", ""),
        ref=root.get("ref", ""),
        columns=[unescape(node.get("name", "")) for node in elements(root, "tableColumn")],
        formulas=[node.text or "" for node in elements(root, "calculatedColumnFormula", "totalsRowFormula")],
        header=root.get("headerRowCount", "1") != "0",
    )


def unescape(text: str) -> str:
    """Undo the ``_x000a_`` notation of Office for characters that attributes cannot hold."""
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda match: chr(int(match[1], 16)), text)


def cell_text(book: Book, cell: Any) -> str:
    """The text of a cell; empty for numbers."""
    kind = cell.get("t")
    if kind == "inlineStr":
        return "".join(node.text or "" for node in elements(cell, "t"))
    value = next((node.text or "" for node in cell if etree.QName(node).localname == "v"), "")
    if kind == "s":
        return book.shared[int(value)]
    return value if kind == "str" else ""


def rule_formulas(sheet: str, root: Any) -> Iterator[tuple[str, str]]:
    """The formulas of data validations and conditional formats, with the cells that they are for."""
    for node in elements(root, "dataValidation"):
        for formula in elements(node, "formula1", "formula2"):
            yield f"{sheet}!{' '.join(sqref(node))}", formula_text(formula)
    for node in elements(root, "cfRule"):
        for formula in node:
            if etree.QName(formula).localname in ("formula", "f"):
                yield f"{sheet}!{' '.join(sqref(node.getparent()))}", formula_text(formula)


def sqref(node: Any) -> list[str]:
    """The areas of a validation or a conditional format, whether written as attribute or as element."""
    written = node.get("sqref") or next((child.text or "" for child in elements(node, "sqref")), "")
    return list(written.split())


def formula_text(node: Any) -> str:
    """A formula, which newer parts wrap in an element of its own."""
    return "".join(node.itertext()).strip()
