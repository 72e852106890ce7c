"""Fonts, colours and conditional formats."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xlwings import base_classes as base
from xlwings import utils

from tests.calc.engine.errors import properties
from tests.calc.engine.values import to_calc, to_excel

if TYPE_CHECKING:
    from tests.calc.engine.range import Range

_OPERATORS = {
    "between": "BETWEEN",
    "not_between": "NOT_BETWEEN",
    "equal_to": "EQUAL",
    "not_equal_to": "NOT_EQUAL",
    "greater_than": "GREATER",
    "less_than": "LESS",
    "greater_than_or_equal": "GREATER_EQUAL",
    "less_than_or_equal": "LESS_EQUAL",
    "custom": "FORMULA",
}
_CELL_RULE = 0  # com.sun.star.sheet.ConditionEntryType
_LAST_COMPARISON = 8
"""Operators above it (LibreOffice says 24 for a formula) compare with nothing."""
_BOLD = 150.0


def colour(value: Any) -> int:
    """A colour as xlwings takes it (tuple, ``#hex``, Excel's integer) as 0xRRGGBB."""
    if isinstance(value, str):
        value = utils.hex_to_rgb(value)
    elif isinstance(value, int):
        value = utils.int_to_rgb(value)
    red, green, blue = value
    return int(red << 16 | green << 8 | blue)


def from_colour(number: int | None) -> tuple[int, int, int] | None:
    """The other way round; None for none, and where cells differ."""
    return None if number is None or number < 0 else (number >> 16 & 255, number >> 8 & 255, number & 255)


class Font(base.Font):
    """The font of a block."""

    def __init__(self, block: Range) -> None:
        self._block = block

    @property
    def bold(self) -> bool:
        return bool(self._block.common("CharWeight") == _BOLD)

    @bold.setter
    def bold(self, on: bool) -> None:
        self._block.uno.CharWeight = _BOLD if on else 100.0

    @property
    def color(self) -> tuple[int, int, int] | None:
        return from_colour(self._block.common("CharColor"))

    @color.setter
    def color(self, value: Any) -> None:
        self._block.uno.CharColor = colour(value)


class ConditionalFormats(base.ConditionalFormats):
    """The rules that reach any cell of a block."""

    def __init__(self, block: Range) -> None:
        self._block = block

    @property
    def api(self) -> Any:
        return self._block.sheet.uno.ConditionalFormats

    def _all(self) -> list[ConditionalFormat]:
        area = self._block.uno_address
        found = []
        for group in self.api.getConditionalFormats():
            if any(_meet(each, area) for each in group.Range.getRangeAddresses()):
                found += [ConditionalFormat(self._block, group, number) for number in range(group.getCount())]
        return found

    def __call__(self, number: int) -> ConditionalFormat:
        return self._all()[number - 1]

    def __len__(self) -> int:
        return len(self._all())

    def __iter__(self) -> Iterator[ConditionalFormat]:
        return iter(self._all())

    def add_cell_value(self, spec: dict[str, Any]) -> ConditionalFormat:
        return self._add(spec["operator"], spec["formula1"], spec["formula2"], spec)

    def add_custom(self, spec: dict[str, Any]) -> ConditionalFormat:
        return self._add("custom", spec["formula"], None, spec)

    def _add(self, operator: str, first: Any, second: Any, spec: dict[str, Any]) -> ConditionalFormat:
        import uno
        from com.sun.star.table import CellAddress

        block = self._block
        source = CellAddress(block.sheet.index - 1, block.column - 1, block.row - 1)
        values = {
            "Operator": uno.Enum("com.sun.star.sheet.ConditionOperator", _OPERATORS[operator]),
            "Formula1": _own(first),
            "StyleName": _style(block, spec),
            "SourcePosition": source,
        }
        if second is not None:
            values["Formula2"] = _own(second)
        rules = block.uno.ConditionalFormat
        rules.addNew(properties(**values))
        block.uno.ConditionalFormat = rules
        made = self._all()[-1]
        made._spec = spec
        return made

    def clear(self) -> None:
        rules = self._block.uno.ConditionalFormat
        rules.clear()
        self._block.uno.ConditionalFormat = rules


class ConditionalFormat(base.ConditionalFormat):
    """One rule; ``spec`` is what it was made from, where it was made here."""

    def __init__(self, block: Range, group: Any, number: int, spec: dict[str, Any] | None = None) -> None:
        self._block, self._group, self._number, self._spec = block, group, number, spec or {}
        self._ranges = group.Range.RangeAddressesAsString

    @property
    def _entry(self) -> Any:
        return self._group.getByIndex(self._number)

    @property
    def api(self) -> ConditionApi:
        return ConditionApi(self._block, self._entry, self._spec)

    @property
    def type(self) -> str:
        if self._entry.getType() != _CELL_RULE:
            return "unknown"
        return "custom" if self._entry.Operator > _LAST_COMPARISON else "cell_value"

    @property
    def formula(self) -> str | None:
        return "=" + to_excel(self._entry.Formula1) if self.type == "custom" else None

    @property
    def formula1(self) -> str | None:
        return "=" + to_excel(self._entry.Formula1) if self.type == "cell_value" else None

    def delete(self) -> None:
        """LibreOffice's own removal of a rule always raises in 7.4, so the group's ranges get the others anew."""
        ranges = self._block.book.doc.createInstance("com.sun.star.sheet.SheetCellRanges")
        ranges.addRangeAddresses(self._found().Range.getRangeAddresses(), False)
        rules = ranges.ConditionalFormat
        rules.removeByIndex(self._number)
        ranges.ConditionalFormat = rules

    def _found(self) -> Any:
        """The group as it is now: deleting another of its rules made it anew."""
        groups = self._block.sheet.uno.ConditionalFormats.getConditionalFormats()
        return next(each for each in groups if each.Range.RangeAddressesAsString == self._ranges)


class ConditionApi:
    """The members of Excel's own FormatCondition that code reaches through ``rule.api``."""

    _block: Range
    _entry: Any
    _spec: dict[str, Any]

    def __init__(self, block: Range, entry: Any, spec: dict[str, Any]) -> None:
        self.__dict__.update(_block=block, _entry=entry, _spec=spec)

    def __setattr__(self, name: str, value: Any) -> None:
        if name != "NumberFormat":
            raise NotImplementedError(name)
        self._entry.StyleName = _style(self._block, {**self._spec, "number_format": value})


def _meet(one: Any, other: Any) -> bool:
    rows = one.StartRow <= other.EndRow and other.StartRow <= one.EndRow
    return rows and one.StartColumn <= other.EndColumn and other.StartColumn <= one.EndColumn


def _own(formula: Any) -> str:
    return to_calc(str(formula)).removeprefix("=")


def _style(block: Range, spec: dict[str, Any]) -> str:
    """A new cell style: that is where Calc keeps the looks of a rule.

    It lets nobody change one while any sheet is protected, but loads styles from a file.
    """
    doc = block.book.doc
    taken, number = doc.StyleFamilies.getByName("CellStyles"), 1
    while taken.hasByName(f"rule_{number}"):
        number += 1
    name = f"rule_{number}"
    if not any(doc.Sheets.getByIndex(each).isProtected() for each in range(doc.Sheets.Count)):
        _make_style(doc, name, spec)
        return name
    with tempfile.TemporaryDirectory() as folder:
        url = (Path(folder) / "styles.ods").as_uri()
        desktop = block.book.app.office.desktop
        other = desktop.loadComponentFromURL("private:factory/scalc", "_blank", 0, properties(Hidden=True))
        _make_style(other, name, spec)
        other.storeToURL(url, properties(FilterName="calc8"))
        other.close(True)
        doc.StyleFamilies.loadStylesFromURL(url, properties(OverwriteStyles=False, LoadCellStyles=True))
    return name


def _make_style(doc: Any, name: str, spec: dict[str, Any]) -> None:
    from com.sun.star.lang import Locale

    styles = doc.StyleFamilies.getByName("CellStyles")
    styles.insertByName(name, doc.createInstance("com.sun.star.style.CellStyle"))
    style = styles.getByName(name)
    if spec.get("fill_color") is not None:
        style.CellBackColor = colour(spec["fill_color"])
    if spec.get("font_color") is not None:
        style.CharColor = colour(spec["font_color"])
    if spec.get("font_bold"):
        style.CharWeight = _BOLD
    if spec.get("number_format"):
        code, formats = spec["number_format"], doc.NumberFormats
        key = formats.queryKey(code, Locale(), False)
        style.NumberFormat = formats.addNew(code, Locale()) if key == -1 else key
