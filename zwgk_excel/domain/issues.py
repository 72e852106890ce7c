"""下发: what was issued for a month is a record, and tables edited later speak only for months not yet issued.

A workbook also lists tasks of other months: some early, some while they are still in grace. Each obligation is
therefore decided by the issue of its own month (:attr:`~zwgk_excel.domain.obligations.Obligation.cycle`), and where
that month was not issued, by the first later issue that lists it, else by the last earlier one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from zwgk_excel.domain.catalogue.entries import CatalogueEntry, entries_of_month
from zwgk_excel.domain.deadlines import PUBLISH_WITHIN, Policy
from zwgk_excel.domain.duties import Duty, Roster, Unit, UnitKind
from zwgk_excel.domain.obligations import Obligation, plan
from zwgk_excel.domain.one_off_tasks import OneOffTask
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.workdays import Workdays

MONTHS_AHEAD = 2
"""A month further ahead than this is asked about before it is issued: the office's habit, one issue a month."""


@dataclass(frozen=True, slots=True)
class Issue:
    """What was owed for a cycle on the day it was issued, or last amended."""

    cycle: Month
    obligations: tuple[Obligation, ...]
    """Those that its workbooks list, without tasks carried over; their duties as :func:`issued_duty` leaves them."""
    units: tuple[Unit, ...] = ()
    """Name and kind of the units that existed in the cycle, in roster order, then of units of the past that are listed,
    whose ``valid_to`` lies before it."""
    successors: Mapping[str, str] = field(default_factory=dict)
    """Unit of the past → the unit that answers for its open tasks in this cycle."""
    amended: Mapping[str, date] = field(default_factory=dict)
    """Unit whose tasks were amended (更正下发) → the day of the last amendment."""
    entries: tuple[CatalogueEntry, ...] = ()
    """What of the catalogue its workbooks offer, with the units that publish it; an amendment leaves it as it is."""
    publish_within: int = PUBLISH_WITHIN
    """Working days within which information is to be published, as its workbooks say; an amendment leaves it, too."""

    def entries_of(self, unit: str, duty: str) -> tuple[CatalogueEntry, ...]:
        """The entries that the task of a duty offers to a unit, in the order of the catalogue."""
        return tuple(each for each in self.entries if duty in each.duties and unit in each.owners)

    def successor(self, name: str) -> str:
        """The unit that answers for the tasks of unit ``name`` in this cycle."""
        return self.successors.get(name, name)


def issued_duty(duty: Duty) -> Duty:
    """The duty as an obligation of the past needs it: without owners and months, which are the table's business.

    Its own deadlines go as well: the dates that follow from them are those of the obligation.
    """
    return replace(
        duty,
        owners=(),
        advisory=(),
        valid_from=None,
        valid_to=None,
        terms=(),
        advisory_terms=(),
        due=None,
        final=None,
    )


def issue_from_tables(
    cycle: Month,
    duties: Sequence[Duty],
    roster: Roster,
    policy: Policy,
    workdays: Workdays,
    others: Mapping[Month, Issue],
    tasks: Sequence[OneOffTask] = (),
    entries: Sequence[CatalogueEntry] = (),
) -> Issue:
    """The issue of a cycle by the tables of today, in the order of the duty table and the roster.

    ``others`` are the issues of all other months: what they decide is taken from them, whatever the tables now say.
    """
    found = plan(duties, roster, policy, workdays, cycle, tasks)
    # One value for each duty: a one-off task has its duty with a content of its own.
    brief = {
        id(each.duty): replace(
            issued_duty(each.duty), nil=policy.nil_reports.allows(each.duty), unfit_types=policy.unfit_types
        )
        for each in found
    }
    planned = [replace(each, duty=brief[id(each.duty)]) for each in found]
    recorded = owed(others)
    # A date moved back into a month that was issued: what was issued holds, or nobody would owe it.
    if early := _missing(planned, recorded, others, cycle):
        elsewhere = {each.key for month in others for each in plan(duties, roster, policy, workdays, month, tasks)}
        planned += [each for each in early if each.key in elsewhere]
    obligations = _with_records(planned, recorded, others, cycle)
    present = {unit.name: unit for unit in roster if unit.valid_in(cycle)}
    past = dict.fromkeys([unit.name for unit in roster] + [each.unit for each in recorded.values()])
    successors = {name: after for name in past if (after := roster.successor(name, cycle)) != name}
    gone = dict.fromkeys(each.unit for each in obligations if each.unit not in present)
    units = [Unit(unit.name, unit.kind) for unit in present.values()]
    units += [Unit(name, _kind(roster, name, others), valid_to=cycle - 1) for name in gone]
    offered = entries_of_month(entries, roster, cycle)
    within = policy.publish_within_workdays
    return Issue(cycle, obligations, tuple(units), successors, entries=offered, publish_within=within)


def _kind(roster: Roster, name: str, others: Mapping[Month, Issue]) -> UnitKind:
    """The kind of a unit of the past, by the roster, else by the last issue that knows it."""
    if row := roster.unit(name):
        return row.kind
    known = (unit.kind for month in sorted(others, reverse=True) for unit in others[month].units if unit.name == name)
    return next(known, UnitKind.DEPARTMENT)


def _missing(
    planned: Iterable[Obligation], recorded: Mapping[str, Obligation], others: Mapping[Month, Issue], cycle: Month
) -> list[Obligation]:
    """What was listed early by another issue, is not settled yet, and is not planned any more."""
    known = {each.key for each in planned}
    return [
        each
        for key, each in recorded.items()
        if key not in known and each.listed_in(cycle) and not _is_settled(each.cycle, cycle, others)
    ]


def _with_records(
    planned: Iterable[Obligation], recorded: Mapping[str, Obligation], others: Mapping[Month, Issue], cycle: Month
) -> tuple[Obligation, ...]:
    settled = {key: each for key, each in recorded.items() if _is_settled(each.cycle, cycle, others)}
    found: dict[str, Obligation] = {}
    for each in planned:
        if not _is_settled(each.cycle, cycle, others):
            found[each.key] = settled.get(each.key, each)
        elif each.key in recorded:
            found[each.key] = recorded[each.key]
    for key, each in settled.items():
        if each.listed_in(cycle):
            found.setdefault(key, each)
    return tuple(each for each in found.values() if each.listed_in(cycle))


def _is_settled(month: Month, cycle: Month, others: Mapping[Month, Issue]) -> bool:
    """Whether the obligations of ``month`` are decided by another issue than that of ``cycle``."""
    return month in others or (month < cycle and any(month < other < cycle for other in others))


def owed(issues: Mapping[Month, Issue]) -> dict[str, Obligation]:
    """Obligation key → the obligation, of all issues together, the oldest issue first."""
    months = sorted(issues)
    found: dict[str, Obligation] = {}
    for month in months:
        for each in issues[month].obligations:
            if each.cycle == month or _decides(month, each, issues, months):
                found[each.key] = each
    return found


def _decides(month: Month, obligation: Obligation, issues: Mapping[Month, Issue], months: Sequence[Month]) -> bool:
    own = obligation.cycle
    if own in issues:
        return own == month
    later = next((each for each in months if each > own and obligation.listed_in(each)), None)
    return month == (later or max((each for each in months if each < own), default=None))


def listed(issue: Issue, issues: Mapping[Month, Issue]) -> tuple[Obligation, ...]:
    """The obligations of an issue's workbooks, those of other months as the issues of those months now have them."""
    if all(each.cycle == issue.cycle for each in issue.obligations):
        return issue.obligations
    decided = owed(issues)
    return tuple(decided[each.key] for each in issue.obligations if each.key in decided)


class IssueChange(StrEnum):
    """How the tables of today differ from what was issued."""

    ADDED = "added"
    REMOVED = "removed"
    DATES = "dates"
    WORDING = "wording"
    KIND = "kind"
    """The unit's kind, on which its weight and its rank depend."""


@dataclass(frozen=True, slots=True)
class IssueDifference:
    """One obligation of an issued month that the tables of today have differently, or one unit's kind."""

    unit: str
    change: IssueChange
    before: Obligation | UnitKind | None
    after: Obligation | UnitKind | None

    @property
    def obligation(self) -> Obligation | None:
        """The obligation as it would be, or, where it would be removed, as it is; None for a unit's kind."""
        return next((each for each in (self.after, self.before) if isinstance(each, Obligation)), None)


def differences(before: Issue, after: Issue) -> tuple[IssueDifference, ...]:
    """What would differ, by unit in the order of the later issue, then by task; both hold what they list."""
    old, new = ({each.key: each for each in side.obligations} for side in (before, after))
    found = [
        IssueDifference(each.unit, _change(was, now), was, now)
        for key, each in (old | new).items()
        if (was := old.get(key)) != (now := new.get(key))
    ]
    kinds, now_kinds = ({unit.name: unit.kind for unit in side.units} for side in (before, after))
    found += [
        IssueDifference(name, IssueChange.KIND, kind, now_kinds[name])
        for name, kind in kinds.items()
        if now_kinds.get(name, kind) is not kind
    ]
    order = {unit: place for place, unit in enumerate(now_kinds | kinds)}
    return tuple(sorted(found, key=lambda each: (order.get(each.unit, len(order)), *_task(each.obligation))))


def changed(issue: Issue, found: Iterable[IssueDifference]) -> Issue:
    """The issue with some differences of obligations carried out, and no other."""
    after = {each.obligation.key: each.after for each in found if each.obligation}
    kept = (after.pop(each.key, each) for each in issue.obligations)
    obligations = [each for each in kept if isinstance(each, Obligation)]
    return replace(issue, obligations=(*obligations, *(new for new in after.values() if isinstance(new, Obligation))))


def _task(obligation: Obligation | None) -> tuple[str, str]:
    return (obligation.duty.id, obligation.key) if obligation else ("", "")


def _change(before: Obligation | None, after: Obligation | None) -> IssueChange:
    if before is None:
        return IssueChange.ADDED
    if after is None:
        return IssueChange.REMOVED
    return IssueChange.WORDING if replace(before, duty=after.duty) == after else IssueChange.DATES


def is_unusual(cycle: Month, issued: Collection[Month], today: Month) -> bool:
    """Whether a month to be issued is more than two ahead of today's, or before the first one issued."""
    return cycle > today + MONTHS_AHEAD or bool(issued and cycle < min(issued))
