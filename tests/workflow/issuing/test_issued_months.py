"""What was issued stays: tables edited later, amendments, and months taken back."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from tests.workflow.desk import CYCLE, DUTIES, UNITS, item, nil, with_duty
from zwgk_excel.domain.acts import ActKind
from zwgk_excel.domain.issues import IssueChange
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.returns import Verdict
from zwgk_excel.domain.tracking import Outcome
from zwgk_excel.ledger import Ledger
from zwgk_excel.workbooks.contract.defined_names import SLOW_AFTER
from zwgk_excel.workflow.acts import undo
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.intake.receiving import receive
from zwgk_excel.workflow.issuing import (
    TablesChangedError,
    UnusualMonthError,
    amend,
    cancel,
    differing_months,
    generate,
    issue_differences,
    later_listings,
)
from zwgk_excel.workflow.tracking.statuses import office_statuses

DECEMBER = Month(2026, 12)
LATE = date(2027, 1, 5)


def issue(desk, cycle=CYCLE, **values):
    with desk.open() as office:
        return generate(office, cycle, as_of=desk.now.date(), who="王主任", **values)


def owed(desk, as_of=LATE) -> dict[str, str]:
    """Obligation key → outcome, of the dated tasks of D02 and D04."""
    with desk.open() as office:
        statuses = [row.status for row in office_statuses(office, as_of).rows]
    return {s.obligation.key: s.outcome for s in statuses if s.obligation.duty.id in {"D02", "D04"}}


def amended(desk, reason="责任单位调整"):
    with desk.open() as office:
        return amend(office, CYCLE, on=desk.now.date(), who="王主任", reason=reason)


def test_a_new_owner_owes_nothing_for_the_months_issued_before(sent):
    before = owed(sent)
    sent.set_duties(with_duty("D02", owners="市财政局、市人社局"))
    assert owed(sent) == before
    sent.now = datetime(2026, 12, 2, 9)
    issue(sent, DECEMBER)
    added = owed(sent).keys() - before.keys()
    assert {key for key in added if key.startswith("D02")} == {"D02/市财政局/2026-12", "D02/市人社局/2026-12"}


def test_an_accepted_report_survives_the_change_of_its_duty(sent):
    path = sent.reply("市财政局", "a.xlsx", answers={("D02", "2026-11"): nil()})
    with sent.open() as office:
        receive(office, [path])
    sent.set_duties(with_duty("D02", owners="市人社局"))
    assert owed(sent)["D02/市财政局/2026-11"] == Outcome.NIL
    assert "D02/市人社局/2026-11" not in owed(sent)


@pytest.mark.parametrize(
    "tables",
    [
        [duty for duty in DUTIES if duty["id"] != "D02"],
        with_duty("D02", cadence="每季度"),
        with_duty("D02", category="专报信息"),
        with_duty("D02", valid_from="2026-12"),
        with_duty("D02", owners="市人社局"),
    ],
    ids=["deleted", "cadence", "category", "starts later", "owner"],
)
def test_no_edit_of_the_duty_table_changes_an_issued_month(sent, tables):
    before = owed(sent)
    sent.set_duties(tables)
    assert owed(sent) == before
    with sent.open() as office:
        assert {o.duty.category for o in office.plan(CYCLE)} == {"政务信息公开"}


def test_a_unit_renamed_in_place_keeps_what_it_reported(sent):
    path = sent.reply("市财政局", "a.xlsx", answers={("D02", "2026-11"): nil()})
    sent.set_units([{**unit, "name": "市财金局"} if unit["name"] == "市财政局" else unit for unit in UNITS])
    sent.set_duties([{**d, "owners": d["owners"].replace("市财政局", "市财金局")} for d in DUTIES])
    with sent.open() as office:
        (receipt,) = receive(office, [path]).receipts
    assert (receipt.unit, receipt.verdict) == ("市财政局", Verdict.ACCEPTED_WITH_PROBLEMS)
    assert owed(sent)["D02/市财政局/2026-11"] == Outcome.NIL
    assert not [key for key in owed(sent) if "市财金局" in key]


def test_generating_again_after_an_edit_says_what_differs_and_changes_nothing(sent):
    before = sent.sent("市财政局").read_bytes()
    sent.set_duties(with_duty("D02", owners="市人社局"))
    with pytest.raises(TablesChangedError, match="涉及 2 个单位、2 处") as told:
        issue(sent)
    assert [(each.unit, each.change) for each in told.value.differences] == [
        ("市财政局", IssueChange.REMOVED),
        ("市人社局", IssueChange.ADDED),
    ]
    assert sent.sent("市财政局").read_bytes() == before


def test_a_month_issued_with_a_deadline_of_a_duty_is_as_the_tables_say_until_that_is_moved(sent):
    sent.set_duties(with_duty("D02", due="20日", final="22日"))
    amended(sent)
    issue(sent)
    with sent.open() as office:
        assert issue_differences(office, CYCLE) == ()
    sent.set_duties(with_duty("D02", due="18日", final="22日"))
    with sent.open() as office:
        assert [each.change for each in issue_differences(office, CYCLE)] == [IssueChange.DATES]


def test_workbooks_can_be_made_again_as_they_were_issued_whatever_the_tables_say(sent):
    before = sent.sent("市财政局").read_bytes()
    sent.set_duties(with_duty("D02", owners="市人社局"))
    sent.sent("市财政局").unlink()
    issue(sent, as_issued=True)
    assert sent.sent("市财政局").read_bytes() == before


def test_a_month_that_was_never_issued_is_not_issued_as_issued(sent):
    with pytest.raises(UserError, match=r"2026-12 还没有下发.*不带 --as-issued 运行 zwgk generate 2026-12"):
        issue(sent, Month(2026, 12), as_issued=True)
    with sent.open() as office:
        assert set(office.issued()) == {CYCLE}
    assert not (sent.root / "发件箱" / "2026-12").exists()


def test_an_amendment_reissues_only_the_units_concerned(sent):
    before = {unit["name"]: sent.sent(unit["name"]).read_bytes() for unit in UNITS}
    sent.now = datetime(2026, 11, 12, 9)
    sent.set_duties(with_duty("D02", owners="市人社局"))
    found = amended(sent)
    issue(sent)
    assert {each.unit for each in found} == {"市财政局", "市人社局"}
    changed = {unit for unit, data in before.items() if sent.sent(unit).read_bytes() != data}
    assert changed == {"市财政局", "市人社局"}
    assert owed(sent).keys() >= {"D02/市人社局/2026-11", "D04/市财政局/2026-11"}
    assert "D02/市财政局/2026-11" not in owed(sent)


def test_the_cover_of_an_amended_workbook_says_so(sent):
    sent.set_duties(with_duty("D02", content="新的内容"))
    amended(sent)
    issue(sent)
    titles = {
        unit: [cell.value for row in openpyxl.load_workbook(sent.sent(unit))["填报说明"]["B1:B3"] for cell in row]
        for unit in ("市财政局", "市人社局")
    }
    assert titles["市财政局"][1] == "2026年11月政务公开信息报送表（更正）"
    assert titles["市人社局"][1] == "2026年11月政务公开信息报送表"


def test_the_time_to_publish_is_frozen_with_the_issue_and_goes_into_the_next(sent):
    settings = sent.root / "zwgk.toml"
    settings.write_text("publish_within_workdays = 10\n" + settings.read_text("utf-8"), "utf-8")
    before = sent.sent("市人社局").read_bytes()
    issue(sent)
    assert sent.sent("市人社局").read_bytes() == before
    sent.set_duties(with_duty("D02", content="新的内容"))
    amended(sent)
    issue(sent)
    sent.now = datetime(2026, 12, 2, 9)
    issue(sent, DECEMBER)
    days = [_days_to_publish(sent.sent("市财政局", cycle=cycle)) for cycle in (CYCLE, DECEMBER)]
    assert days == [40, 26]


def _days_to_publish(path: Path) -> object:
    book = openpyxl.load_workbook(path)
    ((sheet, cell),) = book.defined_names[SLOW_AFTER].destinations
    return book[sheet][cell].value


def test_an_amendment_needs_a_reason_and_a_difference(sent):
    with pytest.raises(UserError, match="一致，不需要更正"):
        amended(sent)
    sent.set_duties(with_duty("D02", owners="市人社局"))
    with pytest.raises(UserError, match="--reason"):
        amended(sent, reason=" ")
    assert "D02/市人社局/2026-11" not in owed(sent)


def test_an_amendment_is_undone_by_another_act(sent):
    before = owed(sent)
    sent.set_duties(with_duty("D02", owners="市人社局"))
    amended(sent)
    with sent.open() as office:
        number = next(each.number for each in office.ledger.acts() if each.kind is ActKind.AMEND)
        effect = undo(office, number, who="李强", reason="改错了")
        assert [each.kind for each in office.ledger.acts()] == [ActKind.ISSUE, ActKind.AMEND, ActKind.UNDO]
    assert owed(sent) == before
    issue(sent, as_issued=True)
    ids = [cell.value for cell in openpyxl.load_workbook(sent.sent("市财政局"))["任务清单"]["A"]]
    assert "D02" in ids
    assert {row.status.obligation.key for pair in effect.rows for row in pair if row} == {
        "D02/市财政局/2026-11",
        "D02/市人社局/2026-11",
    }


def test_a_kind_changed_later_is_a_difference(sent):
    sent.set_units([{**unit, "kind": "乡镇（街道）"} if unit["name"] == "市财政局" else unit for unit in UNITS])
    with sent.open() as office:
        found = issue_differences(office, CYCLE)
        kinds = {unit.name: unit.kind for unit in office.units()}
    assert ("市财政局", IssueChange.KIND) in [(each.unit, each.change) for each in found]
    assert kinds["市财政局"] == "department"


def test_a_month_nobody_has_answered_is_taken_back(sent):
    with sent.open() as office:
        done = cancel(office, CYCLE, who="王主任", reason="发早了")
        assert office.issued() == ()
    assert (done.removed, done.kept, done.mailed) == (4, (), 0)
    assert not sent.sent("市财政局").parent.exists()
    assert owed(sent) == {}
    issue(sent)
    assert owed(sent)["D02/市财政局/2026-11"] == Outcome.MISSING


def test_the_workbook_of_before_an_amendment_is_no_fault_and_counts_where_that_is_undone(sent):
    answers = {("D02", "2026-11"): nil(), ("D04", "2026-11"): nil()}
    path = sent.reply("市财政局", "a.xlsx", answers=answers)
    sent.set_duties(with_duty("D02", owners="市人社局"))
    amended(sent)
    with sent.open() as office:
        (receipt,) = receive(office, [path]).receipts
        assert receipt.verdict is Verdict.ACCEPTED
        number = next(each.number for each in office.ledger.acts() if each.kind is ActKind.AMEND)
        undo(office, number, who="李强", reason="改错了")
    assert owed(sent)["D02/市财政局/2026-11"] == Outcome.NIL


def revoke(desk, how):
    if how == "cancel":
        with desk.open() as office:
            cancel(office, CYCLE, who="王主任", reason="发早了")
    else:
        desk.set_duties(with_duty("D02", owners="市人社局"))
        amended(desk)


@pytest.fixture
def december(sent):
    """The workbooks of December, which list the open tasks of November, are out."""
    sent.now = datetime(2026, 12, 2, 9)
    issue(sent, DECEMBER)
    return sent


@pytest.mark.parametrize("how", ["amend", "cancel"])
@pytest.mark.parametrize(
    ("answer", "items"),
    [
        ({}, ()),
        (nil(), ()),
        ({"status": "本期无更新"}, ()),
        ({"status": "已报送"}, ({"url": "无"},)),
    ],
    ids=["empty", "nil", "no statement", "faulty item"],
)
def test_a_row_of_what_an_earlier_month_asked_for_is_no_fault(december, how, answer, items):
    answers = {("D02", "2026-12"): nil(), ("D04", "2026-12"): nil()}
    if answer:
        answers["D02", "2026-11"] = answer
    rows = [item("D02 政府采购（2026-11）", **each) for each in items]
    path = december.reply("市财政局", "a.xlsx", answers=answers, items=rows, cycle=DECEMBER)
    revoke(december, how)
    with december.open() as office:
        (receipt,) = receive(office, [path]).receipts
        found = {(each.code, str(each.severity)) for each in receipt.problems if each.obligation.startswith("D02")}
        content = office.ledger.receipts(unit="市财政局")[-1].content
    assert "task_unlisted" not in {each.code for each in receipt.problems}
    assert receipt.verdict is not Verdict.RETURNED
    assert found == ({("task_revoked", "note")} if answer else set())
    assert [each.obligation for each in content.items] == ["D02/市财政局/2026-11"] * len(rows)
    now = owed(december)
    assert (now["D02/市财政局/2026-12"], "D02/市财政局/2026-11" in now) == (Outcome.NIL, False)


@pytest.mark.parametrize("how", ["amend", "cancel"])
def test_the_later_months_whose_workbooks_list_what_was_changed_are_named(december, how):
    with december.open() as office:
        before = later_listings(office, CYCLE, LATE)
        assert differing_months(before, later_listings(office, CYCLE, LATE)) == ()
    if how == "cancel":
        with december.open() as office:
            done = cancel(office, CYCLE, who="王主任", reason="发早了")
        assert done.later == (DECEMBER,)
    else:
        revoke(december, how)
    with december.open() as office:
        assert differing_months(before, later_listings(office, CYCLE, LATE)) == (DECEMBER,)
        made = generate(office, DECEMBER, units=["市财政局"], as_of=LATE, as_issued=True)
    assert [each.change for each in made.workbooks] == ["changed"]


def test_nor_is_an_item_of_a_task_that_was_taken_from_the_same_month(sent):
    path = sent.reply("市财政局", "a.xlsx", answers={("D04", "2026-11"): nil()}, items=[item("D02 政府采购")])
    revoke(sent, "amend")
    with sent.open() as office:
        (receipt,) = receive(office, [path]).receipts
    assert [each.code for each in receipt.problems] == ["task_revoked"]
    assert receipt.verdict is Verdict.ACCEPTED


def test_what_cannot_be_removed_is_named_and_the_rest_is(sent, monkeypatch):
    real = Path.unlink

    def unlink(path, *args, **named):
        if path.name == sent.sent("市财政局").name:
            raise PermissionError("in use")
        real(path, *args, **named)

    monkeypatch.setattr(Path, "unlink", unlink)
    with sent.open() as office:
        done = cancel(office, CYCLE, who="王主任", reason="发早了")
        with pytest.raises(UserError, match=r"已撤回.*还有 1 份报送表"):
            cancel(office, CYCLE, who="王主任", reason="发早了")
    assert (done.removed, [path.name for path in done.kept]) == (3, [sent.sent("市财政局").name])


def test_a_workbook_that_somebody_changed_is_not_removed(sent):
    sent.sent("市财政局").write_bytes(b"notes")
    with sent.open() as office:
        done = cancel(office, CYCLE, who="王主任", reason="发早了")
    assert [path.name for path in done.kept] == [sent.sent("市财政局").name]


def test_a_month_can_be_taken_back_again_where_it_was_cut_short(sent, monkeypatch):
    with sent.open() as office:
        with monkeypatch.context() as patch:
            patch.setattr(Ledger, "cancel_issue", _cut_short)
            with pytest.raises(KeyboardInterrupt):
                cancel(office, CYCLE, who="王主任", reason="发早了")
        assert office.issued() == (CYCLE,)
        cancel(office, CYCLE, who="王主任", reason="发早了")
        assert office.issued() == ()
        assert [each.kind for each in office.ledger.acts()] == [ActKind.ISSUE, ActKind.CANCEL_ISSUE]
    assert not sent.sent("市财政局").exists()


def _cut_short(*_arguments, **_options):
    raise KeyboardInterrupt


def test_workbooks_that_are_not_on_record_are_named(sent):
    """As a run that was killed leaves them: the last few are written and not yet noted."""
    sent.execute("DELETE FROM workbooks WHERE unit = '市财政局'")
    with sent.open() as office:
        done = cancel(office, CYCLE, who="王主任", reason="发早了")
    assert (done.removed, [path.name for path in done.kept]) == (3, [sent.sent("市财政局").name])


def test_a_month_that_was_answered_is_not_taken_back(sent):
    path = sent.reply("市财政局", "a.xlsx", items=[item("D02 政府采购")])
    with sent.open() as office:
        receive(office, [path])
        with pytest.raises(UserError, match="已收到 1 份报送件"):
            cancel(office, CYCLE, who="王主任", reason="发早了")
    assert owed(sent)


@pytest.mark.parametrize("month", ["2062-11", "2027-02", "2026-10"])
def test_an_unusual_month_is_asked_about(sent, month):
    with pytest.raises(UnusualMonthError, match="--yes"):
        issue(sent, Month.parse(month))
    with sent.open() as office:
        assert office.issued() == (CYCLE,)
    issue(sent, Month.parse(month), sure=True)
    with sent.open() as office:
        assert Month.parse(month) in office.issued()
