"""Who sent a mail: what its headers contradict, what the office's server proved, and what waits for the office."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mail.samples import gbk_zip
from tests.workflow.desk import CYCLE, UNITS, Desk, item, nil
from tests.workflow.mailbox import MAILS, letter
from zwgk_excel.domain.returns import Receipt, Verdict
from zwgk_excel.workflow.decisions.overrides import assign
from zwgk_excel.workflow.mailing.fetching import Fetched

pytestmark = pytest.mark.slow

FINANCE, LABOUR, OFFICE = MAILS["市财政局"], MAILS["市人社局"], "zwgk@example.gov.cn"
EVIL, SERVER = "me@evil.example", "mx.city.gov.cn"
PROVED = f"{SERVER}; dmarc=pass header.from=example.gov.cn"


@pytest.fixture
def checked(mailed) -> Desk:
    """The office named its server, and its mailbox."""
    path = mailed.root / "zwgk.toml"
    text = path.read_text("utf-8").replace('mailbox = ""', f'mailbox = "{OFFICE}"', 1)
    first = next(line for line in text.splitlines() if line.startswith("[mail]"))
    path.write_text(text.replace(first, f'{first}\nauthentication_server = "{SERVER}"', 1), "utf-8")
    return mailed


def finance(desk: Desk, name: str = "回复.xlsx", **values) -> bytes:
    answers = {("D04", "2026-11"): nil()}
    return desk.reply("市财政局", name, answers=answers, items=[item("D02 政府采购", **values)]).read_bytes()


def mail(desk: Desk, *top: str, sender: str = FINANCE, headers: str = "", files=None) -> bytes:
    """A mail with 市财政局's return: ``top`` is what servers put before it, ``headers`` what its sender put in place of
    From."""
    raw = letter(sender, *(files or [("回复.xlsx", finance(desk))]))
    if headers:
        start, _, rest = raw.partition(b"\n")
        assert start.startswith(b"From:")
        raw = headers.encode() + b"\n" + rest
    return "".join(f"{line}\n" for line in top).encode() + raw


def results(text: str) -> str:
    return f"Authentication-Results: {text}"


def only(fetched: Fetched) -> Receipt:
    (receipt,) = fetched.taken
    return receipt


def codes(receipt: Receipt) -> list[str]:
    return [each.code for each in receipt.problems]


# --- what the headers contradict ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        (f"From: {FINANCE}, {EVIL}", "2 个地址"),
        (f"From: {EVIL}, {FINANCE}", "2 个地址"),
        (f"From: {FINANCE}\nFrom: {EVIL}", "2 个发件人栏"),
        (f"From: 财政局: {FINANCE};", "写法不对"),
        (f"From: <{FINANCE}@evil.example>", "写法不对"),
        (f"From: <а{FINANCE}>", "写法不对"),
        (f'From: "{LABOUR}" <{FINANCE}>', f"名称里是另一个地址：{LABOUR}"),
        (f"From: {FINANCE}\nSender: {EVIL}", f"代发人（Sender）是 {EVIL}"),
        (f"From: {FINANCE}\nReply-To: {EVIL}", f"回复地址（Reply-To）是 {EVIL}"),
        (f"Sender: {FINANCE}", "0 个发件人栏"),
    ],
)
def test_a_sender_that_is_several_or_contradicts_itself_waits(mailed, run, headers, told):
    receipt = only(run(mail(mailed, headers=headers)))
    assert (receipt.verdict, codes(receipt)[0]) == (Verdict.QUARANTINED, "sender_unclear")
    assert told in receipt.problems[0].found
    assert "zwgk receive --receipt 收件号 --assign" in receipt.problems[0].action
    with mailed.open() as office:
        (taken,) = assign(office, [Path(receipt.file)], "市财政局", CYCLE, who="科员", reason="电话核实")
    assert taken.verdict is Verdict.ACCEPTED


@pytest.mark.parametrize(
    "headers",
    [
        f'From: "{FINANCE}" <{FINANCE}>\nSender: {FINANCE}\nReply-To: {FINANCE}',
        f"From: 财政局, 报送员 <{FINANCE}>\nReply-To: {OFFICE}",
    ],
)
def test_who_says_the_same_everywhere_is_believed_as_before(checked, run, headers):
    receipt = only(run(mail(checked, results(PROVED), headers=headers)))
    assert (receipt.verdict, codes(receipt)) == (Verdict.ACCEPTED, [])


def test_another_address_of_the_same_unit_may_send_or_be_answered(mailed, run):
    second = "cz2@example.gov.cn"
    mailed.set_units([{**each, "mails": f"{MAILS.get(each['name'], '')}；{second}".strip("；")} for each in UNITS])
    headers = f"From: {FINANCE}\nSender: {second}\nReply-To: {second}"
    receipt = only(run(mail(mailed, headers=headers)))
    assert (receipt.verdict, codes(receipt)) == (Verdict.ACCEPTED, [])


def test_an_archive_of_an_unclear_sender_waits_with_all_that_is_in_it(mailed, run):
    files = [("材料.zip", gbk_zip(**{"报送表.xlsx": finance(mailed)}))]
    fetched = run(mail(mailed, headers=f"From: {FINANCE}, {EVIL}", files=files))
    assert [each.verdict for each in fetched.taken] == [Verdict.QUARANTINED] * 2


def test_what_waits_counts_when_the_unit_itself_sends_it(mailed, run):
    first = run(mail(mailed, headers=f"From: {FINANCE}, {EVIL}"))
    second = run(mail(mailed))
    assert [only(each).verdict for each in (first, second)] == [Verdict.QUARANTINED, Verdict.ACCEPTED]


# --- what the office's server says -------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"{SERVER}; dmarc=fail header.from=example.gov.cn", "dmarc=fail（example.gov.cn）"),
        (f"{SERVER}; spf=softfail smtp.mailfrom={FINANCE}; dkim=none", "spf=softfail（example.gov.cn）、dkim=none"),
        (f"{SERVER}; spf=pass smtp.mailfrom={EVIL}; dkim=pass header.d=evil.example", "spf=pass（evil.example）"),
    ],
)
def test_a_sender_who_failed_waits(checked, run, text, told):
    receipt = only(run(mail(checked, results(text), headers=f"From: {FINANCE}\n{results(PROVED)}")))
    assert (receipt.verdict, codes(receipt)) == (Verdict.QUARANTINED, ["sender_failed"])
    assert told in receipt.problems[0].found
    with checked.open() as office:
        (taken,) = assign(office, [Path(receipt.file)], "市财政局", CYCLE, who="科员", reason="电话核实")
    assert taken.verdict is Verdict.ACCEPTED


def test_a_sender_who_passed_is_taken(checked, run):
    receipt = only(run(mail(checked, results(PROVED))))
    assert (receipt.verdict, codes(receipt)) == (Verdict.ACCEPTED, [])


@pytest.mark.parametrize(
    "top", [[], [results(f"{SERVER}; none")], [results("mx.evil.example; dmarc=pass header.from=example.gov.cn")]]
)
def test_a_sender_of_whom_the_server_says_nothing_is_taken_with_a_remark(checked, run, top):
    """RFC 8601, 4.1: without a field of the server nothing is known, which is no failure."""
    receipt = only(run(mail(checked, *top)))
    assert (receipt.verdict, codes(receipt)) == (Verdict.ACCEPTED, ["sender_unproved"])


def test_without_the_setting_nothing_of_it_is_read(mailed, run):
    receipt = only(run(mail(mailed, results(f"{SERVER}; dmarc=fail"))))
    assert (receipt.verdict, codes(receipt)) == (Verdict.ACCEPTED, [])


@pytest.mark.parametrize(
    ("text", "verdict", "code"),
    [
        (PROVED, Verdict.ACCEPTED, "sender_office"),
        (f"{SERVER}; auth=pass smtp.auth={OFFICE}", Verdict.ACCEPTED, "sender_office"),
        (f"{SERVER}; none", Verdict.QUARANTINED, "sender_failed"),
        (f"{SERVER}; dmarc=fail", Verdict.QUARANTINED, "sender_failed"),
    ],
)
def test_the_offices_own_address_counts_where_it_is_proved(checked, run, text, verdict, code):
    receipt = only(run(mail(checked, results(text), sender=OFFICE)))
    assert (receipt.verdict, codes(receipt)[0]) == (verdict, code)
