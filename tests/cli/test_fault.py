"""``zwgk fault``: what is wrong on the website goes to the units, and the office has its word on what they say."""

from __future__ import annotations

import json
import re
from datetime import datetime
from email import message_from_bytes
from email.policy import default

import pytest

from tests.clock import set_clock
from tests.workflow.desk import CYCLE, Desk, copied_desk, issue, item
from tests.workflow.fault_tables import answered
from tests.workflow.mail_setup import MAILS, address_book
from zwgk_excel.cli import main
from zwgk_excel.domain.link_checks import Visit, VisitFinding
from zwgk_excel.workflow.intake.receiving import receive

MONTH = str(CYCLE)
DAY = datetime(2026, 12, 1, 9)


@pytest.fixture
def desk(tmp_path, monkeypatch) -> Desk:
    """A unit reported two items of which one is gone; mails become files."""
    made = issue(copied_desk(tmp_path))
    address_book(made, MAILS)
    (made.root / "zwgk.toml").write_text('[office]\nmailbox = "zwgk@example.gov.cn"\n', "utf-8")
    reply = made.reply("市财政局", "a.xlsx", items=[item("D02 政府采购", number) for number in (1, 2)])
    with made.on(datetime(2026, 11, 20, 9)) as office:
        receive(office, [reply], received_at=datetime(2026, 11, 20, 9))
        office.ledger.add_visits([Visit("http://a.cn/D02/1", datetime(2026, 11, 30, 9), VisitFinding.NOT_FOUND, 404)])
    set_clock(monkeypatch, DAY)
    return made


@pytest.fixture
def zwgk(desk, capsys):
    def call(*words: str) -> tuple[int, str]:
        capsys.readouterr()
        code = main.run(["fault", *words, "-w", str(desk.root)])
        said = capsys.readouterr()
        return code, said.out + said.err

    return call


def test_from_the_fault_to_the_office_s_word(desk, zwgk):
    code, said = zwgk("send", MONTH)
    assert (code, "页面不存在" in said, "--yes" in said) == (0, True, True)
    assert zwgk("list") == (0, "没有网站整改的记录。\n")

    code, said = zwgk("send", MONTH, "--yes", "--json")
    (row,) = json.loads(said)["units"]
    assert (code, row["unit"], row["action"], len(row["faults"])) == (0, "市财政局", "send", 1)
    folder = desk.root / "发件箱" / MONTH
    table = folder / f"市财政局_{MONTH}_整改链接表.xlsx"
    assert (folder / f"市财政局_{MONTH}_整改链接表.eml").is_file()
    (again,) = json.loads(zwgk("send", MONTH, "--yes", "--json")[1])["units"]
    assert (again["action"], again["numbers"]) == ("sent", [1])

    said = {1: {"status": "impossible", "explanation": "上级网站已撤下。"}}
    path = desk.root.parent / "整改.xlsx"
    path.write_bytes(answered(table.read_bytes(), said))
    with desk.on(DAY) as office:
        receive(office, [path])
    assert json.loads(zwgk("list", "--json", "--open")[1])[0]["outcome"] == "explained"
    assert "--reason" in zwgk("refuse", "1")[1]
    assert "未整改" in zwgk("refuse", "1", "--reason", "上级网站仍有", "--who", "王芳")[1]
    assert json.loads(zwgk("list", "--json", "--cycle", MONTH, "--unit", "市财政局")[1])[0]["outcome"] == "unmended"
    code, told = zwgk("accept", "1", "--reason", "核实无误", "--who", "王芳")
    assert (code, "说明已认可" in told) == (0, True)
    assert "不必再认定" in zwgk("accept", "1", "--reason", "再来", "--who", "王芳")[1]
    code, told = zwgk("refuse", "1", "--reason", "改主意了", "--who", "王芳")
    (undo,) = re.findall(r"zwgk undo (\d+) --reason 理由", told)
    assert code == 2
    assert main.run(["undo", undo, "--reason", "改主意了", "--who", "王芳", "--yes", "-w", str(desk.root)]) == 0
    assert json.loads(zwgk("list", "--json")[1])[0]["outcome"] == "unmended", "as it was before it was accepted"
    assert "没有第 9 条" in zwgk("accept", "9", "--reason", "无", "--who", "王芳")[1]


def test_a_table_that_could_not_be_taken_is_told_to_its_unit_once(desk, zwgk, capsys, monkeypatch):
    zwgk("send", MONTH, "--yes")
    folder = desk.root / "发件箱" / MONTH
    table = folder / f"市财政局_{MONTH}_整改链接表.xlsx"
    set_clock(monkeypatch, DAY.replace(day=2))
    bad = desk.root / "收件箱" / "整改.xlsx"
    bad.parent.mkdir(exist_ok=True)
    bad.write_bytes(answered(table.read_bytes(), {1: {"status": "mended", "new_url": "www.a.cn/1"}}))
    faulty = desk.reply("市财政局", "b.xlsx", items=[item("D02 政府采购", 1) | {"url": "见网站"}])
    (desk.root / "收件箱" / "b.xlsx").write_bytes(faulty.read_bytes())
    capsys.readouterr()
    assert main.run(["consolidate", "--who", "王芳", "-w", str(desk.root)]) == 1
    said = capsys.readouterr().out.replace("\n", "")
    assert said.count("修改意见：") == 1, "the report's own"
    assert f"zwgk fault send {MONTH}" in said

    set_clock(monkeypatch, DAY.replace(day=3))
    assert "退回更正" in zwgk("send", MONTH)[1]
    (row,) = json.loads(zwgk("send", MONTH, "--yes", "--json")[1])["units"]
    assert (row["action"], row["numbers"]) == ("mend", [1])
    (mail,) = folder.glob("*整改链接表_*.eml")
    body = message_from_bytes(mail.read_bytes(), policy=default).get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert "“整改.xlsx”有下列各处没有采用" in text
    assert "www.a.cn/1" in text
    (row,) = json.loads(zwgk("send", MONTH, "--yes", "--json")[1])["units"]
    assert row["action"] == "sent"


def test_what_nobody_explained_cannot_be_accepted(desk, zwgk):
    zwgk("send", MONTH, "--yes")
    by = ("--reason", "看过了", "--who", "王芳")
    for what in ("accept", "refuse"):
        code, told = zwgk(what, "1", *by)
        assert (code, "还没有收到说明" in told) == (2, True)
    path = desk.root.parent / "整改.xlsx"
    table = desk.root / "发件箱" / MONTH / f"市财政局_{MONTH}_整改链接表.xlsx"
    path.write_bytes(answered(table.read_bytes(), {1: {"status": "mended"}}))
    with desk.on(DAY) as office:
        receive(office, [path])
    for what in ("accept", "refuse"):
        code, told = zwgk(what, "1", *by)
        assert (code, "现在是“待再次核验”" in told) == (2, True)
    assert json.loads(zwgk("list", "--json")[1])[0]["outcome"] == "answered"


def test_a_returned_table_can_be_withdrawn_and_that_undone(desk, zwgk, capsys):
    zwgk("send", MONTH, "--yes")
    table = desk.root / "发件箱" / MONTH / f"市财政局_{MONTH}_整改链接表.xlsx"
    by = ("--reason", "发错了", "--who", "王芳", "-w", str(desk.root))
    said = "上级网站已撤下。", "另有说明。"
    with desk.on(DAY) as office:
        for number, words in enumerate(said, 1):
            path = desk.root.parent / f"整改{number}.xlsx"
            path.write_bytes(answered(table.read_bytes(), {1: {"status": "impossible", "explanation": words}}))
            receive(office, [path], received_at=DAY.replace(hour=number))
        number = max(each.number for each in office.ledger.receipts() if each.fault_answers)

    def explained() -> str:
        return json.loads(zwgk("list", "--json")[1])[0]["explanation"]

    assert explained() == said[1]
    assert main.run(["receipt", "withdraw", str(number), *by]) == 1
    assert "整改情况 1 条不再计入" in capsys.readouterr().out
    assert explained() == said[1], "it was a preview"
    assert main.run(["receipt", "withdraw", str(number), *by, "--yes"]) == 0
    assert explained() == said[0]
    with desk.on(DAY) as office:
        act = max(each.number for each in office.ledger.acts())
    assert main.run(["undo", str(act), *by, "--yes"]) == 0
    assert explained() == said[1]


def test_a_day_is_for_looking_only(zwgk):
    assert "没有要整改的" in zwgk("send", MONTH, "--as-of", "2026-11-29")[1], "nobody had visited it then"
    assert "页面不存在" in zwgk("send", MONTH, "--as-of", "2026-11-30")[1]
    code, said = zwgk("send", MONTH, "--as-of", "2026-11-30", "--yes")
    assert (code, "只用于预览" in said) == (2, True)
    assert zwgk("list") == (0, "没有网站整改的记录。\n")


def test_what_is_overdue_is_told_by_the_exit_code(zwgk, monkeypatch):
    zwgk("send", MONTH, "--yes")
    assert zwgk("list")[0] == 0
    code, said = zwgk("list", "--as-of", "2026-12-20")
    assert (code, "逾期未整改" in said) == (1, True)


def test_until_when_is_a_setting(desk, zwgk):
    text = (desk.root / "zwgk.toml").read_text("utf-8")
    (desk.root / "zwgk.toml").write_text(f"mend_site_within_workdays = 2\n{text}", "utf-8")
    zwgk("send", MONTH, "--yes")
    assert json.loads(zwgk("list", "--json")[1])[0]["mend_by"] == "2026-12-03"


def test_a_unit_without_an_address_is_asked_nothing(desk, zwgk):
    address_book(desk, {})
    code, said = zwgk("send", MONTH, "--yes")
    assert (code, "没有邮箱" in said) == (1, True)
    assert zwgk("list") == (0, "没有网站整改的记录。\n")
