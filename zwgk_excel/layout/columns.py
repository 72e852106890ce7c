"""Columns, sheets and layouts as defined in ``workbook_templates/*.toml``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from typing import Any

from zwgk_excel.domain.companions import Companion, CompanionColumn
from zwgk_excel.domain.returns import ANSWER_COLUMNS, ITEM_COLUMNS
from zwgk_excel.domain.text import fold
from zwgk_excel.layout.resources import read_toml


class ColumnKind(StrEnum):
    """The data type of a column: decides how it is written, checked and read."""

    TEXT = "text"
    PARAGRAPH = "paragraph"
    NAME = "name"
    DATE = "date"
    DATETIME = "datetime"
    MONTH = "month"
    CHOICE = "choice"
    URL = "url"
    LINK = "link"
    PHONE = "phone"
    INTEGER = "integer"
    NUMBER = "number"
    """With or without a fraction; never typed by anybody."""
    RATE = "rate"
    """From 0 to 1, shown in per cent; never typed by anybody."""
    CHECK = "check"


OWN_LISTS = frozenset({"tasks", "entries"})
"""Lists that are each unit's own, and not those of ``lists.toml``."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column, defined once for writer, reader, formulas, validation and messages."""

    key: str
    heading: str
    kind: ColumnKind
    width: float
    """In Excel's character widths."""
    aliases: tuple[str, ...] = ()
    list: str = ""
    """The list of ``lists.toml``, or of :data:`OWN_LISTS`, that a choice is made from."""
    prompt: str = ""
    sample: str = ""
    """What it might hold, for whoever has never filled it."""
    required: bool = False
    input: bool = False
    """Filled by the unit."""
    office: bool = False
    """Filled by the office."""
    max_length: int = 32767
    """In characters; Excel's own limit where none is set."""
    hidden: bool = False
    """In a workbook that we make, until somebody shows it."""
    printed: bool = True
    """Whether it is wanted on paper; such columns stand last."""
    common: bool = False
    """Filled once on the report's cover, for every row that leaves it blank (:func:`common_columns`)."""
    ahead_of: str = ""
    """The key of an earlier column of a day that its own day follows, in items of ``types``.

    Without a year it is the next such day from that on.
    """
    companion: str = ""
    """The companion (``lists.toml`` [companion]) that it holds, or of which it holds a part."""
    types: tuple[str, ...] = ()
    """Codes of the types of items that need the companion, where the duty asks for it."""
    unless_none: str = ""
    """The key of the column of a number that makes the companion needless where it is 0."""

    @property
    def names(self) -> tuple[str, ...]:
        """The heading and its aliases, folded for comparison."""
        return tuple(fold(name) for name in (self.heading, *self.aliases))

    @property
    def is_coded(self) -> bool:
        """Whether its values are codes of a list of ``lists.toml``."""
        return self.kind is ColumnKind.CHOICE and self.list not in {"", *OWN_LISTS}

    @property
    def display(self) -> str:
        """The heading as shown in the sheet: with a star where it is required."""
        return f"{self.heading}*" if self.required and self.input else self.heading


@dataclass(frozen=True, slots=True)
class SheetLayout:
    """One sheet with its columns, in order."""

    key: str
    name: str
    columns: tuple[Column, ...] = ()
    title: str = ""
    hint: str = ""
    former_hints: tuple[str, ...] = ()
    """Hints of earlier versions, which stand in workbooks that went out then."""
    table: str = ""
    """The name of its Excel table, if it is one."""
    blank_rows: int = 0
    optional: bool = False
    """Whether a workbook may lack it; it is found by its name alone then."""

    def __iter__(self) -> Iterator[Column]:
        return iter(self.columns)

    def __getitem__(self, key: str) -> Column:
        return self.columns[self.index(key)]

    def index(self, key: str) -> int:
        """The position of a column, 0 for the first; raises KeyError for a key it lacks."""
        for position, column in enumerate(self.columns):
            if column.key == key:
                return position
        raise KeyError(f"{self.name}: no column {key!r}")

    def heading(self, key: str) -> str:
        """The heading of a column."""
        return self[key].heading

    def find(self, heading: str) -> Column | None:
        """The column of a heading or alias; None where it is unknown."""
        wanted = fold(heading)
        exact = (column for column in self.columns if column.names[0] == wanted)
        return next(exact, None) or next((column for column in self.columns if wanted in column.names), None)

    @property
    def printed(self) -> tuple[Column, ...]:
        """The columns down to the last one that is wanted on paper."""
        last = max((place for place, column in enumerate(self.columns) if column.printed), default=-1)
        return self.columns[: last + 1]

    @property
    def inputs(self) -> tuple[Column, ...]:
        """The columns that the unit fills."""
        return tuple(column for column in self.columns if column.input)


@dataclass(frozen=True, slots=True)
class Layout:
    """One workbook: its sheets by key, and the other tables of its file."""

    file_name: str
    sheets: Mapping[str, SheetLayout]
    settings: Mapping[str, Any]

    def __getitem__(self, key: str) -> SheetLayout:
        return self.sheets[key]


@cache
def layout(name: str) -> Layout:
    """The layout of ``report``, ``tracker``, ``rollup``, ``duty_table``, ``roster`` …."""
    raw = read_toml(f"{name}.toml")
    sheets = {key: _sheet(key, value) for key, value in raw.pop("sheets").items()}
    return Layout(raw.pop("file_name"), sheets, raw)


_FILLED = frozenset(ColumnKind) - {
    ColumnKind.DATETIME,
    ColumnKind.MONTH,
    ColumnKind.LINK,
    ColumnKind.NUMBER,
    ColumnKind.CHECK,
}
"""Kinds of cells that a unit can fill."""
_TAKEN = frozenset(
    [
        *("county", "cycle", "unit", "file"),  # the data set's own columns
        *("obligation", "row", "unread", "valid", "sheet", "more", "common"),  # other fields of entries
        *("task", "column"),
        *("answers", "types", "items", "total", "bad", "useful", "owed", "policy"),  # names in the rules of 自查
    ]
)
"""Keys that an added column cannot have."""


@cache
def added_columns(key: str) -> tuple[Column, ...]:
    """The columns of the report's ``tasks`` or ``items`` that a unit fills and that are no fields of the domain.

    They were added after the first version; their values are in ``TaskAnswer.more`` and ``Item.more``. Raises
    ValueError for a column type that no unit can fill, and for a reserved key.
    """
    fields = {"tasks": ANSWER_COLUMNS, "items": ITEM_COLUMNS}[key]
    found = tuple(column for column in layout("report")[key].inputs if column.key not in fields)
    for column in found:
        if column.kind not in _FILLED or column.key in _TAKEN or not column.key.isidentifier():
            raise ValueError(f"report.toml, {key}: no column can have key = {column.key!r}, kind = {column.kind}")
    return found


_COMMON = frozenset({ColumnKind.TEXT, ColumnKind.NAME, ColumnKind.PHONE})
"""Kinds of columns that can have a common value: short texts, so that a formula can put one in place of the other."""


@cache
def common_columns() -> tuple[Column, ...]:
    """The columns of the report's ``items`` that are filled once on its cover, in their order.

    Raises ValueError for a column whose kind is no short text.
    """
    found = tuple(column for column in layout("report")["items"].inputs if column.common)
    for column in found:
        if column.kind not in _COMMON:
            raise ValueError(f"report.toml, items: {column.key} of kind {column.kind} cannot be common")
    return found


@cache
def companion_columns() -> tuple[CompanionColumn, ...]:
    """The columns of the report's ``items`` that hold companions, in their order."""
    columns = (column for column in layout("report")["items"] if column.companion)
    return tuple(CompanionColumn(each.key, Companion(each.companion), each.types, each.unless_none) for each in columns)


def _sheet(key: str, raw: dict[str, Any]) -> SheetLayout:
    raw = dict(raw)
    columns = [_column(each) for each in raw.pop("columns", [])]
    changes = raw.pop("copied", {})
    if source := raw.pop("copy_inputs", ""):
        # The tracker shows what the units typed under the report's own columns, read-only there.
        copied = [replace(column, input=False, prompt="", list="") for column in layout("report")[source].inputs]
        copied = [replace(c, kind=ColumnKind.TEXT) if c.kind is ColumnKind.CHOICE else c for c in copied]
        columns[3:3] = [_changed(column, changes.get(column.key, {})) for column in copied]
    left_out = raw.pop("left_out", ())
    if source := raw.pop("copy_columns", ""):
        name, _, copied_sheet = source.partition(".")
        copied = [column for column in layout(name)[copied_sheet] if column.key not in left_out]
        columns += [replace(column, office=False, prompt="") for column in copied]
    keys = [column.key for column in columns]
    if repeated := sorted({each for each in keys if keys.count(each) > 1}):
        raise ValueError(f"{raw['name']}: more than one column with the key {', '.join(repeated)}")
    former = tuple(raw.pop("former_hints", ()))
    return SheetLayout(key, columns=tuple(columns), former_hints=former, **raw)


def _changed(column: Column, raw: dict[str, Any]) -> Column:
    kind, width = ColumnKind(raw.get("kind", column.kind)), float(raw.get("width", column.width))
    return replace(column, **{**raw, "kind": kind, "width": width})


def _column(raw: dict[str, Any]) -> Column:
    aliases, types, width = tuple(raw.get("aliases", ())), tuple(raw.get("types", ())), float(raw["width"])
    return Column(**raw | {"kind": ColumnKind(raw["kind"]), "width": width, "aliases": aliases, "types": types})
