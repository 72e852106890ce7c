"""发送 and 催报 clicked: dry run, cancel, files, a server, and who gets nothing."""

from __future__ import annotations

import email
import shutil
from datetime import datetime
from pathlib import Path

import pytest
import xlwings as xw

from tests.addin.clicks import click, desk_at
from tests.addin.grid import GridApp
from tests.mail.smtp_server import Fault, SmtpServer
from tests.workflow.desk import CYCLE, DUTIES, Desk, item, new_desk, nil
from tests.workflow.mail_setup import MAILS, address_book, deliver, set_server, set_up
from zwgk_excel.addin.host import session
from zwgk_excel.domain.acts import ActKind, ActSource
from zwgk_excel.domain.correspondence import LetterKind, LetterState
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


def letters(desk: Desk) -> dict[str, LetterState]:
    with desk.open() as office:
        return {each.unit: each.state for each in office.ledger.letters()}


def drafts(desk: Desk) -> list[str]:
    return sorted(path.parent.name + "/" + path.name for path in desk.root.glob("发件箱/*/*.eml"))


# --- 发送 --------------------------------------------------------------------------------------


@pytest.mark.parametrize("answers", [("cancel",), ("ok", "cancel")])
def test_nothing_is_sent_before_somebody_has_agreed(front: GridApp, desk: Desk, answers: tuple[str, ...]):
    assert click(front, "send", *answers) == session.CANCELLED
    assert (letters(desk), drafts(desk)) == ({}, [])


def test_without_a_server_mails_become_files_and_who_has_no_address_is_told_first(front: GridApp, desk: Desk):
    address_book(desk, {unit: mail for unit, mail in MAILS.items() if unit != "金湖街道"})
    closing = click(front, "send", "ok", "ok")
    preview = said(front, -2)
    assert "将发给 3 个单位。其中 3 个单位随信附填报手册。" in preview
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
    front: GridApp, desk: Desk, smtp_server: SmtpServer
):
    set_server(desk, smtp_server)
    smtp_server.faults.append(Fault("RCPT", "550 no such user"))
    closing = click(front, "send", "ok", "ok")
    assert "已发出 3 封" in closing
    assert "市政府办：被拒收" in closing
    assert "市财政局" not in closing, "there is nothing to say about it"
    assert "核对单位通讯录中的邮箱" in closing
    assert smtp_server.counts() == dict.fromkeys([mail for unit, mail in MAILS.items() if unit != "市政府办"], 1)
    click(front, "send", "ok", "ok")
    assert "将发给 1 个单位。此前已发过、不再发的单位 3 个" in said(front, -2)
    assert "没有要发的" in click(front, "send", "ok")
    assert smtp_server.counts() == dict.fromkeys(MAILS.values(), 1)


def test_workbooks_that_changed_go_again_only_where_the_user_says_so(
    front: GridApp, desk: Desk, smtp_server: SmtpServer
):
    set_server(desk, smtp_server)
    click(front, "send", "ok", "ok")
    desk.set_duties([*DUTIES[:1], {**DUTIES[1], "content": "采购目录"}, *DUTIES[2:]])
    desk.reissue()
    assert click(front, "send", "ok", "cancel") == session.CANCELLED
    assert "没有要发的" in click(front, "send", "ok", "no")
    assert "表有变化 1 个：市财政局" in said(front)
    assert smtp_server.counts() == dict.fromkeys(MAILS.values(), 1)
    assert "已发出 1 封" in click(front, "send", "ok", "yes", "ok")
    assert smtp_server.counts() == {**dict.fromkeys(MAILS.values(), 1), MAILS["市财政局"]: 2}
    with desk.open() as office:
        assert [each.unit for each in office.ledger.letters() if each.kind is LetterKind.CORRECTION] == ["市财政局"]


def test_what_nobody_knows_is_told_with_what_to_do(front: GridApp, desk: Desk, smtp_server: SmtpServer):
    set_server(desk, smtp_server)
    smtp_server.faults.append(Fault("DOT", taken=True))
    assert "市政府办：不确定" in click(front, "send", "ok", "ok")
    assert click(front, "send", "ok", "cancel") == session.CANCELLED
    assert "不知道是否发出" in said(front, -2)
    smtp_server.faults.clear()
    click(front, "send", "ok", "no", "ok")
    assert smtp_server.counts()[MAILS["市政府办"]] == 2, "it had not arrived, and goes again"


def test_what_was_delivered_otherwise_is_recorded_so(
    front: GridApp, desk: Desk, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("ZWGK_WHO", "王敏")
    address_book(desk, {unit: mail for unit, mail in MAILS.items() if unit != "金湖街道"})
    click(front, "send", "ok", "ok")
    assert "没有邮箱 1 个：金湖街道" in click(front, "send", "ok", "no")
    assert "此前已发过、不再发的单位 4 个" in click(front, "send", "ok", "yes")
    assert letters(desk)["金湖街道"] is LetterState.SENT


def test_no_sentence_of_a_failure_is_a_traceback(front: GridApp, desk: Desk, smtp_server: SmtpServer):
    assert click(front, "send", "2026-12") == f"{CYCLE + 1} 还没有生成报送表；请先按“生成报送表”。"
    closed = SmtpServer()  # never started: nobody listens on its port
    set_server(desk, closed)
    closing = click(front, "send", "ok", "ok")
    assert "已发出 0 封" in closing
    assert "没有发完" in closing
    assert "下一步：排除后再按一次“发送”" in closing
    (desk.root / "zwgk.toml").write_text("[mail]\ncopies = 1\n", encoding="utf-8")
    assert "zwgk.toml" in click(front, "send")


# --- 退回修改 ----------------------------------------------------------------------------------


def test_faulty_returns_go_back_once_with_what_is_shown_first(front: GridApp, desk: Desk, smtp_server: SmtpServer):
    set_server(desk, smtp_server)
    deliver(desk, "市财政局", bad=True)
    desk.now = datetime(2026, 11, 27, 9)
    assert click(front, "send_back", "ok", "cancel") == session.CANCELLED
    assert smtp_server.mails == []
    closing = click(front, "send_back", "ok", "ok")
    preview = said(front, -2)
    assert "2026-11 将退回 1 个单位的报送件" in preview
    assert f"市财政局：错误 1 处，改正时限 2026-12-03；{MAILS['市财政局']}" in preview
    assert "已发出 1 封" in closing
    (sent,) = smtp_server.mails
    assert [each.get_filename() for each in sent.mail.iter_attachments()] == ["市财政局_2026-11_修改意见.xlsx"]
    with desk.open() as office:
        assert [each.kind for each in office.ledger.letters()] == [LetterKind.RETURN]
    closing = click(front, "send_back", "ok")
    assert "没有要退回的报送件" in closing
    assert "已发过 1 个：市财政局" in closing
    assert len(smtp_server.mails) == 1


def test_warnings_go_back_only_where_that_is_wanted_and_a_correction_never(front: GridApp, desk: Desk):
    assert "没有需要改正的报送件" in click(front, "send_back", "ok")
    path = desk.reply("市人社局", "人社.xlsx", items=[item("D04 稳岗就业")] * 2)
    shutil.copyfile(path, desk.root / "收件箱" / "人社.xlsx")
    deliver(desk, "市财政局", bad=True)
    with desk.open() as office:
        consolidate(office, as_of=None, who="科员")
    assert click(front, "send_back", "ok", "cancel") == session.CANCELLED
    click(front, "send_back", "ok", "no", "cancel")
    assert "只有提醒，不发 1 个：市人社局" in said(front, -2)
    answers = {("D04", str(CYCLE)): nil()}
    path = desk.reply("市财政局", "改好.xlsx", answers=answers, items=[item("D02 政府采购")])
    shutil.copyfile(path, desk.root / "收件箱" / "改好.xlsx")
    closing = click(front, "send_back", "ok", "yes", "ok")
    assert "将退回 2 个单位" in said(front, -2)
    assert "收件箱中有 1 个文件还没有登记" in said(front, -2)
    assert "市财政局刚登记到改正后的报送件" in closing
    assert drafts(desk) == ["退回修改_2026-11-26/市人社局_2026-11_修改意见_2.eml"]


# --- 催报 --------------------------------------------------------------------------------------


def test_reminders_go_to_those_who_owe_and_to_nobody_twice(front: GridApp, desk: Desk, smtp_server: SmtpServer):
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
    assert "当天已发过 2 个" in closing
    assert len(smtp_server.mails) == 2


def test_a_rule_that_has_changed_meanwhile_is_recorded_as_found_by_a_button(
    front: GridApp, desk: Desk, smtp_server: SmtpServer
):
    set_server(desk, smtp_server)
    with desk.open() as office:
        office.ledger.record_rules()
    with (desk.root / "zwgk.toml").open("a", encoding="utf-8") as settings:
        settings.write("\n[scoring.missing]\npoints = 4\n")
    click(front, "remind", "ok")
    with desk.open() as office:
        (act,) = (each for each in office.ledger.acts() if each.kind is ActKind.CHANGE_RULES)
    assert act.source is ActSource.RIBBON


def test_a_file_that_just_arrived_keeps_its_unit_from_being_reminded(front: GridApp, desk: Desk):
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


def test_nobody_owes_anything_yet(front: GridApp, desk: Desk):
    desk.now = datetime(2026, 11, 3, 9)
    assert click(front, "remind") == "没有需要催报的单位。"
