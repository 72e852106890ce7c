from datetime import date, datetime

import pytest

from tests.workflow.desk import CYCLE, DUTIES, UNITS
from zwgk_excel.domain.decisions import NO_DECISIONS
from zwgk_excel.workflow.assessment.closing import close
from zwgk_excel.workflow.decisions.extend_and_waive import extend, plan_extension, plan_waiver, take_decision, waive
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.issuing.generation import generate
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


# --- exactly what was named --------------------------------------------------------------------

DECEMBER = CYCLE + 1
JANUARY = CYCLE + 2
BUDGET = {"id": "D20", "column": "预决算", "owners": "市财政局、市政府办", "cadence": "每年"}


@pytest.fixture
def winter(sent):
    """November, December and January went out; nobody has answered."""
    sent.set_duties([*DUTIES, BUDGET])
    for cycle in (DECEMBER, JANUARY):
        sent.now = datetime(cycle.year, cycle.month, 2, 9)
        with sent.open() as office:
            generate(office, cycle, as_of=sent.now.date())
    return sent


def in_force(desk):
    with desk.open() as office:
        return {key: each for key, each in office.active_decisions().items() if each != NO_DECISIONS}


def test_a_waiver_concerns_the_month_and_not_the_older_rows_in_its_workbook(winter):
    with winter.open() as office:
        waive(office, DECEMBER, "市财政局", (), cancel=False, who="甲", reason="")
    assert set(in_force(winter)) == {"D02/市财政局/2026-12", "D04/市财政局/2026-12"}


def test_an_extension_concerns_the_month_and_not_what_is_listed_early(winter):
    with winter.open() as office:
        extend(office, JANUARY, "市财政局", (), date(2027, 2, 5), who="甲", reason="")
    assert set(in_force(winter)) == {"D02/市财政局/2027-01", "D04/市财政局/2027-01"}


def test_what_belongs_to_another_month_is_said_with_it(winter):
    with winter.open() as office, pytest.raises(UserError, match=r"2027-01 没有任务 D20（它属于 2027-02"):
        waive(office, JANUARY, "市财政局", ["D20"], cancel=False, who="甲", reason="")
    with winter.open() as office:
        waive(office, JANUARY + 1, "市财政局", ["D20"], cancel=False, who="甲", reason="")
    assert set(in_force(winter)) == {"D20/市财政局/2026"}


def test_what_is_due_later_anyway_is_left_out_and_the_others_are_done(winter):
    with winter.open() as office:
        plan = plan_extension(office, DECEMBER, ["市政府办"], (), date(2026, 12, 28))
        take_decision(office, plan, who="甲", reason="")
    assert [(left.unit, left.duty) for left in plan.left_out] == [("市政府办", "D16")]
    assert "不晚于原时限 2026-12-31" in plan.left_out[0].reason
    assert set(in_force(winter)) == {"D01/市政府办/2026-12"}


def test_cancelling_is_the_mirror_image_and_says_when_nothing_is_in_force(winter):
    with winter.open() as office:
        for month in (CYCLE, DECEMBER):
            waive(office, month, "市财政局", (), cancel=False, who="甲", reason="")
        waive(office, DECEMBER, "市财政局", (), cancel=True, who="甲", reason="")
    assert set(in_force(winter)) == {"D02/市财政局/2026-11", "D04/市财政局/2026-11"}
    with winter.open() as office:
        with pytest.raises(UserError, match="没有免报可取消"):
            waive(office, DECEMBER, "市财政局", (), cancel=True, who="甲", reason="")
        with pytest.raises(UserError, match="没有延期可取消"):
            extend(office, CYCLE, "市财政局", ["D02"], None, who="甲", reason="")
        partly = plan_waiver(office, CYCLE, ["市财政局", "市人社局"], ["D04"], cancel=True)
    assert [each.obligation.key for each in partly.changes] == ["D04/市财政局/2026-11"]
    assert [(left.unit, left.reason) for left in partly.left_out] == [("市人社局", "没有免报可取消")]


def test_deciding_the_same_twice_changes_nothing_more(winter):
    with winter.open() as office:
        for _ in range(2):
            done = extend(office, CYCLE, "市财政局", (), date(2027, 2, 1), who="甲", reason="")
            assert {each.key for each in done} == {"D02/市财政局/2026-11", "D04/市财政局/2026-11"}
        assert len(office.ledger.decisions()) == 2


# --- many at once ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("units", "concerned"),
    [
        (["市财政局", "市人社局"], {"市财政局", "市人社局"}),
        (["各部门"], {"市财政局", "市人社局"}),
        (["各乡镇（街道）", "市人社局"], {"市人社局"}),
        (None, {"市财政局", "市人社局"}),
    ],
)
def test_units_by_name_by_group_and_all(sent, units, concerned):
    with sent.open() as office:
        plan = plan_waiver(office, CYCLE, units, ["D04"], cancel=False)
    assert {each.obligation.unit for each in plan.changes} == concerned
    assert plan.left_out == ()


@pytest.mark.parametrize("units", [(), "", []])
def test_no_unit_at_all_is_not_every_unit(sent, units):
    with sent.open() as office, pytest.raises(UserError, match="没有指定单位"):
        waive(office, CYCLE, units, ["D04"], cancel=False, who="甲", reason="")


def test_a_task_that_nobody_owes_is_named(sent):
    with sent.open() as office, pytest.raises(UserError, match="“全部单位”在 2026-11 没有任务 D99"):
        waive(office, CYCLE, None, ["D99"], cancel=False, who="甲", reason="")


def test_a_group_of_the_roster(sent):
    sent.set_units([{**unit, "groups": "窗口单位"} if "局" in unit["name"] else unit for unit in UNITS])
    with sent.open() as office:
        plan = plan_extension(office, CYCLE, ["窗口单位"], ["D02", "d04"], date(2026, 12, 9))
    assert [each.obligation.key[:8] for each in plan.changes] == ["D02/市财政局", "D04/市人社局", "D04/市财政局"]


def test_a_unit_named_itself_hears_what_it_does_not_owe(sent):
    with sent.open() as office:
        plan = plan_waiver(office, CYCLE, ["市财政局", "市人社局"], ["D02"], cancel=False)
    assert [(left.unit, left.duty) for left in plan.left_out] == [("市人社局", "D02")]


# --- checks ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("until", "said"),
    [
        (date(2026, 11, 24), "不晚于原时限"),
        (date(2028, 1, 1), "晚于最远的 2027-05-24"),
        (date(2027, 5, 24), None),
        (date(2027, 5, 25), "晚于最远的"),
    ],
)
def test_the_bounds_of_an_extension(sent, until, said):
    with sent.open() as office:
        if said is None:
            assert extend(office, CYCLE, "市财政局", ["D02"], until, who="甲", reason="")
            return
        with pytest.raises(UserError, match=said):
            extend(office, CYCLE, "市财政局", ["D02"], until, who="甲", reason="")


def test_the_office_may_set_how_far(sent):
    settings = sent.root / "zwgk.toml"
    settings.write_text("extend_within_days = 800\n" + settings.read_text("utf-8"), "utf-8")
    with sent.open() as office:
        assert extend(office, CYCLE, "市财政局", ["D02"], date(2028, 1, 1), who="甲", reason="")


def test_a_waiver_of_what_is_never_late_is_refused(sent):
    with sent.open() as office, pytest.raises(UserError, match="没有时限，免报没有办理"):
        waive(office, CYCLE, "市财政局", ["D24"], cancel=False, who="甲", reason="")


@pytest.mark.parametrize("cancel", [False, True])
def test_a_closed_month_is_refused_with_the_way_to_do_it(sent, cancel):
    sent.now = datetime(2026, 12, 3, 9)
    with sent.open() as office:
        waive(office, CYCLE, "市财政局", ["D02"], cancel=False, who="甲", reason="")
        close(office, CYCLE, as_of=date(2026, 12, 1), who="甲")
        with pytest.raises(UserError, match="2026-11 已结账"):
            waive(office, CYCLE, "市财政局", (), cancel=cancel, who="甲", reason="")
        with pytest.raises(UserError, match="2026-11 已结账"):
            extend(office, CYCLE, "市财政局", ["D02"], date(2026, 12, 9), who="甲", reason="")
        assert len(office.ledger.decisions()) == 1


def test_a_plan_that_was_overtaken_is_not_carried_out(sent):
    sent.now = datetime(2026, 12, 3, 9)
    with sent.open() as office:
        plan = plan_waiver(office, CYCLE, ["市财政局"], (), cancel=False)
        extend(office, CYCLE, "市财政局", ["D02"], date(2026, 12, 9), who="乙", reason="")
        with pytest.raises(UserError, match="市财政局 D02 政府采购（2026-11） 在确认期间已另有办理"):
            take_decision(office, plan, who="甲", reason="")
        plan = plan_waiver(office, CYCLE, ["市财政局"], (), cancel=False)
        close(office, CYCLE, as_of=date(2026, 12, 1), who="甲")
        with pytest.raises(UserError, match="已结账"):
            take_decision(office, plan, who="甲", reason="")
        assert [each.who for each in office.ledger.decisions()] == ["乙"]
