"""What a unit says of its tasks is understood as the workbook itself understands it, and silence is no fault where
nothing was due."""

import shutil
from datetime import date, datetime

import openpyxl
import pytest

from tests.workflow.desk import CYCLE, DUTIES, UNITS, item, nil
from zwgk_excel.domain.periods import Month, Period
from zwgk_excel.domain.returns import Verdict
from zwgk_excel.domain.tracking import Outcome
from zwgk_excel.layout.columns import layout
from zwgk_excel.layout.words import word
from zwgk_excel.workflow.bulletins.bulletin import bulletin_of
from zwgk_excel.workflow.consolidation.consolidating import consolidate
from zwgk_excel.workflow.intake.receiving import receive
from zwgk_excel.workflow.issuing import generate
from zwgk_excel.workflow.tracking.statuses import cycle_status, office_statuses

AT = datetime(2026, 11, 20, 10, 30)
TASKS = layout("report")["tasks"]


@pytest.fixture(autouse=True)
def _end_of_november(sent):
    sent.now = datetime(2026, 12, 3, 9)


def take(desk, path, at=AT):
    with desk.open() as office:
        (receipt,) = receive(office, [path], received_at=at)
    return receipt


def codes(receipt) -> list[str]:
    return [each.code for each in receipt.problems]


def unanswered(receipt) -> set[str]:
    return {each.obligation for each in receipt.problems if each.code == "task_unanswered"}


def blank(desk, unit, cycle=CYCLE):
    return shutil.copy(desk.sent(unit, cycle), desk.root.parent / f"{unit}空白.xlsx")


def check_of(desk, unit, duty, cycle=CYCLE) -> str:
    """自查 of a task in the workbook as it went out."""
    page = openpyxl.load_workbook(desk.sent(unit, cycle), data_only=True)[TASKS.name]
    rows = {row[TASKS.index("id")]: row[TASKS.index("check")] for row in page.iter_rows(values_only=True)}
    return str(rows[duty])


def test_a_blank_return_of_a_unit_with_nothing_due_is_a_report_of_nothing(sent):
    cover = openpyxl.load_workbook(sent.sent("金湖街道"), data_only=True)[layout("report")["cover"].name]
    assert "填报完整" in {cell for row in cover.iter_rows(values_only=True) for cell in row}
    receipt = take(sent, blank(sent, "金湖街道"))
    assert (receipt.verdict, codes(receipt)) == (Verdict.ACCEPTED, ["report_of_nothing"])
    with sent.open() as office:
        written = bulletin_of(office, Period.month(CYCLE), as_of=date(2026, 12, 3))
    assert "金湖街道" not in {unit for unit, _ in written.problems}


def test_and_it_replaces_nothing(sent):
    take(sent, sent.reply("金湖街道", "一.xlsx", items=[item("D24 基层信息公开")]))
    take(sent, blank(sent, "金湖街道"), at=datetime(2026, 11, 22, 9))
    with sent.open() as office:
        found = cycle_status(office, CYCLE, date(2026, 12, 3))
    (row,) = (each for each in found.rows if each.status.obligation.key == "D24/金湖街道/2026-11")
    assert (row.status.outcome, row.status.items) == ("reported", 1)


def test_a_blank_for_a_task_that_is_not_due_yet_is_no_fault(sent):
    """A yearly task is listed from January and due at February's end."""
    yearly = {"id": "D20", "column": "证件办理", "owners": "市财政局", "cadence": "每年", "requirement": "每年集中更新"}
    sent.set_duties([*DUTIES, yearly])
    january, february = Month(2027, 1), Month(2027, 2)
    sent.now = datetime(2027, 1, 4, 9)
    with sent.open() as office:
        generate(office, january, as_of=date(2027, 1, 4))
    assert check_of(sent, "市财政局", "D20", january) == "○ 可选"
    said = {("D02", "2027-01"): nil(), ("D04", "2027-01"): nil()}
    path = sent.reply("市财政局", "一月.xlsx", answers=said, cycle=january)
    sent.now = datetime(2027, 2, 2, 9)
    receipt = take(sent, path, at=datetime(2027, 1, 20, 9))
    assert unanswered(receipt) == {"D02/市财政局/2026-11", "D04/市财政局/2026-11"}  # 补报
    with sent.open() as office:
        generate(office, february, as_of=date(2027, 2, 2))
    assert check_of(sent, "市财政局", "D20", february).startswith("×")
    said = {("D02", "2027-02"): nil(), ("D04", "2027-02"): nil()}
    receipt = take(sent, sent.reply("市财政局", "二月.xlsx", answers=said, cycle=february), at=sent.now)
    assert "D20/市财政局/2026" in unanswered(receipt)


def test_a_task_reported_before_a_workbook_is_made_is_not_asked_in_it(sent):
    take(sent, sent.reply("市财政局", "一.xlsx", items=[item("D02 政府采购")]), at=datetime(2026, 12, 2, 9))
    with sent.open() as office:
        generate(office, CYCLE + 1, as_of=date(2026, 12, 3))
    page = openpyxl.load_workbook(sent.sent("市财政局", CYCLE + 1))[TASKS.name]
    asked = {(row[TASKS.index("id")], row[TASKS.index("reference")]) for row in page.iter_rows(values_only=True)}
    assert ("D02", "2026-11") not in asked
    assert ("D04", "2026-11") in asked


ANNUAL = {"id": "D41", "column": "年报", "owners": "市财政局", "cadence": "年度报告", "requirement": "每年 1 月底前"}


def test_a_nil_report_where_none_is_allowed_is_refused_in_the_workbook_and_by_intake(sent):
    sent.set_duties([*DUTIES, ANNUAL])
    january = Month(2027, 1)
    sent.now = datetime(2027, 1, 4, 9)
    with sent.open() as office:
        generate(office, january, as_of=date(2027, 1, 4))
    page = openpyxl.load_workbook(sent.sent("市财政局", january))[TASKS.name]
    row = next(each[0].row for each in page.iter_rows() if each[0].value == "D41")
    lists = (each for each in page.data_validations.dataValidation if each.type == "list")
    (choices,) = (each for each in lists if f"H{row}" in each.sqref)
    assert choices.formula1 == '"已报送,未报送"'
    assert "不能选" in choices.prompt
    said = {("D41", "2026"): nil(), ("D02", "2027-01"): nil(), ("D04", "2027-01"): nil()}
    path = sent.reply("市财政局", "一月.xlsx", answers=said, cycle=january)
    receipt = take(sent, path, at=datetime(2027, 1, 4, 9))
    assert receipt.verdict is Verdict.RETURNED
    assert [(p.code, p.place.cell) for p in receipt.problems if p.is_error] == [("nil_refused", f"H{row}")]
    with sent.open() as office:
        found = cycle_status(office, january, sent.now.date()).rows
    outcomes = {each.status.obligation.key: each.status.outcome for each in found}
    assert (outcomes["D41/市财政局/2026"], outcomes["D02/市财政局/2027-01"]) == ("returned", "nil")


def test_a_refused_nil_report_is_not_taken_back_by_a_blank_row(sent):
    sent.set_duties([*DUTIES, ANNUAL])
    january = Month(2027, 1)
    sent.now = datetime(2027, 1, 4, 9)
    with sent.open() as office:
        generate(office, january, as_of=date(2027, 1, 4))
    said = {("D02", "2027-01"): nil(), ("D04", "2027-01"): nil()}
    first = sent.reply("市财政局", "一.xlsx", answers={**said, ("D41", "2026"): nil()}, cycle=january)
    take(sent, first, at=datetime(2027, 1, 4, 9))
    sent.now = datetime(2027, 1, 5, 9)
    receipt = take(sent, sent.reply("市财政局", "二.xlsx", answers=said, cycle=january), at=sent.now)
    assert "D41/市财政局/2026" in unanswered(receipt)
    assert "task_taken_back" not in codes(receipt)


def test_a_nil_report_of_what_an_older_workbook_reported_is_not_taken_back_by_a_blank_row(sent):
    with sent.open() as office:
        generate(office, CYCLE + 1, as_of=date(2026, 12, 3))
    older = {("D04", "2026-11"): nil()}
    take(sent, sent.reply("市财政局", "旧.xlsx", answers=older, items=[item("D02 政府采购")]), at=sent.now)
    said = {("D02", "2026-12"): nil(), ("D04", "2026-12"): nil()}
    of_both = {**said, ("D02", "2026-11"): nil()}
    sent.now = datetime(2026, 12, 4, 9)
    take(sent, sent.reply("市财政局", "一.xlsx", answers=of_both, cycle=CYCLE + 1), at=sent.now)
    sent.now = datetime(2026, 12, 7, 9)
    receipt = take(sent, sent.reply("市财政局", "二.xlsx", answers=said, cycle=CYCLE + 1), at=sent.now)
    assert set(codes(receipt)) == {"task_answered"}
    with sent.open() as office:
        assert "report_taken_back" not in {each.code for each in office_statuses(office, sent.now.date()).problems}


def test_a_blank_return_with_officers_on_its_cover_is_blank(sent):
    officers = [{"name": "市财政局", "duty": each, "officers": "报送员甲"} for each in ("D02", "D04")]
    sent.set_units(UNITS, officers)
    with sent.open() as office:
        generate(office, CYCLE + 1, as_of=date(2026, 12, 3))
    receipt = take(sent, blank(sent, "市财政局", CYCLE + 1), at=sent.now)
    assert codes(receipt) == ["report_untouched"]


def test_what_was_allowed_when_a_month_was_issued_stays_allowed(sent):
    settings = sent.root / "zwgk.toml"
    changed = '\n[nil_reports]\nnever = ["D02"]\n[policy_columns]\nsatisfied_by = ["policy"]\n'
    settings.write_text(settings.read_text("utf-8") + changed, "utf-8")
    notice = item("D04 稳岗就业", type=word("item_type", "notice"))
    receipt = take(sent, sent.reply("市财政局", "一.xlsx", answers={("D02", "2026-11"): nil()}, items=[notice]))
    assert (receipt.verdict, codes(receipt)) == (Verdict.ACCEPTED, [])
    with sent.open() as office:
        generate(office, CYCLE + 1, as_of=date(2026, 12, 3))
    again = {**notice, "url": "http://a.cn/99", "title": "又一条", "published_on": date(2026, 12, 2)}
    said = {("D02", "2026-12"): nil()}
    receipt = take(sent, sent.reply("市财政局", "二.xlsx", answers=said, items=[again], cycle=CYCLE + 1), at=sent.now)
    assert [each.code for each in receipt.problems if each.is_error] == ["nil_refused", "news_for_policy"]
    with sent.open() as office:
        rows = [row.status for row in office_statuses(office, sent.now.date()).rows]
    found = {row.obligation.key: row.outcome for row in rows}
    assert [found[f"D04/市财政局/{month}"] for month in (CYCLE, CYCLE + 1)] == [Outcome.REPORTED, Outcome.RETURNED]


def test_many_nil_reports_in_a_row_are_told_to_the_office_alone(sent):
    for month, name in ((CYCLE, "一.xlsx"), (CYCLE + 1, "二.xlsx"), (CYCLE + 2, "三.xlsx")):
        sent.now = datetime.combine(month.day(3), AT.time())
        with sent.open() as office:
            generate(office, month, as_of=sent.now.date())
        said = {("D02", str(month)): nil(), ("D04", str(month)): nil()}
        receipt = take(sent, sent.reply("市财政局", name, answers=said, cycle=month), at=sent.now)
        assert receipt.verdict is Verdict.ACCEPTED
    with sent.open() as office:
        done = consolidate(office, as_of=sent.now.date(), who="科员")
        told = {each.obligation for each in done.to_look_at if each.code == "nil_repeated"}
        assert told == {"D02/市财政局/2027-01", "D04/市财政局/2027-01"}
        shown = cycle_status(office, CYCLE + 2, sent.now.date()).problems
        assert {each.obligation for each in shown if each.code == "nil_repeated"} == told
        assert "nil_repeated" not in {each.code for each in cycle_status(office, CYCLE, sent.now.date()).problems}
        written = bulletin_of(office, Period.month(CYCLE + 2), as_of=sent.now.date())
        assert written.problems == ()
    sheet = layout("tracker")["problems"]
    page = openpyxl.load_workbook(sent.root / "总台账.xlsx")[sheet.name]
    rows = [[cell.value for cell in row] for row in page.iter_rows()]
    remarks = [row for row in rows if "nil_repeated" in row]
    assert len(remarks) == 2
    assert {row[sheet.index("unit")] for row in remarks} == {"市财政局"}
