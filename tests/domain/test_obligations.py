from collections import Counter
from datetime import date

import pytest

from tests.domain.make import duty, obligation, roster, unit
from zwgk_excel.domain.decisions import ActiveDecisions
from zwgk_excel.domain.duties import Cadence, UnitKind
from zwgk_excel.domain.obligations import extended, has_lapsed, plan, report_tasks
from zwgk_excel.domain.periods import Month, MonthDay
from zwgk_excel.domain.workdays import Workdays
from zwgk_excel.layout.policy import load_policy, shipped_policy

OFFICE, SCHOOLS, TOWN = unit("市政府办"), unit("市教育局"), unit("金湖街道", UnitKind.TOWNSHIP)
ROSTER = roster(OFFICE, SCHOOLS, TOWN)


def planned(*duties, cycle="2026-11", roster_=ROSTER, policy=None):
    return plan(duties, roster_, policy or shipped_policy(), Workdays(), Month.parse(cycle))


def dates(obligations):
    return [(o.key, o.due, o.final) for o in obligations]


def test_monthly():
    (found,) = planned(duty("D01", owners=("市政府办",)))
    assert (found.key, found.opens, found.due, found.final) == (
        "D01/市政府办/2026-11",
        date(2026, 11, 1),
        date(2026, 11, 25),
        date(2026, 11, 30),
    )


def test_quarterly_only_in_the_last_month_of_the_quarter():
    paper = duty("D16", cadence=Cadence.QUARTERLY, owners=("市教育局",))
    assert planned(paper, cycle="2026-11") == ()
    assert dates(planned(paper, cycle="2026-12")) == [("D16/市教育局/2026Q4", date(2026, 12, 31), date(2026, 12, 31))]


@pytest.mark.parametrize(("cycle", "listed"), [("2026-12", 0), ("2027-01", 1), ("2027-03", 1), ("2027-04", 0)])
def test_yearly_is_owed_from_january_to_march_of_the_next_year(cycle, listed):
    found = planned(duty("D19", cadence=Cadence.YEARLY, owners=("市教育局",)), cycle=cycle)
    assert len(found) == listed
    assert all(dates([o]) == [("D19/市教育局/2026", date(2027, 2, 28), date(2027, 3, 31))] for o in found)


def test_the_annual_report_and_the_citys_own():
    found = planned(duty("D41", cadence=Cadence.ANNUAL_REPORT, owners=("各部门", "各乡镇(街道)")), cycle="2027-01")
    assert Counter(o.due for o in found) == {date(2027, 1, 31): 3, date(2027, 2, 20): 1}
    (city,) = (o for o in found if o.subject)
    assert city.key == "D41/市政府办/2026 市本级"


def test_on_demand_has_no_date():
    (found,) = planned(duty("D21", cadence=Cadence.ON_DEMAND, owners=("市教育局",)))
    assert (found.due, found.final, found.mandatory, found.reference) == (None, None, True, "2026-11")


def test_advisory_is_apart_and_never_dated():
    found = planned(duty("D10", owners=("市教育局",), advisory=("各部门",)))
    assert [(o.unit, o.mandatory, o.due) for o in found] == [
        ("市教育局", True, date(2026, 11, 25)),
        ("市政府办", False, None),
    ]


def test_a_weekend_is_moved_only_where_the_office_says_so():
    october = duty("D01", owners=("市政府办",))
    assert planned(october, cycle="2026-10")[0].due == date(2026, 10, 25)  # a Sunday
    for shift, due in (("next_workday", date(2026, 10, 26)), ("previous_workday", date(2026, 10, 23))):
        assert planned(october, cycle="2026-10", policy=load_policy({"shift": shift}))[0].due == due


def own(**entry):
    return load_policy({"own_deadlines": [{key: _day(value) for key, value in entry.items()}]})


def _day(value):
    return dict(zip(("months", "day"), value, strict=True)) if isinstance(value, tuple) else value


@pytest.mark.parametrize(
    ("entry", "changed"),
    [
        ({"duty": "D02", "due": (0, 20)}, {("D02", "市政府办"): (20, 30), ("D02", "市教育局"): (20, 30)}),
        ({"duty": "D02", "unit": "市教育局", "due": (0, 10), "final": (0, 12)}, {("D02", "市教育局"): (10, 12)}),
        (
            {"cadence": "monthly", "unit": "市教育局", "final": (0, 20)},
            {("D01", "市教育局"): (20, 20), ("D02", "市教育局"): (20, 20)},
        ),
        ({"cadence": "quarterly", "unit": "市教育局", "final": (0, 20)}, {}),
        ({"duty": "D02", "unit": "无此单位", "final": (0, 20)}, {}),
    ],
)
def test_an_own_deadline_takes_the_place_of_the_cadences(entry, changed):
    owners = ("市政府办", "市教育局")
    found = planned(duty("D01", owners=owners), duty("D02", owners=owners), policy=own(**entry))
    usual = dict.fromkeys(((each, owner) for each in ("D01", "D02") for owner in owners), (25, 30))
    assert {(o.duty.id, o.unit): (o.due.day, o.final.day) for o in found} == usual | changed


def test_the_nearer_word_about_a_date_counts():
    """Of policy and duty table: the duty of the unit, then the duty table, then the duty, then the unit."""
    table = duty("D02", owners=("市政府办", "市教育局"), due=MonthDay(0, 15))
    unit_and_duty = [
        {"duty": "D02", "unit": "市教育局", "due": {"months": 0, "day": 5}},
        {"duty": "D02", "due": {"months": 0, "day": 10}},
        {"cadence": "monthly", "unit": "市政府办", "due": {"months": 0, "day": 20}},
    ]
    policy = load_policy({"own_deadlines": unit_and_duty})
    assert {o.unit: o.due.day for o in planned(table, policy=policy)} == {"市政府办": 15, "市教育局": 5}


def test_a_date_after_the_usual_final_one_moves_that_and_one_before_the_usual_opening_opens_its_month():
    late = duty("D01", owners=("市政府办",), due=MonthDay(1, 5))
    (october, november) = planned(late, cycle="2026-11")
    assert (october.key, october.due, october.final) == ("D01/市政府办/2026-10", date(2026, 11, 5), date(2026, 11, 5))
    assert (november.due, november.cycle) == (date(2026, 12, 5), Month(2026, 12))
    early = duty("D19", cadence=Cadence.YEARLY, owners=("市教育局",), due=MonthDay(0, 20))
    (found,) = planned(early, cycle="2026-12")
    assert (found.opens, found.due, found.final) == (date(2026, 12, 1), date(2026, 12, 20), date(2027, 3, 31))


def test_what_is_reported_when_it_happens_has_no_date_whoever_names_it():
    live = duty("D21", cadence=Cadence.ON_DEMAND, owners=("市教育局",))
    (found,) = planned(live, policy=own(duty="D21", due=(0, 20)))
    assert found.due is None


@pytest.mark.parametrize(
    ("shift", "due"), [("next_workday", date(2027, 2, 1)), ("previous_workday", date(2027, 1, 29))]
)
def test_a_date_moved_off_a_weekend_leaves_its_task_in_its_month(shift, due):
    """31 January 2027 is a Sunday: the annual report stays January's, whichever way it is moved."""
    report = duty("D41", cadence=Cadence.ANNUAL_REPORT, owners=("市教育局",))
    for cycle in ("2027-01", "2027-02")[: due.month]:
        (found,) = planned(report, cycle=cycle, policy=load_policy({"shift": shift}))
        assert (found.due, found.cycle) == (due, Month(2027, 1))


def test_a_renamed_unit_owes_under_the_name_of_its_time_and_its_heir_answers():
    old = unit("市旧局", valid_to=Month(2026, 10))
    new = unit("市新局", valid_from=Month(2026, 11), predecessors=("市旧局",))
    changed = roster(old, new)
    task = duty("D01", owners=("市旧局", "市新局"))
    october = planned(task, cycle="2026-10", roster_=changed)
    november = planned(task, roster_=changed)
    assert [o.unit for o in october] == ["市旧局"]
    tasks = report_tasks(november, october, lambda name: changed.successor(name, Month(2026, 11)), Month(2026, 11), {})
    assert [(each.unit, each.label, each.backlog) for each in tasks] == [
        ("市新局", "D01 政府采购", False),
        ("市新局", "D01 政府采购（2026-10 原市旧局）", True),
    ]


@pytest.mark.parametrize(
    ("cycle", "until", "carry", "lapsed"),
    [
        ("2027-11", None, 12, False),
        ("2027-12", None, 12, True),
        ("2027-12", date(2026, 12, 5), 12, False),
        ("2028-01", date(2026, 12, 5), 12, True),
        ("2030-01", None, 0, False),
    ],
)
def test_an_open_task_is_asked_for_during_so_many_months_after_its_own_or_its_extension(cycle, until, carry, lapsed):
    assert has_lapsed(obligation(), ActiveDecisions(until), Month.parse(cycle), carry) is lapsed


def test_a_retired_duty_is_not_owed_any_more():
    assert planned(duty("D01", owners=("市政府办",), valid_to=Month(2026, 10))) == ()
    assert planned(duty("D01", owners=("市政府办",), valid_from=Month(2026, 12))) == ()


def test_overlapping_months_have_labels_of_their_own():
    policy = load_policy({"deadlines": {"monthly": {"final": {"months": 1, "day": 5}}}})
    found = planned(duty("D01", owners=("市政府办",)), policy=policy)
    labels = [each.label for each in report_tasks(found, (), str, Month(2026, 11), {})]
    assert sorted(labels) == ["D01 政府采购", "D01 政府采购（2026-10）"]


def test_an_extension_only_moves_dates_back():
    task = obligation()
    assert extended(task, date(2026, 12, 5)).due == extended(task, date(2026, 12, 5)).final == date(2026, 12, 5)
    assert extended(task, date(2026, 11, 28)).due == date(2026, 11, 28)
    assert extended(task, date(2026, 11, 28)).final == date(2026, 11, 30)
    assert extended(task, date(2026, 11, 1)) == task
