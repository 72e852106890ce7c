"""Each kind of row: it appears, it is carried out as the right act, and what fails stays with its reason."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from tests.ledger.samples import message
from tests.workflow.desk import CYCLE, UNITS, Desk, item, new_desk, nil, with_duty
from tests.workflow.in_tray.rows import chosen, ready, run, waits
from zwgk_excel.domain.acts import Act, ActKind, ActSource
from zwgk_excel.domain.correspondence import MessageKind
from zwgk_excel.domain.in_tray import TrayChoice, Waiting, WaitingKind
from zwgk_excel.domain.problems import CellRef, problem
from zwgk_excel.domain.returns import Receipt
from zwgk_excel.workbooks.report.fill_in import InputValue
from zwgk_excel.workbooks.tracker.rows.row_values import FileLink
from zwgk_excel.workbooks.tracker.rows.tray_rows import tray_rows
from zwgk_excel.workbooks.tracker.rows.view import RefusedCell, with_places
from zwgk_excel.workbooks.tracker.sheets.tracking import cell_finder
from zwgk_excel.workflow.acts import undo
from zwgk_excel.workflow.assessment.closing import close
from zwgk_excel.workflow.intake.receiving import receive
from zwgk_excel.workflow.issuing import generate
from zwgk_excel.workflow.users import NOBODY

NOW = datetime(2026, 11, 28, 9)
DECEMBER = datetime(2026, 12, 3, 9)
EARLY = datetime(2026, 11, 20, 9)


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace whose November workbooks went out, on 28 November; tests get copies."""
    made = new_desk(tmp_path_factory.mktemp("issued"))
    with made.open() as office:
        generate(office, CYCLE, as_of=made.now.date())
    return made.root


@pytest.fixture
def desk(issued: Path, tmp_path: Path) -> Desk:
    return Desk(Path(shutil.copytree(issued, tmp_path / "工作区")), NOW)


def take(desk: Desk, *paths: Path, at: datetime = EARLY) -> list[Receipt]:
    with desk.open() as office:
        return list(receive(office, list(paths), received_at=at))


def unsigned(desk: Desk, name: str = "市财政局11月.xlsx") -> Path:
    """A sound return that lost its hidden sheet."""
    path = desk.reply("市财政局", name, answers={("D04", "2026-11"): nil()}, items=[item("D02 政府采购")])
    book = openpyxl.load_workbook(path)
    del book["_zwgk"]
    book.save(path)
    return path


def only(found: list[Waiting], kind: WaitingKind) -> Waiting:
    (each,) = (each for each in found if each.kind is kind)
    return each


def last(desk: Desk) -> Act:
    with desk.open() as office:
        return office.ledger.acts()[-1]


# --- files -------------------------------------------------------------------------------------


def test_a_file_without_identity_waits_with_its_proposal_and_is_assigned(desk: Desk):
    (receipt,) = take(desk, unsigned(desk))
    row = only(waits(desk), WaitingKind.FILE)
    assert (row.subject, row.unit, row.month, row.since) == ("收件 1", "市财政局", CYCLE, EARLY.date())
    assert row.file == receipt.file
    done = run(desk, chosen(row, TrayChoice.ASSIGN))
    assert [each.told for each in done.tray.done] == ["待核实的文件：收件 1：认定为 市财政局 2026-11，合格"]
    act = last(desk)
    assert (act.kind, act.source, act.who, act.units) == (ActKind.ASSIGN, ActSource.TRACKER, "王敏", ("市财政局",))
    assert not done.view.tray
    again = run(desk, chosen(row, TrayChoice.ASSIGN))
    assert ([p.code for p in again.tray.problems], last(desk)) == (["tray_row_gone"], act)


def test_what_the_act_refuses_stays_with_the_reason_and_keeps_nothing_else_from_being_done(desk: Desk):
    take(desk, unsigned(desk), unsigned(desk, "市人社局.xlsx"))
    first, second = waits(desk)
    done = run(desk, chosen(first, TrayChoice.ASSIGN, unit="市才政局"), chosen(second, TrayChoice.SET_ASIDE))
    (left,) = done.view.tray
    assert left.waiting == first
    assert left.typed["unit"] == "市才政局"
    assert "是不是“市财政局”" in left.result
    assert [(p.code, p.place.cell) for p in done.tray.problems] == [("tray_not_done", "G9")]
    assert last(desk).kind is ActKind.SET_ASIDE


def test_what_holds_no_report_cannot_be_assigned_and_is_not_proposed_for_it(desk: Desk, tmp_path: Path):
    text, broken = tmp_path / "市财政局说明.txt", tmp_path / "市财政局11月.xlsx"
    text.write_text("本月没有", encoding="utf-8")
    broken.write_bytes(b"PK\x03\x04" + bytes(200))
    take(desk, text, broken)
    for row in waits(desk):
        assert (row.choices, row.unit, row.month) == ((TrayChoice.SET_ASIDE,), "", None)
        assert "市财政局" in row.advice
        assert "重新报送" in row.advice
    done = run(desk, *(chosen(row, TrayChoice.SET_ASIDE) for row in waits(desk)))
    assert (len(done.tray.done), done.view.tray) == (2, ())


def test_a_unit_that_owes_nothing_and_a_month_not_issued_are_told(desk: Desk):
    take(desk, unsigned(desk))
    (row,) = waits(desk)
    for said in ({"month": CYCLE + 5}, {"unit": "金湖街道", "month": CYCLE + 1}):
        assert "还没有生成报送表" in run(desk, chosen(row, TrayChoice.ASSIGN, **said)).view.tray[0].result


def test_a_row_typed_twice_with_other_words_is_carried_out_by_neither(desk: Desk):
    take(desk, unsigned(desk))
    (row,) = waits(desk)
    twice = chosen(row, TrayChoice.ASSIGN), chosen(row, TrayChoice.SET_ASIDE)
    done = run(desk, *twice)
    assert ([p.code for p in done.tray.problems], len(done.view.tray)) == (["tray_row_repeated"], 1)
    assert "choice" not in done.view.tray[0].typed  # or the next run would carry out whichever came first
    blank = replace(twice[0], typed={"unit": "市财政局"})
    assert [p.code for p in run(desk, blank, twice[0]).tray.problems] == ["tray_row_repeated"]
    assert run(desk, twice[0], twice[0]).tray.done  # a copy that says the same is no contradiction


def test_nobody_acts_without_a_name(desk: Desk):
    take(desk, unsigned(desk))
    (row,) = waits(desk)
    with desk.open() as office:
        from zwgk_excel.workflow.in_tray import carry_out

        told = carry_out(office, [row], [chosen(row, TrayChoice.ASSIGN)], NOBODY)
    assert "没有写明由谁办理" in told.results[row.key]


# --- returns that take something back ----------------------------------------------------------


@pytest.fixture
def taking_back(desk: Desk) -> Waiting:
    """A second return of 市财政局 that has nothing of D02 any more."""
    full = desk.reply("市财政局", "全.xlsx", answers={("D04", "2026-11"): nil()}, items=[item("D02 政府采购")])
    gone: dict[tuple[str, str], Mapping[str, InputValue]] = {("D04", "2026-11"): nil()}
    gone["D02", "2026-11"] = {"status": "未报送"}
    take(desk, full)
    take(desk, desk.reply("市财政局", "撤.xlsx", answers=gone), at=datetime(2026, 11, 21, 9))
    return only(waits(desk), WaitingKind.TAKE_BACK)


@pytest.mark.parametrize(
    ("choice", "kind"),
    [
        (TrayChoice.TAKE_BACK, ActKind.ACCEPT_TAKE_BACK),
        (TrayChoice.KEEP, ActKind.KEEP_REPORT),
        (TrayChoice.MERGE, ActKind.MERGE),
        (TrayChoice.WITHDRAW, ActKind.WITHDRAW_RECEIPT),
    ],
)
def test_what_a_return_takes_back_is_decided(desk: Desk, taking_back: Waiting, choice: TrayChoice, kind: ActKind):
    assert (taking_back.subject, taking_back.unit, taking_back.month) == ("收件 2", "市财政局", CYCLE)
    done = run(desk, chosen(taking_back, choice, reason="电话核实"))
    assert len(done.tray.done) == 1
    assert (last(desk).kind, last(desk).source) == (kind, ActSource.TRACKER)
    assert not [each for each in done.view.tray if each.waiting.kind is WaitingKind.TAKE_BACK]


# --- returns with errors -----------------------------------------------------------------------


@pytest.fixture
def faulty(desk: Desk) -> Waiting:
    """A return of 市财政局 that names no reviewer."""
    path = desk.reply("市财政局", "错.xlsx", items=[item("D02 政府采购", final_review="")])
    take(desk, path, at=datetime(2026, 11, 26, 9))
    return only(waits(desk), WaitingKind.RETURN)


def mailbox(desk: Desk, *, of_unit: str = "czj@example.gov.cn") -> None:
    settings = desk.root / "zwgk.toml"
    settings.write_text(settings.read_text("utf-8").replace('mailbox = ""', 'mailbox = "zwgk@example.gov.cn"'), "utf-8")
    desk.set_units({**each, "mails": of_unit if each["name"] == "市财政局" else ""} for each in UNITS)


def test_a_faulty_return_is_sent_back_with_its_last_date(desk: Desk, faulty: Waiting):
    assert (faulty.unit, faulty.month, faulty.since) == ("", CYCLE, date(2026, 11, 26))
    assert faulty.told.startswith("市财政局：错.xlsx：错误 ")
    assert "改正时限 2026年12月3日" in faulty.advice
    refused = run(desk, chosen(faulty, TrayChoice.SEND_BACK))
    told = "没有办成“退回”：还没有设置发件邮箱；请按“设置”，填写报送邮箱，改正后再汇总一次，或清空处理"
    assert refused.view.tray[0].result == told
    mailbox(desk, of_unit="")
    refused = run(desk, chosen(faulty, TrayChoice.SEND_BACK))
    assert "没有这个单位的邮箱" in refused.view.tray[0].result
    mailbox(desk)
    done = run(desk, chosen(faulty, TrayChoice.SEND_BACK))
    assert "czj@example.gov.cn" in done.tray.done[0].told
    assert "改正时限 2026年12月3日" in done.tray.done[0].told
    assert not done.view.tray
    (mail,) = (desk.root / "发件箱" / "退回修改_2026-11-28").glob("*.eml")
    assert mail.parent.name in done.tray.done[0].told  # no server is set: prepared, and said
    assert [p.code for p in run(desk, chosen(faulty, TrayChoice.SEND_BACK)).tray.problems] == ["tray_row_gone"]


def test_a_return_of_which_the_unit_was_told_otherwise_is_ignored(desk: Desk, faulty: Waiting):
    assert run(desk, chosen(faulty, TrayChoice.IGNORE, reason="已电话告知")).tray.done
    assert not waits(desk)


@pytest.fixture
def both(desk: Desk, faulty: Waiting) -> Waiting:
    """The row of a month in which a second unit has a faulty return."""
    path = desk.reply("市人社局", "错2.xlsx", items=[item("D04 稳岗就业", final_review="")])
    take(desk, path, at=datetime(2026, 11, 27, 9))
    return only(waits(desk), WaitingKind.RETURN)


def test_the_faulty_returns_of_a_month_are_one_row_and_one_choice_settles_them(desk: Desk, both: Waiting):
    assert (both.subject, both.since, both.file) == ("2026-11 的报送件", date(2026, 11, 26), "总台账.xlsx")
    assert both.told.startswith("2 份（到收件 2）有错误")
    assert "市财政局 " in both.told
    assert "市人社局 " in both.told
    mailbox(desk)
    done = run(desk, chosen(both, TrayChoice.SEND_BACK))
    (deed,), (left,) = done.tray.done, done.view.tray
    assert "已写成文件" in deed.told
    assert "市财政局（czj@example.gov.cn）" in deed.told
    assert left.waiting.told.startswith("市人社局：错2.xlsx")  # it has no address: it stays, with the reason
    assert "市人社局：单位通讯录中没有这个单位的邮箱" in left.result
    assert "choice" not in left.typed


def test_of_the_returns_of_a_month_one_unit_is_settled_alone_and_that_is_undone(desk: Desk, both: Waiting):
    wrong = run(desk, chosen(both, TrayChoice.IGNORE, unit="金湖街道", reason="已告知"))
    assert "没有“金湖街道”的报送件" in wrong.view.tray[0].result
    run(desk, chosen(both, TrayChoice.IGNORE, unit="市人社局", reason="已告知"))
    assert only(waits(desk), WaitingKind.RETURN).told.startswith("市财政局")
    with desk.open() as office:
        undo(office, last(desk).number, who="王敏", reason="选错")
    assert only(waits(desk), WaitingKind.RETURN).told == both.told


def test_what_came_since_the_office_looked_is_not_settled_with_the_rest(desk: Desk, faulty: Waiting, both: Waiting):
    done = run(desk, chosen(faulty, TrayChoice.IGNORE, reason="已告知"))
    assert ([p.code for p in done.tray.problems], done.tray.done) == (["tray_facts_changed"], ())
    ignored = run(desk, chosen(both, TrayChoice.IGNORE, reason="已告知"))
    assert not ignored.view.tray
    with desk.open() as office:
        undo(office, last(desk).number, who="王敏", reason="选错")  # both at once
    assert only(waits(desk), WaitingKind.RETURN).told == both.told


# --- what was typed ----------------------------------------------------------------------------

PURCHASES = "D02/市财政局/2026-11"


def refused(code: str = "office_cell_form") -> RefusedCell:
    values = {"what": "延期至“下周”", "expected_value": "日期", "month": CYCLE}
    return RefusedCell.of("extended_to", "下周", problem(code, CellRef("总台账.xlsx"), obligation=PURCHASES, **values))


def test_a_cell_that_was_not_understood_is_cleared(desk: Desk):
    with desk.open() as office:
        view = ready(office, refused=(refused(),)).view
        row = only([each.waiting for each in view.tray], WaitingKind.DECISION)
        assert row.subject == f"{PURCHASES} 延期至"
        find = cell_finder(view, None)
        (shown,) = (each for each in tray_rows(with_places(view, find)) if each["subject"] == row.subject)
        cell = find(PURCHASES, "extended_to")
        assert shown["file"] == FileLink(f"跟踪台账!{cell}", "总台账.xlsx", "跟踪台账", cell)
        done = ready(office, chosen(row, TrayChoice.DISCARD), refused=(refused(),))
    assert (done.view.refused, len(done.tray.done)) == ((), 1)


def test_what_a_closed_month_refused_is_taken_after_it_is_reopened(desk: Desk):
    desk.now = DECEMBER
    with desk.open() as office:
        close(office, CYCLE, as_of=DECEMBER.date(), who="科长")
        closed = refused("decision_closed")
        row = only([each.waiting for each in ready(office, refused=(closed,)).view.tray], WaitingKind.DECISION)
        assert row.choices == (TrayChoice.REOPEN, TrayChoice.DISCARD)
        assert ready(office, chosen(row, TrayChoice.REOPEN, reason="更正"), refused=(closed,)).tray.done
        assert (office.ledger.closing_of(CYCLE), office.ledger.acts()[-1].kind) == (0, ActKind.REOPEN)


# --- tables and months -------------------------------------------------------------------------


def test_the_tables_differ_from_what_was_issued_until_it_is_amended(desk: Desk):
    desk.set_duties(with_duty("D02", owners="市人社局"))
    row = only(waits(desk), WaitingKind.DIFFERENCE)
    assert row.subject == "2026-11"
    assert "取消 1 项，增加 1 项" in row.told
    missing = run(desk, chosen(row, TrayChoice.AMEND))
    assert [p.code for p in missing.tray.problems] == ["tray_cell_missing"]
    done = run(desk, chosen(row, TrayChoice.AMEND, reason="职责调整"))
    assert "重做了 " in done.tray.done[0].told
    assert (last(desk).kind, last(desk).source, last(desk).reason) == (ActKind.AMEND, ActSource.TRACKER, "职责调整")
    assert not waits(desk)


def test_an_amendment_whose_workbooks_cannot_be_written_is_done_and_says_what_is_left(desk: Desk):
    desk.set_duties(with_duty("D02", owners="市人社局"))
    row = only(waits(desk), WaitingKind.DIFFERENCE)
    in_the_way = desk.sent("市人社局")
    in_the_way.unlink()
    in_the_way.mkdir()
    done = run(desk, chosen(row, TrayChoice.AMEND, reason="职责调整"))
    assert last(desk).kind is ActKind.AMEND
    (deed,) = done.tray.done
    assert re.search("改动 2 项；报送表还没有重做：.*；再按“生成报送表”$", deed.told)
    assert (done.tray.problems, done.tray.results) == ((), {})
    in_the_way.rmdir()
    left = only(waits(desk), WaitingKind.DIFFERENCE)
    assert left.choices == (TrayChoice.REMAKE,)
    assert "重做了 " in run(desk, chosen(left, TrayChoice.REMAKE)).tray.done[0].told


def test_an_ignored_difference_comes_back_when_the_tables_change_again_or_the_act_is_undone(desk: Desk):
    desk.set_duties(with_duty("D02", owners="市人社局"))
    row = only(waits(desk), WaitingKind.DIFFERENCE)
    assert run(desk, chosen(row, TrayChoice.IGNORE, reason="下月起")).tray.done
    assert not waits(desk)
    ignoring = last(desk)
    assert (ignoring.kind, ignoring.source, ignoring.cycle) == (ActKind.IGNORE, ActSource.TRACKER, CYCLE)
    desk.set_duties(with_duty("D02", owners="市人社局、市政府办"))
    assert only(waits(desk), WaitingKind.DIFFERENCE).key == row.key
    desk.set_duties(with_duty("D02", owners="市人社局"))
    assert not waits(desk)
    with desk.open() as office:
        undo(office, ignoring.number, who="王敏", reason="看错了")
    assert only(waits(desk), WaitingKind.DIFFERENCE) == row


def test_what_came_to_a_row_since_it_was_chosen_is_looked_at_first(desk: Desk):
    desk.set_duties(with_duty("D02", owners="市人社局"))
    old = only(waits(desk), WaitingKind.DIFFERENCE)
    desk.set_duties(with_duty("D02", owners="市人社局、市政府办"))
    entry = chosen(old, TrayChoice.AMEND, reason="职责调整")
    first = run(desk, entry)
    assert [p.code for p in first.tray.problems] == ["tray_facts_changed"]
    now = first.view.tray[0].waiting.told
    assert run(desk, replace(entry, told=now)).tray.done


def answered(desk: Desk) -> None:
    """All tasks of November are answered."""
    nothing = {
        "市财政局": ["D02", "D04"],
        "市人社局": ["D04"],
    }
    for unit, duties in nothing.items():
        take(desk, desk.reply(unit, f"{unit}.xlsx", answers={(duty, "2026-11"): nil() for duty in duties}))
    take(desk, desk.reply("市政府办", "府办.xlsx", answers={("D01", "2026-11"): nil()}))


def test_a_month_that_is_over_and_whose_tasks_are_ripe_is_closed(desk: Desk):
    answered(desk)
    desk.now = DECEMBER
    row = only(waits(desk), WaitingKind.CLOSING)
    assert (row.subject, row.month) == ("2026-11", CYCLE)
    ahead = run(desk, chosen(row, TrayChoice.CLOSE, day=date(2026, 12, 9)))
    assert "不能按以后的日期结账" in ahead.view.tray[0].result
    done = run(desk, chosen(row, TrayChoice.CLOSE))
    assert "按 2026-12-03 的数字" in done.tray.done[0].told
    assert (last(desk).kind, last(desk).source) == (ActKind.CLOSE, ActSource.TRACKER)
    assert WaitingKind.CLOSING not in {each.kind for each in waits(desk)}


def test_no_month_is_offered_while_a_file_waits_or_before_it_is_over(desk: Desk):
    answered(desk)
    assert not waits(desk)
    desk.now = DECEMBER
    take(desk, unsigned(desk, "又一份.xlsx"))
    assert {each.kind for each in waits(desk)} == {WaitingKind.FILE}


def test_a_unit_that_has_reached_a_level_gets_a_rectification(desk: Desk):
    settings = desk.root / "zwgk.toml"
    rule = '\n[[ladder.rules]]\ncode = "overdue"\nstep = "supervise"\ncounts = ["missing"]\n'
    settings.write_text(settings.read_text("utf-8") + rule, "utf-8")
    desk.now = DECEMBER
    found = [each for each in waits(desk) if each.kind is WaitingKind.ESCALATION]
    row = next(each for each in found if each.unit == "市政府办")
    assert (row.subject, row.month) == ("2026-11 市政府办 督办", CYCLE)
    past = run(desk, chosen(row, TrayChoice.RECTIFY, day=date(2026, 12, 1)))
    assert "早于今天" in next(each.result for each in past.view.tray if each.waiting == row)
    done = run(desk, chosen(row, TrayChoice.RECTIFY, day=date(2026, 12, 20)))
    assert "第 1 号，2026-12-20 前整改" in done.tray.done[0].told
    assert (last(desk).kind, last(desk).source) == (ActKind.RECTIFY, ActSource.TRACKER)
    assert row.key not in {each.waiting.key for each in done.view.tray}


# --- mails and calendars -----------------------------------------------------------------------


def test_mails_without_a_file_wait_until_they_are_read(desk: Desk):
    with desk.open() as office:
        at = datetime(2026, 11, 25, 9)
        asks = message(1, received_at=at, kind=MessageKind.REPLY, attachments=(), unit="", subject="请教")
        away = message(2, received_at=at, kind=MessageKind.AUTO_REPLY, attachments=())
        old = message(3, received_at=datetime(2026, 10, 25, 9), kind=MessageKind.BOUNCE, attachments=())
        office.ledger.add_messages([asks, away, old])
    row = only(waits(desk), WaitingKind.MAIL)
    assert "“请教”" in row.told
    assert run(desk, chosen(row, TrayChoice.READ)).tray.done
    assert (last(desk).kind, last(desk).reason, waits(desk)) == (ActKind.IGNORE, "已阅", [])


def test_a_year_whose_days_off_are_only_computed_is_told_once(desk: Desk):
    desk.now = datetime(2030, 1, 5, 9)
    row = next(each for each in waits(desk) if each.kind is WaitingKind.CALENDAR and each.subject == "2030 年")
    assert run(desk, chosen(row, TrayChoice.IGNORE, reason="等公布")).tray.done
    assert row.key not in {each.key for each in waits(desk)}
