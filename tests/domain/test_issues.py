"""What was issued is a record: tables edited later decide only months not yet issued."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.make import duty, roster, unit
from tests.examples import examples
from zwgk_excel.domain.duties import Cadence, UnitKind
from zwgk_excel.domain.issues import Issue, IssueChange, differences, is_unusual, issue_from_tables, listed, owed
from zwgk_excel.domain.periods import Month, MonthDay
from zwgk_excel.domain.workdays import Workdays
from zwgk_excel.layout.policy import load_policy

NOVEMBER, DECEMBER, JANUARY = Month(2026, 11), Month(2026, 12), Month(2027, 1)
POLICY = load_policy({})
UNITS = roster(unit("市财政局"), unit("市住建局"), unit("金湖街道", UnitKind.TOWNSHIP))
PURCHASES = duty("D02", owners=("市财政局",))
BUDGET = duty("D20", "财政决算", Cadence.YEARLY, owners=("市财政局",))


def issued(cycle, duties, others=(), *, units=UNITS, policy=POLICY) -> Issue:
    known = {each.cycle: each for each in others}
    return issue_from_tables(cycle, duties, units, policy, Workdays(), known)


def keys(found) -> list[str]:
    return [each.key for each in found]


def together(*issues) -> dict[Month, Issue]:
    return {each.cycle: each for each in issues}


def test_a_new_owner_owes_from_the_first_month_not_yet_issued():
    november = issued(NOVEMBER, [PURCHASES])
    december = issued(DECEMBER, [replace(PURCHASES, owners=("市财政局", "市住建局"))], [november])
    assert keys(owed(together(november, december)).values()) == [
        "D02/市财政局/2026-11",
        "D02/市财政局/2026-12",
        "D02/市住建局/2026-12",
    ]


def test_a_month_in_grace_is_listed_as_it_was_issued():
    policy = load_policy({"deadlines": {"monthly": {"final": {"months": 1, "day": 5}}}})
    november = issued(NOVEMBER, [PURCHASES], policy=policy)
    december = issued(DECEMBER, [replace(PURCHASES, owners=("市住建局",))], [november], policy=policy)
    assert keys(december.obligations) == ["D02/市住建局/2026-12", "D02/市财政局/2026-11"]


def test_a_deleted_duty_is_still_owed_for_the_months_issued():
    november = issued(NOVEMBER, [PURCHASES])
    december = issued(DECEMBER, [], [november])
    assert keys(owed(together(november, december)).values()) == ["D02/市财政局/2026-11"]


def test_a_task_listed_early_is_decided_by_the_issue_of_its_own_month():
    january = issued(JANUARY, [BUDGET])
    assert [(each.key, each.cycle) for each in january.obligations] == [("D20/市财政局/2026", Month(2027, 2))]
    moved = replace(BUDGET, owners=("市住建局",))
    february = issued(Month(2027, 2), [moved], [january])
    assert keys(owed(together(january, february)).values()) == ["D20/市住建局/2026"]
    assert listed(january, together(january, february)) == ()
    assert keys(owed(together(january)).values()) == ["D20/市财政局/2026"]


def test_a_date_moved_back_into_an_issued_month_loses_no_task():
    january = issued(JANUARY, [BUDGET])
    early = load_policy({"deadlines": {"yearly": {"due": {"months": 1, "day": 10}, "final": {"months": 1, "day": 20}}}})
    february = issued(Month(2027, 2), [BUDGET], [january], policy=early)
    assert [each.due for each in february.obligations] == [date(2027, 2, 28)]


def test_a_skipped_month_is_owed_with_the_next_one():
    policy = load_policy({"deadlines": {"monthly": {"final": {"months": 1, "day": 5}}}})
    october = issued(Month(2026, 10), [PURCHASES], policy=policy)
    december = issued(DECEMBER, [PURCHASES], [october], policy=policy)
    assert keys(december.obligations) == ["D02/市财政局/2026-11", "D02/市财政局/2026-12"]
    everything = {each.period.first.month for each in owed(together(october, december)).values()}
    assert everything == {9, 10, 11, 12}  # September's was still in grace when October was issued


def test_kinds_names_and_successors_are_those_of_the_day():
    old = unit("市旧局", valid_to=Month(2026, 10))
    new = unit("市新局", valid_from=NOVEMBER, predecessors=("市旧局",))
    task = duty("D02", owners=("市旧局", "市新局"))
    october = issued(Month(2026, 10), [task], units=roster(unit("市旧局")))
    november = issued(NOVEMBER, [task], [october], units=roster(old, new))
    assert [each.name for each in november.units] == ["市新局"]
    assert november.successor("市旧局") == "市新局"
    assert november.successor("市财政局") == "市财政局"


def test_differences_say_what_changed_for_whom():
    november = issued(NOVEMBER, [PURCHASES, duty("D03", owners=("市财政局",))])
    changed = [
        replace(PURCHASES, content="新的内容"),
        duty("D05", owners=("市住建局",)),
    ]
    townships = roster(unit("市财政局"), unit("市住建局"), unit("金湖街道"))
    now = issued(NOVEMBER, changed, units=townships)
    assert [
        (each.unit, each.change, each.obligation and each.obligation.duty.id) for each in differences(november, now)
    ] == [
        ("市财政局", IssueChange.WORDING, "D02"),
        ("市财政局", IssueChange.REMOVED, "D03"),
        ("市住建局", IssueChange.ADDED, "D05"),
        ("金湖街道", IssueChange.KIND, None),
    ]
    assert differences(november, november) == ()


def test_a_deadline_of_a_duty_differs_by_its_dates_alone():
    november = issued(NOVEMBER, [PURCHASES])
    (as_policy,) = november.obligations
    assert as_policy.due == date(2026, 11, 25)
    same = issued(NOVEMBER, [replace(PURCHASES, due=MonthDay(0, 25))])
    assert differences(november, same) == ()
    earlier = issued(NOVEMBER, [replace(PURCHASES, due=MonthDay(0, 20))])
    assert [each.change for each in differences(november, earlier)] == [IssueChange.DATES]
    latest = issued(NOVEMBER, [replace(PURCHASES, due=MonthDay(0, 20), final=MonthDay(0, 22))])
    assert [each.change for each in differences(earlier, latest)] == [IssueChange.DATES]


@pytest.mark.parametrize(
    ("cycle", "unusual"),
    [("2026-10", True), ("2026-11", False), ("2027-01", False), ("2027-02", True), ("2062-11", True)],
)
def test_a_month_far_ahead_or_before_the_first_is_unusual(cycle, unusual):
    assert is_unusual(Month.parse(cycle), [NOVEMBER], NOVEMBER) is unusual


def test_the_first_month_may_lie_in_the_past():
    assert not is_unusual(Month(2026, 1), [], NOVEMBER)


OWNERS = st.sets(st.sampled_from(["市财政局", "市住建局", "金湖街道"])).map(lambda names: tuple(sorted(names)))
TABLES = st.lists(
    st.tuples(st.sampled_from(["D02", "D03", "D16", "D20"]), OWNERS, st.sampled_from(list(Cadence))),
    unique_by=lambda row: row[0],
    max_size=4,
).map(lambda rows: [duty(id_, cadence=cadence, owners=owners) for id_, owners, cadence in rows])


@given(st.lists(st.tuples(st.integers(0, 7), TABLES), min_size=2, max_size=6, unique_by=lambda each: each[0]))
@settings(max_examples=examples(60))
def test_issuing_further_months_never_changes_what_an_issued_month_owes(months):
    """In any order of issuing, whatever happens to the tables in between."""
    issues: dict[Month, Issue] = {}
    for offset, duties in months:
        cycle = NOVEMBER + offset
        before = {key: each for key, each in owed(issues).items() if each.cycle in issues}
        issues[cycle] = issued(cycle, duties, issues.values())
        after = owed(issues)
        assert before.items() <= after.items()
        assert {key for key, each in after.items() if each.cycle in issues and each.cycle != cycle} == before.keys()
