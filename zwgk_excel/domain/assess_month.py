"""Scores of a month: the pure function :func:`assess`, from statuses and evidence to scores."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType

from zwgk_excel.domain.duties import Unit, UnitKind
from zwgk_excel.domain.obligations import label
from zwgk_excel.domain.periods import Month, Period
from zwgk_excel.domain.score_rules import ScoreRule, Scoring, rounded
from zwgk_excel.domain.scoring import BEYOND_CAP, CUT_BY_CAP, Assessment, Score, ScoreLine, ranked
from zwgk_excel.domain.scoring_cases import (
    CASE_RULES,
    ScoringCase,
    ScoringContext,
    ScoringEvidence,
    quality_bonus,
    scoring_cases,
)
from zwgk_excel.domain.tracking import ObligationStatus

_NAMED = 5
"""So many tasks are named in a note."""


def assess(
    month: Month,
    statuses: Iterable[ObligationStatus],
    found: ScoringEvidence,
    units: Sequence[Unit],
    by: ScoringContext,
    *,
    successor: Callable[[str], str] = str,
    unfinished: Collection[str] = (),
    added: Mapping[str, Sequence[ScoreLine]] = MappingProxyType({}),
) -> Assessment:
    """The scores of ``month`` from the statuses of its obligations; units that owed nothing in it are not assessed.

    ``successor`` maps a unit to the one that answers for its tasks in the month: what a unit of the past still owes
    counts for that one, and only that one is ranked.

    Waived and advisory obligations never cost points, on-demand ones only through their items. ``units`` is the roster,
    which gives kinds and order; a unit that has left it counts as a department, and a note in the result names it.
    An obligation of an earlier month is one that was not ripe when that was closed: its lines say so. ``unfinished``
    are the units with a task of the month that is left to a later one, who have not done everything yet; ``added``
    (unit → lines, beyond weights and caps) counts for those that are assessed.
    """
    owing: dict[str, list[ScoringCase]] = defaultdict(list)
    mine = [status for status in statuses if status.obligation.mandatory]
    for case in scoring_cases(mine, found):
        owing[successor(case.status.obligation.unit)].append(case)
    kinds = _kinds(units, month)
    names = {successor(status.obligation.unit) for status in mine}
    left = sorted(names - kinds.keys())
    order = [name for name in kinds if name in names] + left
    scores = (
        _score(
            name,
            kinds.get(name, UnitKind.DEPARTMENT),
            _lines(month, owing[name], by, finished=name not in unfinished),
            added.get(name, ()),
            by,
        )
        for name in order
    )
    notes = tuple(f"{name}已不在单位通讯录，按部门计" for name in left)
    left_to_it = [status for status in mine if status.obligation.cycle < month]
    notes += task_note("以前月份结账时没有到期、计入本月的任务", left_to_it)
    return Assessment(Period.month(month), by.as_of, ranked(scores), confirmed=by.rules.confirmed, notes=notes)


def task_note(what: str, statuses: Iterable[ObligationStatus]) -> tuple[str, ...]:
    """A sentence without its full stop that names tasks, for the notes of an assessment; none for no tasks."""
    names = [f"{each.obligation.unit} {label(each.obligation, plain=False)}" for each in statuses]
    more = f"等 {len(names)} 项" if len(names) > _NAMED else ""
    return (f"{what}：{'、'.join(names[:_NAMED])}{more}",) if names else ()


def _kinds(units: Sequence[Unit], month: Month) -> Mapping[str, UnitKind]:
    """Unit → kind (the row valid in ``month`` where a name has several), in roster order."""
    kinds = {unit.name: unit.kind for unit in units}
    return kinds | {unit.name: unit.kind for unit in units if unit.valid_in(month)}


def _lines(month: Month, mine: Sequence[ScoringCase], by: ScoringContext, *, finished: bool) -> list[ScoreLine]:
    found = [
        _carried(line, case.status.obligation.cycle, month)
        for rule in CASE_RULES
        for case in mine
        for line in rule(case, by)
    ]
    return [*found, *quality_bonus(mine, found, by)] if finished else found


def _carried(line: ScoreLine, own: Month, month: Month) -> ScoreLine:
    """The line of a task, which says so where its own month was closed without it."""
    if own >= month:
        return line
    return replace(line, month=own, reason=f"{line.reason}（属 {own}，{month} 到期计入）")


def _score(
    unit: str, kind: UnitKind, found: Iterable[ScoreLine], added: Sequence[ScoreLine], by: ScoringContext
) -> Score:
    lines = (*_counted(found, by.rules, by.rules.weights[kind]), *added)
    total = by.rules.base + sum((line.points for line in lines), Decimal(0))
    points = min(max(total, by.rules.floor), by.rules.cap)
    return Score(unit, kind, by.rules.base, points, 0, by.rules.band(points), lines)


def _counted(lines: Iterable[ScoreLine], rules: Scoring, weight: Decimal) -> tuple[ScoreLine, ...]:
    """The lines with their effective points: multiplied by ``weight``, and limited by the cap of their rule."""
    room = {rule: point_rule.cap for rule, point_rule in rules.point_rules.items()}
    counted = []
    for line in lines:
        rule = ScoreRule(line.rule)
        full = rounded(abs(line.points) * weight)
        points = min(full, room[rule])
        room[rule] -= points
        told = "" if points == full else CUT_BY_CAP if points else BEYOND_CAP
        counted.append(replace(line, points=points if line.points > 0 else -points, reason=f"{line.reason}{told}"))
    return tuple(counted)
