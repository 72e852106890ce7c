"""The values of ``zwgk check``: rows of texts as read, and the parsed duty table and roster."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from zwgk_excel.domain.catalogue.entries import CatalogueEntry
from zwgk_excel.domain.duties import Duty, Roster, Unit
from zwgk_excel.domain.one_off_tasks import OneOffTask
from zwgk_excel.domain.problems import CellRef, Problem


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row of a table as texts, not yet parsed."""

    place: CellRef
    """The row's first cell."""
    cells: Mapping[str, str]
    """Column key → cleaned text; empty where the cell is, absent where the file lacks the column."""
    places: Mapping[str, str]
    """Column key → cell address, such as ``F7``."""
    unread: frozenset[str] = frozenset()
    """Keys of the columns whose cell could not be read: empty here, with a problem from the reader of the row."""

    def __getitem__(self, key: str) -> str:
        return self.cells.get(key, "")

    def at(self, key: str) -> CellRef:
        """The cell of a column; the row's first cell where the file lacks the column."""
        cell = self.places.get(key)
        return self.place.at(cell) if cell else self.place

    @property
    def number(self) -> int:
        """The row's number in its sheet, from 1; 0 for a row without a position."""
        digits = re.search(r"\d+$", self.place.cell)
        return int(digits[0]) if digits else 0


@dataclass(frozen=True, slots=True)
class LintLabels:
    """Labels and headings, for parsing cells and for messages about them."""

    cadences: Mapping[str, str]
    """Code → label, as are the next four."""
    categories: Mapping[str, str]
    kinds: Mapping[str, str]
    yes_no: Mapping[str, str]
    companions: Mapping[str, str]
    duty_headings: Mapping[str, str]
    """Column key → heading, as are the next two."""
    roster_headings: Mapping[str, str]
    task_headings: Mapping[str, str] = field(default_factory=dict)
    officer_headings: Mapping[str, str] = field(default_factory=dict)
    """Of the roster's sheet of officers for single duties."""
    entry_headings: Mapping[str, str] = field(default_factory=dict)
    """Of the catalogue's entries."""
    shipped_companions: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Id of a duty of the notice's table that asks for companions → (its 栏目 as written there, their words)."""


@dataclass(frozen=True, slots=True)
class ReferenceTables:
    """The two parsed tables and the problems that ``zwgk check`` shows."""

    duties: tuple[Duty, ...]
    """Of the rows without errors, in the order of the table."""
    roster: Roster
    problems: tuple[Problem, ...]
    """The duty table's first, then the roster's, its officers' last, each in the order of its rows."""
    rows: Mapping[str, TableRow] = field(default_factory=dict)
    """Id of a duty or one-off task, or name of a unit → its row (the last of several)."""
    everyone: tuple[Unit, ...] = ()
    """The units of all rows with a name and a kind, whatever else is wrong in them."""
    tasks: tuple[OneOffTask, ...] = ()
    """The one-off tasks without errors that are not cancelled."""
    entries: tuple[CatalogueEntry, ...] = ()
    """The entries of the catalogue that are tied to duties and units; none without a catalogue."""
