"""Working days that rested on a provisional calendar, once the year's calendar is entered."""

from __future__ import annotations

from datetime import date, datetime

from tests.workflow.desk import item
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.problems import Problem
from zwgk_excel.workflow.intake.receiving import receive
from zwgk_excel.workflow.issuing import generate
from zwgk_excel.workflow.tracking.statuses import cycle_status

MARCH = Month(2028, 3)  # no version of the calendar's package that the tests run with knows 2028
ANNOUNCED = """[calendar]
announced = [2028]
off = [2028-01-25, 2028-01-26, 2028-01-27, 2028-01-28, 2028-01-31, 2028-02-01, 2028-02-02, 2028-02-03, 2028-02-04]
"""
"""Ten days in a row for 春节, without 调休, where the law has four."""


def told(desk) -> tuple[list[Problem], int]:
    """The problems about late publication, and the problems counted for the task."""
    with desk.open() as office:
        found = cycle_status(office, MARCH, date(2028, 3, 6))
    mine = next(row.status for row in found.rows if row.status.obligation.duty.id == "D02")
    return [each for each in found.problems if each.code in {"item_overdue", "item_in_time"}], mine.problems


def test_it_is_counted_again_and_told(desk):
    desk.now = datetime(2028, 3, 1, 9)
    with desk.open() as office:
        generate(office, MARCH, as_of=desk.now.date())
    late = item("D02 政府采购", formed_on=date(2028, 1, 21), published_on=date(2028, 2, 28))
    path = desk.reply("市财政局", "春.xlsx", items=[late], cycle=MARCH)
    desk.now = datetime(2028, 3, 6, 9)
    with desk.open() as office:
        receive(office, [path])
    (before,), counted = told(desk)
    # 26 days from Monday to Friday after 21 January, less 25 to 28 January, 除夕 to 初三.
    assert (before.code, counted) == ("item_overdue", 1)
    assert "22 个工作日才发布（放假安排未公布" in before.found
    (desk.root / "zwgk.toml").write_text(ANNOUNCED, encoding="utf-8")
    (after,), counted = told(desk)
    assert (after.code, after.place, counted) == ("item_in_time", before.place, 0)
    assert "17 个工作日发布（放假安排公布前暂按 22 个计）" in after.found
