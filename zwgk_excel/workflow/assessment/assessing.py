"""``zwgk assess`` (考核评分): open months computed, closed months as stored at closing, longer periods aggregated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from zwgk_excel.domain.adjustments import adjusted
from zwgk_excel.domain.aggregate_periods import aggregate
from zwgk_excel.domain.assess_month import assess as assess_month
from zwgk_excel.domain.counts import Incomplete
from zwgk_excel.domain.periods import Month, Period, PeriodLength
from zwgk_excel.domain.returns import Receipt
from zwgk_excel.domain.rules_in_force import RulesInForce
from zwgk_excel.domain.score_rules import Scoring
from zwgk_excel.domain.scoring import Assessment, changes_since_closing
from zwgk_excel.domain.scoring_cases import ScoringContext, ScoringEvidence, scoring_evidence
from zwgk_excel.domain.tracking import ObligationStatus
from zwgk_excel.ledger import CycleRecord
from zwgk_excel.workflow.assessment.stored_scores import from_payloads
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.office.context import Office
from zwgk_excel.workflow.tracking.contents import EffectiveReceipts
from zwgk_excel.workflow.tracking.statuses import Statuses, office_statuses

_RULES_NOT_KEPT = "{cycle} 结账时只保存了评分规则，以后的更正和督促按现行的督促规则和日历计算"
_UNFINISHED = "{cycle} 尚未结束，得分只算到 {as_of}，不是最后的数字"
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
    context = _AssessmentContext(office, found or office_statuses(office, as_of))
    assessed = context.of(months)
    incomplete = Incomplete.of(period, months, context.records.keys(), as_of)
    notes = tuple(_UNFINISHED.format(cycle=each, as_of=as_of) for each in incomplete.unfinished)
    if period.span is PeriodLength.MONTH:
        return replace(assessed[0], notes=(*notes, *assessed[0].notes))
    # Months that are all closed are pooled by the rules that the last of them was closed with.
    rules = context.rules_of(next((month for month in months if month not in context.records), months[-1]))
    units = office.issues.units(months)
    pooled = aggregate(
        period, assessed, units, rules, as_of=as_of, successor=lambda name: office.successor(name, period.last)
    )
    if absent := [str(month) for month in incomplete.unissued]:
        notes = (f"没有下发报送表、不计入的月份：{'、'.join(absent)}", *notes)
    return replace(pooled, notes=(*notes, *pooled.notes))


def assess_months(office: Office, months: Sequence[Month], found: Statuses) -> tuple[Assessment, ...]:
    """The scores of issued months, in the order given."""
    return _AssessmentContext(office, found).of(months)


def assess_by_rules(office: Office, month: Month, found: Statuses) -> Assessment:
    """The scores of an issued month without adjustments: what a closing keeps."""
    return _AssessmentContext(office, found).by_rules(month)


def rules_of_month(office: Office, month: Month) -> Scoring:
    """The scoring rules of a month: those that it was closed with, else those of today."""
    return office.closed_rules().get(month, office.rules).scoring


@dataclass(frozen=True, slots=True)
class _SavedAssessment:
    """The stored assessment of a closed month."""

    assessment: Assessment
    rules: RulesInForce


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
        rows = self._found.rows
        statuses = [row.status for row in rows if not row.closed and row.status.obligation.cycle == month]
        assessed = self._assessed(month, statuses, self._rules)
        return replace(assessed, corrections=self._corrections(month))

    def closed(self, month: Month) -> Assessment:
        """The assessment of a closed month: as stored, else computed from the stored figures."""
        if month in self._kept:
            return self._kept[month].assessment
        as_of = self.records[month].closed_as_of or self._found.as_of
        frozen = self._frozen([month])
        then = [receipt for receipt in self._found.receipts if receipt.received_at.date() <= as_of]
        counted = self._office.track(tuple(each.obligation for each in frozen), as_of, then).contents
        rest_on = self._gathered(then, EffectiveReceipts(self._office.ledger, counted))
        assessed = self._assessed(month, frozen, self._rules, as_of, rest_on)
        return replace(assessed, closed=True, notes=(_NOT_KEPT.format(cycle=month), *assessed.notes))

    def _frozen(self, months: Iterable[Month]) -> list[ObligationStatus]:
        wanted = set(months)
        rows = self._found.rows
        return [row.status for row in rows if row.closed and row.status.obligation.cycle in wanted]

    def _corrections(self, month: Month) -> tuple[str, ...]:
        """What changed in closed months before ``month`` and was not listed in a later closed month."""
        issued = self._office.issued()
        before = [each for each in issued if each < month]
        open_before = [each for each in before if each not in self.records]
        concerned = [each for each in before if each in self.records and not any(o > each for o in open_before)]
        if not concerned:
            return ()
        told = {text for kept in self._kept.values() for text in kept.assessment.corrections}
        obligations = tuple(status.obligation for status in self._frozen(concerned))
        now = self._office.track(obligations, self._found.as_of, self._found.receipts).statuses
        found = [
            text
            for each in concerned
            for text in changes_since_closing(
                self.closed(each),
                self._assessed(each, [s for s in now if s.obligation.cycle == each], self._in_force(each)),
            )
        ]
        return tuple(text for text in found if text not in told)

    def rules_of(self, month: Month) -> Scoring:
        """The rules that a closed month was scored by, else those of today."""
        return self._in_force(month).scoring

    def _in_force(self, month: Month) -> RulesInForce:
        return self._kept[month].rules if month in self._kept else self._rules

    @cached_property
    def _grounds(self) -> ScoringEvidence:
        return self._gathered(self._found.receipts, self._found.contents)

    def _gathered(self, receipts: Iterable[Receipt], contents: Iterable[Receipt]) -> ScoringEvidence:
        # Which items are slow each month decides by its own rules.
        least = min(each.publish_within for each in (self._rules, *(kept.rules for kept in self._kept.values())))
        return scoring_evidence(receipts, contents, least)

    def _assessed(
        self,
        month: Month,
        statuses: Iterable[ObligationStatus],
        rules: RulesInForce,
        as_of: date | None = None,
        rest_on: ScoringEvidence | None = None,
    ) -> Assessment:
        by = ScoringContext(rules.scoring, rules.workdays, rules.publish_within, as_of or self._found.as_of)
        issue = self._office.issues.issue(month)
        grounds = rest_on or self._grounds
        return assess_month(month, statuses, grounds, issue.units, by, successor=issue.successor)


def _kept_assessments(office: Office) -> dict[Month, _SavedAssessment]:
    rules = office.closed_rules()
    found = {}
    for month, (common, scores) in office.ledger.scores().items():
        saved = from_payloads(month, common, scores)
        if not rules[month].whole:
            saved = replace(saved, notes=(*saved.notes, _RULES_NOT_KEPT.format(cycle=month)))
        found[month] = _SavedAssessment(saved, rules[month])
    return found
