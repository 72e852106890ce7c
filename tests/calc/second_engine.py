"""A second program that computes formulas, beside LibreOffice: betteroffice-xlsx, a library in Rust of its own making.

It computes some 3,500 formulas of a file, and understands no defined name that is relative to the cell that uses it.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date
from pathlib import Path

from tests.calc.caches import Cached, cached, poisoned
from tests.tools import give_up
from zwgk_excel.workbooks.contract import defined_names
from zwgk_excel.workbooks.excel import cell_at, serial
from zwgk_excel.workbooks.ooxml.package import OoxmlPackage, main, parse, serialise, sheets_of

_ROW = re.compile(r"(\$[A-Z]{1,3})1(?!\d)")


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
    return {place: "" if value is None else value for place, value in found.items()}


def with_own_checks(data: bytes, rows: Collection[int]) -> bytes:
    """A report workbook in which these rows of 信息明细 have their check as a formula of their own, the others none."""
    package = OoxmlPackage(data)
    book = parse(package.parts[package.workbook_name])
    names = {each.get("name"): each.text or "" for each in book.iter(main("definedName"))}
    check = names[defined_names.ITEM_CHECK]
    for part in (defined_names.ITEM_ERRORS, defined_names.ITEM_WARNINGS):
        check = check.replace(part, f"({names[part]})")
    for sheet in sheets_of(package):
        root = parse(package.parts[sheet.part])
        for formula in root.iter(main("f")):
            if formula.text == defined_names.ITEM_CHECK:
                row = cell_at(formula.getparent().get("r"))[0] + 1
                if row in rows:
                    formula.text = _ROW.sub(rf"\g<1>{row}", check)
                else:
                    formula.getparent().set("t", "n")
                    for child in formula.getparent().findall(main("v")):
                        formula.getparent().remove(child)
        for cell in [each for each in root.iter(main("c")) if each.findtext(main("f")) == defined_names.ITEM_CHECK]:
            cell.remove(cell.find(main("f")))
        package.parts[sheet.part] = serialise(root)
    return package.write()
