"""``send``, ``return`` and ``remind`` as the office's IT person runs them."""

import json
from datetime import datetime

import pytest

from tests.mail.smtp_server import Fault
from tests.workflow.desk import Desk, new_desk
from tests.workflow.mail_setup import MAILS, OFFICE, address_book, deliver, set_server, set_up
from zwgk_excel.cli.main import run


@pytest.fixture
def desk(tmp_path, smtp_server) -> Desk:
    made = new_desk(tmp_path)
    set_up(made, smtp_server)
    return made


@pytest.fixture
def zwgk(desk, capsys):
    """Run a command in the workspace: its exit code, and its output, parsed where it is JSON."""

    def call(*arguments):
        code = run([*arguments, "-w", str(desk.root)])
        said = capsys.readouterr()
        return code, json.loads(said.out) if "--json" in arguments else said.out + said.err

    return call


def test_a_month_of_mails(zwgk, smtp_server):
    code, shown = zwgk("send", "2026-11")
    assert (code, smtp_server.mails) == (0, [])
    assert "没有发出任何邮件" in shown
    assert MAILS["市财政局"] in shown
    assert "填报手册.docx" in shown, "it goes along with the first workbook of a year"
    code, sent = zwgk("send", "2026-11", "--yes", "--json")
    assert code == 0
    assert {each["unit"]: each["state"] for each in sent["letters"]} == dict.fromkeys(MAILS, "sent")
    assert (len(smtp_server.mails), sent["fault"]) == (4, None)
    code, shown = zwgk("send", "2026-11", "--yes")
    assert (code, len(smtp_server.mails)) == (0, 4)
    assert "不再发的 4 个单位" in shown


def test_a_faulty_return_goes_back(desk, zwgk, smtp_server):
    desk.now = datetime(2026, 11, 26, 9)
    deliver(desk, "市财政局", bad=True)
    code, shown = zwgk("return", "2026-11")
    assert (code, smtp_server.mails) == (0, [])
    assert "没有发出任何邮件" in shown
    assert "错误/提醒（处）" in shown
    code, found = zwgk("return", "2026-11", "--json")
    (row,) = found["units"]
    assert (row["unit"], row["action"], row["errors"], row["mend_by"]) == ("市财政局", "send", 1, "2026-12-03")
    assert row["tasks"] == [{"key": "D02/市财政局/2026-11", "mend_by": "2026-12-03", "points": 3.0}]
    code, sent = zwgk("return", "2026-11", "--yes", "--json")
    assert (code, [each["state"] for each in sent["letters"]]) == (0, ["sent"])
    code, shown = zwgk("return", "2026-11", "--yes")
    assert (code, len(smtp_server.mails)) == (0, 1)
    assert "不再发的 1 个单位" in shown
    assert "D02（退回）" in zwgk("remind", "--as-of", "2026-11-27")[1]
    assert zwgk("return", "2026-10")[0] == 2
    assert "没有需要改正的报送件" in zwgk("return", "2026-11", "--unit", "市人社局")[1]


def test_the_texts_of_the_mails(desk, zwgk, smtp_server):
    code, shown = zwgk("send", "--texts")
    assert (code, "mail_issue.txt" in shown) == (0, True)
    (desk.root / "邮件文字" / "mail_issue.txt").unlink()
    code, found = zwgk("send", "--texts", "--json")
    assert [each["text"].rpartition("mail_")[2] for each in found if each["new"]] == ["issue.txt"]
    assert "没有改动" in zwgk("send", "--texts")[1]
    assert (zwgk("send", "--texts", "--yes")[0], zwgk("send")[0], smtp_server.mails) == (2, 2, [])


def test_what_needs_a_person_is_exit_1_and_says_what_to_do(desk, zwgk, smtp_server):
    address_book(desk, {**MAILS, "金湖街道": ""})
    smtp_server.faults = [Fault("DOT"), Fault("RCPT", "550 User not found")]
    code, shown = zwgk("send", "2026-11", "--yes")
    assert code == 1
    assert "550 User not found" in shown
    assert "已发出 1 封" in shown
    code, shown = zwgk("send", "2026-11")
    assert code == 1
    assert "--mark-sent" in shown
    assert "单位通讯录" in shown
    assert zwgk("send", "2026-11", "--mark-sent", "市政府办", "--mark-sent", "金湖街道", "--who", "科员")[0] == 0
    assert zwgk("send", "2026-11", "--yes")[0] == 0
    code, found = zwgk("send", "2026-11", "--json")
    assert {each["action"] for each in found["units"]} == {"sent"}


def test_no_server_is_exit_2_and_one_sentence(desk, zwgk, smtp_server):
    smtp_server.port, port = 1, smtp_server.port
    set_server(desk, smtp_server)
    smtp_server.port = port
    code, shown = zwgk("send", "2026-11", "--yes")
    assert code == 2
    assert "无法连接发件服务器" in shown
    assert "Traceback" not in shown


def test_files_instead_of_a_server(desk, zwgk, smtp_server):
    code, shown = zwgk("send", "2026-11", "--yes", "--eml", "--unit", "市财政局")
    assert (code, smtp_server.mails) == (0, [])
    assert ".eml" in shown
    assert [each.suffix for each in (desk.root / "发件箱" / "2026-11").glob("市财政局*.eml")] == [".eml"]


def test_outlook_is_not_everywhere(zwgk):
    code, shown = zwgk("send", "2026-11", "--yes", "--outlook")
    assert code == 2
    assert "--outlook" in shown


def test_reminders(zwgk, smtp_server):
    code, found = zwgk("remind", "--as-of", "2026-12-08", "--json")
    assert code == 0
    assert {each["unit"]: each["level"] for each in found["units"]} == dict.fromkeys(
        ("市政府办", "市财政局", "市人社局"), "supervise"
    )
    assert found["units"][1]["late"] == ["D02/市财政局/2026-11", "D04/市财政局/2026-11"]
    shown = zwgk("remind", "--as-of", "2026-11-24")[1]
    assert "临期提醒" in shown
    assert "没有需要催报的单位" in zwgk("remind", "--as-of", "2026-11-10")[1]
    assert smtp_server.mails == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["remind", "--as-of", "2026-11-24", "--yes"],
        ["send", "2026-11", "--mark-sent", "市财政局", "--yes"],
        ["send", "2026-11", "--unit", "市渔业局"],
        ["send", "2026-12"],
    ],
)
def test_wrong_usage_is_one_sentence(zwgk, arguments):
    code, shown = zwgk(*arguments)
    assert code == 2
    assert shown.strip()
    assert "Traceback" not in shown


def test_without_an_address_the_preview_and_then_the_sentence(desk, zwgk):
    path = desk.root / "zwgk.toml"
    path.write_text(path.read_text("utf-8").replace(OFFICE, ""), "utf-8")
    code, shown = zwgk("send", "2026-11")
    assert code == 1
    assert MAILS["市财政局"] in shown
    assert "还没有设置发件邮箱" in shown.splitlines()[-1]
    assert zwgk("send", "2026-11", "--yes")[0] == 2
