"""What travels between machines is a value of ours, or an error: never anything that acts."""

from __future__ import annotations

import json
import pickle
from datetime import date
from typing import Any

import pytest

from tests.workbooks.sheets import report
from zwgk_excel.domain.problems import CellRef, Problem, problem
from zwgk_excel.domain.returns import AnswerStatus, Item, TaskAnswer
from zwgk_excel.workbooks.reading.read_return import ParsedReturn, read_return
from zwgk_excel.workflow.cluster.conversation import Answer, Hello, SentFile
from zwgk_excel.workflow.cluster.plain_data import NotPlainError, dumped, loaded

BY = date(2026, 11, 20)
TOLD = problem("file_kind", CellRef("甲.xlsx"), kind="PDF")


def test_a_whole_reading_survives_the_way():
    data = report([{"task": "D02 政府采购", "title": "关于采购目录的通知", "published_on": date(2026, 11, 3)}])
    found = (read_return(data, "表.xlsx", by=BY), TOLD)
    assert loaded(Answer, dumped(found)) == found


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Item, Item(more={"甲": "文字", "数": 3, "日": BY}, unread=frozenset({"b", "a"}))),
        (TaskAnswer, TaskAnswer("", ("D01", "2026-11"), AnswerStatus.NIL, row=4)),
        (TaskAnswer, TaskAnswer("", status=None)),
        (Hello, Hello("1.0", 6000, 1 << 30, ("密码", ""))),
        (tuple[SentFile, ...], (SentFile("甲.xlsx", BY, 12),)),
        (Problem, TOLD),
    ],
)
def test_values_come_back_equal_and_of_their_types(kind: Any, value: object):
    back = loaded(kind, dumped(value))
    assert back == value
    assert repr(back) == repr(value)


def changed(change: str, to: str, value: object = TOLD) -> bytes:
    text = dumped(value).decode()
    assert change in text
    return text.replace(change, to).encode()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"{",
        b"null",
        b"[]",
        b"NaN",
        b'"Problem"',
        b"[" * 100_000,
        pickle.dumps(TOLD),
        b'{"__reduce__": ["os.system", ["touch x"]]}',
        changed('"Problem"', '"ParsedReturn"'),
        changed('"error"', '"fatal"'),
        changed('"error"', "1"),
        changed('"file_kind"', "[]"),
        changed('["CellRef",', "["),
        changed('"甲.xlsx"', "null"),
        changed('"甲.xlsx"', '"甲\\u0000.xlsx"'),
        changed('"甲.xlsx"', '"甲\\ud800.xlsx"'),
        changed('"甲.xlsx"', '"甲\\u001b[2J.xlsx"'),
        dumped(TOLD)[:-1] + b',"more"]',
    ],
)
def test_what_is_no_problem_is_no_value(data: bytes):
    with pytest.raises(NotPlainError):
        loaded(Problem, data)


@pytest.mark.parametrize("number", ["1.5", "true", '"1"', str(1 << 63), "1e3", "null", "9" * 5000])
def test_what_is_no_number(number: str):
    data = changed("12", number, SentFile("甲.xlsx", BY, 12))
    with pytest.raises(NotPlainError):
        loaded(SentFile, data)


@pytest.mark.parametrize("day", ['"2026-11-20"', '{"day":"2026-13-01"}', '{"day":7}', '{"date":"2026-11-20"}', "{}"])
def test_what_is_no_day(day: str):
    data = changed('{"day":"2026-11-20"}', day, SentFile("甲.xlsx", BY, 12))
    with pytest.raises(NotPlainError):
        loaded(SentFile, data)


def test_a_text_that_looks_like_a_day_stays_a_text():
    value = Item(more={"甲": "2026-11-20", "乙": '{"day":"2026-11-20"}'})
    assert loaded(Item, dumped(value)) == value


def test_a_month_that_is_none_is_refused_where_it_is_made():
    data = report([{"task": "D02", "title": "甲"}])
    read = read_return(data, "2026年11月 表.xlsx", by=BY)
    assert read.hints.cycle is not None
    with pytest.raises(NotPlainError):
        loaded(ParsedReturn, dumped(read).replace(b'["Month",2026,11]', b'["Month",2026,13]'))


def test_half_characters_do_not_leave_either():
    with pytest.raises(NotPlainError):
        dumped(SentFile("甲\ud800.xlsx", BY, 1))
    with pytest.raises(NotPlainError):
        dumped(SentFile("甲\x00.xlsx", BY, 1))
    assert json.loads(dumped("\n\t")) == "\n\t"
