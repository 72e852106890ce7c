"""Records the calls of the tracker writers on ``xlsxwriter`` as plain data, for the refresh of a live workbook.

So the same writers fill the file and the live workbook. Rows and columns count from 0.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from zwgk_excel.workbooks.excel import column_number

Format = Mapping[str, Any]
"""Properties as ``xlsxwriter`` names them."""
Area = tuple[int, int, int, int]
"""First row, first column, last row, last column."""

_PAGE_SETUP = frozenset(
    {
        "activate",
        "fit_to_pages",
        "freeze_panes",
        "hide_gridlines",
        "insert_chart",
        "print_across",
        "repeat_columns",
        "repeat_rows",
        "set_footer",
        "set_h_pagebreaks",
        "set_landscape",
        "set_margins",
        "set_paper",
        "set_row",
        "very_hidden",
        "write_comment",
    }
)
"""What a sheet that is there already has: its page, and the drawings and comments on it."""
_CELLS = re.compile(r"\$?([A-Z]{1,3})\$?(\d+)(?::\$?([A-Z]{1,3})\$?(\d+))?")


@dataclass(frozen=True, slots=True)
class Link:
    """A link to a file relative to the workbook, with a location in it after ``#``."""

    text: str
    address: str
    formula: str
    """The same as a formula, because thousands of them are written at once; empty where it is too long for one."""


@dataclass(frozen=True, slots=True)
class Cell:
    """The content of a cell: a value, a formula with its ``=``, or a link."""

    value: Any
    format: Format
    is_formula: bool = False


@dataclass(frozen=True, slots=True)
class ConditionalFormat:
    """A conditional format; ``formula`` without cells is compared with the cell where ``compares`` says how."""

    area: Area
    formula: str
    format: Format
    compares: str = ""
    stops: bool = False


@dataclass(frozen=True, slots=True)
class Validation:
    """A data validation, its options as ``xlsxwriter`` names them."""

    area: Area
    options: Mapping[str, Any]


@dataclass
class RecordedSheet:
    """One recorded worksheet."""

    name: str
    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    rules: list[ConditionalFormat] = field(default_factory=list)
    validations: list[Validation] = field(default_factory=list)
    widths: dict[int, float] = field(default_factory=dict)
    hidden_columns: set[int] = field(default_factory=set)
    table: tuple[str, Area] | None = None
    """Its Excel table with its cells, header row included."""
    printed: Area | None = None
    """Its print area; None where all is printed."""
    sizes_rows: ClassVar[bool] = False
    """Excel fits the rows of an open workbook by itself, so nobody need measure their texts."""

    def write_string(self, row: int, column: int, value: str, form: Format | None = None) -> None:
        """As ``xlsxwriter``."""
        self.cells[row, column] = Cell(value, form or {})

    def write_rich_string(self, row: int, column: int, *parts: Any) -> None:
        """As ``xlsxwriter``, with a format before each text and one for the cell; only the texts are kept."""
        self.write_string(row, column, "".join(each for each in parts if isinstance(each, str)))

    write_number = write_boolean = write_datetime = write_blank = write_string

    def write_formula(self, row: int, column: int, formula: str, form: Format | None = None, value: Any = 0) -> None:
        """As ``xlsxwriter``; the cached result is ignored, because the live program computes it."""
        self.cells[row, column] = Cell(formula, form or {}, is_formula=True)

    def write_url(self, row: int, column: int, url: Any, form: Format | None = None) -> None:
        """A link made by :func:`zwgk_excel.workbooks.tracker.sheets.page.file_url`."""
        self.cells[row, column] = Cell(Link(url.text, url.address, url.formula), form or {})

    def merge_range(self, top: int, left: int, bottom: int, right: int, value: Any, form: Format | None = None) -> None:
        """As ``xlsxwriter``: the value goes into the first cell."""
        self.cells[top, left] = Cell(value, form or {})

    def conditional_format(self, *place: Any) -> None:
        """As ``xlsxwriter``, by cells or by an area's name."""
        *cells, options = place
        compares = options["criteria"] if options["type"] == "cell" else ""
        formula = options["value"] if compares else options["criteria"]
        stops = bool(options.get("stop_if_true"))
        self.rules.append(ConditionalFormat(_area(cells), str(formula), options["format"], compares, stops))

    def data_validation(self, *place: Any) -> None:
        """As ``xlsxwriter``, by cells or by an area's name."""
        *cells, options = place
        self.validations.append(Validation(_area(cells), options))

    def add_table(self, top: int, left: int, bottom: int, right: int, options: Mapping[str, Any]) -> None:
        """As ``xlsxwriter``: the headings are written with it."""
        self.table = options["name"], (top, left, bottom, right)
        for position, column in enumerate(options["columns"], left):
            self.write_string(top, position, column["header"], column.get("header_format"))

    def print_area(self, *area: int) -> None:
        """As ``xlsxwriter``, by numbers."""
        top, left, bottom, right = area
        self.printed = top, left, bottom, right

    def autofilter(self, *area: int) -> None:
        """Does nothing: the filter of a live sheet is kept."""

    def set_column(
        self, first: int, last: int, width: float, form: Any = None, options: Mapping[str, Any] | None = None
    ) -> None:
        """As ``xlsxwriter``."""
        self.widths.update(dict.fromkeys(range(first, last + 1), width))
        if options and options.get("hidden"):
            self.hidden_columns.update(range(first, last + 1))

    def __getattr__(self, name: str) -> Any:
        """Page set-up methods do nothing; any other unknown method is an AttributeError."""
        if name not in _PAGE_SETUP:
            raise AttributeError(name)
        return _nothing

    def rows(self, first: int) -> dict[int, list[Cell | None]]:
        """Row → its cells from the first column to the last, for every non-empty row from ``first`` on."""
        width = 1 + max((column for _, column in self.cells), default=-1)
        found: dict[int, list[Cell | None]] = {}
        for (row, column), cell in self.cells.items():
            if row >= first:
                found.setdefault(row, [None] * width)[column] = cell
        return dict(sorted(found.items()))


class RecordingWorkbook:
    """Stands in for ``xlsxwriter.Workbook``."""

    def __init__(self) -> None:
        self.sheets: dict[str, RecordedSheet] = {}
        self.names: dict[str, tuple[str, Area]] = {}
        """Defined name → its sheet and cells."""

    def add_format(self, properties: Mapping[str, Any]) -> Format:
        """The properties themselves."""
        return properties

    def add_worksheet(self, name: str) -> RecordedSheet:
        """As ``xlsxwriter``."""
        self.sheets[name] = RecordedSheet(name)
        return self.sheets[name]

    add_long_worksheet = add_worksheet

    def get_worksheet_by_name(self, name: str) -> RecordedSheet | None:
        """As ``xlsxwriter``."""
        return self.sheets.get(name)

    def define_name(self, name: str, formula: str) -> None:
        """As ``xlsxwriter``, for names of cells."""
        sheet, _, cells = formula.lstrip("=").rpartition("!")
        self.names[name] = sheet.strip("'").replace("''", "'"), _area([cells])

    def add_chart(self, options: Mapping[str, Any]) -> Any:
        """An object that accepts every call and does nothing: a live workbook has its charts already."""
        return _Anything()

    set_properties = set_size = staticmethod(lambda *args, **options: None)


class _Anything:
    def __getattr__(self, name: str) -> Any:
        return self

    def __call__(self, *args: Any, **options: Any) -> Any:
        return self


def _nothing(*args: Any, **options: Any) -> None:
    """A call whose effect a live workbook has already."""


def _area(place: Sequence[Any]) -> Area:
    if len(place) > 1:
        top, left, bottom, right = place
        return top, left, bottom, right
    found = _CELLS.fullmatch(place[0])
    if found is None:
        raise ValueError(f"not cells: {place[0]!r}")
    first = int(found[2]) - 1, column_number(found[1])
    last = (int(found[4]) - 1, column_number(found[3])) if found[3] else first
    return *first, *last
