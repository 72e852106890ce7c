"""Excel's tables, which Calc calls database ranges, and their filters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from xlwings import base_classes as base

from tests.calc.engine.errors import CalcError
from tests.calc.engine.filters import AutoFilter

if TYPE_CHECKING:
    from tests.calc.engine.range import Range
    from tests.calc.engine.sheet import Sheet


class Tables(base.Tables):
    """The tables of a sheet."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet

    @property
    def api(self) -> Any:
        return self._sheet.book.doc.DatabaseRanges

    def _all(self) -> list[Table]:
        number = self._sheet.index - 1
        names = (name for name in self.api.ElementNames if self.api.getByName(name).DataArea.Sheet == number)
        return [Table(self._sheet, name) for name in names]

    def __call__(self, key: int | str) -> Table:
        if isinstance(key, int):
            return self._all()[key - 1]
        for table in self._all():
            if table.name.casefold() == key.casefold():
                return table
        raise KeyError(key)

    def __len__(self) -> int:
        return len(self._all())

    def __iter__(self) -> Iterator[Table]:
        return iter(self._all())

    def __contains__(self, key: str) -> bool:
        return any(table.name.casefold() == key.casefold() for table in self._all())

    def add(
        self,
        source_type: Any = None,
        source: Any = None,
        link_source: Any = None,
        has_headers: Any = None,
        destination: Any = None,
        table_style_name: Any = None,
        name: str | None = None,
    ) -> Table:
        if not name or self.api.hasByName(name):
            raise CalcError(f"a table needs a new name, not {name!r}")
        self.api.addNewByName(name, source.impl.uno_address)
        made = self.api.getByName(name)
        made.ContainsHeader, made.AutoFilter = True, True
        return Table(self._sheet, name)


class Table(base.Table):
    """One table with its header row."""

    def __init__(self, sheet: Sheet, name: str) -> None:
        self._sheet, self._name = sheet, name

    @property
    def parent(self) -> Sheet:
        return self._sheet

    @property
    def api(self) -> Any:
        return self._sheet.book.doc.DatabaseRanges.getByName(self._name)

    @property  # type: ignore[misc]  # nothing here renames a table
    def name(self) -> str:
        return self._name

    @property
    def range(self) -> Range:
        return self._sheet.cells.at(self._sheet, self.api.DataArea)

    @property
    def header_row_range(self) -> Range:
        return self.range.part(0, 0, 1, self.range.ncols)

    @property
    def data_body_range(self) -> Range | None:
        whole = self.range
        return whole.part(1, 0, whole.nrows - 1, whole.ncols) if whole.nrows > 1 else None

    def resize(self, range: Any) -> None:
        self.api.setDataArea(range.impl.uno_address)

    @property
    def show_autofilter(self) -> bool:
        return bool(self.api.AutoFilter)

    @show_autofilter.setter
    def show_autofilter(self, shown: bool) -> None:
        self.api.AutoFilter = bool(shown)

    @property
    def autofilter(self) -> AutoFilter:
        return AutoFilter(self.api)
