"""What a host in another process is asked for in lines, and which answers are none."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.tools import posix_only
from zwgk_excel.addin.__main__ import GONE, UNKNOWN
from zwgk_excel.addin.host.conversation import LINE, Conversation
from zwgk_excel.addin.host.host import HostGone, OpenBook, RefusedByHost, View
from zwgk_excel.layout.buttons import help_text

ROOT = Path(__file__).parents[3]


def talk(*lines: Any) -> tuple[Conversation, io.BytesIO]:
    """A conversation whose answers lie ready, and what it asks."""
    told = b"".join(each if isinstance(each, bytes) else json.dumps(each).encode() + b"\n" for each in lines)
    asked = io.BytesIO()
    return Conversation(io.BytesIO(told), asked), asked


def answered(answer: Any) -> Conversation:
    return talk({"answer": answer})[0]


def test_a_question_is_a_line_of_ascii_and_its_answer_another():
    host, asked = talk({"answer": "no"}, {"answer": None}, {"answer": 1}, {"answer": "  李 科长\t"})
    assert host.ask("删去“甲”吗？\n是或否", "yes_no_cancel") == "no"
    host.progress("读取")
    assert host.choose_folder("哪个？") is None
    assert host.choose("哪个月？", ["2026-11", "2026-12"]) == 1
    assert host.ask_text("姓名：", "王") == "李 科长"
    lines = asked.getvalue().decode("ascii").splitlines()
    assert json.loads(lines[0]) == {"verb": "ask", "text": "删去“甲”吗？\n是或否", "buttons": "yes_no_cancel"}
    assert [json.loads(each)["verb"] for each in lines] == ["ask", "progress", "choose_folder", "choose", "ask_text"]


@posix_only("paths of another system are no absolute ones here")
def test_open_books_are_told_with_where_the_user_is():
    known = {"path": "/甲/总台账.xlsx", "sheet": "跟踪台账", "cell": "B7", "zoom": 90, "modified": True}
    assert answered([known, {"path": None, "cell": "B", "zoom": 5}]).books() == [
        OpenBook(Path("/甲/总台账.xlsx"), View("跟踪台账", "B7", 90), modified=True),
        OpenBook(None),
    ]


def test_what_the_program_could_not_do_is_told_in_its_words():
    host, _ = talk({"failed": "磁盘\u202e已满"})
    with pytest.raises(RefusedByHost, match=r"^磁盘已满$"):
        host.save_and_close(Path("总台账.xlsx"))


WRONG: dict[str, tuple[Callable[[Conversation], Any], Any]] = {
    "a key that was not offered": (lambda host: host.ask("？", "ok_cancel"), "yes"),
    "no key": (lambda host: host.ask("？", "ok_cancel"), ["ok"]),
    "an option that is none": (lambda host: host.choose("？", ["甲"]), 1),
    "a truth for an index": (lambda host: host.choose("？", ["甲"]), True),
    "a number for a text": (lambda host: host.ask_text("？", ""), 5),
    "a text without end": (lambda host: host.ask_text("？", ""), "长" * 10_001),
    "a path from nowhere": (lambda host: host.choose_folder("？"), "甲/乙"),
    "a path that ends early": (lambda host: host.choose_folder("？"), "/甲\0/乙"),
    "books that are none": (lambda host: host.books(), {"path": None}),
    "a book that is none": (lambda host: host.books(), ["总台账.xlsx"]),
    "a book at a number": (lambda host: host.books(), [{"path": 5}]),
}


@pytest.mark.parametrize("case", WRONG)
def test_an_answer_that_is_none_ends_the_conversation(case: str):
    ask, answer = WRONG[case]
    with pytest.raises(HostGone, match="看不懂"):
        ask(answered(answer))


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (b"", "已经退出"),
        (b'{"answer": "ok"', "已经退出"),
        (b"ok\n", "看不懂"),
        (b'{"ok": true}\n', "看不懂"),
        (b"[" * 100_000 + b"\n", "看不懂"),
        (b"\xff\xfe\n", "看不懂"),
        (b'{"answer": "' + b"x" * LINE + b'"}\n', "看不懂"),
    ],
    ids=["ended", "broken off", "no JSON", "no answer", "deep", "no text", "too long"],
)
def test_a_host_that_ends_or_babbles_is_gone(line: bytes, told: str):
    host, _ = talk(line)
    with pytest.raises(HostGone, match=told):
        host.tell("好了。")


# --- the process -------------------------------------------------------------------------------


def started(*arguments: str, answers: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "zwgk_excel.addin", *arguments]
    return subprocess.run(command, input=answers, capture_output=True, encoding="utf-8", cwd=ROOT, check=False)


def test_a_button_is_pressed_by_a_process_whose_output_is_the_conversation():
    done = started("help", answers='{"answer": []}\n{"answer": true}\n')
    said = [json.loads(each) for each in done.stdout.splitlines()]
    assert done.returncode == 0
    assert [each["verb"] for each in said] == ["progress", "tell", "end"]
    assert said[1]["text"] == help_text()


@pytest.mark.parametrize("button", ["", "press", "__class__", "os"])
def test_nothing_but_a_button_is_pressed(button: str):
    done = started(button)
    assert (done.returncode, done.stdout) == (UNKNOWN, "")


def test_a_host_that_has_gone_ends_the_button():
    assert started("help").returncode == GONE
