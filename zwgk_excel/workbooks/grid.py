"""Workbooks as plain grids of values: through the guard, then through calamine."""

from __future__ import annotations

import io
import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from xml.parsers import expat

from zwgk_excel.domain.problems import Place, problem
from zwgk_excel.workbooks.guard import Package, Rejected, folded, unpack
from zwgk_excel.workbooks.sheet_part import Cell, Cells

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

Value = str | float | int | bool | date | datetime | None
_Raw = str | float | bool | date | datetime | time | timedelta


@dataclass(frozen=True, slots=True)
class Grid:
    """The cells of one sheet from A1 on, as rows of equal length; blank rows at the end are dropped.

    An empty cell is None. A number without a fraction is an int, a day without a time of day is a ``date`` (a
    ``datetime`` always has a time), a time of day or a duration is text (``08:30:00``).
    """

    sheet: str
    rows: list[list[Value]]
    errors: Mapping[Cell, str] = field(default_factory=dict)
    """(row, column) → ``#REF!`` and the like; the cell's value is None."""
    uncached: Cells = field(default_factory=Cells)
    """(row, column) of formulas whose result the file does not hold; the cell's value is None."""

    def value(self, row: int, column: int) -> Value:
        """The value of a cell, 0 for the first row and column; None outside the grid."""
        if not (0 <= row < len(self.rows) and 0 <= column < len(self.rows[row])):
            return None
        return self.rows[row][column]


class Book:
    """A workbook that passed the guard; its sheets are read when they are asked for."""

    def __init__(self, name: str, workbook: CalamineWorkbook, package: Package) -> None:
        self.name = name
        self.sheet_names: list[str] = workbook.sheet_names
        """All sheets in their order, hidden ones included."""
        self._workbook, self._package = workbook, package
        self._paths = _sheet_paths(package, name)

    def grid(self, sheet: str) -> Grid | None:
        """The grid of a sheet by its exact name; None where there is none.

        Raises :class:`Rejected` (file_unreadable) when the sheet cannot be read.
        """
        if sheet not in self.sheet_names:
            return None
        try:
            rows = self._workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
        except BaseException as error:
            raise _translated(error, self.name, sheet) from error
        survey = self._package.surveys.get(self._paths.get(sheet, ""))
        if survey is None and rows:
            raise Rejected(problem("file_unreadable", Place(self.name, sheet), reason="找不到工作表的数据"))
        return Grid(sheet, _plain(rows), survey.errors, survey.uncached) if survey else Grid(sheet, [])


def open_book(data: bytes, name: str) -> Book:
    """Open a workbook from its bytes; ``name`` is the file's name for messages.

    Raises :class:`Rejected` with one of the guard's problems, or file_unreadable.
    """
    package = unpack(data, name)
    from python_calamine import CalamineWorkbook

    try:
        workbook = CalamineWorkbook.from_object(io.BytesIO(data))
    except BaseException as error:
        raise _translated(error, name) from error
    return Book(name, workbook, package)


def column_letters(column: int) -> str:
    """The letters of a column, 0 for the first: 0 → ``A``, 26 → ``AA``."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def address(row: int, column: int) -> str:
    """A cell as people name it, from row and column, 0 for the first: (6, 5) → ``F7``."""
    return f"{column_letters(column)}{row + 1}"


def _translated(error: BaseException, name: str, sheet: str = "") -> BaseException:
    """The error to raise for one out of calamine, whose panics are no ``Exception``s."""
    if isinstance(error, Exception) or type(error).__name__ == "PanicException":
        return Rejected(problem("file_unreadable", Place(name, sheet), reason="内容损坏"))
    return error


def _plain(rows: list[list[_Raw]]) -> list[list[Value]]:
    """Calamine's values as ours. Nearly all rows of a report are blank: these are told apart without looking in."""
    count = len(rows)
    while count and rows[count - 1].count("") == len(rows[count - 1]):
        count -= 1
    return [_blank(row) if row.count("") == len(row) else [_value(raw) for raw in row] for row in rows[:count]]


def _blank(row: list[_Raw]) -> list[Value]:
    return [None] * len(row)


def _value(raw: _Raw) -> Value:
    if raw == "":
        return None
    if isinstance(raw, float) and raw.is_integer():
        return int(raw)
    if isinstance(raw, datetime) and raw.time() == time():
        return raw.date()
    return str(raw) if isinstance(raw, time | timedelta) else raw


def _sheet_paths(package: Package, name: str) -> dict[str, str]:
    """Sheet name → path of its part, as the workbook's own relations say."""
    try:
        starts = _relations(package, "")
        workbook = next((path for kind, path in starts.values() if kind == "officeDocument"), "xl/workbook.xml")
        targets = _relations(package, workbook)
        sheets = _elements(package.directory.get(workbook, b"<none/>"), "sheet")
    except expat.ExpatError as error:
        raise Rejected(problem("file_unreadable", Place(name), reason="工作簿目录损坏")) from error
    relation = {sheet.get("name", ""): _relation_id(sheet) for sheet in sheets}
    return {sheet: targets[key][1] for sheet, key in relation.items() if key in targets}


def _relation_id(attributes: Mapping[str, str]) -> str:
    return next((value for key, value in attributes.items() if key.endswith(":id")), "")


def _relations(package: Package, part: str) -> dict[str, tuple[str, str]]:
    """Relation id → (last word of its type, path of the part it points to)."""
    folder, base = posixpath.split(part)
    path = posixpath.join(folder, "_rels", f"{base}.rels")
    relations = {}
    for each in _elements(package.directory.get(path, b"<none/>"), "Relationship"):
        target = posixpath.normpath(posixpath.join("/", folder, folded(each.get("Target", "")))).lstrip("/")
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
