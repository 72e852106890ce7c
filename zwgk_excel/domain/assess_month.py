"""Scores of a month: the pure function :func:`assess`, from statuses and evidence to scores.

Reporting never costs more than silence. An obligation costs at most what it would if nothing had come
(:func:`~zwgk_excel.domain.scoring_cases.silence_costs`), and a month at most what silence costs at most, the cap of
MISSING. So another report, however late and faulty, takes one MISSING away and adds no more than that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType

from zwgk_excel.domain.duties import Unit, UnitKind
from zwgk_excel.domain.obligations import label
from zwgk_excel.domain.periods import Month, Period
from zwgk_excel.domain.score_rules import RulesVersion, ScoreRule, Scoring, rounded
from zwgk_excel.domain.scoring import (
    AS_MISSING,
    AS_SILENCE,
    BEYOND_CAP,
    CUT_BY_CAP,
    NOT_YET_FINAL,
    Assessment,
    Score,
    ScoreLine,
    ranked,
    signed_points,
)
from zwgk_excel.domain.scoring_cases import (
    CASE_RULES,
    ScoringCase,
    ScoringContext,
    ScoringEvidence,
    late_results,
    may_be_mended,
    may_still_come,
    owed_by,
    quality_bonus,
    scoring_cases,
    silence_costs,
)
from zwgk_excel.domain.tracking import ObligationStatus, Outcome

_NAMED = 5
"""So many tasks are named in a note."""
_OF_THE_REPORT = frozenset({ScoreRule.GRACE, ScoreRule.LATE, ScoreRule.RETURNED, ScoreRule.NEWS})
"""Rules about the report of a task as a whole, of which a task loses by one."""


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
    outlived: Collection[str] = (),
    faults: Mapping[str, Sequence[ScoreLine]] = MappingProxyType({}),
    known: Mapping[str, ObligationStatus] = MappingProxyType({}),
) -> Assessment:
    """The scores of ``month`` from the statuses of its obligations; units without a mandatory one are not assessed.

    Those that owed nothing by a date in it (all on demand or waived) are not ranked, whatever they reported: what is
    ranked is reporting in time, and no unit chooses by a report of its own whether it is compared.

    Silence is not praised: who reported nothing of what it owes by a date (a bare claim is no report), while no final
    date of it has passed, is pending and gets its rank with the first report or final date. Nothing costs points until
    then.

    ``successor`` maps a unit to the one that answers for its tasks in the month: what a unit of the past still owes
    counts for that one, and only that one is ranked.

    Waived, advisory and on-demand obligations never cost points. ``units`` is the roster, which gives kinds and order;
    a unit that has left it counts as a department, and a note in the result names it.
    An obligation of an earlier month is one that was not ripe when that was closed: its lines say so. ``unfinished``
    are the units with a task of the month that is left to a later one, who have not done everything yet, and are not
    ranked (deferred) where nothing else was owed by a date; ``added``
    (unit → lines, beyond weights and caps) counts for those that are assessed. ``outlived`` are the
    keys of tasks that silence would have settled with an earlier month.

    ``faults`` (unit → lines before weights and limits) are those of the month on the website, about whatever task
    reported what is wrong there; the limits of that task hold for them. ``known`` has the statuses of tasks of other
    months by key: what comes of a report in a later month, a fault of the website or a result that is told too late,
    counts in the quarter and the year of the task's own month; for a task that is not known it costs nothing.

    In a month no report costs anything where silence about it does not: neither one that outlived the closing which
    would have settled silence, nor, at a closing, one whose final date is still to come. In a quarter and a year every
    task counts in its own month (:attr:`~zwgk_excel.domain.scoring.ScoreLine.held`).
    """
    owing: dict[str, list[ScoringCase]] = defaultdict(list)
    mine = [status for status in statuses if status.obligation.mandatory]
    for case in scoring_cases(mine, found):
        owing[successor(case.status.obligation.unit)].append(case)
    kinds = _kinds(units, month)
    waiting = {successor(unit) for unit in unfinished}
    names = {successor(status.obligation.unit) for status in mine} | waiting
    left = sorted(names - kinds.keys())
    order = [name for name in kinds if name in names] + left
    scores = []
    for name in order:
        kind, cases = kinds.get(name, UnitKind.DEPARTMENT), owing[name]
        weight, unsettled = by.rules.weights[kind], _unsettled(cases, outlived, by)
        own = [case for case in cases if case.key not in unsettled and not _is_earlier(case, month, by)]
        others = [case for case in cases if case not in own]
        late = [line for case in cases for line in late_results(case, by)] if _has_accounts(by) else []
        here, elsewhere = _parted((*late, *faults.get(name, ())), {case.key for case in own})
        lines = _lines(month, own, by, here, finished=name not in waiting)
        counted = _counted(lines, own, by, weight)
        counted += _held_lines(month, others, unsettled, _room(counted, by), by, weight)
        counted += _of_other_months(elsewhere, known, by, weight)
        judged = [case for case in cases if case.key not in outlived]
        score = _score(name, kind, judged, (*counted, *added.get(name, ())), by)
        scores.append(replace(score, deferred=not score.is_ranked and name in waiting))
    notes = tuple(f"{name}已不在单位通讯录，按部门计" for name in left)
    left_to_it = [status for status in mine if status.obligation.cycle < month]
    held_here = [status for status in left_to_it if status.obligation.key in outlived]
    notes += task_note("以前月份结账时没有到期、计入本月的任务", (each for each in left_to_it if each not in held_here))
    notes += task_note("以前月份结账时还在改正期限内、不计入本月得分的任务", held_here)
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


def owes_by_a_date(status: ObligationStatus) -> bool:
    """Whether an obligation makes its unit one that is ranked: to be reported by a date, and not waived."""
    return status.obligation.dated and not status.decisions.waived


def _is_ranked(mine: Iterable[ScoringCase], by: ScoringContext) -> bool:
    # Months that earlier versions closed are computed as they were: everybody was ranked.
    return by.version < RulesVersion.FAIR or any(owes_by_a_date(case.status) for case in mine)


def _is_pending(mine: Iterable[ScoringCase], by: ScoringContext) -> bool:
    """Whether a unit that will be ranked cannot be judged yet: nothing came, and everything may still come."""
    owed = [case for case in mine if owes_by_a_date(case.status)]
    silent = all(_is_silent(case) and may_still_come(case, by) for case in owed)
    return by.version >= RulesVersion.FAIR and bool(owed) and silent


def _is_silent(case: ScoringCase) -> bool:
    return case.status.outcome is Outcome.MISSING or case.is_bare_claim


def _lines(
    month: Month, mine: Sequence[ScoringCase], by: ScoringContext, more: Iterable[ScoreLine] = (), *, finished: bool
) -> list[ScoreLine]:
    found = [
        _carried(line, case.status.obligation.cycle, month)
        for rule in CASE_RULES
        if rule is not late_results or not _has_accounts(by)
        for case in mine
        for line in rule(case, by)
    ]
    found = [*(_once(found) if by.version >= RulesVersion.FAIR else found), *more]
    return [*found, *quality_bonus(mine, found, by)] if finished and _is_ranked(mine, by) else found


def _is_earlier(case: ScoringCase, month: Month, by: ScoringContext) -> bool:
    return by.version >= RulesVersion.ACCOUNTS and case.status.obligation.cycle < month


def _unsettled(mine: Iterable[ScoringCase], outlived: Collection[str], by: ScoringContext) -> frozenset[str]:
    """The keys of the tasks of which silence costs nothing in the month, though they are settled."""
    if by.version < RulesVersion.ACCOUNTS:
        return frozenset()
    ahead = {case.key for case in mine if by.settles and case.final is not None and by.as_of <= case.final}
    return frozenset(ahead.union(outlived))


def _room(lines: Iterable[ScoreLine], by: ScoringContext) -> Decimal:
    """What is left of the most that a month costs."""
    lost = sum((line.points for line in lines if line.points < 0), Decimal(0))
    return max(by.rules.point_rules[ScoreRule.MISSING].cap + lost, Decimal(0))


def _held_lines(
    month: Month,
    mine: Sequence[ScoringCase],
    unsettled: Collection[str],
    room: Decimal,
    by: ScoringContext,
    weight: Decimal,
) -> list[ScoreLine]:
    """The lines of tasks on the account of their own months: held for these, and counted within ``room`` as well where
    silence costs something in ``month`` too."""
    found = []
    for own in sorted({case.status.obligation.cycle for case in mine}):
        cases = [case for case in mine if case.status.obligation.cycle == own]
        for line in _counted(_lines(month, cases, by, finished=False), cases, by, weight):
            if line.obligation in unsettled:
                found.append(_held(line, own))
                continue
            held = replace(line, month=own, held=line.points)
            if line.points < 0:
                held = _cut(held, room, AS_SILENCE, AS_SILENCE)
                room += held.points
            found.append(held)
    return found


def _has_accounts(by: ScoringContext) -> bool:
    """Whether what comes of a report in a later month is on the account of the report's own month."""
    return by.version >= RulesVersion.OWN_MONTH


def _parted(lines: Iterable[ScoreLine], keys: Collection[str]) -> tuple[list[ScoreLine], list[ScoreLine]]:
    """The lines about tasks with one of the ``keys``, and the others."""
    found: tuple[list[ScoreLine], list[ScoreLine]] = [], []
    for line in lines:
        found[line.obligation not in keys].append(line)
    return found


def _of_other_months(
    lines: Sequence[ScoreLine], known: Mapping[str, ObligationStatus], by: ScoringContext, weight: Decimal
) -> list[ScoreLine]:
    """The lines of a month about tasks that are not counted in it: held for the months of these, within what silence
    about them costs."""
    missing = by.rules.point_rules[ScoreRule.MISSING]
    most = dict.fromkeys((line.obligation for line in lines), Decimal(0))
    most |= {key: rounded(missing.points * weight) for key in most if key in known and _costs_silence(known[key], by)}
    weighed = [_weighed(line, weight) for line in lines]
    limited = _within_silence(_within_rules(_within_tasks(weighed, most, ()), by.rules), missing.cap)
    return [_held(line, known[line.obligation].obligation.cycle) if line.points else line for line in limited]


def _costs_silence(status: ObligationStatus, by: ScoringContext) -> bool:
    """Whether nobody may leave a task unanswered for nothing any more."""
    final = owed_by(status).final
    return owes_by_a_date(status) and final is not None and by.as_of > final


def _held(line: ScoreLine, own: Month) -> ScoreLine:
    """The line as one that counts in the quarter and the year of ``own`` alone."""
    told = f"（{signed_points(line.points)} 分计入 {own} 所在的季度、年度，不计入本月得分）" if line.points else ""
    return replace(line, month=own, held=line.points, points=Decimal(0), reason=line.reason + told)


def _once(lines: Sequence[ScoreLine]) -> list[ScoreLine]:
    """The lines without the lesser one where a task was late and is spoiled by what came later: one task, one fault."""
    dearest: dict[str, ScoreLine] = {}
    for line in (each for each in lines if each.rule in _OF_THE_REPORT):
        if line.obligation not in dearest or line.points < dearest[line.obligation].points:
            dearest[line.obligation] = line
    return [line for line in lines if line.rule not in _OF_THE_REPORT or dearest[line.obligation] is line]


def _score(
    unit: str, kind: UnitKind, mine: Sequence[ScoringCase], lines: tuple[ScoreLine, ...], by: ScoringContext
) -> Score:
    rules = by.rules
    total = rules.base + sum((line.points for line in lines), Decimal(0))
    points = min(max(total, rules.floor), rules.cap)
    if _is_pending(mine, by) and not any(line.points for line in lines):
        return Score(unit, kind, rules.base, points, None, "", lines, pending=True)
    if _is_ranked(mine, by):
        may_fall = not by.settles and any(may_be_mended(case, by) for case in mine if case.is_dated)
        return Score(unit, kind, rules.base, points, 0, rules.band(points), lines, may_fall=may_fall)
    return Score(unit, kind, rules.base, points, None, "", lines)


def _counted(
    lines: Iterable[ScoreLine], mine: Sequence[ScoringCase], by: ScoringContext, weight: Decimal
) -> list[ScoreLine]:
    """The lines with their effective points: multiplied by ``weight``, and within all limits."""
    weighed, rules = [_weighed(line, weight) for line in lines], by.rules
    if by.version < RulesVersion.FAIR:
        return _within_rules(weighed, rules)
    most = {case.key: rounded(silence_costs(case, by) * weight) for case in mine}
    open_yet = {case.key for case in mine if may_still_come(case, by)}
    found = _within_rules(_within_tasks(weighed, most, open_yet), rules)
    return _within_silence(found, rules.point_rules[ScoreRule.MISSING].cap)


def _carried(line: ScoreLine, own: Month, month: Month) -> ScoreLine:
    """The line of a task, which says so where its own month was closed without it."""
    if own >= month:
        return line
    return replace(line, month=own, reason=f"{line.reason}（属 {own}，{month} 到期计入）")


def _weighed(line: ScoreLine, weight: Decimal) -> ScoreLine:
    points = rounded(abs(line.points) * weight)
    return replace(line, points=points if line.points > 0 else -points)


def _within_tasks(
    lines: Iterable[ScoreLine], most: Mapping[str, Decimal], open_yet: Collection[str]
) -> list[ScoreLine]:
    """The deductions of each obligation limited to ``most`` of it; ``open_yet`` are those not due for good."""
    room = dict(most)
    found = []
    for line in lines:
        if line.points >= 0:
            found.append(line)
            continue
        told = NOT_YET_FINAL if line.obligation in open_yet else AS_MISSING
        found.append(each := _cut(line, room[line.obligation], told, told))
        room[line.obligation] += each.points
    return found


def _within_rules(lines: Iterable[ScoreLine], rules: Scoring) -> list[ScoreLine]:
    """The lines of each rule limited by the rule's cap."""
    room = {rule: point_rule.cap for rule, point_rule in rules.point_rules.items()}
    found = []
    for line in lines:
        rule = ScoreRule(line.rule)
        found.append(each := _cut(line, room[rule], CUT_BY_CAP, BEYOND_CAP))
        room[rule] -= abs(each.points)
    return found


def _within_silence(lines: Iterable[ScoreLine], room: Decimal) -> list[ScoreLine]:
    """All deductions together limited to ``room``."""
    found = []
    for line in lines:
        found.append(each := _cut(line, room, AS_SILENCE, AS_SILENCE) if line.points < 0 else line)
        room += min(each.points, Decimal(0))
    return found


def _cut(line: ScoreLine, room: Decimal, partly: str, wholly: str) -> ScoreLine:
    """The line with at most ``room`` points; what says so is ``partly`` where some of them are left."""
    full = abs(line.points)
    if full <= room:
        return line
    told = partly if room else wholly
    return replace(line, points=room if line.points > 0 else -room, reason=f"{line.reason}{told}")
