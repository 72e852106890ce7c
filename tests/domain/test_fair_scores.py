"""Fairness: under any rules that an office may write, reporting never costs more than silence, nor ranks below it."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.make import CYCLE, duty, item, november, obligation, receipt, unit
from tests.domain.scores import assessed, score, statuses, yardstick
from tests.examples import examples
from zwgk_excel.domain.consultations import OPINIONS, UNTIL
from zwgk_excel.domain.decisions import ActiveDecisions
from zwgk_excel.domain.duties import Cadence
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.problems import CellRef, problem
from zwgk_excel.domain.returns import AnswerStatus, Receipt, TaskAnswer
from zwgk_excel.domain.score_rules import RulesVersion
from zwgk_excel.domain.scoring import ScoreLine
from zwgk_excel.domain.scoring_cases import ScoringContext
from zwgk_excel.domain.site_faults import FaultCase, FaultKind, FaultOutcome, FaultState, SiteFault, fault_lines
from zwgk_excel.layout.scoring import merged_scoring_table, require_fair

MONTHLY = [obligation(duty(f"D{number:02}", policy=number == 4)) for number in range(2, 9)]
QUARTERLY = obligation(duty("D16", cadence=Cadence.QUARTERLY), due=november(30))
ON_DEMAND = obligation(duty("D24", "基层信息公开", Cadence.ON_DEMAND), due=None, final=None)
ADVISED = obligation(duty("D10", "乡村振兴"), due=None, final=None, mandatory=False)
TASKS = [*MONTHLY, QUARTERLY, ON_DEMAND, ADVISED]
DATED = [*MONTHLY, QUARTERLY]


ENDS = date(2026, 10, 9), date(2026, 10, 26), date(2026, 11, 6), date(2026, 11, 25)
"""Until when a call collects opinions; its result is due 20 working days later."""


def points(most: int | Decimal = 20) -> st.SearchStrategy[Decimal]:
    return st.integers(0, int(most * 4)).map(lambda quarters: Decimal(quarters) / 4)


@st.composite
def policies(draw):
    """Rules that an office may write: what :func:`require_fair` accepts, with any caps, weights and bounds."""
    missing = draw(points(10))
    grace, first, second = sorted(draw(st.tuples(*3 * [points(missing)])))
    faults = ("returned", "news", "late_item", "site_fault")
    return {
        "base": draw(st.integers(60, 100)),
        "floor": draw(st.integers(0, 60)),
        "cap": draw(st.integers(100, 120)),
        "weights": {"department": draw(points(3)), "township": 1},
        "missing": {"points": missing, "cap": missing + draw(points(20))},
        "late": {"bands": [{"up_to": 3, "points": first}, {"points": second}], "cap": draw(points(40))},
        "grace": {"points": grace, "cap": draw(points(40))},
        "formal": {"points": draw(points(missing)), "per_task": draw(points(missing)), "cap": draw(points(40))},
        "early": {"points": draw(points(2))},
        "quality": {"points": draw(points(2)), "items": draw(st.integers(1, 3))},
        **{rule: {"points": draw(points(missing)), "cap": draw(points(30))} for rule in faults},
    }


@st.composite
def reports(draw, task):
    """What a truthful unit says of one task in one return: items, also late and faulty ones, or that it reported."""
    code = draw(st.sampled_from(["", "item_field_missing", "news_for_policy"]))
    items = [
        item(
            task.key,
            url=f"http://a.cn/{task.key}/{number}",
            title=f"{task.duty.id} 第 {number} 项",
            more=draw(st.sampled_from([{}, {}, *({UNTIL: day} for day in ENDS), {OPINIONS: 3}])),
            type=draw(st.sampled_from(["notice", "news"])),
            valid=draw(st.booleans()),
            formed_on=date(2026, 3, 2),
            published_on=draw(st.sampled_from([date(2026, 3, 3), date(2026, 10, 30)])),
        )
        for number in range(draw(st.sampled_from([0, 1, 4])))
    ]
    place = CellRef("a.xlsx", "信息明细", draw(st.sampled_from(["G4", "G4:G40"])))
    values = {"heading": "发布链接", "value": "D04", "fit": "规范性文件", "unfit": "新闻动态"}
    faults = [problem(code, place, obligation=task.key, **values)] if code else []
    return items, [TaskAnswer(task.key, status=AnswerStatus.REPORTED)], faults


@st.composite
def months(draw):
    """The returns of a unit in a month, on any day up to five weeks after it; each says something of some task."""
    found = []
    for number, day in enumerate(draw(st.lists(st.integers(0, 65), max_size=2))):
        tasks = draw(st.lists(st.sampled_from(TASKS), min_size=1, max_size=6, unique=True))
        said = [draw(reports(task)) for task in tasks]
        items, answers, faults = ([each for part in parts for each in part] for parts in zip(*said, strict=True))
        # So that a return without one task is still one that says something.
        answers.append(TaskAnswer(ADVISED.key, status=AnswerStatus.REPORTED))
        came = receipt(november(1) + timedelta(days=day), items=items, answers=answers, problems=faults)
        found.append(replace(came, sha256=f"{number}", file=f"收件箱/{number}.xlsx"))
    return found


STANDINGS = st.dictionaries(
    st.sampled_from([task.key for task in TASKS]),
    st.builds(
        ActiveDecisions,
        extended_to=st.none() | st.integers(25, 50).map(lambda day: november(1) + timedelta(days=day)),
        waived=st.booleans(),
    ),
    max_size=2,
)
DAYS = st.integers(10, 80).map(lambda day: november(1) + timedelta(days=day))


def without(receipts, task):
    """The same returns, which say nothing of one task."""
    return [
        replace(
            each,
            problems=tuple(fault for fault in each.problems if fault.obligation != task.key),
            content=replace(
                each.content,
                items=tuple(one for one in each.content.items if one.obligation != task.key),
                answers=tuple(one for one in each.content.answers if one.obligation != task.key),
            ),
        )
        for each in receipts
    ]


WRONG = st.sets(st.sampled_from([task.key for task in TASKS]), max_size=4)
"""Keys of tasks of which the website does not show what was reported."""


def site_faults(
    receipts: Sequence[Receipt], wrong: Collection[str], by: ScoringContext, month: Month = CYCLE, after: int = 5
) -> dict[str, tuple[ScoreLine, ...]]:
    """What a month deducts for items on the website that were not put right ``after`` so many days; two of each."""
    states: list[FaultState] = []
    for came in receipts:
        keys = sorted({one.obligation for one in came.content.items if one.obligation in wrong} if came.content else ())
        for key in keys * 2:
            fault = SiteFault(FaultKind.LINK, came.unit, key, key, "标题", "http://a.cn/1", "打不开", "能打开")
            until = came.received_at.date() + timedelta(days=after)
            case = FaultCase(len(states) + 1, month, fault, came.received_at, until, 1)
            if came.received_at.date() <= by.as_of:
                states.append(FaultState(case, FaultOutcome.OVERDUE))
    return fault_lines(states, month, by.rules, by.as_of)


@settings(max_examples=examples(60))
@given(policies(), months(), STANDINGS, DAYS, WRONG)
def test_whatever_a_unit_reports_it_never_has_less_than_for_silence(policy, receipts, standings, day, wrong):
    by = yardstick(day, **policy)
    require_fair(merged_scoring_table({"scoring": policy}))
    silent = score(TASKS, [], standings, by=by)
    faults = site_faults(receipts, wrong, by)
    assert score(TASKS, receipts, standings, by=by, faults=faults).points >= silent.points


@settings(max_examples=examples(60))
@given(policies(), months(), STANDINGS, DAYS, WRONG, st.sampled_from(TASKS))
def test_nor_does_the_report_of_any_one_task(policy, receipts, standings, day, wrong, task):
    by = yardstick(day, **policy)
    told, kept_quiet = (
        score(TASKS, each, standings, by=by, faults=site_faults(each, wrong, by))
        for each in (receipts, without(receipts, task))
    )
    assert told.points >= kept_quiet.points


@settings(max_examples=examples(40))
@given(policies(), months(), DAYS, WRONG)
def test_who_sent_nothing_is_never_ranked_above_who_reported_the_same_tasks(policy, receipts, day, wrong):
    others = [replace(task, unit="乙局") for task in TASKS]
    by, units = yardstick(day, **policy), [unit("乙局"), unit("市财政局")]
    found = assessed([*TASKS, *others], receipts, units=units, by=by, faults=site_faults(receipts, wrong, by))
    silent, reporting = found.score("乙局"), found.score("市财政局")
    assert silent is not None
    assert reporting is not None
    assert silent.rank is None or (reporting.rank or 0) <= silent.rank
    assert silent.rank is None or reporting.rank is not None, "who is judged for silence is so for a report"


@settings(max_examples=25)
@given(policies(), months(), DAYS)
def test_whether_a_unit_is_ranked_at_the_closing_depends_on_what_it_owes_alone(policy, receipts, day):
    waived = {task.key: ActiveDecisions(waived=True) for task in DATED}
    by = yardstick(day, **policy)
    for returns in (receipts[:0], receipts):
        unranked = score(TASKS, returns, waived, by=by)
        assert (unranked.rank, unranked.band) == (None, "")
        assert not unranked.deductions
        assert not unranked.pending
        assert score(TASKS, returns, by=replace(by, settles=True)).rank == 1


@settings(max_examples=examples(40))
@given(policies(), months(), DAYS)
def test_in_an_open_month_silence_has_no_rank_before_a_final_date_and_every_report_has(policy, receipts, day):
    by = yardstick(day, **policy)
    assert score(TASKS, [], by=by).pending == (day <= november(30))
    found = score(TASKS, receipts, by=by)
    assert found.pending == (found.rank is None)
    if found.pending:
        assert found.points == score(TASKS, [], by=by).points == by.rules.base
        assert not found.deductions
        assert not found.band


def test_ten_overdue_items_cost_what_no_report_costs_and_the_lines_say_so():
    items = [
        item(url=f"http://a.cn/{n}", formed_on=date(2026, 3, 2), published_on=date(2026, 10, 30)) for n in range(10)
    ]
    found = score([obligation()], [receipt(november(20), items=items)], by=yardstick(date(2026, 12, 1)))
    assert [line.points for line in found.lines] == [-2, -2, -1, *7 * [0]]
    assert found.points == score([obligation()], by=yardstick(date(2026, 12, 1))).points == 95
    assert [line.reason.endswith("（扣分不多于不报）") for line in found.lines] == [False, False, *8 * [True]]


def test_before_the_final_date_a_fault_costs_nothing_but_at_a_closing():
    late = item(formed_on=date(2026, 3, 2), published_on=date(2026, 10, 30))
    by, came = yardstick(november(28)), [receipt(november(27), items=[late])]
    found = score([obligation()], came, by=by)
    nothing = Decimal(0)
    assert [(line.rule, line.points) for line in found.lines] == [("grace", nothing), ("late_item", nothing)]
    assert found.lines[0].reason.endswith("（最迟时限未过，暂不扣分）")
    closed = score([obligation()], came, by=replace(by, settles=True))
    assert (closed.points, closed.settled) == (Decimal(100), Decimal("97.5")), "in the quarter and the year it does"


def test_faults_on_the_website_cost_no_more_than_silence_about_what_was_reported():
    """As another office has it: 5 points each; the unit was four days late besides."""
    by = yardstick(november(28), site_fault={"points": 5, "cap": 9}, grace={"points": 1})
    came = [receipt(november(1), items=[item()]), receipt(november(2), items=[item(), item(MONTHLY[1].key)])]
    tasks = [replace(task, final=november(20), due=november(10)) for task in MONTHLY[:2]]
    found = score(tasks, came, by=by, faults=site_faults(came, [task.key for task in tasks], by))
    assert [line.points for line in found.deductions] == [-5, -4], "one task costs 5 at most, all of them 9"
    assert score(tasks, [], by=by).points == 90


def test_they_cost_nothing_in_the_month_of_another_task():
    """What was reported in November is not put right in December: silence in November costs nothing in December."""
    by = yardstick(date(2027, 1, 20), site_fault={"points": 4, "cap": 8})
    november_task, task = obligation(), obligation(cycle=CYCLE + 1)
    sent = [receipt(november(28), items=[item()]), receipt(date(2026, 12, 20), items=[item(task.key)], cycle=CYCLE + 1)]
    faults = site_faults(sent, [november_task.key], by, CYCLE + 1)
    known = {each.obligation.key: each for each in statuses([november_task, task], sent, by)}
    found = score([task], sent, by=by, month=CYCLE + 1, faults=faults, known=known)
    assert found.points == score([task], sent, by=by, month=CYCLE + 1).points
    held = [line for line in found.lines if line.rule == "site_fault"]
    assert [line.held for line in held] == [-4, -1]
    assert {(line.points, line.month) for line in held} == {(Decimal(0), CYCLE)}
    assert "（-4 分计入 2026-11 所在的季度、年度，不计入本月得分）" in found.lines[0].reason
    waived = known | {november_task.key: replace(known[november_task.key], decisions=ActiveDecisions(waived=True))}
    found = score([task], sent, by=by, month=CYCLE + 1, faults=faults, known=waived)
    assert not any(line.held for line in found.lines), "of a task that nobody owed silence costs nothing"


def test_a_result_that_is_told_too_late_costs_nothing_in_the_month_of_another_task():
    call = item("D02/市财政局/2026-09", title="停车收费意见征集", more={UNTIL: date(2026, 10, 20)})
    september, task = obligation(cycle=CYCLE + -2), obligation()
    sent = [receipt(date(2026, 9, 20), items=[call], cycle=CYCLE + -2), receipt(november(20), items=[item()])]
    by = yardstick(date(2026, 12, 3))
    known = {each.obligation.key: each for each in statuses([september, task], sent, by)}
    found = score([task], sent, by=by, known=known)
    assert found.points == score([task], sent[1:], by=by).points == 100
    (line,) = found.lines
    assert (line.rule, line.points, line.held, line.month) == ("late_item", Decimal(0), Decimal(-2), CYCLE + -2)
    assert line.reason.startswith("D02 政府采购（2026-09）：“停车收费意见征集”2026-10-20 结束征集，没有反馈结果")
    then = score([task], sent, by=replace(by, version=RulesVersion.ACCOUNTS))
    assert then.points == 98, "months that earlier versions closed are computed as they were"


def test_a_month_never_costs_more_than_silence_at_most():
    came = [receipt(date(2026, 12, 20), items=[item(task.key) for task in MONTHLY[:4]])]
    by = yardstick(date(2026, 12, 31), missing={"cap": 20})
    assert score(MONTHLY, [], by=by).points == 80
    found = score(MONTHLY, came, by=by)
    assert found.points == 80, "three missing are 15 points, four late ones 12"
    assert found.lines[-2].reason.endswith("（本月扣分已达未报的上限）")


def test_months_that_earlier_versions_closed_are_computed_as_they_were():
    late = [item(ON_DEMAND.key, url=f"http://a.cn/{n}", formed_on=date(2026, 3, 2), published_on=date(2026, 10, 30))
            for n in range(4)]  # fmt: skip
    came = [receipt(november(20), items=late)]
    found = score([ON_DEMAND], came, by=replace(yardstick(), version=RulesVersion.FIRST))
    assert (found.points, found.rank, found.band) == (Decimal(92), 1, "good")
    assert [line.points for line in score([ON_DEMAND], came).lines] == 4 * [0]
