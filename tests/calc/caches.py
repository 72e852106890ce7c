"""The results of formulas as a file keeps them: read with their types, or poisoned, so that nobody can pass them on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from lxml import etree

from tests.calc.office import Document, Office
from zwgk_excel.workbooks.excel import cell_at
from zwgk_excel.workbooks.ooxml.package import OoxmlPackage, main, parse, serialise, sheets_of

Cached = str | float | bool | None
"""A result; None where there is none. An empty text is a result."""
POISON = "下毒"


class ErrorResult(AssertionError):
    """A file keeps an error as the result of a formula of ours."""


def cached(data: bytes) -> dict[tuple[str, str], Cached]:
    """(Sheet, cell) → the result that the file keeps, of every formula in it."""
    package = OoxmlPackage(data)
    found: dict[tuple[str, str], Cached] = {}
    for sheet in sheets_of(package):
        for cell in parse(package.parts[sheet.part]).iter(main("c")):
            if cell.find(main("f")) is not None:
                found[sheet.name, cell.get("r")] = _result(sheet.name, cell)
    return found


def _result(sheet: str, cell: etree._Element) -> Cached:
    value, kind = cell.find(main("v")), cell.get("t", "n")
    if value is None:
        return None
    text = value.text or ""
    if kind == "e":
        raise ErrorResult(f"{sheet}!{cell.get('r')}: {text}")
    if kind == "str":
        return text
    return text == "1" if kind == "b" else float(text)


def poisoned(data: bytes) -> bytes:
    """The file with a wrong text as the result of every formula."""
    package = OoxmlPackage(data)
    for sheet in sheets_of(package):
        root = parse(package.parts[sheet.part])
        for cell in root.iter(main("c")):
            if cell.find(main("f")) is not None:
                for old in cell.findall(main("v")):
                    cell.remove(old)
                cell.set("t", "str")
                etree.SubElement(cell, main("v")).text = POISON
        package.parts[sheet.part] = serialise(root)
    return package.write()


def computed(office: Office, data: bytes, path: Path) -> dict[tuple[str, str], Cached]:
    """(Sheet, cell) → what LibreOffice computes, of every formula of a file whose results are poisoned first.

    ``path`` is where the poisoned file is put.
    """
    path.write_bytes(poisoned(data))
    places = cached(data)
    with office.open(path) as document:
        document.recalculate()
        return _shown(document, places)


def _shown(document: Document, places: Mapping[tuple[str, str], Cached]) -> dict[tuple[str, str], Cached]:
    grids = {sheet: document.values(sheet) for sheet in {sheet for sheet, _ in places}}
    found: dict[tuple[str, str], Cached] = {}
    for sheet, where in places:
        row, column = cell_at(where)
        value = grids[sheet][row][column]
        found[sheet, where] = "" if value is None else value
    return found


def differences(written: Mapping[tuple[str, str], Cached], shown: Mapping[tuple[str, str], Cached]) -> list[str]:
    """Where the results written and those computed differ, in value or in type."""
    return [
        f"{sheet}!{where}: {written[sheet, where]!r}, computed {shown[sheet, where]!r}"
        for sheet, where in written
        if not _equal(written[sheet, where], shown[sheet, where])
    ]


def _equal(one: Cached, other: Cached) -> bool:
    if isinstance(one, str) or isinstance(other, str) or one is None or other is None:
        return one == other
    return abs(one - other) < 1e-9
