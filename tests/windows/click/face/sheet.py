"""One sheet with what lies on it."""

from __future__ import annotations

from typing import Any

from tests.addin.grid.model import Table
from tests.addin.grid.sheet import TableOf
from tests.windows.click.face.base import Collection, ExcelError, Face
from tests.windows.click.face.filters import AutoFilter
from tests.windows.click.face.range import Comment, Range
from tests.windows.click.object_model import constants


class Worksheet(Face):
    """A sheet."""

    @property
    def Name(self) -> str:
        return str(self.of.name)

    @Name.setter
    def Name(self, name: str) -> None:
        self.of.name = name

    @property
    def Index(self) -> int:
        return int(self.of.index)

    @property
    def Parent(self) -> Any:
        from tests.windows.click.face.application import Workbook

        return Workbook(self._application, self.of.book)

    @property
    def Visible(self) -> int:
        return constants()["xlSheetVisible" if self.of.visible else "xlSheetHidden"]

    @Visible.setter
    def Visible(self, shown: int) -> None:
        self.of.visible = bool(shown)

    @property
    def ProtectContents(self) -> bool:
        return bool(self.of.page.protected)

    def Range(self, Cell1: Any, Cell2: Any = None) -> Any:
        first = Cell1.of if isinstance(Cell1, Range) else Cell1
        last = Cell2.of if isinstance(Cell2, Range) else Cell2
        try:
            return _range(self, self.of.range(first, last))
        except KeyError as error:
            raise ExcelError(f"no range {Cell1}") from error

    @property
    def Cells(self) -> Any:
        return _range(self, self.of.cells)

    @property
    def UsedRange(self) -> Any:
        return _range(self, self.of.used_range)

    @property
    def ListObjects(self) -> ListObjects:
        return ListObjects(self._application, self.of)

    def ChartObjects(self, Index: Any = None) -> Any:
        every = ChartObjects(self._application, self.of)
        return every if Index is None else every.Item(Index)

    @property
    def PageSetup(self) -> PageSetup:
        return PageSetup(self._application, self.of.page)

    @property
    def Comments(self) -> Comments:
        return Comments(self._application, self.of)

    @property
    def AutoFilterMode(self) -> bool:
        return self.of.page.filter is not None

    @property
    def FilterMode(self) -> bool:
        return bool(self.of.page.filter and self.of.page.filter.criteria)

    @property
    def AutoFilter(self) -> AutoFilter | None:
        own = self.of.page.filter
        return AutoFilter(self._application, (self.of, own)) if own else None

    def Activate(self) -> None:
        self.of.activate()

    def Select(self) -> None:
        self.of.activate()

    def Delete(self) -> None:
        self.of.delete()

    def Move(self, Before: Worksheet) -> None:
        pages = self.of.book.model.pages
        pages.remove(self.of.page)
        pages.insert(pages.index(Before.of.page), self.of.page)


def _range(sheet: Worksheet, block: Any) -> Range:
    return Range(sheet.Application, block)


class Comments(Collection):
    """The notes of a sheet."""

    def all(self) -> list[Comment]:
        places = sorted(place for place, cell in self.of.page.cells.items() if cell.note)
        return [Comment(self._application, self.of.range(place)) for place in places]


class PageSetup(Face):
    """How a sheet is printed."""

    @property
    def PrintArea(self) -> str:
        return str(self.of.print_area)

    @PrintArea.setter
    def PrintArea(self, cells: str) -> None:
        self.of.print_area = cells


class ListObjects(Collection):
    """The tables of a sheet."""

    def all(self) -> list[ListObject]:
        return [ListObject(self._application, each) for each in self.of.tables]

    def Add(
        self,
        SourceType: int,
        Source: Range,
        LinkSource: Any = None,
        XlListObjectHasHeaders: Any = None,
        Destination: Any = None,
        TableStyleName: Any = None,
    ) -> ListObject:
        names = {table.name for page in self.of.book.model.pages for table in page.tables}
        name = next(f"Table{n}" for n in range(1, len(names) + 2) if f"Table{n}" not in names)
        made = Table(name, Source.of.area)
        self.of.page.tables.append(made)
        return ListObject(self._application, TableOf(self.of, made))


class ListObject(Face):
    """One table."""

    @property
    def Name(self) -> str:
        return str(self.of.name)

    @Name.setter
    def Name(self, name: str) -> None:
        self.of.table.name = name

    @property
    def Parent(self) -> Worksheet:
        return Worksheet(self._application, self.of.parent)

    @property
    def Range(self) -> Range:
        return Range(self._application, self.of.range)

    @property
    def HeaderRowRange(self) -> Any:
        return Range(self._application, self.of.header_row_range)

    @property
    def AutoFilter(self) -> AutoFilter:
        return AutoFilter(self._application, (self.of.parent, self.of.table))

    def Resize(self, Range: Any) -> None:
        self.of.table.area = Range.of.area


class ChartObjects(Collection):
    """The frames of charts."""

    def all(self) -> list[ChartObject]:
        return [ChartObject(self._application, each) for each in self.of.charts]


class ChartObject(Face):
    """One frame."""

    @property
    def Chart(self) -> Chart:
        return Chart(self._application, self.of)


class Chart(Face):
    """What is in it."""

    def SeriesCollection(self, Index: Any = None) -> Any:
        every = SeriesCollection(self._application, self.of)
        return every if Index is None else every.Item(Index)


class SeriesCollection(Collection):
    """The series of a chart."""

    def all(self) -> list[Series]:
        count = self.of.SeriesCollection().Count
        return [Series(self._application, self.of.SeriesCollection(number)) for number in range(1, count + 1)]


class Series(Face):
    """One series."""

    @property
    def Formula(self) -> str:
        return str(self.of.Formula)

    @Formula.setter
    def Formula(self, formula: str) -> None:
        self.of.Formula = formula
