"""``zwgk extend`` and ``zwgk waive``: what is shown first, what asks, what other programs read."""

import pytest

from tests.terminal import at_a_terminal
from tests.workflow.desk import issue


@pytest.fixture
def issued(desk, zwgk):
    issue(desk)
    return zwgk


def decided(desk):
    with desk.open() as office:
        return [each.obligation for each in office.ledger.decisions()]


def test_one_unit_is_decided_at_once(issued, desk):
    code, shown = issued("extend", "2026-11", "--unit", "市财政局", "--until", "2026-12-09", "--reason", "审计")
    assert code == 0
    assert "已延期 2 项" in shown
    assert decided(desk) == ["D02/市财政局/2026-11", "D04/市财政局/2026-11"]


def test_several_units_are_shown_first_and_done_with_yes(issued, desk):
    words = ("waive", "2026-11", "--unit", "各部门", "--duty", "D04")
    code, shown = issued(*words)
    assert code == 1
    assert "市人社局" in shown
    assert "加 --yes" in shown
    assert decided(desk) == []
    code, shown = issued(*words, "--yes")
    assert (code, "已免报 2 项" in shown) == (0, True)
    assert decided(desk) == ["D04/市人社局/2026-11", "D04/市财政局/2026-11"]
    assert issued(*words, "--yes")[0] == 0
    assert len(decided(desk)) == 2


@pytest.mark.parametrize(("typed", "code", "count"), [("y", 0, 3), ("是", 0, 3), ("n", 1, 0), ("", 1, 0)])
def test_at_a_terminal_it_asks(issued, desk, monkeypatch, typed, code, count):
    at_a_terminal(monkeypatch, typed)
    asked: list[str] = []

    def answer(question: str) -> str:
        asked.append(question)
        return typed

    monkeypatch.setattr("zwgk_excel.cli.show.answer", answer)
    assert issued("extend", "2026-11", "--all", "--duty", "D01", "--duty", "D04", "--until", "2026-12-09")[0] == code
    assert asked == ["延期以上 3 项，确定吗？（是/否，直接回车为否）"]
    assert len(decided(desk)) == count


def test_a_duty_that_does_not_exist_is_named(issued):
    words = ("extend", "2026-11", "--all", "--until", "2026-12-09", "--yes", "--duty", "D99")
    assert issued(*words)[0] == 2
    code, shown = issued(*words, "--duty", "D04")
    assert code == 1
    assert "未办理：全部单位 D99，2026-11 没有任务 D99" in shown.replace("\n", "")
    assert "已延期 2 项" in shown


def test_other_programs_read_the_same_facts(issued, desk):
    words = ("extend", "2026-11", "--all", "--duty", "D02", "--duty", "D24", "--until", "2026-12-09", "--json")
    code, told = issued(*words)
    assert (code, told["cycle"], told["act"], told["decided"]) == (1, "2026-11", "extend", True)
    assert [(each["key"], each["due"], each["before"], each["after"]) for each in told["changes"]] == [
        ("D02/市财政局/2026-11", "2026-11-25", None, "2026-12-09")
    ]
    assert {(each["unit"], each["duty"]) for each in told["left_out"]} == {
        (unit, "D24") for unit in ("市政府办", "市财政局", "市人社局", "金湖街道")
    }


@pytest.mark.parametrize("words", [(), ("--unit", "市财政局", "--all")])
def test_units_must_be_said(issued, words):
    assert issued("waive", "2026-11", *words)[0] == 2


def test_an_opinion_is_noted_and_taken_back(issued, desk):
    words = ("opinion", "2026-11", "--unit", "市财政局", "--duty", "D02")
    code, shown = issued(*words, "--text", "已电话核实")
    assert (code, "已电话核实" in shown, "generate" in shown) == (0, True, False)
    assert issued(*words)[0] == 2
    assert issued(*words, "--text", "长" * 1001)[0] == 2
    code, told = issued(*words, "--cancel", "--who", "科长", "--json")
    assert (code, told["act"], told["changes"][0]["before"]) == (0, "cancel_opinion", "已电话核实")
    with desk.open() as office:
        assert [(each.value, each.who) for each in office.ledger.decisions()][1:] == [("", "科长")]
    assert issued(*words, "--cancel")[0] == 2
