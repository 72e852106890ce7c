"""The cells of a worksheet part: found by position, created where they have only formatting, restyled."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from lxml import etree

from zwgk_excel.workbooks.excel import PIXELS_AROUND, PIXELS_PER_WIDTH, address, column_number
from zwgk_excel.workbooks.ooxml.addresses import Cell
from zwgk_excel.workbooks.ooxml.package import MAIN, main

_DIGITS = re.compile(r"\d+$")
_STRAY = etree.XPath("*[not(self::m:row)] | comment() | processing-instruction()", namespaces={"m": MAIN})
_UNNUMBERED = etree.XPath("boolean(m:row[not(number(@r) > 0)] | m:row/m:c[not(@r) or @r=''])", namespaces={"m": MAIN})
_WIDTH, _HEIGHT = 8.43, 15.0
"""Of columns and rows that say nothing of their own: character widths, points."""
_PIXELS_PER_POINT = 4 / 3


class SheetCells:
    """A worksheet's XML; rows and columns count from 0."""

    def __init__(self, root: Any) -> None:
        """Raises ValueError for a part without ordinary cells."""
        self.root = root
        self._data = root.find(main("sheetData"))
        if self._data is None:
            raise ValueError("a worksheet without cells")
        _number(self._data)

    @cached_property
    def _rows(self) -> dict[int, Any]:
        """Row number → row element, built on first use, because most sheets have no mark and many rows."""
        return {int(row.get("r")) - 1: row for row in self._data}

    def style(self, cell: Cell) -> int:
        """The effective format of a cell: its own, else that of its row, else that of its column."""
        row = self._rows.get(cell[0])
        found = next((each for each in _cells(row) if each.get("r") == address(*cell)), None)
        if found is not None:
            return int(found.get("s", "0"))
        if row is not None and row.get("customFormat") in ("1", "true"):
            return int(row.get("s", "0"))
        column = self._column(cell[1])
        return int(column.get("style", "0")) if column is not None else 0

    def set_style(self, cell: Cell, style: int) -> None:
        """Set the format of a cell; a missing cell is created empty."""
        self.cell(cell).set("s", str(style))

    def restyle(self, styles: Mapping[int, int]) -> bool:
        """Replace formats (old → new) of cells, rows and columns; True when any was replaced."""
        changed = False
        if not styles:
            return False
        old = {str(key): str(value) for key, value in styles.items()}
        spoken = [("style", self._columns), ("s", self._rows.values()), ("s", self.root.iter(main("c")))]
        for attribute, elements in spoken:
            for each in elements:
                if (new := old.get(each.get(attribute, ""))) is not None:
                    each.set(attribute, new)
                    changed = True
        return changed

    def width(self, column: int) -> int:
        """The width of a column in pixels."""
        found = self._column(column)
        if found is not None and found.get("hidden") in ("1", "true"):
            return 0
        default = next((float(each.get("defaultColWidth", _WIDTH)) for each in self._defaults()), _WIDTH)
        width = float(found.get("width", default)) if found is not None else default
        return round(width * PIXELS_PER_WIDTH) + (0 if found is not None else PIXELS_AROUND)

    def height(self, row: int) -> int:
        """The height of a row in pixels."""
        found = self._rows.get(row)
        if found is not None and found.get("hidden") in ("1", "true"):
            return 0
        default = next((float(each.get("defaultRowHeight", _HEIGHT)) for each in self._defaults()), _HEIGHT)
        return round(float(found.get("ht", default) if found is not None else default) * _PIXELS_PER_POINT)

    def _defaults(self) -> Iterator[Any]:
        return iter(self.root.findall(main("sheetFormatPr")))

    @cached_property
    def _columns(self) -> list[Any]:
        # Going through the whole sheet for them would take longer than all else that is done to it.
        return [each for columns in self.root.findall(main("cols")) for each in columns if each.tag == main("col")]

    def _column(self, column: int) -> Any:
        return next((c for c in self._columns if int(c.get("min", "0")) <= column + 1 <= int(c.get("max", "0"))), None)

    def cell(self, cell: Cell) -> Any:
        """The element of a cell; a missing one is created empty."""
        row = self._row(cell[0])
        before = 0
        for each in _cells(row):
            if each.get("r") == address(*cell):
                return each
            if _column_of(each.get("r")) < cell[1]:
                before += 1
        made = etree.Element(main("c"), r=address(*cell))
        row.insert(before, made)
        row.attrib.pop("spans", None)
        return made

    def _row(self, row: int) -> Any:
        if row not in self._rows:
            before = sum(number < row for number in self._rows)
            self._rows[row] = etree.Element(main("row"), r=str(row + 1))
            self._data.insert(before, self._rows[row])
        return self._rows[row]


def _cells(row: Any) -> Iterator[Any]:
    return iter(()) if row is None else (each for each in row if each.tag == main("c"))


def _number(data: Any) -> None:
    """Add the addresses to rows and cells that have none and are positioned by order."""
    for stray in _STRAY(data):
        data.remove(stray)
    if not _UNNUMBERED(data):
        return
    row_number = 0
    for row in data:
        row_number = int(row.get("r", row_number + 1))
        row.set("r", str(row_number))
        column = -1
        for cell in _cells(row):
            column = _column_of(cell.get("r")) if cell.get("r") else column + 1
            cell.set("r", address(row_number - 1, column))


def _column_of(where: str) -> int:
    return column_number(_DIGITS.sub("", where))
