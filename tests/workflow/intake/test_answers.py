"""What a unit says of its tasks is understood as the workbook itself understands it, and silence is no fault where
nothing was due."""

import shutil
from datetime import date, datetime

import openpyxl
import pytest

from tests.workflow.desk import CYCLE, DUTIES, item, nil
from zwgk_excel.domain.periods import Month, Period
from zwgk_excel.domain.returns import Verdict
from zwgk_excel.layout.columns import layout
from zwgk_excel.workflow.bulletins.bulletin import bulletin_of
from zwgk_excel.workflow.intake.receiving import receive
from zwgk_excel.workflow.issuing import generate
from zwgk_excel.workflow.tracking.statuses import cycle_status

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
