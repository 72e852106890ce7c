"""A second program that computes formulas, beside LibreOffice: betteroffice-xlsx, a library in Rust of its own making.

It computes some 3,500 formulas of a file, and understands no defined name that is relative to the cell that uses it,
and no ASC: in its place stand the replacements that it makes of wide digits and signs. Of a name of an array it takes
one value, so the array stands in its place.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path

from lxml import etree

from tests.calc.caches import Cached, cached, poisoned
from tests.tools import give_up
from zwgk_excel.workbooks.contract import defined_names
from zwgk_excel.workbooks.excel import cell_at, column_letters, serial
from zwgk_excel.workbooks.ooxml.package import OoxmlPackage, main, parse, serialise, sheets_of

_ROW = re.compile(r"(\$[A-Z]{1,3})1(?!\d)")
_NAME = re.compile(r"\bzwgk_\w+")
_WIDE = "０１２３４５６７８９．－／：\u3000"
_HELPERS = 60
"""The column, from 0, right of all that a report has."""


def computed(data: bytes, path: Path, today: date) -> dict[tuple[str, str], Cached]:
    """(Sheet, cell) → what the engine computes on a day, of every formula of a file whose results are poisoned first.

    ``path`` is where the poisoned file is put. Fails where the engine computed less than all of it.
    """
    try:
        from betteroffice_xlsx import Workbook
    except ImportError:
        give_up("not available: betteroffice-xlsx (extra test)")
    path.write_bytes(poisoned(data))
    book = Workbook.open_path(str(path))
    done = book.recalculate(now_serial=serial(today) + 0.5)
    assert (done.cycles, done.limited) == (0, 0)
    found = {(sheet, where): book[sheet][where] for sheet, where in cached(data)}
    return {place: _plain(value) for place, value in found.items()}


def _plain(value: object) -> Cached:
    return "" if value is None else value if isinstance(value, str | float | bool) else str(value)


def with_own_checks(data: bytes, rows: Collection[int]) -> bytes:
    """A report workbook in which these rows of 信息明细 have their check as a formula of their own, the others none.

    What stands behind each name that is relative to the row gets a cell of its own, right of all others.
    """
    package = OoxmlPackage(data)
    book = parse(package.parts[package.workbook_name])
    every = {each.get("name", ""): each.text or "" for each in book.iter(main("definedName"))}
    names = _relative(every)
    check = names.pop(defined_names.ITEM_CHECK)
    cells = {name: column_letters(_HELPERS + number) for number, name in enumerate(names)}
    arrays = {name: text for name, text in every.items() if text.startswith("{")}
    for sheet in sheets_of(package):
        root = parse(package.parts[sheet.part])
        for cell in [each for each in root.iter(main("c")) if each.findtext(main("f")) == defined_names.ITEM_CHECK]:
            row = cell_at(cell.get("r"))[0] + 1
            if row not in rows:
                cell.set("t", "n")
                for child in list(cell):
                    cell.remove(child)
                continue
            cell.find(main("f")).text = _in_row(check, row, cells, arrays)
            for name, text in names.items():
                helper = etree.SubElement(cell.getparent(), main("c"), r=f"{cells[name]}{row}", t="str")
                etree.SubElement(helper, main("f")).text = _in_row(text, row, cells, arrays)
        package.parts[sheet.part] = serialise(root)
    return package.write()


def written(data: bytes) -> dict[tuple[str, str], Cached]:
    """As :func:`tests.calc.caches.cached`, without the cells that :func:`with_own_checks` added."""
    return {place: value for place, value in cached(data).items() if cell_at(place[1])[1] < _HELPERS}


def _without_asc(formula: str) -> str:
    """The formula with SUBSTITUTE for each wide sign in place of ASC."""
    while (start := formula.find("ASC(")) >= 0:
        end, depth = start + len("ASC("), 1
        while depth:
            depth += {"(": 1, ")": -1}.get(formula[end], 0)
            end += 1
        inner = formula[start + len("ASC(") : end - 1]
        for sign in _WIDE:
            inner = f'SUBSTITUTE({inner},"{sign}","{unicodedata.normalize("NFKC", sign)}")'
        formula = formula[:start] + inner + formula[end:]
    return formula


def _relative(names: Mapping[str, str]) -> dict[str, str]:
    """Of our names those that depend on the row, directly or over others."""
    found = {name for name, text in names.items() if name.startswith("zwgk_") and _ROW.search(text)}
    while more := {each for each in names.keys() - found if found & set(_NAME.findall(names[each]))}:
        found |= more
    return {name: names[name] for name in sorted(found)}


def _in_row(formula: str, row: int, cells: Mapping[str, str], arrays: Mapping[str, str]) -> str:
    moved = _ROW.sub(rf"\g<1>{row}", _without_asc(formula))
    places = {**{name: f"${column}${row}" for name, column in cells.items()}, **arrays}
    return _NAME.sub(lambda name: places.get(name[0], name[0]), moved)
