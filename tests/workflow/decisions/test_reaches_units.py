"""What the office decided reaches the unit: in its workbooks, in reminders and in mails."""

from __future__ import annotations

from datetime import date, datetime

import openpyxl
import pytest

from tests.workflow.desk import CYCLE, Desk, item
from tests.workflow.mail_setup import preview, send_all, set_up
from zwgk_excel.layout.columns import layout
from zwgk_excel.workflow.decisions.extend_and_waive import extend, waive
from zwgk_excel.workflow.intake.receiving import receive
from zwgk_excel.workflow.issuing.generation import generate
from zwgk_excel.workflow.mailing.reminding import planned_reminders
from zwgk_excel.workflow.mailing.returning import planned_returns
from zwgk_excel.workflow.mailing.sending import SendAction
from zwgk_excel.workflow.mailing.templates import reminder_text, workbook_text
from zwgk_excel.workflow.tracking.statuses import cycle_status

TASKS, COVER = layout("report")["tasks"], layout("report")["cover"]


def made(desk: Desk, cycle=CYCLE) -> dict[str, str]:
    """Generate; unit → whether its workbook changed."""
    with desk.open() as office:
        done = generate(office, cycle, as_of=desk.now.date())
    return {each.unit: each.change for each in done.workbooks}


def dues(desk: Desk, unit: str, cycle=CYCLE) -> dict[str, str]:
    """Duty and 所属期 → 报送时限 and 自查 in the unit's workbook."""
    sheet = openpyxl.load_workbook(desk.sent(unit, cycle), data_only=True)[TASKS.name]
    rows = list(sheet.iter_rows(values_only=True))
    head = next(number for number, row in enumerate(rows) if TASKS.heading("due") in row)
    at = {column.key: rows[head].index(column.heading) for column in TASKS if column.heading in rows[head]}
    filled = [row for row in rows[head + 1 :] if row[at["id"]]]
    return {f"{row[at['id']]} {row[at['reference']]}": row[at["due"]] for row in filled}


def cover(desk: Desk, unit: str, cycle=CYCLE) -> str:
    sheet = openpyxl.load_workbook(desk.sent(unit, cycle), data_only=True)[COVER.name]
    return "\n".join(str(value) for row in sheet.iter_rows(values_only=True) for value in row if value is not None)


def test_an_extension_is_in_the_workbook_made_anew_and_only_there(sent):
    with sent.open() as office:
        extend(office, CYCLE, "市财政局", (), date(2026, 12, 8), who="甲", reason="")
    changes = made(sent)
    assert {unit for unit, change in changes.items() if change != "unchanged"} == {"市财政局"}
    assert dues(sent, "市财政局")["D02 2026-11"] == "2026-12-08（原 2026-11-25，已延期）"
    assert "2026年12月8日" in cover(sent, "市财政局")
    assert set(made(sent).values()) == {"unchanged"}
    with sent.open() as office:
        extend(office, CYCLE, "市财政局", (), None, who="甲", reason="")
    assert made(sent)["市财政局"] == "changed"
    assert dues(sent, "市财政局")["D02 2026-11"] == "2026-11-25"


def test_a_waived_task_is_marked_and_not_asked_for(sent):
    with sent.open() as office:
        waive(office, CYCLE, "市财政局", ["D02"], cancel=False, who="甲", reason="")
    assert {unit for unit, change in made(sent).items() if change != "unchanged"} == {"市财政局"}
    assert dues(sent, "市财政局")["D02 2026-11"] == "免报"
    assert "本月应报 2 项（其中免报 1 项）" in cover(sent, "市财政局")
    reply = sent.reply("市财政局", "回复.xlsx", items=[item("D04 稳岗就业", type="规范性文件")])
    with sent.on(datetime(2026, 11, 20, 9)) as office:
        (receipt,) = receive(office, [reply], received_at=datetime(2026, 11, 20, 9))
    assert "task_unanswered" not in {each.code for each in receipt.problems}


def complained_of(desk: Desk) -> list[set[str]]:
    """Codes in 问题清单, in 收件登记, and of what goes back to 市财政局."""
    with desk.open() as office:
        found = cycle_status(office, CYCLE, desk.now.date())
        back = planned_returns(office, CYCLE, units=["市财政局"], warnings=True)
        registered = [each for receipt in found.receipts for each in receipt.problems]
        (status,) = (each.status for each in found.rows if each.status.obligation.key == "D02/市财政局/2026-11")
    going = [problem for each in back for problem in each.receipt.problems]
    assert (status.problems > 0) is any(each.obligation == status.obligation.key for each in found.problems)
    return [{each.code for each in some} for some in (found.problems, registered, going)]


def test_what_is_waived_after_the_return_came_is_complained_of_no_more(sent):
    reply = sent.reply("市财政局", "回复.xlsx", items=[item("D04 稳岗就业", type="规范性文件")])
    sent.now = datetime(2026, 11, 26, 9)
    with sent.open() as office:
        receive(office, [reply], received_at=datetime(2026, 11, 20, 9))
    assert all("task_unanswered" in each for each in complained_of(sent))
    with sent.open() as office:
        waive(office, CYCLE, "市财政局", ["D02"], cancel=False, who="甲", reason="已划转")
    assert not any("task_unanswered" in each for each in complained_of(sent))


def test_a_task_that_is_not_waived_is_still_asked_for(sent):
    reply = sent.reply("市财政局", "回复.xlsx", items=[item("D04 稳岗就业", type="规范性文件")])
    with sent.on(datetime(2026, 11, 20, 9)) as office:
        (receipt,) = receive(office, [reply], received_at=datetime(2026, 11, 20, 9))
    assert "task_unanswered" in {each.code for each in receipt.problems}


def test_later_workbooks_show_it_too(sent):
    sent.now = datetime(2026, 12, 2, 9)
    with sent.open() as office:
        extend(office, CYCLE, "市财政局", ["D02"], date(2026, 12, 8), who="甲", reason="")
        waive(office, CYCLE, "市财政局", ["D04"], cancel=False, who="甲", reason="")
    made(sent, CYCLE + 1)
    shown = dues(sent, "市财政局", CYCLE + 1)
    assert shown["D02 2026-11"] == "补报：2026-12-08（原 2026-11-25，已延期）"
    assert "D04 2026-11" not in shown
    assert shown["D02 2026-12"] == "2026-12-25"


@pytest.mark.parametrize("correction", [False, True])
def test_the_mails_with_the_workbook_say_so(sent, correction):
    with sent.open() as office:
        extend(office, CYCLE, "市财政局", ["D02"], date(2026, 12, 8), who="甲", reason="")
        waive(office, CYCLE, "市财政局", ["D04"], cancel=False, who="甲", reason="")
        mine = [each for each in office.listing(CYCLE, sent.now.date()) if each.unit == "市财政局"]
        text = str(workbook_text(office, "市财政局", CYCLE, mine, correction=correction))
    assert "2026年12月8日（星期二）（原 2026年11月25日（星期三），已延期）" in text
    assert "稳岗就业" not in text


def test_sending_knows_that_the_workbook_is_another(desk, smtp_server):
    set_up(desk, smtp_server)
    send_all(desk)
    with desk.open() as office:
        extend(office, CYCLE, "市财政局", ["D02"], date(2026, 12, 8), who="甲", reason="")
    made(desk)
    assert {unit for unit, action in preview(desk).items() if action is SendAction.CHANGED} == {"市财政局"}
    assert preview(desk, correction=True)["市财政局"] is SendAction.CORRECT


def test_reminders_keep_to_it(desk, smtp_server):
    set_up(desk, smtp_server)
    desk.now = datetime(2026, 12, 3, 9)
    with desk.open() as office:
        extend(office, CYCLE, "市财政局", (), date(2026, 12, 5), who="甲", reason="")
        waive(office, CYCLE, "市人社局", (), cancel=False, who="甲", reason="")
        rows = planned_reminders(office, desk.now.date())
        mine = next(each.reminder for each in rows if each.unit == "市财政局")
        text = str(reminder_text(office, mine, CYCLE, {}))
    assert {each.unit: each.reminder.level for each in rows} == {"市政府办": "urge", "市财政局": "due_soon"}
    assert "2026年12月5日（星期六）（原 2026年11月25日（星期三），已延期）" in text
