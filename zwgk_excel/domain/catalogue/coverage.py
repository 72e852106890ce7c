"""Coverage (目录覆盖): what of the catalogue each unit published, when, and what never."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from zwgk_excel.domain.catalogue.entries import CatalogueEntry
from zwgk_excel.domain.catalogue.time_limits import TimeLimit, parse_limit
from zwgk_excel.domain.issues import Issue
from zwgk_excel.domain.periods import Month


class CoverageState(StrEnum):
    """How a unit stands with an entry."""

    NEVER = "never"
    """Nothing of it was ever reported."""
    MISSED = "missed"
    """Its newest regular publication (每年, 每季度, 每月) is over and was not made."""
    LATE = "late"
    """Something of it was published later than 公开时限 has it."""
    COVERED = "covered"


@dataclass(frozen=True, slots=True)
class AskedEntry:
    """An entry that a unit has been offered."""

    unit: str
    entry: CatalogueEntry
    since: Month
    """The first month whose workbook offered it."""


@dataclass(frozen=True, slots=True)
class EntryPublication:
    """An item that counts and names an entry."""

    unit: str
    """Who answers for it now."""
    entry: str
    """The id of the entry."""
    identity: str
    """Its link, or else its title: reported in two months it is one publication."""
    published_on: date | None
    is_late: bool
    """By 公开时限, as its month had it."""


@dataclass(frozen=True, slots=True)
class EntryCoverage:
    """What a unit published of an entry."""

    unit: str
    entry: CatalogueEntry
    since: Month
    """The first month whose workbook offered it."""
    items: int
    late: int
    """Of these, published later than 公开时限 has it."""
    last: date | None
    """The newest day of publication; None for none."""
    months: Mapping[Month, int]
    """Month of publication → items, oldest first; only months with any."""
    is_missed: bool
    limit: TimeLimit | None
    """None where 公开时限 is empty or not understood: then nothing is late by it."""

    @property
    def state(self) -> CoverageState:
        """How the unit stands with the entry, the worst first."""
        if not self.items:
            return CoverageState.NEVER
        if self.is_missed:
            return CoverageState.MISSED
        return CoverageState.LATE if self.late else CoverageState.COVERED


def asked_entries(issues: Mapping[Month, Issue], until: Month) -> tuple[AskedEntry, ...]:
    """What the newest issued month up to ``until`` offers, by unit in its order, with the first month of each.

    A unit that took another one over has been asked since that one was.
    """
    known = [month for month in sorted(issues) if month <= until]
    if not known:
        return ()
    newest = issues[known[-1]]
    first: dict[tuple[str, str], Month] = {}
    for month in known:
        for entry in issues[month].entries:
            for unit in entry.owners:
                first.setdefault((newest.successor(unit), entry.id), month)
    units = [unit.name for unit in newest.units]
    asked = ((unit, entry) for unit in units for entry in newest.entries if unit in entry.owners)
    return tuple(AskedEntry(unit, entry, first[unit, entry.id]) for unit, entry in asked)


def coverage(
    asked: Iterable[AskedEntry], published: Iterable[EntryPublication], as_of: date
) -> tuple[EntryCoverage, ...]:
    """How units stand with their entries on a day, in the order asked; each publication counts once."""
    found: dict[tuple[str, str], dict[str, EntryPublication]] = {}
    for each in published:
        if each.published_on is None or each.published_on <= as_of:
            found.setdefault((each.unit, each.entry), {}).setdefault(each.identity, each)
    return tuple(_covered(each, [*found.get((each.unit, each.entry.id), {}).values()], as_of) for each in asked)


def _covered(asked: AskedEntry, items: list[EntryPublication], as_of: date) -> EntryCoverage:
    days = sorted(each.published_on for each in items if each.published_on)
    limit = parse_limit(asked.entry.limit)
    last = days[-1] if days else None
    return EntryCoverage(
        asked.unit,
        asked.entry,
        asked.since,
        len(items),
        sum(each.is_late for each in items),
        last,
        dict(Counter(map(Month.of, days))),
        is_missed=limit is not None and limit.missed(last, asked.since.first, as_of),
        limit=limit,
    )
