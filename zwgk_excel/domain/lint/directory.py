"""The names that owner cells may contain: units, their aliases, and groups of units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from zwgk_excel.domain.duties import UnitKind
from zwgk_excel.domain.lint.cells import split_names
from zwgk_excel.domain.lint.owner_terms import TypedOwner, typed_owners
from zwgk_excel.domain.lint.tables import TableRow
from zwgk_excel.domain.text import clean_name, fold

_CLOSE = 0.6
"""difflib ratio from which a name is worth suggesting: 市民政 → 市民政局 is 0.86."""


@dataclass(frozen=True, slots=True)
class NameEntry:
    """The units that a name means."""

    name: str
    """The unit's own name, or the group's phrase as the system writes it."""
    alias: bool = False
    group: bool = False


@dataclass(frozen=True, slots=True)
class Directory:
    """Every name of the roster, found regardless of spaces, brackets and character width.

    Rows with errors are included: a wrong mail address must not make the unit unknown to the duty table.
    """

    names: Mapping[str, NameEntry]
    """Folded name → its entry."""

    def find(self, text: str) -> NameEntry | None:
        """The entry of a name; None where the roster has no such name."""
        return self.names.get(fold(text))

    def split(self, text: str) -> list[str]:
        """The names of an owner cell, without their months."""
        return [each.name for each in self.owners(text)]

    def owners(self, text: str) -> list[TypedOwner]:
        """The owners of a cell. A space separates too where that gives existing names (市民政局 市人社局)."""
        return [each for typed in typed_owners(text) for each in self._whole(typed)]

    def nearest(self, text: str) -> str:
        """The most similar known name; empty where none is similar."""
        close = get_close_matches(fold(text), self.names, n=1, cutoff=_CLOSE)
        return self.names[close[0]].name if close else ""

    def _whole(self, typed: TypedOwner) -> list[TypedOwner]:
        if typed.months and self.find(whole := f"{typed.name}（{typed.months}）") is not None:
            return [TypedOwner(whole)]  # a name with a number of its own in brackets
        *others, last = self._at_spaces(typed.name)
        return [*map(TypedOwner, others), TypedOwner(last, typed.months)]

    def _at_spaces(self, part: str) -> list[str]:
        pieces = part.split(" ")
        whole = self.find(part) is not None or not any(self.find(piece) for piece in pieces)
        return [clean_name(part)] if whole else pieces


def directory_of(
    rows: Sequence[TableRow], kind_groups: Mapping[str, UnitKind], office_groups: Sequence[str]
) -> Directory:
    """The directory of a roster's rows and of the predefined groups.

    Where a name is ambiguous, a group precedes a unit and a unit an alias.
    """
    named = [row for row in rows if row["name"]]
    known = [(group, NameEntry(group, group=True)) for group in (*kind_groups, *office_groups)]
    known += [(row["name"], NameEntry(clean_name(row["name"]))) for row in named]
    for row in named:
        known += [(alias, NameEntry(clean_name(row["name"]), alias=True)) for alias in split_names(row["aliases"])]
        known += [(group, NameEntry(group, group=True)) for group in split_names(row["groups"])]
    names: dict[str, NameEntry] = {}
    for text, each in known:
        names.setdefault(fold(text), each)
    return Directory(names)
