"""发送, 收取 and 催报 clicked in a live workbook: dry run, cancel, files, a server, and what came back."""

from __future__ import annotations

import email
import shutil
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
import xlwings as xw

from tests.calc.buttons import click, desk_at
from tests.calc.engine import CalcApp
from tests.mail.account import PASSWORD
from tests.mail.dovecot import Server
from tests.mail.samples import bounce
from tests.mail.smtp_server import Fault, SmtpServer
from tests.workflow.desk import CYCLE, DUTIES, Desk, item, new_desk, nil
from tests.workflow.mail_setup import MAILS, address_book, deliver, set_server, set_up
from tests.workflow.mailbox import letter
from zwgk_excel.addin import session
from zwgk_excel.domain.correspondence import LetterKind, LetterState
from zwgk_excel.layout.columns import layout
from zwgk_excel.workflow.consolidation.consolidating import consolidate
from zwgk_excel.workflow.issuing.generation import generate

TRACKER = layout("tracker").file_name


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with addresses, the month's workbooks and a tracker."""
    made = new_desk(tmp_path_factory.mktemp("buttons"))
    set_up(made)
    with made.open() as office:
        consolidate(office, as_of=None, who="科员")
    return made.root


@pytest.fixture
def desk(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A copy of it on 26 November, the day after the due date."""
    return desk_at(datetime(2026, 11, 26, 9), prepared, tmp_path, monkeypatch)


@pytest.fixture
def front(live: CalcApp, desk: Desk) -> CalcApp:
    """The application with a book of the workspace in front."""
    xw.books.open(desk.root / layout("roster").file_name).set_mock_caller()
    return live


def said(front: CalcApp, number: int = -1) -> str:
    return front.alerts[number][0]


def letters(desk: Desk) -> dict[str, LetterState]:
    with desk.open() as office:
        return {each.unit: each.state for each in office.ledger.letters()}


def drafts(desk: Desk) -> list[str]:
    return sorted(path.parent.name + "/" + path.name for path in desk.root.glob("发件箱/*/*.eml"))


# --- 发送 --------------------------------------------------------------------------------------


@pytest.mark.parametrize("answers", [("cancel",), ("yes", "cancel")])
def test_nothing_is_sent_before_somebody_has_agreed(front: CalcApp, desk: Desk, answers: tuple[str, ...]):
    assert click(front, "send", *answers) == session.CANCELLED
    assert (letters(desk), drafts(desk)) == ({}, [])


def test_without_a_server_mails_become_files_and_who_has_no_address_is_told_first(front: CalcApp, desk: Desk):
    address_book(desk, {unit: mail for unit, mail in MAILS.items() if unit != "金湖街道"})
    closing = click(front, "send", "yes", "ok")
    preview = said(front, -2)
    assert "将发给 3 个单位" in preview
    assert "没有邮箱 1 个：金湖街道" in preview
    assert "市财政局：caizheng@example.gov.cn" in preview
    assert ".eml" in preview
    assert "已写成 3 个 .eml 文件" in closing
    assert str(desk.root / "发件箱" / str(CYCLE)) in closing
    assert "下一步" in closing
    assert len(drafts(desk)) == 3
    mail = email.message_from_bytes((desk.root / "发件箱" / drafts(desk)[0]).read_bytes())
    assert mail["To"] in MAILS.values()
    assert front.statuses[-1] is False
    assert any("发送 " in str(text) for text in front.statuses)


def test_a_server_gets_each_mail_once_however_often_the_button_is_pressed(
    front: CalcApp, desk: Desk, smtp_server: SmtpServer
):
    set_server(desk, smtp_server)
    smtp_server.faults.append(Fault("RCPT", "550 no such user"))
    closing = click(front, "send", "yes", "ok")
    assert "已发出 3 封" in closing
    assert "市政府办：被拒收" in closing
    assert "市财政局" not in closing, "there is nothing to say about it"
    assert "核对单位通讯录中的邮箱" in closing
    assert smtp_server.counts() == dict.fromkeys([mail for unit, mail in MAILS.items() if unit != "市政府办"], 1)
    click(front, "send", "yes", "ok")
    assert "将发给 1 个单位。此前已发过、不再发的单位 3 个" in said(front, -2)
    assert "没有要发的" in click(front, "send", "yes")
    assert smtp_server.counts() == dict.fromkeys(MAILS.values(), 1)


def test_workbooks_that_changed_go_again_only_where_the_user_says_so(
    front: CalcApp, desk: Desk, smtp_server: SmtpServer
):
    set_server(desk, smtp_server)
    click(front, "send", "yes", "ok")
    desk.set_duties([*DUTIES[:1], {**DUTIES[1], "content": "采购目录"}, *DUTIES[2:]])
    with desk.open() as office:
        generate(office, CYCLE, as_of=desk.now.date())
    assert click(front, "send", "yes", "cancel") == session.CANCELLED
    assert "没有要发的" in click(front, "send", "yes", "no")
    assert "表有变化 1 个：市财政局" in said(front)
    assert smtp_server.counts() == dict.fromkeys(MAILS.values(), 1)
    assert "已发出 1 封" in click(front, "send", "yes", "yes", "ok")
    assert smtp_server.counts() == {**dict.fromkeys(MAILS.values(), 1), MAILS["市财政局"]: 2}
    with desk.open() as office:
        assert [each.unit for each in office.ledger.letters() if each.kind is LetterKind.CORRECTION] == ["市财政局"]


def test_what_nobody_knows_is_told_with_what_to_do(front: CalcApp, desk: Desk, smtp_server: SmtpServer):
    set_server(desk, smtp_server)
    smtp_server.faults.append(Fault("DOT", taken=True))
    assert "市政府办：不确定" in click(front, "send", "yes", "ok")
    assert "不确定是否发出 1 个：市政府办" in click(front, "send", "yes")
    assert "--mark-sent" in said(front)


def test_no_sentence_of_a_failure_is_a_traceback(front: CalcApp, desk: Desk, smtp_server: SmtpServer):
    assert click(front, "send", "no") == f"{CYCLE + 1} 还没有生成报送表；请先按“生成报送表”。"
    closed = SmtpServer()  # never started: nobody listens on its port
    set_server(desk, closed)
    closing = click(front, "send", "yes", "ok")
    assert "已发出 0 封" in closing
    assert "没有发完" in closing
    assert "下一步：排除后再按一次“发送”" in closing
    (desk.root / "zwgk.toml").write_text("[mail]\ncopies = 1\n", encoding="utf-8")
    assert "zwgk.toml" in click(front, "send")


# --- 催报 --------------------------------------------------------------------------------------


def test_reminders_go_to_those_who_owe_and_to_nobody_twice(front: CalcApp, desk: Desk, smtp_server: SmtpServer):
    set_server(desk, smtp_server)
    deliver(desk, "市财政局")
    assert click(front, "remind", "cancel") == session.CANCELLED
    assert smtp_server.mails == []
    closing = click(front, "remind", "ok")
    preview = said(front, -2)
    assert "将催报 2 个单位（催报 2 个）" in preview
    assert "市人社局（催报）：D04 稳岗就业" in preview
    assert "已发出 2 封" in closing
    assert set(smtp_server.counts()) == {MAILS["市政府办"], MAILS["市人社局"]}
    closing = click(front, "remind")
    assert "现在没有要发的催报" in closing
    assert "今天已发过 2 个" in closing
    assert len(smtp_server.mails) == 2


def test_a_file_that_just_arrived_keeps_its_unit_from_being_reminded(front: CalcApp, desk: Desk):
    answers = {("D04", str(CYCLE)): nil()}
    path = desk.reply("市财政局", "财政.xlsx", answers=answers, items=[item("D02 政府采购")])
    shutil.copyfile(path, desk.root / "收件箱" / "财政.xlsx")
    address_book(desk, {unit: mail for unit, mail in MAILS.items() if unit != "市人社局"})
    closing = click(front, "remind", "ok")
    preview = said(front, -2)
    assert "收件箱中有 1 个文件还没有登记" in preview
    assert "没有邮箱 1 个：市人社局" in preview
    assert "已写成 1 个 .eml 文件" in closing
    assert "市财政局刚登记到报送件" in closing
    assert drafts(desk) == ["催报_2026-11-26/市政府办_催报_2026-11-26.eml"]
    assert str(desk.root / "发件箱" / "催报_2026-11-26") in closing


def test_nobody_owes_anything_yet(front: CalcApp, desk: Desk):
    desk.now = datetime(2026, 11, 3, 9)
    assert click(front, "remind") == "没有需要催报的单位。"


# --- 收取 --------------------------------------------------------------------------------------


@pytest.fixture
def user(desk: Desk, imap_server: Server, monkeypatch: pytest.MonkeyPatch) -> str:
    """A mailbox on a real server, in the workspace's settings."""
    account = imap_server.account()
    monkeypatch.setenv("ZWGK_MAIL_PASSWORD", PASSWORD)
    shutil.copyfile(imap_server.authority, desk.root / "ca.pem")
    (desk.root / "zwgk.toml").write_text(
        f'[office]\nmailbox = "zwgk@example.gov.cn"\n[mail]\nuser = "{account.user}"\nca_file = "ca.pem"\n'
        f'[mail.imap]\nhost = "localhost"\nport = {account.port}\n',
        encoding="utf-8",
    )
    return account.user


def test_new_mails_are_told_and_consolidated_where_the_user_says_so(
    front: CalcApp, desk: Desk, imap_server: Server, user: str
):
    items = [item("D02 政府采购", number) for number in (1, 2, 3)]
    good = desk.reply("市财政局", "财政.xlsx", answers={("D04", str(CYCLE)): nil()}, items=items).read_bytes()
    at = datetime(2026, 11, 20, 10)
    imap_server.deliver(user, letter(MAILS["市财政局"], ("财政.xlsx", good)), at)
    imap_server.deliver(user, letter(MAILS["市人社局"], subject="稍后报送"), at)
    imap_server.deliver(user, bounce("renshe@example.gov.cn", "<letter@example.gov.cn>"), at)
    click(front, "fetch", "cancel")
    (told,) = [text for text, _ in front.alerts]
    assert "新邮件 3 封；登记文件 1 个（合格 1 个）" in told
    assert "没有附件的来信 1 封" in told
    assert "市人社局“稍后报送”" in told
    assert "renshe@example.gov.cn" in told
    assert "现在汇总到总台账吗" in told
    assert click(front, "fetch") == "没有新邮件。"

    more = desk.reply("市人社局", "人社.xlsx", items=[item("D04 稳岗就业")]).read_bytes()
    imap_server.deliver(user, letter(MAILS["市人社局"], ("人社.xlsx", more)), at)
    closing = click(front, "fetch", "ok")
    assert "收取时已登记 1 个文件" in closing
    assert "汇总完成" in closing
    book = openpyxl.load_workbook(desk.root / TRACKER, data_only=True)
    shape = layout("tracker")["items"]
    units = [row[shape.index("unit")] for row in book[shape.name].iter_rows(min_row=4, values_only=True)]
    assert sorted(units) == ["市人社局", *["市财政局"] * 3]


def test_a_mailbox_that_cannot_be_used_is_one_sentence(
    front: CalcApp, desk: Desk, user: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("ZWGK_MAIL_PASSWORD", "wrong")
    closing = click(front, "fetch")
    assert "密码" in closing
    assert "意外" not in closing
    set_server(desk, None)
    assert "还没有设置收信服务器" in click(front, "fetch")


# --- 自检 --------------------------------------------------------------------------------------


def test_the_self_test_says_what_mail_still_needs(front: CalcApp, desk: Desk, user: str):
    assert "√ 邮箱设置：" in click(front, "self_test")
    settings = desk.root / "zwgk.toml"
    text = settings.read_text("utf-8").replace('mailbox = "zwgk@example.gov.cn"', "")
    settings.write_text(text, encoding="utf-8")
    assert "× 邮箱设置：" in click(front, "self_test")
