"""A block of cells, and what hangs on cells."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.addin.grid.range import ConditionalFormats, DataValidation
from tests.addin.grid.shifts import Area, meet
from tests.calc.engine.block import LAST_COLUMN, LAST_ROW
from tests.windows.click.face.base import Collection, ExcelError, Face
from tests.windows.click.face.filters import filtered
from tests.windows.click.face.rules import FormatConditions, Validation
from tests.windows.click.object_model import constants

_ORIGINS = {
    "xlFormatFromLeftOrAbove": "format_from_left_or_above",
    "xlFormatFromRightOrBelow": "format_from_right_or_below",
}
_TIP_LENGTH = 255


class Range(Face):
    """A block."""

    @property
    def Value(self) -> Any:
        return self.of.raw_value

    @Value.setter
    def Value(self, data: Any) -> None:
        self.of.raw_value = data

    @property
    def Formula(self) -> Any:
        return self.of.formula

    @Formula.setter
    def Formula(self, data: Any) -> None:
        self.of.formula = data

    def Address(
        self,
        RowAbsolute: bool = True,
        ColumnAbsolute: bool = True,
        ReferenceStyle: int = 1,
        External: bool = False,
    ) -> str:
        """Excel names whole rows and columns without the others' marks."""
        text: str = self.of.get_address(bool(RowAbsolute), bool(ColumnAbsolute), bool(External))
        first, _, last = text.partition(":")
        if self.of.ncols == LAST_COLUMN and last:
            return ":".join(f"${each.rpartition('$')[2]}" for each in (first, last))
        if self.of.nrows == LAST_ROW and last:
            return ":".join(each.rpartition("$")[0] for each in (first, last))
        return text

    @property
    def Row(self) -> int:
        return int(self.of.row)

    @property
    def Column(self) -> int:
        return int(self.of.column)

    @property
    def Count(self) -> int:
        return len(self.of)

    CountLarge = Count

    @property
    def Rows(self) -> Rows:
        return Rows(self._application, self.of)

    @property
    def Columns(self) -> Columns:
        return Columns(self._application, self.of)

    @property
    def Cells(self) -> Range:
        return Range(self._application, self.of)

    def Item(self, RowIndex: int, ColumnIndex: int | None = None) -> Range:
        return Range(self._application, self.of(int(RowIndex), None if ColumnIndex is None else int(ColumnIndex)))

    @property
    def Worksheet(self) -> Any:
        from tests.windows.click.face.sheet import Worksheet

        return Worksheet(self._application, self.of.sheet)

    Parent = Worksheet

    def Insert(self, Shift: int | None = None, CopyOrigin: int | None = None) -> None:
        (origin,) = (each for name, each in _ORIGINS.items() if constants()[name] == CopyOrigin)
        self.of.insert(None, copy_origin=origin)

    def Delete(self, Shift: int | None = None) -> None:
        self.of.delete()

    def ClearContents(self) -> None:
        self.of.clear_contents()

    def Select(self) -> None:
        self.of.select()

    @property
    def NumberFormat(self) -> str | None:
        return self.of.number_format

    @NumberFormat.setter
    def NumberFormat(self, code: str) -> None:
        self.of.number_format = code

    @property
    def ColumnWidth(self) -> float:
        return float(self.of.column_width)

    @ColumnWidth.setter
    def ColumnWidth(self, characters: float) -> None:
        self.of.column_width = characters

    @property
    def Interior(self) -> Interior:
        return Interior(self._application, self.of)

    @property
    def Font(self) -> Font:
        return Font(self._application, self.of)

    @property
    def FormatConditions(self) -> FormatConditions:
        return FormatConditions(self._application, ConditionalFormats(self.of))

    @property
    def Validation(self) -> Validation:
        return Validation(self._application, DataValidation(self.of))

    @property
    def Hyperlinks(self) -> Hyperlinks:
        return Hyperlinks(self._application, self.of)

    @property
    def Comment(self) -> Any:
        return Comment(self._application, self.of) if self.of.note else None

    def SpecialCells(self, Type: int) -> Any:
        """The cells with a validation; of a single cell Excel looks at the whole sheet."""
        if Type != constants()["xlCellTypeAllValidation"]:
            raise NotImplementedError(f"only validations are asked for, not {Type}")
        areas = [area for each in self.of.page.validations for area in each.areas]
        within = [_common(self.of.area, area) for area in areas if meet(area, self.of.area)]
        found = areas if len(self.of) == 1 else within
        if not found:
            raise ExcelError("No cells were found.")
        return Cells(self._application, (self.of, found))

    def AutoFilter(
        self, Field: int, Criteria1: Any = None, Operator: int | None = None, Criteria2: Any = None
    ) -> None:
        tables = [*self.of.page.tables, *([self.of.page.filter] if self.of.page.filter else [])]
        (table,) = (each for each in tables if each.area == self.of.area)
        if Criteria2 is not None:
            raise NotImplementedError("filters with two criteria are not used")
        filtered(table, int(Field), Criteria1, Operator)


class Rows(Range):
    """Its rows."""

    kind = "Range"

    @property
    def Count(self) -> int:
        return int(self.of.nrows)


class Columns(Range):
    """Its columns."""

    kind = "Range"

    @property
    def Count(self) -> int:
        return int(self.of.ncols)


class Cells(Face):
    """Several blocks of a sheet, of which only the number of cells is asked; ``of`` is where, and the areas."""

    kind = "Range"

    @property
    def Cells(self) -> Cells:
        return self

    @property
    def CountLarge(self) -> int:
        return len({(row, n) for t, x, b, y in self.of[1] for row in range(t, b + 1) for n in range(x, y + 1)})


def meeting(one: Range, other: Any) -> Cells | None:
    """The cells of a block that are among several blocks; None for none."""
    parts = [_common(one.of.area, area) for area in other.of[1] if meet(one.of.area, area)]
    return Cells(one.Application, (one.of, parts)) if parts else None


def _common(one: Area, other: Area) -> Area:
    pick: tuple[Callable[..., int], ...] = (max, max, min, min)
    top, left, bottom, right = (choose(a, b) for choose, a, b in zip(pick, one, other, strict=True))
    return top, left, bottom, right


class Interior(Face):
    """The fill of cells; ``of`` is a block."""

    @property
    def ColorIndex(self) -> int:
        """Of coloured cells it is one of the palette, which nobody asks further."""
        return constants()["xlColorIndexNone"] if self.of.color is None else 1

    @ColorIndex.setter
    def ColorIndex(self, index: int) -> None:
        if index != constants()["xlColorIndexNone"]:
            raise NotImplementedError("only a fill's end is set by its index")
        self.of.color = None

    @property
    def Color(self) -> int | None:
        red, green, blue = self.of.color
        return int(red | green << 8 | blue << 16)

    @Color.setter
    def Color(self, number: float) -> None:
        self.of.color = int(number) & 255, int(number) >> 8 & 255, int(number) >> 16


class Font(Face):
    """The letters of cells."""

    @property
    def Bold(self) -> bool:
        return bool(self.of.font.bold)

    @Bold.setter
    def Bold(self, on: bool) -> None:
        self.of.font.bold = bool(on)


class Comment(Face):
    """A note; ``of`` is its cell."""

    @property
    def Parent(self) -> Range:
        return Range(self._application, self.of)

    def Text(self) -> str:
        return str(self.of.note.text)


class Hyperlinks(Collection):
    """The links in a block."""

    def all(self) -> list[Hyperlink]:
        linked = bool(self.of.page.cells[self.of.row, self.of.column].link)
        return [Hyperlink(self._application, self.of)] if linked else []

    def Add(self, Anchor: Range, Address: str) -> Hyperlink:
        Anchor.of.add_hyperlink(Address, Anchor.of.formula or Address)
        return Hyperlink(self._application, Anchor.of)


class Hyperlink(Face):
    """One of them."""

    @property
    def Address(self) -> str:
        return str(self.of.hyperlink)

    @property
    def TextToDisplay(self) -> str:
        return str(self.of.raw_value)

    @TextToDisplay.setter
    def TextToDisplay(self, text: str) -> None:
        self.of.add_hyperlink(self.of.hyperlink, text)

    @property
    def ScreenTip(self) -> str:
        raise NotImplementedError("nobody reads a tip")

    @ScreenTip.setter
    def ScreenTip(self, text: str) -> None:
        if len(text) > _TIP_LENGTH:
            raise ExcelError("the tip of a link is too long")
