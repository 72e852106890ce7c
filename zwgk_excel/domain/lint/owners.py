"""Parses owner cells of the duty table (责任单位, 建议单位) against the roster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zwgk_excel.domain.duties import Unit, UnitKind
from zwgk_excel.domain.lint.cells import CellReader
from zwgk_excel.domain.lint.directory import Directory, NameEntry


@dataclass(frozen=True, slots=True)
class Owners:
    """Parses owner cells."""

    directory: Directory
    units: Sequence[Unit]
    """All of the roster, rows with errors included; where there are none, owners are taken as typed: the empty roster
    has a complaint of its own."""
    kind_groups: Mapping[str, UnitKind]
    kind_words: Mapping[str, str]
    """Code → label of the kinds of units."""
    groups_heading: str
    """The roster's column in which the office puts units into groups."""

    def read(self, cells: CellReader, key: str, *, ended: bool) -> tuple[str, ...]:
        """The units and groups of a cell by their proper names, each once; problems are added to ``cells``.

        For a duty that ``ended`` it is not checked whether an owner still exists.
        """
        typed = self.directory.split(cells.row[key])
        if not self.units:
            return tuple(dict.fromkeys(typed))
        found = {name: self.directory.find(name) for name in typed}
        for name, known in found.items():
            self._check_name(cells, key, name, known)
        named = list(dict.fromkeys(known for known in found.values() if known))
        if not ended:
            self._check_present(cells, key, named)
        return tuple(dict.fromkeys(known.name for known in named))

    def _check_name(self, cells: CellReader, key: str, name: str, known: NameEntry | None) -> None:
        if known is None:
            nearest = self.directory.nearest(name)
            suggestion = f"（最接近的是“{nearest}”）" if nearest else ""
            cells.complain("owner_unknown", key, value=name, suggestion=suggestion)
        elif known.alias:
            cells.complain("owner_alias", key, value=name, name=known.name)

    def _check_present(self, cells: CellReader, key: str, named: Sequence[NameEntry]) -> None:
        names = {known.name for known in named}
        for known in named:
            if not known.group:
                self._check_unit(cells, key, known.name, names)
            elif known.name in self.kind_groups:
                self._check_kind(cells, key, known.name)
            elif not any(known.name in unit.groups and unit.valid_to is None for unit in self.units):
                cells.complain("group_empty", key, value=known.name, heading=self.groups_heading)

    def _check_kind(self, cells: CellReader, key: str, group: str) -> None:
        kind = self.kind_groups[group]
        if not any(unit.kind is kind and unit.valid_to is None for unit in self.units):
            cells.complain("group_kind_empty", key, value=group, kind=self.kind_words[kind])

    def _check_unit(self, cells: CellReader, key: str, name: str, names: set[str]) -> None:
        """Add a problem for a unit that ended and is not named together with its successor."""
        rows = [unit for unit in self.units if unit.name == name]
        if not rows or any(unit.valid_to is None for unit in rows):
            return
        successors = [unit.name for unit in self.units if name in unit.predecessors]
        if not names & set(successors):
            last = max(unit.valid_to for unit in rows if unit.valid_to)
            successor = f"“{successors[0]}”" if successors else "接替的单位"
            cells.complain("owner_ended", key, value=name, last=last, successor=successor)
