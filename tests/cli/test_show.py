"""What strangers wrote is shown and does nothing: escape sequences, marks that reorder, line ends of their own."""

from __future__ import annotations

import ast
import json
import re
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from rich.console import Console

from tests.examples import examples
from tests.terminal import HOSTILE, acting, at_a_terminal, in_a_terminal
from tests.tools import ROOT
from tests.workflow.desk import CYCLE, UNITS, Desk, item, nil
from zwgk_excel.cli import show
from zwgk_excel.domain.problems import CellRef, problem
from zwgk_excel.workflow.issuing.generation import generate

posix = pytest.mark.skipif(sys.platform == "win32", reason="a pseudo-terminal")
CONTROL = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) in {"Cc", "Cf", "Zl", "Zp"}]
texts = st.text(st.one_of(st.sampled_from(CONTROL), st.characters(), st.sampled_from("[]/\\bred")), max_size=40)


@pytest.fixture
def screen(monkeypatch, capsys) -> Callable[[], str]:
    """What two terminals in colour were sent since the last call: stdout and stderr."""
    terminal: dict[str, Any] = {"force_terminal": True, "width": 80, "highlight": False, "emoji": False}
    monkeypatch.setattr(show, "_out", Console(**terminal))
    monkeypatch.setattr(show, "_err", Console(stderr=True, soft_wrap=True, **terminal))

    def sent() -> str:
        found = capsys.readouterr()
        return found.out + found.err

    return sent


WAYS: dict[str, Callable[[str], object]] = {
    "line": show.print_line,
    "coloured": lambda text: show.print_line(text, "red"),
    "labelled": lambda text: show.print_line(text, label=("错误", "red"), indent="  "),
    "lines": show.print_lines,
    "title": lambda text: show.table(text, ["一"], []),
    "heading": lambda text: show.table("", [text], [["1"]]),
    "cell": lambda text: show.table("", ["一", "二"], [[text, text]], wraps=["一"]),
    "problem": lambda text: show.problems(
        [problem("unit_unknown", CellRef(text, text, "A1"), value=text, proposal=text)]
    ),
    "error": show.error,
    "warning": show.warn,
    "details": show.details,
    "json": lambda text: show.as_json({text: [text]}),
}


def in_progress(text: str) -> None:
    with show.progress("收取") as step:
        step(1, 2, text)


@pytest.mark.parametrize("way", [*WAYS.values(), in_progress], ids=[*WAYS, "progress"])
@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_in_a_text_acts(way, text, screen):
    way(text)
    assert acting(screen()) == []


@settings(max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts)
@example("[red]x[/red]\\")
@example("甲\n伪造的一行")
def test_one_text_is_one_line_with_all_its_letters(screen, text):
    screen()
    show.print_line(text)
    (line, rest) = re.sub(r"\x1b\[[0-9;]*m", "", screen()).split("\n")
    assert rest == ""
    assert acting(line) == []
    kinds = {char: unicodedata.category(char) for char in text}
    letters = [char for char in text if kinds[char][0] in "LNPSM" or kinds[char] in {"Co", "Cn"}]
    assert [char for char in line if char in letters] == letters


@settings(max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(texts, texts))
def test_json_says_the_same_and_acts_on_nothing(screen, value):
    screen()
    show.as_json(value)
    sent = screen()
    assert acting(sent) == []
    assert json.loads(sent) == value


def test_a_question_without_echo(monkeypatch):
    monkeypatch.setattr("getpass.getpass", lambda question: f"{question}密码")
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    assert show.hidden_answer("请输入\x1b[2J邮箱的密码：") == "请输入[2J邮箱的密码：密码"


@pytest.mark.parametrize(
    ("typed", "agrees", "again"),
    [("是\n", True, 0), ("Ｙ\n", True, 0), ("否\n", False, 0), ("", False, 0), ("好\nmaybe\nyes\n", True, 2)],
)
def test_a_question_is_answered_in_chinese_or_by_a_letter(monkeypatch, capsys, typed, agrees, again):
    at_a_terminal(monkeypatch, typed)
    assert show.confirm("现在办理吗？") is agrees
    told = capsys.readouterr().err
    assert told.count("现在办理吗？（是/否，直接回车为否）") == again + 1
    assert told.count("请输入 是 或 否") == again


def printing(path: Path) -> list[str]:
    """The calls in a module that could print."""
    names = {"print", "echo", "secho", "write", "Console", "getpass", "input"}
    calls = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
    called = [(each.func, getattr(each.func, "id", getattr(each.func, "attr", ""))) for each in calls]
    return [f"{path.name}:{func.lineno} {name}" for func, name in called if name in names]


def test_only_one_module_prints():
    modules = sorted((ROOT / "zwgk_excel" / "cli").glob("*.py"))
    assert printing(ROOT / "zwgk_excel" / "cli" / "show.py")
    assert [found for path in modules if path.name != "show.py" for found in printing(path)] == []


# --- from one end to the other: what is sent to a real terminal --------------------------------

ACTS = "\x1b]0;x\x07\x1b[2J"
IN_XML = "_x001B_]0;x_x0007__x001B_[2J"
"""How a cell holds characters that XML cannot."""


@pytest.fixture
def hostile(desk: Desk) -> Desk:
    """A month in which a unit returned hostile cells, and somebody put hostile names and a CSV file into 收件箱."""
    with desk.open() as office:
        generate(office, CYCLE, as_of=desk.now.date())
    items = [item("D02 政府采购", url=f"{IN_XML}不是链接", title=f"标题{IN_XML}\u202excod")]
    answers = {("D04", "2026-11"): nil(f"说明{IN_XML}")}
    data = desk.reply("市财政局", "财政.xlsx", answers=answers, items=items).read_bytes()
    inbox = desk.root / "收件箱"
    (inbox / "财政\x1b[2J\u202excod.xlsx").write_bytes(data)
    (inbox / "表\x1b]0;x\x07\n伪造的一行.csv").write_text("任务清单,\x1b[2J\n\x1b[31m,\u202e", "utf-8")
    (inbox / os_name(b"\xff\xfe\x1b[2J.txt")).write_bytes(b"\x1b[2J")
    return desk


def os_name(name: bytes) -> str:
    return name.decode("utf-8", errors="surrogateescape")


@posix
@pytest.mark.slow
@pytest.mark.parametrize("more", [[], ["--json"]], ids=["words", "json"])
def test_names_and_cells_of_strangers_on_a_terminal(hostile, more):
    commands = [("consolidate", str(CYCLE)), ("status", str(CYCLE)), ("receive", "收件箱"), ("check",)]
    sent = {name: in_a_terminal(name, *rest, *more, cwd=hostile.root) for name, *rest in commands}
    assert "不是链接" in sent["status"]
    assert "[2J不是链接" in sent["status"]
    assert [name for name, text in sent.items() if acting(text)] == []


@posix
@pytest.mark.slow
def test_names_of_the_roster_and_values_of_the_settings_on_a_terminal(desk):
    desk.set_units([*UNITS, {"name": f"甲{ACTS}", "kind": "部\u202e门", "mails": f"a{ACTS}"}])
    settings = desk.root / "zwgk.toml"
    sent = [in_a_terminal("check", cwd=desk.root), in_a_terminal("plan", str(CYCLE), cwd=desk.root)]
    settings.write_text(settings.read_text("utf-8").replace('name = "', r'name = "\u001b[2J\u202e'), "utf-8")
    sent += [in_a_terminal("check", cwd=desk.root), in_a_terminal("doctor", "--no-mail", cwd=desk.root)]
    settings.write_text(settings.read_text("utf-8") + '\n["\\u001b[2J"]\n"\\u202e" = 1\n', "utf-8")
    sent += [in_a_terminal("check", cwd=desk.root), in_a_terminal("doctor", cwd=desk.root)]
    assert "邮箱是“a" in sent[0]
    assert [acting(text) for text in sent] == [[]] * len(sent)


def test_a_table_breaks_between_characters_and_keeps_dates_and_names_of_files_whole(screen):
    said = "于2026-11-30收到市生态环境局_2026-11_信息报送表.xlsx，应改正（见通知）。"
    show.table("", ["单位", "事实"], [["市财政局" * 5, said]], wraps=["事实"])
    lines = [line.strip() for line in re.sub("\x1b[^m]*m", "", screen()).splitlines()]
    assert any("2026-11-30" in line for line in lines)
    assert any("表.xlsx" in line for line in lines)
    assert not any(line.split()[-1:] and line.split()[-1][0] in "，。）" for line in lines if line)


def test_a_table_that_is_a_little_too_wide_stands_closer(screen):
    show.table("", ["一二"] * 13, [["三四"] * 13])
    shown = [line for line in screen().splitlines() if "三四" in line]
    assert len(shown) == 1
    assert shown[0].count("三四") == 13


def test_where_there_is_no_room_columns_without_content_are_left_out(screen):
    headings = ["单位", "收件人", "附件", "情况说明"]
    show.table("", headings, [["市财政局", "", "某表" * 8, "已发"]])
    assert "收件人" in screen(), "there is room"
    show.table("", headings, [["市财政局" * 3, "", "某表" * 10, "已发" * 4]], wraps=["情况说明"])
    shown = screen()
    assert "收件人" not in shown
    assert "情况说明" in shown


def test_a_line_neither_ends_with_an_opening_bracket_nor_begins_with_a_closing_one():
    text = show.BreakableText("未补报政策性信息（应于 2026-11-30 前改正）")
    lines = [line.plain for line in text.wrap(Console(width=80), 18)]
    assert not [line for line in lines if line.endswith("（") or line.startswith("）")]
