"""What was issued is a record: the six ways in which an edit of the tables used to rewrite it, with their figures."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from tests.workflow.desk import DUTIES, UNITS, Desk, item, nil, with_duty
from zwgk_excel.domain.periods import Month, Period
from zwgk_excel.domain.tracking import Outcome
from zwgk_excel.workflow.assessment.assessing import assess
from zwgk_excel.workflow.assessment.closing import close
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.intake.receiving import receive
from zwgk_excel.workflow.issuing import generate, table_problems
from zwgk_excel.workflow.responsibilities import carry_out, plan_merger, plan_reassignment
from zwgk_excel.workflow.tracking.statuses import cycle_status

OCTOBER, NOVEMBER, DECEMBER, JANUARY = Month(2026, 10), Month(2026, 11), Month(2026, 12), Month(2027, 1)


def at(desk: Desk, year: int, month: int, day: int) -> Desk:
    desk.now = datetime(year, month, day, 9)
    return desk


def issue(desk: Desk, month: Month) -> None:
    with desk.open() as office:
        generate(office, month, as_of=desk.now.date())


def take(desk: Desk, unit: str, cycle: Month, *items, **answers) -> None:
    answered = {(duty, str(cycle)): answer for duty, answer in answers.items()}
    path = desk.reply(unit, f"{unit}{cycle}.xlsx", items=items, answers=answered, cycle=cycle)
    with desk.open() as office:
        receive(office, [path], received_at=desk.now)


def rows(desk: Desk, month: Month) -> dict[str, Outcome]:
    """Obligation → outcome of those with a date, of a month."""
    with desk.open() as office:
        found = cycle_status(office, month, desk.now.date()).rows
    return {
        r.status.obligation.key: r.status.outcome
        for r in found
        if r.status.obligation.cycle == month and r.status.obligation.due
    }


def scores(desk: Desk, month: Month) -> dict[str, tuple[Decimal, int | None]]:
    with desk.open() as office:
        return {
            each.unit: (each.points, each.rank) for each in assess(office, Period.month(month), desk.now.date()).scores
        }


def listed(desk: Desk, month: Month) -> set[str]:
    """What the workbooks of a month ask for, as unit and task."""
    with desk.open() as office:
        return {f"{each.unit} {each.obligation.key}" for each in office.listing(month, desk.now.date())}


@pytest.fixture
def autumn(desk) -> Desk:
    """October and November issued; it is the 3rd of December."""
    for month in (OCTOBER, NOVEMBER):
        issue(at(desk, 2026, month.month, 2), month)
    return at(desk, 2026, 12, 3)


def test_one_more_owner_and_a_new_duty_owe_nothing_of_the_past(autumn):
    before = rows(autumn, OCTOBER), rows(autumn, NOVEMBER), scores(autumn, NOVEMBER)
    added = {"id": "D42", "column": "新栏目", "owners": "市人社局"}
    autumn.set_duties([*with_duty("D02", owners="市财政局、市人社局"), added])
    assert (rows(autumn, OCTOBER), rows(autumn, NOVEMBER), scores(autumn, NOVEMBER)) == before
    asked = listed(autumn, DECEMBER)
    assert {"市人社局 D02/市人社局/2026-12", "市人社局 D42/市人社局/2026-12"} <= asked
    assert not [each for each in asked if each.startswith(("市人社局 D02", "市人社局 D42")) and "2026-12" not in each]
    with autumn.open() as office:  # and it is not silent
        assert "issued_owner_changed" in {each.code for each in table_problems(office)}


def test_a_new_owner_leaves_the_closed_month_and_the_accepted_report_alone(autumn):
    with autumn.open() as office:
        close(office, NOVEMBER, as_of=date(2026, 12, 3), who="王主任")
    issue(autumn, DECEMBER)
    take(at(autumn, 2026, 12, 10), "市财政局", DECEMBER, item("D02 政府采购"), D04=nil())
    closed, december = rows(autumn, NOVEMBER), rows(autumn, DECEMBER)
    assert december["D02/市财政局/2026-12"] is Outcome.REPORTED
    at(autumn, 2027, 1, 5)
    with autumn.open() as office:
        carry_out(office, plan_reassignment(office, "D02", ["市人社局"], JANUARY), who="王主任", reason="职责划转")
    assert (rows(autumn, NOVEMBER), rows(autumn, DECEMBER)) == (closed, december)
    assert {each for each in listed(autumn, JANUARY) if "D02" in each and "2027-01" in each} == {
        "市人社局 D02/市人社局/2027-01"
    }
    assert not any(
        "D02" in each for each in listed(autumn, JANUARY) if each.startswith("市财政局") and "2026-12" in each
    )


@pytest.mark.parametrize(
    "duties",
    [
        [each for each in DUTIES if each["id"] != "D02"],
        with_duty("D02", cadence="每季度"),
        with_duty("D02", category="专报信息"),
    ],
    ids=["deleted", "other cadence", "other category"],
)
def test_a_row_deleted_or_changed_changes_no_points_and_no_rank(autumn, duties):
    before = rows(autumn, NOVEMBER), scores(autumn, NOVEMBER)
    assert before[1]["市财政局"][0] < 100
    autumn.set_duties(duties)
    assert (rows(autumn, NOVEMBER), scores(autumn, NOVEMBER)) == before


def test_renamed_in_place_the_reports_stay_whose_they_were(autumn):
    take(at(autumn, 2026, 11, 20), "市财政局", NOVEMBER, item("D02 政府采购"), D04=nil())
    before = rows(at(autumn, 2026, 12, 3), NOVEMBER)
    renamed = [{**each, "name": "市财金局"} if each["name"] == "市财政局" else each for each in UNITS]
    autumn.set_units(renamed)
    autumn.set_duties([{**each, "owners": each["owners"].replace("市财政局", "市财金局")} for each in DUTIES])
    assert rows(autumn, NOVEMBER) == before
    assert {each for each in listed(autumn, DECEMBER) if "市财金局" in each and "2026-12" not in each} == set()


def test_what_a_merged_unit_left_open_is_owed_once_and_what_it_reported_is_not_owed(autumn):
    take(at(autumn, 2026, 11, 20), "市财政局", NOVEMBER, item("D02 政府采购"))
    at(autumn, 2026, 12, 3)
    with autumn.open() as office:
        carry_out(office, plan_merger(office, ["市财政局"], "市人社局", DECEMBER), who="王主任", reason="机构改革")
    issue(autumn, DECEMBER)
    asked = sorted(each for each in listed(autumn, DECEMBER) if "D02" in each or "D04" in each)
    assert asked == [
        "市人社局 D02/市人社局/2026-12",
        "市人社局 D02/市财政局/2026-10",  # open
        "市人社局 D04/市人社局/2026-10",
        "市人社局 D04/市人社局/2026-11",
        "市人社局 D04/市人社局/2026-12",  # once, though both owed it
        "市人社局 D04/市财政局/2026-10",
        "市人社局 D04/市财政局/2026-11",
    ]
    take(at(autumn, 2026, 12, 10), "市人社局", DECEMBER, item("D02 政府采购"), D04=nil())
    assert rows(autumn, DECEMBER)["D02/市人社局/2026-12"] is Outcome.REPORTED
    assert rows(autumn, NOVEMBER)["D02/市财政局/2026-11"] is Outcome.REPORTED


@pytest.mark.parametrize(("ended", "heir"), [("市财政局", "市人社局"), ("市人社局", "市财政局")])
@pytest.mark.parametrize("first", ["own", "taken over"])
def test_what_both_owed_for_a_month_has_a_row_each_and_is_reported_by_its_own(autumn, ended, heir, first):
    with autumn.open() as office:
        carry_out(office, plan_merger(office, [ended], heir, DECEMBER), who="王主任", reason="机构改革")
    issue(autumn, DECEMBER)
    with autumn.open() as office:
        mine = [each for each in office.listing(DECEMBER, autumn.now.date()) if each.unit == heir]
    labels = [each.label for each in mine]
    assert len(set(labels)) == len(labels)
    own, taken_over = "D04 稳岗就业（2026-11）", f"D04 稳岗就业（2026-11 原{ended}）"
    assert {own, taken_over} <= set(labels)
    reported, left = (heir, ended) if first == "own" else (ended, heir)
    take(at(autumn, 2026, 12, 10), heir, DECEMBER, item(own if first == "own" else taken_over))
    found = rows(autumn, NOVEMBER)
    assert found[f"D04/{reported}/2026-11"] is Outcome.REPORTED
    assert found[f"D04/{left}/2026-11"] is Outcome.MISSING
    nil_of = f"2026-11 原{ended}" if first == "own" else "2026-11"
    again = item(own if first == "own" else taken_over)
    path = autumn.reply(heir, "再报.xlsx", items=[again], answers={("D04", nil_of): nil()}, cycle=DECEMBER)
    at(autumn, 2026, 12, 11)
    with autumn.open() as office:
        (receipt,) = receive(office, [path], received_at=autumn.now).receipts
    assert not [each for each in receipt.problems if each.code in {"task_repeated", "task_unlisted", "task_unknown"}]
    found = rows(autumn, NOVEMBER)
    assert found[f"D04/{reported}/2026-11"] is Outcome.REPORTED
    assert found[f"D04/{left}/2026-11"] is Outcome.NIL


def test_a_merged_unit_is_ranked_until_it_is_no_more(autumn):
    yearly = {"id": "D20", "column": "财政决算", "owners": "市财政局", "cadence": "每年"}
    issue(autumn, DECEMBER)
    at(autumn, 2027, 1, 4).set_duties([*DUTIES, yearly])
    with autumn.open() as office:
        carry_out(office, plan_merger(office, ["市财政局"], "市人社局", JANUARY), who="王主任", reason="机构改革")
    for month in (JANUARY, Month(2027, 2)):
        issue(at(autumn, 2027, month.month, 4), month)
    at(autumn, 2027, 4, 2)
    assert "市财政局" in scores(autumn, DECEMBER)
    assert "市财政局" not in scores(autumn, JANUARY)
    # The yearly task of 2026 is still under the old name; it costs its successor the points, who is ranked alone.
    assert "D20/市财政局/2026" in rows(autumn, Month(2027, 2))
    february = scores(autumn, Month(2027, 2))
    assert "市财政局" not in february
    assert february["市人社局"][0] < scores(autumn, Month(2027, 1))["市人社局"][0]


def test_a_month_typed_wrongly_is_asked_about_and_taken_back(autumn):
    with autumn.open() as office, pytest.raises(UserError, match="--yes"):
        generate(office, Month(2062, 11), as_of=autumn.now.date())
    with autumn.open() as office:
        assert office.issued() == (OCTOBER, NOVEMBER)
