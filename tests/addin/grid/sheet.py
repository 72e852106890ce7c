"""One sheet with its tables and charts."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from xlwings import base_classes as base
from xlwings.constants import CellType

from tests.addin.grid.filters import AutoFilter
from tests.addin.grid.model import GridError, Page, Table
from tests.addin.grid.range import Range
from tests.calc.engine import block
from zwgk_excel.workbooks.excel import cell_at

if TYPE_CHECKING:
    from tests.addin.grid.book import Book


class Sheet(block.Sheet):
    """A sheet as xlwings sees it."""

    block = Range

    def __init__(self, book: Book, page: Page) -> None:
        self._book, self.page = book, page

    @property
    def book(self) -> Book:
        return self._book

    @property
    def api(self) -> SheetApi:
        return SheetApi(self.page)

    @property
    def index(self) -> int:
        return self._book.model.pages.index(self.page) + 1

    @property
    def name(self) -> str:
        return self.page.name

    @name.setter
    def name(self, name: str) -> None:
        self.page.name = name

    @property
    def tables(self) -> Tables:
        return Tables(self)

    @property
    def charts(self) -> Charts:
        return Charts(self.page)

    @property
    def page_setup(self) -> Page:
        return self.page

    @property
    def used_range(self) -> Range:
        top, left, bottom, right = self.page.used
        return Range(self, top, left, bottom - top + 1, right - left + 1)

    def named(self, text: str) -> Range:
        return self._book.names(text).refers_to_range

    def activate(self) -> None:
        self._book.model.active = self.page

    select = activate

    def delete(self) -> None:
        model = self._book.model
        model.pages.remove(self.page)
        model.names = {name: text for name, text in model.names.items() if not name.startswith(f"{self.name}!")}

    @property
    def visible(self) -> bool:
        return self.page.visible

    @visible.setter
    def visible(self, shown: bool) -> None:
        self.page.visible = bool(shown)


class SheetApi:
    """The few members of Excel's own Worksheet that code reaches through ``sheet.api``."""

    def __init__(self, page: Page) -> None:
        self._page = page

    @property
    def FilterMode(self) -> bool:
        return bool(self._page.filter and self._page.filter.criteria)

    @property
    def ProtectContents(self) -> bool:
        return self._page.protected

    @property
    def Comments(self) -> list[CommentApi]:
        return [CommentApi(*place, cell.note) for place, cell in sorted(self._page.cells.items()) if cell.note]

    def Range(self, Cell1: str) -> RangeApi:
        first, _, last = Cell1.partition(":")
        return RangeApi(self._page, (cell_at(first), cell_at(last or first)))

    def Protect(self, Password: str = "") -> None:
        self._page.protected = True

    def Unprotect(self, Password: str = "") -> None:
        self._page.protected = False


class RangeApi:
    """The member of Excel's own Range by which cells with a validation are counted."""

    def __init__(self, page: Page, corners: tuple[tuple[int, int], tuple[int, int]]) -> None:
        self._page, self._corners = page, corners

    def SpecialCells(self, Type: int) -> SimpleNamespace:
        assert Type == CellType.xlCellTypeAllValidation
        (top, left), (bottom, right) = self._corners
        cells = [(row + 1, column + 1) for row in range(top, bottom + 1) for column in range(left, right + 1)]
        if not (found := [cell for cell in cells if self._page.validation_at(*cell)]):
            raise GridError("No cells were found.")
        return SimpleNamespace(CountLarge=len(found))


class CommentApi:
    """Excel's own Comment: its cell and its text."""

    def __init__(self, row: int, column: int, text: str) -> None:
        self.Parent = SimpleNamespace(Row=row, Column=column)
        self._text = text

    def Text(self) -> str:
        return self._text


class Tables(base.Tables):
    """The tables of a sheet."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet

    def _all(self) -> list[TableOf]:
        return [TableOf(self._sheet, each) for each in self._sheet.page.tables]

    def __call__(self, key: int | str) -> TableOf:
        if isinstance(key, int):
            return self._all()[key - 1]
        for each in self._all():
            if each.name.casefold() == key.casefold():
                return each
        raise KeyError(key)

    def __len__(self) -> int:
        return len(self._all())

    def __iter__(self) -> Iterator[TableOf]:
        return iter(self._all())

    def __contains__(self, key: str) -> bool:
        return any(each.name.casefold() == key.casefold() for each in self._all())

    def add(
        self,
        source_type: Any = None,
        source: Any = None,
        link_source: Any = None,
        has_headers: Any = None,
        destination: Any = None,
        table_style_name: Any = None,
        name: str | None = None,
    ) -> TableOf:
        every = [table.name for page in self._sheet.book.model.pages for table in page.tables]
        if not name or name in every:
            raise GridError(f"a table needs a new name, not {name!r}")
        made = Table(name, source.impl.area)
        self._sheet.page.tables.append(made)
        return TableOf(self._sheet, made)


class TableOf(base.Table):
    """One table with its header row."""

    def __init__(self, sheet: Sheet, table: Table) -> None:
        self._sheet, self.table = sheet, table

    @property
    def parent(self) -> Sheet:
        return self._sheet

    @property
    def api(self) -> Any:
        return SimpleNamespace(AutoFilter=SimpleNamespace(FilterMode=bool(self.table.criteria)))

    @property  # type: ignore[misc]  # nothing here renames a table
    def name(self) -> str:
        return self.table.name

    @property
    def range(self) -> Range:
        top, left, bottom, right = self.table.area
        return Range(self._sheet, top, left, bottom - top + 1, right - left + 1)

    @property
    def header_row_range(self) -> Range:
        return self.range.part(0, 0, 1, self.range.ncols)

    def resize(self, range: Any) -> None:
        self.table.area = range.impl.area

    @property
    def autofilter(self) -> AutoFilter:
        return AutoFilter(self.table)


class Charts(base.Charts):
    """The charts of a sheet."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def __len__(self) -> int:
        return len(self._page.charts)

    def __call__(self, key: int) -> Chart:
        return Chart(self._page, key - 1)

    def __iter__(self) -> Iterator[Chart]:
        return (self(number) for number in range(1, len(self) + 1))


class Chart(base.Chart):
    """One chart; ``api`` is a pair as on Windows, and the second of it the chart."""

    def __init__(self, page: Page, number: int) -> None:
        self._page, self._number = page, number

    @property
    def api(self) -> tuple[None, Chart]:
        return None, self

    def SeriesCollection(self, number: int | None = None) -> Any:
        """The series, or one of them, counted from 1."""
        if number is None:
            return SimpleNamespace(Count=len(self._page.charts[self._number]))
        return SeriesApi(self._page, self._number, number - 1)


class SeriesApi:
    """One series with its formula."""

    def __init__(self, page: Page, chart: int, number: int) -> None:
        self._page, self._chart, self._number = page, chart, number

    @property
    def Formula(self) -> str:
        return self._page.charts[self._chart][self._number]

    @Formula.setter
    def Formula(self, formula: str) -> None:
        self._page.charts[self._chart][self._number] = formula
