"""Escalation (催报 → 通报 → 督办 → 约谈): which units have reached which level, and the rectifications (整改, 销号).

督查 and 约谈 come from part 三.3 of the notice; the numbers are the office's own (``policy.toml`` [ladder]).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.scoring import Assessment, Score, format_points


class EscalationLevel(StrEnum):
    """A level of escalation, the mildest first."""

    URGE = "urge"
    CIRCULATE = "circulate"
    SUPERVISE = "supervise"
    INTERVIEW = "interview"

    @property
    def height(self) -> int:
        """Rank of the level, 0 for the mildest."""
        return list(EscalationLevel).index(self)


@dataclass(frozen=True, slots=True)
class EscalationRule:
    """A condition for a level: enough facts in a month, in enough months, the present month among them."""

    code: str
    step: EscalationLevel
    counts: frozenset[str] = frozenset()
    """Scoring rules whose lines are counted."""
    below: Decimal | None = None
    """Or: points below which a month counts."""
    facts: int = 1
    """So many facts make a month count."""
    months: int = 1
    """So many months must count."""
    within: int = 1
    """Of so many calendar months up to the present one; equal to ``months``: in a row."""


@dataclass(frozen=True, slots=True)
class EscalationPolicy:
    """The escalation rules (``policy.toml`` [ladder])."""

    confirmed: bool
    """False for the shipped sample; every output then is marked as a sample."""
    rules: tuple[EscalationRule, ...]

    @property
    def reach(self) -> int:
        """The number of months that the rules look at, the present one included."""
        return max((rule.within for rule in self.rules), default=1)


@dataclass(frozen=True, slots=True)
class EscalationCandidate:
    """A unit that has reached a level, with the evidence."""

    unit: str
    cycle: Month
    """The month whose figures make it due."""
    step: EscalationLevel
    rule: str
    """Code of the rule in ``policy.toml`` [ladder]."""
    evidence: tuple[str, ...]
    """One sentence for each fact it rests on, with obligation and dates."""
    facts: tuple[str, ...] = ()
    """Identifiers of these facts: ``2026-11 D02/市财政局/2026-11``; a fact counts once per level."""


@dataclass(frozen=True, slots=True)
class Rectification:
    """One row of the rectification ledger (整改台账)."""

    unit: str
    cycle: Month
    step: EscalationLevel
    raised_on: date
    mend_by: date | None = None
    measures: str = ""
    """What the unit has done, as the office notes it."""
    closed_on: date | None = None
    """销号: the day the office was satisfied."""
    who: str = ""
    """Who raised it."""
    number: int = 0
    """整改编号, 1 for the first ever raised."""
    reason: str = ""
    """The office's reason; empty where the evidence is the reason."""
    evidence: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    closed_by: str = ""
    conclusion: str = ""
    """Why it was closed."""
    withdrawn: bool = False
    """Raised by mistake: its facts count again."""

    @property
    def is_open(self) -> bool:
        """Whether it is neither closed nor withdrawn."""
        return self.closed_on is None and not self.withdrawn

    def is_overdue(self, as_of: date) -> bool:
        """Whether it is open on ``as_of`` and its due day (``mend_by``) has passed."""
        return self.is_open and self.mend_by is not None and as_of > self.mend_by


class NoteKind(StrEnum):
    """The kinds of notes on a rectification."""

    MENDED = "mended"
    """What the unit has done (整改)."""
    CLOSED = "closed"
    """销号."""
    WITHDRAWN = "withdrawn"
    """撤销: raised by mistake."""


@dataclass(frozen=True, slots=True)
class RectificationNote:
    """One note on a rectification: kind, text, day, person."""

    kind: NoteKind
    on: date
    who: str
    words: str


def with_note(each: Rectification, note: RectificationNote) -> Rectification:
    """The rectification with a note applied: measures appended, closed or withdrawn."""
    match note.kind:
        case NoteKind.MENDED:
            line = f"{note.on} {note.words}"
            return replace(each, measures=f"{each.measures}\n{line}" if each.measures else line)
        case NoteKind.CLOSED:
            return replace(each, closed_on=note.on, closed_by=note.who, conclusion=note.words)
        case NoteKind.WITHDRAWN:
            return replace(each, withdrawn=True, closed_by=note.who, conclusion=note.words)


@dataclass(frozen=True, slots=True)
class _Fact:
    id: str
    told: str


def escalation_candidates(
    cycle: Month,
    months: Iterable[Assessment],
    ladder: EscalationPolicy,
    raised: Iterable[Rectification] = (),
    *,
    successor: Callable[[str], str] = str,
) -> tuple[EscalationCandidate, ...]:
    """The units that have reached a level in ``cycle``, the severest level first.

    Of each unit the highest level by every rule. ``months`` are month assessments, at least the
    :attr:`EscalationPolicy.reach` months up to ``cycle`` as far as they were issued. A fact for which a rectification
    was ``raised`` at some level does not count again for that level or a milder one, closed or not; for a severer one
    it does. ``successor`` maps an earlier unit's name to its present one.
    """
    scores = {month.period.last: _by_heir(month.scores, successor) for month in months}
    spent = _facts_already_raised(raised, successor)
    found = [
        each
        for unit in scores.get(cycle, ())
        for each in _highest(_due_by(rule, unit, cycle, scores, spent) for rule in ladder.rules)
    ]
    return tuple(sorted(found, key=lambda each: -each.step.height))


def _by_heir(scores: Iterable[Score], successor: Callable[[str], str]) -> Mapping[str, Sequence[Score]]:
    """Present unit → the scores of it and its predecessors."""
    found: dict[str, list[Score]] = defaultdict(list)
    for each in scores:
        found[successor(each.unit)].append(each)
    return found


def _highest(candidates: Iterable[EscalationCandidate | None]) -> list[EscalationCandidate]:
    found = [each for each in candidates if each is not None]
    top = max((each.step.height for each in found), default=0)
    return [each for each in found if each.step.height == top]


def _due_by(
    rule: EscalationRule,
    unit: str,
    cycle: Month,
    scores: Mapping[Month, Mapping[str, Sequence[Score]]],
    spent: Mapping[tuple[str, str], int],
) -> EscalationCandidate | None:
    counted: dict[Month, list[_Fact]] = {}
    for back in range(rule.within):
        mine = scores.get(cycle - back, {}).get(unit, ())
        facts = {fact.id + fact.told: fact for score in mine for fact in _facts(rule, cycle - back, score)}
        fresh = [fact for fact in facts.values() if spent.get((unit, fact.id), -1) < rule.step.height]
        if len(fresh) >= rule.facts:
            counted[cycle - back] = fresh
    if cycle not in counted or len(counted) < rule.months:
        return None
    chosen = [fact for month in sorted(counted) for fact in counted[month]]
    ids = tuple(dict.fromkeys(fact.id for fact in chosen))
    return EscalationCandidate(unit, cycle, rule.step, rule.code, tuple(fact.told for fact in chosen), ids)


def _facts(rule: EscalationRule, month: Month, score: Score) -> Iterator[_Fact]:
    # A correction speaks of another month, where the ladder already knows what it is about.
    points = score.points - score.corrected
    if rule.below is not None and score.is_ranked and points < rule.below:
        told = f"{month} 得 {format_points(points)} 分，低于 {format_points(rule.below)} 分"
        yield _Fact(f"{month} {score.unit}", told)
    for line in score.lines:
        if line.rule in rule.counts:
            # What was missing when it was raised and came late since is the same fact, whichever month counts it.
            yield _Fact(f"{line.month or month} {line.obligation or line.rule}", line.fact)


def _facts_already_raised(
    raised: Iterable[Rectification], successor: Callable[[str], str]
) -> Mapping[tuple[str, str], int]:
    """(Unit, fact) → the rank of the highest level it was raised for."""
    found: dict[tuple[str, str], int] = defaultdict(lambda: -1)
    for each in raised:
        for fact in () if each.withdrawn else each.facts:
            key = successor(each.unit), fact
            found[key] = max(found[key], each.step.height)
    return found


def open_rectification_of(
    raised: Sequence[Rectification], unit: str, step: EscalationLevel, cycle: Month
) -> Rectification | None:
    """The open rectification of a unit for a level and a month; None where there is none."""
    wanted = unit, step, cycle
    return next((each for each in raised if each.is_open and (each.unit, each.step, each.cycle) == wanted), None)
