"""Closing a month: what refuses it, what is unusual, what it settles, and where the rest is counted."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.workflow.desk import DUTIES, Desk, item, new_desk, nil
from zwgk_excel.domain.acts import Act, ActKind
from zwgk_excel.domain.periods import Month, Period
from zwgk_excel.domain.returns import Receipt
from zwgk_excel.domain.tracking import Outcome, Timeliness
from zwgk_excel.ledger import Ledger, LedgerError
from zwgk_excel.ledger.acts import append_act
from zwgk_excel.ledger.snapshots import to_payload
from zwgk_excel.workbooks.bulletin.content import tags_of
from zwgk_excel.workbooks.tracker.rows.row_values import tracking_row
from zwgk_excel.workflow.acts.reopening import preview_reopen, reopen
from zwgk_excel.workflow.acts.undoing import preview_undo, undo
from zwgk_excel.workflow.assessment.adjusting import adjust
from zwgk_excel.workflow.assessment.assessing import assess
from zwgk_excel.workflow.assessment.closing import FilesWaitingError, close, plan_closing, ready_to_close
from zwgk_excel.workflow.bulletins.bulletin import bulletin_of
from zwgk_excel.workflow.decisions.extend_and_waive import extend, waive
from zwgk_excel.workflow.decisions.overrides import set_aside
from zwgk_excel.workflow.decisions.receipt_acts import withdraw
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.escalation.escalating import escalate
from zwgk_excel.workflow.intake.receiving import receive
from zwgk_excel.workflow.issuing.generation import generate
from zwgk_excel.workflow.tracking.statuses import cycle_status, office_statuses

FEBRUARY, MARCH, APRIL = (Month(2026, number) for number in (2, 3, 4))
YEARLY = {"id": "D20", "column": "财政决算", "owners": "市财政局", "cadence": "每年"}
KEY = "D20/市财政局/2025"
WHO: dict[str, Any] = {"who": "王芳"}
JOB: dict[str, Any] = {"who": "王芳", "reason": "核实有误"}


def in_february(task="D02 政府采购", **values):
    """An item of February."""
    return item(task, formed_on=date(2026, 2, 2), published_on=date(2026, 2, 3), **values)


@pytest.fixture(scope="module")
def issued(tmp_path_factory) -> Path:
    """February and March are issued; 市财政局 owes a yearly task, due on 02-28 and at the latest on 03-31."""
    desk = new_desk(tmp_path_factory.mktemp("issued"))
    desk.set_duties([*DUTIES, YEARLY])
    for day in (date(2026, 2, 2), date(2026, 3, 2)):
        desk.now = datetime(day.year, day.month, day.day, 9)
        with desk.open() as office:
            generate(office, Month.of(day), as_of=day)
    answers = {("D04", "2026-02"): nil()}
    path = desk.reply("市财政局", "财政.xlsx", answers=answers, items=[in_february()], cycle=FEBRUARY)
    with desk.open() as office:
        receive(office, [path], received_at=datetime(2026, 2, 20, 9))
    return desk.root


@pytest.fixture
def desk(issued, tmp_path) -> Desk:
    """A copy of that workspace, in the middle of March."""
    return Desk(Path(shutil.copytree(issued, tmp_path / "工作区")), datetime(2026, 3, 15, 9))


def row_of(office, key=KEY, as_of=None):
    rows = office_statuses(office, as_of or office.now().date()).rows
    return next(row for row in rows if row.status.obligation.key == key)


def points(office, month, unit="市财政局", as_of=None):
    score = assess(office, Period.month(month), as_of or office.now().date()).score(unit)
    return score and score.points


def shut(desk, month, day) -> None:
    desk.now = datetime(day.year, day.month, day.day, 9)
    with desk.open() as office:
        close(office, month, as_of=day, **WHO)


# --- what time alone can still change -------------------------------------------------------------


def test_what_was_returned_is_read_once_however_many_months_are_asked_about(desk, monkeypatch):
    desk.now = datetime(2026, 5, 4, 9)
    readings, whole = [], Ledger.with_content

    def counted(self: Ledger, given: Iterable[Receipt]) -> Iterator[Receipt]:
        readings.append(given)
        return whole(self, given)

    monkeypatch.setattr(Ledger, "with_content", counted)
    with desk.open() as office:
        found = office_statuses(office, date(2026, 5, 4))
        readings.clear()
        assert [each.cycle for each in ready_to_close(office, [FEBRUARY, MARCH], found)] == [FEBRUARY, MARCH]
    assert len(readings) == 1


def test_a_task_in_grace_is_not_settled_for_ever_but_counted_in_the_month_in_which_it_ripens(desk):
    with desk.open() as office:
        plan = plan_closing(office, FEBRUARY, as_of=date(2026, 3, 15))
        assert [(each.status.obligation.key, each.until) for each in plan.unripe] == [(KEY, date(2026, 3, 31))]
        assert KEY not in {row.status.obligation.key for row in plan.rows}
        assert any("1 项任务还没有到期（最晚到 2026-03-31）" in each for each in plan.unusual)
        close(office, FEBRUARY, as_of=date(2026, 3, 15), **WHO)
        row = row_of(office)
        assert (row.closed, row.counted_in, row.status.timeliness) == (False, MARCH, Timeliness.IN_GRACE)
        assert tracking_row(row)["correction"] == "2026-02 结账时没有到期，到期后计入 2026-03"
        assert row in cycle_status(office, FEBRUARY, office.now().date()).rows
        settled = assess(office, Period.month(FEBRUARY), office.now().date())
        assert settled.notes == ("结账时没有到期、留待以后月份计入的任务：市财政局 D20 财政决算（2025）",)
        assert points(office, MARCH) == 100, "not due yet"
    desk.now = datetime(2026, 4, 2, 9)
    with desk.open() as office:
        march = assess(office, Period.month(MARCH), date(2026, 4, 2))
        score = march.score("市财政局")
        assert score is not None
        (line,) = [line for line in score.lines if line.obligation == KEY]
        assert (line.rule, line.points, line.month) == ("missing", Decimal(-5), FEBRUARY)
        assert line.reason.endswith("最迟 2026-03-31，未报（属 2026-02，2026-03 到期计入）")
        assert march.notes == ("以前月份结账时没有到期、计入本月的任务：市财政局 D20 财政决算（2025）",)
        due = escalate(office, MARCH, date(2026, 4, 2)).due
        facts = {fact for each in due if each.unit == "市财政局" for fact in each.facts}
        assert f"2026-02 {KEY}" in facts, "the same fact as in its own month"
        done = close(office, MARCH, as_of=date(2026, 4, 2), **WHO)
        assert KEY in {row.status.obligation.key for row in done.rows}
        row = row_of(office)
        assert (row.closed, row.counted_in, row.status.outcome) == (True, MARCH, Outcome.MISSING)
        assert assess(office, Period.month(FEBRUARY), date(2026, 4, 2)) == settled
        stored = assess(office, Period.month(MARCH), date(2026, 4, 2))
        assert (stored.scores, stored.closed) == (march.scores, True)
        quarter = assess(office, Period.parse("2026Q1"), date(2026, 4, 2))
        assert [month.score("市财政局") for month in quarter.months] == [
            settled.score("市财政局"), stored.score("市财政局")
        ]  # fmt: skip


def test_an_extension_beyond_the_closing_is_counted_when_it_is_over(desk):
    with desk.open() as office:
        extend(office, FEBRUARY, "市政府办", ["D01"], date(2026, 4, 20), **JOB)
    shut(desk, FEBRUARY, date(2026, 4, 2))
    shut(desk, MARCH, date(2026, 4, 2))
    key = "D01/市政府办/2026-02"
    with desk.open() as office:
        assert row_of(office, key).counted_in == APRIL, "not issued yet, and not lost"
        generate(office, APRIL, as_of=date(2026, 4, 2))
        assert points(office, APRIL, "市政府办", date(2026, 4, 20)) == 100
        assert points(office, APRIL, "市政府办", date(2026, 4, 21)) == 95
        waive(office, FEBRUARY, "市政府办", ["D01"], cancel=False, **JOB)
        assert row_of(office, key).status.outcome is Outcome.WAIVED, "it is still open, so it can be decided on"


def test_a_unit_all_of_whose_tasks_are_left_is_not_assessed_in_the_month_and_told_so(desk):
    with desk.open() as office:
        adjust(office, FEBRUARY, "市政府办", Decimal(2), **JOB)
        extend(office, FEBRUARY, "市政府办", ["D01"], date(2026, 4, 20), **JOB)
        told = close(office, FEBRUARY, as_of=date(2026, 3, 15), **WHO).unusual
        assert told[-2].startswith("2026-02 暂不评定的 1 个单位")
        assert told[-2].endswith("留待 2026-03 评定）：市政府办。")
        assert "“市政府办”2026-02 的复核调整（第 4 号办理，+2 分）" in told[-1]
        found = assess(office, Period.month(FEBRUARY), date(2026, 3, 15))
        assert [each.unit for each in found.deferred] == ["市政府办"]
        assert "市政府办" not in {each.unit for each in found.unranked}
        with pytest.raises(UserError, match="请在任务计入的月份（2026-03）调整"):
            adjust(office, FEBRUARY, "市政府办", Decimal(1), **JOB)


def test_a_month_closed_on_its_last_day_with_nothing_returned_is_unusual_and_nobody_keeps_100_for_it(desk):
    desk.now = datetime(2026, 3, 31, 9)
    with desk.open() as office:
        plan = plan_closing(office, MARCH, as_of=date(2026, 3, 31))
        assert len(plan.unusual) == 4
        assert "更早的 2026-02 还没有结账" in plan.unusual[0]
        assert "没有收到任何单位的报送件" in plan.unusual[1]
        assert "5 项任务还没有到期" in plan.unusual[2]
        assert "暂不评定的 3 个单位" in plan.unusual[3]
        close(office, MARCH, as_of=date(2026, 3, 31), **WHO)
        generate(office, APRIL, as_of=date(2026, 3, 31))
    desk.now = datetime(2026, 4, 2, 9)
    with desk.open() as office:
        assert points(office, APRIL, "市财政局") == 90, "D02 and D04 of March are missing"
        assert points(office, APRIL, "市政府办") == 90, "D01 of March, D16 of the first quarter"


def test_tasks_answered_with_the_workbook_of_a_later_month_are_not_said_to_be_missing(desk):
    answers = {("D04", "2026-02"): nil()}
    file = desk.reply("市财政局", "三月.xlsx", answers=answers, items=[in_february(task="D20 财政决算")], cycle=MARCH)
    with desk.open() as office:
        (first,) = (each for each in office.ledger.receipt_summaries() if each.was_read)
        withdraw(office, first.number, **JOB)
        receive(office, [file], received_at=datetime(2026, 3, 5, 9))
        told = plan_closing(office, FEBRUARY, as_of=date(2026, 3, 15)).unusual
    assert told[0] == (
        "2026-02 没有收到任何单位的报送件；2 项任务已在其他月份的报送件中报送，其余 3 项将按未报计。"
    )


def test_a_returned_task_is_settled_when_the_time_to_correct_it_is_over(desk):
    items = [in_february(url=None), in_february(task="D20 财政决算")]
    bad = desk.reply("市财政局", "改.xlsx", answers={("D04", "2026-02"): nil()}, items=items, cycle=FEBRUARY)
    with desk.open() as office:
        receive(office, [bad], received_at=datetime(2026, 2, 27, 9))
        plan = plan_closing(office, FEBRUARY, as_of=date(2026, 3, 3))
        assert [(each.status.obligation.duty.id, each.until) for each in plan.unripe] == [("D02", date(2026, 3, 5))]
        assert not plan_closing(office, FEBRUARY, as_of=date(2026, 3, 6)).unripe


def test_a_fault_that_outlives_the_closing_costs_its_own_month_in_the_quarter_and_no_other_one(desk):
    """In March the unit has what silence about February would have left it, and in the quarter no less than that."""
    answers, items = {("D04", "2026-02"): nil()}, [in_february(url=None)]
    bad = desk.reply("市财政局", "改.xlsx", answers=answers, items=items, cycle=FEBRUARY)
    with desk.open() as office:
        (first,) = (each for each in office.ledger.receipt_summaries() if each.was_read)
        withdraw(office, first.number, **JOB)
        receive(office, [bad], received_at=datetime(2026, 2, 27, 9))
        close(office, FEBRUARY, as_of=date(2026, 3, 3), **WHO)
    desk.now = datetime(2026, 4, 2, 9)
    with desk.open() as office:
        quarter = assess(office, Period.parse("2026Q1"), date(2026, 4, 2))
        assert not quarter.final
        told = "结账时没有到期的任务还没有全部计入，不是最终结果：市财政局 D02 政府采购（2026-02）"
        assert told in " ".join(quarter.notes)
        shut_march = close(office, MARCH, as_of=date(2026, 4, 2), **WHO)
        assert "D02/市财政局/2026-02" in {row.status.obligation.key for row in shut_march.rows}
        score = assess(office, Period.month(MARCH), date(2026, 4, 2)).score("市财政局")
        assert score is not None
        held = [line for line in score.lines if line.held]
        outlived = {(line.obligation, line.month) for line in held if not line.points}
        assert outlived == {("D02/市财政局/2026-02", FEBRUARY)}
        assert score.points == score.base + sum(line.points for line in score.lines), "as it was stored"
        lost = sum((line.held for line in held if not line.points), Decimal(0))
        assert score.settled == score.points + lost < score.points
        pooled = assess(office, Period.parse("2026Q1"), date(2026, 4, 2)).score("市财政局")
        assert pooled is not None
        assert pooled.lines[0].reason.startswith("2026-02 得 99.5 分，2026-03 到期计入 -9 分")


# --- what refuses a closing -----------------------------------------------------------------------


def test_never_as_of_a_day_to_come(desk):
    with desk.open() as office, pytest.raises(UserError, match="2026-03-16 还没有到（今天 2026-03-15）"):
        close(office, FEBRUARY, as_of=date(2026, 3, 16), **WHO)


@pytest.mark.parametrize(
    ("month", "day", "named"),
    [
        (FEBRUARY, date(2026, 2, 27), "2026-02 尚未结束"),
        (APRIL, date(2026, 3, 15), "2026-04 还没有生成报送表"),
    ],
)
def test_not_before_its_end_nor_what_was_never_issued(desk, month, day, named):
    with desk.open() as office, pytest.raises(UserError, match=named):
        plan_closing(office, month, as_of=day)


def test_not_while_files_wait_in_the_inbox(desk):
    (desk.root / "收件箱" / "迟到.xlsx").write_bytes(b"PK")
    with desk.open() as office, pytest.raises(FilesWaitingError, match="zwgk consolidate") as refused:
        close(office, FEBRUARY, as_of=date(2026, 3, 15), **WHO)
    assert refused.value.unregistered == ("迟到.xlsx",)
    with desk.open() as office:
        assert not row_of(office, "D02/市财政局/2026-02").closed


@pytest.mark.parametrize(
    ("assignable", "advised", "not_advised"),
    [
        ([3, 4], ["--receipt 3 --assign", "不是的作废（zwgk receive --receipt 3 --set-aside）。"], "只能"),
        ([4], ["--receipt 4 --assign", "--receipt 4 --set-aside）；读不出报送表的（3 号）只能作废。"], "--receipt 3"),
        ([], ["读不出报送表的，请作废（zwgk receive --receipt 3 --set-aside）", "重新报送。"], "--assign"),
    ],
)
def test_of_a_file_that_holds_no_report_only_what_can_be_done_is_advised(assignable, advised, not_advised):
    told = str(FilesWaitingError(FEBRUARY, (), {3: "包.zip/说明.txt", 4: "市财政局.xlsx"}, assignable))
    for each in advised:
        assert each in told
    assert not_advised not in told


@pytest.mark.parametrize(
    ("assignable", "others", "advised"),
    [
        ([], {}, "请逐份按收件号处理，不能用的整改链接表（3 号）请作废（zwgk receive --receipt 3 --set-aside）"),
        ([4], {4: "市财政局.xlsx"}, "--receipt 4 --set-aside）；不能用的整改链接表（3 号）只能作废"),
        ([], {5: "说明.txt"}, "下发的信息报送表重新报送；不能用的整改链接表（3 号）只能作废"),
    ],
)
def test_of_a_table_of_faults_that_is_none_of_ours_another_such_table_is_asked_for(assignable, others, advised):
    told = str(FilesWaitingError(FEBRUARY, (), {3: "整改链接表.xlsx", **others}, assignable, [3]))
    assert f"{advised}，请该单位用最近发给它的表填报。" in told
    assert "读不出报送表的（3 号）" not in told


def test_not_while_files_are_in_quarantine_until_somebody_has_looked(desk):
    stray = desk.root.parent / "说明.xlsx"
    stray.write_bytes((desk.root / "单位通讯录.xlsx").read_bytes())
    with desk.open() as office:
        receive(office, [stray], received_at=datetime(2026, 2, 24, 9))
        # Another table than the report: no unit can be given it.
        with pytest.raises(FilesWaitingError, match=r"读不出报送表的.*--set-aside") as refused:
            close(office, FEBRUARY, as_of=date(2026, 3, 15), **WHO)
        assert list(refused.value.quarantined.values()) == ["说明.xlsx"]
        set_aside(office, [desk.root / "收件箱/说明.xlsx"], who="王芳", reason="不是报送表")
        close(office, FEBRUARY, as_of=date(2026, 3, 15), **WHO)


def test_closed_once_and_the_second_person_is_told_by_whom(desk):
    shut(desk, FEBRUARY, date(2026, 3, 15))
    with desk.open() as office, pytest.raises(UserError, match="2026-02 已于 2026-03-15 由王芳结账，不能重复结账"):
        close(office, FEBRUARY, as_of=date(2026, 3, 15), who="李强")


def test_while_another_closes_it_is_busy(desk):
    with desk.open() as mine, desk.open() as office, mine.ledger.exclusive(), pytest.raises(LedgerError):
        close(office, FEBRUARY, as_of=date(2026, 3, 15), **WHO)


def test_what_was_agreed_to_is_what_is_closed(desk):
    with desk.open() as office:
        seen = plan_closing(office, FEBRUARY, as_of=date(2026, 3, 15)).unusual
        extend(office, FEBRUARY, "市政府办", ["D01"], date(2026, 4, 20), **JOB)
        with pytest.raises(UserError, match="这期间情况有变"):
            close(office, FEBRUARY, as_of=date(2026, 3, 15), seen=seen, **WHO)
        assert plan_closing(office, FEBRUARY, as_of=date(2026, 3, 15)).unusual != seen


# --- reopening ------------------------------------------------------------------------------------


def figures(office):
    day = office.now().date()
    return office_statuses(office, day).rows, [assess(office, Period.month(month), day) for month in (FEBRUARY, MARCH)]


def test_reopened_it_is_as_if_it_had_not_been_closed_and_undone_as_it_was(desk):
    with desk.open() as office:
        before = figures(office)
        close(office, FEBRUARY, as_of=date(2026, 3, 15), **WHO)
        after = figures(office)
        shown = preview_reopen(office, FEBRUARY, **JOB)
        assert figures(office) == after, "a preview changes nothing"
        done = reopen(office, FEBRUARY, **JOB)
        assert done.effect.rows == shown.effect.rows
        act = office.ledger.acts()[-1]
        assert (act.kind, act.reason, act.cycle) == (ActKind.REOPEN, "核实有误", FEBRUARY)
        assert figures(office) == before
        undo(office, act.number, **JOB)
        assert figures(office) == after


def test_only_what_is_closed_and_with_a_reason(desk):
    with desk.open() as office:
        with pytest.raises(UserError, match="2026-02 没有结账，不用撤销"):
            reopen(office, FEBRUARY, **JOB)
        with pytest.raises(UserError, match="2026-07 还没有生成报送表"):
            reopen(office, Month(2026, 7), **JOB)
        close(office, FEBRUARY, as_of=date(2026, 3, 15), **WHO)
        with pytest.raises(UserError, match="--reason"):
            reopen(office, FEBRUARY, who="王芳", reason=" ")


def test_what_a_later_closing_has_settled_stays_there_and_is_never_settled_twice(desk):
    shut(desk, FEBRUARY, date(2026, 3, 15))
    shut(desk, MARCH, date(2026, 4, 2))
    with desk.open() as office:
        done = reopen(office, FEBRUARY, **JOB)
        assert [row.status.obligation.key for row in done.elsewhere] == [KEY]
        assert row_of(office).counted_in == MARCH
        again = close(office, FEBRUARY, as_of=date(2026, 4, 2), **WHO)
        assert KEY not in {row.status.obligation.key for row in again.rows}
        # March goes, February is closed anew with the task, and then March is to come back with it as well.
        reopened = reopen(office, MARCH, **JOB).effect.undoing.number
        reopen(office, FEBRUARY, **JOB)
        assert KEY in {row.status.obligation.key for row in close(office, FEBRUARY, as_of=date(2026, 4, 2), **WHO).rows}
        with pytest.raises(UserError, match=r"恢复结账后，市财政局 D20（2025） 会同时计入.*zwgk reopen 2026-02"):
            undo(office, reopened, **JOB)
        row = row_of(office)
        assert (row.closed, row.counted_in) == (True, None)
        payload = to_payload(row.status)
        with pytest.raises(LedgerError, match="2026-02 结账计入"):
            office.ledger.close_cycle(MARCH, date(2026, 4, 2), "王芳", office.now(), {KEY: payload})


def test_closed_anew_a_month_still_says_which_of_its_tasks_a_later_month_has_counted(desk):
    shut(desk, FEBRUARY, date(2026, 3, 15))
    shut(desk, MARCH, date(2026, 4, 2))
    told = "已随 2026-03 结账计入、不再计入本月的任务：市财政局 D20 财政决算（2025）"
    with desk.open() as office:
        before = points(office, FEBRUARY)
        bulletin = bulletin_of(office, Period.month(FEBRUARY), as_of=date(2026, 4, 2))
        reopen(office, FEBRUARY, **JOB)
        assert assess(office, Period.month(FEBRUARY), date(2026, 4, 2)).notes == (told,)
        done = close(office, FEBRUARY, as_of=date(2026, 4, 2), **WHO)
        assert [row.status.obligation.key for row in done.elsewhere] == [KEY]
        assert assess(office, Period.month(FEBRUARY), date(2026, 4, 2)).notes == (told,)
        assert points(office, FEBRUARY) == before, "no bonus for a month that was not finished"
        again = bulletin_of(office, Period.month(FEBRUARY), as_of=date(2026, 4, 2))
        shown = [row for each in (bulletin, again) for row in each.view.rows if row.status.obligation.key == KEY]
        assert [row.closed for row in shown] == [False, False]


def test_of_a_month_one_closing_is_in_force_and_reopening_ends_it(desk):
    day = date(2026, 3, 15)
    with desk.open() as office:
        close(office, FEBRUARY, as_of=day, **WHO)
        first = reopen(office, FEBRUARY, **JOB).effect.undoing.number
        close(office, FEBRUARY, as_of=day, **WHO)
        second, acts = office.ledger.closing_of(FEBRUARY), office.ledger.acts()
        with pytest.raises(UserError, match=f"已由第 {second} 号办理重新结账.*zwgk reopen 2026-02"):
            undo(office, first, **JOB)
        assert office.ledger.acts() == acts
        last = reopen(office, FEBRUARY, **JOB).effect.undoing.number
        assert not row_of(office, "D02/市财政局/2026-02").closed
        undo(office, first, **JOB)
        assert row_of(office, "D02/市财政局/2026-02").closed
        with pytest.raises(UserError, match=f"第 {last} 号办理不能撤销：2026-02 已由第 {first - 1} 号办理重新结账"):
            undo(office, last, **JOB)


@pytest.mark.parametrize("by_month", [True, False])
def test_where_earlier_versions_let_two_closings_be_in_force_both_end(desk, by_month):
    with desk.open() as office:
        close(office, FEBRUARY, as_of=date(2026, 3, 15), **WHO)
        first = reopen(office, FEBRUARY, **JOB).effect.undoing.number
        close(office, FEBRUARY, as_of=date(2026, 3, 15), **WHO)
        second = office.ledger.closing_of(FEBRUARY)
        former = Act(ActKind.UNDO, office.now(), "王芳", "核实有误", cycle=FEBRUARY, undoes=first)
        office.ledger._write(append_act, former)
        if by_month:
            reopen(office, FEBRUARY, **JOB)
        else:
            undo(office, second, **JOB)
        assert office.ledger.closing_of(FEBRUARY) == 0
        assert not row_of(office, "D02/市财政局/2026-02").closed
        assert all(each.undone_by for each in office.ledger.acts() if each.kind is ActKind.CLOSE)


# --- what becomes known later ---------------------------------------------------------------------


def late_evidence(desk):
    """市政府办 had reported in time, and its file was found after the closing."""
    answer = {("D01", "2026-02"): nil()}
    path = desk.reply("市政府办", "政府办.xlsx", answers=answer, cycle=FEBRUARY)
    with desk.open() as office:
        receive(office, [path], received_at=datetime(2026, 2, 24, 9))


def test_a_correction_is_told_without_points_by_default(desk):
    shut(desk, FEBRUARY, date(2026, 3, 15))
    late_evidence(desk)
    with desk.open() as office:
        march = assess(office, Period.month(MARCH), date(2026, 3, 15))
        (told,) = march.corrections
        assert (told.month, told.unit, told.counted) == (FEBRUARY, "市政府办", False)
        assert [told.before, told.after] == [95, 100]
        assert points(office, MARCH, "市政府办") == 100
        assert not [each for each in escalate(office, FEBRUARY, date(2026, 3, 15)).due if each.unit == "市政府办"]


def test_a_correction_counts_once_where_the_office_lets_it_count(desk):
    settings = desk.root / "zwgk.toml"
    settings.write_text('[scoring]\ncorrections = "score"\n', encoding="utf-8")
    shut(desk, FEBRUARY, date(2026, 3, 15))
    late_evidence(desk)
    desk.now = datetime(2026, 4, 2, 9)
    with desk.open() as office:
        score = assess(office, Period.month(MARCH), date(2026, 4, 2)).score("市政府办")
        assert score is not None
        (line,) = [line for line in score.lines if line.rule == "correction"]
        assert (line.points, line.month) == (Decimal(5), FEBRUARY)
        assert line.reason.startswith("2026-02 更正：结账得分 95，按结账后的情况应为 100。原计：D01")
        assert score.points == 100 - 5 - 5 + 5, "D01 and D16 of March are missing"
        before = assess(office, Period.month(FEBRUARY), date(2026, 4, 2))
        close(office, MARCH, as_of=date(2026, 4, 2), **WHO)
        assert assess(office, Period.month(FEBRUARY), date(2026, 4, 2)) == before, "what is closed stands"
        generate(office, APRIL, as_of=date(2026, 4, 2))
        april = assess(office, Period.month(APRIL), date(2026, 4, 2))
        assert april.corrections == (), "March has counted it"
        assert points(office, MARCH, "市政府办") == score.points


@pytest.fixture
def scored(desk):
    """March is closed with +5 for what became known of February after its closing; April is issued."""
    (desk.root / "zwgk.toml").write_text('[scoring]\ncorrections = "score"\n', encoding="utf-8")
    shut(desk, FEBRUARY, date(2026, 3, 15))
    late_evidence(desk)
    shut(desk, MARCH, date(2026, 4, 2))
    with desk.open() as office:
        generate(office, APRIL, as_of=date(2026, 4, 2))
    return desk


def both_months(office, unit="市政府办"):
    return [points(office, FEBRUARY, unit), points(office, MARCH, unit)]


def test_a_month_whose_correction_was_scored_is_opened_after_the_month_that_scored_it(scored):
    with scored.open() as office:
        assert both_months(office) == [95, 95], "March: two missing tasks, and the 5 points of February"
        number, acts = office.ledger.closing_of(FEBRUARY), office.ledger.acts()
        for run in (preview_reopen, reopen):
            with pytest.raises(UserError, match=r"2026-03 结账时已把 2026-02 的更正计入得分.*先用 zwgk reopen 2026-03"):
                run(office, FEBRUARY, **JOB)
        with pytest.raises(UserError, match="先用 zwgk reopen 2026-03"):
            undo(office, number, **JOB)
        assert office.ledger.acts() == acts
        former = reopen(office, MARCH, **JOB).effect.undoing.number
        reopen(office, FEBRUARY, **JOB)
        with pytest.raises(UserError, match=r"2026-03 原来的结账计入了 2026-02 的更正.*请用 zwgk close 2026-03"):
            undo(office, former, **JOB)
        close(office, FEBRUARY, as_of=date(2026, 3, 15), **WHO)
        with pytest.raises(UserError, match="请用 zwgk close 2026-03 重新结账"):
            undo(office, former, **JOB)
        close(office, MARCH, as_of=date(2026, 4, 2), **WHO)
        assert both_months(office) == [100, 90], "the 5 points count once"
        assert assess(office, Period.month(APRIL), date(2026, 4, 2)).corrections == ()


def test_opened_again_the_month_that_scored_a_correction_comes_back_with_it(scored):
    with scored.open() as office:
        before = both_months(office)
        undo(office, reopen(office, MARCH, **JOB).effect.undoing.number, **JOB)
        assert both_months(office) == before


def test_a_month_that_an_earlier_version_opened_is_not_closed_with_what_is_scored_already(scored):
    with scored.open() as office:
        number = office.ledger.closing_of(FEBRUARY)
        office.ledger.reopen(number, who="王芳", reason="核实有误")
        with pytest.raises(UserError, match="2026-02 不能结账：2026-03 结账时已把 2026-02 的更正计入得分"):
            plan_closing(office, FEBRUARY, as_of=date(2026, 4, 2))
        reopen(office, MARCH, **JOB)
        close(office, FEBRUARY, as_of=date(2026, 4, 2), **WHO)
        close(office, MARCH, as_of=date(2026, 4, 2), **WHO)
        assert both_months(office) == [100, 90]


def test_a_correction_that_is_only_told_hinders_nothing(desk):
    shut(desk, FEBRUARY, date(2026, 3, 15))
    late_evidence(desk)
    shut(desk, MARCH, date(2026, 4, 2))
    with desk.open() as office:
        reopen(office, FEBRUARY, **JOB)
        close(office, FEBRUARY, as_of=date(2026, 4, 2), **WHO)
        assert both_months(office) == [100, 90]
        generate(office, APRIL, as_of=date(2026, 4, 2))
        assert assess(office, Period.month(APRIL), date(2026, 4, 2)).corrections == ()


def test_a_correction_of_a_unit_without_tasks_waits_for_a_month_in_which_it_has_some(desk):
    settings = desk.root / "zwgk.toml"
    settings.write_text('[scoring]\ncorrections = "score"\n', encoding="utf-8")
    shut(desk, FEBRUARY, date(2026, 3, 15))
    late_evidence(desk)
    desk.set_duties([duty for duty in DUTIES if duty["id"] not in {"D01", "D16", "D24"}])
    desk.reissue(MARCH)
    with desk.open() as office:
        march = assess(office, Period.month(MARCH), date(2026, 3, 15))
        assert march.score("市政府办") is None
        assert march.corrections == ()
        assert march.notes[-1] == "市政府办本月没有应报的任务，结账月份的更正留待它有任务的月份计入"


# --- decisions and bulletins ----------------------------------------------------------------------


def test_a_decision_on_what_is_closed_is_refused_with_the_way_to_do_it(desk):
    shut(desk, FEBRUARY, date(2026, 3, 15))
    shut(desk, MARCH, date(2026, 4, 2))
    with desk.open() as office:
        for duty, month in (("D01", "2026-02"), ("D20", "2026-03")):
            unit = "市政府办" if duty == "D01" else "市财政局"
            with pytest.raises(UserError, match=f"{month} 已结账.*zwgk reopen {month} --reason 理由"):
                waive(office, FEBRUARY, unit, [duty], cancel=False, **JOB)


def test_nor_is_one_undone_that_the_figures_rest_on(desk):
    with desk.open() as office:
        extend(office, FEBRUARY, "市政府办", ["D01"], date(2026, 3, 10), **JOB)
        extension = office.ledger.acts()[-1].number
        waive(office, FEBRUARY, "市政府办", ["D01"], cancel=False, **JOB)
        waiver = office.ledger.acts()[-1].number
    shut(desk, FEBRUARY, date(2026, 3, 15))
    with desk.open() as office:
        acts, before = office.ledger.acts(), office_statuses(office, office.now().date()).rows
        for run in (preview_undo, undo):
            with pytest.raises(
                UserError,
                match=f"第 {waiver} 号办理不能撤销：2026-02 已结账，撤销没有办理；确要更改的，先用 zwgk reopen 2026-02"
                " --reason 理由 撤销结账（市政府办 D01 政策文件（2026-02））",
            ):
                run(office, waiver, **JOB)
        assert office.ledger.acts() == acts
        assert undo(office, extension, **JOB).rows == (), "of a waived task an extension changes nothing"
        assert office_statuses(office, office.now().date()).rows == before, "nor is it told"
        reopen(office, FEBRUARY, **JOB)
        undo(office, waiver, **JOB)
        assert row_of(office, "D01/市政府办/2026-02").status.outcome is Outcome.MISSING


def test_the_extension_that_made_a_closed_task_timely_is_not_undone(desk):
    with desk.open() as office:
        extend(office, FEBRUARY, "市政府办", ["D01"], date(2026, 3, 10), **JOB)
        number = office.ledger.acts()[-1].number
    answer = {("D01", "2026-02"): nil()}
    path = desk.reply("市政府办", "政府办.xlsx", answers=answer, cycle=FEBRUARY)
    with desk.open() as office:
        receive(office, [path], received_at=datetime(2026, 3, 9, 9))
    shut(desk, FEBRUARY, date(2026, 3, 15))
    with desk.open() as office, pytest.raises(UserError, match="2026-02 已结账"):
        undo(office, number, **JOB)


def test_the_bulletin_of_a_closed_month_does_not_move_with_what_it_left_open(desk):
    shut(desk, FEBRUARY, date(2026, 3, 15))
    with desk.open() as office:
        before = tags_of(bulletin_of(office, Period.month(FEBRUARY), as_of=date(2026, 3, 15)))
        extend(office, FEBRUARY, "市财政局", ["D20"], date(2026, 4, 1), **JOB)
    shut(desk, MARCH, date(2026, 4, 2))
    with desk.open() as office:
        assert tags_of(bulletin_of(office, Period.month(FEBRUARY), as_of=date(2026, 4, 2))) == before
        quarter = bulletin_of(office, Period.parse("2026Q1"), as_of=date(2026, 4, 2))
        (row,) = [row for row in quarter.view.rows if row.status.obligation.key == KEY]
        assert row.status.outcome is Outcome.MISSING
