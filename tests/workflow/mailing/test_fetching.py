"""A month's mailbox on a real server: each mail once, each file with its receipt, each sender looked at."""

import hashlib
import subprocess
import sys
from dataclasses import replace
from datetime import date, datetime

import msoffcrypto
import pytest

from tests.mail.compound import attached, compound, msg
from tests.mail.dovecot import CutLine, Server
from tests.mail.samples import OCTETS, TEXT, bounce, gbk_zip, mail, multipart, part, quoted, tnef, with_file
from tests.mail.test_mail_files import ENVELOPED, ber, der, signed
from tests.tools import ROOT
from tests.workflow.desk import CYCLE, Desk, item, nil
from tests.workflow.mail_setup import give_password
from tests.workflow.mailbox import MAILS, STRANGER, letter
from zwgk_excel.domain.correspondence import MessageKind
from zwgk_excel.domain.returns import Verdict
from zwgk_excel.domain.subject_codes import reply_code
from zwgk_excel.mail import parts
from zwgk_excel.mail.imap import Mailbox
from zwgk_excel.workflow.consolidation.consolidating import consolidate
from zwgk_excel.workflow.decisions.overrides import assign
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.intake.receiving import receive
from zwgk_excel.workflow.mailing.fetching import Fetched, fetch, fetch_from
from zwgk_excel.workflow.office.workspace import open_workspace
from zwgk_excel.workflow.tracking.statuses import cycle_status

AT = datetime(2026, 11, 20, 10, 30)
FINANCE, LABOUR = MAILS["市财政局"], MAILS["市人社局"]


def finance(desk: Desk, name: str = "回复.xlsx", **values) -> bytes:
    """市财政局's answer."""
    answers = {("D04", "2026-11"): nil()}
    return desk.reply("市财政局", name, answers=answers, items=[item("D02 政府采购", **values)]).read_bytes()


def codes(fetched: Fetched) -> list[list[str]]:
    return [[each.code for each in receipt.problems] for receipt in fetched.taken]


def verdicts(fetched: Fetched) -> list[Verdict]:
    return [receipt.verdict for receipt in fetched.taken]


def test_a_return_by_mail(mailed, run, imap_server, user):
    fetched = run(letter(FINANCE, ("我局报送表.xlsx", finance(mailed))))
    (receipt,) = fetched.taken
    assert (receipt.verdict, receipt.unit, receipt.cycle) == (Verdict.ACCEPTED, "市财政局", CYCLE)
    assert (receipt.received_at, receipt.estimated, receipt.problems) == (AT, False, ())
    assert receipt.file == f"收件箱/邮件/2026-11/20日1030_{FINANCE}_1/我局报送表.xlsx"
    assert (mailed.root / receipt.file).read_bytes() == finance(mailed)
    (message,) = fetched.messages
    assert (message.unit, message.sender, message.kind) == ("市财政局", FINANCE, MessageKind.REPLY)
    assert [(each.file, each.original) for each in message.attachments] == [(receipt.file, "我局报送表.xlsx")]
    with mailed.open() as office:
        assert office.ledger.messages() == fetched.messages
    assert imap_server.flags(user) == [""]


def test_nothing_is_fetched_twice(mailed, run):
    run(letter(FINANCE, ("a.xlsx", finance(mailed))))
    again = run()
    assert (again.messages, len(again.taken), again.known) == ((), 0, 0)


def test_a_new_numbering_brings_nothing_anew(mailed, run, imap_server, user):
    mails = [letter(FINANCE, ("a.xlsx", finance(mailed))), letter(LABOUR, subject="收到")]
    first = run(*mails)
    imap_server.renumber(user)
    again = run(letter(FINANCE, ("b.xlsx", finance(mailed, title="新的"))))
    assert (again.known, [each.unit for each in again.messages], len(again.taken)) == (2, ["市财政局"], 1)
    with mailed.open() as office:
        assert len(office.ledger.messages()) == 3
        assert {each.message_id for each in first.messages} < {each.message_id for each in office.ledger.messages()}
    assert run().messages == ()


def test_a_line_that_breaks_loses_and_doubles_nothing(mailed, imap_server, user, readers):
    for number in range(6):
        raw = letter(FINANCE, ("a.xlsx", finance(mailed, title=f"第{number}项")), number=number + 1)
        imap_server.deliver(user, raw, AT)
    with CutLine(imap_server.imaps, 60_000) as port, mailed.open() as office:
        account = replace(imap_server.account(user), port=port)
        options = {"context": imap_server.trusting, "timeout": 10}
        with Mailbox(account, "INBOX", sleep=lambda _: None, **options) as mailbox:
            fetched = fetch_from(office, mailbox, readers=readers)
    assert (len(fetched.messages), len(fetched.taken), fetched.fault) == (6, 6, "")


def test_a_line_that_stays_broken_is_told_and_the_next_run_goes_on(mailed, imap_server, user, readers, monkeypatch):
    from zwgk_excel.mail import imap

    monkeypatch.setattr(imap, "_BATCH_MAILS", 1)
    for number in range(3):
        raw = letter(FINANCE, ("a.xlsx", finance(mailed, title=f"第{number}项")), number=number + 1)
        imap_server.deliver(user, raw, AT)
    with mailed.open() as office:
        with CutLine(imap_server.imaps, *[40_000] * 20) as port:
            account = replace(imap_server.account(user), port=port)
            options = {"context": imap_server.trusting, "timeout": 10}
            with Mailbox(account, "INBOX", sleep=lambda _: None, **options) as mailbox:
                first = fetch_from(office, mailbox, readers=readers)
        with Mailbox(imap_server.account(user), "INBOX", context=imap_server.trusting) as mailbox:
            second = fetch_from(office, mailbox, readers=readers)
    assert "连接中断" in first.fault
    assert (second.fault, len(first.messages) + len(second.messages)) == ("", 3)
    assert len(first.taken) + len(second.taken) == 3


# --- whose it is -------------------------------------------------------------------------------


def test_a_sender_whom_nobody_knows_is_believed_nothing(mailed, run):
    fetched = run(letter(STRANGER, ("a.xlsx", finance(mailed))))
    (receipt,) = fetched.taken
    assert (receipt.verdict, receipt.unit, receipt.content) == (Verdict.QUARANTINED, "", None)
    assert codes(fetched) == [["sender_unknown"]]
    assert str(fetched.taken.proposals[receipt.file]) == "市财政局 2026-11"
    with mailed.open() as office:
        taken = assign(office, [mailed.root / receipt.file], "市财政局", CYCLE, who="科员")
        assert [each.verdict for each in taken] == [Verdict.ACCEPTED]


def test_what_waits_for_its_senders_sake_counts_when_the_unit_sends_it_itself(mailed, run):
    data = finance(mailed)
    first = run(letter(STRANGER, ("a.xlsx", data), number=1), letter(STRANGER, ("b.xlsx", data), number=2))
    second = run(letter(FINANCE, ("c.xlsx", data), number=3), letter(FINANCE, ("d.xlsx", data), number=4))
    assert verdicts(first) == [Verdict.QUARANTINED, Verdict.DUPLICATE]
    assert verdicts(second) == [Verdict.ACCEPTED, Verdict.DUPLICATE]
    assert verdicts(run(letter(STRANGER, ("e.xlsx", data), number=5))) == [Verdict.DUPLICATE]


def test_in_one_run_as_in_two(mailed, run):
    data, archive = finance(mailed), gbk_zip(**{"报送表.xlsx": finance(mailed, title="压缩的")})
    fetched = run(
        letter(STRANGER, ("a.xlsx", data), ("a.zip", archive), number=1),
        letter(FINANCE, ("b.xlsx", data), ("b.zip", archive), number=2),
    )
    assert sorted(verdicts(fetched)) == [Verdict.ACCEPTED] * 3 + [Verdict.QUARANTINED] * 3


def test_an_archive_of_a_stranger_waits_with_all_that_is_in_it(mailed, run):
    fetched = run(letter(STRANGER, ("材料.zip", gbk_zip(**{"报送表.xlsx": finance(mailed)}))))
    assert verdicts(fetched) == [Verdict.QUARANTINED] * 2
    assert codes(fetched) == [["sender_unknown", "archive_opened"], ["sender_unknown"]]


def test_another_units_officer_is_told_and_the_workbook_decides(mailed, run):
    fetched = run(letter(LABOUR, ("a.xlsx", finance(mailed))))
    (receipt,) = fetched.taken
    assert (receipt.verdict, receipt.unit) == (Verdict.ACCEPTED_WITH_PROBLEMS, "市财政局")
    assert codes(fetched) == [["sender_differs"]]
    assert "市人社局" in receipt.problems[0].found
    assert fetched.messages[0].unit == "市财政局"


def test_the_office_decides_how_much_another_sender_weighs(mailed, run):
    settings = mailed.root / "zwgk.toml"
    settings.write_text('severities.sender_differs = "note"\n' + settings.read_text("utf-8"), "utf-8")
    assert verdicts(run(letter(LABOUR, ("a.xlsx", finance(mailed))))) == [Verdict.ACCEPTED]


def test_a_unit_without_an_address_cannot_be_compared(mailed, run):
    data = mailed.reply("金湖街道", "a.xlsx", items=[item("D24 基层信息公开")]).read_bytes()
    fetched = run(letter(STRANGER, ("a.xlsx", data)))
    assert (verdicts(fetched), codes(fetched)) == ([Verdict.ACCEPTED], [["sender_unchecked"]])


def test_what_the_office_forwards_is_nobody_elses(mailed, run):
    settings = mailed.root / "zwgk.toml"
    text = settings.read_text("utf-8").replace('mailbox = ""', 'mailbox = "Zwgk@example.gov.cn"')
    settings.write_text(text, "utf-8")
    fetched = run(letter("zwgk@example.gov.cn", ("a.xlsx", finance(mailed))))
    assert (verdicts(fetched), codes(fetched)) == ([Verdict.ACCEPTED], [["sender_office"]])


def nameless(desk: Desk) -> bytes:
    """A workbook without its identity and without a word of whose it is."""
    import io

    import openpyxl

    from zwgk_excel.layout.columns import layout

    book = openpyxl.load_workbook(io.BytesIO(finance(desk)))
    for key in ("identity", "cover"):
        book.remove(book[layout("report")[key].name])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_without_a_signature_the_subject_proposes_before_the_sender(mailed, run):
    with mailed.open() as office:
        code = reply_code(office.ledger.key, "市人社局", CYCLE)
    data = nameless(mailed)
    by_code = run(letter(FINANCE, ("a.xlsx", data), subject=f"回复：[市人社局 2026-11 {code}]"))
    by_sender = run(letter(LABOUR, ("a.xlsx", data + b"\0")))
    assert verdicts(by_code) == verdicts(by_sender) == [Verdict.QUARANTINED]
    assert [str(each) for each in by_code.taken.proposals.values()] == ["市人社局 2026-11"]
    assert [each.unit for each in by_sender.taken.proposals.values()] == ["市财政局"], "the titles name it"
    assert (by_code.messages[0].unit, by_sender.messages[0].unit) == ("市人社局", "市人社局")


def test_a_signature_is_overruled_by_no_code_and_no_sender(mailed, run):
    with mailed.open() as office:
        code = reply_code(office.ledger.key, "市人社局", CYCLE)
    fetched = run(letter(LABOUR, ("a.xlsx", finance(mailed)), subject=f"[{code}]"))
    assert (fetched.taken[0].unit, fetched.messages[0].unit) == ("市财政局", "市财政局")


# --- what comes with mails ---------------------------------------------------------------------


def encrypted(data: bytes, password: str) -> bytes:
    import io

    from msoffcrypto.format.ooxml import OOXMLFile

    stream = io.BytesIO()
    OOXMLFile(io.BytesIO(data)).encrypt(password, stream)
    assert msoffcrypto.OfficeFile(io.BytesIO(stream.getvalue())).is_encrypted()
    return stream.getvalue()


def test_a_month_of_mails(mailed, run):
    """Good, late, wrong unit, unknown, damaged, duplicate, encrypted, zipped, by Outlook, forwarded: the statuses."""
    good = finance(mailed)
    labour = mailed.reply("市人社局", "人社.xlsx", items=[item("D04 稳岗就业")]).read_bytes()
    office = mailed.reply("市政府办", "办.xlsx", items=[item("D01 政策文件")]).read_bytes()
    street = mailed.reply("金湖街道", "街道.xlsx", items=[item("D24 基层信息公开")]).read_bytes()
    forwarded = b"From: " + MAILS["市政府办"].encode() + b"\r\nSubject: Fw\r\nMessage-ID: <f@x>\r\n"
    inner = letter(MAILS["市政府办"], ("补充.xlsx", office + b"\0"))
    fetched = run(
        letter(FINANCE, ("好.xlsx", good)),
        letter(FINANCE, ("重复.xlsx", good), subject="又发一遍"),
        letter(FINANCE, ("坏.xlsx", good[: len(good) // 2])),
        letter(FINANCE, ("加密.xlsx", encrypted(good, "不知道"))),
        letter(LABOUR, ("错.xlsx", finance(mailed, title="别的"))),
        letter(STRANGER, ("生.xlsx", labour + b"\0")),
        letter(MAILS["市政府办"], ("材料.zip", gbk_zip(**{"市政府办报送表.xlsx": office}))),
        letter(STRANGER, ("winmail.dat", tnef("街道报送表.xlsx", street))),
        forwarded + b"Content-Type: message/rfc822\r\n\r\n" + inner,
        letter(FINANCE, subject="自动回复：休假"),
        bounce(LABOUR, "<letter@example.gov.cn>"),
    )
    late = run(letter(LABOUR, ("迟.xlsx", labour)), at=datetime(2026, 12, 2, 9))
    by_name = {receipt.name.rpartition("/")[2]: (receipt.verdict, receipt.unit) for receipt in fetched.taken}
    assert by_name == {
        "好.xlsx": (Verdict.ACCEPTED, "市财政局"),
        "重复.xlsx": (Verdict.DUPLICATE, "市财政局"),
        "坏.xlsx": (Verdict.QUARANTINED, ""),
        "加密.xlsx": (Verdict.QUARANTINED, ""),
        "错.xlsx": (Verdict.ACCEPTED_WITH_PROBLEMS, "市财政局"),
        "生.xlsx": (Verdict.QUARANTINED, ""),
        "材料.zip": (Verdict.ACCEPTED, "市政府办"),
        "市政府办报送表.xlsx": (Verdict.ACCEPTED, "市政府办"),
        "街道报送表.xlsx": (Verdict.ACCEPTED, "金湖街道"),
        "补充.xlsx": (Verdict.ACCEPTED, "市政府办"),
    }
    kinds = [each.kind for each in fetched.messages]
    assert kinds == [MessageKind.REPLY] * 9 + [MessageKind.AUTO_REPLY, MessageKind.BOUNCE]
    assert fetched.messages[-1].unit == "市人社局"
    assert [each.code for each in fetched.problems] == ["mail_bounced"]
    assert "市人社局" in fetched.problems[0].found
    assert len(late.taken) == 1
    with mailed.open() as opened:
        done = consolidate(opened, as_of=date(2026, 12, 3), who="科员")
        assert (len(done.taken), done.taken.unread) == (0, ())
        rows = cycle_status(opened, CYCLE, date(2026, 12, 3)).rows
    found = {row.status.obligation.key: (row.status.outcome, row.status.timeliness) for row in rows}
    assert found["D02/市财政局/2026-11"] == ("reported", "on_time")
    assert found["D04/市人社局/2026-11"] == ("reported", "late")
    assert found["D01/市政府办/2026-11"] == ("reported", "on_time")
    assert found["D24/金湖街道/2026-11"][0] == "reported"


def test_parts_beyond_the_limit_are_told_and_the_rest_is_taken_in(mailed, run):
    spare = [(f"{number}.p7s", b"x") for number in range(parts.MOST_PARTS + 2)]
    fetched = run(letter(FINANCE, ("a.xlsx", finance(mailed)), *spare))
    (left,) = (each for each in fetched.problems if each.code == "mail_parts_left")
    assert "4 个部分" in left.found
    assert Verdict.ACCEPTED in verdicts(fetched)


def test_what_is_only_listed_is_no_return(mailed, run):
    fetched = run(letter(FINANCE, ("a.xlsx", finance(mailed)), ("smime.p7s", b"0")))
    assert [(each.original, bool(each.file)) for each in fetched.messages[0].attachments] == [
        ("a.xlsx", True),
        ("smime.p7s", False),
    ]
    assert len(fetched.taken) == 1


def test_names_from_outside_are_made_safe_and_remembered(mailed, run):
    names = ["../../x.xlsx", "=cmd.xlsx", "CON.xlsx", ".hidden.xlsx", "长" * 120 + ".xlsx"]
    files = [(name, finance(mailed, title=str(number))) for number, name in enumerate(names)]
    fetched = run(letter(FINANCE, *files))
    assert [each.original for each in fetched.messages[0].attachments] == names
    folder = mailed.root / "收件箱" / "邮件" / "2026-11"
    assert {(mailed.root / each.file).parent.parent for each in fetched.taken} == {folder}
    assert len(fetched.taken) == 5


def test_attachments_that_would_make_a_workspace_do_not(mailed, run):
    planted = [(name, f"{name} 的内容".encode()) for name in ("zwgk.toml", "zwgk.db", "ca.pem", "multiprocessing.py")]
    fetched = run(letter(FINANCE, *planted, ("责任分工表.xlsx", b"PK"), ("回复.xlsx", finance(mailed))))
    folder = (mailed.root / fetched.taken[0].file).parent
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        [*(f"{name}.隔离" for name, _ in planted), "责任分工表.xlsx", "回复.xlsx"]
    )
    told = {p.place.file: p.found for receipt in fetched.taken for p in receipt.problems if p.code == "file_renamed"}
    assert len(told) == len(planted)
    for name, _ in planted:
        assert any(f"“{name}”" in found for found in told.values())
    assert verdicts(fetched).count(Verdict.ACCEPTED) == 1
    with pytest.raises(UserError):
        open_workspace(folder)


def test_two_mails_with_one_file_name_do_not_meet(mailed, run):
    fetched = run(
        letter(FINANCE, ("a.xlsx", finance(mailed)), number=1),
        letter(FINANCE, ("a.xlsx", finance(mailed)), number=2),
    )
    assert verdicts(fetched) == [Verdict.ACCEPTED, Verdict.DUPLICATE]
    assert len({receipt.file for receipt in fetched.taken}) == 2


def test_a_signed_mail_is_opened_and_told_and_an_encrypted_one_is_named(mailed, run):
    entity = multipart(TEXT, part(OCTETS + b"\r\nContent-Disposition: " + quoted(b"a.xlsx"), finance(mailed)))
    sender = f"<{FINANCE}>".encode()
    head = b'Content-Type: application/pkcs7-mime; name="smime.p7m"\r\nContent-Disposition: attachment'
    secret = der(0x30, bytes.fromhex(ENVELOPED), der(0xA0, der(0x30, b"x" * 600)))
    fetched = run(
        mail(part(head, signed(entity, whole=ber, pieces=1000)), sender=sender),
        mail(part(head, secret), sender=sender),
    )
    assert [each.code for each in fetched.problems] == ["mail_signed"]
    assert [(each.verdict, each.unit) for each in fetched.taken] == [
        (Verdict.ACCEPTED, "市财政局"),
        (Verdict.QUARANTINED, ""),
    ]
    assert [each.code for each in fetched.taken[1].problems] == ["mail_encrypted"]


def test_a_mail_of_outlook_attached_to_a_mail_is_opened(mailed, run):
    saved = compound(msg(attached("我局报送表.xlsx", finance(mailed)), text="见附件"))
    fetched = run(letter(FINANCE, ("转发.msg", saved)))
    assert [(each.name, each.verdict, each.unit) for each in fetched.taken] == [
        ("邮件/2026-11/20日1030_caizheng@example.gov.cn_1/转发.msg", Verdict.ACCEPTED, "市财政局"),
        ("邮件/2026-11/20日1030_caizheng@example.gov.cn_1/转发.msg_解压/我局报送表.xlsx", Verdict.ACCEPTED, "市财政局"),
    ]
    assert codes(fetched) == [["mail_opened"], []]


@pytest.mark.parametrize("link", ["https://www.kdocs.cn/l/c", "https://alidocs.dingtalk.com/i/nodes/a"])
def test_a_link_in_place_of_a_file_is_told_with_its_address(mailed, run, link):
    html = f'<p>报送表在这里：<a href="{link}">信息报送表.xlsx</a></p>'.encode()
    raw = mail(part(b"Content-Type: text/html; charset=utf-8", html), sender=f"<{FINANCE}>".encode())
    fetched = run(raw)
    assert [each.code for each in fetched.problems] == ["mail_linked"]
    assert link in fetched.problems[0].found


@pytest.mark.parametrize(("text", "told"), [("见附件。", []), ("从QQ邮箱发来的超大附件", ["mail_linked"])])
def test_mails_without_a_file(mailed, run, text, told):
    raw = letter(FINANCE).replace(letter(FINANCE).partition(b"\n\n")[2], b"")
    fetched = run(raw.replace(b"Content-Transfer-Encoding: base64", b"") + b"\n" + text.encode())
    assert ([each.code for each in fetched.problems], len(fetched.taken)) == (told, 0)
    assert fetched.messages[0].unit == "市财政局"


def test_a_mail_that_is_too_large_is_told_and_left(mailed, run, monkeypatch):
    from zwgk_excel.mail import imap

    monkeypatch.setattr(imap, "LARGEST", 2_000)
    fetched = run(letter(FINANCE, ("a.xlsx", finance(mailed))))
    assert ([each.code for each in fetched.problems], len(fetched.taken)) == (["mail_too_large"], 0)
    assert run().messages == ()


# --- beside other ways in ----------------------------------------------------------------------


def test_a_file_put_among_the_mails_is_told_and_not_taken_for_one(mailed, run):
    run(letter(FINANCE, ("a.xlsx", finance(mailed))))
    stray = mailed.root / "收件箱" / "邮件" / "放错.xlsx"
    stray.write_bytes(finance(mailed, title="另一份"))
    with mailed.open() as office:
        done = consolidate(office, as_of=date(2026, 12, 3), who="科员")
        assert [(each.code, each.place.file) for each in done.taken.unread] == [
            ("file_unfetched", "邮件/放错.xlsx")
        ]
        assert [each.verdict for each in receive(office, [stray], received_at=AT)] == [Verdict.ACCEPTED]
        assert consolidate(office, as_of=date(2026, 12, 3), who="科员").taken.unread == ()


def test_copies_of_our_own_letters_are_no_returns(mailed, run):
    from zwgk_excel.domain.correspondence import LetterKind, LetterState, OutgoingMessage

    blank = mailed.sent("市财政局").read_bytes()
    ours = OutgoingMessage(
        "issue/2026-11/市财政局/1",
        LetterKind.ISSUE,
        "市财政局",
        CYCLE,
        (FINANCE,),
        (),
        "报送表",
        "<ours@example.gov.cn>",
        LetterState.PREPARED,
        AT,
        sha256=hashlib.sha256(blank).hexdigest(),
    )
    with mailed.open() as office:
        office.ledger.prepare_letter(ours)
    copy = letter("zwgk@example.gov.cn", ("表.xlsx", blank)).replace(b"Message-ID: <", b"X: <")
    copy = b"Message-ID: <ours@example.gov.cn>\n" + copy
    below = b"From: " + FINANCE.encode() + b"\nContent-Type: message/rfc822\n\n" + copy
    fetched = run(copy, below)
    assert len(fetched.taken) == 0
    answered = run(letter(STRANGER, subject="不带编号", In_Reply_To="<ours@example.gov.cn>"))
    assert answered.messages[0].unit == "市财政局"


def set_up(desk: Desk, server: Server, user: str) -> None:
    """Set the mailbox up as the IT person does."""
    (desk.root / "ca.pem").write_bytes(server.authority.read_bytes())
    path = desk.root / "zwgk.toml"
    text = path.read_text("utf-8")
    first = next(line for line in text.splitlines() if line.startswith("[mail]"))
    text = text.replace(first, f'{first}\naddress = "{user}"\nca_file = "ca.pem"')
    path.write_text(f'{text}\n[mail.imap]\nhost = "localhost"\nport = {server.imaps}\n', "utf-8")


def test_the_mailbox_of_the_settings(mailed, imap_server, user, monkeypatch):
    set_up(mailed, imap_server, user)
    give_password(monkeypatch, mailed.root)
    imap_server.deliver(user, letter(FINANCE, ("a.xlsx", finance(mailed))), AT)
    with mailed.open() as office:
        assert verdicts(fetch(office)) == [Verdict.ACCEPTED]


def test_what_is_not_set_up_is_one_sentence(mailed, imap_server, user, monkeypatch):
    with mailed.open() as office, pytest.raises(UserError, match=r"mail\.imap"):
        fetch(office)
    set_up(mailed, imap_server, user)
    give_password(monkeypatch, mailed.root, "wrong")
    with mailed.open() as office, pytest.raises(UserError, match="不接受登录"):
        fetch(office)
    (mailed.root / "ca.pem").write_text("none")
    with mailed.open() as office, pytest.raises(UserError, match="ca_file"):
        fetch(office)


_LARGE = """
import sys
from tests.mail.account import PASSWORD
from zwgk_excel.mail.imap import ImapLogin, Mailbox
from zwgk_excel.workflow.mailing.fetching import fetch_from
from zwgk_excel.workflow.office.context import open_office
from pathlib import Path
import ssl
root, port, user, authority = sys.argv[1:]
account = ImapLogin("localhost", int(port), "tls", user, PASSWORD)
context = ssl.create_default_context(cafile=authority)
with open_office(Path(root)) as office, Mailbox(account, "INBOX", context=context) as mailbox:
    fetched = fetch_from(office, mailbox)
print(*(problem.code for receipt in fetched.taken for problem in receipt.problems))
print(*(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM:")))
"""


def test_an_attachment_of_50_mb_does_not_fill_the_memory(mailed, imap_server, user):
    imap_server.deliver(user, with_file(OCTETS, quoted("照片.bin".encode()), b"\1" * (50 << 20)), AT)
    arguments = [str(mailed.root), str(imap_server.imaps), user, str(imap_server.authority)]
    done = subprocess.run(
        [sys.executable, "-c", _LARGE, *arguments], cwd=ROOT, capture_output=True, text=True, check=True
    )
    told, kilobytes = done.stdout.splitlines()
    assert told == "file_too_large"
    assert next((mailed.root / "收件箱").rglob("照片.bin")).stat().st_size == 50 << 20
    assert int(kilobytes) < 300 << 10  # the program itself, the mail as sent, and its file
