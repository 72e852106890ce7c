"""A block of cells: what it holds, how it moves, how it looks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from xlwings import base_classes as base

from tests.addin.grid.filters import AutoFilter
from tests.addin.grid.model import Cell, GridError, Page, Rule, Validation
from tests.addin.grid.shifts import Area, Shift, meet, without
from tests.calc.engine.block import LAST_COLUMN, LAST_ROW, Block, rectangle

_EMPTY = Cell()
_TIP_LENGTH = 255


class Range(Block):
    """Rows and columns count from 1."""

    @property
    def page(self) -> Page:
        return self._sheet.page

    @property
    def api(self) -> Page:
        # xlwings writes nothing where this is falsy.
        return self.page

    @property
    def area(self) -> Area:
        return self._row, self._column, self._row + self.nrows - 1, self._column + self.ncols - 1

    def lie_over(self, area: Area) -> None:
        """Be other cells: those that the cells of a selection have become."""
        self._row, self._column = area[:2]
        self.nrows, self.ncols = area[2] - area[0] + 1, area[3] - area[1] + 1

    def _known(self) -> Iterator[Cell]:
        """Its cells; of whole rows and columns, too many to touch, those that are there."""
        if len(self) > LAST_ROW:
            spot = self.area
            yield from (cell for place, cell in self.page.cells.items() if meet((*place, *place), spot))
            return
        for row in range(self._row, self._row + self.nrows):
            for column in range(self._column, self._column + self.ncols):
                yield self.page.cells.get((row, column), _EMPTY)

    def _made(self) -> Iterator[Cell]:
        self._refuse_protected()
        for row in range(self._row, self._row + self.nrows):
            for column in range(self._column, self._column + self.ncols):
                yield self.page.cell(row, column)

    def _refuse_protected(self) -> None:
        if self.page.protected:
            raise GridError(f"{self.page.name}!{self.address}: the sheet is protected")

    # --- what it holds -------------------------------------------------------------------------

    def _rows(self, name: str) -> Any:
        cells = [getattr(cell, name) for cell in self._known()]
        if len(self) == 1:
            return cells[0]
        return tuple(tuple(cells[at : at + self.ncols]) for at in range(0, len(cells), self.ncols))

    @property
    def raw_value(self) -> Any:
        return self._rows("value")

    @raw_value.setter
    def raw_value(self, data: Any) -> None:
        """As Excel, and unlike LibreOffice, it leaves out the rows of a block that a filter hides."""
        self._refuse_protected()
        rows = rectangle(data, self.nrows, self.ncols)
        hidden = self.page.hidden_rows() if len(rows) > 1 else set()
        for row, line in enumerate(rows, self._row):
            for column, value in enumerate(line, self._column):
                if row not in hidden:
                    self.page.cell(row, column).write(value)

    @property
    def formula(self) -> Any:
        return self._rows("typed")

    @formula.setter
    def formula(self, data: Any) -> None:
        if isinstance(data, str) and data.startswith("=") and len(self) > 1:
            raise NotImplementedError("one formula for many cells is not used")
        self.raw_value = data

    def clear_contents(self) -> None:
        for cell in self._made():
            cell.content, cell.formula, cell.link = None, "", ""

    def add_hyperlink(self, address: str, text_to_display: Any = None, screen_tip: Any = None) -> None:
        (cell,) = self._made()
        if len(screen_tip or "") > _TIP_LENGTH:
            raise GridError("the tip of a link is too long")
        cell.content, cell.formula = text_to_display, ""
        if str(text_to_display).startswith("="):
            cell.write(text_to_display)  # as if it were typed
        cell.link = address

    @property
    def hyperlink(self) -> str:
        link = self.page.cells.get((self._row, self._column), _EMPTY).link
        if not link:
            raise GridError(f"no link in {self.address}")
        return link

    # --- how it moves --------------------------------------------------------------------------

    def _whole_rows(self) -> bool:
        if self.ncols < LAST_COLUMN and self.nrows < LAST_ROW:
            raise NotImplementedError("only whole rows and columns come and go")
        return self.ncols >= LAST_COLUMN

    def insert(self, shift: str | None = None, copy_origin: str | None = None) -> None:
        """Whole rows or whole columns; formats come from the side that ``copy_origin`` names."""
        rows = self._whole_rows()
        at, count = (self._row, self.nrows) if rows else (self._column, self.ncols)
        origin = at if copy_origin == "format_from_right_or_below" else at - 1
        self.book.model.move(self.page, Shift(rows, at, count, origin))

    def delete(self, shift: str | None = None) -> None:
        rows = self._whole_rows()
        at, count = (self._row, self.nrows) if rows else (self._column, self.ncols)
        self.book.model.move(self.page, Shift(rows, at, -count))

    def select(self) -> None:
        model = self.book.model
        model.active, model.selected = self.page, self
        if self not in self.page.followers:
            self.page.followers.append(self)

    @property
    def column_width(self) -> float:
        return self.page.widths.get(self._column, 8.43)

    @column_width.setter
    def column_width(self, characters: float) -> None:
        for column in range(self._column, self._column + self.ncols):
            self.page.widths[column] = characters

    # --- how it looks --------------------------------------------------------------------------

    def _common(self, name: str) -> Any:
        """A property that all its cells share; None where they differ."""
        found = {getattr(cell, name) for cell in self._known()} or {getattr(_EMPTY, name)}
        return found.pop() if len(found) == 1 else None

    @property
    def number_format(self) -> str | None:
        return self._common("number_format")

    @number_format.setter
    def number_format(self, code: str) -> None:
        for cell in self._made():
            cell.number_format = code

    @property
    def color(self) -> tuple[int, int, int] | None:
        return self._common("color")

    @color.setter
    def color(self, value: Any) -> None:
        for cell in self._made():
            cell.color = value

    @property
    def font(self) -> Font:
        return Font(self)

    @property
    def note(self) -> Note | None:
        text = self.page.cells.get((self._row, self._column), _EMPTY).note
        return Note(text) if text else None

    @property
    def autofilter(self) -> AutoFilter:
        """The sheet's own filter, where it lies over just these cells."""
        own = self.page.filter
        return AutoFilter(own if own and own.area == self.area else None)

    @property
    def conditional_formats(self) -> ConditionalFormats:
        return ConditionalFormats(self)

    @property
    def data_validation(self) -> DataValidation:
        return DataValidation(self)


class Font(base.Font):
    """The font of a block."""

    def __init__(self, block: Range) -> None:
        self._block = block

    @property
    def bold(self) -> bool:
        return bool(self._block._common("bold"))

    @bold.setter
    def bold(self, on: bool) -> None:
        for cell in self._block._made():
            cell.bold = bool(on)


class Note(base.Note):
    """A comment, as it was when it was asked for."""

    def __init__(self, text: str) -> None:
        self._text = text

    @property  # type: ignore[misc]  # nothing here rewrites a comment
    def text(self) -> str:
        return self._text


class ConditionalFormats(base.ConditionalFormats):
    """The rules that reach any cell of a block."""

    def __init__(self, block: Range) -> None:
        self._block, self._page = block, block.page

    def _all(self) -> list[ConditionalFormat]:
        reach = [rule for rule in self._page.rules if any(meet(area, self._block.area) for area in rule.areas)]
        return [ConditionalFormat(self._page, rule) for rule in reach]

    def __call__(self, number: int) -> ConditionalFormat:
        return self._all()[number - 1]

    def __len__(self) -> int:
        return len(self._all())

    def __iter__(self) -> Iterator[ConditionalFormat]:
        return iter(self._all())

    def add_cell_value(self, spec: dict[str, Any]) -> ConditionalFormat:
        return self._add("cell_value", str(spec["formula1"]), spec)

    def add_custom(self, spec: dict[str, Any]) -> ConditionalFormat:
        return self._add("custom", str(spec["formula"]), spec)

    def _add(self, kind: str, formula: str, spec: dict[str, Any]) -> ConditionalFormat:
        self._block._refuse_protected()
        made = Rule([self._block.area], kind, "=" + formula.removeprefix("="), dict(spec))
        self._page.rules.insert(0, made)
        return ConditionalFormat(self._page, made)

    def clear(self) -> None:
        for rule in self._page.rules:
            rule.areas = [part for area in rule.areas for part in without(area, self._block.area)]
        self._page.rules = [rule for rule in self._page.rules if rule.areas]


class ConditionalFormat(base.ConditionalFormat):
    """One rule."""

    def __init__(self, page: Page, rule: Rule) -> None:
        self._page, self._rule = page, rule

    @property
    def api(self) -> Looks:
        return Looks(self._rule.looks, {"NumberFormat"})

    @property
    def type(self) -> str:
        return self._rule.kind

    @property
    def formula(self) -> str | None:
        return self._rule.formula if self._rule.kind == "custom" else None

    @property
    def formula1(self) -> str | None:
        return self._rule.formula if self._rule.kind == "cell_value" else None

    def delete(self) -> None:
        self._page.rules.remove(self._rule)


class DataValidation(base.DataValidation):
    """What may be typed into a block."""

    def __init__(self, block: Range) -> None:
        self._block, self._page = block, block.page

    def _found(self) -> list[Validation | None]:
        top, left, bottom, right = self._block.area
        return [self._page.validation_at(row, n) for row in range(top, bottom + 1) for n in range(left, right + 1)]

    @property
    def api(self) -> Looks:
        (found,) = {id(each): each for each in self._found()}.values()
        assert found
        return Looks(found.options, {"InputTitle", "InputMessage", "ErrorTitle", "ErrorMessage"})

    @property
    def type(self) -> str:
        kinds = {each.kind if each else "none" for each in self._found()}
        return kinds.pop() if len(kinds) == 1 else "mixed_criteria" if "none" in kinds else "inconsistent"

    def set_list(self, source: Any, in_cell_dropdown: bool) -> None:
        self._set("list", {"source": source})

    def set_rule(self, kind: str, operator: str | None, first: str, second: str | None) -> None:
        self._set(kind, {"operator": operator, "formula1": first, "formula2": second})

    def _set(self, kind: str, options: dict[str, Any]) -> None:
        self._block._refuse_protected()
        self._page.clear_validations(self._block.area)
        self._page.validations.append(Validation([self._block.area], kind, options))

    def delete(self) -> None:
        self._page.clear_validations(self._block.area)


class Looks:
    """Members of Excel's own objects that xlwings reads but does not write; others are refused."""

    _options: dict[str, Any]
    _members: set[str]

    def __init__(self, options: dict[str, Any], members: set[str]) -> None:
        self.__dict__.update(_options=options, _members=members)

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in self._members:
            raise GridError(f"no member {name} here")
        self._options[name] = value
