"""Parses owner cells of the duty table (责任单位, 建议单位) against the roster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zwgk_excel.domain.duties import OwnerTerm, Unit, UnitKind
from zwgk_excel.domain.lint.cells import CellReader
from zwgk_excel.domain.lint.directory import Directory, NameEntry
from zwgk_excel.domain.lint.owner_terms import gaps, parse_months
from zwgk_excel.domain.periods import Month


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
    unissued: Month | None = None
    """The first month that is not issued, with which a change can begin; None where none is."""

    def read(self, cells: CellReader, key: str, *, ended: bool) -> tuple[OwnerTerm, ...]:
        """The units and groups of a cell by their proper names, with their months; problems are added to ``cells``.

        For a duty that ``ended`` it is not checked whether an owner still exists.
        """
        typed = self.directory.owners(cells.row[key])
        found = {each.name: self.directory.find(each.name) for each in typed} if self.units else {}
        for name, known in found.items():
            self._check_name(cells, key, name, known)
        terms = []
        for each in typed:
            entry = found.get(each.name)
            if entry or not self.units:
                terms.append(self._term(cells, key, entry.name if entry else each.name, each.months))
        if not ended:
            standing = [term.name for term in terms if term.valid_to is None]
            self._check_present(cells, key, [known for known in found.values() if known and known.name in standing])
            self._check_lasting(cells, key, terms)
        return tuple(dict.fromkeys(terms))

    def _term(self, cells: CellReader, key: str, name: str, months: str) -> OwnerTerm:
        if not months:
            return OwnerTerm(name)
        span = parse_months(months)
        if span is None:
            cells.complain("owner_months_form", key, value=f"{name}（{months}）")
            return OwnerTerm(name)
        first, last = span
        if first and last and last < first:
            cells.complain("owner_months_order", key, value=f"{name}（{months}）", first=first, last=last)
        return OwnerTerm(name, first, last)

    def _check_lasting(self, cells: CellReader, key: str, terms: Sequence[OwnerTerm]) -> None:
        """Add a problem where every owner that must report has an end and the duty has none, and for months between."""
        lasts = [term.valid_to for term in terms]
        ends = [each for each in lasts if each]
        if key != "owners" or not cells.sound:
            return
        if ends and len(ends) == len(lasts):
            cells.complain("owner_none_left", key, last=max(ends))
        for first, last in gaps(terms):
            cells.complain("owner_gap", key, months=f"{first} " if first == last else f"{first} 至 {last} ")

    def _check_name(self, cells: CellReader, key: str, name: str, known: NameEntry | None) -> None:
        if known is None:
            nearest = self.directory.nearest(name)
            suggestion = f"（最接近的是“{nearest}”）" if nearest else ""
            cells.complain("owner_unknown", key, value=name, suggestion=suggestion)
        elif known.alias:
            cells.complain("owner_alias", key, value=name, name=known.name)

    def _check_present(self, cells: CellReader, key: str, named: Sequence[NameEntry]) -> None:
        for known in named:
            if not known.group:
                self._check_unit(cells, key, known.name)
            elif known.name in self.kind_groups:
                self._check_kind(cells, key, known.name)
            elif not any(known.name in unit.groups and unit.valid_to is None for unit in self.units):
                cells.complain("group_empty", key, value=known.name, heading=self.groups_heading)

    def _check_kind(self, cells: CellReader, key: str, group: str) -> None:
        kind = self.kind_groups[group]
        if not any(unit.kind is kind and unit.valid_to is None for unit in self.units):
            cells.complain("group_kind_empty", key, value=group, kind=self.kind_words[kind])

    def _check_unit(self, cells: CellReader, key: str, name: str) -> None:
        """Add a problem for a unit that ended and that no unit took over; a successor has its duties by itself."""
        rows = [unit for unit in self.units if unit.name == name]
        if not rows or any(unit.valid_to is None for unit in rows):
            return
        if not any(name in unit.predecessors for unit in self.units):
            last = max(unit.valid_to for unit in rows if unit.valid_to)
            first = max(last + 1, self.unissued or last + 1)
            cells.complain("owner_ended", key, value=name, last=last, next=first)
