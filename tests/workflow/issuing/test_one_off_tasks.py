"""临时任务: added to months that are issued and to others, reported like any other, cancelled."""

from __future__ import annotations

import shutil
from datetime import date, datetime

import openpyxl
import pytest

from tests.workflow.desk import CYCLE, DUTIES, Desk, item, new_desk, with_duty
from tests.workflow.mail_setup import set_server
from zwgk_excel.domain.acts import ActKind
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.tracking import Outcome, Timeliness
from zwgk_excel.workflow.acts.undoing import undo
from zwgk_excel.workflow.assessment.closing import close
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.intake.receiving import receive
from zwgk_excel.workflow.issuing import (
    carry_out_task,
    generate,
    issue_differences,
    listed_tasks,
    plan_cancellation,
    plan_task,
    table_problems,
)
from zwgk_excel.workflow.mailing.reminding import planned_reminders
from zwgk_excel.workflow.office.context import open_office
from zwgk_excel.workflow.tracking.statuses import cycle_status

TITLE = "防汛工作专题"
DUE = date(2026, 11, 18)
KEY = f"D40/市财政局/2026-11 {TITLE}"
SPECIAL = {
    "id": "D40",
    "column": "专报信息",
    "owners": "各部门",
    "category": "专报信息",
    "cadence": "实时更新",
    "requirement": "根据工作需要及时报送",
}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory) -> Desk:
    made = new_desk(tmp_path_factory.mktemp("one_off"))
    made.set_duties([*DUTIES, SPECIAL])
    with made.open() as office:
        generate(office, CYCLE, as_of=made.now.date())
    return made


@pytest.fixture
def desk(prepared, tmp_path) -> Desk:
    """November is out, and has no one-off task."""
    return Desk(shutil.copytree(prepared.root, tmp_path / "工作区"), datetime(2026, 11, 9, 9))


def add(desk: Desk, title: str = TITLE, *, due: date = DUE, units=("市财政局",), **values):
    with desk.open() as office:
        plan = plan_task(office, title, units=units, due=due, **values)
        return carry_out_task(office, plan, who="王主任", reason="市领导批示")


def cancel(desk: Desk, task: str = "T01"):
    with desk.open() as office:
        return carry_out_task(office, plan_cancellation(office, task), who="王主任", reason="不再需要")


def planned(desk: Desk, cycle: Month = CYCLE) -> dict[str, tuple[date | None, date | None]]:
    with desk.open() as office:
        return {o.key: (o.due, o.final) for o in office.plan(cycle) if o.subject}


def test_it_is_shown_first_and_nothing_is_written(desk):
    before = (desk.root / "责任分工表.xlsx").read_bytes()
    with desk.open() as office:
        plan = plan_task(office, TITLE, units=["市财政局", "各乡镇(街道)"], due=DUE)
        assert [each.unit for each in plan.obligations] == ["市财政局", "金湖街道"]
        assert (plan.amends, plan.task.id, plan.task.duty) == (True, "T01", "D40")
        assert issue_differences(office, CYCLE) == ()
    assert (desk.root / "责任分工表.xlsx").read_bytes() == before


def test_an_issued_month_is_amended_by_it_alone_and_the_units_workbook_made_anew(desk):
    others = {unit: desk.sent(unit).read_bytes() for unit in ("市政府办", "市人社局", "金湖街道")}
    desk.set_duties([*with_duty("D02", owners="市人社局"), SPECIAL])
    done = add(desk, final=date(2026, 11, 20), content="防汛部署和值守情况")
    assert [each.unit for each in done.generation.workbooks] == ["市财政局"]
    assert {unit: desk.sent(unit).read_bytes() for unit in others} == others
    assert planned(desk) == {KEY: (DUE, date(2026, 11, 20))}
    with desk.open() as office:
        kinds = [each.kind for each in office.ledger.acts()][-2:]
        assert kinds == [ActKind.ADD_TASK, ActKind.AMEND]
        left = [each.obligation.key for each in issue_differences(office, CYCLE) if each.obligation]
        assert sorted(left) == ["D02/市人社局/2026-11", "D02/市财政局/2026-11"], "the table's own edit still waits"
        (asked,) = (o for o in office.plan(CYCLE) if o.key == KEY)
        assert (asked.duty.content, asked.dated) == ("防汛部署和值守情况", True)
    rows = list(openpyxl.load_workbook(desk.sent("市财政局"))["任务清单"].iter_rows(values_only=True))
    (row,) = (row for row in rows if f"2026-11 {TITLE}" in row)
    assert "2026-11-18" in row


def test_it_is_reported_and_on_time_like_any_other(desk):
    add(desk)
    reply = desk.reply("市财政局", "专报.xlsx", items=[item(f"D40 专报信息（2026-11 {TITLE}）")])
    desk.now = datetime(2026, 11, 12, 9)
    with desk.open() as office:
        receive(office, [reply])
        rows = {row.status.obligation.key: row.status for row in cycle_status(office, CYCLE, date(2026, 11, 19)).rows}
    assert (rows[KEY].outcome, rows[KEY].timeliness) == (Outcome.REPORTED, Timeliness.ON_TIME)


def test_one_of_a_month_to_come_goes_out_with_it(desk):
    done = add(desk, due=date(2026, 12, 10), units=("各部门",))
    assert done.generation is None
    december = CYCLE + 1
    assert {key.split("/")[1] for key in planned(desk, december)} == {"市政府办", "市财政局", "市人社局"}
    assert planned(desk) == {}
    with desk.open() as office:
        undo(office, done.act.number, who="王主任", reason="误加")
        assert (listed_tasks(office), office.tables.problems) == ((), office.tables.problems)
    assert planned(desk, december) == {}


def test_a_cancelled_one_is_gone_from_the_month_and_stays_in_the_table(desk):
    add(desk)
    done = cancel(desk)
    assert [each.unit for each in done.generation.workbooks] == ["市财政局"]
    assert planned(desk) == {}
    with desk.open() as office:
        (row,) = listed_tasks(office)
        assert (row.id, row.task, row.cells["title"]) == ("T01", None, TITLE)
        assert issue_differences(office, CYCLE) == ()
    add(desk, "另一专题")
    with desk.open() as office:
        assert [each.id for each in listed_tasks(office)] == ["T01", "T02"]


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"title": "甲/乙"}, "不含斜线"),
        ({"title": " "}, "不含斜线"),
        ({"due": date(2026, 11, 8)}, "已经过了"),
        ({"final": date(2026, 11, 17)}, "早于报送时限"),
        ({"units": ["市渔业局"]}, "单位通讯录中没有"),
        ({"units": []}, "--unit"),
        ({"duty": "D99"}, "责任分工表中没有"),
    ],
)
def test_what_cannot_be_asked_for_is_refused(desk, values, why):
    with desk.open() as office, pytest.raises(UserError, match=why):
        plan_task(office, **{"title": TITLE, "units": ["市财政局"], "due": DUE} | values)


def test_a_closed_month_gets_none(desk):
    desk.now = datetime(2026, 11, 30, 9)
    with desk.open() as office:
        close(office, CYCLE, as_of=date(2026, 11, 30), who="王主任")
    with desk.open() as office, pytest.raises(UserError, match="已结账"):
        plan_task(office, TITLE, units=["市财政局"], due=desk.now.date())


def test_one_that_is_out_is_cancelled_instead_of_undone(desk):
    added = add(desk).act.number
    with desk.open() as office, pytest.raises(UserError, match=r"已按现在的表下发.*请用 zwgk task cancel T01"):
        undo(office, added, who="王主任", reason="误加")
    gone = cancel(desk).act.number
    with desk.open() as office, pytest.raises(UserError, match="请用 zwgk task add 另加一项"):
        undo(office, gone, who="王主任", reason="还要报")


def test_the_unit_is_reminded_of_it(desk):
    set_server(desk, None)
    add(desk)
    with desk.open() as office:
        reminded = {each.unit: each.reminder.upcoming for each in planned_reminders(office, date(2026, 11, 16))}
    assert [status.obligation.key for status in reminded["市财政局"]] == [KEY]


def test_the_same_one_twice_is_refused(desk):
    add(desk)
    with desk.open() as office, pytest.raises(UserError, match="有两行"):
        plan_task(office, TITLE, units=["市人社局"], due=date(2026, 11, 25))


def test_what_the_office_types_into_the_sheet_is_checked_at_its_cell(desk):
    add(desk, due=date(2026, 12, 10))
    path = desk.root / "责任分工表.xlsx"
    book = openpyxl.load_workbook(path)
    book["临时任务"].append(["T02", "年终总结", "D40", "市人社局", datetime(2026, 12, 20), None, None, None, None])
    book["临时任务"].append(["T2", "甲/乙", "D77", "市人社局", "12月20日", "明天", None, "对", None])
    book.save(path)
    with open_office(desk.root, now=lambda: desk.now, strict=False) as office:
        told = [(each.code, each.place.sheet, each.place.cell) for each in table_problems(office) if each.is_error]
    assert told == [
        ("duty_flag_unknown", "临时任务", "H6"),
        ("one_off_id", "临时任务", "A6"),
        ("one_off_title", "临时任务", "B6"),
        ("one_off_duty", "临时任务", "C6"),
        ("one_off_day", "临时任务", "E6"),
        ("one_off_day", "临时任务", "F6"),
    ]
