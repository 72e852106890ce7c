"""``zwgk assess`` (考核评分): open months computed, closed months as stored at closing, longer periods aggregated."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from types import MappingProxyType

from zwgk_excel.domain.adjustments import adjusted
from zwgk_excel.domain.aggregate_periods import aggregate
from zwgk_excel.domain.assess_month import assess as assess_month
from zwgk_excel.domain.assess_month import owes_by_a_date, task_note
from zwgk_excel.domain.closing import Ripeness, outlived, ripeness, settled_later
from zwgk_excel.domain.corrections import as_known, correction_line, corrections_of, counted, told_by
from zwgk_excel.domain.counts import Incomplete
from zwgk_excel.domain.periods import Month, Period, PeriodLength
from zwgk_excel.domain.returns import Receipt
from zwgk_excel.domain.rules_in_force import RulesInForce
from zwgk_excel.domain.score_rules import CorrectionEffect, RulesVersion, ScoreRule, Scoring
from zwgk_excel.domain.scoring import Assessment, Correction, Score, ScoreLine
from zwgk_excel.domain.scoring_cases import ScoringContext, ScoringEvidence, scoring_evidence
from zwgk_excel.domain.site_faults import FaultState, fault_lines
from zwgk_excel.domain.tracking import ObligationStatus
from zwgk_excel.ledger import CycleRecord
from zwgk_excel.workflow.assessment.stored_scores import from_payloads, unripe_of, version_of
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.office.context import Office
from zwgk_excel.workflow.tracking.contents import EffectiveReceipts
from zwgk_excel.workflow.tracking.site_faults import fault_states
from zwgk_excel.workflow.tracking.statuses import Statuses, office_statuses

_SETTLED = frozenset({ScoreRule.CORRECTION, ScoreRule.SITE_FAULT})
"""Lines of a closed month that stay as they were: what the website shows afterwards is no correction of it."""
_LATER = "{unit}本月没有应报的任务，结账月份的更正留待它有任务的月份计入"
_RULES_NOT_KEPT = "{cycle} 结账时只保存了评分规则，以后的更正和督促按现行的督促规则和日历计算"
_COUNTED_LATER = "已随 {month} 结账计入、不再计入本月的任务"
_MATURING = "{cycle} 尚有任务未到最迟时限，得分只计算到 {as_of}，不是最终结果"
_LEFT = "{period} 结账时没有到期的任务还没有全部计入，不是最终结果"
_UNFINISHED = "{cycle} 尚未结束，得分只计算到 {as_of}，不是最终结果"
_NOT_KEPT = "{cycle} 结账时没有保存得分，按结账时的台账和现行规则计算"


def assess(office: Office, period: Period, as_of: date, found: Statuses | None = None) -> Assessment:
    """The scores of a month, a quarter or a year as of a day.

    ``found`` are the statuses of that day, if the caller has them. Raises UserError when none of the period's months
    has been issued.
    """
    months = [month for month in office.issued() if period.first <= month <= period.last]
    if not months:
        first = f"；请先运行 zwgk generate {period.first}" if period.span is PeriodLength.MONTH else ""
        raise UserError(f"{period} 还没有生成报送表，不能考核评分{first}。")
    everything = found or office_statuses(office, as_of)
    context = _AssessmentContext(office, everything)
    assessed = context.of(months)
    statuses = [row.status for row in everything.rows]
    incomplete = Incomplete.of(period, months, context.records.keys(), as_of, statuses)
    notes = tuple(_UNFINISHED.format(cycle=each, as_of=as_of) for each in incomplete.unfinished)
    notes += tuple(_MATURING.format(cycle=each, as_of=as_of) for each in incomplete.maturing)
    if period.span is PeriodLength.MONTH:
        return replace(assessed[0], notes=(*notes, *assessed[0].notes))
    # Months that are all closed are pooled by the rules that the last of them was closed with.
    rules = context.rules_of(next((month for month in months if month not in context.records), months[-1]))
    units = office.issues.units(months)
    later = {row.month for row in everything.rows if row.counted_in and row.month > period.last}
    pooled = aggregate(
        period,
        assessed,
        units,
        rules,
        as_of=as_of,
        successor=lambda name: office.successor(name, period.last),
        later=context.of(sorted(later.intersection(office.issued()))),
    )
    if left := context.left_by(months):
        pooled = replace(pooled, closed=False)
        notes += task_note(_LEFT.format(period=period), left)
    if absent := [str(month) for month in incomplete.unissued]:
        notes = (f"没有下发报送表、不计入的月份：{'、'.join(absent)}", *notes)
    return replace(pooled, notes=(*notes, *pooled.notes), unissued=incomplete.unissued)


def assess_months(office: Office, months: Sequence[Month], found: Statuses) -> tuple[Assessment, ...]:
    """The scores of issued months, in the order given."""
    return _AssessmentContext(office, found).of(months)


def assess_for_ladder(office: Office, months: Sequence[Month], found: Statuses) -> tuple[Assessment, ...]:
    """The scores of issued months, in the order given, as the escalation ladder sees them."""
    context = _AssessmentContext(office, found)
    return tuple(context.for_the_ladder(month) for month in months)


def closings(office: Office, found: Statuses) -> Callable[[Month], tuple[Assessment, Ripeness]]:
    """Of an open month the scores that it would be closed with, and which tasks the closing would settle.

    What was returned is read once, however many months are asked about.
    """
    return _AssessmentContext(office, found).closing


def rules_of_month(office: Office, month: Month) -> Scoring:
    """The scoring rules of a month: those that it was closed with, else those of today."""
    return office.rules_of(month).scoring


@dataclass(frozen=True, slots=True)
class _SavedAssessment:
    """The stored assessment of a closed month."""

    assessment: Assessment
    rules: RulesInForce
    unfinished: frozenset[str]
    """The units with tasks that the closing left to later months."""
    version: RulesVersion
    """:attr:`~zwgk_excel.domain.scoring_cases.ScoringContext.version` of the closing."""


class _AssessmentContext:
    """Data shared by the assessments of one run, looked up once."""

    def __init__(self, office: Office, found: Statuses) -> None:
        self._office = office
        self._found = found
        self.records: Mapping[Month, CycleRecord] = {
            record.cycle: record for record in office.ledger.cycles() if record.closed_at
        }
        self._rules = office.rules
        self._kept = _kept_assessments(office)
        self._adjustments = office.ledger.adjustments()

    def of(self, months: Iterable[Month]) -> tuple[Assessment, ...]:
        """The assessments of months with the adjustments in force, in the order given."""
        return tuple(self._adjusted(month, self.by_rules(month)) for month in months)

    def by_rules(self, month: Month) -> Assessment:
        """The assessment of a month without its adjustments."""
        return self.closed(month) if month in self.records else self.live(month)

    def _adjusted(self, month: Month, found: Assessment) -> Assessment:
        order = [unit.name for unit in self._office.issues.issue(month).units] if self._adjustments else []
        return adjusted(found, self._adjustments, self.rules_of(month), order)

    def live(self, month: Month) -> Assessment:
        """The assessment of an open month; in the one after closed months, what would have changed in them."""
        unripe = {each.status.obligation.key for each in self._split(month).unripe}
        rows = [row for row in self._found.rows if row.month == month and not row.closed]
        # What earlier closings left to it counts once it is ripe.
        counting = [row.status for row in rows if not row.counted_in or row.status.obligation.key not in unripe]
        return self._open_month(month, counting, self._today)

    def closing(self, month: Month) -> tuple[Assessment, Ripeness]:
        """The assessment that an open month would be closed with, and which tasks it settles."""
        split = self._split(month)
        unripe = [each.status for each in split.unripe if each.status.obligation.mandatory]
        by = replace(self._today, settles=True)
        assessed = self._open_month(month, split.ripe, by, {each.obligation.unit for each in unripe})
        notes = task_note("结账时没有到期、留待以后月份计入的任务", unripe)
        return replace(assessed, notes=(*assessed.notes, *notes)), split

    def _split(self, month: Month) -> Ripeness:
        """The tasks that an open month counts, its own and those left to it, by whether they are ripe."""
        mine = [row.status for row in self._found.rows if not row.closed and row.month == month]
        return ripeness(mine, self._grounds, self._today)

    def _open_month(
        self,
        month: Month,
        statuses: Iterable[ObligationStatus],
        by: ScoringContext,
        unfinished: Collection[str] = (),
    ) -> Assessment:
        found = self._corrections(month)
        later = self._counted_later(month)
        unfinished = {*unfinished, *(each.obligation.unit for tasks in later.values() for each in tasks)}
        assessed = self._open_month_with(month, statuses, by, unfinished, found)
        notes = (note for each, tasks in later.items() for note in task_note(_COUNTED_LATER.format(month=each), tasks))
        return replace(assessed, notes=(*assessed.notes, *notes))

    def _counted_later(self, month: Month) -> Mapping[Month, Sequence[ObligationStatus]]:
        """Later closed month → the tasks of an open month, once closed, that it counts."""
        found: dict[Month, list[ObligationStatus]] = defaultdict(list)
        for row in settled_later(self._found.rows, month):
            if row.status.obligation.mandatory:
                found[row.month].append(row.status)
        return found

    def _open_month_with(
        self,
        month: Month,
        statuses: Iterable[ObligationStatus],
        by: ScoringContext,
        unfinished: Collection[str],
        found: Sequence[Correction],
    ) -> Assessment:
        if self._rules.scoring.corrections is CorrectionEffect.TELL:
            plain = self._assessed(month, statuses, by, unfinished=unfinished)
            return replace(plain, corrections=tuple(found))
        given = tuple(statuses)
        assessed = {each.obligation.unit for each in given if owes_by_a_date(each)}
        heirs = {each.unit: self._office.successor(each.unit, month) for each in found}
        told = counted(each for each in found if heirs[each.unit] in assessed)
        added: dict[str, list[ScoreLine]] = defaultdict(list)
        for each in told:
            added[heirs[each.unit]].append(correction_line(each))
        left = dict.fromkeys(each.unit for each in found if heirs[each.unit] not in assessed)
        notes = tuple(_LATER.format(unit=unit) for unit in left)
        scored = self._assessed(month, given, by, unfinished=unfinished, added=added)
        return replace(scored, corrections=told, notes=(*scored.notes, *notes))

    def closed(self, month: Month) -> Assessment:
        """The assessment of a closed month: as stored, else computed from the stored figures."""
        if month in self._kept:
            return self._kept[month].assessment
        as_of = self.records[month].closed_as_of or self._found.as_of
        frozen = self._frozen([month])
        then = [receipt for receipt in self._found.receipts if receipt.received_at.date() <= as_of]
        contents = self._office.track(tuple(each.obligation for each in frozen), as_of, then).contents
        rest_on = self._gathered(then, EffectiveReceipts(self._office.ledger, contents))
        assessed = self._assessed(month, frozen, self._of_closed(month, self._rules, as_of), rest_on)
        return replace(assessed, closed=True, notes=(_NOT_KEPT.format(cycle=month), *assessed.notes))

    def for_the_ladder(self, month: Month) -> Assessment:
        """The assessment of a month as the escalation ladder sees it: of a closed one with what is known since."""
        if month not in self.records:
            return self._adjusted(month, self.live(month))
        known = as_known(self.closed(month), self._as_known_today(month), self._rules.scoring.corrections)
        return self._adjusted(month, known)

    def left_by(self, months: Collection[Month]) -> list[ObligationStatus]:
        """The tasks that closings of some months have left, and none has settled yet."""
        waiting = [row.status for row in self._found.rows if row.counted_in and not row.closed]
        return [each for each in waiting if each.obligation.cycle in months and owes_by_a_date(each)]

    @property
    def _closed_on(self) -> Mapping[Month, date]:
        days = {month: record.closed_as_of for month, record in self.records.items()}
        return {month: day for month, day in days.items() if day is not None}

    def _frozen(self, months: Iterable[Month]) -> list[ObligationStatus]:
        wanted = set(months)
        return [row.status for row in self._found.rows if row.closed and row.month in wanted]

    def _corrections(self, month: Month) -> tuple[Correction, ...]:
        """What changed in closed months before ``month`` and was not told by a later closed month."""
        before = [each for each in self._office.issued() if each < month]
        open_before = [each for each in before if each not in self.records]
        concerned = [each for each in before if each in self.records and not any(o > each for o in open_before)]
        told = [kept.assessment for kept in self._kept.values()]
        words = [each.text for one in told for each in one.corrections if each.month is None]
        return tuple(
            found
            for each in concerned
            for found in corrections_of(self.closed(each), self._as_known_today(each), told_by(told), words)
        )

    def _as_known_today(self, month: Month) -> Assessment:
        """A closed month, assessed with what is known today and by the rules of then."""
        kept = self._kept.get(month)
        scores = kept.assessment.scores if kept else ()
        lines = {
            score.unit: [line for line in score.lines if line.rule in _SETTLED] for score in scores
        }
        return self._assessed(
            month,
            self._known_today[month],
            self._of_closed(month, self._in_force(month), self._found.as_of),
            unfinished=kept.unfinished if kept else (),
            added=lines,
        )

    @cached_property
    def _known_today(self) -> Mapping[Month, Sequence[ObligationStatus]]:
        """Closed month → its tasks with what is known of them today."""
        rows = [row for row in self._found.rows if row.closed]
        now = self._office.track(
            tuple(row.status.obligation for row in rows), self._found.as_of, self._found.receipts
        ).statuses
        found: dict[Month, list[ObligationStatus]] = defaultdict(list)
        for row, status in zip(rows, now, strict=True):
            found[row.month].append(status)
        return found

    def rules_of(self, month: Month) -> Scoring:
        """The rules that a closed month was scored by, else those of today."""
        return self._in_force(month).scoring

    def _in_force(self, month: Month) -> RulesInForce:
        return self._kept[month].rules if month in self._kept else self._rules

    @cached_property
    def _faults(self) -> tuple[FaultState, ...]:
        return fault_states(self._office, self._found.as_of, self._found.contents)

    @cached_property
    def _grounds(self) -> ScoringEvidence:
        found = self._found
        # The scores, what waits and the closings of a run ask for the same.
        key = "grounds", self._least, tuple((each.file, each.sha256) for each in found.receipts)
        return found.contents.once(key, lambda: self._gathered(found.receipts, found.contents))

    @property
    def _least(self) -> int:
        """Which items are slow each month decides by its own rules."""
        return min(each.publish_within for each in (self._rules, *(kept.rules for kept in self._kept.values())))

    def _gathered(self, receipts: Iterable[Receipt], contents: Iterable[Receipt]) -> ScoringEvidence:
        month = Month.of(self._found.as_of)
        return scoring_evidence(receipts, contents, self._least, lambda unit: self._office.successor(unit, month))

    def _assessed(
        self,
        month: Month,
        statuses: Iterable[ObligationStatus],
        by: ScoringContext,
        rest_on: ScoringEvidence | None = None,
        *,
        unfinished: Collection[str] = (),
        added: Mapping[str, Sequence[ScoreLine]] = MappingProxyType({}),
    ) -> Assessment:
        issue = self._office.issues.issue(month)
        is_open = month not in self.records
        faults = fault_lines(self._faults, month, by.rules, by.as_of, issue.successor) if is_open else {}
        statuses = tuple(statuses)
        earlier = [each for each in statuses if each.obligation.cycle < month]
        settled = outlived(earlier, month, self._closed_on) if by.version >= RulesVersion.ACCOUNTS else ()
        return assess_month(
            month,
            statuses,
            rest_on or self._grounds,
            issue.units,
            by,
            successor=issue.successor,
            unfinished=unfinished,
            added=added,
            outlived=settled,
            faults=faults,
            known=self._known,
        )

    @cached_property
    def _known(self) -> Mapping[str, ObligationStatus]:
        return {row.status.obligation.key: row.status for row in self._found.rows}

    @property
    def _today(self) -> ScoringContext:
        """What open months are scored by, as long as they are not closed."""
        return self._context(self._rules, self._found.as_of)

    def _of_closed(self, month: Month, rules: RulesInForce, as_of: date) -> ScoringContext:
        """What a closed month is scored by."""
        kept = self._kept.get(month)
        version = kept.version if kept else RulesVersion.FAIR
        return replace(self._context(rules, as_of), settles=True, version=version)

    def _context(self, rules: RulesInForce, as_of: date) -> ScoringContext:
        return ScoringContext(
            rules.scoring, rules.workdays, rules.publish_within, as_of, feedback_within=rules.feedback_within
        )


def _kept_assessments(office: Office) -> dict[Month, _SavedAssessment]:
    rules = office.closed_rules()
    found = {}
    for month, (common, scores) in office.ledger.scores().items():
        saved = from_payloads(month, common, scores)
        if not rules[month].whole:
            saved = replace(saved, notes=(*saved.notes, _RULES_NOT_KEPT.format(cycle=month)))
        unripe = unripe_of(common)
        unfinished = frozenset(each.obligation.unit for each in unripe)
        saved = _with_deferred(office, saved, {each.obligation.unit for each in unripe if owes_by_a_date(each)})
        found[month] = _SavedAssessment(saved, rules[month], unfinished, version_of(common))
    return found


def _with_deferred(office: Office, closed: Assessment, waiting: Collection[str]) -> Assessment:
    """A closed month whose units say that they are not ranked because of the tasks that its closing left."""
    heirs = {office.successor(unit, closed.period.first) for unit in waiting}
    scores = (replace(each, deferred=not each.is_ranked and each.unit in heirs) for each in closed.scores)
    return replace(closed, scores=tuple(scores))


def unit_in_scores(office: Office, scores: Sequence[Score], when: str, name: str) -> str:
    """The name that unit ``name`` has in the scores of a time: its own, else that of the one that it has followed.

    Raises UserError where it has none, which names the unit to ask for where another one has followed it.
    """
    names = [each.unit for each in scores]
    heirs = {each: office.successor(each, office.issued()[-1]) for each in (*names, name)} if names else {}
    found = [name] if name in names else [each for each in names if heirs[each] == name]
    if not found:
        heir = heirs.get(name, "")
        hint = f"它已由“{heir}”接替，请写“{heir}”" if heir in names else "请核对月份和单位名称"
        raise UserError(f"“{name}”在 {when} 没有应报的任务，没有得分；{hint}。")
    if len(found) > 1:
        raise UserError(f"“{name}”在 {when} 是 {'、'.join(found)}；请用当时的名称指明是哪一个。")
    return found[0]
