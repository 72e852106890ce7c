"""Obligations (报送任务): which unit owes what for which period, and which of them a cycle's workbooks list."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from zwgk_excel.domain.catalogue.entries import CatalogueEntry, offered
from zwgk_excel.domain.deadlines import (
    DeadlineRule,
    OwnDeadline,
    Policy,
    Shift,
    Window,
    candidate_periods,
    deadline_of,
    window,
)
from zwgk_excel.domain.decisions import NO_DECISIONS, ActiveDecisions
from zwgk_excel.domain.duties import Duty, Roster
from zwgk_excel.domain.one_off_tasks import OneOffTask
from zwgk_excel.domain.periods import Month, MonthDay, Period
from zwgk_excel.domain.workdays import Workdays


class ListedAs(StrEnum):
    """列入: how an obligation that must be reported by a date stands to the month whose workbooks list it."""

    OWN = "own"
    """Its due date lies in the month."""
    BACKLOG = "backlog"
    """Its due date lies in an earlier month."""
    EARLY = "early"
    """Its due date lies in a later month; it may be reported already."""


@dataclass(frozen=True, slots=True)
class Obligation:
    """A duty × a unit × a reference period, with its dates.

    ``subject`` distinguishes a second obligation of the same three, such as the city's own annual report (市本级).
    ``due`` and ``final`` are None for on-demand and advisory obligations.
    """

    duty: Duty
    unit: str
    period: Period
    opens: date
    due: date | None
    final: date | None
    mandatory: bool = True
    subject: str = ""
    moved_from: Month | None = field(default=None, compare=False)
    """The month of the due date before it was moved off days that are not worked, where that is another month. What was
    issued before it was kept stays in the month it was issued for."""
    published_from: date | None = field(default=None, compare=False)
    """The first day of publication of items that satisfy it; None for any, as in issues of before there was a rule. It
    follows from the rest and the policy of the day, so it makes no other obligation."""
    reference: str = field(init=False, repr=False, compare=False)
    """The reference period as people read it: ``2026-11``, ``2026Q4``, ``2026``, ``2026 市本级``."""
    key: str = field(init=False, repr=False, compare=False)
    """The obligation's name everywhere: ``D01/市政府办/2026-11``."""
    cycle: Month = field(init=False, repr=False, compare=False)
    """The month it belongs to: that of its due date as the policy has it, else of its period's end.

    A due date that is moved off days that are not worked (``shift``) takes the task into no other month.
    """

    def __post_init__(self) -> None:
        # Made once: a year of a city asks for them a million times.
        reference = f"{self.period} {self.subject}".strip()
        object.__setattr__(self, "reference", reference)
        object.__setattr__(self, "key", f"{self.duty.id}/{self.unit}/{reference}")
        cycle = self.moved_from or (Month.of(self.due) if self.due else self.period.last)
        object.__setattr__(self, "cycle", cycle)

    @property
    def dated(self) -> bool:
        """Whether it must be reported, by a date: what all figures count (应报)."""
        return self.mandatory and self.due is not None

    def listed_in(self, cycle: Month) -> bool:
        """Whether opens..final (without dates: the period) overlaps the month ``cycle``."""
        return _overlaps(Window(self.opens, self.due, self.final), self.period, cycle)


def provisional_years(obligations: Iterable[Obligation], shift: Shift, workdays: Workdays) -> tuple[int, ...]:
    """The years without an announced calendar that dates of obligations lie in, where days off move them.

    These dates may change when the calendar of the year is announced.
    """
    if shift is Shift.NONE:
        return ()
    days = {day for each in obligations for day in (each.due, each.final, each.moved_from) if day is not None}
    return tuple(sorted({day.year for day in days} - workdays.announced))


def listed_as(obligation: Obligation, cycle: Month) -> ListedAs | None:
    """How an obligation stands to a month; None for one that is not :attr:`Obligation.dated`."""
    if not obligation.dated:
        return None
    if obligation.cycle == cycle:
        return ListedAs.OWN
    return ListedAs.BACKLOG if obligation.cycle < cycle else ListedAs.EARLY


def _overlaps(dates: Window, period: Period, cycle: Month) -> bool:
    return dates.opens <= cycle.last and cycle.first <= (dates.final or period.last.last)


def plan(
    duties: Sequence[Duty],
    roster: Roster,
    policy: Policy,
    workdays: Workdays,
    cycle: Month,
    tasks: Sequence[OneOffTask] = (),
) -> tuple[Obligation, ...]:
    """Every obligation whose opens..final overlaps ``cycle``, in the order of the duty table and the roster.

    Those of the one-off ``tasks`` come last.

    A unit that owes a duty and is also advised to report it is listed once, as mandatory.
    """
    found: dict[str, Obligation] = {}
    for duty in duties:
        for obligation in _of_duty(duty, roster, policy, workdays, cycle):
            found.setdefault(obligation.key, obligation)
    by_id = {duty.id: duty for duty in duties} if tasks else {}
    for task in tasks:
        for obligation in one_off_obligations(task, by_id[task.duty], roster, policy):
            if obligation.listed_in(cycle):
                found.setdefault(obligation.key, obligation)
    return tuple(found.values())


def one_off_obligations(task: OneOffTask, duty: Duty, roster: Roster, policy: Policy) -> Iterator[Obligation]:
    """The obligations of a one-off task of ``duty``: open from the first day of the month of its due date."""
    month = task.month
    asked = replace(duty, content=task.content or duty.content)
    first = _published_from(duty, policy, Period.month(month))
    for unit in _members(task.owners, roster, month):
        dates = month.first, task.due, task.final
        yield Obligation(asked, unit, Period.month(month), *dates, subject=task.title, published_from=first)


def _of_duty(duty: Duty, roster: Roster, policy: Policy, workdays: Workdays, cycle: Month) -> Iterator[Obligation]:
    usual = deadline_of(duty, policy)
    own = {each: deadline_of(duty, policy, deadlines) for each, deadlines in _by_unit(policy, duty).items()}
    for period in candidate_periods(duty.cadence, (usual, *own.values()), cycle):
        # A duty or a unit that ended stays answerable for the periods it stood in.
        if not duty.valid_in(period.last):
            continue
        dates = window(period, usual, policy.shift, workdays)
        units = {_unit(name, roster, period): rule for name, rule in own.items()}
        special = {name: window(period, rule, policy.shift, workdays) for name, rule in units.items()}
        undated = Window(dates.opens, None, None)
        first = _published_from(duty, policy, period)
        # Most periods of a cadence lie far from the cycle: no need to make what would not be listed.
        if any(_overlaps(each, period, cycle) for each in (dates, *special.values())):
            for unit in _members(duty.owners_in(period.last), roster, period.last):
                if _overlaps(when := special.get(unit, dates), period, cycle):
                    yield _obligation(duty, unit, period, when, first)
        if _overlaps(undated, period, cycle):
            for unit in _members(duty.advisory_in(period.last), roster, period.last):
                yield Obligation(
                    duty, unit, period, dates.opens, None, None, mandatory=False, published_from=first
                )
        extra = _extra(duty, roster, policy, workdays, period, usual)
        yield from (each for each in extra if each.listed_in(cycle))


def _by_unit(policy: Policy, duty: Duty) -> dict[str, list[OwnDeadline]]:
    """Unit as the policy names it → its own deadlines that are about the duty."""
    found: dict[str, list[OwnDeadline]] = {}
    for each in policy.own_deadlines:
        if each.unit and each.is_about(duty):
            found.setdefault(each.unit, []).append(each)
    return found


def _unit(named: str, roster: Roster, period: Period) -> str | None:
    """The unit that the policy means in a period, by its name or an alias; None for a name that no unit has."""
    name = roster.name_of(named)
    return name and roster.successor(name, period.last)


def _published_from(duty: Duty, policy: Policy, period: Period) -> date | None:
    rule = policy.published_from.get(duty.cadence)
    return rule.after(period) if rule else None


def _obligation(
    duty: Duty, unit: str, period: Period, when: Window, first: date | None, subject: str = ""
) -> Obligation:
    return Obligation(
        duty,
        unit,
        period,
        when.opens,
        when.due,
        when.final,
        subject=subject,
        moved_from=when.moved_from,
        published_from=first,
    )


def _extra(
    duty: Duty, roster: Roster, policy: Policy, workdays: Workdays, period: Period, usual: DeadlineRule
) -> Iterator[Obligation]:
    for extra in policy.extra_subjects:
        if not extra.is_about(duty):
            continue
        unit = _unit(extra.unit, roster, period)
        if unit not in _members(duty.owners_in(period.last), roster, period.last):
            continue
        rule = DeadlineRule(min(usual.opens, MonthDay(extra.due.months, 1)), extra.due, extra.final)
        dates, first = window(period, rule, policy.shift, workdays), _published_from(duty, policy, period)
        yield _obligation(duty, unit, period, dates, first, extra.subject)


def _members(phrases: Iterable[str], roster: Roster, month: Month) -> list[str]:
    return list(dict.fromkeys(name for phrase in phrases for name in roster.members(phrase, month)))


@dataclass(frozen=True, slots=True)
class ReportTask:
    """An obligation as a row of 任务清单 in one unit's workbook for one cycle."""

    obligation: Obligation
    unit: str
    """Who answers for it in this cycle: the obligation's unit, or the one that took it over."""
    label: str
    """The task in the dropdown of 信息明细: ``D02 政府采购``, or ``D02 政府采购（2026-10）`` where the plain name would
    be ambiguous."""
    backlog: bool = False
    """补报: of an earlier cycle, still unsatisfied."""
    early: bool = False
    """Due, with its extension, in a later month than that of its workbook: there it may be left open."""
    decisions: ActiveDecisions = NO_DECISIONS
    """What the office decided about it."""
    entries: tuple[str, ...] = ()
    """What its items may be of: the labels of the catalogue's entries, and that they are of none; empty where no entry
    is tied to it."""

    @property
    def reference(self) -> str:
        """The reference period as its row says it: of a unit that was taken over, with that unit's name.

        The unit that answers may owe the same duty for the same period itself: ``2026-08`` and ``2026-08 原市人社局``.
        """
        return reference_of(self.obligation, self.unit)

    @property
    def due(self) -> date | None:
        """The due date with the extension."""
        return self._dated.due

    @property
    def final(self) -> date | None:
        """The final date with the extension."""
        return self._dated.final

    @property
    def owed(self) -> bool:
        """Whether it must be answered: mandatory, with a date of its own, not waived."""
        return self.obligation.dated and not self.decisions.waived

    @property
    def expected(self) -> bool:
        """Whether its workbook must answer it: owed, and due by the end of its month."""
        return self.owed and not self.early

    @property
    def _dated(self) -> Obligation:
        until = self.decisions.extended_to
        return extended(self.obligation, until) if until else self.obligation


def has_lapsed(obligation: Obligation, decided: ActiveDecisions, cycle: Month, carry_months: int) -> bool:
    """Whether an open obligation is no longer asked for in ``cycle``: too many months after its own, or its extension.

    It stays missing on record. ``carry_months`` is so many months; with 0 none ever lapses.
    """
    until = decided.extended_to
    own = max(obligation.cycle, Month.of(until)) if until else obligation.cycle
    return bool(carry_months) and own + carry_months < cycle


def report_tasks(
    current: Sequence[Obligation],
    unsatisfied: Iterable[Obligation],
    successor: Callable[[str], str],
    cycle: Month,
    decisions: Mapping[str, ActiveDecisions],
    entries: Callable[[str, str], tuple[CatalogueEntry, ...]] = lambda unit, duty: (),
) -> tuple[ReportTask, ...]:
    """The tasks of the workbooks of ``cycle``: ``current``, then older dated obligations that are ``unsatisfied``.

    ``successor`` maps a unit to the one that answers for its tasks in this cycle; ``decisions`` are those in force by
    obligation key. ``entries`` gives what of the catalogue a unit is offered with the tasks of a duty.

    On-demand and advisory obligations are not carried over: they are listed anew every month.
    """
    keys = {obligation.key for obligation in current}
    older = sorted(
        (o for o in unsatisfied if o.key not in keys and o.due is not None and o.cycle < cycle),
        key=lambda o: (o.cycle, o.duty.id, o.key),
    )
    newest: dict[tuple[str, str], Period] = {}
    for o in current:
        if not o.subject:
            newest[o.duty.id, o.unit] = max(o.period, newest.get((o.duty.id, o.unit), o.period))

    def task(o: Obligation) -> ReportTask:
        unit = successor(o.unit)
        plain = unit == o.unit and not o.subject and newest.get((o.duty.id, o.unit)) == o.period
        text = label(o, plain=plain, by=unit)
        choices, decided = offered(entries(unit, o.duty.id)), decisions.get(o.key, NO_DECISIONS)
        listed = ReportTask(o, unit, text, backlog=o.key not in keys, decisions=decided, entries=choices)
        return replace(listed, early=listed.due is not None and Month.of(listed.due) > cycle)

    return tuple(map(task, (*current, *older)))


def tasks_by_unit(tasks: Iterable[ReportTask]) -> dict[str, tuple[ReportTask, ...]]:
    """Unit → the tasks of its workbook, in the order given."""
    units: dict[str, list[ReportTask]] = {}
    for each in tasks:
        units.setdefault(each.unit, []).append(each)
    return {unit: tuple(mine) for unit, mine in units.items()}


def label(obligation: Obligation, *, plain: bool, by: str = "") -> str:
    """The task's name in dropdowns; with the reference in full-width brackets unless ``plain``.

    ``by`` is the unit that answers for it, where that may be another one (:func:`reference_of`).
    """
    name = f"{obligation.duty.id} {obligation.duty.column}"
    return name if plain else f"{name}（{reference_of(obligation, by)}）"


def reference_of(obligation: Obligation, by: str) -> str:
    """The reference period, with the obligation's own unit where another one (``by``, if not empty) answers for it."""
    return obligation.reference if by in {"", obligation.unit} else f"{obligation.reference} 原{obligation.unit}"


def extended(obligation: Obligation, until: date) -> Obligation:
    """The obligation with due and final moved to ``until`` where that is later; undated ones unchanged."""
    if obligation.due is None or obligation.final is None:
        return obligation
    return replace(obligation, due=max(obligation.due, until), final=max(obligation.final, until))
