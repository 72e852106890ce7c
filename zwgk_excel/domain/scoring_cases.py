"""Scoring cases: mandatory obligations of a month with their evidence, and the rules that turn a case into lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

from zwgk_excel.domain.consultations import Consultation, about_consultations, consultations
from zwgk_excel.domain.obligations import Obligation, extended, label
from zwgk_excel.domain.problems import Problem, cell_count
from zwgk_excel.domain.returns import ContentCounts, Item, Receipt
from zwgk_excel.domain.score_rules import RulesVersion, ScoreRule, Scoring
from zwgk_excel.domain.scoring import ScoreLine
from zwgk_excel.domain.tracking import (
    SATISFIED,
    ObligationStatus,
    Outcome,
    Timeliness,
    is_mendable,
    outcome_of,
    returns_by_obligation,
    timeliness,
)
from zwgk_excel.domain.workdays import PROVISIONAL, Workdays

_NEWS_ONLY = "news_for_policy"


@dataclass(frozen=True, slots=True)
class ScoringContext:
    """Parameters of scoring: rules, working-day calendar, publication limit in working days, day of assessment."""

    rules: Scoring
    workdays: Workdays
    publish_within: int
    """Working days from forming to publishing (政府信息公开条例 第二十六条)."""
    as_of: date
    feedback_within: int = 20
    """Working days from the end of a consultation to its feedback."""
    settles: bool = False
    """Whether every task counts for good, as at a closing: also one whose final date is still to come."""
    version: RulesVersion = RulesVersion.OWN_MONTH
    """Another only for months that earlier versions closed."""


def owed_by(status: ObligationStatus) -> Obligation:
    """The obligation of a status, with its extension."""
    until = status.decisions.extended_to
    return extended(status.obligation, until) if until else status.obligation


@dataclass(frozen=True, slots=True)
class ScoringCase:
    """One mandatory obligation that is not waived, with the evidence for its status."""

    status: ObligationStatus
    first: Receipt | None = None
    """The return that satisfied it first."""
    faulty: Receipt | None = None
    """The first of the returns, up to the newest, that did not satisfy it or had an error against it."""
    mendable: Receipt | None = None
    """The first return that reports it, though wrongly, so that a correction in time counts from it."""
    has_rows: bool = False
    """Whether a return brought items for it, valid or not."""
    items: int = 0
    """The number of its valid items in the effective content, each once."""
    slow: tuple[tuple[Item, Receipt], ...] = ()
    """Those published so long after they were formed that it may be too long."""
    problems: tuple[tuple[Problem, Receipt], ...] = ()
    """Errors and warnings in the effective content."""
    consultations: tuple[Consultation, ...] = ()
    """The unit's consultations of the duty, of whatever month."""

    @property
    def key(self) -> str:
        """The obligation's key."""
        return self.status.obligation.key

    @property
    def is_dated(self) -> bool:
        """Whether it has a due date, so that it can be late as a whole."""
        return self.status.obligation.due is not None

    @property
    def is_satisfied(self) -> bool:
        """Whether its outcome is reported or nil."""
        return self.status.outcome in SATISFIED

    @property
    def is_bare_claim(self) -> bool:
        """Whether it is only claimed to be done: 已报送 without items, a nil report that gives no reason or is refused.

        Such a claim is no report.
        """
        return self.status.outcome is Outcome.RETURNED and not self.has_rows

    @property
    def owed(self) -> Obligation:
        """The obligation, with its extension."""
        return owed_by(self.status)

    @property
    def final(self) -> date | None:
        """The final date, with its extension; None for an undated obligation."""
        return self.owed.final

    @property
    def name(self) -> str:
        """The task's name: ``D02 政府采购（2026-11）``."""
        return label(self.status.obligation, plain=False)


@dataclass(frozen=True, slots=True)
class ScoringEvidence:
    """Evidence for scores by obligation key, gathered once for all months: returns, items, problems."""

    spoken: Mapping[str, Sequence[tuple[Receipt, ContentCounts]]]
    """The returns that have rows for it with their counts, oldest first."""
    items: Mapping[str, int]
    """The number of valid items in the effective content, each once."""
    slow: Mapping[str, Sequence[tuple[Item, Receipt]]]
    """Those published so long after they were formed that it may be too long."""
    problems: Mapping[str, Sequence[tuple[Problem, Receipt]]]
    """Errors and warnings in the effective content."""
    consultations: Mapping[tuple[str, str], Sequence[Consultation]] = field(default_factory=dict)
    """By id of the duty and unit that answers for it."""


def scoring_evidence(
    receipts: Iterable[Receipt],
    contents: Iterable[Receipt],
    publish_within: int,
    successor: Callable[[str], str] = str,
) -> ScoringEvidence:
    """The evidence for the scores of any months.

    ``receipts`` are all receipts, with or without content, in any order; ``contents`` the effective ones with content,
    oldest first: of items that several have the first counts. Items published within ``publish_within`` calendar days
    are not slow, because they cannot be over as many working days. ``successor`` maps a unit to the one that answers
    for its consultations.
    """
    spoken = returns_by_obligation({receipt.order: receipt for receipt in receipts}.values())
    items: dict[str, int] = defaultdict(int)
    slow: dict[str, list[tuple[Item, Receipt]]] = defaultdict(list)
    problems: dict[str, list[tuple[Problem, Receipt]]] = defaultdict(list)
    shared: dict[str, set[tuple[str, str]]] = {key: set() for key, said in spoken.items() if len(said) > 1}
    asking: list[Receipt] = []
    for receipt in contents:
        if about_consultations(receipt):
            asking.append(receipt)
        own: dict[str, set[tuple[str, str]]] = defaultdict(set)
        named = replace(receipt, content=None)
        for item in receipt.content.items if receipt.content else ():
            # Only of what several returns speak of need anything be kept in mind for the next one.
            seen = shared[item.obligation] if item.obligation in shared else own[item.obligation]
            if item.valid and item.identity not in seen:
                seen.add(item.identity)
                items[item.obligation] += 1
                if _is_slow(item, publish_within):
                    slow[item.obligation].append((item, named))
        for each in receipt.problems:
            if each.counts:
                problems[each.obligation].append((each, named))
    asked: dict[tuple[str, str], list[Consultation]] = defaultdict(list)
    for consultation in consultations(asking, successor):
        asked[consultation.item.obligation.partition("/")[0], consultation.unit].append(consultation)
    return ScoringEvidence(spoken, items, slow, problems, asked)


def _is_slow(item: Item, publish_within: int) -> bool:
    formed, published = item.formed_on, item.published_on
    return formed is not None and published is not None and published - formed > timedelta(days=publish_within)


def scoring_cases(statuses: Iterable[ObligationStatus], found: ScoringEvidence) -> list[ScoringCase]:
    """The cases among ``statuses``; advisory and waived obligations have none."""
    return [
        ScoringCase(
            status,
            _first(status, found.spoken.get(key := status.obligation.key, ())),
            _faulty(status, found.spoken.get(key, ())),
            _mendable(status, found.spoken.get(key, ())),
            any(tally.items for _, tally in found.spoken.get(key, ())),
            found.items.get(key, 0),
            tuple(found.slow.get(key, ())),
            tuple(found.problems.get(key, ())),
            tuple(found.consultations.get((status.obligation.duty.id, status.obligation.unit), ())),
        )
        for status in statuses
        if status.obligation.mandatory and not status.decisions.waived
    ]


def _first(status: ObligationStatus, spoken: Iterable[tuple[Receipt, ContentCounts]]) -> Receipt | None:
    # Of a correction in time the status has the time of what it corrected.
    since = status.received_at
    return next(
        (receipt for receipt, tally in spoken if since and receipt.received_at >= since and _satisfies(tally, status)),
        None,
    )


def _faulty(status: ObligationStatus, spoken: Iterable[tuple[Receipt, ContentCounts]]) -> Receipt | None:
    """The first faulty return after the last satisfying one; None where there is none."""
    found: Receipt | None = None
    for receipt, tally in spoken:
        if _is_faulty(receipt, tally, status):
            found = found or receipt
        elif _satisfies(tally, status):
            found = None
    return found


def _mendable(status: ObligationStatus, spoken: Iterable[tuple[Receipt, ContentCounts]]) -> Receipt | None:
    return next((receipt for receipt, tally in spoken if is_mendable(receipt, tally, status.obligation)), None)


def _is_faulty(receipt: Receipt, tally: ContentCounts, status: ObligationStatus) -> bool:
    wrong = any(each.is_error and each.obligation == status.obligation.key for each in receipt.problems)
    return wrong or outcome_of(tally, status.obligation) is Outcome.RETURNED


def _satisfies(tally: ContentCounts, status: ObligationStatus) -> bool:
    return outcome_of(tally, status.obligation) in SATISFIED


Lines = Iterator[ScoreLine]


def missing_deduction(case: ScoringCase, by: ScoringContext) -> Lines:
    """Nothing came for the obligation by its final date, or a bare claim, for good: one line of points."""
    if not case.is_dated or case.status.timeliness is not Timeliness.OVERDUE:
        return
    if case.status.outcome is Outcome.MISSING:
        yield _line(ScoreRule.MISSING, case, by, f"最迟 {_limit(case)}，未报", on=case.final)
    elif by.version >= RulesVersion.CLAIMS and case.is_bare_claim and not may_be_mended(case, by):
        reason = f"最迟 {_limit(case)}，填写已报送或无更新，但没有信息或者说明，按未报计"
        yield _line(ScoreRule.MISSING, case, by, reason, receipt=case.faulty, on=case.final)


def late_deduction(case: ScoringCase, by: ScoringContext) -> Lines:
    """It was satisfied after the final date: points by calendar days late."""
    status = case.status
    if case.is_satisfied and status.timeliness is Timeliness.LATE and status.received_at:
        received, days = status.received_at.date(), status.days_late
        reason = f"最迟 {_limit(case)}，{_came(case)}，迟报 {days} 天"
        yield _line(ScoreRule.LATE, case, by, reason, each=by.rules.late_points(days), receipt=case.first, on=received)


def within_grace(case: ScoringCase, by: ScoringContext) -> Lines:
    """It was satisfied after the due date and by the final date."""
    status = case.status
    if case.is_satisfied and status.timeliness is Timeliness.GRACE and status.received_at:
        received = status.received_at.date()
        reason = f"时限 {status.obligation.due}，{_came(case)}，在宽限期内"
        yield _line(ScoreRule.GRACE, case, by, reason, receipt=case.first, on=received)


def returned_deduction(case: ScoringCase, by: ScoringContext) -> Lines:
    """A faulty return whose errors still stand, or outcome RETURNED, after the time for correction.

    The time ends by :func:`mend_until`. Rule NEWS where only 新闻动态 was reported for a policy column (notice, part
    三.2), else RETURNED.
    """
    mend_by = last_day_to_mend(case, by)
    if mend_by is None or case.faulty is None or (by.version >= RulesVersion.CLAIMS and case.is_bare_claim):
        return
    back = case.faulty.received_at.date()
    if by.as_of > mend_by:
        wrong = [each for each, _ in case.problems if each.is_error]
        news = not case.is_satisfied and any(each.code == _NEWS_ONLY for each in wrong)
        rule = ScoreRule.NEWS if news else ScoreRule.RETURNED
        what = "只报新闻动态，未补报政策性信息" if news else "退回后未改正"
        reason = f"{back} 报送，{what}（应于 {mend_by} 前改正）"
        yield _line(rule, case, by, reason, receipt=case.faulty, on=back)


def late_with_faults(case: ScoringCase, by: ScoringContext) -> Lines:
    """A return that has to be corrected came after the due date: what it costs without its faults.

    So a fault is no advantage while it may still be corrected. Where a correction in time does not count from the
    return, the task is as late as the day.
    """
    if not by.version >= RulesVersion.CLAIMS or case.status.outcome is not Outcome.RETURNED or case.mendable is None:
        return
    if case.final is None or (case.is_bare_claim and not may_be_mended(case, by)):
        return
    came = case.mendable.received_at.date() if by.rules.mended_in_time else by.as_of
    when = timeliness(case.owed.due, case.final, came, by.as_of, 0)
    told = f"{case.mendable.received_at.date()} 收到，有误，尚未改正"
    if when is Timeliness.LATE:
        days = (came - case.final).days
        reason = f"最迟 {_limit(case)}，{told}，迟报 {days} 天"
        points = by.rules.late_points(days)
        yield _line(ScoreRule.LATE, case, by, reason, each=points, receipt=case.mendable, on=came)
    elif when is Timeliness.GRACE:
        reason = f"时限 {case.owed.due}，{told}，在宽限期内"
        yield _line(ScoreRule.GRACE, case, by, reason, receipt=case.mendable, on=came)


def may_be_mended(case: ScoringCase, by: ScoringContext) -> bool:
    """Whether an obligation was returned with faults that still stand, and the time to correct them is not over."""
    mend_by = last_day_to_mend(case, by)
    return mend_by is not None and by.as_of <= mend_by


def last_day_to_mend(case: ScoringCase, by: ScoringContext) -> date | None:
    """The last day of the time for correction of a faulty return whose errors still stand; None where there is none.

    A claim that reports nothing has none: what comes instead of it counts when it comes.
    """
    wrong = any(each.is_error for each, _ in case.problems)
    if case.faulty is None or not (wrong or case.status.outcome is Outcome.RETURNED):
        return None
    if by.version >= RulesVersion.CLAIMS and case.is_bare_claim and case.mendable is None:
        return None
    return mend_until(case.final, case.faulty.received_at.date(), by.rules, by.workdays)


def mend_until(final: date | None, came: date, rules: Scoring, workdays: Workdays) -> date | None:
    """The last day of the time for correction of a faulty return that ``came`` on a day.

    The later of the final date, with its extension, and ``mend_workdays`` working days from that day; None where there
    is no final date. What is told to the unit, what credits its correction, and what deducts points all go by this.
    """
    return max(final, workdays.add(came, rules.mend_workdays)) if final else None


def late_items(case: ScoringCase, by: ScoringContext) -> Lines:
    """Each item published more than ``publish_within`` working days after forming (政府信息公开条例 第二十六条)."""
    for item, receipt in case.slow:
        formed, published = item.formed_on, item.published_on
        if formed is None or published is None:
            continue
        if (days := by.workdays.between(formed, published)) > by.publish_within:
            provisional = PROVISIONAL if by.workdays.provisional(formed, published) else ""
            reason = f"“{item.title}”{formed} 形成，{published} 发布，历时 {days} 个工作日{provisional}"
            yield _line(ScoreRule.LATE_ITEM, case, by, reason, receipt=receipt, on=published)


def late_results(case: ScoringCase, by: ScoringContext) -> Lines:
    """Each consultation whose result was due in the period of the obligation and was told later, or not yet.

    The line is about the task that reported the consultation, which is mostly one of an earlier month: silence about it
    costs nothing in this one.
    """
    owed = case.status.obligation
    for each in case.consultations if not owed.subject else ():
        due = each.due(by.workdays, by.feedback_within)
        in_period = owed.period.first.first <= due <= owed.period.last.last
        if in_period and each.is_late(by.workdays, by.feedback_within, by.as_of):
            told = f"{each.answered_on} 才反馈结果" if each.answered_on else "没有反馈结果"
            provisional = PROVISIONAL if by.workdays.provisional(each.until, due) else ""
            reason = f"“{each.item.title}”{each.until} 结束征集，{told}（应于 {due} 前反馈{provisional}）"
            line = _line(ScoreRule.LATE_ITEM, case, by, reason, receipt=each.receipt, on=due)
            if by.version >= RulesVersion.OWN_MONTH:
                *_, reference = each.item.obligation.split("/", 2)
                name = f"{owed.duty.id} {owed.duty.column}（{reference}）"
                line = replace(line, obligation=each.item.obligation, reason=f"{name}：{reason}")
            yield line


def formal_defects(case: ScoringCase, by: ScoringContext) -> Lines:
    """Points per cell with a formal defect (``formal_codes``), at most ``formal_per_task`` points per obligation."""
    room = by.rules.formal_per_task
    for each, receipt in case.problems:
        if each.code in by.rules.formal_codes:
            count = cell_count(each.place)
            full = by.rules.point_rules[ScoreRule.FORMAL].points * count
            points = min(full, room)
            room -= points
            times = f"，{count} 处" if count > 1 else ""
            limited = "（本任务已达上限）" if points < full else ""
            reason = f"{each.place}：{each.found}{times}{limited}"
            yield _line(ScoreRule.FORMAL, case, by, reason, each=points, receipt=receipt, on=receipt.received_at.date())


def early_bonus(case: ScoringCase, by: ScoringContext) -> Lines:
    """Valid items (not a nil report) came at least ``early_days`` calendar days before the original due date.

    Extensions do not count, nor when a report came that had to be corrected.
    """
    status = case.status
    due = status.obligation.due
    came = case.first.received_at if case.first else status.received_at
    if status.outcome is not Outcome.REPORTED or due is None or came is None:
        return
    received = came.date()
    if (days := (due - received).days) >= by.rules.early_days:
        reason = f"时限 {due}，{received} 收到，提前 {days} 天"
        yield _line(ScoreRule.EARLY, case, by, reason, receipt=case.first, on=received)


def silence_costs(case: ScoringCase, by: ScoringContext) -> Decimal:
    """The points, before weight, that the obligation would cost if nothing at all had come: the most that it may cost.

    Fairness: reporting never costs more than silence. 0 for an on-demand obligation, which is never missing, and
    before the final date, up to which silence costs nothing either.
    """
    free = not case.is_dated or may_still_come(case, by)
    return Decimal(0) if free else by.rules.point_rules[ScoreRule.MISSING].points


def may_still_come(case: ScoringCase, by: ScoringContext) -> bool:
    """Whether an obligation's final date, with its extension, is still to come, and nothing settles it before."""
    return case.final is not None and by.as_of <= case.final and not by.settles


CASE_RULES: tuple[Callable[[ScoringCase, ScoringContext], Lines], ...] = (
    missing_deduction,
    late_deduction,
    within_grace,
    returned_deduction,
    late_with_faults,
    late_items,
    late_results,
    formal_defects,
    early_bonus,
)
"""The rules about single obligations, in the order in which a score sheet lists them. All but :func:`late_results` give
lines about the obligation itself."""


def quality_bonus(mine: Sequence[ScoringCase], lines: Sequence[ScoreLine], by: ScoringContext) -> Lines:
    """Bonus for every dated task satisfied without deductions or problems, and ``quality_items`` valid items or more.

    Faults of on-demand tasks do not cost it, since silence about them does not either; their valid items count. Months
    that earlier versions closed, which were not fair, are computed as they were: any fault cost it.
    """
    judged = [case for case in mine if case.is_dated or by.version < RulesVersion.FAIR]
    keys = {case.key for case in judged}
    harmless = ScoreRule.EARLY, ScoreRule.SITE_FAULT
    faulty = any(line.rule not in harmless and line.obligation in keys for line in lines)
    faulty = faulty or any(case.problems for case in judged)
    owed = any(case.is_dated and not case.is_satisfied for case in judged)
    items = sum(case.items for case in mine)
    if not faulty and not owed and items >= by.rules.quality_items:
        points = by.rules.point_rules[ScoreRule.QUALITY].points
        yield ScoreLine(ScoreRule.QUALITY, points, "", f"应报任务全部按时完成、均无问题，共 {items} 条合格信息")


def _line(
    rule: ScoreRule,
    case: ScoringCase,
    by: ScoringContext,
    reason: str,
    *,
    each: Decimal | None = None,
    receipt: Receipt | None = None,
    on: date | None = None,
) -> ScoreLine:
    points = by.rules.point_rules[rule].points if each is None else each
    signed = points if rule is ScoreRule.EARLY else -points
    return ScoreLine(rule, signed, case.key, f"{case.name}：{reason}", receipt.file if receipt else "", on)


def _came(case: ScoringCase) -> str:
    """When it came: ``2026-11-27 收到``, or with the day on which it was corrected in time."""
    came, first = case.status.received_at, case.first
    if came is None:
        return ""
    mended = f"，退回后 {first.received_at.date()} 按期改正" if first and first.received_at > came else ""
    return f"{came.date()} 收到{mended}"


def _limit(case: ScoringCase) -> str:
    until = case.status.decisions.extended_to
    return f"{case.final}（延期）" if until and until == case.final else str(case.final)
