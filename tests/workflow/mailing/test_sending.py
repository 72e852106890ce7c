"""Each unit its workbook, once: dry run, repeats, changes, refusals, doubts, and files where there is no server."""

import email
import email.policy
import shutil
from datetime import datetime, timedelta
from email.message import EmailMessage

import openpyxl
import pytest

from tests.mail.smtp_server import Fault
from tests.workflow.desk import CYCLE, DUTIES, UNITS, Desk, with_duty
from tests.workflow.mail_setup import COPY, MAILS, OFFICE, address_book, preview, rows, send_all, set_server, set_up
from zwgk_excel.domain.acts import ActKind
from zwgk_excel.domain.correspondence import LetterKind, LetterState
from zwgk_excel.domain.periods import Month
from zwgk_excel.domain.subject_codes import find_reply_code
from zwgk_excel.layout.manuals import REPORT, manual_bytes
from zwgk_excel.layout.resources import names, read_text
from zwgk_excel.workflow.acts.undoing import undo
from zwgk_excel.workflow.assessment.closing import close
from zwgk_excel.workflow.errors import UserError
from zwgk_excel.workflow.issuing import amend
from zwgk_excel.workflow.issuing.generation import generate
from zwgk_excel.workflow.mailing.delivery import DeliveryMethod
from zwgk_excel.workflow.mailing.sending import SendAction, mark_sent, planned_sendings, send
from zwgk_excel.workflow.mailing.templates import export_texts

ONCE = dict.fromkeys(MAILS.values(), 1)


@pytest.fixture(scope="module")
def prepared(smtp_running, tmp_path_factory):
    from tests.workflow.desk import new_desk

    made = new_desk(tmp_path_factory.mktemp("send"))
    set_up(made, smtp_running)
    return made


@pytest.fixture
def desk(prepared, tmp_path, smtp_server) -> Desk:
    """A workspace whose November workbooks are ready."""
    return Desk(shutil.copytree(prepared.root, tmp_path / "工作区"), prepared.now)


def letters(desk):
    with desk.open() as office:
        return office.ledger.letters()


def test_the_dry_run_changes_nothing(desk, smtp_server):
    assert preview(desk) == dict.fromkeys(MAILS, SendAction.SEND)
    (row, *_) = rows(desk)
    assert (row.to, row.file) == ((MAILS["市政府办"],), f"发件箱/{CYCLE}/市政府办_{CYCLE}_信息报送表.xlsx")
    assert {each.manual for each in rows(desk)} == {"填报手册.docx"}
    assert (smtp_server.mails, letters(desk)) == ([], ())


def test_everyone_gets_the_workbook_and_what_it_asks(desk, smtp_server):
    done = send_all(desk)
    assert {each.state for each in done.delivery_run.letters} == {LetterState.SENT}
    assert smtp_server.counts() == ONCE
    found = next(each.mail for each in smtp_server.mails if each.recipients == (MAILS["市财政局"],))
    part, manual = found.iter_attachments()
    assert (manual.get_filename(), manual.get_content()) == ("填报手册.docx", manual_bytes(REPORT))
    assert part.get_content() == desk.sent("市财政局").read_bytes()
    assert part.get_filename() == desk.sent("市财政局").name
    text = found.get_body(("plain",)).get_content()
    assert "D02，政府采购，2026-11，2026年11月25日（星期三）" in text
    assert "市政务公开办" in text
    assert "随信附填报手册（填报手册.docx）" in text
    assert "政策文件" not in text, "not theirs"
    with desk.open() as office:
        assert find_reply_code(office.ledger.key, found["Subject"], MAILS, [CYCLE]) == ("市财政局", CYCLE)
        assert found["Message-ID"] in {each.message_id for each in office.ledger.letters()}


def test_the_manual_goes_out_once_a_year_once_or_never(desk, smtp_server):
    path = desk.root / "zwgk.toml"
    plain = path.read_text("utf-8")

    def with_manual(when: str, cycle: Month) -> list[bool]:
        """Whether it went along with each mail; the mail says so just then."""
        smtp_server.mails.clear()
        path.write_text(plain.replace("[mail]", f'[mail]\nmanual = "{when}"', 1), "utf-8")
        with desk.open() as office:
            generate(office, cycle, as_of=desk.now.date())
            send(office, cycle, DeliveryMethod.SMTP, units=["市财政局"])
        went = ["填报手册.docx" in attached(each.mail) for each in smtp_server.mails]
        texts = [each.mail.get_body(("plain",)).get_content() for each in smtp_server.mails]
        assert ["填报手册" in each for each in texts] == went
        return went

    assert with_manual("never", CYCLE) == [False]
    assert with_manual("first", CYCLE + 1) == [False], "it is not its first mail"
    desk.now = datetime(2027, 1, 4, 9)
    assert with_manual("yearly", CYCLE + 2) == [True]
    assert with_manual("yearly", CYCLE + 3) == [False]


def attached(mail: EmailMessage) -> list[str | None]:
    return [part.get_filename() for part in mail.iter_attachments()]


def test_run_again_nobody_gets_it_twice(desk, smtp_server):
    send_all(desk)
    assert preview(desk) == dict.fromkeys(MAILS, SendAction.SENT)
    assert {each.manual for each in rows(desk)} == {""}
    assert send_all(desk).delivery_run.letters == ()
    assert smtp_server.counts() == ONCE


def test_older_tasks_are_asked_for_too(desk, smtp_server):
    desk.now = datetime(2026, 12, 1, 9)
    with desk.open() as office:
        generate(office, CYCLE + 1, as_of=desk.now.date())
        send(office, CYCLE + 1, DeliveryMethod.SMTP, units=["市人社局"])
    text = smtp_server.mails[0].mail.get_body(("plain",)).get_content()
    assert "以前月份尚未报送的 1 项，请一并补报：\n  1. D04，稳岗就业，2026-11，" in text


def test_a_changed_workbook_goes_again_only_on_purpose(desk, smtp_server):
    send_all(desk)
    desk.set_duties([*DUTIES, {"id": "D05", "column": "新增栏目", "owners": "市财政局"}])
    desk.reissue()
    assert preview(desk) == {**dict.fromkeys(MAILS, SendAction.SENT), "市财政局": SendAction.CHANGED}
    assert send_all(desk).delivery_run.letters == ()
    assert preview(desk, correction=True)["市财政局"] is SendAction.CORRECT
    (letter,) = send_all(desk, correction=True).delivery_run.letters
    assert (letter.kind, letter.key) == (LetterKind.CORRECTION, "correction/2026-11/市财政局/2")
    found = smtp_server.mails[-1].mail
    assert "更正" in found["Subject"]
    assert "作废" in found.get_body(("plain",)).get_content()
    assert preview(desk, correction=True) == dict.fromkeys(MAILS, SendAction.SENT)
    assert smtp_server.counts() == {**ONCE, MAILS["市财政局"]: 2}


def test_a_unit_may_get_it_once_more_on_purpose(desk, smtp_server):
    send_all(desk)
    (letter,) = send_all(desk, resend=["市财政局"]).delivery_run.letters
    assert (letter.kind, letter.key) == (LetterKind.ISSUE, "issue/2026-11/市财政局/2")
    assert smtp_server.counts() == {**ONCE, MAILS["市财政局"]: 2}


def test_what_keeps_a_mail_back_is_told(desk, smtp_server):
    address_book(desk, {**MAILS, "市人社局": "", "金湖街道": ""})
    desk.sent("市财政局").write_bytes(b"edited")
    assert preview(desk) == {
        "市政府办": SendAction.SEND,
        "市财政局": SendAction.ALTERED,
        "市人社局": SendAction.NO_ADDRESS,
        "金湖街道": SendAction.NO_ADDRESS,
    }
    assert [each.unit for each in send_all(desk).delivery_run.letters] == ["市政府办"]
    desk.sent("市财政局").unlink()
    assert preview(desk)["市财政局"] is SendAction.ALTERED
    address_book(desk, MAILS)
    with desk.open() as office:
        generate(office, CYCLE, as_of=desk.now.date())
    send_all(desk)
    assert smtp_server.counts() == ONCE


def test_an_address_that_no_server_takes_is_told_where_it_stands(desk):
    address_book(desk, {**MAILS, "金湖街道": "张三@example.cn"})
    with pytest.raises(UserError, match=r"G5：.*张三@example\.cn"):
        preview(desk)


def test_a_unit_that_came_later_has_no_workbook_yet(desk, smtp_server):
    desk.set_units([*({**unit, "mails": MAILS[unit["name"]]} for unit in UNITS), {"name": "新设局", "kind": "部门"}])
    with desk.open() as office:
        amend(office, CYCLE, on=desk.now.date(), who="王主任", reason="新设单位")
    assert preview(desk)["新设局"] is SendAction.NO_WORKBOOK


def test_copies_go_to_the_units_and_the_offices(desk, smtp_server):
    desk.set_units([{**unit, "mails": MAILS[unit["name"]], "copies": "chief@example.gov.cn"} for unit in UNITS])
    set_server(desk, smtp_server, copies=[COPY])
    send_all(desk, units=["市财政局"])
    assert smtp_server.mails[0].recipients == (MAILS["市财政局"], "chief@example.gov.cn", COPY)


@pytest.mark.parametrize("at", ["RCPT", "DOT"])
def test_a_refusal_is_told_and_the_rest_goes_on(desk, smtp_server, at):
    smtp_server.faults = [Fault(at, "550 User not found")]
    states = {each.unit: each.state for each in send_all(desk).delivery_run.letters}
    assert states == {**dict.fromkeys(MAILS, LetterState.SENT), "市政府办": LetterState.REFUSED}
    assert "550 User not found" in rows(desk)[0].detail
    address_book(desk, {**MAILS, "市政府办": "new@example.gov.cn"})
    send_all(desk)
    assert sorted(smtp_server.counts().values()) == [1] * 4
    assert "new@example.gov.cn" in smtp_server.counts()


@pytest.mark.parametrize("fault", [Fault("MAIL", "451 later"), Fault("DATA"), Fault("DOT", "452 no room")])
def test_a_server_that_has_had_enough_ends_the_run_and_the_next_one_goes_on(desk, smtp_server, fault):
    smtp_server.faults = [Fault("RCPT", "450 no")] + [fault] * 12
    delivery_run = send_all(desk).delivery_run
    assert {each.state for each in delivery_run.letters} <= {LetterState.PREPARED}
    assert (len(delivery_run.letters), "连续 3 次" in delivery_run.fault) == (3, True)
    smtp_server.faults.clear()
    send_all(desk)
    assert smtp_server.counts() == ONCE


def test_no_server_no_mail_no_doubt(desk, smtp_server):
    set_server(desk, smtp_server)
    text = (desk.root / "zwgk.toml").read_text(encoding="utf-8").replace(str(smtp_server.port), "1")
    (desk.root / "zwgk.toml").write_text(text, encoding="utf-8")
    assert "无法连接" in send_all(desk).delivery_run.fault
    assert preview(desk) == dict.fromkeys(MAILS, SendAction.SEND)


@pytest.mark.parametrize("taken", [True, False])
def test_no_answer_is_a_doubt_that_a_person_settles(desk, smtp_server, taken):
    smtp_server.faults = [Fault("DOT", taken=taken)]
    states = {each.unit: each.state for each in send_all(desk).delivery_run.letters}
    assert states == {**dict.fromkeys(MAILS, LetterState.SENT), "市政府办": LetterState.UNCERTAIN}
    for _ in range(2):
        assert send_all(desk).delivery_run.letters == ()
        assert preview(desk)["市政府办"] is SendAction.UNCERTAIN
    with desk.open() as office:
        if taken:
            letter = mark_sent(office, CYCLE, "市政府办", who="科员")
            assert (letter.state, letter.detail) == (LetterState.SENT, "由科员确认已发到该单位")
        else:
            send(office, CYCLE, DeliveryMethod.SMTP, resend=["市政府办"])
    assert smtp_server.counts() == ONCE
    assert preview(desk) == dict.fromkeys(MAILS, SendAction.SENT)


def test_a_workbook_given_by_hand_is_not_mailed(desk, smtp_server):
    address_book(desk, {**MAILS, "金湖街道": ""})
    with desk.open() as office:
        mark_sent(office, CYCLE, "金湖街道", who="科员")
        with pytest.raises(UserError, match="--resend"):
            mark_sent(office, CYCLE, "金湖街道", who="科员")
    address_book(desk, MAILS)
    send_all(desk)
    assert MAILS["金湖街道"] not in smtp_server.counts()


def test_without_a_server_the_mails_are_drafts_in_the_outbox(desk, smtp_server):
    set_server(desk, None)
    done = send_all(desk, DeliveryMethod.FILES)
    files = sorted((desk.root / "发件箱" / str(CYCLE)).glob("*.eml"))
    assert [each.name for each in files] == sorted(each.detail for each in done.delivery_run.letters)
    found = {each.name.partition("_")[0]: read(each) for each in files}
    assert {unit: each["To"] for unit, each in found.items()} == MAILS
    assert {each["X-Unsent"] for each in found.values()} == {"1"}
    before = {each: each.stat().st_mtime_ns for each in files}
    assert send_all(desk, DeliveryMethod.FILES).delivery_run.letters == ()
    assert {each: each.stat().st_mtime_ns for each in files} == before
    send_all(desk, DeliveryMethod.FILES, resend=["市财政局"])
    assert len(list(files[0].parent.glob("*.eml"))) == 5


def read(path) -> EmailMessage:
    return email.message_from_bytes(path.read_bytes(), policy=email.policy.default)


def test_the_office_writes_its_own_texts(desk, smtp_server):
    own = desk.root / "邮件文字" / "mail_issue.txt"
    own.parent.mkdir()
    own.write_text("测试 [${unit} ${cycle} ${token}]\n\n请${unit}报送。\n", encoding="gb18030")
    with desk.open() as office, pytest.raises(UserError, match="UTF-8"):
        send(office, CYCLE, DeliveryMethod.SMTP)
    own.write_text("测试 [${unit} ${cycle} ${tokn}]\n\n请${unit}报送。\n", encoding="utf-8")
    with desk.open() as office, pytest.raises(UserError, match=r"mail_issue\.txt.*tokn"):
        send(office, CYCLE, DeliveryMethod.SMTP)
    assert smtp_server.mails == []
    own.write_text("\ufeff测试 [${unit} ${cycle} ${token}]\r\n\r\n请${unit}报送。\r\n", encoding="utf-8")
    send_all(desk, units=["市财政局"])
    assert smtp_server.mails[0].mail.get_body(("plain",)).get_content() == "请市财政局报送。\n"


def test_texts_laid_out_say_what_the_shipped_ones_say_and_stay_as_they_are_reworded(desk, smtp_server):
    send_all(desk, units=["市财政局"])  # with 填报手册, which the mail says; those after it without
    send_all(desk, resend=["市财政局"])
    with desk.open() as office:
        laid = export_texts(office.workspace)
    assert [path.name for path, new in laid if new] == names("mail_", ".txt")
    assert all(path.read_text("utf-8-sig") == read_text(path.name) for path, _ in laid)
    # What the Notepad of an old Windows needs.
    assert all(path.read_bytes().startswith(b"\xef\xbb\xbf# ") and b"\r\n\r\n" in path.read_bytes() for path, _ in laid)
    send_all(desk, resend=["市财政局"])
    _, first, second = (each.mail for each in smtp_server.mails)
    assert first["Subject"] == second["Subject"]
    assert first.get_body(("plain",)).get_content() == second.get_body(("plain",)).get_content()
    laid[0][0].write_text("改过的", encoding="utf-8")
    laid[1][0].unlink()
    with desk.open() as office:
        assert [new for _, new in export_texts(office.workspace)] == [False, True, *[False] * (len(laid) - 2)]
    assert laid[0][0].read_text(encoding="utf-8") == "改过的"


def test_units_and_cycles_that_are_not_there(desk):
    with desk.open() as office:
        with pytest.raises(UserError, match="市渔业局"):
            planned_sendings(office, CYCLE, units=["市渔业局"])
        with pytest.raises(UserError, match="zwgk generate"):
            planned_sendings(office, CYCLE + 5)
        desk.now += timedelta(days=40)
        close(office, CYCLE, as_of=desk.now.date(), who="科员")
        with pytest.raises(UserError, match="已结账"):
            planned_sendings(office, CYCLE)


def test_an_authority_that_is_not_there_sends_nothing(desk, smtp_server):
    path = desk.root / "zwgk.toml"
    path.write_text(path.read_text("utf-8").replace("per_minute = 0", 'per_minute = 0\nca_file = "no.pem"'), "utf-8")
    with desk.open() as office, pytest.raises(UserError, match=r"ca_file.*no\.pem"):
        send(office, CYCLE, DeliveryMethod.SMTP)
    assert (smtp_server.mails, letters(desk)) == ([], ())


def test_no_sender_no_mail(desk):
    text = (desk.root / "zwgk.toml").read_text(encoding="utf-8")
    (desk.root / "zwgk.toml").write_text(text.replace(OFFICE, ""), encoding="utf-8")
    with desk.open() as office:
        assert {each.action for each in planned_sendings(office, CYCLE)} == {SendAction.SEND}
        with pytest.raises(UserError, match="mailbox"):
            send(office, CYCLE, DeliveryMethod.FILES)
        with pytest.raises(UserError, match="mailbox"):
            mark_sent(office, CYCLE, "市财政局", who="王")
    assert letters(desk) == ()


def test_after_an_undone_amendment_nothing_goes_that_the_record_does_not_say(desk, smtp_server):
    send_all(desk)
    desk.set_duties(with_duty("D02", owners="市财政局、市政府办"))
    desk.reissue()
    with desk.open() as office:
        act = next(each for each in reversed(office.ledger.acts()) if each.kind is ActKind.AMEND)
        undo(office, act.number, who="王", reason="不改了")
        found = {each.unit: each for each in planned_sendings(office, CYCLE, correction=True)}
        assert found["市政府办"].action is SendAction.OUTDATED
        assert "zwgk generate 2026-11 --as-issued" in found["市政府办"].detail
        assert found["市财政局"].action is SendAction.SENT
        (again,) = planned_sendings(office, CYCLE, resend=["市政府办"])
        assert again.action is SendAction.OUTDATED
        before = len(smtp_server.mails)
        send(office, CYCLE, DeliveryMethod.SMTP, resend=["市政府办"])
        assert len(smtp_server.mails) == before
        generate(office, CYCLE, as_of=desk.now.date(), as_issued=True)
        (again,) = planned_sendings(office, CYCLE, resend=["市政府办"])
        assert again.action is SendAction.RESEND


OFFICERS = (
    {"name": "市财政局", "duty": "D02", "officers": "报送员甲", "phones": "8712345", "mails": "jia@example.gov.cn"},
    {"name": "市财政局", "duty": "D04", "officers": "报送员乙", "mails": "yi@example.gov.cn"},
    {"name": "市人社局", "duty": "D04", "officers": "报送员丙", "mails": f"bing@example.gov.cn、{MAILS['市人社局']}"},
)


def test_officers_of_its_duties_get_a_copy_and_are_named(desk, smtp_server):
    address_book(desk, MAILS, OFFICERS)
    set_server(desk, smtp_server, copies=[COPY])
    with desk.open() as office:
        generate(office, CYCLE, as_of=desk.now.date())
    send_all(desk, units=["市财政局", "市人社局", "金湖街道"])
    mails = {each.mail["To"]: each.mail for each in smtp_server.mails}
    copies = {unit: mails[MAILS[unit]]["Cc"] for unit in ("市财政局", "市人社局", "金湖街道")}
    assert copies == {
        "市财政局": f"jia@example.gov.cn, yi@example.gov.cn, {COPY}",
        "市人社局": f"bing@example.gov.cn, {COPY}",  # the unit's own address is written to already
        "金湖街道": COPY,
    }
    text = mails[MAILS["市财政局"]].get_body(("plain",)).get_content()
    assert "D02，政府采购，2026-11，2026年11月25日（星期三），报送员甲" in text
    assert "报送员" not in mails[MAILS["金湖街道"]].get_body(("plain",)).get_content()
    cover = openpyxl.load_workbook(desk.sent("市财政局")).worksheets[0]
    shown = [cell.value for row in cover.iter_rows() for cell in row if cell.value]
    assert shown[-5:] == ["栏目报送员", "D02 政府采购", "报送员甲 8712345", "D04 稳岗就业", "报送员乙"]
