"""Units are reminded of faults on the website that they have not put right, and of nothing that is not theirs to do."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from tests.workflow.desk import CYCLE, Desk, copied_desk, issue, item
from tests.workflow.fault_tables import answered
from tests.workflow.mail_setup import MAILS, address_book, set_server
from zwgk_excel.domain.deadlines import ReminderLevel
from zwgk_excel.domain.link_checks import Visit, VisitFinding
from zwgk_excel.workflow.intake.receiving import receive
from zwgk_excel.workflow.mailing.delivery import DeliveryMethod
from zwgk_excel.workflow.mailing.reminding import planned_reminders, remind
from zwgk_excel.workflow.site_faults import ask

ASKED = datetime(2026, 12, 1, 9)


@pytest.fixture
def desk(tmp_path) -> Desk:
    """A unit reported all that it owes, and was asked to put one link right by 8 December."""
    made = issue(copied_desk(tmp_path))
    address_book(made, MAILS)
    set_server(made, None)
    reply = made.reply("市财政局", "a.xlsx", items=[item("D02 政府采购"), item("D04 稳岗就业", type="其他政策文件")])
    with made.on(datetime(2026, 11, 20, 9)) as office:
        receive(office, [reply], received_at=datetime(2026, 11, 20, 9))
        office.ledger.add_visits([Visit("http://a.cn/D02/1", datetime(2026, 11, 30, 9), VisitFinding.NOT_FOUND, 404)])
    made.now = ASKED
    with made.open() as office:
        ask(office, CYCLE, DeliveryMethod.FILES, who="王芳")
    return made


def reminder_of(desk: Desk, day: date):
    with desk.open() as office:
        return next((each.reminder for each in planned_reminders(office, day) if each.unit == "市财政局"), None)


def test_near_its_day_and_after_it_but_not_before(desk):
    desk.now = datetime(2026, 12, 20, 9)
    assert reminder_of(desk, date(2026, 12, 2)) is None
    soon, late = (reminder_of(desk, date(2026, 12, day)) for day in (6, 10))
    assert (soon.level, late.level) == (ReminderLevel.DUE_SOON, ReminderLevel.URGE)
    assert [each.case.number for each in late.faults] == [1]


def test_the_mail_names_it_and_what_is_answered_is_named_no_more(desk):
    desk.now = datetime(2026, 12, 10, 9)
    with desk.open() as office:
        remind(office, DeliveryMethod.FILES, units=["市财政局"])
    (mail,) = (desk.root / "发件箱").rglob("市财政局_催报*.eml")
    assert mail.stat().st_size
    table = desk.root / "发件箱" / str(CYCLE) / f"市财政局_{CYCLE}_整改链接表.xlsx"
    path = desk.root.parent / "整改.xlsx"
    path.write_bytes(answered(table.read_bytes(), {1: {"status": "disputed", "explanation": "网站改版"}}))
    with desk.open() as office:
        receive(office, [path])
    assert reminder_of(desk, date(2026, 12, 12)) is None
