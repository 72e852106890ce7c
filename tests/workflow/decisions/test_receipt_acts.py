"""Receipts timed, withdrawn, and what they take back decided; each undone leaves what was before."""

from datetime import date, datetime
from typing import Any

import pytest

from tests.workflow.desk import CYCLE, item, nil
from zwgk_excel.domain.acts import ActKind
from zwgk_excel.domain.returns import Verdict
from zwgk_excel.workflow.acts import undo
from zwgk_excel.workflow.assessment.closing import close
from zwgk_excel.workflow.decisions import accept_take_back, assign, correct_time, keep_report, withdraw
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.intake.receipt_times import ImpossibleTimeError
from zwgk_excel.workflow.intake.receiving import receive
from zwgk_excel.workflow.tracking.statuses import office_statuses

pytestmark = pytest.mark.slow
NOW, DAY = datetime(2026, 12, 3, 9), date(2026, 12, 3)
PURCHASES, JOBS = "D02/市财政局/2026-11", "D04/市财政局/2026-11"
BY: dict[str, Any] = {"who": "王芳", "reason": "核实"}


@pytest.fixture(autouse=True)
def _december(sent):
    sent.now = NOW


def full(desk, name="全.xlsx", **values):
    answers = {("D04", "2026-11"): nil()}
    return desk.reply("市财政局", name, answers=answers, items=[item("D02 政府采购", **values)])


def emptied(desk, name="撤.xlsx"):
    answers = {("D04", "2026-11"): nil(), ("D02", "2026-11"): {"status": "未报送"}}
    return desk.reply("市财政局", name, answers=answers)


def taken(office, path, at=datetime(2026, 11, 20, 9)):
    (receipt,) = receive(office, [path], received_at=at)
    return receipt.number


def status(office, key=PURCHASES):
    row = next(row for row in office_statuses(office, DAY).rows if row.status.obligation.key == key)
    return row.status.outcome, row.status.timeliness, row.correction


def everything(office):
    """All figures and receipts: what undoing has to bring back."""
    found = office_statuses(office, DAY)
    return found.rows, found.problems, tuple(office.ledger.with_content(found.receipts))


def codes(office):
    return [each.code for each in office_statuses(office, DAY).problems]


def last(office):
    return office.ledger.acts()[-1].number


def test_a_time_is_corrected_and_the_correction_undone(sent):
    with sent.open() as office:
        number = taken(office, full(sent), NOW)
        before = everything(office)
        assert status(office) == ("reported", "late", "")
        tried = correct_time(office, number, datetime(2026, 11, 24, 10), **BY, preview=True)
        assert ([after.status.timeliness for _, after in tried.rows if after], tried.done) == (["on_time"] * 2, False)
        assert everything(office) == before
        correct_time(office, number, datetime(2026, 11, 24, 10), **BY)
        assert status(office) == ("reported", "on_time", "")
        act = office.ledger.acts()[-1]
        assert (act.kind, act.units, act.cycle, act.reason) == (ActKind.RECEIPT_TIME, ("市财政局",), CYCLE, "核实")
        undo(office, last(office), **BY)
        assert everything(office) == before


def test_what_the_day_decides_is_validated_again(sent):
    with sent.open() as office:
        path = full(sent, formed_on=date(2026, 11, 10), published_on=date(2026, 11, 12))
        number = taken(office, path, datetime(2026, 11, 11, 9))
        assert "item_published_future" in codes(office)
        effect = correct_time(office, number, datetime(2026, 11, 12, 9), **BY)
        assert (effect.before.verdict, effect.after.verdict) == (Verdict.RETURNED, Verdict.ACCEPTED)
        assert codes(office) == ["receipt_timed"]


@pytest.mark.parametrize(
    ("at", "told"), [(datetime(2026, 12, 3, 10), "最晚为现在"), (datetime(2026, 11, 1, 9), "最早为 2026-11-02")]
)
def test_an_impossible_time_is_refused(sent, at, told):
    with sent.open() as office:
        number = taken(office, full(sent))
        with pytest.raises(ImpossibleTimeError, match=told):
            correct_time(office, number, at, **BY)


def test_refusals_say_what_to_do(sent):
    with sent.open() as office:
        number = taken(office, full(sent))
        copy = full(sent, "再.xlsx")
        copy.write_bytes(full(sent).read_bytes())
        duplicate = taken(office, copy)
        with pytest.raises(UserError, match="--reason"):
            withdraw(office, number, who="王芳", reason=" ")
        with pytest.raises(UserError, match="没有收件 99"):
            withdraw(office, 99, **BY)
        with pytest.raises(UserError, match="重复"):
            withdraw(office, duplicate, **BY)
        with pytest.raises(UserError, match="先收到的一份"):
            correct_time(office, duplicate, datetime(2026, 11, 21, 9), **BY)
        with pytest.raises(UserError, match="无需更正"):
            correct_time(office, number, datetime(2026, 11, 20, 9), **BY)
        with pytest.raises(UserError, match="没有撤回"):
            keep_report(office, number, **BY)
        withdraw(office, number, **BY)
        withdrawn_again = lambda: withdraw(office, number, **BY)  # noqa: E731
        for again in (withdrawn_again, lambda: assign(office, [full(sent)], "市财政局", CYCLE, **BY)):
            with pytest.raises(UserError, match="已撤回"):
                again()


def test_a_withdrawn_return_counts_for_nothing_and_the_earlier_one_again(sent):
    with sent.open() as office:
        taken(office, full(sent), datetime(2026, 11, 20, 9))
        more = sent.reply("市财政局", "二.xlsx", items=[item("D04 稳岗就业", type="其他政策文件")])
        before = everything(office)
        number = taken(office, more, datetime(2026, 11, 22, 9))
        assert status(office, JOBS)[0] == "reported"
        with_both = everything(office)
        withdraw(office, number, **BY)
        assert [row.status for row in office_statuses(office, DAY).rows] == [row.status for row in before[0]]
        (gone,) = (each for each in office.ledger.receipt_summaries() if each.number == number)
        assert (gone.verdict, gone.unit, gone.cycle, gone.items) == (Verdict.WITHDRAWN, "市财政局", CYCLE, 0)
        assert (sent.root / gone.file).is_file()
        undo(office, last(office), **BY)
        assert everything(office) == with_both


def test_a_withdrawn_file_registered_again_is_told_and_a_new_arrival_counts(sent):
    with sent.open() as office:
        number = taken(office, full(sent))
        withdraw(office, number, **BY)
        again = receive(office, [full(sent)])
        assert ([each.code for each in again.withdrawn], len(again)) == (["file_withdrawn"], 0)
        assert f"zwgk undo {last(office)} --reason" in again.withdrawn[0].action
        other = full(sent, "重新报来.xlsx")
        other.write_bytes((sent.root / "收件箱/全.xlsx").read_bytes())
        (receipt,) = receive(office, [other])
        assert receipt.verdict is Verdict.ACCEPTED


def test_a_time_and_a_unit_decided_one_after_the_other_are_undone_backwards(sent):
    with sent.open() as office:
        number = taken(office, full(sent))
        states = [everything(office)]
        correct_time(office, number, datetime(2026, 11, 27, 9), **BY)
        states.append(everything(office))
        timed = last(office)
        withdraw(office, number, **BY)
        withdrawn = last(office)
        with pytest.raises(UserError, match=f"先撤销第 {withdrawn} 号"):
            undo(office, timed, **BY)
        undo(office, withdrawn, **BY)
        assert everything(office) == states[1]
        undo(office, timed, **BY)
        assert everything(office) == states[0]
        with pytest.raises(UserError, match=f"先恢复第 {timed} 号"):
            undo(office, withdrawn + 1, **BY)  # would bring back a withdrawal of what is no longer so


def test_in_a_closed_month_the_figures_stay(sent):
    with sent.open() as office:
        number = taken(office, full(sent))
        close(office, CYCLE, as_of=DAY, who="科长")
        withdraw(office, number, **BY)
        assert status(office) == ("reported", "on_time", "结账后为未报，逾期")
        undo(office, last(office), **BY)
        assert status(office) == ("reported", "on_time", "")


def test_a_single_item_left_out_is_named_and_asks_for_no_decision(sent):
    answers = {("D04", "2026-11"): nil()}
    both = sent.reply("市财政局", "两条.xlsx", answers=answers, items=[item("D02 政府采购", each) for each in (1, 2)])
    one = sent.reply("市财政局", "一条.xlsx", answers=answers, items=[item("D02 政府采购", 2)])
    with sent.open() as office:
        taken(office, both, datetime(2026, 11, 20, 9))
        number = taken(office, one, datetime(2026, 11, 23, 9))
        (told,) = (each for each in office_statuses(office, DAY).problems)
        assert (told.code, told.obligation, "信息1" in told.found) == ("items_vanished", PURCHASES, True)
        (row,) = (row for row in office_statuses(office, DAY).rows if row.status.obligation.key == PURCHASES)
        assert (row.status.outcome, row.status.timeliness, row.status.items) == ("reported", "on_time", 1)
        with pytest.raises(UserError, match="没有撤回已报送的内容"):
            accept_take_back(office, number, **BY)


def test_what_a_unit_takes_back_is_asked_and_decided(sent):
    with sent.open() as office:
        taken(office, full(sent), datetime(2026, 11, 20, 9))
        number = taken(office, emptied(sent), datetime(2026, 11, 23, 9))
        (told,) = (each for each in office.ledger.receipts(unit="市财政局") if each.number == number)
        assert [(p.code, p.obligation, bool(p.place.cell)) for p in told.problems] == [
            ("task_taken_back", PURCHASES, True)
        ]
        undecided = everything(office)
        assert status(office) == ("reported", "on_time", "")
        assert codes(office) == ["items_vanished", "report_taken_back"]
        keep_report(office, number, **BY)
        assert (status(office), codes(office)) == (("reported", "on_time", ""), [])
        accept_take_back(office, number, **BY)
        assert (status(office), codes(office)) == (("missing", "overdue", ""), [])
        assert status(office, JOBS) == ("nil", "on_time", "")  # what it still has keeps its time
        undo(office, last(office), **BY)
        undo(office, last(office) - 2, **BY)
        assert everything(office) == undecided


def test_a_report_after_the_accepted_taking_back_counts_from_its_own_time(sent):
    with sent.open() as office:
        taken(office, full(sent), datetime(2026, 11, 20, 9))
        accept_take_back(office, taken(office, emptied(sent), datetime(2026, 11, 23, 9)), **BY)
        taken(office, full(sent, "又.xlsx", title="又报"), datetime(2026, 12, 2, 9))
        assert status(office) == ("reported", "late", "")


def test_withdrawing_what_takes_back_settles_it_too(sent):
    with sent.open() as office:
        taken(office, full(sent), datetime(2026, 11, 20, 9))
        withdraw(office, taken(office, emptied(sent), datetime(2026, 11, 23, 9)), **BY)
        assert (status(office), codes(office)) == (("reported", "on_time", ""), ["receipt_withdrawn"])


def test_a_flawed_correction_takes_nothing_back(sent):
    with sent.open() as office:
        taken(office, full(sent), datetime(2026, 11, 20, 9))
        taken(office, full(sent, "错.xlsx", formed_on="3月"), datetime(2026, 11, 23, 9))
        assert status(office)[0] == "reported"
        assert "report_taken_back" not in codes(office)
