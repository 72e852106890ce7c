"""退回修改: who has to correct something gets it once, with what, until when, and what it costs after."""

from __future__ import annotations

import shutil
from datetime import date, datetime, timedelta
from email.message import EmailMessage

import openpyxl
import pytest

from tests.mail.smtp_server import Fault, SmtpServer
from tests.workflow.desk import CYCLE, Desk, item, new_desk
from tests.workflow.mail_setup import MAILS, OFFICE, address_book, deliver, set_up
from zwgk_excel.domain.correspondence import LetterKind, LetterState
from zwgk_excel.workflow.decisions.extend_and_waive import extend
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.intake.receiving import receive
from zwgk_excel.workflow.mailing.delivery import DeliveryMethod
from zwgk_excel.workflow.mailing.reminding import ReminderAction, planned_reminders, remind
from zwgk_excel.workflow.mailing.returning import ReturnAction, ReturnRun, UnitReturn, planned_returns, send_back

MARKUP = "市财政局_2026-11_修改意见.xlsx"


@pytest.fixture(scope="module")
def prepared(smtp_running, tmp_path_factory) -> Desk:
    made = new_desk(tmp_path_factory.mktemp("return"))
    set_up(made, smtp_running)
    settings = made.root / "zwgk.toml"
    text = settings.read_text(encoding="utf-8")
    named = 'mailbox = "zwgk@example.gov.cn"\ncontact = "李科员"\ntelephone = "0714-0000000"'
    settings.write_text(text.replace(f'mailbox = "{OFFICE}"', named), encoding="utf-8")
    made.now = datetime(2026, 11, 26, 9)
    deliver(made, "市财政局", bad=True)
    path = made.reply("市人社局", "人社.xlsx", items=[item("D04 稳岗就业")] * 2)
    with made.open() as office:
        receive(office, [path], received_at=made.now)
    return made


@pytest.fixture
def desk(prepared, tmp_path) -> Desk:
    """One day later: 市财政局 has sent something faulty, 市人社局 something with warnings, the others nothing."""
    root = shutil.copytree(prepared.root, tmp_path / "工作区")
    (tmp_path / "attachments").mkdir()
    return Desk(root, datetime(2026, 11, 27, 9))


def rows(desk: Desk, **options) -> dict[str, UnitReturn]:
    with desk.open() as office:
        return {each.unit: each for each in planned_returns(office, CYCLE, **options)}


def actions(desk: Desk, **options) -> dict[str, ReturnAction]:
    return {unit: each.action for unit, each in rows(desk, **options).items()}


def run(desk: Desk, **options) -> ReturnRun:
    with desk.open() as office:
        return send_back(office, CYCLE, DeliveryMethod.SMTP, **options)


def text(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_a_faulty_return_goes_back_once_and_is_on_record(desk: Desk, smtp_server: SmtpServer):
    assert actions(desk) == {"市财政局": ReturnAction.SEND, "市人社局": ReturnAction.LOOK}
    with desk.open() as office:
        assert (smtp_server.mails, office.ledger.letters()) == ([], ()), "the dry run changes nothing"
    assert [each.state for each in run(desk).delivery_run.letters] == [LetterState.SENT]
    assert smtp_server.counts() == {MAILS["市财政局"]: 1}
    with desk.open() as office:
        (letter,) = office.ledger.letters()
    assert (letter.kind, letter.unit, letter.cycle) == (LetterKind.RETURN, "市财政局", CYCLE)
    desk.now += timedelta(days=3)
    assert actions(desk)["市财政局"] is ReturnAction.SENT
    assert run(desk).delivery_run.letters == ()
    assert smtp_server.counts() == {MAILS["市财政局"]: 1}
    run(desk, resend=["市财政局"])
    assert smtp_server.counts() == {MAILS["市财政局"]: 2}


def test_the_mail_says_what_until_when_at_what_price_and_whom_to_ask(desk: Desk, smtp_server: SmtpServer):
    run(desk)
    mail = smtp_server.mails[0].mail
    assert "【退回修改】" in mail["Subject"]
    said = text(mail)
    for words in (
        "有 1 处必须改正",
        "1. 信息明细 M4：缺终审人（必填），请补填。",
        "改正时限：2026年12月3日（星期四）",
        "不算迟报",
        "每项任务扣 3 分（评分标准为样例，待确认）",
        "D02，政府采购",
        "联系人：李科员，联系电话 0714-0000000",
    ):
        assert words in said, said
    (attached,) = mail.iter_attachments()
    assert attached.get_filename() == MARKUP
    path = desk.root / "退回修改" / str(CYCLE) / MARKUP
    assert attached.get_content() == path.read_bytes()
    hint = openpyxl.load_workbook(path).worksheets[0]["A2"].value
    assert "改正时限：2026年12月3日（星期四）" in hint
    assert "请联系李科员，联系电话 0714-0000000" in hint


def test_the_mail_says_what_is_attached_the_marked_return_or_the_list_alone(desk: Desk, smtp_server: SmtpServer):
    run(desk)
    with desk.open() as office:
        (receipt,) = (each for each in office.ledger.receipt_summaries() if each.unit == "市财政局")
    (desk.root / receipt.file).unlink()
    run(desk, resend=["市财政局"])
    marked, listed = (text(each.mail) for each in smtp_server.mails)
    assert f"附件“{MARKUP}”是贵单位的来件，上述各处均已标注" in marked
    assert "格上的批注写明应填什么" in marked
    assert "来件无法逐格批注" in listed
    assert "标注" not in listed
    assert marked.count("怎样改正") == listed.count("怎样改正") == 1


def test_what_was_decided_since_moves_the_date_in_mail_and_mark_up(desk: Desk, smtp_server: SmtpServer):
    with desk.open() as office:
        extend(office, CYCLE, "市财政局", ("D02",), date(2026, 12, 20), who="科员", reason="系统故障")
    assert rows(desk)["市财政局"].time.until == date(2026, 12, 20)
    run(desk)
    assert "改正时限：2026年12月20日（星期日）" in text(smtp_server.mails[0].mail)
    hint = openpyxl.load_workbook(desk.root / "退回修改" / str(CYCLE) / MARKUP).worksheets[0]["A2"].value
    assert "改正时限：2026年12月20日" in hint


def test_the_day_is_over(desk: Desk, smtp_server: SmtpServer):
    desk.now = datetime(2026, 12, 4, 9)
    run(desk)
    said = text(smtp_server.mails[0].mail)
    assert "改正时限已过：2026年12月3日（星期四）。请立即改正后重新报送。逾期未改正的" in said
    assert "改正时限 2026年12月3日（星期四）（已过）" in said, "beside the task, too"
    assert "改正时限：" not in said
    assert "不算迟报" not in said


def test_warnings_alone_go_back_where_that_is_asked_for(desk: Desk, smtp_server: SmtpServer):
    assert actions(desk, warnings=True)["市人社局"] is ReturnAction.SEND
    run(desk, units=["市人社局"], warnings=True)
    (sent,) = smtp_server.mails
    assert sent.recipients == (MAILS["市人社局"],)
    assert "【请核对】" in sent.mail["Subject"]
    assert "没有必须改正的问题" in text(sent.mail)
    assert "改正时限" not in text(sent.mail)


def test_another_faulty_return_goes_back_too_and_a_correction_does_not(desk: Desk, smtp_server: SmtpServer):
    run(desk)
    for day, reviewer in ((28, None), (29, "丙")):
        desk.now = datetime(2026, 11, day, 9)
        path = desk.reply("市财政局", f"{day}.xlsx", items=[item("D02 政府采购", final_review=reviewer)])
        shutil.copy(path, desk.root / "收件箱" / path.name)
        run(desk)
        assert smtp_server.counts() == {MAILS["市财政局"]: 2}, day
    assert "改正时限：2026年12月3日" in text(smtp_server.mails[-1].mail), "it runs from the first one"


def test_who_has_no_address_or_is_in_doubt_is_told(desk: Desk, smtp_server: SmtpServer):
    address_book(desk, {})
    assert actions(desk)["市财政局"] is ReturnAction.NO_ADDRESS
    address_book(desk, MAILS)
    smtp_server.faults = [Fault("DOT")]
    run(desk)
    assert actions(desk)["市财政局"] is ReturnAction.UNCERTAIN
    run(desk)
    assert len(smtp_server.mails) <= 1


def test_a_month_that_was_not_issued_and_an_unknown_unit(desk: Desk):
    with desk.open() as office:
        with pytest.raises(UserError, match="zwgk generate"):
            planned_returns(office, CYCLE + 1)
        with pytest.raises(UserError, match="没有“某局”"):
            planned_returns(office, CYCLE, units=["某局"])


def test_a_reminder_tells_what_came_from_what_did_not(desk: Desk, smtp_server: SmtpServer):
    with desk.open() as office:
        remind(office, DeliveryMethod.SMTP)
    mails = {each.recipients[0]: each.mail for each in smtp_server.mails}
    back, silent = mails[MAILS["市财政局"]], mails[MAILS["市政府办"]]
    assert "下列 1 项已经报送，因有错误被退回" in text(back)
    dates = "报送时限 2026年11月25日（星期三），最迟时限 2026年11月30日（星期一），改正时限 2026年12月3日（星期四）"
    assert dates in text(back)
    assert "每项任务扣 3 分" in text(back)
    assert [each.get_filename() for each in back.iter_attachments()] == [MARKUP]
    assert "被退回" not in text(silent)
    assert list(silent.iter_attachments()) == []


def test_what_was_sent_back_today_is_not_reminded_of(desk: Desk, smtp_server: SmtpServer):
    run(desk)
    with desk.open() as office:
        done = remind(office, DeliveryMethod.SMTP)
    found = {each.unit: each for each in done.remindings}
    assert found["市财政局"].action is ReminderAction.RETURNED
    assert found["市政府办"].action is ReminderAction.SEND
    assert smtp_server.counts()[MAILS["市财政局"]] == 1, "the returned workbook alone"
    desk.now += timedelta(days=1)
    with desk.open() as office:
        assert {each.unit: each.action for each in planned_reminders(office, desk.now.date())}["市财政局"] is (
            ReminderAction.SEND
        )


def test_an_office_with_texts_of_its_own_still_names_every_task(desk: Desk, smtp_server: SmtpServer):
    folder = desk.root / "邮件文字"
    folder.mkdir()
    (folder / "mail_urge.txt").write_text("欠报\n\n${unit}：\n${late}\n", encoding="utf-8")
    with desk.open() as office:
        remind(office, DeliveryMethod.SMTP, units=["市财政局"])
    assert "D02，政府采购" in text(smtp_server.mails[0].mail)


