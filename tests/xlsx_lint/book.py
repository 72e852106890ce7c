"""What the rules look at, and what they find."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any


@dataclass(frozen=True, slots=True)
class Defect:
    """One finding. ``where`` is a sheet and cell, or the name of what is wrong."""

    code: str
    where: str
    text: str

    def __str__(self) -> str:
        return f"{self.code} {self.where}: {self.text}"


@dataclass(slots=True)
class Table:
    """A table part, with the sheet that shows it."""

    sheet: str
    name: str
    number: str
    ref: str
    columns: list[str]
    formulas: list[str]  # of calculated columns
    header: bool


@dataclass
class Book:
    """What the rules look at: the parsed parts and the names they may refer to."""

    sheets: list[tuple[str, Any]]  # name and root element, in order
    names: list[tuple[str, str]]  # defined name and its formula
    shared: list[str]
    tables: list[Table] = field(default_factory=list)
    charts: list[tuple[str, Any]] = field(default_factory=list)

    @cached_property
    def sheet_names(self) -> set[str]:
        """All sheet names, folded: Excel compares them without case."""
        return {name.casefold() for name, _ in self.sheets}

    @cached_property
    def known_names(self) -> set[str]:
        """All defined names, folded."""
        return {name.casefold() for name, _ in self.names}

    @cached_property
    def columns_of(self) -> dict[str, set[str]]:
        """The folded column names of each table, by its folded name."""
        return {table.name.casefold(): {c.casefold() for c in table.columns} for table in self.tables}
