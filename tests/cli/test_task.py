"""``zwgk task`` as the office runs it."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.clock import set_clock
from tests.workflow.desk import issue
from zwgk_excel.cli.main import run

BY = ("--reason", "市领导批示", "--who", "王芳")
ADD = ("task", "add", "防汛专题", "--unit", "市财政局", "--duty", "D24")


@pytest.fixture
def issued(desk, zwgk, monkeypatch):
    """November is out; it is the 9th."""
    set_clock(monkeypatch, datetime(2026, 11, 9, 9))
    issue(desk)
    return zwgk


def test_a_task_for_a_month_that_is_out(issued):
    add = (*ADD, "--due", "2026-11-18", "--final", "2026-11-20", *BY)
    code, out = issued(*add)
    assert code == 1, "it waits for consent"
    for word in ("2026-11-18", "2026-11-20", "更正下发", "什么也没有改动"):
        assert word in out
    assert issued("task", "list", "--json") == (0, [])
    code, out = issued(*add, "--yes")
    assert (code, "zwgk send 2026-11 --correction" in out) == (0, True)
    (task,) = issued("task", "list", "--json")[1]
    assert (task["id"], task["owners"], task["issued"], task["cancelled"]) == ("T01", "市财政局", True, False)
    assert "已下发" in issued("task", "list")[1]
    plan = {each["key"]: each for each in issued("plan", "2026-11", "--json", "--as-of", "2026-11-09")[1]}
    assert plan["D24/市财政局/2026-11 防汛专题"]["due"] == "2026-11-18"
    shown = issued("history", "--kind", "增加临时任务")[1].replace("\n", "")
    assert "T01" in shown


def test_one_for_a_month_to_come_is_cancelled(issued):
    code, found = issued(*ADD, "--due", "2026-12-10", *BY, "--yes", "--json")
    assert (code, found["task"], found["amends"], found["workbooks"]) == (0, "T01", False, [])
    shown = issued("task", "cancel", "T01", *BY)[1]
    assert "下发时不再列入" in shown
    assert "什么也没有改动" in shown
    assert issued("task", "cancel", "t01", *BY, "--yes")[0] == 0
    (task,) = issued("task", "list", "--json")[1]
    assert task["cancelled"]
    assert not [each for each in issued("plan", "2026-12", "--json")[1] if "防汛专题" in each["key"]]


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ((*ADD, "--due", "2026-11-08", *BY), "已经过了"),
        ((*ADD, "--due", "下周", *BY), "下周"),
        ((*ADD, "--due", "", *BY), "--due"),
        ((*ADD[:-2], "--due", "2026-11-18", *BY), "--duty"),
        ((*ADD, "--due", "2026-11-18", "--who", "王芳", "--yes"), "--reason"),
        (("task", "cancel", "T09", *BY), "T09"),
    ],
)
def test_what_is_refused_in_one_sentence(desk, capsys, monkeypatch, command, told):
    set_clock(monkeypatch, datetime(2026, 11, 9, 9))
    assert run([*command, "-w", str(desk.root)]) == 2
    assert told in capsys.readouterr().err.replace("\n", "")
