"""Where the cells of a worksheet lead: their hyperlinks, and formulas HYPERLINK that name an address."""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.parsers import expat

from zwgk_excel.workbooks.opening.sheet_survey import Cell, CellWalker, MalformedSheetError, cell_of, walk_cells

_LINK = re.compile(rb"<(?:\w+:)?hyperlink\s([^<>]+)>")
_PLACE = re.compile(rb"""(?:^|\s)ref=["']([A-Z]{1,3})([0-9]{1,7})[:"']""")
_RELATION = re.compile(rb"""\s\w+:id=["']([^"']+)["']""")
_FORMULA = re.compile(r'\s*HYPERLINK\(\s*"((?:[^"]|"")+)"\s*[,)]', re.IGNORECASE)
_NAMED = re.compile(rb"HYPERLINK\(", re.IGNORECASE)


def cell_links(part: bytes, relations: bytes) -> dict[Cell, str]:
    """(row, column) → address, as the file has it, of a worksheet that passed its guard.

    ``relations`` are those of the part, empty where it has none. Of a link over several cells the first one has it.
    What cannot be understood is no link.
    """
    found: dict[Cell, str] = {}

    def seen(cell: Cell, _: Mapping[str, str], children: Mapping[str, str]) -> None:
        if named := _FORMULA.match(children.get("f", "")):
            found[cell] = named[1].replace('""', '"')

    if _NAMED.search(part):
        try:
            walk_cells(part, CellWalker(seen))
        except MalformedSheetError:
            found.clear()
    targets = _targets(relations)
    for link in _LINK.finditer(part):
        place, relation = _PLACE.search(link[1]), _RELATION.search(b" " + link[1])
        target = targets.get(relation[1].decode("utf-8", "replace")) if relation else None
        if place and target:
            found.setdefault(cell_of(place[1], place[2]), target)
    return found


def _targets(relations: bytes) -> dict[str, str]:
    """Relation id → the address outside the file that it leads to."""
    found: dict[str, str] = {}
    parser = expat.ParserCreate()

    def start(_: str, attributes: dict[str, str]) -> None:
        if attributes.get("TargetMode") == "External" and attributes.get("Type", "").endswith("/hyperlink"):
            found[attributes.get("Id", "")] = attributes.get("Target", "")

    def doctype(*_: object) -> None:
        raise ValueError("relations with a DTD")

    parser.StartElementHandler, parser.StartDoctypeDeclHandler = start, doctype
    try:
        parser.Parse(relations or b"<none/>", True)
    except (expat.ExpatError, ValueError):
        return {}
    return found
