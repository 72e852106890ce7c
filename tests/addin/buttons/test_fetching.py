"""收取 clicked: what came, what needs a person, and 汇总 offered."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
import xlwings as xw

from tests.addin.clicks import click, desk_at
from tests.addin.grid import GridApp
from tests.mail.account import HOST
from tests.mail.dovecot import Server
from tests.mail.samples import bounce
from tests.mail.smtp_server import SmtpServer
from tests.workflow.desk import CYCLE, Desk, item, new_desk, nil
from tests.workflow.mail_setup import MAILS, give_password, set_server, set_up
from tests.workflow.mailbox import letter
from zwgk_excel.layout.columns import layout
from zwgk_excel.workflow.consolidation.consolidating import consolidate

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
def front(grid: GridApp, desk: Desk) -> GridApp:
    """The application with a book of the workspace in front."""
    xw.books.open(desk.root / layout("roster").file_name).set_mock_caller()
    return grid


def said(front: GridApp, number: int = -1) -> str:
    return front.alerts[number][0]


@pytest.fixture
def user(desk: Desk, imap_server: Server, monkeypatch: pytest.MonkeyPatch) -> str:
    """A mailbox on a real server, in the workspace's settings."""
    account = imap_server.account()
    shutil.copyfile(imap_server.authority, desk.root / "ca.pem")
    (desk.root / "zwgk.toml").write_text(
        f'[office]\nmailbox = "zwgk@example.gov.cn"\n[mail]\nuser = "{account.user}"\nca_file = "ca.pem"\n'
        f'[mail.imap]\nhost = "localhost"\nport = {account.port}\n',
        encoding="utf-8",
    )
    give_password(monkeypatch, desk.root)
    return account.user


def test_new_mails_are_told_and_consolidated_where_the_user_says_so(
    front: GridApp, desk: Desk, imap_server: Server, user: str
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


def test_units_are_answered_where_the_office_wants_it(
    front: GridApp,
    desk: Desk,
    imap_server: Server,
    user: str,
    smtp_server: SmtpServer,
    monkeypatch: pytest.MonkeyPatch,
):
    path = desk.root / "zwgk.toml"
    text = path.read_text("utf-8").replace("[mail]", "[mail]\nanswers = true\nper_minute = 0", 1)
    server = f'[mail.smtp]\nhost = "{HOST}"\nport = {smtp_server.port}\nsecurity = "none"\n'
    path.write_text(text + server, encoding="utf-8")
    give_password(monkeypatch, desk.root)
    answers = {("D04", str(CYCLE)): nil()}
    good = desk.reply("市财政局", "财政.xlsx", answers=answers, items=[item("D02 政府采购")]).read_bytes()
    imap_server.deliver(user, letter(MAILS["市财政局"], ("财政.xlsx", good)), datetime(2026, 11, 25, 10))
    click(front, "fetch", "cancel")
    assert "收件回复 1 封" in said(front)
    assert smtp_server.counts() == {MAILS["市财政局"]: 1}


def test_a_mailbox_that_cannot_be_used_is_one_sentence(
    front: GridApp, desk: Desk, user: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("ZWGK_MAIL_PASSWORD", "wrong")
    closing = click(front, "fetch")
    assert "密码" in closing
    assert "意外" not in closing
    set_server(desk, None)
    assert "还没有设置收信服务器" in click(front, "fetch")


def test_the_self_test_says_what_mail_still_needs(front: GridApp, desk: Desk, user: str):
    assert "发件地址" in click(front, "self_test").rpartition("√ 正常：")[2].split("、")
    settings = desk.root / "zwgk.toml"
    text = settings.read_text("utf-8").replace('mailbox = "zwgk@example.gov.cn"', "")
    settings.write_text(text, encoding="utf-8")
    assert "× 发件地址：" in click(front, "self_test")
