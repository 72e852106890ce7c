"""How last days are told: each task's own, what is over as over, and no promise that the scores do not keep."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from zwgk_excel.domain.duties import Cadence, Duty
from zwgk_excel.domain.mend_time import MendTime, TaskToMend
from zwgk_excel.domain.obligations import Obligation
from zwgk_excel.domain.periods import Month, Period
from zwgk_excel.workflow.intake.mend_times import cost_words, mend_values, until_short, until_words

CYCLE = Month(2026, 11)
FINAL, LATER, TODAY = date(2026, 11, 30), date(2026, 12, 8), date(2026, 12, 1)


def task(id_: str, until: date, points: int = 3, *, late: bool = False) -> TaskToMend:
    duty = Duty(id_, "栏目", "内容", "市财政局", "每月", Cadence.MONTHLY)
    owed = Obligation(duty, "市财政局", Period.month(CYCLE), CYCLE.first, date(2026, 11, 25), FINAL)
    return TaskToMend(owed, until, Decimal(points), points == 3, late, True, False)


def test_one_day_for_all_is_said_once():
    assert until_words(MendTime((task("D02", LATER), task("D04", LATER)), TODAY)) == "2026年12月8日（星期二）"


def test_different_days_are_each_with_their_tasks_and_none_of_them_is_over():
    time = MendTime((task("D02", LATER), task("D04", FINAL), task("D05", FINAL)), FINAL)
    told = mend_values(time)
    assert told["until"] == "D04、D05 为 2026年11月30日（星期一），D02 为 2026年12月8日（星期二）"
    assert (told["passed"], told["passed_cost"]) == ("", "")


def test_what_is_over_is_told_apart_from_what_is_open():
    time = MendTime((task("D02", LATER), task("D04", FINAL, 5)), TODAY)
    told = mend_values(time)
    assert (told["until"], told["passed"]) == ("D02 为 2026年12月8日（星期二）", "D04 为 2026年11月30日（星期一）")
    assert told["cost"].endswith("每项任务扣 3 分。")
    assert told["passed_cost"] == "逾期未改正的，每项任务扣 5 分。"
    assert until_short(time) == "2026-12-08"
    gone = MendTime((task("D04", FINAL, 5),), TODAY)
    assert (until_short(gone), until_words(gone)) == ("2026-11-30（已过）", "2026年11月30日（星期一）（已过）")
    assert until_short(MendTime()) == "无"


def test_nothing_is_promised_of_what_came_late():
    in_time, late = task("D02", LATER), task("D04", LATER, late=True)
    assert cost_words(MendTime((in_time,), TODAY)).startswith("按期改正的，按首次报送的时间计算，不算迟报；")
    assert "不算迟报" not in cost_words(MendTime((late,), TODAY))
    assert "仍按首次报送的时间计为迟报，不按退回未改正扣分" in cost_words(MendTime((late,), TODAY))
    assert "首次报送已经迟报的仍计为迟报" in cost_words(MendTime((in_time, late), TODAY))


def test_many_tasks_of_one_day_are_not_all_named():
    time = MendTime((task("D01", FINAL), *(task(f"D{number:02}", LATER) for number in range(2, 12))), FINAL)
    assert "D02、D03、D04、D05、D06、D07 等 10 项 为 2026年12月8日" in until_words(time)
