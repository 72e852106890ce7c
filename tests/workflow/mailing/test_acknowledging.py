"""Receipt mails: once for each person's mail with returns, to the unit's own addresses, and no machine is answered."""

import shutil
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.mail.smtp_server import Fault
from tests.workflow.desk import CYCLE, Desk, new_desk
from tests.workflow.mail_setup import MAILS, OFFICE, address_book, deliver, set_server, set_up
from zwgk_excel.domain.correspondence import IncomingMessage, LetterState, MessageKind, SavedAttachment
from zwgk_excel.workflow.mailing.acknowledging import send_acknowledgements
from zwgk_excel.workflow.mailing.delivery import DeliveryMethod
from zwgk_excel.workflow.mailing.returning import ReturnAction, planned_returns, send_back

UNIT, SENDER = "市人社局", MAILS["市人社局"]
AT = datetime(2026, 11, 20, 9)


@pytest.fixture(scope="module")
def prepared(smtp_running, tmp_path_factory):
    """One unit has sent a sound return, another one that must be mended."""
    made = new_desk(tmp_path_factory.mktemp("answer"))
    set_up(made, smtp_running)
    made.now = AT
    deliver(made, "市财政局")
    deliver(made, UNIT, bad=True)
    return made


@pytest.fixture
def desk(prepared, tmp_path) -> Desk:
    return Desk(shutil.copytree(prepared.root, tmp_path / "工作区"), AT + timedelta(hours=1))


def message(unit=UNIT, uid=1, **values):
    """The mail that brought a unit's return."""
    enclosed = (SavedAttachment(f"收件箱/{unit}.xlsx", "", f"{unit}.xlsx"),)
    found = IncomingMessage(
        f"{OFFICE}/INBOX", 7, uid, AT, MAILS[unit], "回复", f"<{uid}@a.cn>", (), MessageKind.REPLY, unit, enclosed
    )
    return replace(found, **values)


def answer_all(desk, *messages):
    with desk.open() as office:
        return send_acknowledgements(office, messages, DeliveryMethod.SMTP).letters


def test_a_sound_return_is_acknowledged(desk, smtp_server):
    (letter,) = answer_all(desk, message("市财政局"))
    assert (letter.key, letter.state) == (f"answer/{OFFICE}/INBOX/7/1", LetterState.SENT)
    found = smtp_server.mails[0].mail
    assert found["Subject"].startswith("【收到】")
    assert (found["In-Reply-To"], found["Auto-Submitted"]) == ("<1@a.cn>", "auto-replied")
    assert "没有需要修改的内容" in found.get_body(("plain",)).get_content()
    assert list(found.iter_attachments()) == []


def test_one_that_must_be_mended_comes_back_marked_up(desk, smtp_server):
    answer_all(desk, message())
    found = smtp_server.mails[0].mail
    assert found["Subject"].startswith("【需修改】")
    (part,) = found.iter_attachments()
    (marked,) = (desk.root / "退回修改").rglob("*.xlsx")
    assert part.get_content() == marked.read_bytes()
    said = found.get_body(("plain",)).get_content()
    assert "终审人" in said
    assert "改正时限：2026年11月30日（星期一）。按期改正的" in said


def test_what_the_answer_brought_is_not_sent_back_once_more(desk, smtp_server):
    with desk.open() as office:
        office.ledger.add_messages([message()])
        assert [each.action for each in planned_returns(office, CYCLE)] == [ReturnAction.SEND]
    answer_all(desk, message())
    with desk.open() as office:
        assert [each.action for each in planned_returns(office, CYCLE)] == [ReturnAction.ANSWERED]
        assert send_back(office, CYCLE, DeliveryMethod.SMTP).delivery_run.letters == ()


def test_a_mail_is_answered_once(desk, smtp_server):
    for _ in range(2):
        answer_all(desk, message(), message())
    assert smtp_server.counts() == {SENDER: 1}


def test_a_doubtful_answer_is_not_sent_again(desk, smtp_server):
    smtp_server.faults = [Fault("DOT", taken=True)]
    answer_all(desk, message())
    answer_all(desk, message())
    assert smtp_server.counts() == {SENDER: 1}


@pytest.mark.parametrize(
    "values",
    [
        {"kind": MessageKind.BOUNCE},
        {"kind": MessageKind.AUTO_REPLY},
        {"kind": MessageKind.LIST},
        {"unit": ""},
        {"unit": "没有这个局"},
        {"attachments": ()},
        {"attachments": (SavedAttachment("收件箱/还没登记.xlsx", "", ""),)},
        {"sender": OFFICE},
        {"received_at": AT - timedelta(days=30)},
        {"attachments": (SavedAttachment("收件箱/市财政局.xlsx", "", ""),)},
    ],
)
def test_who_gets_no_answer(desk, smtp_server, values):
    assert answer_all(desk, replace(message(), **values)) == ()
    assert smtp_server.mails == []


@pytest.mark.parametrize("sender", ["stranger@example.com", "", "list@lists.example.com"])
def test_only_the_units_own_addresses_are_written_to(desk, smtp_server, sender):
    answer_all(desk, message(sender=sender))
    assert smtp_server.mails[0].recipients == (SENDER,)


def test_no_more_than_so_many_a_day(desk, smtp_server):
    answer_all(desk, *(message(uid=number) for number in range(1, 4)))
    answer_all(desk, *(message(uid=number) for number in range(1, 20)))
    assert smtp_server.counts() == {SENDER: 5}
    desk.now += timedelta(days=1)
    answer_all(desk, *(message(uid=number) for number in range(1, 7)))
    assert smtp_server.counts() == {SENDER: 6}


def test_an_office_that_wants_none_sends_none(desk, smtp_server):
    path = desk.root / "zwgk.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("answers = true", "answers = false"), encoding="utf-8")
    assert answer_all(desk, message()) == ()
    set_server(desk, smtp_server)
    assert len(answer_all(desk, message())) == 1


def test_the_officers_of_what_is_wrong_get_a_copy(desk, smtp_server):
    named = {"name": UNIT, "officers": "报送员甲"}
    officers = [{**named, "duty": "D04", "mails": "jia@example.gov.cn"}, {**named, "duty": "D24", "mails": SENDER}]
    address_book(desk, MAILS, officers)
    answer_all(desk, message(), message("市财政局", uid=2))
    copies = {each.mail["To"]: each.mail["Cc"] for each in smtp_server.mails}
    assert copies == {SENDER: "jia@example.gov.cn", MAILS["市财政局"]: None}


def test_an_officer_who_wrote_is_answered(desk, smtp_server):
    address_book(desk, MAILS, [{"name": UNIT, "duty": "D04", "officers": "报送员甲", "mails": "jia@example.gov.cn"}])
    answer_all(desk, message(sender="jia@example.gov.cn"))
    assert [(each.mail["To"], each.mail["Cc"]) for each in smtp_server.mails] == [("jia@example.gov.cn", None)]
