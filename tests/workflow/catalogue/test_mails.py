"""The mails that units get name what of the catalogue they never filled: in the second month, and no earlier."""

from datetime import datetime, timedelta

import pytest

from tests.mail.smtp_server import SmtpServer
from tests.workflow.catalogue.test_coverage import CARE, JOBS, SUBSIDY, chosen, out, returned
from tests.workflow.desk import CYCLE, Desk
from tests.workflow.mail_setup import MAILS, send_all, set_up
from zwgk_excel.domain.deadlines import ReminderLevel
from zwgk_excel.domain.periods import Month
from zwgk_excel.workflow.mailing.delivery import DeliveryMethod
from zwgk_excel.workflow.mailing.reminding import remind
from zwgk_excel.workflow.mailing.sending import send

SAID = "至今没有报送过信息"
STAFF, STREET, OFFICE = MAILS["市人社局"], MAILS["金湖街道"], MAILS["市政府办"]


@pytest.fixture
def mailed(tied: Desk, smtp_server: SmtpServer) -> Desk:
    """November went out with the catalogue, 市人社局 reported one of its two entries, and December is ready."""
    set_up(tied, smtp_server)
    send_all(tied)
    returned(tied, chosen(JOBS))
    tied.now = datetime(2026, 12, 1, 9)
    return out(tied, CYCLE + 1)


def newest(server: SmtpServer) -> dict[str, str]:
    """Address → the text of the newest mail to it."""
    bodies = ((each.recipients[0], each.mail.get_body(("plain",))) for each in server.mails)
    return {address: body.get_content() for address, body in bodies if body}


def sent(desk: Desk, server: SmtpServer, cycle: Month) -> dict[str, str]:
    with desk.open() as office:
        send(office, cycle, DeliveryMethod.SMTP)
    return newest(server)


def test_the_mail_with_the_workbook_names_them(mailed, smtp_server):
    before = newest(smtp_server)
    assert not [text for text in before.values() if SAID in text], "the first month asks for nothing yet"
    mails = sent(mailed, smtp_server, CYCLE + 1)
    assert f"并在“目录事项”中选择：{SUBSIDY}。" in mails[STAFF]
    assert f"并在“目录事项”中选择：{CARE}。" in mails[STREET]
    assert SAID not in mails[OFFICE]


DAYS = {
    ReminderLevel.DUE_SOON: datetime(2026, 12, 24, 9),
    ReminderLevel.URGE: datetime(2026, 12, 28, 9),
    ReminderLevel.SUPERVISE: datetime(2027, 1, 11, 9),
}


@pytest.mark.parametrize(("level", "day"), DAYS.items())
def test_a_reminder_names_them_too(mailed, smtp_server, level, day):
    sent(mailed, smtp_server, CYCLE + 1)
    mailed.now = day
    with mailed.open() as office:
        done = remind(office, DeliveryMethod.SMTP, units=["市人社局", "市政府办"])
    assert {each.unit: each.reminder.level for each in done.remindings}["市人社局"] is level
    mails = newest(smtp_server)
    assert "请一并报送：" + SUBSIDY + "。" in mails[STAFF]
    assert SAID not in mails[OFFICE]


def test_what_is_reported_in_between_is_named_no_more(mailed, smtp_server):
    returned(mailed, chosen(JOBS), chosen(SUBSIDY, 2), at=mailed.now + timedelta(hours=1), name="补.xlsx")
    assert SAID not in sent(mailed, smtp_server, CYCLE + 1)[STAFF]
