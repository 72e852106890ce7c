"""Fairness over months: closed on any day, counted in quarters and years, a report never costs more than silence."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.make import duty, item, obligation, receipt, track
from tests.domain.scores import FINANCE, statuses, yardstick
from tests.domain.test_fair_scores import policies, reports, site_faults, without
from tests.examples import examples
from zwgk_excel.domain.aggregate_periods import aggregate
from zwgk_excel.domain.assess_month import assess
from zwgk_excel.domain.closing import outlived, ripeness
from zwgk_excel.domain.duties import Cadence
from zwgk_excel.domain.obligations import Obligation
from zwgk_excel.domain.periods import Month, Period
from zwgk_excel.domain.problems import CellRef, problem
from zwgk_excel.domain.returns import AnswerStatus, Receipt, TaskAnswer
from zwgk_excel.domain.scoring import Assessment
from zwgk_excel.domain.scoring_cases import mend_until, scoring_evidence

OCTOBER, NOVEMBER, DECEMBER = (Month(2026, number) for number in (10, 11, 12))
MONTHS, JANUARY = (OCTOBER, NOVEMBER, DECEMBER), Month(2027, 1)
SURVEY = duty("D20", "财政决算", cadence=Cadence.QUARTERLY)
TASKS = [
    *(obligation(duty(id_, policy=id_ == "D04"), cycle=month) for month in MONTHS for id_ in ("D02", "D04")),
    obligation(SURVEY, cycle=OCTOBER, due=OCTOBER.last, final=NOVEMBER.last),
]  # fmt: skip
"""Monthly ones, and one that is in grace for the whole of the next month."""
QUARTER, YEAR = Period.parse("2026Q4"), Period.parse("2026")


def closed_one_by_one(
    receipts: Sequence[Receipt],
    days: Sequence[date],
    policy,
    tasks: Sequence[Obligation] = TASKS,
    wrong: Collection[str] = (),
    after: int = 5,
) -> list[Assessment]:
    """The months from October as they are closed on these days, each with what the ones before left to it.

    The website shows what is ``wrong`` (keys of tasks) ``after`` so many days as wrong as it did.
    """
    left: list[Obligation] = []
    closed: dict[Month, date] = {}
    found: list[Assessment] = []
    for month, day in zip((*MONTHS, JANUARY), days, strict=True):
        by = yardstick(day, **policy)
        arrived = [each for each in receipts if each.received_at.date() <= day]
        mine = [*(task for task in tasks if task.cycle == month), *left]

        def mend_by(task, came, by=by):
            return mend_until(task.final, came, by.rules, by.workdays)

        tracked = track(mine, arrived, {}, as_of=day, due_soon_days=5, mend_by=mend_by)
        evidence = scoring_evidence(arrived, tracked.contents, 20)
        split = ripeness(tracked.statuses, evidence, by)
        known = outlived([each for each in split.ripe if each.obligation.cycle < month], month, closed)
        waiting = {FINANCE.name} if split.unripe else set()
        by = replace(by, settles=True)
        faults = site_faults(arrived, wrong, by, month, after)
        every = {each.obligation.key: each for each in statuses([t for t in tasks if t.cycle <= month], arrived, by)}
        more = partial(assess, unfinished=waiting, outlived=known, faults=faults, known=every)
        found.append(more(month, split.ripe, evidence, [FINANCE], by))
        left, closed[month] = [each.status.obligation for each in split.unripe], day
    return found


def points_of(found: Assessment) -> Decimal | None:
    score = found.score(FINANCE.name)
    return score.points if score and score.is_ranked else None


def pooled(period: Period, months: Sequence[Assessment], later: Sequence[Assessment], policy) -> Decimal | None:
    rules = yardstick(**policy).rules
    return points_of(aggregate(period, months, [FINANCE], rules, as_of=date(2027, 4, 30), later=later))


WRONG, AFTER = st.sets(st.sampled_from([task.key for task in TASKS]), max_size=4), st.integers(3, 40)


@st.composite
def returns(draw):
    """What a unit sends about the ends of months; each return says something of some tasks."""
    found = []
    ends = st.builds(lambda month, days: month.last + timedelta(days), st.sampled_from(MONTHS), st.integers(-4, 12))
    for number, day in enumerate(draw(st.lists(ends, max_size=4))):
        tasks = draw(st.lists(st.sampled_from(TASKS), min_size=1, max_size=4, unique=True))
        said = [draw(reports(task)) for task in tasks]
        items, answers, faults = ([each for part in parts for each in part] for parts in zip(*said, strict=True))
        answers.append(TaskAnswer("D10/市财政局/2026-10", status=AnswerStatus.REPORTED))
        came = receipt(day, items=items, answers=answers, problems=faults)
        found.append(replace(came, sha256=f"{number}", file=f"收件箱/{number}.xlsx"))
    return found


@st.composite
def closing_days(draw):
    """A day to close each month on: from its end on, one month after the other; the last when all is over."""
    found: list[date] = []
    for month in MONTHS:
        found.append(max([*found, month.last + timedelta(days=draw(st.integers(0, 9)))]))
    return [*found, date(2027, 4, 30)]


@settings(max_examples=examples(80))
@given(policies(), returns(), closing_days(), st.sampled_from(TASKS), st.sampled_from(["mean", "sum"]), WRONG, AFTER)
def test_in_no_month_quarter_or_year_does_a_report_cost_more_than_silence_about_it(
    policy, sent, days, task, how, wrong, after
):
    policy = policy | {"quarter": how, "year": how}

    def closed(receipts):
        return closed_one_by_one(receipts, days, policy, wrong=wrong, after=after)

    told = closed(sent)
    for kept_quiet in (closed(without(sent, task)), closed([])):
        for mine, theirs in zip(told, kept_quiet, strict=True):
            reported, silent = points_of(mine), points_of(theirs)
            assert reported is None or silent is None or reported >= silent, mine.period
        for period, until in ((QUARTER, 3), (YEAR, 3), (QUARTER, 1), (QUARTER, 2)):
            reported, silent = (pooled(period, each[:until], each[until:], policy) for each in (told, kept_quiet))
            assert reported is None or silent is None or reported >= silent, (period, until)


DAYS = [date(2026, 11, 2), date(2026, 12, 2), date(2027, 1, 4), date(2027, 4, 30)]
FAULT = problem("link_form", CellRef("a.xlsx", "信息明细", "G4"), obligation="", heading="发布链接", value="x")


def faulty(task, day: date) -> Receipt:
    """A return on a day in which the only item of a task is not valid."""
    wrong = [item(task.key, valid=False)]
    return receipt(day, items=wrong, answers=[TaskAnswer(task.key, status=AnswerStatus.REPORTED)],
                   problems=[replace(FAULT, obligation=task.key)])  # fmt: skip


def test_a_fault_that_outlives_the_closing_is_on_the_account_of_its_own_month():
    """Of two tasks a month one was returned on its last days and never mended; in the next month all is well."""
    d02, d04 = TASKS[2], TASKS[3]
    good = [receipt(date(2026, 11, 20), items=[item(d04.key)]), faulty(d02, date(2026, 11, 30))]
    items = [item(task.key, url=f"http://a.cn/{task.key}") for task in TASKS[4:6]]
    good.append(receipt(date(2026, 12, 20), items=items, cycle=DECEMBER))
    _, november, december, _ = found = closed_one_by_one(good, DAYS, {})
    assert [points_of(each) for each in (november, december)] == [95, 100], "D20 of October is missing in November"
    lines = [line for score in december.scores for line in score.lines if line.held]
    assert [(line.rule, line.held, line.month) for line in lines] == [
        ("returned", Decimal(-3), NOVEMBER),
        ("formal", Decimal(-1), NOVEMBER),
    ]
    assert not any(line.points for line in lines)
    assert lines[0].reason.endswith("2026-12 到期计入）（-3 分计入 2026-11 所在的季度、年度，不计入本月得分）")
    assert december.notes[-1].endswith("不计入本月得分的任务：市财政局 D02 政府采购（2026-11）")
    quarter = aggregate(QUARTER, found[:3], [FINANCE], yardstick().rules, as_of=DAYS[-1], later=found[3:])
    assert quarter.scores[0].lines[1].reason == (
        "2026-11 得 95 分（其中 -5 分属以前月份，计入那个月），2026-12 到期计入 -4 分（未结账）"
    )


@pytest.mark.parametrize("until", [1, 2, 3])
def test_what_is_held_counts_in_the_period_of_its_own_month_wherever_that_ends(until):
    found = closed_one_by_one([faulty(TASKS[0], date(2026, 10, 30))], DAYS, {}, TASKS[:6])
    rules = yardstick(quarter="sum").rules
    with_it, without_it = (
        aggregate(QUARTER, found[:until], [FINANCE], rules, as_of=DAYS[-1], later=later).scores[0]
        for later in (found[until:], ())
    )
    assert with_it.lines[0].reason.endswith("2026-11 到期计入 -4 分（未结账）")
    assert with_it.points - without_it.points == (-4 if until == 1 else 0)


def test_a_report_settled_before_its_final_date_costs_nothing_where_silence_does_not():
    """Closed on the last day of grace: silence is left to the next month, so a grace report is not the worse for it."""
    tasks, days = TASKS[:2], [OCTOBER.last, *DAYS[1:]]
    sent = [receipt(date(2026, 10, 28), items=[item(tasks[0].key)])]
    (october, november, *_), (_, missing, *_) = (closed_one_by_one(each, days, {}, tasks) for each in (sent, []))
    assert [points_of(each) for each in (october, november, missing)] == [100, 95, 90]
    nothing = Decimal(0)
    assert [(line.points, line.held) for line in october.scores[0].lines] == [(nothing, Decimal("-0.5"))]
