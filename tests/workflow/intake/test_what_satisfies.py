"""What satisfies a task, from the duty table to the verdict on a file: fresh, once, corrected, with its companions."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from tests.workflow.desk import CYCLE, DUTIES, Desk, item, new_desk, nil
from zwgk_excel.domain.duties import Cadence, Duty, Roster, Unit, UnitKind
from zwgk_excel.domain.obligations import plan
from zwgk_excel.domain.periods import Month, Period
from zwgk_excel.domain.returns import Receipt, Verdict
from zwgk_excel.domain.workdays import Workdays
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.policy import load_policy
from zwgk_excel.workbooks.report.fill_in import InputValue
from zwgk_excel.workflow.assessment.assessing import assess
from zwgk_excel.workflow.intake.receiving import receive
from zwgk_excel.workflow.issuing.generation import generate
from zwgk_excel.workflow.tracking.statuses import cycle_status, office_statuses

pytestmark = pytest.mark.slow

ITEMS = layout("report")["items"]
DECEMBER = CYCLE + 1
DECISIONS = {
    "id": "D26",
    "column": "行政决策公开",
    "owners": "市人社局",
    "companions": "决策草案说明、解读材料、意见征集情况",
    "cadence": "实时更新",
}
UNIT, NONE_OF_D04 = "市财政局", {("D04", "2026-11"): nil()}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """November and December are issued."""
    made = new_desk(tmp_path)
    made.set_duties([*DUTIES, DECISIONS])
    for cycle, day in ((CYCLE, 2), (DECEMBER, 1)):
        made.now = datetime(cycle.year, cycle.month, day, 9)
        with made.open() as office:
            generate(office, cycle, as_of=made.now.date())
    made.now = datetime(2026, 12, 28, 9)
    return made


def take(
    desk: Desk,
    at: datetime,
    *items: Mapping[str, InputValue],
    cycle=CYCLE,
    unit: str = UNIT,
    answers: Mapping[tuple[str, str], Mapping[str, InputValue]] | None = None,
) -> Receipt:
    """The receipt of a unit's workbook with these items."""
    path = desk.reply(unit, f"{at:%m%d}.xlsx", items=items, cycle=cycle, answers=answers)
    with desk.open() as office:
        (receipt,) = receive(office, [path], received_at=at)
    return receipt


def told(receipt: Receipt) -> list[tuple[str, str]]:
    return [(each.code, each.place.cell) for each in receipt.problems if each.counts]


def outcome(desk: Desk, duty: str, cycle=CYCLE, unit: str = UNIT) -> str:
    with desk.open() as office:
        rows = cycle_status(office, cycle, desk.now.date()).rows
    (found,) = [each.status.outcome for each in rows if each.status.obligation.key == f"{duty}/{unit}/{cycle}"]
    return found


def test_one_page_of_2019_under_two_duties_satisfies_none(desk: Desk) -> None:
    page: dict[str, InputValue] = {"url": "http://a.cn/2019", "published_on": date(2019, 5, 1)}
    page["formed_on"] = date(2019, 4, 30)
    old = [{**item("D02 政府采购"), **page}, {**item("D04 稳岗就业"), **page}]
    receipt = take(desk, datetime(2026, 11, 20, 9), *old)
    assert receipt.verdict is Verdict.RETURNED
    assert {("item_published_before", "F4"), ("item_published_before", "F5")} <= set(told(receipt))
    assert [outcome(desk, duty) for duty in ("D02", "D04")] == ["returned", "returned"]


def test_an_item_of_november_does_not_satisfy_december_again(desk: Desk) -> None:
    page: dict[str, InputValue] = {"url": "http://a.cn/once", "title": "只此一条"}
    first = take(desk, datetime(2026, 11, 20, 9), {**item("D02 政府采购"), **page}, answers=NONE_OF_D04)
    assert first.verdict is Verdict.ACCEPTED
    again = {**item("D02 政府采购"), **page, "published_on": date(2026, 11, 4)}
    second = take(desk, datetime(2026, 12, 20, 9), again, cycle=DECEMBER)
    (problem,) = [each for each in second.problems if each.code == "item_reported_before"]
    assert (problem.place.cell, problem.obligation) == ("B4", "D02/市财政局/2026-12")
    assert "1120.xlsx 第 4 行（2026-11，D02 政府采购）" in problem.found
    assert (outcome(desk, "D02"), outcome(desk, "D02", DECEMBER)) == ("reported", "returned")


def test_an_item_counts_for_a_month_or_for_its_backlog(desk: Desk) -> None:
    """补报 of November and December's own task by one page: the first row counts."""
    page: dict[str, InputValue] = {"url": "http://a.cn/b", "published_on": date(2026, 12, 2)}
    rows = [{**item("D02 政府采购（2026-11）"), **page}, {**item("D02 政府采购"), **page, "title": "同一页"}]
    receipt = take(desk, datetime(2026, 12, 20, 9), *rows, cycle=DECEMBER)
    assert ("item_reported_before", "B5") in told(receipt)
    assert (outcome(desk, "D02"), outcome(desk, "D02", DECEMBER)) == ("reported", "returned")


def test_a_link_corrected_as_told_makes_nothing_vanish(desk: Desk) -> None:
    wrong = item("D02 政府采购", url="http://a.cn/D02/old")
    take(desk, datetime(2026, 11, 20, 9), wrong, item("D02 政府采购", 2), answers=NONE_OF_D04)
    right = item("D02 政府采购", url="http://a.cn/D02/new")
    take(desk, datetime(2026, 11, 22, 9), right, item("D02 政府采购", 2), answers=NONE_OF_D04)
    with desk.open() as office:
        assert [each.code for each in office_statuses(office, desk.now.date()).problems] == []
    take(desk, datetime(2026, 11, 23, 9), right, answers=NONE_OF_D04)
    with desk.open() as office:
        assert [each.code for each in office_statuses(office, desk.now.date()).problems] == ["items_vanished"]


def test_columns_of_companions_are_shown_where_a_task_asks_for_them(desk: Desk) -> None:
    of_decisions = ["decision_note", "opinions_until", "channels", "opinions", "adoption"]
    no_catalogue = ["entry"]
    assert hidden(desk, "市财政局") == ["draft_note", "reading", *of_decisions, *no_catalogue]
    assert hidden(desk, "市政府办") == [*of_decisions, *no_catalogue]
    assert hidden(desk, "市人社局") == ["draft_note", *no_catalogue]


def hidden(desk: Desk, unit: str) -> list[str]:
    page = openpyxl.load_workbook(io.BytesIO(desk.sent(unit).read_bytes()))[ITEMS.name]
    spans = [each for each in page.column_dimensions.values() if each.hidden]
    keys: Sequence[str] = [column.key for column in ITEMS]
    return [key for place, key in enumerate(keys, 1) if any(each.min <= place <= each.max for each in spans)]


def test_a_draft_decision_comes_with_its_explanation_and_the_end_of_the_consultation(desk: Desk) -> None:
    draft = item("D26 行政决策公开", type="征求意见稿")
    answers = {("D04", "2026-11"): nil()}
    bare = take(desk, datetime(2026, 11, 19, 9), draft, unit="市人社局", answers=answers)
    assert told(bare) == [("item_decision_note_missing", "P4"), ("item_consultation_missing", "Q4")]
    whole = draft | {"decision_note": "http://a.cn/explained", "opinions_until": date(2026, 12, 1)}
    assert told(take(desk, datetime(2026, 11, 20, 9), whole, unit="市人社局", answers=answers)) == []


def test_what_was_issued_keeps_its_first_day_and_what_was_issued_before_has_none(desk: Desk) -> None:
    with (desk.root / "zwgk.toml").open("a", encoding="utf-8") as settings:
        settings.write('\n[published_from]\nmonthly = { months = 0, day = 1 }\n')
    with desk.open() as office:
        days = {each.key: each.published_from for each in office.plan(CYCLE)}
    assert days["D02/市财政局/2026-11"] == date(2026, 10, 1)
    assert days["D26/市人社局/2026-11"] == date(2026, 8, 1)
    desk.execute("UPDATE issues SET payload = json_remove(payload, '$.published_from')")
    with desk.open() as office:
        assert {each.published_from for each in office.plan(CYCLE)} == {None}
    old = item("D02 政府采购", published_on=date(2026, 9, 4), formed_on=date(2026, 9, 3))
    assert told(take(desk, datetime(2026, 11, 20, 9), old, answers=NONE_OF_D04)) == []


def test_an_issue_of_before_knows_the_pair_of_companions_only(desk: Desk) -> None:
    old = """json_replace(payload, '$.duties[0].companions', json('true'), '$.duties[1].companions', json('false'))"""
    desk.execute(f"UPDATE issues SET payload = {old}")
    with desk.open() as office:
        first, second = (duty for duty in dict.fromkeys(each.duty for each in office.plan(CYCLE)) if duty.id < "D04")
    assert (first.companions, second.companions) == (("draft_note", "reading"), ())


@pytest.mark.parametrize(
    ("cadence", "period"),
    [
        ("monthly", Month(2026, 11)),
        ("quarterly", Month(2026, 12)),
        ("yearly", Month(2026, 12)),
        ("annual_report", Month(2026, 12)),
        ("on_demand", Month(2026, 11)),
    ],
)
def test_each_cadence_has_a_first_day_of_its_own(cadence: str, period: Month) -> None:
    policy = load_policy({"published_from": {cadence: {"months": -20, "day": 7}}})
    duty = Duty("D02", "政府采购", "政务信息公开", "", "", Cadence(cadence), owners=(UNIT,))
    roster = Roster((Unit(UNIT, UnitKind.DEPARTMENT),), {})
    months = [period + later for later in range(4)]
    owed = [each for month in months for each in plan([duty], roster, policy, Workdays(), month)]
    assert {each.published_from for each in owed if each.period.last == period} == {(period - 20).day(7)}


def test_what_has_no_date_of_its_own_is_late_by_its_items_and_costs_no_more_than_silence(desk: Desk) -> None:
    """条例第二十六条: 20 working days from forming an item to publishing it; nobody is late without a date."""
    late = item("D26 行政决策公开", type="通知公告", formed_on=date(2026, 9, 1), published_on=date(2026, 11, 2))
    found = take(desk, datetime(2026, 11, 20, 9), late, unit="市人社局", answers=NONE_OF_D04)
    assert ("item_overdue", "F4") in told(found)
    with desk.open() as office:
        scores = assess(office, Period.month(CYCLE), date(2026, 12, 28)).scores
        rows = cycle_status(office, CYCLE, date(2026, 12, 28)).rows
    (score,) = [each for each in scores if each.unit == "市人社局"]
    lines = [line for line in score.lines if line.obligation.startswith("D26")]
    assert [(line.rule, float(line.points)) for line in lines] == [("late_item", 0.0)]
    (status,) = [each.status for each in rows if each.status.obligation.key == f"D26/市人社局/{CYCLE}"]
    assert status.timeliness == "on_demand"
