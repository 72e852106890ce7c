"""A filled 整改链接表 comes back by mail like any return: from a real mailbox, by its signature, thanked for."""

from __future__ import annotations

from datetime import datetime
from email import message_from_bytes
from email.policy import default

import pytest

from tests.workflow.desk import CYCLE, Desk, item
from tests.workflow.fault_tables import answered
from tests.workflow.mailbox import AT, MAILS, STRANGER, letter
from zwgk_excel.domain.link_checks import Visit, VisitFinding
from zwgk_excel.domain.returns import Verdict
from zwgk_excel.domain.site_faults import FaultOutcome
from zwgk_excel.workflow.intake.receiving import receive
from zwgk_excel.workflow.mailing.acknowledging import send_acknowledgements
from zwgk_excel.workflow.mailing.delivery import DeliveryMethod
from zwgk_excel.workflow.site_faults import ask
from zwgk_excel.workflow.tracking.site_faults import fault_states
from zwgk_excel.workflow.tracking.statuses import office_statuses

pytestmark = pytest.mark.slow
UNIT, CAME, ASKED = "市财政局", datetime(2026, 11, 10, 9), datetime(2026, 11, 18, 9)


@pytest.fixture
def table(mailed: Desk) -> bytes:
    """The filled table of a unit that was asked about a dead link."""
    (mailed.root / "zwgk.toml").write_text(
        '[office]\nmailbox = "zwgk@example.gov.cn"\n[mail]\nanswers = true\n', "utf-8"
    )
    mailed.now = CAME
    reply = mailed.reply(UNIT, "a.xlsx", items=[item("D02 政府采购")])
    with mailed.open() as office:
        receive(office, [reply], received_at=CAME)
        office.ledger.add_visits([Visit("http://a.cn/D02/1", CAME, VisitFinding.NOT_FOUND, 404)])
    mailed.now = ASKED
    with mailed.open() as office:
        ask(office, CYCLE, DeliveryMethod.FILES, who="王芳")
    sent = (mailed.root / "发件箱" / str(CYCLE) / f"{UNIT}_{CYCLE}_整改链接表.xlsx").read_bytes()
    mailed.now = datetime(2026, 11, 20, 12)
    return answered(sent, {1: {"status": "impossible", "explanation": "上级网站已撤下。"}})


def outcomes(desk: Desk) -> list[FaultOutcome]:
    with desk.open() as office:
        today = office.now().date()
        states = fault_states(office, today, office_statuses(office, today).contents)
    return [each.outcome for each in states]


def test_from_the_unit_s_own_address_it_is_taken_and_thanked_for(mailed, run, table):
    fetched = run(letter(MAILS[UNIT], ("整改.xlsx", table)))
    (receipt,) = fetched.taken
    assert (receipt.unit, receipt.cycle, receipt.verdict) == (UNIT, CYCLE, Verdict.ACCEPTED)
    assert receipt.received_at == AT
    assert outcomes(mailed) == [FaultOutcome.EXPLAINED]
    with mailed.open() as office:
        messages = office.ledger.messages()
        (answer,) = send_acknowledgements(office, messages, DeliveryMethod.FILES).letters
    assert (answer.unit, answer.to) == (UNIT, (MAILS[UNIT],))
    (mail,) = (mailed.root / "发件箱").glob("回复_*/*.eml")
    body = message_from_bytes(mail.read_bytes(), policy=default).get_body(("plain",))
    assert body is not None
    assert "整改.xlsx：合格，整改情况 1 条" in body.get_content()


def test_from_a_stranger_it_waits(mailed, run, table):
    (receipt,) = run(letter(STRANGER, ("整改.xlsx", table))).taken
    assert receipt.verdict is Verdict.QUARANTINED
    assert outcomes(mailed) == [FaultOutcome.ASKED]
