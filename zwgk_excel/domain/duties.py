"""Duties (责任事项) and units (单位): the rows of the two tables that the office edits, as values."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from zwgk_excel.domain.companions import Companion
from zwgk_excel.domain.periods import Month, MonthDay
from zwgk_excel.domain.returns import ItemType
from zwgk_excel.domain.text import fold


class Cadence(StrEnum):
    """How often a duty is to be reported (频次)."""

    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    YEARLY = "yearly"
    ANNUAL_REPORT = "annual_report"
    ON_DEMAND = "on_demand"


class UnitKind(StrEnum):
    """The kind of a unit (类别)."""

    DEPARTMENT = "department"
    TOWNSHIP = "township"


@dataclass(frozen=True, slots=True)
class OwnerTerm:
    """The months in which a unit or group has a duty; open where None."""

    name: str
    valid_from: Month | None = None
    valid_to: Month | None = None

    def valid_in(self, month: Month) -> bool:
        """Whether ``month`` is one of them."""
        return _within(month, self.valid_from, self.valid_to)


UNFIT_AT_FIRST = frozenset({str(ItemType.NEWS), str(ItemType.OTHER)})
"""What did not satisfy a policy column before it was policy: months issued then keep it."""


@dataclass(frozen=True, slots=True)
class Duty:
    """One row of the duty table: the four columns of the notice's annex, and the office's columns."""

    id: str
    column: str
    """栏目 as the office calls it; the notice's own cell may be empty or hold a merged heading."""
    category: str
    """大项: 政务信息公开, 专报信息 or 调查征集."""
    content: str
    requirement: str
    cadence: Cadence
    owners: tuple[str, ...] = ()
    """Units and groups that must report, by the names of the roster."""
    advisory: tuple[str, ...] = ()
    """Units and groups that are only advised to report (建议发); never late."""
    policy: bool = False
    """A policy column: 政策性栏目不得用新闻信息代替 (the notice, part 3, point 2)."""
    companions: tuple[Companion, ...] = ()
    """What its items must bring with them, each where it is of a type that needs it."""
    nil: bool = True
    """Whether 本期无更新 is an answer: decided by policy when a month is issued, and frozen with it."""
    unfit_types: frozenset[str] = UNFIT_AT_FIRST
    """Of a policy column the types of items that do not satisfy it: decided and frozen in the same way."""
    valid_from: Month | None = None
    valid_to: Month | None = None
    terms: tuple[OwnerTerm, ...] = ()
    """The months of those owners that do not have the duty all the time."""
    advisory_terms: tuple[OwnerTerm, ...] = ()
    """The same of those that are only advised to report."""
    due: MonthDay | None = None
    """报送时限 of its own; None for that of its cadence."""
    final: MonthDay | None = None
    """最迟时限 of its own."""

    def valid_in(self, month: Month) -> bool:
        """Whether the duty is in force in ``month``."""
        return _within(month, self.valid_from, self.valid_to)

    def owners_in(self, month: Month) -> tuple[str, ...]:
        """The owners that have the duty in ``month``."""
        return _standing(self.owners, self.terms, month)

    def advisory_in(self, month: Month) -> tuple[str, ...]:
        """Those that are advised to report it in ``month``."""
        return _standing(self.advisory, self.advisory_terms, month)


@dataclass(frozen=True, slots=True)
class Unit:
    """A department or township of the roster (单位通讯录)."""

    name: str
    kind: UnitKind
    aliases: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    """Groups the office put the unit in, beside the one of its kind."""
    officers: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    mails: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    """Mail addresses that get a copy."""
    predecessors: tuple[str, ...] = ()
    """Units whose open duties this one took over when they were renamed or merged into it."""
    valid_from: Month | None = None
    valid_to: Month | None = None

    def valid_in(self, month: Month) -> bool:
        """Whether the unit exists under this name in ``month``."""
        return _within(month, self.valid_from, self.valid_to)


@dataclass(frozen=True, slots=True)
class DutyOfficer:
    """Who reports one duty of a unit (the notice, part 3, point 1: 指定每项内容的信息报送员)."""

    unit: str
    """The unit's proper name."""
    duty: str
    """The duty's id."""
    officers: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    mails: tuple[str, ...] = ()
    """Addresses that get a copy of what the unit is mailed about the duty."""

    @property
    def contact(self) -> str:
        """Names with their telephones: ``报送员甲 8712345、报送员乙 8712346``, together where the numbers differ."""
        if len(self.officers) == len(self.phones):
            return "、".join(f"{name} {phone}" for name, phone in zip(self.officers, self.phones, strict=True))
        return " ".join(filter(None, ("、".join(self.officers), "、".join(self.phones))))


def _standing(names: tuple[str, ...], terms: tuple[OwnerTerm, ...], month: Month) -> tuple[str, ...]:
    if not terms:
        return names
    limited = {each.name for each in terms}
    standing = {each.name for each in terms if each.valid_in(month)}
    return tuple(name for name in names if name not in limited or name in standing)


def _within(month: Month, first: Month | None, last: Month | None) -> bool:
    return (first is None or first <= month) and (last is None or month <= last)


@dataclass(frozen=True)
class Roster:
    """All units, found by name, alias or group."""

    units: tuple[Unit, ...]
    kind_groups: Mapping[str, UnitKind]
    """The phrases of the duty table that mean every unit of a kind: 各部门, 各乡镇(街道)."""
    duty_officers: tuple[DutyOfficer, ...] = ()
    """Those that the office or the units named for single duties, in the order of their sheet."""
    _names: dict[str, str] = field(init=False, repr=False, compare=False)
    _rows: dict[str, list[Unit]] = field(init=False, repr=False, compare=False)
    """Own name → its rows, in the order of the table."""
    _successors: dict[str, list[Unit]] = field(init=False, repr=False, compare=False)
    """Own name → the rows that took it over."""

    def __post_init__(self) -> None:
        rows: dict[str, list[Unit]] = {}
        successors: dict[str, list[Unit]] = {}
        for unit in self.units:
            rows.setdefault(unit.name, []).append(unit)
            for predecessor in unit.predecessors:
                successors.setdefault(predecessor, []).append(unit)
        object.__setattr__(self, "_rows", rows)
        object.__setattr__(self, "_successors", successors)
        names: dict[str, str] = {}
        for unit in self.units:
            for alias in unit.aliases:
                names.setdefault(alias, unit.name)
        names.update({unit.name: unit.name for unit in self.units})
        object.__setattr__(self, "_names", names)

    def __iter__(self) -> Iterator[Unit]:
        return iter(self.units)

    def name_of(self, text: str) -> str | None:
        """The unit's proper name for a name or an alias; None where no unit has it."""
        return self._names.get(text)

    @cached_property
    def folded_names(self) -> tuple[tuple[str, str], ...]:
        """(Name or alias as :func:`zwgk_excel.domain.text.fold` gives it, proper name), the longest first."""
        names = sorted((name for unit in self.units for name in (unit.name, *unit.aliases)), key=len, reverse=True)
        return tuple((fold(name), self.name_of(name) or name) for name in names)

    def unit(self, name: str, month: Month | None = None) -> Unit | None:
        """The row of a unit by its proper name: the one valid in ``month``, else its last."""
        rows = self._rows.get(name, [])
        valid = [unit for unit in rows if month is not None and unit.valid_in(month)]
        candidates = valid or rows
        return candidates[-1] if candidates else None

    def members(self, phrase: str, month: Month) -> tuple[str, ...]:
        """The units that a name, alias or group phrase means in ``month``, in roster order; empty for none.

        For a unit that was renamed or merged before ``month``, named or in a group, it is the one that took it over.
        """
        active = [unit for unit in self.units if unit.valid_in(month)]
        if phrase in self.kind_groups:
            return _unique(unit.name for unit in active if unit.kind is self.kind_groups[phrase])
        name = self.name_of(phrase)
        meant = {unit.name for unit in self.units if unit.name == name or phrase in unit.groups}
        heirs = {self.successor(each, month) for each in meant if self._has_ended(each, month)} - meant
        return _unique(
            unit.name for unit in active if unit.name == name or phrase in unit.groups or unit.name in heirs
        )

    def officers_of(self, unit: str, duties: Collection[str], month: Month) -> tuple[DutyOfficer, ...]:
        """The officers of these duties (ids) of a unit in ``month``, in the order of their sheet.

        For a duty without one of its own, a unit has those of the units that it took over.
        """
        asked = [each for each in self.duty_officers if each.duty in duties]
        own = [each for each in asked if each.unit == unit]
        named = {each.duty for each in own}
        return tuple(
            each
            for each in asked
            if each.unit == unit or (each.duty not in named and self.successor(each.unit, month) == unit)
        )

    def _has_ended(self, name: str, month: Month) -> bool:
        return any(unit.valid_to is not None and unit.valid_to < month for unit in self._rows[name])

    def successor(self, name: str, month: Month) -> str:
        """The unit that has the duties of unit ``name`` in ``month``: itself, or the unit that took it over."""
        seen = {name}
        while not any(unit.valid_in(month) for unit in self._rows.get(name, ())):
            successors = [unit.name for unit in self._successors.get(name, ()) if unit.name not in seen]
            if not successors:
                break
            name = successors[0]
            seen.add(name)
        return name


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
