"""What an entry of the catalogue is probably tied to: proposed to the office, which chooses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from zwgk_excel.domain.duties import Duty, Roster, UnitKind
from zwgk_excel.domain.lint.cells import split_names
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.text import fold

_LEADING = "省市县区旗"
"""What stands in front of a department's name and is another word in another county's table."""
_LEAST_NAME = 3
_OF_DOMAIN, _OF_ITEM = 3, 1
_NAMED = "\n"
"""Stands where a unit was named; no name has it."""


@dataclass(frozen=True)
class Proposals:
    """Proposes duties and units for entries, by the two tables of a month."""

    duties: Sequence[Duty]
    roster: Roster
    month: Month
    common: Sequence[str] = ()
    """Words that tell no column of the website from another."""
    townships: Sequence[str] = ()
    """Words in 公开主体 that mean all townships."""
    fallback: str = ""
    """How the content of the duty reads that asks for the catalogue as such: what no other duty is about."""

    def units(self, owner: str) -> tuple[str, ...]:
        """The units, and the group of all townships, that 公开主体 names; empty where it names none of ours.

        The name of one township, however it is written (东风路街道办事处), does not mean all of them.
        """
        found = [name for part in split_names(owner) for name in self._units_in(fold(part))]
        return tuple(dict.fromkeys(found))

    def _units_in(self, text: str) -> Iterable[str]:
        exact = [proper for name, proper in self.roster.folded_names if name == text]
        if exact:
            return exact[:1]
        named: dict[str, int] = {}
        rest = text
        for bare, proper in self._bare:
            if bare in rest:
                named.setdefault(proper, text.find(bare))
                before, *after = rest.split(bare)
                rest = _NAMED.join([before, *(self._without_kind(each, proper) for each in after)])
        townships = [group for group, kind in self.roster.kind_groups.items() if kind is UnitKind.TOWNSHIP]
        of_kind = townships if any(fold(each) in rest for each in self.townships) else []
        return [*sorted(named, key=named.__getitem__), *of_kind]

    def _without_kind(self, after: str, proper: str) -> str:
        """What follows a name, without what only says that it is a township: 东风路 + 街道办事处."""
        unit = self.roster.unit(proper)
        if unit is None or unit.kind is not UnitKind.TOWNSHIP:
            return after
        found = next((each for each in map(fold, self.townships) if after.startswith(each)), "")
        return after[len(found) :]

    @cached_property
    def _bare(self) -> Sequence[tuple[str, str]]:
        """(Name without 市, proper name), the longest first."""
        bare = ((name.lstrip(_LEADING), proper) for name, proper in self.roster.folded_names)
        return sorted((each for each in bare if len(each[0]) >= _LEAST_NAME), key=lambda each: -len(each[0]))

    def duties_for(self, cells: Mapping[str, str], units: Sequence[str]) -> tuple[Duty, ...]:
        """The duty whose column speaks of the entry's domain and items: of those that the units owe, if any is.

        For units that owe no such duty, and for an entry of which no column speaks, the duty that asks for the
        catalogue as such; empty without one.
        """
        owed = [each for each in self.duties if any(self._owes(each, unit) for unit in units)]
        found: list[Duty] = []
        for duties in (owed, self.duties):
            best = max(duties, key=lambda each: self._likeness(each, cells), default=None)
            if best is not None and self._likeness(best, cells) >= _OF_DOMAIN:
                found.append(best)
                break
        if not found or any(not self._owes(found[0], unit) for unit in units):
            found += [each for each in self.duties if self.fallback and self.fallback in each.content][:1]
        return tuple(found)

    def _owes(self, duty: Duty, unit: str) -> bool:
        """Whether all that a name or group means owe the duty."""
        owing = {name for phrase in duty.owners_in(self.month) for name in self.roster.members(phrase, self.month)}
        return owing.issuperset(self.roster.members(unit, self.month))

    def _likeness(self, duty: Duty, cells: Mapping[str, str]) -> int:
        column = self._pairs(duty.column)
        return (
            _OF_DOMAIN * len(column & self._pairs(cells["domain"]))
            + _OF_ITEM * len(column & (self._pairs(cells["primary"]) | self._pairs(cells["secondary"])))
            + _OF_DOMAIN * (bool(cells["domain"]) and fold(cells["domain"]) in fold(duty.content))
        )

    def _pairs(self, text: str) -> set[str]:
        """The words of a short text, as its pairs of characters."""
        bare = fold(text)
        for word in self.common:
            bare = bare.replace(word, " ")
        return {bare[n : n + 2] for n in range(len(bare) - 1) if " " not in bare[n : n + 2]}
