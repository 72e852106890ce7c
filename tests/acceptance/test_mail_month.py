"""A month by mail on real servers: 38 units get their workbooks, answer as units do, and stand where they should."""

import imaplib
import io
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from msoffcrypto.format.ooxml import OOXMLFile

from tests.mail.account import PASSWORD, USER
from tests.mail.authority import Authority
from tests.mail.dovecot import Server, running
from tests.mail.relay import Relay
from tests.mail.samples import gbk_zip, tnef
from tests.workflow.desk import nil, table
from tests.workflow.mail_setup import give_password
from zwgk_excel.domain.correspondence import LetterKind, LetterState
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.returns import Receipt, Verdict
from zwgk_excel.layout.seed import unit_rows
from zwgk_excel.workbooks.report.fill_in import fill
from zwgk_excel.workbooks.report.report_workbook import report_name
from zwgk_excel.workflow.consolidation.consolidating import consolidate
from zwgk_excel.workflow.issuing.generation import generate
from zwgk_excel.workflow.mailing.delivery import delivery_method
from zwgk_excel.workflow.mailing.fetching import fetch
from zwgk_excel.workflow.mailing.sending import send
from zwgk_excel.workflow.office.context import Office, open_office
from zwgk_excel.workflow.setup.workspace_setup import init_workspace
from zwgk_excel.workflow.tracking.statuses import cycle_status

# Of the past: Dovecot takes no mail that was received in the future.
CYCLE = Month(2025, 11)
ISSUED, IN_TIME, LATE = datetime(2025, 11, 2, 9), datetime(2025, 11, 20, 10), datetime(2025, 12, 2, 10)
pytestmark = pytest.mark.slow
CHINA = timezone(timedelta(hours=8))
UNITS = tuple(row["name"] for row in unit_rows())
ADDRESS = {unit: f"unit{number:02}@example.gov.cn" for number, unit in enumerate(UNITS)}
SETTINGS = """
[office]
mailbox = "{user}"
[mail]
answers = true
per_minute = 0
ca_file = "{authority}"
[mail.smtp]
host = "localhost"
port = {smtp}
security = "starttls"
[mail.imap]
host = "localhost"
port = {imap}
"""

GOOD, LATE_ONE, ZIP, WINMAIL, FORWARDED, ENCRYPTED = (
    "市教育局",
    "市民政局",
    "市审计局",
    "市统计局",
    "市司法局",
    "市公安局",
)
DAMAGED, BORROWED, BORROWER, STRANGER = "市交通局", "市住建局", "市经信局", "市文旅局"


@dataclass
class Town:
    """The office's workspace and the servers."""

    root: Path
    mailbox: Server
    relay: Relay

    def at(self, now: datetime) -> AbstractContextManager[Office]:
        """The office at a time."""
        return open_office(self.root, now=lambda: now)

    def filled(self, unit: str, office: Office) -> bytes:
        """The unit's own workbook, as it came by mail, every task answered with a nil report."""
        mine = [each for each in office.listing(CYCLE, ISSUED.date()) if each.unit == unit]
        answers = {(each.obligation.duty.id, each.obligation.reference): nil() for each in mine}
        return fill(attachment(self.mailbox.mails(ADDRESS[unit])[0].read_bytes()), answers=answers, items=[])

    def put(self, mail: EmailMessage, at: datetime) -> None:
        """Lay a mail into the mailbox, received at a time."""
        imap = imaplib.IMAP4("localhost", self.mailbox.imap)
        imap.login(USER, PASSWORD)
        imap.append("INBOX", "", at.replace(tzinfo=CHINA), mail.as_bytes())
        imap.logout()


def attachment(raw: bytes) -> bytes:
    """The workbook in a mail."""
    found = next(message_from_bytes(raw, policy=default).iter_attachments())
    return bytes(found.get_content())


def reply(
    sender: str, *files: tuple[str, bytes], subject: str = "回复：信息报送表", kind: str = "octet-stream"
) -> EmailMessage:
    """A mail to the office with files."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"报送员 <{sender}>", USER, subject
    mail["Message-ID"] = f"<{abs(hash((sender, subject, files)))}@example.gov.cn>"
    mail.set_content("您好，报送表见附件。")
    for name, data in files:
        mail.add_attachment(data, maintype="application", subtype=kind, filename=name)
    return mail


def forwarded(mail: EmailMessage, sender: str) -> EmailMessage:
    """The same mail, passed on whole by somebody."""
    outer = EmailMessage()
    outer["From"], outer["To"], outer["Subject"] = sender, USER, "转发：信息报送表"
    outer["Message-ID"] = "<forwarded@example.gov.cn>"
    outer.set_content("请收")
    outer.add_attachment(mail)
    return outer


def locked(data: bytes, password: str) -> bytes:
    """A workbook with a password."""
    target = io.BytesIO()
    OOXMLFile(io.BytesIO(data)).encrypt(password, target)
    return target.getvalue()


def auto_reply() -> EmailMessage:
    """What a mail program says while its owner is away."""
    mail = reply(ADDRESS["市财政局"], subject="自动回复：信息报送表")
    mail["Auto-Submitted"] = "auto-replied"
    return mail


def returned_in_time(town: Town, office: Office) -> Iterator[EmailMessage]:
    """The mails of 20 November."""
    good = {unit: town.filled(unit, office) for unit in (GOOD, ZIP, WINMAIL, FORWARDED, ENCRYPTED, DAMAGED)}
    name = "信息报送表.xlsx"
    yield reply(ADDRESS[GOOD], (name, good[GOOD]))
    yield reply(ADDRESS[GOOD], ("再发一次.xlsx", good[GOOD]), subject="再发一次")
    yield reply(ADDRESS[ZIP], ("材料.zip", gbk_zip(**{"市审计局信息报送表.xlsx": good[ZIP]})))
    yield reply(ADDRESS[WINMAIL], ("winmail.dat", tnef(name, good[WINMAIL])), kind="ms-tnef")
    yield forwarded(reply(ADDRESS[FORWARDED], (name, good[FORWARDED])), ADDRESS[FORWARDED])
    yield reply(ADDRESS[ENCRYPTED], (name, locked(good[ENCRYPTED], "政务2026")))
    yield reply(ADDRESS[DAMAGED], (name, good[DAMAGED][:3000]))
    yield reply(ADDRESS[BORROWER], (name, town.filled(BORROWED, office)), subject="代报")
    yield reply("nobody@example.com", (name, town.filled(STRANGER, office)))
    yield auto_reply()


@pytest.fixture(scope="module")
def town(tmp_path_factory) -> Iterator[Town]:
    """38 units with addresses, one office with servers."""
    folder = tmp_path_factory.mktemp("month")
    root, authority = folder / "工作区", Authority(folder / "authority")
    init_workspace(root)
    rows = [{**row, "mails": ADDRESS[row["name"]]} for row in unit_rows()]
    (root / "单位通讯录.xlsx").write_bytes(table("roster", rows))
    with (
        pytest.MonkeyPatch.context() as patch,
        running(authority) as mailbox,
        Relay(authority.certificate("relay"), mailbox.hand_over) as relay,
    ):
        patch.setenv("ZWGK_PASSWORDS", "别的;政务2026")
        text = SETTINGS.format(user=USER, authority=authority.file, smtp=relay.port, imap=mailbox.imaps)
        (root / "zwgk.toml").write_text(text, encoding="utf-8")
        give_password(patch, root)
        yield Town(root, mailbox, relay)


def taken_in(town: Town, now: datetime) -> list[str]:
    """A day of the office: fetch, which answers, and consolidate; the subjects of the mails that were new."""
    with town.at(now) as office:
        new = fetch(office)
        consolidate(office, as_of=None, who="科长")
    return [each.subject for each in new.messages]


@pytest.fixture(scope="module")
def sent(town) -> Town:
    """2 November: the workbooks go out; asked to again, nobody gets a second one."""
    with town.at(ISSUED) as office:
        generate(office, CYCLE, as_of=ISSUED.date())
        for _ in range(2):
            send(office, CYCLE, delivery_method(office.workspace.settings))
    return town


@pytest.fixture(scope="module")
def month(sent) -> Town:
    """20 November: ten mails are in the mailbox. 2 December: one more, too late."""
    with sent.at(IN_TIME) as office:
        for mail in returned_in_time(sent, office):
            sent.put(mail, IN_TIME)
        late = sent.filled(LATE_ONE, office)
    assert len(taken_in(sent, IN_TIME + timedelta(hours=1))) == 10
    sent.put(reply(ADDRESS[LATE_ONE], ("迟.xlsx", late), subject="迟到的报送表"), LATE)
    assert taken_in(sent, LATE + timedelta(hours=1)) == ["迟到的报送表"]
    return sent


@pytest.fixture(scope="module")
def standing(month):
    """The cycle on 3 December: outcome and timeliness by unit, and the receipts."""
    with month.at(datetime(2025, 12, 3, 9)) as office:
        found = cycle_status(office, CYCLE, date(2025, 12, 3))
        receipts = office.ledger.receipts()
    rows = [row.status for row in found.rows if row.status.obligation.cycle == CYCLE]
    states = {unit: {each.outcome for each in rows if each.obligation.unit == unit} for unit in UNITS}
    times = {
        unit: {each.timeliness for each in rows if each.obligation.unit == unit and each.obligation.due}
        for unit in UNITS
    }
    return states, times, receipts


def verdicts(receipts: tuple[Receipt, ...], unit: str) -> Counter[Verdict]:
    return Counter(receipt.verdict for receipt in receipts if receipt.unit == unit)


def codes(receipts: tuple[Receipt, ...], verdict: Verdict) -> set[str]:
    return {each.code for receipt in receipts if receipt.verdict is verdict for each in receipt.problems}


def test_every_unit_got_its_own_workbook_once(sent):
    for unit, address in ADDRESS.items():
        (path,) = sent.mailbox.mails(address)[:1]
        mail = message_from_bytes(path.read_bytes(), policy=default)
        assert [part.get_filename() for part in mail.iter_attachments()] == [report_name(unit, CYCLE), "填报手册.docx"]
        assert str(mail["To"].addresses[0].addr_spec) == address
    with sent.at(ISSUED) as office:
        letters = [each for each in office.ledger.letters() if each.kind is LetterKind.ISSUE]
    assert Counter(each.unit for each in letters) == dict.fromkeys(UNITS, 1)
    assert {each.state for each in letters} == {LetterState.SENT}
    delivered = Counter(address for _, recipients in sent.relay.accepted for address in recipients)
    assert all(delivered[address] >= 1 for address in ADDRESS.values())


@pytest.mark.parametrize("unit", [GOOD, ZIP, WINMAIL, FORWARDED, ENCRYPTED])
def test_however_a_good_return_is_packed_it_is_in_time(standing, unit):
    states, times, receipts = standing
    assert verdicts(receipts, unit)[Verdict.ACCEPTED] + verdicts(receipts, unit)[Verdict.ACCEPTED_WITH_PROBLEMS] >= 1
    assert states[unit] == {"nil"}
    assert times[unit] <= {"on_time"}


def test_what_came_after_the_final_day_is_late(standing):
    _, times, receipts = standing
    assert times[GOOD] == {"on_time"}
    assert times[LATE_ONE] == {"late"}
    assert {receipt.received_at for receipt in receipts if receipt.unit == LATE_ONE} == {LATE}


def test_the_same_file_twice_is_one_return(standing):
    receipts = standing[2]
    assert verdicts(receipts, GOOD)[Verdict.DUPLICATE] == 1
    assert verdicts(receipts, GOOD).total() == 2


def test_a_damaged_file_counts_for_nobody(standing):
    states, _, receipts = standing
    assert states[DAMAGED] == {"missing"}
    assert verdicts(receipts, DAMAGED).total() == 0


def test_another_units_return_is_told(standing):
    states, _, receipts = standing
    (told,) = [each for receipt in receipts for each in receipt.problems if each.code == "sender_differs"]
    assert BORROWER in str(told)
    assert states[BORROWED] == {"nil"}
    assert states[BORROWER] == {"missing"}


def test_a_stranger_speaks_for_nobody(standing):
    states, _, receipts = standing
    assert states[STRANGER] == {"missing"}
    assert "sender_unknown" in codes(receipts, Verdict.QUARANTINED)


def test_nobody_else_has_reported(standing):
    states = standing[0]
    silent = set(UNITS) - {GOOD, LATE_ONE, ZIP, WINMAIL, FORWARDED, ENCRYPTED, BORROWED}
    assert {unit for unit in UNITS if states[unit] == {"missing"}} == silent


def test_another_run_changes_nothing(month):
    def picture():
        with month.at(LATE + timedelta(hours=2)) as office:
            return office.ledger.receipts(), office.ledger.messages(), office.ledger.letters()

    before, tracker = picture(), (month.root / "总台账.xlsx").read_bytes()
    mails = {address: len(month.mailbox.mails(address)) for address in ADDRESS.values()}
    assert taken_in(month, LATE + timedelta(hours=2)) == []
    assert picture() == before
    assert (month.root / "总台账.xlsx").read_bytes() == tracker
    assert {address: len(month.mailbox.mails(address)) for address in ADDRESS.values()} == mails


def test_answers_are_sent_once_and_to_units_only(month):
    answered = (GOOD, ZIP, WINMAIL, FORWARDED, ENCRYPTED, LATE_ONE)
    with month.at(LATE) as office:
        answers = Counter(each.unit for each in office.ledger.letters() if each.kind is LetterKind.ANSWER)
    assert {unit: answers[unit] for unit in answered if unit != GOOD} == dict.fromkeys(answered[1:], 1)
    recipients = {address for _, all_ in month.relay.accepted for address in all_}
    assert recipients <= set(ADDRESS.values())
    for unit in answered:
        assert len(month.mailbox.mails(ADDRESS[unit])) == 1 + answers[unit]
    assert len(month.mailbox.mails(ADDRESS["市财政局"])) == 1


def test_the_mailbox_is_as_it_was(month):
    """Nothing deleted, nothing marked as read."""
    imap = imaplib.IMAP4("localhost", month.mailbox.imap)
    imap.login(USER, PASSWORD)
    _, (count,) = imap.select("INBOX", readonly=True)
    assert int(count or 0) == 11
    assert imap.search(None, "SEEN")[1] == [b""]
    imap.logout()
