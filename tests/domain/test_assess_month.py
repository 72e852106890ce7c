"""Every rule of scoring: what it costs, when it does not, and what its line names."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest

from tests.domain.make import duty, item, nil, november, obligation, receipt, unit
from tests.domain.scores import FINANCE, assessed, score, yardstick
from zwgk_excel.domain.decisions import ActiveDecisions
from zwgk_excel.domain.duties import Cadence, UnitKind
from zwgk_excel.domain.problem_catalogue import Severity
from zwgk_excel.domain.problems import CellRef, problem
from zwgk_excel.domain.returns import AnswerStatus, TaskAnswer
from zwgk_excel.domain.score_rules import RulesVersion
from zwgk_excel.domain.scoring import BEYOND_CAP, ScoreLine

TASK = obligation()
POLICY = obligation(duty("D04", "稳岗就业", policy=True))
ON_DEMAND = obligation(duty("D24", "基层信息公开", Cadence.ON_DEMAND), due=None, final=None)
ADVISED = obligation(duty("D10", "乡村振兴"), due=None, final=None, mandatory=False)
CLAIMED = TaskAnswer(TASK.key, status=AnswerStatus.REPORTED)


def rules_of(found) -> list[tuple[str, Decimal]]:
    return [(line.rule, line.points) for line in found.lines if line.rule not in {"early", "quality"}]


def december(day: int) -> date:
    return date(2026, 12, day)


def test_what_never_came_costs_and_names_task_and_date():
    found = score([TASK])
    assert found.lines == (
        ScoreLine(
            "missing", Decimal("-5"), TASK.key, "D02 政府采购（2026-11）：最迟 2026-11-30，未报", on=november(30)
        ),
    )
    assert (found.points, found.band, found.rank) == (Decimal(95), "good", 1), "who missed a task is not 优秀"


def test_nothing_is_missing_before_the_final_date():
    assert score([TASK], by=yardstick(november(30))).points == 100
    assert score([TASK], by=yardstick(december(1))).points == 95


@pytest.mark.parametrize(
    ("day", "rule", "points"),
    [
        (november(26), "grace", "-0.5"),
        (november(30), "grace", "-0.5"),
        (december(1), "late", "-1"),
        (december(3), "late", "-1"),
        (december(4), "late", "-2"),
        (december(11), "late", "-3"),
    ],
)
def test_late_costs_by_days_after_the_final_date(day, rule, points):
    came = receipt(day, items=[item()])
    found = score([TASK], [came], by=yardstick(december(31)))
    assert rules_of(found) == [(rule, Decimal(points))]
    assert (found.lines[0].receipt, found.lines[0].on) == (came.file, day)


def test_an_on_time_report_costs_nothing():
    assert score([TASK], [receipt(datetime(2026, 11, 25, 23, 59), items=[item()])]).lines == ()


def test_a_late_correction_leaves_an_on_time_unit_alone():
    first, better = receipt(november(20), items=[item()]), receipt(december(2), items=[item(title="改")])
    assert score([TASK], [first, better]).points == 100


def test_waived_and_advised_tasks_never_cost():
    late = receipt(december(2), items=[item(key=ADVISED.key), item()])
    assert score([TASK, ADVISED], [late], {TASK.key: ActiveDecisions(waived=True)}).lines == ()
    assert score([TASK, ADVISED], [], {TASK.key: ActiveDecisions(waived=True)}).lines == ()


def test_an_extension_moves_the_date_and_is_told():
    until = {TASK.key: ActiveDecisions(extended_to=december(2))}
    assert score([TASK], [], until, by=yardstick(december(2))).points == 100
    found = score([TASK], [], until, by=yardstick(december(3)))
    assert found.lines[0].reason == "D02 政府采购（2026-11）：最迟 2026-12-02（延期），未报"
    assert score([TASK], [receipt(december(2), items=[item()])], until).points == 100


def test_what_was_returned_has_five_working_days_to_be_mended():
    wrong = receipt(datetime(2026, 11, 25), items=[item(valid=False)])
    assert score([TASK], [wrong], by=yardstick(december(2))).lines == ()
    found = score([TASK], [wrong], by=yardstick(december(3)))
    assert rules_of(found) == [("returned", Decimal("-3"))]
    assert found.lines[0].reason.endswith("2026-11-25 报送，退回后未改正（应于 2026-12-02 前改正）")
    assert found.lines[0].receipt == wrong.file


@pytest.mark.parametrize(("came", "rule", "points"), [(november(27), "grace", "-0.5"), (december(4), "late", "-2")])
def test_a_late_return_with_faults_has_no_advantage_over_one_without(came, rule, points):
    wrong, right = receipt(came, items=[item(valid=False)]), receipt(december(9), items=[item()])
    by = yardstick(max(came, december(1)))
    found = score([TASK], [wrong], by=by)
    without = score([TASK], [receipt(came, items=[item()])], by=by)
    assert rules_of(found) == rules_of(without) == [(rule, Decimal(points))]
    assert "有误，尚未改正" in found.lines[0].reason
    for day in range(4, 9 if rule == "late" else 5):
        standing = score([TASK], [wrong], by=yardstick(december(day)), mend_workdays=5)
        mended = replace(right, received_at=datetime(2026, 12, day))
        assert score([TASK], [wrong, mended], by=yardstick(december(day)), mend_workdays=5).points >= standing.points


def test_where_corrections_do_not_count_from_before_a_standing_fault_is_as_late_as_the_day():
    wrong = receipt(november(25), items=[item(valid=False)])
    found = score([TASK], [wrong], by=yardstick(december(1), returned={"in_time": False}))
    assert rules_of(found) == [("late", Decimal("-1"))]


def test_a_claim_without_a_report_costs_what_silence_costs():
    silent = score([TASK], by=yardstick(december(1)))
    claim = receipt(november(20), answers=[CLAIMED])
    found = score([TASK], [claim], by=yardstick(december(1)))
    assert (rules_of(found), found.points) == (rules_of(silent), silent.points)
    assert found.lines[0].reason.endswith("填写已报送或无更新，但没有信息或者说明，按未报计")
    closed_before = score([TASK], [claim], by=replace(yardstick(december(31)), version=RulesVersion.FAIR))
    assert rules_of(closed_before) == [("returned", Decimal("-3"))], "as the version reckoned that closed it"


def test_a_nil_report_without_its_reason_costs_that_once_it_is_not_mended():
    cell = CellRef("a.xlsx", "任务清单", "H4")
    fault = problem("nil_without_statement", cell, obligation=TASK.key, value="", said="")
    empty = receipt(november(25), answers=[nil(statement="")], problems=[fault])
    assert rules_of(score([TASK], [empty], by=yardstick(december(2)))) == []
    assert rules_of(score([TASK], [empty], by=yardstick(december(3)))) == [("missing", Decimal("-5"))]


def test_a_mended_return_is_only_as_late_as_it_is():
    wrong, right = receipt(november(27), answers=[CLAIMED]), receipt(december(2), items=[item()])
    assert rules_of(score([TASK], [wrong, right], by=yardstick(december(31)))) == [("late", Decimal("-1"))]


def test_what_was_reported_in_time_and_mended_in_five_working_days_is_not_late():
    wrong = receipt(november(25), items=[item(valid=False)])

    def mended(day):
        found = score([TASK], [wrong, receipt(day, items=[item()])], by=yardstick(december(31)), mend_workdays=5)
        return rules_of(found)

    assert mended(december(2)) == []
    assert mended(december(3)) == [("late", Decimal("-1"))], "the sixth working day"


@pytest.mark.parametrize(
    ("came", "rules"),
    [
        (november(20), [("returned", Decimal("-3"))]),
        (november(28), [("returned", Decimal("-3"))]),
        (december(2), [("returned", Decimal("-3"))]),
        (december(11), [("late", Decimal("-3"))]),
    ],
)
def test_what_was_accepted_and_spoiled_afterwards_loses_points_once(came, rules):
    fault = problem("item_field_missing", CellRef("a.xlsx"), obligation=TASK.key, heading="发布链接")
    spoiled = receipt(december(14), items=[item(valid=False)], problems=[fault])
    found = rules_of(score([TASK], [receipt(came, items=[item()]), spoiled], by=yardstick(date(2027, 1, 31))))
    assert [each for each in found if each[0] != "formal"] == rules


def test_what_was_mended_in_time_is_as_late_as_the_first_report_and_says_so():
    wrong, right = receipt(november(27), items=[item(valid=False)]), receipt(december(2), items=[item()])
    found = score([TASK], [wrong, right], by=yardstick(december(31)), mend_workdays=5)
    assert rules_of(found) == [("grace", Decimal("-0.5"))]
    assert found.lines[0].reason.endswith("时限 2026-11-25，2026-11-27 收到，退回后 2026-12-02 按期改正，在宽限期内")
    assert found.lines[0].receipt == right.file


def test_a_faulty_early_report_earns_nothing_for_having_been_early():
    wrong, right = receipt(november(2), items=[item(valid=False)]), receipt(november(18), items=[item()])
    assert score([TASK], [wrong, right], mend_workdays=20).lines == ()


def test_an_error_that_stays_costs_although_another_item_counts():
    fault = problem("item_field_missing", CellRef("a.xlsx", "信息明细", "G5"), obligation=TASK.key, heading="发布链接")
    came = receipt(november(20), items=[item(), item(valid=False, row=5)], problems=[fault])
    assert rules_of(score([TASK], [came], by=yardstick(december(1)))) == [
        ("returned", Decimal("-3")),
        ("formal", Decimal("-1")),
    ]


def test_news_in_a_policy_column():
    news = item(key=POLICY.key, type="news")
    place = CellRef("a.xlsx", "任务清单", "H4")
    fault = problem("news_for_policy", place, obligation=POLICY.key, value="D04", fit="规范性文件", unfit="新闻动态")
    came = receipt(november(10), items=[news], problems=[fault])
    assert rules_of(score([POLICY], [came])) == [("news", Decimal("-3"))]
    assert score([POLICY], [came], by=yardstick(november(30))).lines == ()
    right = receipt(november(12), items=[news, item(key=POLICY.key)])
    assert rules_of(score([POLICY], [came, right])) == []


def test_an_item_published_after_20_working_days_costs_each_time():
    late = item(title="方案", url="http://a.cn/2", formed_on=date(2026, 10, 1), published_on=date(2026, 10, 30))
    timely = item(formed_on=date(2026, 10, 1), published_on=date(2026, 10, 29))
    found = score([TASK], [receipt(november(20), items=[timely, late])])
    assert rules_of(found) == [("late_item", Decimal("-2"))]
    assert found.lines[0].reason == (
        "D02 政府采购（2026-11）：“方案”2026-10-01 形成，2026-10-30 发布，历时 21 个工作日"
    )


def test_an_unannounced_calendar_is_told():
    late = item(formed_on=date(2027, 1, 1), published_on=date(2027, 3, 1))
    found = score([TASK], [receipt(november(20), items=[late])])
    assert "放假安排未公布" in found.lines[0].reason


def test_on_demand_tasks_cost_nothing_not_even_the_bonus_but_their_faults_are_told():
    assert score([ON_DEMAND]).lines == ()
    assert score([ON_DEMAND], [receipt(december(2), items=[item(key=ON_DEMAND.key)])]).lines == ()
    items = [item(key=ON_DEMAND.key, url=f"http://a.cn/{n}") for n in range(3)]
    late = item(key=ON_DEMAND.key, url="http://a.cn/9", formed_on=date(2026, 9, 1), published_on=date(2026, 11, 1))
    on_time = [item(), *items]
    faultless = score([TASK, ON_DEMAND], [receipt(november(20), items=on_time)])
    assert [line.rule for line in faultless.lines] == ["quality"]
    found = score([TASK, ON_DEMAND], [receipt(november(20), items=[*on_time, late])])
    assert [(line.rule, line.points) for line in found.lines] == [("late_item", Decimal(0)), ("quality", Decimal(2))]
    of_old = replace(yardstick(), version=RulesVersion.FIRST)
    closed_before = score([TASK, ON_DEMAND], [receipt(november(20), items=[*on_time, late])], by=of_old)
    assert "quality" not in {line.rule for line in closed_before.lines}


def test_who_owed_nothing_by_a_date_is_not_ranked_and_earns_nothing():
    units = [unit("乙局"), FINANCE]
    items = [item(key=ON_DEMAND.key, url=f"http://a.cn/{n}") for n in range(3)]
    theirs = replace(TASK, unit="乙局")
    for standings in ({}, {TASK.key: ActiveDecisions(waived=True)}):
        owed = [ON_DEMAND, TASK] if standings else [ON_DEMAND]
        found = assessed([*owed, theirs], [receipt(november(20), items=items)], standings, units=units)
        assert [(each.unit, each.points, each.rank) for each in found.ranked] == [("乙局", Decimal(95), 1)]
        (mine,) = found.unranked
        assert (mine.unit, mine.rank, mine.band, mine.lines) == ("市财政局", None, "", ())


def test_silence_is_not_praised_before_a_final_date_has_passed():
    units = [unit("乙局"), FINANCE]
    tasks = [TASK, POLICY, ON_DEMAND, replace(TASK, unit="乙局")]

    def places(*came, day=november(26), standings=None):
        found = assessed(tasks, came, standings, units=units, by=yardstick(day))
        return [(each.unit, each.rank) for each in found.ranked], [each.unit for each in found.pending]

    assert places() == ([], ["乙局", "市财政局"])
    told = receipt(november(25), items=[item()])
    assert places(told) == ([("市财政局", 1)], ["乙局"])
    assert places(receipt(november(25), answers=[CLAIMED])) == ([], ["乙局", "市财政局"]), "a claim is no report"
    faulty = receipt(november(25), items=[item(valid=False)])
    assert places(faulty) == ([("市财政局", 1)], ["乙局"]), "a report that must be corrected is one"
    slow = item(ON_DEMAND.key, formed_on=date(2026, 3, 2), published_on=date(2026, 10, 30))
    assert places(receipt(november(25), items=[slow])) == ([], ["乙局", "市财政局"]), "nothing of it was due"
    assert places(day=december(1))[1] == []
    extended = {replace(TASK, unit="乙局").key: ActiveDecisions(extended_to=december(9))}
    assert places(day=december(1), standings=extended) == ([("市财政局", 1)], ["乙局"])


def test_formal_defects_cost_by_the_cell_unless_the_office_makes_them_notes():
    fault = problem(
        "item_reading_missing",
        CellRef("a.xlsx", "信息明细", "L4:L6、L9"),
        obligation=TASK.key,
        heading="解读材料",
        said="",
    )
    other = problem("nil_with_items", CellRef("a.xlsx", "任务清单", "H4"), obligation=TASK.key, value="D02", count=1)
    came = receipt(november(20), items=[item()], problems=[fault, other])
    found = score([TASK], [came])
    assert rules_of(found) == [("formal", Decimal("-2"))], "4 cells, and 2 points for a task at most"
    assert found.lines[0].reason.endswith("a.xlsx!信息明细!L4:L6、L9：没有解读材料，4 处（本任务已达上限）")
    assert rules_of(score([TASK], [came], by=yardstick(formal={"per_task": 9}))) == [("formal", Decimal("-4"))]
    note = replace(fault, severity=Severity.NOTE)
    assert score([TASK], [replace(came, problems=(note,))]).lines == ()


def test_the_limit_of_a_task_holds_over_all_its_formal_defects():
    cells = ("L4:L5", "L9")
    faults = [
        problem(
            "item_reading_missing",
            CellRef("a.xlsx", "信息明细", cell),
            obligation=TASK.key,
            heading="解读材料",
            said=said,
        )
        for cell, said in zip(cells, ("", "（填的是“无”）"), strict=True)
    ]
    found = score([TASK], [receipt(november(20), items=[item()], problems=faults)])
    assert [(line.rule, line.points) for line in found.lines] == [("formal", Decimal("-2")), ("formal", Decimal("0"))]
    assert "（本任务已达上限）" in found.lines[1].reason


def test_weighted_points_are_rounded_half_up_to_the_hundredth():
    by = yardstick(weights={"department": Decimal("0.25"), "township": 1})
    early = score([TASK], [receipt(november(15), items=[item()])], by=by)
    assert [(line.rule, line.points) for line in early.lines] == [("early", Decimal("0.13"))], "0.125, half up"


def test_early_information_earns_and_an_early_nil_report_does_not():
    early = score([TASK], [receipt(november(15), items=[item()])])
    assert [(line.rule, line.points) for line in early.lines] == [("early", Decimal("0.5"))]
    assert score([TASK], [receipt(november(16), items=[item()])]).lines == ()
    assert score([TASK], [receipt(november(2), answers=[nil()])]).lines == ()
    extended = {TASK.key: ActiveDecisions(extended_to=december(31))}
    assert score([TASK], [receipt(november(20), items=[item()])], extended).lines == ()


def test_quality_is_earned_by_enough_items_and_no_fault():
    items = [item(url=f"http://a.cn/{n}") for n in range(3)]
    assert [line.rule for line in score([TASK], [receipt(november(20), items=items)]).bonuses] == ["quality"]
    assert score([TASK], [receipt(november(20), items=items[:2])]).bonuses == ()
    assert score([TASK, POLICY], [receipt(november(20), items=items)], by=yardstick(november(21))).bonuses == ()
    assert score([TASK], [receipt(november(28), items=items)]).bonuses == ()


def test_no_rule_takes_more_than_its_cap_and_what_lies_beyond_is_told():
    tasks = [obligation(duty(f"D{n:02}")) for n in range(1, 5)]
    found = score(tasks, by=yardstick(missing={"cap": 12}))
    assert [line.points for line in found.lines] == [-5, -5, -2, 0]
    assert [line.reason.endswith("）") for line in found.lines] == [False, False, True, True]
    assert found.lines[3].reason.endswith(BEYOND_CAP)
    assert len(found.deductions) == 3
    assert found.points == 88


def test_the_whole_has_a_floor_and_a_cap():
    many = [obligation(duty(f"D{n:02}")) for n in range(1, 40)]
    assert score(many, by=yardstick(missing={"cap": 500})).points == 0
    items = [item(url=f"http://a.cn/{n}") for n in range(3)]
    assert score([TASK], [receipt(november(2), items=items)], by=yardstick(cap=101)).points == 101


def test_units_of_a_kind_are_weighed_and_ranked_apart():
    names = {"甲局": UnitKind.DEPARTMENT, "乙局": UnitKind.DEPARTMENT, "丙镇": UnitKind.TOWNSHIP}
    units = [unit(name, kind) for name, kind in names.items()]
    tasks = [obligation(unit_=name) for name in names] + [obligation(duty("D03"), "甲局")]
    by = yardstick(weights={"department": 1, "township": Decimal("0.5")})
    found = assessed(tasks, units=[*units, unit("没有任务的局")], by=by)
    assert [(each.unit, each.points, each.rank) for each in found.scores] == [
        ("乙局", 95, 1),
        ("甲局", 90, 2),
        ("丙镇", Decimal("97.5"), 1),
    ]


def test_equal_points_share_a_rank_and_the_next_one_is_skipped():
    units = [unit(name) for name in ("甲局", "乙局", "丙局")]
    tasks = [obligation(unit_=each.name) for each in units]
    came = receipt(november(20), items=[item(key=tasks[1].key)], unit_="乙局")
    found = assessed(tasks, [came], units=units)
    assert [(each.unit, each.rank) for each in found.scores] == [("乙局", 1), ("甲局", 2), ("丙局", 2)]


def test_a_unit_that_left_the_roster_is_still_assessed_and_told_of():
    found = assessed([obligation(unit_="旧局"), TASK], units=[FINANCE])
    assert [each.unit for each in found.scores] == ["市财政局", "旧局"]
    assert found.notes == ("旧局已不在单位通讯录，按部门计",)


def test_unconfirmed_rules_are_told():
    assert assessed([TASK]).confirmed is False
    assert assessed([TASK], by=yardstick(confirmed=True)).confirmed is True
