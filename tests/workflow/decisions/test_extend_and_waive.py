from datetime import date

import pytest

from tests.workflow.desk import CYCLE
from zwgk_excel.workflow.decisions.extend_and_waive import extend, waive
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.tracking.statuses import cycle_status


def statuses(desk, unit):
    with desk.open() as office:
        rows = cycle_status(office, CYCLE, date(2026, 12, 3)).rows
    return {r.status.obligation.duty.id: r.status for r in rows if r.status.obligation.unit == unit}


def test_extending_all_that_a_unit_still_owes(sent):
    with sent.open() as office:
        done = extend(office, CYCLE, "市财政局", (), date(2026, 12, 10), who="甲", reason="审计中")
    assert [o.duty.id for o in done] == ["D02", "D04"]
    assert {s.timeliness for s in statuses(sent, "市财政局").values()} == {"not_due", "on_demand"}


def test_taking_an_extension_back(sent):
    with sent.open() as office:
        extend(office, CYCLE, "市财政局", ["d02"], date(2026, 12, 10), who="甲", reason="")
        extend(office, CYCLE, "市财政局", ["D02"], None, who="甲", reason="")
    assert statuses(sent, "市财政局")["D02"].timeliness == "overdue"


def test_waiving_and_taking_it_back(sent):
    with sent.open() as office:
        waive(office, CYCLE, "市人社局", (), cancel=False, who="甲", reason="")
    assert statuses(sent, "市人社局")["D04"].outcome == "waived"
    with sent.open() as office:
        assert [o.duty.id for o in waive(office, CYCLE, "市人社局", (), cancel=True, who="甲", reason="")] == ["D04"]
    assert statuses(sent, "市人社局")["D04"].outcome == "missing"


@pytest.mark.parametrize(
    ("unit", "duties", "until", "message"),
    [
        ("财局", (), date(2026, 12, 10), "单位通讯录中没有"),
        ("市财政局", ("D01",), date(2026, 12, 10), "没有任务 D01"),
        ("市财政局", ("D24",), date(2026, 12, 10), "没有时限"),
        ("市财政局", ("D02",), date(2026, 11, 25), "不晚于原时限"),
    ],
)
def test_what_cannot_be_extended(sent, unit, duties, until, message):
    with sent.open() as office, pytest.raises(UserError, match=message):
        extend(office, CYCLE, unit, duties, until, who="甲", reason="")
