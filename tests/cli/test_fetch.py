"""What the office sees of its mailbox, on the terminal and as JSON."""

import base64
import json
from datetime import datetime, timedelta

import pytest

from tests.cluster import noted_names, running
from tests.mail.account import HOST
from tests.mail.samples import bounce
from tests.mail.smtp_server import Fault
from tests.terminal import HOSTILE, acting
from tests.workflow.desk import CYCLE, Desk, item, new_desk, nil
from tests.workflow.mail_setup import give_password
from tests.workflow.mailbox import MAILS, STRANGER, letter, with_addresses
from zwgk_excel.cli.main import run
from zwgk_excel.workflow import clock
from zwgk_excel.workflow.issuing.generation import generate

FINANCE = MAILS["市财政局"]


@pytest.fixture
def desk(tmp_path, imap_server, monkeypatch) -> Desk:
    """A workspace whose settings name a mailbox on the server."""
    made = new_desk(tmp_path)
    with_addresses(made)
    with made.open() as office:
        generate(office, CYCLE, as_of=made.now.date())
    user = imap_server.account().user
    (made.root / "ca.pem").write_bytes(imap_server.authority.read_bytes())
    path = made.root / "zwgk.toml"
    text = path.read_text("utf-8")
    first = next(line for line in text.splitlines() if line.startswith("[mail]"))
    text = text.replace(first, f'{first}\naddress = "{user}"\nca_file = "ca.pem"')
    path.write_text(f'{text}\n[mail.imap]\nhost = "localhost"\nport = {imap_server.imaps}\n', "utf-8")
    give_password(monkeypatch, made.root)
    return made


@pytest.fixture
def deliver(desk, imap_server):
    """Put mails into the mailbox, a minute apart."""
    user = (desk.root / "zwgk.toml").read_text("utf-8").partition('address = "')[2].partition('"')[0]

    def put(*mails: bytes) -> None:
        for number, raw in enumerate(mails):
            imap_server.deliver(user, raw, datetime(2026, 11, 20, 10, 30) + timedelta(minutes=number))

    return put


@pytest.fixture
def zwgk(desk, capsys):
    def call(*arguments: str):
        code = run([*arguments, "-w", str(desk.root)])
        said = capsys.readouterr()
        return code, json.loads(said.out) if "--json" in arguments and said.out else said.out, said.err.strip()

    return call


def finance(desk: Desk, **values) -> bytes:
    answers = {("D04", "2026-11"): nil()}
    return desk.reply("市财政局", "a.xlsx", answers=answers, items=[item("D02 政府采购", **values)]).read_bytes()


def test_what_came_in_words(desk, deliver, zwgk):
    deliver(
        letter(FINANCE, ("财政局.xlsx", finance(desk)), number=1),
        letter(MAILS["市人社局"], subject="收到，谢谢", number=2),
        letter(FINANCE, subject="自动回复：休假", number=3),
        bounce(MAILS["市政府办"], "<x@example.gov.cn>"),
        letter(STRANGER, ("生.xlsx", finance(desk, title="别的")), number=5),
    )
    code, said, _ = zwgk("fetch")
    shown = said.replace("\n", "")
    assert code == 1
    assert "没有附件的邮件（1 封）" in shown
    assert "renshe@example.gov.cn（市人社局）“收到，谢谢”" in shown
    assert "自动回复（1 封）" in shown
    assert "退信（1 封）" in shown
    assert "发给 zhengfuban@example.gov.cn（市政府办）的邮件被退回" in shown
    assert "发件人 somebody@example.com 不在单位通讯录中" in shown
    assert "zwgk receive --receipt 2 --assign 市财政局 --cycle 2026-11" in shown
    assert "新邮件 5 封，登记文件 2 个" in shown


def test_what_waits_for_its_senders_sake_and_how_the_office_takes_it(desk, deliver, zwgk):
    path = desk.root / "zwgk.toml"
    path.write_text(path.read_text("utf-8").replace("[mail] ", '[mail]\nauthentication_server = "mx.city.gov.cn" ', 1))
    raw = letter(FINANCE, ("财政局.xlsx", finance(desk)), number=1)
    deliver(b"Authentication-Results: mx.city.gov.cn; dmarc=fail header.from=example.gov.cn\n" + raw)
    code, found, _ = zwgk("fetch", "--json")
    (receipt,) = found["receipts"]
    assert (code, receipt["verdict"], receipt["unit"]) == (1, "quarantined", None)
    assert receipt["proposal"] == {"unit": "市财政局", "cycle": "2026-11"}
    assert [(each["code"], each["severity"]) for each in receipt["problems"]] == [("sender_failed", "error")]
    given = ("--assign", "市财政局", "--cycle", "2026-11", "--reason", "电话核实")
    code, (taken,), _ = zwgk("receive", *given, receipt["file"], "--json")
    assert (code, taken["verdict"], taken["items"]) == (0, "accepted", 1)


def test_nothing_to_look_at(desk, deliver, zwgk):
    deliver(letter(FINANCE, ("财政局.xlsx", finance(desk))))
    assert zwgk("fetch")[0] == 0
    assert zwgk("fetch")[:2] == (0, "没有新邮件。\n")
    _, status, _ = zwgk("status", "2026-11", "--as-of", "2026-12-03", "--json")
    assert [each["verdict"] for each in status["receipts"]] == ["accepted"]


def test_for_other_programs(desk, deliver, zwgk):
    deliver(letter(FINANCE, ("财政局.xlsx", finance(desk)), ("a.vcf", b"1")), letter(FINANCE, number=7))
    code, found, _ = zwgk("fetch", "--json")
    assert (code, found["problems"], found["known"], found["fault"]) == (0, [], 0, None)
    assert [(each["unit"], each["kind"], len(each["files"]), each["listed"]) for each in found["messages"]] == [
        ("市财政局", "reply", 1, ["a.vcf"]),
        ("市财政局", "reply", 0, []),
    ]
    assert [each["verdict"] for each in found["receipts"]] == ["accepted"]


@pytest.fixture
def answering(desk, smtp_server, imap_server, monkeypatch):
    """The office wants its units answered; puts a mail of today into its mailbox."""
    path = desk.root / "zwgk.toml"
    text = path.read_text("utf-8").replace("[mail]", "[mail]\nanswers = true\nper_minute = 0", 1)
    server = f'[mail.smtp]\nhost = "{HOST}"\nport = {smtp_server.port}\nsecurity = "none"\n'
    path.write_text(f"{text}\n{server}", "utf-8")
    give_password(monkeypatch, desk.root)
    user = text.partition('address = "')[2].partition('"')[0]
    return lambda raw: imap_server.deliver(user, raw, clock.now() - timedelta(hours=1))


def test_units_are_answered_where_the_office_wants_it(desk, zwgk, answering, smtp_server):
    answering(letter(FINANCE, ("财政局.xlsx", finance(desk)), number=1))
    answering(letter(STRANGER, subject="广告", number=2))
    code, said, _ = zwgk("fetch")
    assert (code, "收件回复 1 封" in said) == (0, True)
    (taken,) = smtp_server.mails
    assert taken.recipients == (FINANCE,)
    assert taken.mail["Subject"].startswith("【收到】")
    assert (taken.mail["In-Reply-To"], taken.mail["Auto-Submitted"]) == ("<1.@example.gov.cn>", "auto-replied")
    code, found, _ = zwgk("fetch", "--json")
    assert (code, found["acknowledgements"], len(smtp_server.mails)) == (0, {"letters": [], "fault": None}, 1)


def test_a_unit_gets_so_many_answers_a_day(desk, zwgk, answering, smtp_server):
    path = desk.root / "zwgk.toml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("answers = true", "answers = true\nanswers_per_day = 1", 1), "utf-8")
    for number in (1, 2):
        answering(letter(FINANCE, (f"财政局{number}.xlsx", finance(desk, title=f"第{number}")), number=number))
        assert zwgk("fetch")[0] in (0, 1)
    assert len(smtp_server.mails) == 1


def test_another_folder_is_fetched_from(desk, zwgk):
    path = desk.root / "zwgk.toml"
    path.write_text(path.read_text("utf-8").replace("[mail]", '[mail]\nfolder = "没有这个夹"', 1), "utf-8")
    code, _, err = zwgk("fetch")
    assert (code, "没有这个夹" in err) == (2, True)


def test_no_unit_is_answered_where_the_office_does_not_say_so(desk, zwgk, answering, smtp_server):
    path = desk.root / "zwgk.toml"
    path.write_text(path.read_text("utf-8").replace("answers = true\n", "", 1), "utf-8")
    answering(letter(FINANCE, ("财政局.xlsx", finance(desk)), number=1))
    code, said, _ = zwgk("fetch")
    assert (code, "收件回复" in said, smtp_server.mails) == (0, False, [])


def test_what_keeps_answers_back_is_told_and_the_next_run_sends_them(desk, zwgk, answering, smtp_server):
    smtp_server.faults = [Fault("RCPT", "451 later")] * 10
    answering(letter(FINANCE, ("财政局.xlsx", finance(desk)), number=1))
    code, found, _ = zwgk("fetch", "--json")
    assert (code, [each["verdict"] for each in found["receipts"]]) == (1, ["accepted"])
    assert [(each["unit"], each["state"]) for each in found["acknowledgements"]["letters"]] == [
        ("市财政局", "prepared")
    ]
    smtp_server.faults.clear()
    assert zwgk("fetch")[0] == 0
    assert smtp_server.counts() == {FINANCE: 1}


def test_answers_that_cannot_be_written_cost_no_receipt(desk, zwgk, answering, smtp_server):
    (desk.root / "邮件文字").mkdir()
    (desk.root / "邮件文字" / "mail_answer.txt").write_text("主题：{没有的字段}", "utf-8")
    answering(letter(FINANCE, ("财政局.xlsx", finance(desk)), number=1))
    code, said, err = zwgk("fetch")
    assert (code, err, smtp_server.mails) == (1, "", [])
    assert "登记文件 1 个" in said
    assert "收件回复没有发完：" in said


@pytest.mark.parametrize("text", HOSTILE)
def test_what_strangers_write_in_mails_does_nothing_on_the_terminal(desk, deliver, zwgk, text):
    said = base64.b64encode(text.encode("utf-8", "replace")).decode()
    word = f"=?utf-8?b?{said}?="
    kind = "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64"
    body = f"\r\n{kind}\r\n\r\n{said}"
    head = f"From: {word} <x@example.com>\r\nSubject: {word}"
    deliver(
        f"{head}\r\nMessage-ID: <1@a>{body}".encode(),
        f"{head}\r\nMessage-ID: <2@a>\r\nAuto-Submitted: auto-replied{body}".encode(),
        letter(FINANCE, (f"附{text.encode('utf-8', 'replace').decode()}件.xlsx", b"x"), number=3),
        bounce(MAILS["市政府办"], "<x@example.gov.cn>", status=f"550 5.1.1 {text.encode('utf-8', 'replace').decode()}"),
    )
    code, shown, err = zwgk("fetch")
    assert (code, err) == (1, "")
    assert "自动回复（1 封）" in shown
    assert acting(shown) == []


def test_a_server_that_cannot_be_used_is_one_sentence(desk, zwgk, monkeypatch):
    monkeypatch.setenv("ZWGK_MAIL_PASSWORD", "wrong")
    code, out, err = zwgk("fetch")
    assert (code, out) == (2, "")
    assert "不接受登录" in err
    assert "\n" not in err
    assert "Traceback" not in err


def test_attachments_are_read_by_a_node(zwgk, desk, deliver, monkeypatch):
    read = noted_names(monkeypatch)
    deliver(letter(FINANCE, ("回复.xlsx", finance(desk))))
    with running() as nodes:
        code, found, _ = zwgk("fetch", "--json", "--cluster", nodes.address)
    assert [name.rpartition("/")[2] for name in read] == ["回复.xlsx"]
    assert code == 0
    assert [each["verdict"] for each in found["receipts"]] == ["accepted"]
