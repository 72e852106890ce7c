"""``zwgk receive``'s times, and ``zwgk receipt``."""

import io
import os
import sys
from datetime import datetime

import pytest

from tests.workflow.desk import issue, item, nil
from zwgk_excel.workflow import clock

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("december")]
BY = ("--reason", "核实", "--who", "王芳")
KEY = "D02/市财政局/2026-11"


@pytest.fixture
def issued(desk, zwgk):
    issue(desk)
    return desk


def full(desk, name="全.xlsx"):
    path = desk.reply("市财政局", name, answers={("D04", "2026-11"): nil()}, items=[item("D02 政府采购")])
    os.utime(path, (clock.to_timestamp(datetime(2026, 11, 24, 10)),) * 2)
    return str(path)


class Terminal(io.StringIO):
    def isatty(self):
        return True


def received(zwgk):
    return zwgk("receipt", "list", "--json")[1][0]


@pytest.mark.parametrize(
    ("typed", "at"), [("", "2026-12"), ("w", "2026-11-24T10:00:00"), ("2026-11-25T08:00", "2026-11-25T08:00:00")]
)
def test_at_a_terminal_a_file_written_long_before_is_asked_about(issued, zwgk, monkeypatch, typed, at):
    monkeypatch.setattr(sys, "stdin", Terminal(f"{typed}\n"))
    code, shown = zwgk("receive", full(issued))
    assert code == 0
    assert "2026-11-24 10:00" in shown
    assert received(zwgk)["received_at"].startswith(at)


@pytest.mark.parametrize("options", [("--yes",), ("--use-file-time",), ("--json",)])
def test_with_an_answer_beforehand_nobody_asks(issued, zwgk, monkeypatch, options):
    monkeypatch.setattr(sys, "stdin", Terminal(""))
    assert zwgk("receive", full(issued), *options)[0] == 0
    entry = received(zwgk)
    assert (entry["estimated"], entry["file_time"]) == ("--use-file-time" in options, "2026-11-24T10:00:00")


def test_without_a_terminal_it_is_now_and_how_to_correct_it_is_said(issued, zwgk):
    _, shown = zwgk("receive", full(issued))
    assert "收件 1 的文件时间是 2026-11-24 10:00，没有采用" in shown
    assert "zwgk receipt time 收件号 --at 时间 --reason 理由" in shown


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--received-at", "2099-01-01"), "还没有到"),
        (("--received-at", "2026-11-01"), "最早为 2026-11-02"),
        (("--received-at", "2026-11-20", "--use-file-time"), "--use-file-time 不与"),
    ],
)
def test_impossible_times_are_refused(issued, zwgk, capsys, options, told):
    from zwgk_excel.cli.main import run

    assert run(["receive", full(issued), *options, "-w", str(issued.root)]) == 2
    assert told in capsys.readouterr().err


def test_a_time_is_looked_at_corrected_and_undone(issued, zwgk):
    zwgk("receive", full(issued), "--yes")
    change = ("receipt", "time", "1", "--at", "2026-11-24T10:00", *BY)
    code, shown = zwgk(*change)
    assert (code, "以上只是预览" in shown, "已报，按时" in shown) == (1, True, True)
    assert received(zwgk)["received_at"].startswith("2026-12")
    code, done = zwgk(*change, "--yes", "--json")
    assert (code, done["done"], done["after"]["received_at"]) == (0, True, "2026-11-24T10:00:00")
    assert {each["key"]: each["after"]["timeliness"] for each in done["obligations"]}[KEY] == "on_time"
    act = zwgk("history", "--kind", "更正收件时间", "--json")[1][-1]["number"]
    zwgk("undo", str(act), *BY, "--yes")
    assert received(zwgk)["received_at"].startswith("2026-12")


def test_a_receipt_is_withdrawn(issued, zwgk):
    zwgk("receive", full(issued), "--received-at", "2026-11-20")
    code, shown = zwgk("receipt", "withdraw", "1", *BY, "--yes")
    assert (code, "已办理" in shown) == (0, True)
    assert received(zwgk)["verdict"] == "withdrawn"
    code, shown = zwgk("receive", full(issued), "--yes")
    assert (code, "与已撤回的收件 1 是同一个文件" in shown) == (1, True)
    _, status = zwgk("status", "2026-11", "--as-of", "2026-12-03", "--json")
    assert {each["key"]: each["outcome"] for each in status["obligations"]}[KEY] == "missing"
    assert "没有收件 9" not in zwgk("receipt", "list", "--unit", "市财政局")[1]


def test_what_is_taken_back_is_asked_and_decided(issued, zwgk):
    zwgk("receive", full(issued), "--received-at", "2026-11-20")
    answers = {("D04", "2026-11"): nil(), ("D02", "2026-11"): {"status": "未报送"}}
    path = issued.reply("市财政局", "撤.xlsx", answers=answers)
    zwgk("receive", str(path), "--received-at", "2026-11-23")
    asked = zwgk("consolidate")[1].replace("\n", "")
    assert "zwgk receipt take-back 2 --reason 理由" in asked
    assert "zwgk receipt keep 2 --reason 理由" in asked
    assert "仍算已报送" in zwgk("receipt", "keep", "2", *BY, "--yes")[1]
    _, status = zwgk("status", "2026-11", "--as-of", "2026-12-03", "--json")
    assert "report_taken_back" not in {each["code"] for each in status["problems"]}
    zwgk("receipt", "take-back", "2", *BY, "--yes")
    _, status = zwgk("status", "2026-11", "--as-of", "2026-12-03", "--json")
    assert {each["key"]: each["outcome"] for each in status["obligations"]}[KEY] == "missing"
