"""Reminders to those who owe, of the right severity, once a day, and never to one who has delivered."""

import shutil
from datetime import date, datetime, timedelta

import openpyxl
import pytest

from tests.mail.smtp_server import Fault
from tests.workflow.desk import CYCLE, Desk, item, new_desk, nil
from tests.workflow.mail_setup import MAILS, address_book, deliver, set_server, set_up
from zwgk_excel.domain.correspondence import LetterKind, LetterState
from zwgk_excel.domain.deadlines import ReminderLevel
from zwgk_excel.layout.columns import layout
from zwgk_excel.workflow.consolidation.consolidating import consolidate
from zwgk_excel.workflow.decisions.extend_and_waive import extend, waive
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.intake.receiving import receive
from zwgk_excel.workflow.mailing.delivery import DeliveryMethod
from zwgk_excel.workflow.mailing.reminding import ReminderAction, not_taken_in, planned_reminders, remind
from zwgk_excel.workflow.mailing.returning import send_back

OWING = ("市政府办", "市财政局", "市人社局")


@pytest.fixture(scope="module")
def prepared(smtp_running, tmp_path_factory):
    made = new_desk(tmp_path_factory.mktemp("remind"))
    set_up(made, smtp_running)
    return made


@pytest.fixture
def desk(prepared, tmp_path) -> Desk:
    """A workspace whose workbooks are out; the day after the due date."""
    return Desk(shutil.copytree(prepared.root, tmp_path / "工作区"), datetime(2026, 11, 26, 9))


def remind_all(desk, **options):
    with desk.open() as office:
        return remind(office, DeliveryMethod.SMTP, **options)


def preview(desk, day=None):
    with desk.open() as office:
        return {
            each.unit: (each.reminder.level, each.action) for each in planned_reminders(office, day or desk.now.date())
        }


def test_the_dry_run_changes_nothing(desk, smtp_server):
    assert preview(desk) == dict.fromkeys(OWING, (ReminderLevel.URGE, ReminderAction.SEND))
    assert preview(desk, date(2026, 11, 20)) == {}
    assert preview(desk, date(2026, 11, 24)) == dict.fromkeys(OWING, (ReminderLevel.DUE_SOON, ReminderAction.SEND))
    assert preview(desk, date(2026, 12, 8)) == dict.fromkeys(OWING, (ReminderLevel.SUPERVISE, ReminderAction.SEND))
    with desk.open() as office:
        assert (smtp_server.mails, office.ledger.letters()) == ([], ())


def test_each_gets_its_own_list_once_a_day(desk, smtp_server):
    done = remind_all(desk)
    assert {each.state for each in done.delivery_run.letters} == {LetterState.SENT}
    assert smtp_server.counts() == {MAILS[unit]: 1 for unit in OWING}
    mails = {each.recipients[0]: each.mail for each in smtp_server.mails}
    found = mails[MAILS["市财政局"]]
    text = found.get_body(("plain",)).get_content()
    assert "【催报】" in found["Subject"]
    assert found["Auto-Submitted"] == "auto-generated"
    assert "下列 2 项" in text
    dates = "报送时限 2026年11月25日（星期三），最迟时限 2026年11月30日（星期一）"
    assert f"D02，政府采购，2026-11，{dates}，未报" in text
    assert "政策文件" not in text
    assert remind_all(desk).delivery_run.letters == ()
    assert {action for _, action in preview(desk).values()} == {ReminderAction.TODAY}
    desk.now += timedelta(days=1)
    assert {action for _, action in preview(desk).values()} == {ReminderAction.RECENT}
    desk.now += timedelta(days=1)
    remind_all(desk)
    assert smtp_server.counts() == {MAILS[unit]: 2 for unit in OWING}


def test_of_what_was_sent_back_today_only_the_rest_is_reminded_of(desk, smtp_server):
    path = desk.reply("市财政局", "错.xlsx", items=[item("D02 政府采购", published_on="上月底")])
    with desk.open() as office:
        receive(office, [path], received_at=desk.now)
        send_back(office, CYCLE, DeliveryMethod.SMTP)
    (row,) = remind_all(desk, units=["市财政局"]).remindings
    assert (row.action, row.detail) == (ReminderAction.SEND, "另有 1 项当天已退回修改，不再催")
    back, silent = (each.mail.get_body(("plain",)).get_content() for each in smtp_server.mails)
    assert ["D02，政府采购" in each for each in (back, silent)] == [True, False]
    assert "D04" in silent
    assert list(smtp_server.mails[1].mail.iter_attachments()) == []


def test_another_day_is_seen_from_that_day(desk, smtp_server):
    remind_all(desk)
    day = {unit: each.action for unit, each in seen(desk, date(2026, 11, 26)).items()}
    assert set(day.values()) == {ReminderAction.TODAY}
    assert {each.detail for each in seen(desk, date(2026, 11, 26)).values()} == {"上次 11-26"}
    desk.now = datetime(2026, 12, 8, 9)
    before = seen(desk, date(2026, 11, 25))
    assert {each.detail for each in before.values()} <= {""}
    assert {each.action for each in seen(desk, date(2026, 11, 26)).values()} == {ReminderAction.TODAY}
    assert {each.action for each in seen(desk, date(2026, 11, 27)).values()} == {ReminderAction.RECENT}
    assert {each.action for each in seen(desk, date(2026, 12, 9)).values()} == {ReminderAction.SEND}


def seen(desk, day):
    with desk.open() as office:
        return {each.unit: each for each in planned_reminders(office, day)}


def test_a_higher_step_does_not_wait_for_a_lower_ones_pause(desk, smtp_server):
    desk.now = datetime(2026, 11, 25, 9)
    remind_all(desk)
    desk.now = datetime(2026, 11, 26, 9)
    assert {action for _, action in preview(desk).values()} == {ReminderAction.SEND}


def test_who_has_delivered_is_left_in_peace_also_when_nobody_has_looked_yet(desk, smtp_server):
    deliver(desk, "市财政局")
    path = desk.reply("市政府办", "刚到.xlsx", answers={("D01", str(CYCLE)): nil()})
    shutil.copy(path, desk.root / "收件箱" / "刚到.xlsx")
    with desk.open() as office:
        assert not_taken_in(office) == 1
    assert [each.unit for each in remind_all(desk).delivery_run.letters] == ["市人社局"]


def test_a_return_that_must_be_mended_is_still_owed(desk, smtp_server):
    deliver(desk, "市人社局", bad=True)
    assert "市人社局" in preview(desk)
    remind_all(desk, units=["市人社局"])
    assert "退回" in smtp_server.mails[0].mail.get_body(("plain",)).get_content()


def test_extensions_and_waivers_are_respected(desk, smtp_server):
    with desk.open() as office:
        extend(office, CYCLE, "市财政局", (), date(2026, 12, 20), who="科员", reason="")
        waive(office, CYCLE, "市政府办", ("D01",), cancel=False, who="科员", reason="")
    assert set(preview(desk)) == {"市人社局"}


def test_no_address_and_a_refusal_are_told_and_tried_again_when_mended(desk, smtp_server):
    address_book(desk, {**MAILS, "市财政局": ""})
    smtp_server.faults = [Fault("RCPT", "550 gone")]
    states = {each.unit: each.state for each in remind_all(desk).delivery_run.letters}
    assert states == {"市政府办": LetterState.REFUSED, "市人社局": LetterState.SENT}
    assert preview(desk)["市财政局"][1] is ReminderAction.NO_ADDRESS
    address_book(desk, MAILS)
    remind_all(desk)
    assert smtp_server.counts() == {MAILS[unit]: 1 for unit in OWING}


def test_a_doubt_counts_as_a_mail(desk, smtp_server):
    smtp_server.faults = [Fault("DOT")]
    remind_all(desk)
    assert preview(desk)["市政府办"][1] is ReminderAction.TODAY


def test_nothing_was_sent_out_yet(tmp_path, smtp_server):
    desk = new_desk(tmp_path)
    set_server(desk, smtp_server)
    with desk.open() as office, pytest.raises(UserError, match="zwgk generate"):
        planned_reminders(office, desk.now.date())


def test_the_tracker_has_the_history(desk, smtp_server):
    remind_all(desk)
    with desk.open() as office:
        consolidate(office, as_of=None, who="科员")
        letters = office.ledger.letters()
    sheet = layout("tracker")["letters"]
    page = openpyxl.load_workbook(desk.root / layout("tracker").file_name)[sheet.name]
    shown = [[cell.value for cell in row] for row in page.iter_rows(min_row=4)]
    assert [row[sheet.index("letter")] for row in shown] == [each.key for each in reversed(letters)]
    assert {row[sheet.index("level")] for row in shown} == {"催报"}
    assert {each.kind for each in letters} == {LetterKind.REMINDER}


def test_only_the_officers_of_what_is_owed_are_reminded(desk, smtp_server):
    officers = [
        {"name": "市财政局", "duty": id_, "officers": f"{id_}报送员", "mails": f"{id_}@example.gov.cn".lower()}
        for id_ in ("D02", "D04", "D24")
    ]
    address_book(desk, MAILS, officers)
    path = desk.reply("市财政局", "答.xlsx", answers={("D04", str(CYCLE)): nil()})
    with desk.open() as office:
        receive(office, [path], received_at=desk.now)
    remind_all(desk, units=["市财政局"])
    found = smtp_server.mails[0].mail
    assert (found["To"], found["Cc"]) == (MAILS["市财政局"], "d02@example.gov.cn")
    assert "未报，宽限期内，D02报送员" in found.get_body(("plain",)).get_content()
