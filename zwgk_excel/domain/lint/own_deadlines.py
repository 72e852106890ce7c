"""``zwgk check``: settings that are about nobody, because a name or an id is misspelt."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from zwgk_excel.domain.deadlines import ExtraSubject, OwnDeadline, Policy
from zwgk_excel.domain.duties import Duty, Roster
from zwgk_excel.domain.problems import CellRef, Problem, problem


def idle_deadlines(
    policy: Policy, duties: Collection[Duty], roster: Roster, settings: str, shipped: Collection[ExtraSubject] = ()
) -> Iterator[Problem]:
    """A problem for each own deadline and extra subject that is about no duty with dates, or about no unit.

    ``settings`` is the name of the file they are in. Those ``shipped`` are in no file of the office's, which may well
    have other duties and units: they are not told.
    """
    dated = [duty for duty in duties if policy.deadlines[duty.cadence].due is not None]
    subjects = (each for each in policy.extra_subjects if each not in shipped)
    written: tuple[OwnDeadline | ExtraSubject, ...] = (*policy.own_deadlines, *subjects)
    for each in written:
        if each.duty and not any(map(each.is_about, dated)):
            yield _problem(each, each.duty, settings)
        elif each.unit and roster.name_of(each.unit) is None:
            yield _problem(each, each.unit, settings)
        elif each.unit and not any(_owes(roster, each.unit, duty) for duty in dated if each.is_about(duty)):
            duty = each.duty or "该频次的事项"
            values = {"section": _section(each), "unit": each.unit, "duty": duty}
            yield problem("own_deadline_foreign", CellRef(settings), **values)


def unknown_never_nil(
    never: Collection[str], shipped: Collection[str], duties: Collection[Duty], settings: str
) -> Iterator[Problem]:
    """A problem for each id of [nil_reports] ``never`` that no duty has; those ``shipped`` are not the office's."""
    known = {duty.id for duty in duties}
    for id_ in sorted(set(never) - set(shipped) - known):
        yield problem("nil_never_unknown", CellRef(settings), value=id_)


def _owes(roster: Roster, unit: str, duty: Duty) -> bool:
    """Whether a unit is among the owners of a duty in any month."""
    name = roster.name_of(unit)
    row = roster.unit(name) if name else None
    kinds = {group for group, kind in roster.kind_groups.items() if row and kind is row.kind}
    named = {roster.name_of(phrase) or phrase for phrase in duty.owners}
    return bool(row) and bool(named & {name, *kinds, *(row.groups if row else ())})


def _section(each: OwnDeadline | ExtraSubject) -> str:
    return "extra_subjects" if isinstance(each, ExtraSubject) else "own_deadlines"


def _problem(each: OwnDeadline | ExtraSubject, value: str, settings: str) -> Problem:
    return problem("own_deadline_idle", CellRef(settings), section=_section(each), value=value)
